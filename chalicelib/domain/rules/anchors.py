"""Because of which fact a notice is owed."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from chalicelib.domain.appointments import Appointment, EarlyEnd
from chalicelib.domain.attempts import Attempt, Kind
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import State
from chalicelib.domain.milestones import Milestone, Withdrawal
from chalicelib.domain.rules.case import Anchor, Case

#: Which messages tell a student of a step.
TellOf = Callable[[EventType], AbstractSet[Kind]]


def the_slot(case: Case) -> Anchor | None:
    """The current appointment revision."""
    slot = case.facts.appointment
    return of_slot(slot, slot.made_at, slot.learnt_at) if slot else None


def the_confirmed_slot(case: Case) -> Anchor | None:
    """The current appointment revision, from its confirmation on."""
    slot = case.facts.appointment
    assert slot is not None
    assert slot.confirmed_at is not None
    return of_slot(slot, slot.confirmed_at, slot.learnt_at)


def of_slot(slot: Appointment, at: datetime, learnt_at: datetime) -> Anchor:
    """An appointment revision, from that instant on."""
    return Anchor(
        occasion=slot.revision,
        same=slot.revision_events,
        at=at,
        learnt_at=learnt_at,
        day=paris_day(slot.starts_at),
    )


def the_cancellation(case: Case) -> Anchor | None:
    """The event that took the current appointment away."""
    slot = case.facts.appointment
    return ended(slot.cancelled) if slot and slot.cancelled else None


def the_miss(case: Case) -> Anchor | None:
    """The event that said nobody came."""
    slot = case.facts.appointment
    return ended(slot.missed) if slot and slot.missed else None


def ended(end: EarlyEnd) -> Anchor:
    """The end of an appointment."""
    return Anchor(
        occasion=end.event_id,
        same=frozenset(),
        at=end.at,
        learnt_at=end.learnt_at,
        day=paris_day(end.at),
    )


def the_visit(case: Case) -> Anchor | None:
    """The visit at which papers were missing."""
    return dated(case.facts.incomplete)


def the_setback(case: Case) -> Anchor | None:
    """Whatever left the student without an appointment."""
    if case.state is State.INCOMPLETE:
        return the_visit(case)
    return the_miss(case) if case.state is State.MISSED else the_cancellation(case)


def the_first_news(case: Case) -> Anchor | None:
    """The first thing ever heard of this application itself."""
    at = case.facts.known_since
    if at is None:
        return None
    return Anchor(occasion="known", same=frozenset(), at=at, learnt_at=at, day=paris_day(at))


def the_deposit(case: Case) -> Anchor | None:
    """The day the complete dossier was handed in."""
    return dated(case.facts.deposited)


def the_card(case: Case) -> Anchor | None:
    """The day the card could be fetched."""
    return dated(case.facts.card_ready)


def dated(milestone: Milestone | None) -> Anchor | None:
    """A milestone, if there is one."""
    if milestone is None:
        return None
    return Anchor(
        occasion=milestone.occasion,
        same=milestone.occasions,
        at=milestone.at,
        learnt_at=milestone.learnt_at,
        day=milestone.day,
        is_taken_over=milestone.is_taken_over,
    )


def the_withdrawal(tell_of: TellOf, step: EventType, case: Case) -> Anchor | None:
    """The last withdrawal of a step that its student had heard of, until the step stands again."""
    mine = (w for w in reversed(case.facts.withdrawn) if w.step is step)
    heard_of = next((w for w in mine if any(tidings(tell_of, case, w))), None)
    if heard_of is None or step in case.facts.steps:
        return None
    return Anchor(
        occasion=heard_of.event_id,
        same=frozenset(),
        at=heard_of.at,
        learnt_at=heard_of.learnt_at,
        day=paris_day(heard_of.at),
    )


def tidings(tell_of: TellOf, case: Case, withdrawn: Withdrawal) -> Iterator[Attempt]:
    """The messages by which the student may have heard of it."""
    kinds = tell_of(withdrawn.step)
    for attempt in case.ledger:
        notice = attempt.notice
        is_about_it = notice.kind in kinds and notice.occasion in withdrawn.occasions
        if is_about_it and attempt.may_have_been_read:
            yield attempt


def the_expiry(case: Case) -> Anchor | None:
    """The last day of the collected card, while nothing renews it and reminders are wanted."""
    card, facts = case.facts.collected, case.facts
    day = card.valid_until(case.desk) if card else None
    if card is None or day is None or facts.renewal_booked or facts.unsubscribed:
        return None
    return Anchor(
        occasion=card.named(day), same=frozenset(), at=card.at, learnt_at=card.learnt_at, day=day
    )


def the_erasure_request(case: Case) -> Anchor | None:
    """Somebody wants nothing kept of them, and it is not done yet."""
    asked = case.facts.erasure
    if asked is None:
        return None
    return Anchor(
        occasion=asked.event_id,
        same=frozenset(),
        at=asked.at,
        learnt_at=asked.at,
        day=paris_day(asked.at),
    )


def no_fact(_case: Case) -> Anchor | None:
    """None of the procedure: what became of other notices, which `work` and `plan` look at."""
    return None


#: By which fact each step makes notices owed.
STEPS: Mapping[EventType, Callable[[Case], Anchor | None]] = {
    EventType.INCOMPLETE: the_visit,
    EventType.DEPOSITED: the_deposit,
    EventType.CARD_READY: the_card,
    EventType.COLLECTED: the_expiry,
}
