"""How a dossier takes in one more event."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.appointments import Appointment, Purposes, purpose_of, purposes_of
from chalicelib.domain.attempts import Status
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import SLOTS, Event, EventType, Source, by_time, in_order
from chalicelib.domain.facts import NO_LINKS, Bookings, Facts
from chalicelib.domain.forgetting import taken_in
from chalicelib.domain.milestones import Milestone

#: A sender's clock may be this much ahead of ours; beyond it an event's time cannot be believed.
AHEAD_AT_MOST = timedelta(minutes=10)
#: What is told later than this is no resync but a history, which comes in any order: word by word.
RESYNC_TAKES = timedelta(days=1)

_NEVER = datetime.min.replace(tzinfo=UTC)
_APPOINTMENT = SLOTS | {EventType.CANCELLED, EventType.MISSED}


class Recorded(StrEnum):
    """What recording an event came to."""

    RECORDED = "recorded"  #: kept, and it is the newest word on its fact or changes something
    DUPLICATE = "duplicate"  #: the same delivery again, or what was said last and changes nothing:
    #: of that is kept when it was said
    STALE = "stale"  #: something newer is known already; or the dossier is forgotten: not kept
    QUARANTINED = "quarantined"  #: not kept here: a person has to look at it


def record(dossier: Dossier, event: Event) -> tuple[Dossier, Recorded]:
    """The dossier with the event in its place, and what that came to."""
    taken = taken_in(dossier, event)
    return _placed(dossier, taken) if taken else (dossier, Recorded.STALE)


def become_news(before: Dossier, after: Dossier) -> Sequence[Event]:
    """What had been a repetition and is an event now, as something came late that belongs before
    it.
    """
    kept = {event.event_id for event in after.events}
    return [one for one in before.said_again if one.event_id in kept]


def _placed(dossier: Dossier, event: Event) -> tuple[Dossier, Recorded]:
    everything = (*dossier.events, *dossier.said_again)
    known = next((e for e in everything if e.event_id == event.event_id), None)
    if known:
        is_same = known.digest == event.digest
        return dossier, Recorded.DUPLICATE if is_same else Recorded.QUARANTINED
    if event.at > event.received_at + AHEAD_AT_MOST:
        return dossier, Recorded.QUARANTINED
    if event.type is EventType.WORK_CLOSED:
        return _after_a_word(dossier, event)
    if same := _said_already(dossier, event):
        return _repeated(dossier, event, same), Recorded.DUPLICATE
    after = _before_repetitions(dossier, event)
    return after, Recorded.STALE if _is_stale(dossier, event, after) else Recorded.RECORDED


def _before_repetitions(dossier: Dossier, event: Event) -> Dossier:
    """The dossier with the event. What was said again after it is said anew, in its turn: it may be
    news now.
    """
    later = [one for one in dossier.said_again if _may_follow(one, event)]
    names = {one.event_id for one in later}
    earlier = tuple(one for one in dossier.repetitions if one.event_id not in names)
    after = _with(replace(dossier, repetitions=earlier) if later else dossier, event)
    for one in in_order(later):
        same = _said_already(after, one)
        after = _repeated(after, one, same) if same else _with(after, one)
    return after


def _may_follow(one: Event, event: Event) -> bool:
    """Whether it may belong after the event: by time, by version, or as only one has a version."""
    if one.version is None or event.version is None:
        return one.version is not event.version or by_time(one) > by_time(event)
    return one.version > event.version or by_time(one) > by_time(event)


def _repeated(dossier: Dossier, event: Event, same: Event) -> Dossier:
    return dossier if event.at == same.at else dossier.with_repetition(event, of=same)


def _with(dossier: Dossier, event: Event) -> Dossier:
    return replace(dossier, events=tuple(sorted((*dossier.events, event), key=by_time)))


def _after_a_word(dossier: Dossier, event: Event) -> tuple[Dossier, Recorded]:
    """The line of the work list that a person has dealt with is closed by the same write: no later
    look at two clocks has to say which came first. Whatever is not open any more is no news.
    """
    line = dossier.open_line(event.subject or "")
    if line is None:
        return dossier, Recorded.STALE
    closed = replace(line, status=Status.CLOSED, status_at=event.known_at, closed_by=event.event_id)
    return _with(dossier.with_attempt(closed), event), Recorded.RECORDED


def _said_already(before: Dossier, event: Event) -> Event | None:
    """What the booking system said last, if it says that again and nothing follows; or at any time,
    if it says when it happened and not when it tells of it.

    Booking systems tell all they know each night:
    docs/decisions/0075-when-something-was-said-again-is-kept.md
    """
    if event.source is not Source.BOOKING:
        return None
    same = list(_in_the_same_words(event, before.events))
    again = _in_the_same_words(event, before.said_again)
    at_once = next((e for e in (*same, *again) if e.at == event.at), None)
    return at_once or _vainly_repeated(before, event, same)


def _vainly_repeated(before: Dossier, event: Event, same: Sequence[Event]) -> Event | None:
    if not same or event.received_at - event.at > RESYNC_TAKES:
        return None
    *about, newest = _about(event, _with(before, event).events)
    is_newest = newest is event and all(by_time(e) < by_time(event) for e in about)
    *_, last = [None, *(e for e in about if e.source is event.source)]
    if not is_newest or last is None or last not in same:
        return None
    # Which of them have a version decides how all of them are ordered.
    is_ordered_alike = (last.version is None) is (event.version is None)
    then = _by_then(before, event)
    return last if is_ordered_alike and _is_vain(then, _with(then, event)) else None


def _by_then(dossier: Dossier, event: Event) -> Dossier:
    """Without what is later than the event: what is told late is as vain as it was in its place."""
    events = tuple(e for e in dossier.events if by_time(e) < by_time(event))
    return dossier if events == dossier.events else replace(dossier, events=events)


def _in_the_same_words(event: Event, events: Iterable[Event]) -> Iterable[Event]:
    words = said_by(event)
    return (e for e in events if e.type is event.type and said_by(e) == words)


def _is_stale(before: Dossier, event: Event, after: Dossier) -> bool:
    return not _is_newest(event, after.events) and _is_vain(before, after)


def _is_newest(event: Event, events: Sequence[Event]) -> bool:
    return _about(event, events)[-1] is event


def _is_vain(before: Dossier, after: Dossier) -> bool:
    return _visible(before.facts) == _visible(after.facts)


def _about(event: Event, events: Sequence[Event]) -> Sequence[Event]:
    """Everything that was said of the same fact, oldest first."""
    purposes = purposes_of(events)
    fact = _fact(event, purposes)
    return in_order(e for e in events if _fact(e, purposes) == fact)


def _fact(event: Event, purposes: Purposes) -> tuple[str, str | None]:
    """Which fact an event is about: order is kept within it, and nowhere else."""
    if event.type in _APPOINTMENT:
        # a newer one supersedes an older one for the same purpose, whatever its id
        return "appointment", purpose_of(event, purposes)
    if event.type is EventType.CONFIRMED:
        return "confirmation", event.appointment_id
    return event.type, event.subject


def _visible(facts: Facts) -> Facts:
    """The facts without their bookkeeping: what a student or the desk could notice."""
    return replace(
        facts,
        known_since=None,
        links=NO_LINKS,
        to_deposit=_plain_bookings(facts.to_deposit),
        to_collect=_plain_bookings(facts.to_collect),
        incomplete=facts.incomplete and _plain_milestone(facts.incomplete),
        deposited=facts.deposited and _plain_milestone(facts.deposited),
        card_ready=facts.card_ready and _plain_milestone(facts.card_ready),
        collected=facts.collected and _plain_milestone(facts.collected),
        closed=facts.closed and _plain_milestone(facts.closed),
        withdrawn=(),
    )


def _plain_bookings(bookings: Bookings) -> Bookings:
    slot = bookings.appointment
    return Bookings(appointment=slot and _plain_appointment(slot))


def _plain_appointment(appointment: Appointment) -> Appointment:
    nothing: frozenset[str] = frozenset()
    return replace(
        appointment,
        revision_events=nothing,
        appointment_events=nothing,
        booked_at=appointment.made_at,
        learnt_at=appointment.made_at,
        moves=0,
        moved_from=None,
    )


def _plain_milestone(milestone: Milestone) -> Milestone:
    return replace(milestone, days=frozenset(), learnt_at=milestone.at)


def said_by(event: Event) -> Event:
    """What an event says, whenever it happened and under whatever id it was told."""
    return replace(event, event_id="", digest="", at=_NEVER, received_at=_NEVER, version=None)
