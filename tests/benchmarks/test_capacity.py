"""What DynamoDB asks for a read or a write."""

import pytest

from benchmarks.capacity import (
    Index,
    Item,
    index_write,
    indexes,
    read_units,
    size_of,
    table_write,
    write_units,
)
from local.aws.embedded import template

DUE = Index(name="due", keys=("due_shard", "due_at"), projects=frozenset())
WORK = Index(name="work", keys=("work_shard",), projects=frozenset({"work"}))


def item(**texts: str) -> Item:
    return {name: {"S": text} for name, text in texts.items()}


@pytest.mark.parametrize(
    ("one", "size"),
    [
        (None, 0),
        ({"pk": {"S": "é"}}, 4),
        ({"n": {"N": "12345"}}, 5),
        ({"b": {"B": b"123"}}, 4),
        ({"yes": {"BOOL": True}}, 4),
        ({"l": {"L": [{"S": "ab"}, {"S": "c"}]}}, 9),
    ],
)
def test_an_item_weighs_its_names_and_values(one: Item | None, size: int) -> None:
    assert size_of(one) == size


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (1_024, 1), (1_025, 2)])
def test_a_write_is_paid_by_the_kilobyte(size: int, units: int) -> None:
    assert write_units(size) == units


@pytest.mark.parametrize(
    ("size", "is_consistent", "units"), [(0, True, 1), (4_097, True, 2), (4_097, False, 1)]
)
def test_a_read_is_paid_by_four(size: int, is_consistent: bool, units: float) -> None:
    assert read_units(size, is_consistent=is_consistent) == units


def test_a_change_is_paid_by_the_larger_of_the_two() -> None:
    assert table_write(item(pk="d", document="x" * 3_000), item(pk="d")) == 3


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item(pk="d"), 0),
        (None, item(pk="d", due_shard="0", due_at="9"), 1),
        (item(pk="d", due_shard="0", due_at="9"), item(pk="d"), 1),
        (item(pk="d", due_shard="0", due_at="9"), item(pk="d", due_shard="0", due_at="8"), 2),
        (
            item(pk="d", due_shard="0", due_at="9"),
            item(pk="d", due_shard="0", due_at="9", document="x"),
            0,
        ),
    ],
)
def test_an_index_is_paid_when_what_it_holds_changes(
    before: Item | None, after: Item | None, units: int
) -> None:
    assert index_write(DUE, before, after) == units


def test_what_an_index_holds_besides_its_keys_is_one_write() -> None:
    before = item(pk="d", work_shard="0", work="call")
    assert index_write(WORK, before, item(pk="d", work_shard="0", work="print")) == 1


def test_every_index_of_the_template_is_counted() -> None:
    declared = template()["Resources"]["Table"]["Properties"]
    assert [index.name for index in indexes(declared)] == [
        "due", "work", "to_deposit", "to_collect", "put_off", "by_reference", "by_recepisse",
        "by_family", "by_given", "by_other", "by_email", "by_phone", "list", "acts_by",
        "acts_about",
    ]  # fmt: skip
