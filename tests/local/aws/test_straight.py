"""moto answers the same whether it is asked straight or by way of Flask."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client, EnvironBuilder

from local.aws.straight import Straight

TABLE = {
    "TableName": "t",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM = {"TableName": "t", "Item": {"pk": {"S": "é"}, "n": {"N": "1"}}}
KEY = {"TableName": "t", "Key": {"pk": {"S": "é"}}}

#: What an answer has of its own each time, and what Flask adds for browsers.
ITS_OWN = frozenset({"x-amzn-requestid", "date"})
FOR_BROWSERS = "access-control-"

Asked = tuple[str, str, dict[str, Any]]


def answers(
    application: Callable[[Any], Any], asked: list[Asked]
) -> list[tuple[int, dict[str, str], bytes]]:
    moto_api_backend.reset()
    client = Client(application(DomainDispatcherApplication(create_backend_app)))
    return [_answer(client, *one) for one in asked]


def _answer(
    client: Client, service: str, target: str, body: dict[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    scope = f"local/20190627/eu-west-3/{service}/aws4_request"
    headers = {
        "X-Amz-Target": target,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.0",
    }
    request = EnvironBuilder(
        method="POST", path="/", headers=[*headers.items()], data=json.dumps(body)
    )
    answer = client.open(request)
    kept = {name.lower(): value for name, value in answer.headers.items()}
    mine = {n: v for n, v in kept.items() if n not in ITS_OWN and not n.startswith(FOR_BROWSERS)}
    return answer.status_code, mine, answer.data


@pytest.mark.parametrize(
    "asked",
    [
        [
            ("dynamodb", "DynamoDB_20120810.PutItem", ITEM),
            ("dynamodb", "DynamoDB_20120810.GetItem", KEY),
        ],
        [("dynamodb", "DynamoDB_20120810.GetItem", {**KEY, "TableName": "another"})],
        [
            (
                "dynamodb",
                "DynamoDB_20120810.PutItem",
                {**ITEM, "ConditionExpression": "attribute_exists(pk)"},
            )
        ],
        [("sqs", "AmazonSQS.GetQueueUrl", {"QueueName": "nowhere"})],
        [("secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": "nothing"})],
    ],
)
def test_the_answer_is_the_same(asked: list[Asked]) -> None:
    before: Asked = ("dynamodb", "DynamoDB_20120810.CreateTable", TABLE)
    _, *straight = answers(Straight, [before, *asked])
    _, *by_flask = answers(lambda application: application, [before, *asked])
    assert straight == by_flask
