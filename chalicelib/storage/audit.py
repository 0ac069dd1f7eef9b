"""Who did or read what: one item a line, never changed, listed by the Paris day."""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256

import msgspec
from pynamodb.exceptions import PutError

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.pipeline.ports import AUDIT_LINES
from chalicelib.storage.table import (
    InstantAttribute,
    Item,
    Table,
    is_condition_failed,
    rows,
    storage_errors,
    unlist,
)

_PREFIX = "AUDIT#"
_INSTANT = InstantAttribute()


class DynamoAudit:
    """The pipeline's Audit."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def append(self, line: AuditLine) -> None:
        """Add a line. What says the same of the same instant is the same line: an SDK that lost
        an answer tries again.
        """
        document, at = msgspec.json.encode(line), _INSTANT.serialize(line.at)
        attributes = {
            "document": {"S": document.decode()},
            "list": {"S": _of_day(paris_day(line.at))},
            "list_at": {"S": at},
        }
        key = f"{_PREFIX}{at}#{sha256(document).hexdigest()[:12]}"
        with storage_errors():
            try:
                self._table.put_item(key, attributes=attributes, condition=Item.pk.does_not_exist())
            except PutError as error:
                if not is_condition_failed(error):
                    raise

    def of_day(self, day: date, limit: int = AUDIT_LINES) -> Sequence[AuditLine]:
        """The newest lines of a Paris day, newest first."""
        items = rows(self._table, "list", _of_day(day), limit, newest_first=True)
        return [msgspec.json.decode(item["document"]["S"], type=AuditLine) for item in items]

    def about(self, subject: str, days: Iterable[date]) -> Sequence[AuditLine]:
        """The lines of these Paris days whose object is this one, in the order of the days.

        It reads all lines of a day: for the rare one who asks who has read about them.
        """
        named = Item.document.contains(f'"object":{msgspec.json.encode(subject).decode()}')
        items = (i for day in days for i in rows(self._table, "list", _of_day(day), only=named))
        found = (msgspec.json.decode(item["document"]["S"], type=AuditLine) for item in items)
        return [line for line in found if line.object == subject]

    def forget(self, day: date) -> int:
        """Erase the lines of a Paris day; how many there were."""
        return unlist(self._table, _of_day(day))


def _of_day(day: date) -> str:
    return f"audit#{day}"
