"""Dossiers in DynamoDB: one item each, one conditional write a change."""

import secrets
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from heapq import merge
from itertools import islice
from typing import Any

from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.dossier import Dossier, State
from chalicelib.domain.errors import LostRace
from chalicelib.pipeline.ports import JournalLine, Loaded, Write
from chalicelib.storage.document import decode, encode
from chalicelib.storage.table import (
    SHARDS,
    InstantAttribute,
    Item,
    connect,
    is_condition_failed,
    scanned,
    translated,
)

_PREFIX = "DOSSIER#"
_READ = ["pk", "version", "state", "document", "due_at", "journal_bytes"]
_INSTANT = InstantAttribute()


def shard_of(dossier_id: str) -> str:
    """Spreads dossiers evenly over the keys of an index."""
    return SHARDS[zlib.crc32(dossier_id.encode()) % len(SHARDS)]


class DynamoDossiers:
    """The pipeline's Dossiers, kept in one table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @cached_property
    def _table(self) -> TableConnection:
        return connect(self._table_name)

    def load(self, dossier_id: str) -> Loaded:
        """Read one dossier, consistently; an unknown one is empty, at version 0."""
        with translated():
            answer = self._table.get_item(
                _PREFIX + dossier_id, consistent_read=True, attributes_to_get=_READ
            )
        item = answer.get("Item")
        return _loaded(item) if item else Loaded(dossier=Dossier(dossier_id=dossier_id), version=0)

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        """Store it if nobody wrote since `loaded`; raises LostRace, StorageUnavailable.

        The token tells our own write, whose answer was lost and which was tried again, from
        somebody else's.
        """
        version, token = loaded.version + 1, secrets.token_urlsafe(9)
        key = _PREFIX + write.dossier.dossier_id
        with translated():
            try:
                self._table.update_item(
                    key, actions=_actions(write, version, token), condition=_unchanged(loaded)
                )
            except UpdateError as error:
                self._judge(error, key, token)
        return Loaded(
            dossier=write.dossier,
            version=version,
            state=write.state,
            next_due_at=write.next_due_at,
            size=loaded.size,
        )

    def _judge(self, error: UpdateError, key: str, token: str) -> None:
        if not is_condition_failed(error):
            raise error
        answer = self._table.get_item(key, consistent_read=True, attributes_to_get=["token"])
        if answer.get("Item", {}).get("token", {}).get("S") != token:
            raise LostRace from error

    def due(self, now: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Since when, and the id of each dossier whose `next_due_at` has come, oldest first."""
        rows = self._first("due", limit, Item.due_at <= now)
        return [(_INSTANT.deserialize(at), pk.removeprefix(_PREFIX)) for at, pk in rows]

    def open_work(self, limit: int) -> Sequence[tuple[datetime, str]]:
        """Since when, and the full key of each item that waits for a person, oldest first."""
        return [(_INSTANT.deserialize(at), pk) for at, pk in self._first("work", limit, None)]

    def next_due(self) -> tuple[datetime, str] | None:
        """The first instant at which anything is due, and the dossier it is due for."""
        first = self._first("due", 1, None)
        return (
            (_INSTANT.deserialize(first[0][0]), first[0][1].removeprefix(_PREFIX))
            if first
            else None
        )

    def journal(self, dossier_id: str) -> Sequence[str]:
        """The history of one dossier, oldest line first."""
        with translated():
            answer = self._table.get_item(
                _PREFIX + dossier_id, consistent_read=True, attributes_to_get=["journal"]
            )
        return [line["S"] for line in answer.get("Item", {}).get("journal", {}).get("L", ())]

    def ids(self) -> Iterator[str]:
        """The id of every dossier. A scan: for repair, never on the way of a message."""
        every = scanned(self._table, _PREFIX, only=["pk"])
        return (item["pk"]["S"].removeprefix(_PREFIX) for item in every)

    def _first(self, index: str, limit: int, until: Condition | None) -> list[tuple[str, str]]:
        shards = (self._shard(index, shard, limit, until) for shard in SHARDS)
        return list(islice(merge(*shards), limit))

    def _shard(
        self, index: str, shard: str, limit: int, until: Condition | None
    ) -> list[tuple[str, str]]:
        """The first rows of one shard, in order."""
        rows: list[tuple[str, str]] = []
        start: Any = None
        at = {"due": "due_at", "work": "work_since"}[index]
        while len(rows) < limit:
            with translated():
                page = self._table.query(
                    shard,
                    range_key_condition=until,
                    index_name=index,
                    limit=limit - len(rows),
                    exclusive_start_key=start,
                )
            rows += [(item[at]["S"], item["pk"]["S"]) for item in page["Items"]]
            start = page.get("LastEvaluatedKey")
            if not start:
                break
        return rows


def _loaded(item: Mapping[str, Any]) -> Loaded:
    due_at, document = item.get("due_at"), item["document"]["S"]
    return Loaded(
        dossier=decode(document),
        version=int(item["version"]["N"]),
        state=State(item["state"]["S"]),
        next_due_at=_INSTANT.deserialize(due_at["S"]) if due_at else None,
        size=len(document.encode()) + int(item.get("journal_bytes", {}).get("N", 0)),
    )


def _unchanged(loaded: Loaded) -> Condition:
    if loaded.version == 0:
        return Item.pk.does_not_exist()
    return Item.version == loaded.version


def _actions(write: Write, version: int, token: str) -> list[Action]:
    lines = [_line(line) for line in write.journal]
    shard = shard_of(write.dossier.dossier_id)
    return [
        Item.version.set(version),
        Item.token.set(token),
        Item.state.set(write.state.value),
        Item.document.set(encode(write.dossier)),
        *_indexed(Item.due_shard, Item.due_at, shard, write.next_due_at),
        *_indexed(Item.work_shard, Item.work_since, shard, write.work_since),
        *(_begun(lines) if write.new_journal else _appended(lines) if lines else ()),
    ]


def _appended(lines: Sequence[str]) -> Sequence[Action]:
    return (
        Item.journal.set((Item.journal | []).append(lines)),
        Item.journal_bytes.add(_bytes_of(lines)),
    )


def _begun(lines: list[str]) -> Sequence[Action]:
    return Item.journal.set(lines), Item.journal_bytes.set(_bytes_of(lines))


def _bytes_of(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) for line in lines)


def _indexed(shard_key: Any, at_key: Any, shard: str, at: datetime | None) -> list[Action]:
    """Both keys of a sparse index, or neither."""
    if at is None:
        return [shard_key.remove(), at_key.remove()]
    return [shard_key.set(shard), at_key.set(at)]


def _line(line: JournalLine) -> str:
    return f"{_INSTANT.serialize(line.at)} {line.by} {line.what}"
