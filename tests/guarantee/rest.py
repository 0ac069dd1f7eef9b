"""Nothing is stuck: after every event there is a future within reason, an open task, or an end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.events import MILESTONES, Event, EventType
from chalicelib.domain.facts import ENDS, Facts, State
from tests.guarantee.history import History, Kept, standing

#: The longest way of a procedure lies within this; a card is valid for ten years at most.
WITHIN_REASON, WITHIN_A_CARD = timedelta(days=2 * 365), timedelta(days=11 * 365)

#: The desk notices that stand for a message which did not arrive.
FOR_A_PERSON = frozenset(
    {
        Kind.UNREACHABLE,
        Kind.TEXT_FAILED,
        Kind.UNKNOWN_EXHAUSTED,
        Kind.TOO_LATE_TO_SEND,
        Kind.SERVE_FAILED,
        Kind.COMPLAINED,
    }
)
#: Those that come by the calendar, whether or not what they are about can be.
_BY_THE_CALENDAR = frozenset(
    {
        Kind.UNCONFIRMED,
        Kind.OUTCOME_UNKNOWN,
        Kind.NOT_REBOOKED,
        Kind.NO_LIFE,
        Kind.NO_NEWS_EXHAUSTED,
        Kind.CARD_NOT_COLLECTED,
    }
)

_EXPECTED = frozenset({State.BOOKED, State.CONFIRMED})


def stuck(history: History, kept: Kept) -> Iterable[str]:
    """Whatever rests where it should not."""
    plan = kept.plan
    if plan.due or plan.ended:
        yield f"rests while {[str(o.notice) for o in plan.due]} is due"
    yield from _misplaced(kept, history.now)
    missed = {str(owed.notice) for asleep in kept.asleep for owed in asleep.due}
    missed |= {f"the end of {a.notice}" for asleep in kept.asleep for a in asleep.ended}
    yield from (f"sleeps until {kept.next_due_at} through {name}" for name in sorted(missed))
    if kept.next_due_at is None and not _is_at_its_end(kept):
        yield f"is {plan.state} with nothing ahead and nobody who knows"
    if kept.dossier.events and not kept.is_forgotten:
        yield from _unreasonable(history.desk, kept, history.now)


def _misplaced(kept: Kept, now: datetime) -> Iterable[str]:
    ahead = kept.plan.next_change_at
    if kept.next_due_at is None and ahead is not None:
        yield f"is in no index, and its plan changes at {ahead}"
    if kept.next_due_at and (ahead is None or kept.next_due_at > ahead):
        yield f"is looked at on {kept.next_due_at}, and its plan changes at {ahead}"
    if kept.next_due_at and kept.next_due_at <= now:
        yield f"was to be looked at on {kept.next_due_at}, and rests at {now}"


def _is_at_its_end(kept: Kept) -> bool:
    is_open = any(a.status is Status.OPEN for a in kept.dossier.ledger)
    is_ours = kept.facts.known_since is not None
    return kept.plan.state in ENDS or is_open or bool(kept.plan.settled) or not is_ours


# Within reason


def _unreasonable(desk: Desk, kept: Kept, now: datetime) -> Iterable[str]:
    """What cannot be, and nobody was asked about."""
    if is_told(kept):
        return
    yield from _too_far(kept)
    yield from (f"takes {what}, and nobody was asked" for what in _impossible(kept))
    for slot in kept.slots:
        is_expected = slot.starts_at > now and standing(kept.facts, slot.purpose) in _EXPECTED
        if is_expected and not desk.is_staffed(slot.starts_at):
            yield f"is expected on {slot.starts_at}, when the desk is shut, and nobody was told"


def is_told(kept: Kept) -> bool:
    """Whether a person has been asked about what does not add up, and may have said a word."""
    return any(
        a.status is Status.OPEN or _was_ended(kept, a)
        for a in kept.dossier.ledger
        if is_about_facts(a.notice)
    )


def is_about_facts(notice: Notice) -> bool:
    """Whether it asks a person about what was told, and not about a message or a day."""
    is_for_the_desk = notice.channel is Channel.DESK
    return is_for_the_desk and notice.kind not in FOR_A_PERSON | _BY_THE_CALENDAR


def _was_ended(kept: Kept, line: Attempt) -> bool:
    return bool(line.closed_by) or line.notice in kept.plan.settled


def _too_far(kept: Kept) -> Iterable[str]:
    ahead, last = kept.next_due_at, max(e.received_at for e in kept.dossier.events)
    is_reminded = kept.plan.state is State.COLLECTED
    most = WITHIN_A_CARD if is_reminded else WITHIN_REASON
    if ahead and ahead > last + most:
        yield f"is {kept.plan.state} and not looked at before {ahead}"


def _impossible(kept: Kept) -> Iterable[str]:
    """Days that cannot be: after the event that tells them, or a card that ends with its gift."""
    for step in sorted(MILESTONES):
        last = _last_said(kept, step)
        if last and last.day and last.day > paris_day(last.known_at):
            yield f"{step} on {last.day}, told on {paris_day(last.known_at)}"
    yield from _impossible_card(kept.facts)
    for slot in kept.slots:
        yield from _impossible_miss(slot)


def _last_said(kept: Kept, step: EventType) -> Event | None:
    """The newest word on a step, unless it was taken back since."""
    words = [e for e in kept.dossier.events if e.type is step]
    last = max(words, key=lambda e: e.known_at, default=None)
    gone = (e for e in kept.said(EventType.WITHDRAWN) if e.subject == step.value)
    is_gone = last and any(e.known_at >= last.known_at for e in gone)
    return None if is_gone else last


def _impossible_card(facts: Facts) -> Iterable[str]:
    card = facts.collected
    if card and card.card_expires_on and card.card_expires_on <= card.day:
        yield f"a card that is collected on {card.day} and ends on {card.card_expires_on}"


def _impossible_miss(slot: Appointment) -> Iterable[str]:
    if slot.missed and slot.missed.at < slot.starts_at:
        yield f"{slot.appointment_id} as missed before its hour"
