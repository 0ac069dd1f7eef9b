"""What moto no longer works out anew at each request still holds."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

KEY = {"pk": {"S": "x"}}


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


@pytest.mark.parametrize("update", ["SET a = :n, a = :n", "SET a = :n REMOVE b.c, a ADD b :n"])
def test_an_update_of_one_path_twice_is_refused(table: Any, update: str) -> None:
    with pytest.raises(ClientError, match="Two document paths overlap"):
        table.update_item(
            TableName="t",
            Key=KEY,
            UpdateExpression=update,
            ExpressionAttributeValues={":n": {"N": "1"}},
        )


def test_an_update_that_was_made_before_reads_its_own_values(table: Any) -> None:
    for number in ("1", "2"):
        table.update_item(
            TableName="t",
            Key=KEY,
            UpdateExpression="SET a = list_append(if_not_exists(a, :none), :n)",
            ExpressionAttributeValues={":none": {"L": []}, ":n": {"L": [{"N": number}]}},
        )
    item = table.get_item(TableName="t", Key=KEY)["Item"]
    assert item["a"] == {"L": [{"N": "1"}, {"N": "2"}]}


def test_every_kind_of_value_is_read_as_it_was_written(table: Any) -> None:
    values: dict[str, Any] = {
        "text": {"S": ""},
        "number": {"N": "1.5"},
        "bytes": {"B": b"\x00\xff"},
        "nothing": {"NULL": True},
        "truth": {"BOOL": False},
        "texts": {"SS": ["a", "b"]},
        "tree": {"M": {"S": {"L": [{"M": {"N": {"N": "1"}}}]}, "empty": {"M": {}}}},
    }
    table.put_item(TableName="t", Item={**KEY, **values})
    assert table.get_item(TableName="t", Key=KEY)["Item"] == {**KEY, **values}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a, c", {"a": {"N": "1"}, "c": {"L": [{"N": "2"}, {"N": "3"}]}}),
        ("b.d, b.e", {"b": {"M": {"d": {"N": "4"}, "e": {"N": "5"}}}}),
        ("c[1], a", {"a": {"N": "1"}, "c": {"L": [{"N": "3"}]}}),
        ("x", {}),
    ],
)
def test_only_the_wanted_attributes_are_read(
    table: Any, wanted: str, found: dict[str, Any]
) -> None:
    tree = {"M": {"d": {"N": "4"}, "e": {"N": "5"}, "f": {"N": "6"}}}
    item = {"a": {"N": "1"}, "b": tree, "c": {"L": [{"N": "2"}, {"N": "3"}]}}
    table.put_item(TableName="t", Item={**KEY, **item})
    answer = table.get_item(TableName="t", Key=KEY, ProjectionExpression=wanted)
    assert answer["Item"] == found
