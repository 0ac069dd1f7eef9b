"""Bulk actions: one item each, in one list while something of it is to come or to be read.

Cards are a text, but where rows of their list are kept too, which may be thousands. What else a
list says is packed: a program that knows of cards only cannot read it for one of those.
"""

import zlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from pynamodb.exceptions import PutError

from chalicelib.domain.bulk import Bulk, BulkKind
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import LostRace, Unusable
from chalicelib.pipeline.ports.desk import KeptBulk
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    Row,
    Table,
    is_condition_failed,
    rows,
    storage_errors,
    unlist,
)

_PREFIX = "BULK#"
_UNFINISHED, _UNSEEN = "bulk", "bulk#unseen"
_INSTANT = InstantAttribute()
#: Of the 400 kB of an item; a thousand ordinary rows take a fifth.
PACKED_AT_MOST = 350_000


class DynamoBulks:
    """The pipeline's Bulks."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, bulk: Bulk) -> bool:
        """Keep a new one; False if there is one of this id already. Raises Unusable where it says
        more than an item holds.
        """
        with storage_errors():
            try:
                self._put(bulk, version=1, condition=Item.pk.does_not_exist())
            except PutError as error:
                if not is_condition_failed(error):
                    raise
                found = self.find(bulk.bulk_id)
                return found is not None and found.bulk == bulk  # our own, whose answer was lost
        return True

    def find(self, bulk_id: str) -> KeptBulk | None:
        """One of them, read consistently."""
        with storage_errors():
            answer = self._table.get_item(_PREFIX + bulk_id, consistent_read=True)
        item = answer.get("Item")
        return KeptBulk(bulk=_bulk(item), version=int(item["version"]["N"])) if item else None

    def write(self, kept: KeptBulk, bulk: Bulk) -> None:
        """Store it if nobody wrote since `kept`; raises LostRace otherwise.

        What another has written to the same effect is as good as ours.
        """
        with storage_errors():
            try:
                condition = Item.version == kept.version
                self._put(bulk, version=kept.version + 1, condition=condition)
            except PutError as error:
                if not is_condition_failed(error):
                    raise
                found = self.find(bulk.bulk_id)
                if found is None or found.bulk != bulk:
                    raise LostRace from error

    def unfinished(self) -> Sequence[Bulk]:
        """Those of which something is still to come, the earliest first."""
        return [_bulk(item) for item in rows(self._table, "list", _UNFINISHED)]

    def unseen(self) -> Sequence[Bulk]:
        """Those that are over and have refused lines which nobody has read, the earliest first."""
        return [_bulk(item) for item in rows(self._table, "list", _UNSEEN)]

    def over(self, day: date) -> Sequence[Bulk]:
        """Those that were asked for on a Paris day and are over, the earliest first."""
        return [_bulk(item) for item in rows(self._table, "list", _of_day(day))]

    def forget(self, day: date) -> int:
        """Erase those that were asked for on a Paris day and are over; how many there were."""
        return unlist(self._table, _of_day(day))

    def _put(self, bulk: Bulk, *, version: int, condition: Any) -> None:
        attributes = {
            "version": {"N": str(version)},
            **_document(bulk),
            "list": {"S": _list_of(bulk)},
            "list_at": {"S": _INSTANT.serialize(bulk.effective_at)},
        }
        self._table.put_item(_PREFIX + bulk.bulk_id, attributes=attributes, condition=condition)


def _list_of(bulk: Bulk) -> str:
    if not bulk.is_finished:
        return _UNFINISHED
    return _UNSEEN if bulk.wants_to_be_seen else _of_day(paris_day(bulk.asked_at))


def _of_day(day: date) -> str:
    return f"bulk#{day}"


def _document(bulk: Bulk) -> dict[str, Any]:
    document = msgspec.json.encode(bulk)
    if bulk.kind is BulkKind.CARDS and not bulk.aside:
        return {"document": {"S": document.decode()}}
    packed = zlib.compress(document)
    if len(packed) > PACKED_AT_MOST:
        message = f"list: more than {PACKED_AT_MOST:,} bytes"
        raise Unusable(message)
    return {"body": {"B": packed}}


def _bulk(item: Row) -> Bulk:
    is_packed = "body" in item
    document = zlib.decompress(item["body"]["B"]) if is_packed else item["document"]["S"]
    return msgspec.json.decode(document, type=Bulk)
