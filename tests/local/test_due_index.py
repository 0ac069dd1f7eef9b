"""The due index, read as it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws import template
from local.due_index import DueIndex
from local.timetable import Due


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    declared = template()["Resources"]["Table"]["Properties"]
    shape = {
        name: declared[name]
        for name in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    }
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-3")
        client.create_table(TableName="table", **shape)
        yield client


def put(dynamodb: Any, dossier_id: str, due_at: str | None, shard: str = "0") -> None:
    due = {"due_shard": {"S": shard}, "due_at": {"S": due_at}} if due_at else {}
    dynamodb.put_item(TableName="table", Item={"pk": {"S": f"DOSSIER#{dossier_id}"}, **due})


def test_nothing_is_due_in_an_empty_table(dynamodb: Any) -> None:
    assert DueIndex(dynamodb, "table").first() is None


def test_the_first_of_all_shards_is_first(dynamodb: Any) -> None:
    put(dynamodb, "D-1", "2019-06-27T12:00:00.000000Z", shard="3")
    put(dynamodb, "D-2", "2019-06-27T09:00:00.000000Z", shard="5")
    put(dynamodb, "D-3", None)
    nine = datetime(2019, 6, 27, 9, tzinfo=UTC)
    assert DueIndex(dynamodb, "table").first() == Due(dossier_id="D-2", at=nine)


def test_it_is_read_anew_each_time(dynamodb: Any) -> None:
    index = DueIndex(dynamodb, "table")
    assert index.first() is None
    put(dynamodb, "D-1", "2019-06-27T12:00:00.000000Z")
    assert index.first() is not None
