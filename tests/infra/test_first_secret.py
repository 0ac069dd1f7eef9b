"""The first secrets of a stage: made once, shown to nobody."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.domain.keys import first
from infra.first_secret import SECRETS, FilledAlready, fill, find
from local.aws import key_rotation
from local.aws.embedded import EmbeddedAws
from tests.builders import paris

pytestmark = pytest.mark.enable_socket


#: What a stack of four empty secrets calls them.
IDS = {name: f"the-{name}" for name in SECRETS}


@pytest.fixture
def client() -> Iterator[Any]:
    """Secrets Manager, with secrets as a new stack has them: without a value."""
    with EmbeddedAws() as aws:
        client = aws.client("secretsmanager")
        for secret_id in IDS.values():
            client.create_secret(Name=secret_id)
        yield client
        client.close()


def chance(size: int) -> bytes:
    return b"c" * size


def held(client: Any, name: str) -> Any:
    found = client.get_secret_value(SecretId=IDS[name], VersionStage="AWSCURRENT")
    return json.loads(found["SecretString"])


def test_each_empty_secret_gets_one_key_of_its_kind_and_no_other(client: Any) -> None:
    fill(client, IDS, chance)
    assert {name: held(client, name) for name in IDS} == {
        name: {name: one} for name, one in first(chance).items()
    }


def test_a_rotation_that_was_begun_in_vain_is_in_nobodys_way(client: Any) -> None:
    key_rotation.begin(IDS["link_keys"])
    fill(client, IDS, chance)
    assert held(client, "link_keys") == {"link_keys": first(chance)["link_keys"]}


def test_a_secret_that_holds_anything_is_left_alone_and_the_others_are_filled(client: Any) -> None:
    by_hand = {"address_key": "by hand"}
    client.put_secret_value(SecretId=IDS["address_key"], SecretString=json.dumps(by_hand))
    assert fill(client, IDS, chance) == [name for name in IDS if name != "address_key"]
    assert held(client, "address_key") == by_hand
    assert held(client, "session_keys") == {"session_keys": first(chance)["session_keys"]}


@pytest.mark.parametrize("ours", [["session_keys"], []])
def test_of_two_at_the_same_moment_one_is_refused_and_goes_on_with_the_next(
    client: Any, ours: list[str]
) -> None:
    ids = {name: name for name in ("link_keys", *ours)}
    with Stubber(client) as stubber:
        for _ in ids:
            stubber.add_response("describe_secret", {})
        stubber.add_client_error("put_secret_value", "ResourceExistsException")
        for _ in ours:
            stubber.add_response("put_secret_value", {})
        if not ours:
            with pytest.raises(FilledAlready):
                fill(client, ids, chance)
        else:
            assert fill(client, ids, chance) == ours
        stubber.assert_no_pending_responses()


def test_a_second_time_changes_nothing(client: Any) -> None:
    fill(client, IDS, chance)
    with pytest.raises(FilledAlready):
        fill(client, IDS, lambda size: b"o" * size)
    assert held(client, "link_keys") == {"link_keys": first(chance)["link_keys"]}


def test_the_secrets_are_found_by_the_name_of_the_stack() -> None:
    cloudformation = boto3.client("cloudformation")
    with Stubber(cloudformation) as stack:
        for name, resource in SECRETS.items():
            detail = {
                "LogicalResourceId": resource,
                "PhysicalResourceId": IDS[name],
                "ResourceType": "AWS::SecretsManager::Secret",
                "LastUpdatedTimestamp": paris("2019-05-14 10:00"),
                "ResourceStatus": "CREATE_COMPLETE",
            }
            asked = {"StackName": "relance-isere-dev", "LogicalResourceId": resource}
            stack.add_response("describe_stack_resource", {"StackResourceDetail": detail}, asked)
        assert find("relance-isere-dev", cloudformation) == IDS
    cloudformation.close()
