"""Secrets Manager asks for the keys to be rotated."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from chalicelib.domain.keys import first, follows
from chalicelib.domain.links import Purpose
from chalicelib.entrypoints.key_rotation import STEPS
from chalicelib.observability import KEYS, OF_AN_EXCEPTION, OF_THE_LINE
from chalicelib.observability.invocations import InvocationFailed
from local.aws import key_rotation
from local.aws.key_rotation import asked
from local.aws.lambda_runtime import Context
from tests.entrypoints.doors import Doors

pytestmark = pytest.mark.enable_socket

NOT_OURS = "arn:aws:secretsmanager:eu-west-3:123456789012:secret:another"


@pytest.fixture
def secret_id(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A secret of link keys of this test's own, filled in."""
    name, client = doors.new_id("secret"), boto3.client("secretsmanager")
    content = {"link_keys": first(lambda size: b"f" * size)["link_keys"]}
    client.create_secret(Name=name, SecretString=json.dumps(content))
    client.close()
    monkeypatch.setenv("LINK_KEYS_ID", name)
    doors.bootstrap.services.cache_clear()
    yield name
    doors.bootstrap.services.cache_clear()


def read(secret_id: str) -> Mapping[str, Any]:
    """What every function reads."""
    client = boto3.client("secretsmanager")
    found = client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")["SecretString"]
    client.close()
    content: Mapping[str, Any] = json.loads(found)
    return content


def ask(doors: Doors, event: dict[str, Any]) -> list[dict[str, Any]]:
    """Let Secrets Manager ask; what was logged."""
    before = len(doors.log.getvalue())
    context = Context(function_name="rotate_keys", region="eu-west-3")
    try:
        doors.app.rotate_keys(event, context)
    finally:
        written = doors.log.getvalue()[before:]
    return [json.loads(line) for line in written.splitlines()]


def refused(doors: Doors, event: dict[str, Any]) -> dict[str, Any]:
    """Let it ask in vain; the line that says why."""
    before = len(doors.log.getvalue())
    with pytest.raises(InvocationFailed, match="RotationRefused"):
        ask(doors, event)
    [line] = [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]
    assert line.keys() <= KEYS | OF_THE_LINE | OF_AN_EXCEPTION
    return dict(line)


def test_four_steps_and_everybody_reads_the_new_keys(doors: Doors, secret_id: str) -> None:
    before = read(secret_id)
    lines = [ask(doors, event) for event in key_rotation.rotation(secret_id)]
    assert follows(read(secret_id), before)
    assert read(secret_id) != before
    told = [(line["outcome"], line["reason"]) for [line] in lines]
    assert told == [("rotated", step.value) for step in STEPS.values()]


def test_no_line_says_a_key_or_a_token(doors: Doors, secret_id: str) -> None:
    lines = [ask(doors, event) for event in key_rotation.rotation(secret_id)]
    content = read(secret_id)
    assert [key for key in content["link_keys"] if key in str(lines)] == []


def test_steps_that_come_again_and_anew_change_nothing_more(doors: Doors, secret_id: str) -> None:
    token = key_rotation.begin(secret_id)
    steps = [asked(step, secret_id, token) for step in STEPS]
    for event in (event for event in steps for _ in range(2)):
        ask(doors, event)
    after = read(secret_id)
    for event in steps:
        ask(doors, event)
    assert read(secret_id) == after


def test_a_check_of_a_new_schedule_passes(doors: Doors, secret_id: str) -> None:
    """It copies the current content into a version that waits, and asks for the test alone."""
    client, token = boto3.client("secretsmanager"), key_rotation.begin(secret_id)
    client.put_secret_value(
        SecretId=secret_id,
        ClientRequestToken=token,
        SecretString=json.dumps(read(secret_id)),
        VersionStages=["AWSPENDING"],
    )
    client.close()
    [line] = ask(doors, asked("testSecret", secret_id, token))
    assert line["outcome"] == "rotated"


NONSENSE: Mapping[str, Mapping[str, Any]] = {
    "a step that is none": {"Step": "deleteSecret"},
    "a step that is not even a word": {"Step": ["createSecret"]},
    "no step": {"Step": None},
}


@pytest.mark.parametrize("how", NONSENSE)
def test_what_is_no_step_is_refused(doors: Doors, secret_id: str, how: str) -> None:
    token = key_rotation.begin(secret_id)
    event = {**asked("createSecret", secret_id, token), **NONSENSE[how]}
    assert refused(doors, event)["exception"] == "not a step of a rotation"


@pytest.mark.parametrize("missing", ["Step", "SecretId", "ClientRequestToken"])
def test_half_of_a_step_is_refused(doors: Doors, secret_id: str, missing: str) -> None:
    event = asked("createSecret", secret_id, key_rotation.begin(secret_id))
    del event[missing]
    assert refused(doors, event)["exception"] == "not a step of a rotation"


@pytest.mark.parametrize("step", STEPS)
def test_another_token_is_refused(doors: Doors, secret_id: str, step: str) -> None:
    key_rotation.begin(secret_id)
    line = refused(doors, asked(step, secret_id, "00000000-0000-4000-8000-000000000000"))
    assert line["exception"] == "no version of the secret waits under this token"


@pytest.mark.parametrize("step", STEPS)
def test_another_secret_is_refused(doors: Doors, secret_id: str, step: str) -> None:
    token = key_rotation.begin(secret_id)
    line = refused(doors, asked(step, NOT_OURS, token))
    assert line["exception"] == "not a secret of this stage that rotates"


@pytest.mark.parametrize("resource", ["WebhookSecrets", "AddressKey"])
def test_a_secret_that_others_hold_or_ledgers_were_sealed_with_is_refused(
    doors: Doors, resource: str
) -> None:
    event = asked("createSecret", doors.around.stack.ids[resource], "a-token")
    assert refused(doors, event)["exception"] == "not a secret of this stage that rotates"


def test_a_second_rotation_on_the_same_day_is_refused(doors: Doors, secret_id: str) -> None:
    for event in key_rotation.rotation(secret_id):
        ask(doors, event)
    after = read(secret_id)
    line = refused(doors, asked("createSecret", secret_id, key_rotation.begin(secret_id)))
    assert line["exception"] == "too soon after the last rotation"
    assert read(secret_id) == after


def test_a_secret_that_is_gone_is_to_be_tried_again(doors: Doors) -> None:
    with (
        doors.storage_down("LINK_KEYS_ID"),
        pytest.raises(InvocationFailed, match="StorageUnavailable"),
    ):
        ask(doors, asked("createSecret", "gone", "a-token"))


def test_a_link_of_before_is_read_after_it(doors: Doors, secret_id: str) -> None:
    links = doors.services.links
    token = links.unsubscribe("D-1").rsplit("/", 1)[1]
    for event in key_rotation.rotation(secret_id):
        ask(doors, event)
    doors.bootstrap.services.cache_clear()
    bound = doors.services.links.read(Purpose.UNSUBSCRIBE, token)
    assert bound == links.read(Purpose.UNSUBSCRIBE, token)
    assert bound is not None
