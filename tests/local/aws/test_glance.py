"""What the embedded AWS shows from inside."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws.embedded import template
from local.aws.glance import Glance
from local.aws.pump import Depth
from local.clock.timetable import Due

REGION = "eu-west-3"
NINE = datetime(2019, 6, 27, 9, tzinfo=UTC)


@pytest.fixture
def glance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Glance]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Glance(REGION)


@pytest.fixture
def table(glance: Glance) -> Any:
    declared = template()["Resources"]["Table"]["Properties"]
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(TableName="table", **{name: declared[name] for name in names})
    return client


def put(table: Any, dossier_id: str, due_at: str | None, shard: str = "0") -> None:
    due = {"due_shard": {"S": shard}, "due_at": {"S": due_at}} if due_at else {}
    table.put_item(TableName="table", Item={"pk": {"S": f"DOSSIER#{dossier_id}"}, **due})


def test_nothing_is_due_in_an_empty_table(glance: Glance, table: Any) -> None:
    assert table
    assert glance.first_due("table") is None


def test_the_first_of_all_shards_is_first(glance: Glance, table: Any) -> None:
    put(table, "D-1", "2019-06-27T12:00:00.000000Z", shard="3")
    put(table, "D-2", "2019-06-27T09:00:00.000000Z", shard="5")
    put(table, "D-3", None)
    assert glance.first_due("table") == Due(key="D-2", at=NINE)


def test_cards_that_can_no_longer_be_taken_back_are_due_until_they_are_done(
    glance: Glance, table: Any
) -> None:
    for name, key, since in (
        ("bulk", "B-1", "10"),
        ("bulk#unseen", "B-2", "09"),
        ("audit", "A", "08"),
    ):
        item = {"pk": f"BULK#{key}", "list": name, "list_at": f"2019-06-27T{since}:00:00.000000Z"}
        table.put_item(TableName="table", Item={n: {"S": value} for n, value in item.items()})
    assert glance.first_due("table") == Due(key="BULK#B-1", at=NINE + timedelta(hours=1))


def test_what_is_no_longer_due_is_no_longer_seen(glance: Glance, table: Any) -> None:
    put(table, "D-1", "2019-06-27T09:00:00.000000Z")
    put(table, "D-1", None)
    assert glance.first_due("table") is None


def test_messages_are_visible_delayed_or_in_flight(glance: Glance) -> None:
    sqs = boto3.client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="serve")["QueueUrl"]
    assert glance.depth(url) == Depth(visible=0, hidden=0)
    sqs.send_message(QueueUrl=url, MessageBody="now")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
    assert glance.depth(url) == Depth(visible=1, hidden=1)
    sqs.receive_message(QueueUrl=url)
    assert glance.depth(url) == Depth(visible=0, hidden=2)
