"""The secret of a stage, in memory and on AWS: a version that waits takes the place of one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from chalicelib.domain.errors import RotationRefused, StorageUnavailable
from chalicelib.domain.keys import Content
from chalicelib.pipeline.ports.secret_versions import SecretVersions, VersionStage
from chalicelib.storage.secret_versions import AwsSecretVersions
from local.aws import key_rotation
from tests.fakes import InMemorySecretVersions
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers

pytestmark = pytest.mark.enable_socket

OLD, NEW = {"link_keys": ["a"]}, {"link_keys": ["b", "a"]}
_NUMBERS = count()


@dataclass
class InMemory:
    """The fake, and Secrets Manager's own acts on it."""

    port: InMemorySecretVersions = field(default_factory=InMemorySecretVersions)

    def fill(self, content: Content) -> str:
        self.port.held["v-0"], self.port.is_current = content, "v-0"
        return "v-0"

    def begin(self) -> str:
        self.port.is_waiting = "v-1"
        return "v-1"


@dataclass
class OnAws:
    """The real thing on embedded AWS, and what people and Secrets Manager itself do to it."""

    client: Any
    port: AwsSecretVersions

    def fill(self, content: Content) -> str:
        return self.put(json.dumps(content))

    def put(self, text: str) -> str:
        put = self.client.put_secret_value(SecretId=self.port.secret_id, SecretString=text)
        return str(put["VersionId"])

    def begin(self) -> str:
        return key_rotation.begin(self.port.secret_id)


@pytest.fixture
def on_aws(cloud: Cloud) -> Iterator[OnAws]:
    client, name = cloud.aws.client("secretsmanager"), f"secret-{next(_NUMBERS)}"
    client.create_secret(Name=name)
    yield OnAws(client, AwsSecretVersions(name))
    client.close()


@pytest.fixture(params=["memory", pytest.param("aws", marks=pytest.mark.moto)])
def secret(request: pytest.FixtureRequest) -> InMemory | OnAws:
    if request.param == "memory":
        return InMemory()
    found: OnAws = request.getfixturevalue("on_aws")
    return found


def port_of(secret: InMemory | OnAws) -> SecretVersions:
    return secret.port


def test_while_nobody_has_filled_it_in_it_is_empty(secret: InMemory | OnAws) -> None:
    assert port_of(secret).standing("v-1") is VersionStage.UNKNOWN
    with pytest.raises(RotationRefused, match="the secret is empty"):
        port_of(secret).current()


def test_a_version_waits_empty_is_filled_and_takes_the_place(secret: InMemory | OnAws) -> None:
    port, before = port_of(secret), secret.fill(OLD)
    token = secret.begin()
    assert (port.standing(before), port.standing(token)) == (
        VersionStage.CURRENT,
        VersionStage.WAITING,
    )
    assert port.content(token) is None
    port.keep(token, NEW)
    assert (port.content(token), port.current().content) == (NEW, OLD)
    assert port.standing(token) is VersionStage.WAITING
    port.promote(token, instead_of=before)
    assert (port.current().version, port.current().content) == (token, NEW)
    assert port.standing(token) is VersionStage.CURRENT
    assert port.standing(before) is VersionStage.UNKNOWN


def test_another_version_that_became_the_current_one_meanwhile_stays(
    secret: InMemory | OnAws,
) -> None:
    port = port_of(secret)
    secret.fill(OLD)
    token = secret.begin()
    port.keep(token, NEW)
    with pytest.raises(StorageUnavailable):
        port.promote(token, instead_of="v-of-long-ago-that-is-not-the-current-one")
    assert port.current().content == OLD


@pytest.mark.parametrize("text", ["no json", "[]", "null", '"a text"'])
def test_what_is_no_json_object_is_refused_and_not_repeated(on_aws: OnAws, text: str) -> None:
    on_aws.put(text)
    with pytest.raises(RotationRefused, match="not a JSON object") as refused:
        on_aws.port.current()
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_a_right_that_is_missing_is_no_empty_secret(cloud: Cloud, on_aws: OnAws) -> None:
    on_aws.fill(OLD)
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "AccessDeniedException"})]
    with pytest.raises(StorageUnavailable):
        on_aws.port.current()


def test_it_says_by_when_it_is_to_be_rotated_if_something_rotates_it(
    cloud: Cloud, on_aws: OnAws
) -> None:
    assert on_aws.port.due() is None
    told = {"ARN": "a", "NextRotationDate": 1_560_000_000}
    cloud.wire.spoilers += [answers("200 OK", told)]
    assert on_aws.port.due() == datetime.fromtimestamp(1_560_000_000, UTC)


@pytest.mark.moto
def test_a_label_that_moved_while_the_answer_was_lost_is_seen_next_time(
    cloud: Cloud, on_aws: OnAws
) -> None:
    before, token = on_aws.fill(OLD), on_aws.begin()
    on_aws.port.keep(token, NEW)
    cloud.wire.spoilers += [answer_is_lost]
    with pytest.raises(StorageUnavailable):  # the SDK asks again, and it is not to be moved twice
        on_aws.port.promote(token, instead_of=before)
    assert on_aws.port.standing(token) is VersionStage.CURRENT


def test_without_aws_everything_is_to_be_tried_again(nowhere: None) -> None:
    gone = AwsSecretVersions("secret")
    for ask in (
        lambda: gone.standing("v"),
        gone.due,
        gone.current,
        lambda: gone.content("v"),
        lambda: gone.keep("v", NEW),
        lambda: gone.promote("v", "w"),
    ):
        with pytest.raises(StorageUnavailable):
            ask()
