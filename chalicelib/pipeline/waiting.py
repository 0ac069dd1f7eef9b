"""What waits for a person: how much of it is read, and what of it comes first."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.pipeline.ports import Dossiers, WorkItem, WorkKind

T = TypeVar("T")

#: So many lines of each kind are read, counted and put in order: three pages of the index, and more
#: than a desk can see to. Where there is more, whoever shows it says so.
READ_AT_MOST = 10_000

#: How long before an appointment its work comes first.
URGENT = timedelta(hours=72)


def is_urgent(appointment_at: datetime | None, now: datetime) -> bool:
    """Whether its appointment is near, and not over."""
    return appointment_at is not None and now <= appointment_at <= now + URGENT


def in_order(rows: Iterable[WorkItem], now: datetime) -> list[WorkItem]:
    """The appointments that are near come first, then whatever has waited longest."""

    def place(row: WorkItem) -> tuple[bool, datetime]:
        if row.appointment_at and is_urgent(row.appointment_at, now):
            return False, row.appointment_at
        return True, row.since

    return sorted(rows, key=place)


def open_dossiers(dossiers: Dossiers, now: datetime, at_most: int) -> list[WorkItem]:
    """The dossiers that wait for a person, in the order of now. Of more than so many, those
    that have waited longest, and every urgent one. Raises StorageUnavailable.
    """
    rows = dossiers.work_rows(WorkKind.DOSSIER, at_most)
    is_cut = len(rows) >= at_most
    return in_order(with_all_urgent(rows, dossiers, now) if is_cut else rows, now)


def with_all_urgent(
    rows: Sequence[WorkItem], dossiers: Dossiers, now: datetime
) -> Sequence[WorkItem]:
    """These rows, and the urgent ones that are not among them: those are found by their
    appointments. Raises StorageUnavailable.
    """
    urgent = {row.name: row for row in dossiers.urgent_rows(now, now + URGENT)}
    return [*rows, *(urgent[name] for name in urgent.keys() - {row.name for row in rows})]


def on_page(them: Sequence[T], page: int, size: int) -> Sequence[T]:
    """Those of one page; the first page is 1."""
    return them[size * (max(page, 1) - 1) :][:size]


def pages_of(number: int, size: int) -> int:
    """How many pages they are; there is always one."""
    return max(1, -(-number // size))
