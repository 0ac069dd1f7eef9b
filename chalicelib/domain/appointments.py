"""Which appointment is current, and in which revision."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from chalicelib.domain.dossier import Appointment, Ending
from chalicelib.domain.events import SLOTS, Event, EventType, by_time, in_order

_ABOUT_A_SLOT = SLOTS | {EventType.CANCELLED, EventType.MISSED}


@dataclass(frozen=True, kw_only=True)
class Change:
    """An hour `starts_at` that was set, or taken away again: by which events, and since when we
    know of it by our own clock. `is_seen` says that the student has confirmed it by a link.
    """

    events: frozenset[str]
    starts_at: datetime
    learnt_at: datetime
    is_seen: bool


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Consecutive slots with one start. A cancellation ends it: rebooking begins another."""

    slots: tuple[Event, ...]
    cancelled: Event | None = None
    missed: Event | None = None

    @property
    def starts_at(self) -> datetime:
        starts_at = self.slots[0].starts_at
        assert starts_at is not None
        return starts_at

    def takes(self, event: Event) -> bool:
        return self.cancelled is None and self.starts_at == event.starts_at


def current_appointment(events: Sequence[Event]) -> Appointment | None:
    """The appointment whose current revision was set last; a newer one supersedes the others."""
    lives = _lives(events)
    if not lives:
        return None
    group, runs = lives[-1]
    slot = _appointment(group, runs, [e for e in events if e.type is EventType.CONFIRMED])
    if slot.permit_expires_on:
        return slot
    about = (e for e in events if e.type in _ABOUT_A_SLOT)
    return replace(slot, permit_expires_on=_last_expiry(in_order(about)))


def slot_changes(events: Sequence[Event]) -> tuple[Change, ...]:
    """Every hour that was set or taken away; what the current appointment has come to is last."""
    clicks = {e.revision for e in events if e.type is EventType.CONFIRMED and e.revision}
    return tuple(
        change for _, runs in _lives(events) for run in runs for change in _changes_of(run, clicks)
    )


def _changes_of(run: _Run, clicks: Set[str]) -> Iterable[Change]:
    yield _change(run, run.slots, clicks)
    if run.cancelled:
        yield _change(run, [run.cancelled], clicks)


def _change(run: _Run, events: Sequence[Event], clicks: Set[str]) -> Change:
    names = frozenset(e.event_id for e in events)
    return Change(
        events=names,
        starts_at=run.starts_at,
        learnt_at=min(e.received_at for e in events),
        is_seen=bool(names & clicks),
    )


def _lives(events: Iterable[Event]) -> Sequence[tuple[Sequence[Event], Sequence[_Run]]]:
    """Each appointment's events and runs; the one whose last run was set last comes last."""
    about = sorted(
        (e for e in events if e.type in _ABOUT_A_SLOT), key=lambda e: e.appointment_id or ""
    )
    groups = [tuple(group) for _, group in groupby(about, key=lambda e: e.appointment_id)]
    lives = [(group, runs) for group in groups if (runs := _runs(in_order(group)))]
    return sorted(lives, key=lambda life: by_time(life[1][-1].slots[0]))


def _runs(events: Iterable[Event]) -> tuple[_Run, ...]:
    runs: tuple[_Run, ...] = ()
    for event in events:
        *before, last = runs or (None,)
        runs = (*(r for r in before if r), *_continued(last, event))
    return runs


def _continued(run: _Run | None, event: Event) -> tuple[_Run, ...]:
    """What the last run becomes when one more event follows it."""
    if event.type in SLOTS:
        if run and run.takes(event):
            return (replace(run, slots=(*run.slots, event)),)
        return (*((run,) if run else ()), _Run(slots=(event,)))
    if run is None:
        return ()
    if event.type is EventType.CANCELLED:
        return (replace(run, cancelled=run.cancelled or event),)
    return (replace(run, missed=run.missed or event),)


def _appointment(
    group: Sequence[Event], runs: Sequence[_Run], confirmations: Iterable[Event]
) -> Appointment:
    run, first = runs[-1], runs[-1].slots[0]
    assert first.appointment_id is not None
    said = [c.known_at for c in confirmations if _confirms(c, run)]
    return Appointment(
        appointment_id=first.appointment_id,
        starts_at=run.starts_at,
        revision=first.event_id,
        revision_events=frozenset(e.event_id for e in run.slots),
        appointment_events=frozenset(e.event_id for e in group),
        made_at=first.known_at,
        booked_at=min(e.known_at for r in runs for e in r.slots),
        learnt_at=min(e.received_at for e in run.slots),
        moves=len(runs) - 1,
        was_moved=any(earlier.starts_at != run.starts_at for earlier in runs),
        confirmed_at=min(said, default=None),
        cancelled=_ending(run.cancelled),
        missed=_ending(run.missed),
        permit_expires_on=_last_expiry(group),
    )


def _last_expiry(events: Iterable[Event]) -> date | None:
    """When the permit ends, as it was said last: a booking need not say it again."""
    said = [e.permit_expires_on for e in events if e.permit_expires_on]
    return said[-1] if said else None


def _ending(event: Event | None) -> Ending | None:
    if event is None:
        return None
    return Ending(event_id=event.event_id, at=event.known_at, learnt_at=event.received_at)


def _confirms(confirmation: Event, run: _Run) -> bool:
    """A link confirms the revision it was made for; a webhook the current one, if not older."""
    if confirmation.revision is not None:
        return any(slot.event_id == confirmation.revision for slot in run.slots)
    first = run.slots[0]
    return confirmation.appointment_id == first.appointment_id and confirmation.at >= first.at
