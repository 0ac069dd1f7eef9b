"""What waits for a person, as the desk reads it: urgent first, by the page; and whom to call."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.escalation import Escalation
from chalicelib.domain.facts import State
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.work import answer_of, is_to_collect
from chalicelib.messages.console.views import (
    ChannelState,
    Filters,
    Unreached,
    WorkList,
    WorkRow,
)
from chalicelib.pipeline.ports import Loaded, Searchable, WorkItem, WorkKind
from chalicelib.pipeline.ports.desk import DailyFiguresStore, EscalationStore
from chalicelib.pipeline.quarantines import quarantine_row
from chalicelib.pipeline.search import facts_if_readable
from chalicelib.pipeline.waiting import READ_AT_MOST, is_urgent, on_page, open_dossiers, pages_of

#: So many dossiers are read for one page.
PAGE = 50
#: So many dossiers that cannot be read are named; the others have their page.
UNREADABLE_AT_MOST = 20
#: So many people are on one page of the list to call by telephone.
UNREACHED_PAGE = 500

#: Where only a telephone or a letter helps.
UNREACHED = kinds_where(lambda rule: rule.by_phone)

_NONE_AHEAD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class WorkLists:
    """Reads what waits for a person: a number of reads that does not grow."""

    dossiers: Searchable
    daily_figures: DailyFiguresStore
    escalation: EscalationStore
    desk: Desk
    now: Callable[[], datetime]

    def page(
        self,
        filters: Filters,
        channels: Sequence[ChannelState] = (),
        bulks: Sequence[Bulk] = (),
    ) -> WorkList:
        """One page of what waits for a person, and how much there is. Raises StorageUnavailable."""
        now, ours = self._ours()
        unreadable = self.dossiers.work_rows(WorkKind.UNREADABLE, READ_AT_MOST)
        wanted = [row for row in ours if _is_wanted(row, filters, now)]
        if filters.is_of_appointments:
            wanted = sorted(wanted, key=lambda row: row.appointment_at or _NONE_AHEAD)
        shown = on_page(wanted, filters.page, PAGE)
        escalation, figures = self.escalation.last(), self.daily_figures.last()
        return WorkList(
            rows=[_told(row, escalation) for row in self._read(shown, now)],
            counts=Counter(kind for row in ours for kind in row.kinds),
            urgent=sum(is_urgent(row.appointment_at, now) for row in ours),
            total=min(len(ours), READ_AT_MOST),
            pages=pages_of(len(wanted), PAGE),
            unreadable=[quarantine_row(row) for row in unreadable[:UNREADABLE_AT_MOST]],
            unreadable_total=len(unreadable),
            channels=channels,
            bulks=bulks,
            figures=figures,
            is_cut=len(ours) >= READ_AT_MOST,
            failing_since=escalation.failing_since,
            silences=figures.silences(self.desk) if figures else (),
        )

    def count(self) -> tuple[int, bool]:
        """How many dossiers wait, and whether there may be more. Raises StorageUnavailable."""
        total = len(self.dossiers.work_rows(WorkKind.DOSSIER, READ_AT_MOST))
        return total, total >= READ_AT_MOST

    def unreached(self, page: int = 1) -> Unreached:
        """One page of whom to call or write to, urgent first. Raises StorageUnavailable."""
        now, ours = self._ours()
        wanted = [row for row in ours if UNREACHED & set(row.kinds)]
        return Unreached(
            rows=self._read(on_page(wanted, page, UNREACHED_PAGE), now),
            total=len(wanted),
            page=max(page, 1),
            pages=pages_of(len(wanted), UNREACHED_PAGE),
            is_cut=len(ours) >= READ_AT_MOST,
        )

    def _ours(self) -> tuple[datetime, Sequence[WorkItem]]:
        """The present, and every dossier's row in the order of now."""
        now = self.now()
        return now, open_dossiers(self.dossiers, now, READ_AT_MOST)

    def _read(self, rows: Sequence[WorkItem], now: datetime) -> Sequence[WorkRow]:
        """These rows with what only their dossiers know. The index may be a moment behind them."""
        ids = [row.name for row in rows]
        known = {one.dossier_id: one for one in self.dossiers.many(ids)}
        return [
            _row(row, dossier_id, known.get(dossier_id), now)
            for row, dossier_id in zip(rows, ids, strict=True)
        ]


def _told(row: WorkRow, escalation: Escalation) -> WorkRow:
    told = escalation.told.get(row.dossier_id)
    return replace(row, told_at=told.at) if told and row.is_urgent else row


def _is_wanted(row: WorkItem, filters: Filters, now: datetime) -> bool:
    is_of_kind = filters.kind is None or filters.kind in row.kinds
    return is_of_kind and (not filters.urgent or is_urgent(row.appointment_at, now))


def _row(
    row: WorkItem, dossier_id: str, loaded: Loaded | Unreadable | None, now: datetime
) -> WorkRow:
    facts = facts_if_readable(loaded) if loaded else None
    read = loaded if facts and isinstance(loaded, Loaded) else None
    return WorkRow(
        dossier_id=dossier_id,
        since=row.since,
        kinds=row.kinds,
        state=None if loaded and facts is None else row.state or State.KNOWN,
        contact=facts.contact if facts else None,
        appointment_at=row.appointment_at,
        is_urgent=is_urgent(row.appointment_at, now),
        to_collect=_to_collect(row.kinds, read) if read else (),
        refused=read.refused if read else {},
        answered=answer_of(read.dossier) if read else None,
    )


def _to_collect(kinds: Iterable[Kind], loaded: Loaded) -> tuple[Kind, ...]:
    facts, notices = loaded.dossier.facts, [a.notice for a in loaded.dossier.open_work]
    it = {notice.kind for notice in notices if is_to_collect(facts, notice)}
    others = {notice.kind for notice in notices if not is_to_collect(facts, notice)}
    return tuple(kind for kind in kinds if kind in it - others)
