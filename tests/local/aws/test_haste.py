"""What moto no longer works out anew at each request still holds."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.embedded import EmbeddedAws
from local.aws.transport import in_process

KEY = {"pk": {"S": "x"}}


@pytest.fixture
def table() -> Iterator[Any]:
    with EmbeddedAws(transport=in_process) as aws:
        dynamodb = aws.client("dynamodb")
        dynamodb.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield dynamodb


@pytest.mark.parametrize(
    "update",
    ["SET a = :n SET b = :n", "REMOVE a SET b = :n REMOVE c", "ADD a :n SET c = :n ADD b :n"],
)
def test_an_update_with_two_clauses_of_a_kind_is_refused(table: Any, update: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.update_item(
            TableName="t",
            Key=KEY,
            UpdateExpression=update,
            ExpressionAttributeValues={":n": {"N": "1"}},
        )


def test_an_update_of_many_parts_does_them_all(table: Any) -> None:
    table.put_item(TableName="t", Item={**KEY, "gone": {"N": "1"}, "sum": {"N": "1"}})
    table.update_item(
        TableName="t",
        Key=KEY,
        UpdateExpression="SET a = :n, b = if_not_exists(b, :n) REMOVE gone ADD #s :n",
        ExpressionAttributeNames={"#s": "sum"},
        ExpressionAttributeValues={":n": {"N": "2"}},
    )
    item = table.get_item(TableName="t", Key=KEY)["Item"]
    assert {name: value.get("N") for name, value in item.items() if name != "pk"} == {
        "a": "2",
        "b": "2",
        "sum": "3",
    }
