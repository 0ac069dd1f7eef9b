"""Which appointment is current, and in which revision."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from chalicelib.domain.desk_calendar import Desk, SlotPurpose, believable_expiry, paris_day
from chalicelib.domain.events import SLOTS, Event, EventType, by_time, in_order

_ABOUT_A_SLOT = SLOTS | {EventType.CANCELLED, EventType.MISSED}

#: What each appointment is for, by its id.
Purposes = Mapping[str | None, SlotPurpose]


@dataclass(frozen=True, kw_only=True)
class EarlyEnd:
    """How an appointment ended before its time: the event that says so, and since when."""

    event_id: str
    at: datetime
    learnt_at: datetime


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """The current appointment, in its current revision.

    A revision is a run of equal starts; `revision` is the id of the event that began it and
    `revision_events` the ids of all events of the run, so that a link or an attempt made for any
    of them still finds it when an earlier one arrives late. What a newer appointment had
    superseded comes back with the cancellation of that one, which begins another revision.
    `appointment_events` are all event ids of this appointment, of every revision. `made_at` is
    when this revision was set, `booked_at` when this appointment was first chosen; both are the
    earlier of event time and arrival, and `learnt_at` is when we first heard of this revision.
    `moves` counts the revisions before this one, which is the SEQUENCE of a calendar invite;
    `moved_from` is the last other hour that one of them, or the appointment it comes back from,
    was at.
    `missed_early` is a miss of which we were told before the hour, and which cannot be. `closed` is
    the end of the whole dossier, if it came before this hour.
    """

    appointment_id: str
    starts_at: datetime
    revision: str
    revision_events: frozenset[str]
    appointment_events: frozenset[str]
    made_at: datetime
    booked_at: datetime
    learnt_at: datetime
    moves: int
    moved_from: datetime | None = None
    confirmed_at: datetime | None = None
    cancelled: EarlyEnd | None = None
    missed: EarlyEnd | None = None
    missed_early: EarlyEnd | None = None
    closed: EarlyEnd | None = None
    permit_expires_on: date | None = None
    purpose: SlotPurpose = SlotPurpose.DEPOSIT

    @property
    def is_live(self) -> bool:
        """Whether the student is still expected."""
        return self.cancelled is None and self.missed is None and self.closed is None

    @property
    def is_called_off(self) -> bool:
        """Whether it was cancelled before it began. What is tidied away later was booked once."""
        return self.cancelled is not None and self.cancelled.at < self.starts_at

    def is_too_far_ahead(self, desk: Desk) -> bool:
        """Whether nobody books so long before: its year was mistyped, or its month."""
        made_on = paris_day(self.made_at)
        most = timedelta(days=desk.terms_on(made_on).delays.appointment_ahead_days)
        return paris_day(self.starts_at) > made_on + most

    def permit_valid_until(self, desk: Desk) -> date | None:
        """The last day of the permit that the student holds, if it can be what was said."""
        return believable_expiry(self.permit_expires_on, paris_day(self.booked_at), desk)

    def is_over_on(self, day: date) -> bool:
        """Whether it summons nobody any more on a Paris day: it ended, or its own day has passed.

        All of its own day it still does: whoever waits in the queue is not late.
        """
        return not self.is_live or paris_day(self.starts_at) < day


@dataclass(frozen=True, kw_only=True)
class SlotChange:
    """An hour `starts_at` that was set, or taken away again: by which events, and since when we
    know of it by our own clock. `is_seen` says that the student has confirmed it by a link.
    """

    purpose: SlotPurpose
    events: frozenset[str]
    starts_at: datetime
    learnt_at: datetime
    is_seen: bool


@dataclass(frozen=True, kw_only=True)
class _Run:
    """Consecutive slots with one start. A cancellation ends it: rebooking begins another.

    `early` is a miss of which it was told before its hour, when no earlier hour could be meant.
    """

    slots: tuple[Event, ...]
    cancelled: Event | None = None
    missed: Event | None = None
    early: Event | None = None

    @property
    def first(self) -> Event:
        return self.slots[0]

    @property
    def starts_at(self) -> datetime:
        assert self.first.starts_at is not None
        return self.first.starts_at

    def takes(self, event: Event) -> bool:
        return self.cancelled is None and self.starts_at == event.starts_at

    def told_again(self, event: Event) -> "_Run":
        return replace(self.without_misses([event], self.slots), slots=(*self.slots, event))

    def without_misses(self, words: Iterable[Event], before: Sequence[Event]) -> "_Run":
        """Without what any of these later words on it takes back."""
        words = tuple(words)
        return replace(
            self,
            missed=None if _takes_back(words, self.missed, before) else self.missed,
            early=None if _takes_back(words, self.early, before) else self.early,
        )


@dataclass(frozen=True, kw_only=True)
class _Life:
    """Everything that was told of one appointment, oldest first, and its runs."""

    events: Sequence[Event]
    runs: Sequence[_Run]

    @property
    def run(self) -> _Run:
        return self.runs[-1]

    def stands_at(self, end: Event) -> bool:
        """Whether it was set by then, lay ahead, and had not been cancelled."""
        gone = self.run.cancelled
        is_known = by_time(self.run.first) < by_time(end) and end.known_at < self.run.starts_at
        return is_known and (gone is None or by_time(gone) > by_time(end))


def purposes_of(events: Iterable[Event]) -> Purposes:
    """What each appointment is for: as it was first said, else as its oldest slot was taken for.

    It stays that, whatever is told of it later: what is for something else is another appointment.
    """
    first: dict[str | None, tuple[tuple[bool, tuple[datetime, int, str]], SlotPurpose]] = {}
    for e in events:
        if e.appointment_id and (e.is_purpose_said or e.type in SLOTS):
            word = ((not e.is_purpose_said, by_time(e)), e.purpose)
            first[e.appointment_id] = min(first.get(e.appointment_id, word), word)
    return {name: purpose for name, (_, purpose) in first.items()}


def purpose_of(event: Event, purposes: Purposes) -> SlotPurpose:
    """What the appointment of an event is for."""
    return purposes.get(event.appointment_id, event.purpose)


def told_of(events: Iterable[Event], purposes: Purposes, purpose: SlotPurpose) -> Sequence[Event]:
    """What was told of the appointments for that purpose: set, cancelled or missed."""
    about = (e for e in events if e.type in _ABOUT_A_SLOT)
    return [e for e in about if purpose_of(e, purposes) is purpose]


def current_appointment(
    events: Sequence[Event], purposes: Purposes, purpose: SlotPurpose
) -> Appointment | None:
    """The appointment for that purpose that was set last. It supersedes the others for it, which
    come back as they were when it is cancelled.
    """
    about = told_of(events, purposes, purpose)
    lives = _lives(about)
    if not lives:
        return None
    life, gone = _current(lives)
    slot = _appointment(life, gone, [e for e in events if e.type is EventType.CONFIRMED])
    expiry = slot.permit_expires_on or _last_expiry(in_order(about))
    return replace(slot, permit_expires_on=expiry, purpose=purpose)


def slot_changes(events: Sequence[Event]) -> tuple[SlotChange, ...]:
    """Every hour that was set or taken away; what the current appointment has come to is last."""
    clicks = {e.revision for e in events if e.type is EventType.CONFIRMED and e.revision}
    purposes, lives = purposes_of(events), _lives(e for e in events if e.type in _ABOUT_A_SLOT)
    said = sorted((word for life in lives for word in _words_of(life)), key=itemgetter(0))
    return tuple(
        _change(run, events_of_it, clicks, purpose_of(run.first, purposes))
        for _, run, events_of_it in said
    )


#: Since when something holds of an appointment, in which run of it, and the events that say so.
_Word = tuple[tuple[datetime, int, str], _Run, Sequence[Event]]


def _words_of(life: _Life) -> Iterator[_Word]:
    """In their order: by version, if every event has one. None of them holds before the last."""
    since = by_time(life.runs[0].first)
    for run in life.runs:
        for events in filter(None, (run.slots, (run.cancelled,) if run.cancelled else ())):
            since = max(since, by_time(events[0]))
            yield since, run, events


def _change(
    run: _Run, events: Sequence[Event], clicks: Set[str], purpose: SlotPurpose
) -> SlotChange:
    names = frozenset(e.event_id for e in events)
    return SlotChange(
        purpose=purpose,
        events=names,
        starts_at=run.starts_at,
        learnt_at=min(e.received_at for e in events),
        is_seen=bool(names & clicks),
    )


def _lives(events: Iterable[Event]) -> Sequence[_Life]:
    """Everything that was told of each appointment; the one that was set last comes last."""
    about = sorted(events, key=lambda e: e.appointment_id or "")
    groups = [_told(tuple(g)) for _, g in groupby(about, key=lambda e: e.appointment_id)]
    lives = [_Life(events=group, runs=runs) for group in groups if (runs := _runs(group))]
    return sorted(lives, key=_set_last)


def _current(lives: Sequence[_Life]) -> tuple[_Life, _Run | None]:
    """The appointment that was set last; and the one whose cancellation has brought it back."""
    current, gone = lives[-1], None
    while end := current.run.cancelled:
        left = [life for life in lives if life is not current and life.stands_at(end)]
        if not left:
            break
        current, gone = max(left, key=_set_last), current.run
    return current, gone


def _set_last(life: _Life) -> tuple[datetime, int, str]:
    return by_time(life.run.first)


# What was told of one appointment, in order


def _told(events: Sequence[Event]) -> Sequence[Event]:
    """Oldest first. Of one instant: slots, then a cancellation, then a miss.

    But a slot at another hour than before, and a cancellation, are a move: the old hour is
    cancelled, the new one lives.
    """
    told: list[Event] = []
    for instant in _by_instant(events):
        told += _as_a_move(instant) if _is_a_move(instant, told) else instant
    return told


def _by_instant(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """By version if every one has it. What a sender stamped alike is of one instant, even if its
    clock runs ahead, where each event counts from its own arrival.
    """
    stamped: dict[tuple[str, datetime], datetime] = {}
    for e in events:
        stamp = (e.source, e.at)
        stamped[stamp] = min(stamped.get(stamp, e.known_at), e.known_at)
    has_versions = all(e.version is not None for e in events)

    def instant(event: Event) -> tuple[int, datetime]:
        version = event.version if has_versions else None
        return version or 0, stamped[event.source, event.at]

    ordered = sorted(events, key=lambda e: (instant(e), by_time(e)[1:]))
    return (tuple(group) for _, group in groupby(ordered, key=instant))


def _is_a_move(instant: Sequence[Event], before: Sequence[Event]) -> bool:
    if all(e.type is not EventType.CANCELLED for e in instant):
        return False
    was, now = _last_slot(before), _last_slot(instant)
    return was is not None and now is not None and was.starts_at != now.starts_at


def _last_slot(events: Sequence[Event]) -> Event | None:
    return next((e for e in reversed(events) if e.type in SLOTS), None)


def _as_a_move(instant: Sequence[Event]) -> Sequence[Event]:
    return sorted(instant, key=lambda e: e.type is not EventType.CANCELLED)


# From what was told to runs


def _runs(events: Iterable[Event]) -> Sequence[_Run]:
    runs: tuple[_Run, ...] = ()
    for event in events:
        if event.type in SLOTS:
            runs = _with_slot(runs, event)
        elif runs and event.type is EventType.CANCELLED:
            runs = (*runs[:-1], replace(runs[-1], cancelled=runs[-1].cancelled or event))
        elif runs:
            runs = _with_miss(runs, event)
    return runs


def _with_slot(runs: tuple[_Run, ...], event: Event) -> tuple[_Run, ...]:
    if runs and runs[-1].takes(event):
        return (*runs[:-1], runs[-1].told_again(event))
    return (*runs, _Run(slots=(event,)))


def _with_miss(runs: tuple[_Run, ...], event: Event) -> tuple[_Run, ...]:
    """Nobody is missed before the hour: it was the last hour that had passed by then, if any."""
    passed = [place for place, run in enumerate(runs) if run.starts_at <= event.known_at]
    if not passed:
        return (*runs[:-1], replace(runs[-1], early=runs[-1].early or event))
    place = passed[-1]
    missed = replace(runs[place], missed=runs[place].missed or event)
    return (*runs[:place], missed, *runs[place + 1 :])


def _takes_back(words: Iterable[Event], miss: Event | None, before: Sequence[Event]) -> bool:
    """Whether one of these later words is one on the miss.

    Whoever said it can take it back. Of another sender only news can, not what it says each night.
    """
    return miss is not None and any(
        word.source is miss.source
        or all((e.type, e.source) != (word.type, word.source) for e in before)
        for word in words
    )


def _appointment(life: _Life, gone: _Run | None, confirmations: Iterable[Event]) -> Appointment:
    """What was superseded and has come back is set anew: the student has read of another hour."""
    first, back = life.run.first, gone.cancelled if gone else None
    sets = back or first
    assert first.appointment_id is not None
    said = [c for c in confirmations if _confirms(c, life.run, sets)]
    run = _as_confirmed(life.run, said)
    since = [e for e in run.slots if back is None or by_time(e) > by_time(back)]
    before = [r.starts_at for r in (*life.runs, *([gone] if gone else []))]
    return Appointment(
        appointment_id=first.appointment_id,
        starts_at=run.starts_at,
        revision=sets.event_id,
        revision_events=frozenset(e.event_id for e in (sets, *since)),
        appointment_events=frozenset(e.event_id for e in life.events),
        made_at=sets.known_at,
        booked_at=min(e.known_at for r in life.runs for e in r.slots),
        learnt_at=min(e.received_at for e in (sets, *since)),
        moves=len(life.runs) - (0 if back else 1),
        moved_from=next((at for at in reversed(before) if at != run.starts_at), None),
        confirmed_at=_confirmed_at(said, back),
        cancelled=_ending(run.cancelled),
        missed=_ending(run.missed),
        missed_early=_ending(run.early),
        permit_expires_on=_last_expiry(life.events),
    )


def _confirmed_at(confirmations: Sequence[Event], back: Event | None) -> datetime | None:
    """When it was first confirmed; when it came back, if it was confirmed before."""
    first = min((c.known_at for c in confirmations), default=None)
    return max(first, back.known_at) if first and back else first


def _as_confirmed(run: _Run, confirmations: Sequence[Event]) -> _Run:
    """A miss is taken back by a later confirmation of the booking system, or of the desk."""
    for miss in filter(None, (run.missed, run.early)):
        said = [c for c in confirmations if c.revision is None]
        later = [c for c in said if by_time(c) > by_time(miss)]
        run = run.without_misses(later, [c for c in said if c not in later])
    return run


def _last_expiry(events: Iterable[Event]) -> date | None:
    """When the permit ends, as it was said last: a booking need not say it again."""
    said = [e.permit_expires_on for e in events if e.permit_expires_on]
    return said[-1] if said else None


def _ending(event: Event | None) -> EarlyEnd | None:
    if event is None:
        return None
    return EarlyEnd(event_id=event.event_id, at=event.known_at, learnt_at=event.received_at)


def _confirms(confirmation: Event, run: _Run, sets: Event) -> bool:
    """A link, or a person's word at the desk, confirms the revision it was made for; a webhook the
    current one, if not older.
    """
    if confirmation.revision is not None:
        return any(confirmation.revision == e.event_id for e in (sets, *run.slots))
    is_of_it = confirmation.appointment_id == run.first.appointment_id
    return is_of_it and confirmation.at >= run.first.at
