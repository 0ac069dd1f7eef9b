"""What waits for a person, as the desk reads it: urgent first, by the page; and whom to call."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import State
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.work import is_to_collect
from chalicelib.messages.console.views import (
    ChannelState,
    Filters,
    QuarantineRow,
    WorkList,
    WorkRow,
)
from chalicelib.pipeline.ports import DailyFiguresStore, Loaded, Searchable, WorkItem, dossier_of
from chalicelib.pipeline.search import facts_if_readable
from chalicelib.pipeline.waiting import COUNTED_AT_MOST, WorkKind

#: So many dossiers are read for one page.
PAGE = 50
#: So many webhooks in quarantine are shown, and so many dossiers that cannot be read; the others
#: come up as these are done with.
QUARANTINED_AT_MOST = 20
#: A list to call by telephone is not longer than this.
UNREACHED_AT_MOST = 500
#: How long before an appointment its work comes first.
URGENT = timedelta(hours=72)

#: Where only a telephone or a letter helps.
UNREACHED = kinds_where(lambda rule: rule.by_phone)

_NONE_AHEAD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class WorkLists:
    """Reads what waits for a person: a number of reads that does not grow."""

    dossiers: Searchable
    daily_figures: DailyFiguresStore
    now: Callable[[], datetime]

    def page(
        self,
        filters: Filters,
        channels: Sequence[ChannelState] = (),
        bulks: Sequence[Bulk] = (),
    ) -> WorkList:
        """One page of what waits for a person, and how much there is. Raises StorageUnavailable."""
        now, everything = self.now(), self.dossiers.work_rows(COUNTED_AT_MOST)
        ours = _in_order(_of(everything, WorkKind.DOSSIER), now)
        wanted = [row for row in ours if _is_wanted(row, filters, now)]
        if filters.is_of_appointments:
            wanted = sorted(wanted, key=lambda row: row.appointment_at or _NONE_AHEAD)
        shown = wanted[PAGE * (max(filters.page, 1) - 1) :][:PAGE]
        return WorkList(
            rows=self._read(shown, now),
            counts=Counter(kind for row in ours for kind in row.kinds),
            urgent=sum(_is_urgent(row.appointment_at, now) for row in ours),
            total=len(ours),
            counted_at_most=COUNTED_AT_MOST,
            pages=max(1, -(-len(wanted) // PAGE)),
            quarantined=_quarantined(everything),
            channels=channels,
            bulks=bulks,
            figures=self.daily_figures.last(),
        )

    def unreached(self) -> Sequence[WorkRow]:
        """Whom to call or write to, urgent first; the first ones only.

        Raises StorageUnavailable.
        """
        now = self.now()
        ours = _in_order(_of(self.dossiers.work_rows(COUNTED_AT_MOST), WorkKind.DOSSIER), now)
        wanted = [row for row in ours if UNREACHED & set(row.kinds)]
        return self._read(wanted[:UNREACHED_AT_MOST], now)

    def _read(self, rows: Sequence[WorkItem], now: datetime) -> Sequence[WorkRow]:
        """These rows with what only their dossiers know. The index may be a moment behind them."""
        ids = [row.key.removeprefix(f"{WorkKind.DOSSIER}#") for row in rows]
        known = {one.dossier_id: one for one in self.dossiers.many(ids)}
        return [
            _row(row, dossier_id, known.get(dossier_id), now)
            for row, dossier_id in zip(rows, ids, strict=True)
        ]


def _of(rows: Iterable[WorkItem], what: WorkKind) -> list[WorkItem]:
    return [row for row in rows if row.key.startswith(f"{what}#")]


def _in_order(rows: Iterable[WorkItem], now: datetime) -> list[WorkItem]:
    """The appointments that are near come first, then whatever has waited longest."""

    def place(row: WorkItem) -> tuple[bool, datetime]:
        if row.appointment_at and _is_urgent(row.appointment_at, now):
            return False, row.appointment_at
        return True, row.since

    return sorted(rows, key=place)


def _is_urgent(appointment_at: datetime | None, now: datetime) -> bool:
    return appointment_at is not None and now <= appointment_at <= now + URGENT


def _is_wanted(row: WorkItem, filters: Filters, now: datetime) -> bool:
    is_of_kind = filters.kind is None or filters.kind in row.kinds
    return is_of_kind and (not filters.urgent or _is_urgent(row.appointment_at, now))


def _row(
    row: WorkItem, dossier_id: str, loaded: Loaded | Unreadable | None, now: datetime
) -> WorkRow:
    facts = facts_if_readable(loaded) if loaded else None
    return WorkRow(
        dossier_id=dossier_id,
        since=row.since,
        kinds=row.kinds,
        state=None if loaded and facts is None else row.state or State.KNOWN,
        contact=facts.contact if facts else None,
        appointment_at=row.appointment_at,
        is_urgent=_is_urgent(row.appointment_at, now),
        to_collect=_to_collect(row.kinds, loaded) if facts and isinstance(loaded, Loaded) else (),
    )


def _to_collect(kinds: Iterable[Kind], loaded: Loaded) -> tuple[Kind, ...]:
    facts, notices = loaded.dossier.facts, [a.notice for a in loaded.dossier.open_work]
    it = {notice.kind for notice in notices if is_to_collect(facts, notice)}
    others = {notice.kind for notice in notices if not is_to_collect(facts, notice)}
    return tuple(kind for kind in kinds if kind in it - others)


def _quarantined(rows: Iterable[WorkItem]) -> Sequence[QuarantineRow]:
    """What the index says of them is all that a list needs."""
    everything = [_quarantine_row(row) for row in _of(rows, WorkKind.QUARANTINE)]
    dossiers = [row for row in everything if row.unreadable][:QUARANTINED_AT_MOST]
    webhooks = [row for row in everything if not row.unreadable][:QUARANTINED_AT_MOST]
    return [*dossiers, *webhooks]


def _quarantine_row(row: WorkItem) -> QuarantineRow:
    key = row.key.removeprefix(f"{WorkKind.QUARANTINE}#")
    event_id = key.rpartition("#")[0]
    return QuarantineRow(
        key=key,
        event_id=event_id,
        received_at=row.since,
        reason=row.reason,
        unreadable=dossier_of(event_id),
    )
