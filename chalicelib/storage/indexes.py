"""The sparse indexes of the table: what is written for them, and how they are read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.attempts import Kind
from chalicelib.domain.facts import State
from chalicelib.pipeline.ports import Findable, WorkItem, WorkKind
from chalicelib.storage.table import InstantAttribute, Item, Row, Table, rows

#: What is read back of an item to know what it is found by.
FOUND_BY = ("family_key", "given_key", "email_key", "phone_key", "work", "appointment_at")

#: Names are spread over the keys of their index by as many letters: a search has at least these.
LETTERS = 2

_INSTANT = InstantAttribute()


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


def by_prefix(table: Table, prefix: str, limit: int) -> list[Row]:
    """The rows of both orders of the names that begin so, by the alphabet."""
    shard = prefix[:LETTERS]
    family = rows(table, "by_family", shard, limit, Item.family_key.startswith(prefix))
    given = rows(table, "by_given", shard, limit, Item.given_key.startswith(prefix))
    return sorted([*family, *given], key=_name)


def work_shard(table: Table, kind: WorkKind, key: str) -> str:
    """Where an item of a kind stands in the work index: no kind shares a shard with another."""
    return f"{kind}#{table.shard_of(key)}"


def work_rows(table: Table, kind: WorkKind, limit: int) -> list[WorkItem]:
    """What of a kind waits for a person, oldest first. Raises StorageUnavailable."""
    shards = [f"{kind}#{shard}" for shard in table.shards]
    found = oldest_first(table, "work", "work_since", limit, shards=shards)
    return [_work_item(kind, row) for row in found]


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
        reason=_text(row, "reason") or "",
        about=_text(row, "about") or "",
    )


def findable(item: Row) -> Findable:
    """What an item is found by."""
    at = _text(item, "appointment_at")
    return Findable(
        family_first=_text(item, "family_key"),
        given_first=_text(item, "given_key"),
        email=_text(item, "email_key"),
        phone=_text(item, "phone_key"),
        work=_kinds(item),
        appointment_at=_INSTANT.deserialize(at) if at else None,
    )


def indexed(found_by: Findable) -> Sequence[Action]:
    """Writes what an item is found by, and takes away what it is found by no longer."""
    family, given = found_by.family_first, found_by.given_first
    return [
        _kept(Item.family_shard, family and family[:LETTERS]),
        _kept(Item.family_key, family),
        _kept(Item.given_shard, given and given[:LETTERS]),
        _kept(Item.given_key, given),
        _kept(Item.email_key, found_by.email),
        _kept(Item.phone_key, found_by.phone),
        _kept(Item.work, " ".join(found_by.work) or None),
        _kept(Item.appointment_at, found_by.appointment_at),
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


def _name(row: Row) -> str:
    return _text(row, "family_key") or _text(row, "given_key") or ""


def _text(row: Row, name: str) -> str | None:
    text: str | None = row.get(name, {}).get("S")
    return text
