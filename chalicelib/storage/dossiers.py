"""Dossiers in DynamoDB: one item each, one conditional write a change."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace, Unreadable
from chalicelib.domain.facts import State
from chalicelib.domain.holds import Availability
from chalicelib.pipeline.ports import Expected, JournalLine, Loaded, WorkItem, WorkKind, Write
from chalicelib.storage.channels import CHANNEL_KEYS, OF_CHANNELS, availability_of
from chalicelib.storage.document import decode, encode
from chalicelib.storage.indexes import (
    DOSSIER,
    FOUND_BY,
    by_ending,
    by_prefix,
    expected,
    findable,
    indexed,
    oldest_first,
    urgent_rows,
    work_rows,
    work_shard,
)
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    Row,
    Table,
    found,
    is_condition_failed,
    rows,
    scanned,
    storage_errors,
)

_READ = ["pk", "version", "state", "document", "due_at", "journal_bytes", *FOUND_BY]
_INSTANT = InstantAttribute()


class DynamoDossiers:
    """The pipeline's Dossiers, kept in one table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def load(self, dossier_id: str) -> Loaded:
        """Read one dossier, consistently; an unknown one is empty, at version 0.

        Raises Unreadable, StorageUnavailable.
        """
        with storage_errors():
            answer = self._table.get_item(
                DOSSIER + dossier_id, consistent_read=True, attributes_to_get=_READ
            )
        return _loaded_or_new(dossier_id, answer.get("Item"))

    def load_with_channels(self, dossier_id: str) -> tuple[Loaded, Availability]:
        """Read one dossier as `load` does, and how the channels behave: at one read.

        Raises Unreadable, StorageUnavailable.
        """
        key = DOSSIER + dossier_id
        items = {
            item["pk"]["S"]: item
            for item in found(self._table, [key, *CHANNEL_KEYS], [*_READ, *OF_CHANNELS])
        }
        dossier = items.pop(key, None)
        return _loaded_or_new(dossier_id, dossier), availability_of(items.values())

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        """Store it if nobody wrote since `loaded`; raises LostRace, StorageUnavailable.

        The token tells our own write, whose answer was lost and which was tried again, from
        somebody else's.
        """
        version, token = loaded.version + 1, secrets.token_urlsafe(9)
        key = DOSSIER + write.dossier.dossier_id
        with storage_errors():
            try:
                self._table.update_item(
                    key,
                    actions=self._actions(write, version, token, key),
                    condition=_unchanged(loaded),
                )
            except UpdateError as error:
                self._judge(error, key, token)
        return Loaded(
            dossier=write.dossier,
            version=version,
            state=write.state,
            next_due_at=write.next_due_at,
            findable=write.findable,
            size=loaded.size,
        )

    def _actions(self, write: Write, version: int, token: str, key: str) -> list[Action]:
        shard, waits_in = self._table.shard_of(key), work_shard(self._table, WorkKind.DOSSIER, key)
        return [
            *_kept(write, version, token),
            *_indexed(Item.due_shard, Item.due_at, shard, write.next_due_at),
            *_indexed(Item.work_shard, Item.work_since, waits_in, write.work_since),
            *indexed(write.findable, shard),
        ]

    def _judge(self, error: UpdateError, key: str, token: str) -> None:
        if not is_condition_failed(error):
            raise error
        answer = self._table.get_item(key, consistent_read=True, attributes_to_get=["token"])
        if answer.get("Item", {}).get("token", {}).get("S") != token:
            raise LostRace from error

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        """Since when, and the id of each dossier whose `next_due_at` has come, oldest first: read
        page by page, as far as anybody asks.
        """
        return map(_due, oldest_first(self._table, "due", "due_at", until=Item.due_at <= now))

    def work_rows(self, kind: WorkKind, limit: int) -> Sequence[WorkItem]:
        """What of this kind waits for a person, oldest first, as the index has it."""
        return work_rows(self._table, kind, limit)

    def urgent_rows(self, first: datetime, last: datetime) -> Sequence[WorkItem]:
        """The dossiers with open desk notices that have an appointment from one instant to another,
        both included, by its hour.
        """
        return urgent_rows(self._table, first, last)

    def next_due(self) -> tuple[datetime, str] | None:
        """The first instant at which anything is due, and the dossier it is due for."""
        return next(map(_due, oldest_first(self._table, "due", "due_at", 1)), None)

    def expected(self, first: datetime, before: datetime, limit: int) -> Sequence[Expected]:
        """Who has an appointment from one instant to another, by its hour; the first ones only."""
        return list(expected(self._table, first, before, limit))

    def with_work_put_off(self, since: date, limit: int) -> Sequence[str]:
        """The ids of dossiers of which something comes back on that day or later, by the day."""
        later = Item.again_on >= since.isoformat()
        return _ids(oldest_first(self._table, "put_off", "again_on", limit, later))

    def put_off(self, dossier_id: str, until: datetime, now: datetime) -> None:
        """Let one that is due and cannot be read be due again at `until`; change nothing else.

        Not even its version: whoever can read it may be writing at this moment.
        """
        later, is_due = [Item.due_at.set(until)], Item.due_at <= now
        with storage_errors():
            try:
                self._table.update_item(DOSSIER + dossier_id, actions=later, condition=is_due)
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise

    def count_failed(self, dossier_id: str, by: int = 1) -> int:
        """Count one failed serve of it more, or take one back; how many there are then.

        As `put_off`, it changes nothing else. Nobody's are none. Raises StorageUnavailable.
        """
        with storage_errors():
            try:
                answer = self._table.update_item(
                    DOSSIER + dossier_id,
                    actions=[Item.failed_serves.add(by)],
                    condition=Item.pk.exists(),
                    return_values="UPDATED_NEW",
                )
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise
                return 0
        return int(answer["Attributes"]["failed_serves"]["N"])

    def forget_failed(self, dossier_id: str) -> None:
        """Count from none again. Raises StorageUnavailable."""
        with storage_errors():
            try:
                self._table.update_item(
                    DOSSIER + dossier_id,
                    actions=[Item.failed_serves.remove()],
                    condition=Item.failed_serves.exists(),
                )
            except UpdateError as error:
                if not is_condition_failed(error):
                    raise

    def many(self, dossier_ids: Sequence[str]) -> Sequence[Loaded | Unreadable]:
        """Read those of them that exist, consistently, in this order."""
        wanted = dict.fromkeys(dossier_ids)
        items = found(self._table, (DOSSIER + dossier_id for dossier_id in wanted), _READ)
        known = {one.dossier_id: one for one in map(_read, items)}
        return [known[dossier_id] for dossier_id in wanted if dossier_id in known]

    def by_name(self, prefix: str, limit: int) -> Mapping[str, str]:
        """The ids of dossiers whose folded name begins so in one of its orders, each with that
        order, by the alphabet.
        """
        found: dict[str, str] = {}
        for name, row in by_prefix(self._table, prefix, limit):
            found.setdefault(row["pk"]["S"].removeprefix(DOSSIER), name)
        return dict(islice(found.items(), limit))

    def by_reference(self, ending: str, limit: int) -> Sequence[str]:
        """The ids of dossiers whose compact reference ends so."""
        return _ids(by_ending(self._table, ending, limit))

    def by_recepisse(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose récépissé has a number of this fingerprint."""
        return _ids(rows(self._table, "by_recepisse", fingerprint, limit))

    def by_email(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose e-mail address has this fingerprint."""
        return _ids(rows(self._table, "by_email", fingerprint, limit))

    def by_phone(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose number has this fingerprint."""
        return _ids(rows(self._table, "by_phone", fingerprint, limit))

    def journal(self, dossier_id: str) -> Sequence[str]:
        """The history of one dossier, oldest line first."""
        with storage_errors():
            answer = self._table.get_item(
                DOSSIER + dossier_id, consistent_read=True, attributes_to_get=["journal"]
            )
        return [line["S"] for line in answer.get("Item", {}).get("journal", {}).get("L", ())]

    def every(self, after: str = "") -> Iterator[Loaded | Unreadable]:
        """Every dossier, or those after one, as DynamoDB has them in order: page by page."""
        start = after and DOSSIER + after
        return map(_read, scanned(self._table, DOSSIER, only=_READ, after=start))


def _loaded_or_new(dossier_id: str, item: Mapping[str, Any] | None) -> Loaded:
    return _loaded(item) if item else Loaded(dossier=Dossier(dossier_id=dossier_id), version=0)


def _read(item: Mapping[str, Any]) -> Loaded | Unreadable:
    try:
        return _loaded(item)
    except Unreadable as error:
        return error


def _loaded(item: Mapping[str, Any]) -> Loaded:
    """Raises Unreadable, and says whose it is."""
    dossier_id = item["pk"]["S"].removeprefix(DOSSIER)
    try:
        loaded = _of_item(item)
    except Unreadable as error:
        error.dossier_id = dossier_id
        raise
    except (KeyError, TypeError, ValueError) as error:
        message = "an attribute of its item is missing, or of a newer version of this program"
        raise Unreadable(message, dossier_id) from error
    if loaded.dossier_id != dossier_id:  # what is written of it would go to the other
        message = "the document is of another dossier"
        raise Unreadable(message, dossier_id)
    return loaded


def _of_item(item: Mapping[str, Any]) -> Loaded:
    due_at, document = item.get("due_at"), item["document"]["S"]
    return Loaded(
        dossier=decode(document),
        version=int(item["version"]["N"]),
        state=State(item["state"]["S"]),
        next_due_at=_INSTANT.deserialize(due_at["S"]) if due_at else None,
        findable=findable(item),
        size=len(document.encode()) + int(item.get("journal_bytes", {}).get("N", 0)),
    )


def _due(row: Row) -> tuple[datetime, str]:
    return _INSTANT.deserialize(row["due_at"]["S"]), row["pk"]["S"].removeprefix(DOSSIER)


def _ids(them: Iterable[Row]) -> list[str]:
    """The dossiers of these rows, each once."""
    return list(dict.fromkeys(row["pk"]["S"].removeprefix(DOSSIER) for row in them))


def _unchanged(loaded: Loaded) -> Condition:
    if loaded.version == 0:
        return Item.pk.does_not_exist()
    return Item.version == loaded.version


def _kept(write: Write, version: int, token: str) -> list[Action]:
    lines = [_line(line) for line in write.journal]
    return [
        Item.version.set(version),
        Item.token.set(token),
        Item.state.set(write.state.value),
        Item.document.set(encode(write.dossier)),
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
