"""What plays AWS for the benchmarks keeps what it is told, and says no where AWS would."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.capacity import Index
from benchmarks.outside import PAGE, Outside

DUE = Index(name="due", keys=("due_shard", "due_at"), projects=frozenset())


@pytest.fixture
def outside() -> Outside:
    return Outside('{"webhook_secrets": []}', [DUE])


def asked(outside: Outside, operation: str, **request: Any) -> tuple[int, Any]:
    header = {"x-amz-target": f"Any.{operation}"}
    answer = outside.answer("POST", "/", header, json.dumps(request).encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def put(outside: Outside, pk: str, **attributes: str) -> None:
    asked(
        outside,
        "PutItem",
        Item={name: {"S": text} for name, text in {"pk": pk, **attributes}.items()},
    )


def written(outside: Outside, version: int, after: int, **more: Any) -> tuple[int, Any]:
    return asked(
        outside,
        "UpdateItem",
        Key={"pk": {"S": "D#1"}},
        UpdateExpression="SET version = :new",
        ConditionExpression="attribute_not_exists(pk) OR version = :old",
        ExpressionAttributeValues={":new": {"N": str(after)}, ":old": {"N": str(version)}},
        **more,
    )


def test_a_write_whose_condition_fails_changes_nothing(outside: Outside) -> None:
    assert written(outside, 0, 1, ReturnValues="ALL_NEW")[1]["Attributes"]["version"] == {"N": "1"}
    status, refusal = written(outside, 0, 9, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert (status, refusal["__type"]) == (400, "com.amazonaws#ConditionalCheckFailedException")
    assert refusal["Item"]["version"] == {"N": "1"}
    assert asked(outside, "GetItem", Key={"pk": {"S": "D#1"}})[1]["Item"]["version"] == {"N": "1"}


def test_an_item_is_gone_once_it_is_deleted(outside: Outside) -> None:
    put(outside, "D#1")
    asked(outside, "DeleteItem", Key={"pk": {"S": "D#1"}})
    keys = [{"pk": {"S": "D#1"}}]
    assert asked(outside, "BatchGetItem", RequestItems={"t": {"Keys": keys}})[1]["Responses"] == {
        "t": []
    }


def of_shard(outside: Outside, **more: Any) -> Mapping[str, Any]:
    _, page = asked(
        outside,
        "Query",
        IndexName="due",
        KeyConditionExpression="due_shard = :s AND due_at <= :now",
        ExpressionAttributeValues={":s": {"S": "0"}, ":now": {"S": "5"}},
        **more,
    )
    found: Mapping[str, Any] = page
    return found


def test_an_index_is_read_in_order_page_by_page(outside: Outside) -> None:
    for pk, at in (("D#1", "3"), ("D#2", "1"), ("D#3", "9"), ("D#4", "2")):
        put(outside, pk, due_shard="0", due_at=at, document="…")
    put(outside, "D#5", due_shard="1", due_at="1")
    first = of_shard(outside, Limit=2)
    assert [item["pk"]["S"] for item in first["Items"]] == ["D#2", "D#4"]
    assert "document" not in first["Items"][0]
    second = of_shard(outside, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert [item["pk"]["S"] for item in second["Items"]] == ["D#1"]
    assert "LastEvaluatedKey" not in second
    last = of_shard(outside, ScanIndexForward=False, Limit=1)
    assert last["Items"][0]["pk"]["S"] == "D#1"


def test_a_scan_ends_its_page_when_it_is_full(outside: Outside) -> None:
    for n in range(3):
        put(outside, f"D#{n}", document="x" * PAGE)
    page = asked(outside, "Scan")[1]
    assert page["Count"] == 1
    assert asked(outside, "Scan", ExclusiveStartKey=page["LastEvaluatedKey"])[1]["Count"] == 1


def test_what_it_does_not_know_it_refuses(outside: Outside) -> None:
    assert asked(outside, "TransactWriteItems")[0] == 400
    assert asked(outside, "Query", IndexName="due", KeyConditionExpression="kind(a) = :s")[0] == 400


def test_an_object_is_there_once_it_was_put(outside: Outside) -> None:
    assert outside.answer("HEAD", "/b/k", {}, b"").startswith(b"HTTP/1.1 404")
    outside.answer("PUT", "/b/k", {}, b"%PDF-")
    assert outside.answer("GET", "/b/k", {}, b"").endswith(b"%PDF-")
    assert outside.calls["PutObject"] == 1
