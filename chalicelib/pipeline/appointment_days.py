"""Who has an appointment on a day, as the desk prepares it and looks back on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, at_paris
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.holds import Holds
from chalicelib.messages.console.views import DayRow, DayView
from chalicelib.pipeline.desk_actions import foresee
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, Expected, Loaded, Searchable
from chalicelib.pipeline.search import facts_if_readable

#: So many appointments of a day are shown: several times what a desk receives.
SHOWN_AT_MOST = 300
#: How far the next day on which the desk is open is looked for. No closure is longer.
LOOKED_AHEAD = 60

#: Where somebody with an appointment to deposit stands before anything is said of it.
_EXPECTED = frozenset({State.BOOKED, State.CONFIRMED})


@dataclass(frozen=True, kw_only=True)
class AppointmentDays:
    """Reads the appointments of a Paris day: a number of reads that does not grow."""

    dossiers: Searchable
    channels: Channels
    planner: Planner
    desk: Desk

    def of(self, day: date) -> DayView:
        """One day, by the hour. Raises StorageUnavailable."""
        first, before = (at_paris(d, time()) for d in (day, day + timedelta(days=1)))
        expected = self.dossiers.expected(first, before, SHOWN_AT_MOST + 1)
        shown = expected[:SHOWN_AT_MOST]
        ids = [one.dossier_id for one in shown]
        known = {one.dossier_id: one for one in self.dossiers.many(ids)}
        holds = self.channels.holds()
        rows = [
            self._with_forecast(_row(one, known[one.dossier_id]), known[one.dossier_id], holds)
            for one in shown
            if one.dossier_id in known
        ]
        return DayView(
            day=day,
            rows=[row for row in rows if row],
            more=len(expected) > SHOWN_AT_MOST,
            is_open=self.desk.is_open(day),
            papers=self._papers(day, shown),
            before=self._open_beside(day, -1),
            after=self._open_beside(day, 1),
            holds=holds,
        )

    def _with_forecast(
        self, row: DayRow | None, loaded: Loaded | Unreadable, holds: Holds
    ) -> DayRow | None:
        if row is None or isinstance(loaded, Unreadable) or not row.is_unanswered:
            return row
        return replace(row, foresee=partial(foresee, loaded.dossier, self.planner, holds))

    def _papers(
        self, day: date, expected: Iterable[Expected]
    ) -> Mapping[SlotPurpose, tuple[str, ...]]:
        papers = self.desk.terms_on(day).papers
        wanted = {one.purpose for one in expected} & set(papers)
        return {p: tuple(papers[p][Language.FR]) for p in SlotPurpose if p in wanted}

    def _open_beside(self, day: date, step: int) -> date | None:
        days = (day + timedelta(days=step * n) for n in range(1, LOOKED_AHEAD + 1))
        return next(filter(self.desk.is_open, days), None)


def _row(expected: Expected, loaded: Loaded | Unreadable) -> DayRow | None:
    """None where the index is behind: the appointment was moved or called off a moment ago."""
    row = DayRow(
        dossier_id=expected.dossier_id,
        at=expected.at,
        purpose=expected.purpose,
        kinds=expected.work,
    )
    facts = facts_if_readable(loaded)
    if facts is None or isinstance(loaded, Unreadable):
        return row
    slot = _slot_at(facts, expected.purpose, expected.at)
    if slot is None:
        return None
    is_unanswered = _is_unanswered(loaded, slot)
    return DayRow(
        dossier_id=row.dossier_id,
        at=row.at,
        purpose=row.purpose,
        kinds=_kinds(loaded, is_unanswered=is_unanswered),
        state=loaded.state,
        contact=facts.contact,
        slot=slot,
        missing=facts.incomplete.missing_documents if facts.incomplete else (),
        is_unanswered=is_unanswered,
        refused=loaded.refused,
    )


def _kinds(loaded: Loaded, *, is_unanswered: bool) -> tuple[Kind, ...]:
    """Its tasks, but for the one that was answered a moment ago."""
    work = loaded.findable.work
    return tuple(k for k in work if is_unanswered or k is not Kind.OUTCOME_UNKNOWN)


def _is_unanswered(loaded: Loaded, slot: Appointment) -> bool:
    """The task stands a moment longer than its answer: until the dossier is served."""
    is_asked = Kind.OUTCOME_UNKNOWN in loaded.findable.work
    is_to_deposit = slot.purpose is SlotPurpose.DEPOSIT
    is_answered = slot.missed or (is_to_deposit and loaded.state not in _EXPECTED)
    return is_asked and not is_answered


def _slot_at(facts: Facts, purpose: SlotPurpose, at: datetime) -> Appointment | None:
    slots = (slot for slot in facts.appointments if slot.purpose is purpose)
    return next((slot for slot in slots if slot.starts_at == at), None)
