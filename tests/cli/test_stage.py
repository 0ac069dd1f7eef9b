"""A stage is found by its stack, and what it says of itself."""

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.bootstrap import services
from cli.endings import CommandRefused
from cli.stage import on_aws

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("cloudformation")


def deploy(cloudformation: Any, outputs: dict[str, str]) -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    body = {"Resources": topic, "Outputs": {n: {"Value": v} for n, v in outputs.items()}}
    cloudformation.create_stack(StackName="relance-isere-dev", TemplateBody=json.dumps(body))


def test_inside_a_stage_the_house_is_that_of_its_stack(cloudformation: Any) -> None:
    deploy(cloudformation, {"TableName": "the-table", "Stage": "isere-dev", "Foreign": "x"})
    before = dict(os.environ)
    with on_aws("isere-dev"):
        settings = services().settings
        assert (settings.table_name, settings.stage) == ("the-table", "isere-dev")
        assert "FOREIGN" not in os.environ
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("outputs", "why"),
    [(None, "Il n’y a pas de pile"), ({"Stage": "isere-dev"}, "où est sa table")],
)
def test_a_stage_that_is_not_there_or_too_old_is_refused(
    cloudformation: Any, outputs: dict[str, str] | None, why: str
) -> None:
    if outputs:
        deploy(cloudformation, outputs)
    with pytest.raises(CommandRefused, match=why), on_aws("isere-dev"):
        pass


def test_a_name_that_no_stage_has_is_told_those_that_there_are(cloudformation: Any) -> None:
    told = "pas de déploiement isere-pord : il y a isere-dev, isere-prod, isere-staging"
    with pytest.raises(CommandRefused, match=told), on_aws("isere-pord"):
        pass
