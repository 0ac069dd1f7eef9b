"""The sparse indexes of the table: what is written for them, and how they are read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import merge
from itertools import chain, islice
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.attempts import Kind
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.facts import State
from chalicelib.pipeline.ports import Expected, Findable, WorkItem, WorkKind
from chalicelib.storage.table import InstantAttribute, Item, Row, Table, rows

#: What is read back of an item to know what it is found by.
FOUND_BY = (
    "reference_key",
    "recepisse_key",
    "family_key",
    "given_key",
    "other_key",
    "email_key",
    "phone_key",
    "work",
    "appointment_at",
    "deposit_at",
    "collect_at",
    "again_on",
    "unanswered_since",
)

#: Names and references are spread over the keys of their index by as many letters: a search has at
#: least these.
LETTERS = 2

#: What the key of a dossier's item begins with.
DOSSIER = "DOSSIER#"

_INSTANT = InstantAttribute()

#: The index of the appointments for each purpose, and their hour in it. A dossier may have one of
#: each, and an item is in an index once.
_SLOTS: Mapping[SlotPurpose, tuple[str, Any]] = {
    SlotPurpose.DEPOSIT: ("to_deposit", Item.deposit_at),
    SlotPurpose.COLLECT: ("to_collect", Item.collect_at),
}


def oldest_first(
    table: Table,
    index: str,
    at: str,
    limit: int | None = None,
    until: Condition | None = None,
    *,
    shards: Iterable[str] = (),
) -> Iterator[Row]:
    """The first rows of an index that is spread over shards, by their instant `at`.

    Read page by page, as far as anybody asks. Raises StorageUnavailable.
    """
    each = (rows(table, index, shard, limit, until) for shard in shards or table.shards)
    return islice(merge(*each, key=lambda row: (row[at]["S"], row["pk"]["S"])), limit)


def by_prefix(table: Table, prefix: str, limit: int) -> list[tuple[str, Row]]:
    """The rows of every order of the names that begin so, each behind that order of the name, by
    the alphabet.
    """
    shard = prefix[:LETTERS]
    orders = {"by_family": Item.family_key, "by_given": Item.given_key, "by_other": Item.other_key}
    found = [
        (row[key.attr_name]["S"], row)
        for index, key in orders.items()
        for row in rows(table, index, shard, limit, key.startswith(prefix))
    ]
    return sorted(found, key=lambda one: (one[0], one[1]["pk"]["S"]))


def by_ending(table: Table, ending: str, limit: int) -> Iterator[Row]:
    """The rows of references that end so: the index has them backwards, as an SMS that has no room
    for a whole one gives its end.
    """
    key = ending[::-1]
    return rows(table, "by_reference", key[:LETTERS], limit, Item.reference_key.startswith(key))


def expected(table: Table, first: datetime, before: datetime, limit: int) -> Iterator[Expected]:
    """Who has an appointment from one instant to another, by its hour."""
    to_deposit = _slots(table, SlotPurpose.DEPOSIT, first, before, limit)
    to_collect = _slots(table, SlotPurpose.COLLECT, first, before, limit)
    both = merge(to_deposit, to_collect, key=lambda slot: (slot.at, slot.dossier_id))
    return islice(both, limit)


def _slots(
    table: Table, purpose: SlotPurpose, first: datetime, before: datetime, limit: int
) -> Iterator[Expected]:
    index, hour = _SLOTS[purpose]
    within = hour.between(first, before)
    for row in oldest_first(table, index, hour.attr_name, limit, within):
        at = _INSTANT.deserialize(row[hour.attr_name]["S"])
        if at < before:
            yield Expected(
                at=at,
                dossier_id=row["pk"]["S"].removeprefix(DOSSIER),
                purpose=purpose,
                work=_kinds(row),
            )


def work_shard(table: Table, kind: WorkKind, key: str) -> str:
    """Where an item of a kind stands in the work index: no kind shares a shard with another."""
    return f"{kind}#{table.shard_of(key)}"


def work_rows(table: Table, kind: WorkKind, limit: int) -> list[WorkItem]:
    """What of a kind waits for a person, oldest first. Raises StorageUnavailable."""
    shards = [f"{kind}#{shard}" for shard in table.shards]
    found = oldest_first(table, "work", "work_since", limit, shards=shards)
    return [_work_item(kind, row) for row in found]


def urgent_rows(table: Table, first: datetime, last: datetime) -> list[WorkItem]:
    """The dossiers that wait for a person and have an appointment from one instant to another, both
    included, by its hour. Raises StorageUnavailable.
    """
    waits = Item.work_since.exists()
    found = (
        rows(table, index, shard, which=hour.between(first, last), only=waits)
        for index, hour in _SLOTS.values()
        for shard in table.shards
    )
    each = {row["pk"]["S"]: _work_item(WorkKind.DOSSIER, row) for row in chain(*found)}
    return sorted(each.values(), key=lambda row: (row.appointment_at or last, row.name))


def _work_item(kind: WorkKind, row: Row) -> WorkItem:
    """One row of the work index. What is of a newer program is nothing to sort by."""
    state = _text(row, "state")
    return WorkItem(
        kind=kind,
        name=row["pk"]["S"].partition("#")[2],
        since=_INSTANT.deserialize(row["work_since"]["S"]),
        kinds=_kinds(row),
        state=State(state) if state in set(State) else None,
        appointment_at=_instant(row, "appointment_at"),
        unanswered_since=_instant(row, "unanswered_since"),
        reason=_text(row, "reason") or "",
        about=_text(row, "about") or "",
    )


def findable(item: Row) -> Findable:
    """What an item is found by."""
    reference, again_on = _text(item, "reference_key"), _text(item, "again_on")
    return Findable(
        reference=reference and reference[::-1],
        recepisse=_text(item, "recepisse_key"),
        family_first=_text(item, "family_key"),
        given_first=_text(item, "given_key"),
        other_first=_text(item, "other_key"),
        email=_text(item, "email_key"),
        phone=_text(item, "phone_key"),
        work=_kinds(item),
        appointment_at=_known_instant(item, "appointment_at"),
        deposit_at=_known_instant(item, "deposit_at"),
        collect_at=_known_instant(item, "collect_at"),
        again_on=date.fromisoformat(again_on) if again_on else None,
        unanswered_since=_known_instant(item, "unanswered_since"),
    )


def indexed(found_by: Findable, shard: str) -> Sequence[Action]:
    """Writes what an item is found by, and takes away what it is found by no longer."""
    family, given, other = found_by.family_first, found_by.given_first, found_by.other_first
    backwards = found_by.reference and found_by.reference[::-1]
    return [
        _kept(Item.reference_shard, backwards and backwards[:LETTERS]),
        _kept(Item.reference_key, backwards),
        _kept(Item.recepisse_key, found_by.recepisse),
        _kept(Item.family_shard, family and family[:LETTERS]),
        _kept(Item.family_key, family),
        _kept(Item.given_shard, given and given[:LETTERS]),
        _kept(Item.given_key, given),
        _kept(Item.other_shard, other and other[:LETTERS]),
        _kept(Item.other_key, other),
        _kept(Item.email_key, found_by.email),
        _kept(Item.phone_key, found_by.phone),
        _kept(Item.work, " ".join(found_by.work) or None),
        _kept(Item.appointment_at, found_by.appointment_at),
        _kept(Item.deposit_shard, found_by.deposit_at and shard),
        _kept(Item.deposit_at, found_by.deposit_at),
        _kept(Item.collect_shard, found_by.collect_at and shard),
        _kept(Item.collect_at, found_by.collect_at),
        _kept(Item.again_shard, found_by.again_on and shard),
        _kept(Item.again_on, found_by.again_on and found_by.again_on.isoformat()),
        _kept(Item.unanswered_since, found_by.unanswered_since),
    ]


def _kept(attribute: Any, value: Any) -> Any:
    return attribute.remove() if value is None else attribute.set(value)


def _kinds(row: Row) -> tuple[Kind, ...]:
    known = frozenset(Kind)
    return tuple(Kind(word) for word in (_text(row, "work") or "").split() if word in known)


def _instant(row: Row, name: str) -> datetime | None:
    try:
        return _INSTANT.deserialize(_text(row, name) or "")
    except ValueError:
        return None


def _known_instant(item: Row, name: str) -> datetime | None:
    text = _text(item, name)
    return _INSTANT.deserialize(text) if text else None


def _text(row: Row, name: str) -> str | None:
    text: str | None = row.get(name, {}).get("S")
    return text
