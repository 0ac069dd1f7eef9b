"""Who did or read what: one item a line, never changed, listed by day, by person and by object."""

import re
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

import msgspec
from pynamodb.exceptions import PutError

from chalicelib.domain.audit import AuditAsked, AuditLine, AuditPage, Knock
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.pipeline.ports.desk import AUDIT_LINES
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

_PREFIX, _KNOCKS = "AUDIT#", "KNOCKS#"
_INSTANT = InstantAttribute()

#: Where a page goes on: the key of its last line, without the prefix. It comes back from a browser.
_OLDER = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{15}Z)#[0-9a-f]{12}", re.ASCII)


class DynamoAudit:
    """The pipeline's Audit. `copy` is told each line once it is kept."""

    def __init__(self, table: Table, copy: Callable[[AuditLine], None]) -> None:
        self._table, self._copy = table, copy

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
        named = {"act_by": line.by, "act_about": line.object}
        attributes |= {name: {"S": value} for name, value in named.items() if value}
        key = f"{_PREFIX}{at}#{sha256(document).hexdigest()[:12]}"
        with storage_errors():
            try:
                self._table.put_item(key, attributes=attributes, condition=Item.pk.does_not_exist())
            except PutError as error:
                if not is_condition_failed(error):
                    raise
        self._copy(line)

    def knock(self, at: datetime, what: Knock) -> None:
        """Count one more of somebody who has no name."""
        counted = Item.get_attributes()[what]
        with storage_errors():
            self._table.update_item(_knocks_of(paris_day(at)), actions=[counted.add(1)])

    def page(self, asked: AuditAsked, older: str = "", limit: int = AUDIT_LINES) -> AuditPage:
        """The newest lines, or those where a page before said `older`."""
        index, attribute, key = _asked_of(asked)
        start = _start(older, attribute, key)
        found = list(rows(self._table, index, key, limit + 1, newest_first=True, start=start))
        shown = found[:limit]
        goes_on = len(found) > limit
        return AuditPage(
            lines=tuple(map(_line, shown)),
            older=shown[-1]["pk"]["S"].removeprefix(_PREFIX) if goes_on else "",
            knocks=self._knocks(asked.day) if index == "list" else {},
        )

    def forget(self, day: date) -> int:
        """Erase the lines of a Paris day, and what was counted; how many lines there were.

        Of a day without a line the numbers stay, for most days of a night are long empty, and they
        say nothing of anybody.
        """
        erased = unlist(self._table, _of_day(day))
        if erased:
            with storage_errors():
                self._table.delete_item(_knocks_of(day))
        return erased

    def _knocks(self, day: date) -> dict[Knock, int]:
        with storage_errors():
            found = self._table.get_item(_knocks_of(day)).get("Item", {})
        return {what: int(found[what]["N"]) for what in Knock if what in found}


def _asked_of(asked: AuditAsked) -> tuple[str, str, str]:
    """The index, its hash key, and what is looked for there."""
    if asked.about:
        return "acts_about", "act_about", asked.about
    if asked.by:
        return "acts_by", "act_by", asked.by
    return "list", "list", _of_day(asked.day)


def _start(older: str, attribute: str, key: str) -> Row | None:
    """The line after which a page begins; from the newest, where nobody has ever said so."""
    found = _OLDER.fullmatch(older)
    if found is None:
        return None
    return {"pk": {"S": _PREFIX + older}, attribute: {"S": key}, "list_at": {"S": found[1]}}


def _line(item: Row) -> AuditLine:
    return msgspec.json.decode(item["document"]["S"], type=AuditLine)


def _of_day(day: date) -> str:
    return f"audit#{day}"


def _knocks_of(day: date) -> str:
    return f"{_KNOCKS}{day}"
