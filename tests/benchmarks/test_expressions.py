"""DynamoDB's expressions, as the stub of the benchmarks reads them."""

from typing import Any

import pytest

from benchmarks.expressions import Item, NotUnderstood, condition, projected, updated

ITEM: Item = {"pk": {"S": "D#1"}, "version": {"N": "2"}, "journal": {"L": [{"S": "a"}]}}
VALUES = {":1": {"N": "1"}, ":2": {"N": "2"}, ":b": {"S": "D#"}, ":l": {"L": [{"S": "b"}]}}
NAMES = {"#v": "version", "#j": "journal"}
REQUEST = {"ExpressionAttributeNames": NAMES, "ExpressionAttributeValues": VALUES}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("#v = :2", True),
        ("#v = :1", False),
        ("#v <> :1", True),
        ("#v = :b", False),
        ("absent = :1", False),
        ("absent <> :1", True),
        ("#v > :1 AND #v <= :2", True),
        ("#v < :1 OR (#v BETWEEN :1 AND :2)", True),
        ("#v IN (:1, :2)", True),
        ("NOT #v = :1", True),
        ("attribute_not_exists (pk)", False),
        ("attribute_exists(pk) AND attribute_not_exists(absent)", True),
        ("begins_with (pk, :b)", True),
        ("contains(pk, :b)", True),
        ("size(#j) < :2", True),
        ("size(#j) < :1", False),
        ("size(absent) < :1", False),
    ],
)
def test_a_condition_holds_or_not(text: str, holds: bool) -> None:
    assert condition(text)(ITEM, REQUEST) is holds


@pytest.mark.parametrize("text", ["#v = ", "#v & :1", "#v = :1 :2", "size(#v)", "#v = kind(#v)"])
def test_a_condition_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        condition(text)(ITEM, REQUEST)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("SET #v = :1, token = :b", {"version": {"N": "1"}, "token": {"S": "D#"}}),
        ("SET #v = #v + :1", {"version": {"N": "3"}}),
        ("SET #v = #v - :1", {"version": {"N": "1"}}),
        ("SET #j = list_append(#j, :l)", {"journal": {"L": [{"S": "a"}, {"S": "b"}]}}),
        ("SET kept = if_not_exists(kept, :l)", {"kept": {"L": [{"S": "b"}]}}),
        ("SET copy = #v REMOVE #v", {"copy": {"N": "2"}, "version": None}),
        ("ADD #v :2 REMOVE #j, absent", {"version": {"N": "4"}, "journal": None}),
        ("ADD absent :2", {"absent": {"N": "2"}}),
    ],
)
def test_an_update_changes_what_it_names(text: str, changes: dict[str, Any]) -> None:
    after = updated(ITEM, {**REQUEST, "UpdateExpression": text})
    wanted = {**ITEM, **changes}
    assert after == {name: value for name, value in wanted.items() if value}


def test_a_set_grows_and_ends() -> None:
    asked = {"ExpressionAttributeValues": {":s": {"SS": ["a", "b"]}}}
    grown = updated({"s": {"SS": ["c"]}}, {**asked, "UpdateExpression": "ADD s :s"})
    assert grown == {"s": {"SS": ["a", "b", "c"]}}
    assert updated({"s": {"SS": ["a"]}}, {**asked, "UpdateExpression": "DELETE s :s"}) == {}


def test_an_update_of_another_kind_is_refused() -> None:
    with pytest.raises(NotUnderstood):
        updated(ITEM, {**REQUEST, "UpdateExpression": "PUT #v = :1"})


def test_what_is_not_asked_for_is_not_shown() -> None:
    assert projected(ITEM, {**REQUEST, "ProjectionExpression": "#v, absent"}) == {
        "version": {"N": "2"}
    }
    assert projected(ITEM, {}) == ITEM
