"""The first secret of a stage: made once, shown to nobody."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.domain.keys import first
from infra.first_secret import FilledAlready, fill, find
from local.aws import key_rotation
from local.aws.embedded import EmbeddedAws
from tests.builders import paris

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def client() -> Iterator[Any]:
    """Secrets Manager, with a secret as a new stack has it: without a value."""
    with EmbeddedAws() as aws:
        client = aws.client("secretsmanager")
        client.create_secret(Name="secret")
        yield client
        client.close()


def chance(size: int) -> bytes:
    return b"c" * size


def held(client: Any) -> Any:
    return json.loads(
        client.get_secret_value(SecretId="secret", VersionStage="AWSCURRENT")["SecretString"]
    )


def test_an_empty_secret_gets_one_key_of_each_kind(client: Any) -> None:
    fill(client, "secret", chance)
    assert held(client) == first(chance)


def test_a_rotation_that_was_begun_in_vain_is_in_nobodys_way(client: Any) -> None:
    key_rotation.begin("secret")
    fill(client, "secret", chance)
    assert held(client) == first(chance)


def test_a_secret_that_holds_anything_is_left_alone(client: Any) -> None:
    client.put_secret_value(SecretId="secret", SecretString='{"address_key": "by hand"}')
    with pytest.raises(FilledAlready):
        fill(client, "secret", chance)
    assert held(client) == {"address_key": "by hand"}


def test_of_two_at_the_same_moment_one_is_refused(client: Any) -> None:
    with Stubber(client) as stubber:
        stubber.add_response("describe_secret", {})
        stubber.add_client_error("put_secret_value", "ResourceExistsException")
        with pytest.raises(FilledAlready):
            fill(client, "secret", chance)


def test_a_second_time_changes_nothing(client: Any) -> None:
    fill(client, "secret", chance)
    with pytest.raises(FilledAlready):
        fill(client, "secret", lambda size: b"o" * size)
    assert held(client) == first(chance)


def test_the_secret_is_found_by_the_name_of_the_stack() -> None:
    cloudformation = boto3.client("cloudformation")
    detail = {
        "LogicalResourceId": "Secrets",
        "PhysicalResourceId": "the-secret",
        "ResourceType": "AWS::SecretsManager::Secret",
        "LastUpdatedTimestamp": paris("2019-05-14 10:00"),
        "ResourceStatus": "CREATE_COMPLETE",
    }
    asked = {"StackName": "relance-isere-dev", "LogicalResourceId": "Secrets"}
    with Stubber(cloudformation) as stack:
        stack.add_response("describe_stack_resource", {"StackResourceDetail": detail}, asked)
        assert find("relance-isere-dev", cloudformation) == "the-secret"
    cloudformation.close()
