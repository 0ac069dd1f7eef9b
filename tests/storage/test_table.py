"""The table that the product talks to is the table that is deployed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.attempts import Kind
from chalicelib.domain.audit import AuditAsked
from chalicelib.pipeline.ports import Findable
from chalicelib.storage.table import InstantAttribute, Item, Table
from local.aws.embedded import template
from tests.builders import paris
from tests.fakes import empty_write, open_work
from tests.storage.conftest import Cloud
from tests.storage.dossiers_of_any_kind import instants

INSTANT = InstantAttribute()
DEPLOYED: dict[str, Any] = template()["Resources"]["Table"]["Properties"]
INDEXES = [index["IndexName"] for index in DEPLOYED["GlobalSecondaryIndexes"]]
KEYS = {key["AttributeName"] for key in DEPLOYED["KeySchema"]}


def known_schema() -> dict[str, Any]:
    known = Table("any").get_meta_table()
    assert known is not None
    schema: dict[str, Any] = known.data
    return schema


def by_name(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {row[name]: row for row in rows}


def projected(index: str) -> set[str]:
    """What a row of this index holds."""
    deployed = by_name(DEPLOYED["GlobalSecondaryIndexes"], "IndexName")[index]
    keys = {key["AttributeName"] for key in deployed["KeySchema"]}
    return KEYS | keys | set(deployed["Projection"].get("NonKeyAttributes", ()))


def test_the_key_is_the_one_deployed() -> None:
    assert known_schema()["KeySchema"] == DEPLOYED["KeySchema"]


def test_the_typed_attributes_are_those_deployed() -> None:
    known = by_name(known_schema()["AttributeDefinitions"], "AttributeName")
    assert known == by_name(DEPLOYED["AttributeDefinitions"], "AttributeName")


def test_the_indexes_are_those_deployed() -> None:
    known = by_name(known_schema()["GlobalSecondaryIndexes"], "IndexName")
    deployed = by_name(DEPLOYED["GlobalSecondaryIndexes"], "IndexName")
    assert {n: i["KeySchema"] for n, i in known.items()} == {
        n: i["KeySchema"] for n, i in deployed.items()
    }


def test_every_key_is_an_attribute_of_the_items_and_of_the_same_type() -> None:
    of_items = Item.get_attributes()
    for definition in DEPLOYED["AttributeDefinitions"]:
        attribute = of_items[definition["AttributeName"]]
        assert attribute.attr_type == definition["AttributeType"]


def test_the_key_of_the_items_is_the_key_of_the_table() -> None:
    hash_keys = {name for name, attribute in Item.get_attributes().items() if attribute.is_hash_key}
    assert hash_keys == KEYS


@pytest.mark.enable_socket
def test_a_query_names_only_what_its_index_holds(cloud: Cloud) -> None:
    now = paris("2019-04-09 12:00")
    list(cloud.dossiers.due(now))
    open_work(cloud.dossiers, 1)
    cloud.dossiers.next_due()
    cloud.dossiers.by_name("be", 1)
    cloud.dossiers.expected(now, now, 1)
    cloud.dossiers.with_work_put_off(now.date(), 1)
    cloud.dossiers.by_reference("0423", 1)
    cloud.dossiers.by_recepisse("fingerprint", 1)
    cloud.dossiers.by_email("fingerprint", 1)
    cloud.dossiers.by_phone("fingerprint", 1)
    for asked in ({}, {"by": "c.martin"}, {"about": "D-1"}):
        cloud.audit.page(AuditAsked(day=date(2019, 4, 9), **asked))
    queries = cloud.wire.bodies("Query")
    assert {query["IndexName"] for query in queries} == set(INDEXES)
    for query in queries:
        assert set(query["ExpressionAttributeNames"].values()) <= projected(query["IndexName"])
        assert "ConsistentRead" not in query, "an index has no consistent reads"


#: What a dossier is in none of.
AUDITED = frozenset({"list", "acts_by", "acts_about"})


@pytest.mark.enable_socket
@pytest.mark.parametrize("index", [name for name in INDEXES if name not in AUDITED])
def test_a_row_of_an_index_holds_what_its_reader_takes(cloud: Cloud, index: str) -> None:
    now = paris("2019-04-09 12:00")
    loaded = cloud.dossiers.load("D-1")
    found_by = Findable(
        reference="d1",
        recepisse="number fingerprint",
        family_first="benali lea",
        given_first="lea benali",
        other_first="marie benali lea",
        email="mail fingerprint",
        phone="phone fingerprint",
        work=(Kind.UNREACHABLE,),
        appointment_at=now,
        deposit_at=now,
        collect_at=now,
        again_on=now.date(),
        unanswered_since=now,
    )
    write = replace(empty_write(loaded.dossier, now), work_since=now, findable=found_by)
    cloud.dossiers.write(loaded, write)
    [row] = cloud.dynamodb.scan(TableName=cloud.table, IndexName=index)["Items"]
    assert set(row) == projected(index) - {"reason", "about"}  # which only other items have


@given(instants)
def test_an_instant_is_read_back(instant: datetime) -> None:
    assert INSTANT.deserialize(INSTANT.serialize(instant)) == instant


@given(instants, instants)
def test_instants_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one < other) is (INSTANT.serialize(one) < INSTANT.serialize(other))


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2019, 4, 9, 10, 0, tzinfo=UTC), "2019-04-09T10:00:00.000000Z"),
        (paris("2019-04-09 12:00"), "2019-04-09T10:00:00.000000Z"),
        (datetime(2019, 4, 9, 10, 0, 0, 7, tzinfo=UTC), "2019-04-09T10:00:00.000007Z"),
        (datetime(932, 1, 1, tzinfo=UTC), "0932-01-01T00:00:00.000000Z"),
    ],
)
def test_an_instant_is_text_of_one_width_in_utc(instant: datetime, text: str) -> None:
    assert INSTANT.serialize(instant) == text


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        INSTANT.serialize(datetime(2019, 4, 9, 12, 0))
