"""Because of which fact, from when, until when: the words the table of rules is written in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

from chalicelib.domain.appointments import Appointment, Ending
from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Kind, Notice
from chalicelib.domain.desk_calendar import (
    PARIS,
    Delays,
    Desk,
    after_rule,
    at_paris,
    before_rule,
    follow_up_day,
    months_before,
    paris_day,
)
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.milestones import Milestone, Withdrawal

_MIDNIGHT = time()
_STEPS = ("incomplete", "deposited", "card_ready", "collected")

#: Which messages tell a student of a step.
_TELL_OF: Mapping[EventType, frozenset[Kind]] = {
    EventType.INCOMPLETE: frozenset({Kind.MISSING_DOCUMENTS}),
    EventType.DEPOSITED: frozenset({Kind.DEPOSIT_RECEIPT, Kind.NO_NEWS}),
    EventType.CARD_READY: frozenset({Kind.CARD_READY, Kind.CARD_WAITING}),
    EventType.COLLECTED: frozenset({Kind.RENEWAL_OPENS, Kind.RENEWAL_LAST_CALL}),
}


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The fact that makes a notice owed.

    `occasion` names it; `same` are its other names, under which a notice may have left before.
    `at` is when it became known or happened, whichever is earlier; `learnt_at` when it became
    known; `day` the Paris day it counts from. `why`, a short code, is for the desk.
    """

    occasion: str
    same: frozenset[str]
    at: datetime
    learnt_at: datetime
    day: date
    why: str = ""

    def is_behind(self, notice: Notice, kind: Kind, number: int) -> bool:
        """Whether this is that notice about this fact, under any of the fact's names."""
        is_same = notice.occasion == self.occasion or notice.occasion in self.same
        return is_same and notice.kind is kind and notice.number == number


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a rule may look at.

    `addresses` holds a keyed hash of the address the student has now on each channel, if any.
    """

    facts: Facts
    state: State
    ledger: Sequence[Attempt]
    desk: Desk
    now: datetime
    addresses: Mapping[Channel, str] = field(default_factory=dict)

    def delays(self, anchor: Anchor) -> Delays:
        """The delays in force on the day the anchor counts from."""
        return self.desk.terms_on(anchor.day).delays

    def nine(self, anchor: Anchor, day: date) -> datetime:
        """The hour at which dated notices leave, on that day."""
        return at_paris(day, self.delays(anchor).send_at)

    def tries(self, kind: Kind, number: int, anchor: Anchor) -> list[Attempt]:
        """Every attempt at a notice about this anchor, under any of its names, on any channel."""
        return [a for a in self.ledger if anchor.is_behind(a.notice, kind, number)]

    def asked(self, kind: Kind, number: int, anchor: Anchor, channel: Channel) -> int:
        """How often a person has asked for a notice about this anchor on a channel."""
        words = (word.notice for word in self.facts.asked_again)
        mine = (n for n in words if n.channel is channel and anchor.is_behind(n, kind, number))
        return sum(1 for _ in mine)


# Because of which fact


def the_slot(case: Case) -> Anchor | None:
    """The current appointment revision."""
    slot = case.facts.appointment
    return _of_slot(slot, slot.made_at, slot.learnt_at) if slot else None


def the_confirmed_slot(case: Case) -> Anchor | None:
    """The current appointment revision, from its confirmation on."""
    slot = case.facts.appointment
    assert slot is not None
    assert slot.confirmed_at is not None
    return _of_slot(slot, slot.confirmed_at, slot.learnt_at)


def _of_slot(slot: Appointment, at: datetime, learnt_at: datetime) -> Anchor:
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
    return _ended(slot.cancelled) if slot and slot.cancelled else None


def the_miss(case: Case) -> Anchor | None:
    """The event that said nobody came."""
    slot = case.facts.appointment
    return _ended(slot.missed) if slot and slot.missed else None


def _ended(end: Ending) -> Anchor:
    return Anchor(
        occasion=end.event_id,
        same=frozenset(),
        at=end.at,
        learnt_at=end.learnt_at,
        day=paris_day(end.at),
    )


def the_visit(case: Case) -> Anchor | None:
    """The visit at which papers were missing."""
    return _dated(case.facts.incomplete)


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
    return _dated(case.facts.deposited)


def the_card(case: Case) -> Anchor | None:
    """The day the card could be fetched."""
    return _dated(case.facts.card_ready)


def _dated(milestone: Milestone | None) -> Anchor | None:
    if milestone is None:
        return None
    return Anchor(
        occasion=milestone.occasion,
        same=milestone.occasions,
        at=milestone.at,
        learnt_at=milestone.learnt_at,
        day=milestone.day,
    )


def the_withdrawal(step: EventType, case: Case) -> Anchor | None:
    """The last withdrawal of a step that its student had heard of, until the step stands again."""
    mine = (w for w in reversed(case.facts.withdrawn) if w.step is step)
    heard_of = next((w for w in mine if any(_tidings(case, w))), None)
    if heard_of is None or step in case.facts.steps:
        return None
    return Anchor(
        occasion=heard_of.event_id,
        same=frozenset(),
        at=heard_of.at,
        learnt_at=heard_of.learnt_at,
        day=paris_day(heard_of.at),
    )


def _tidings(case: Case, withdrawn: Withdrawal) -> Iterator[Attempt]:
    """The messages by which the student may have heard of it."""
    for attempt in case.ledger:
        notice, kinds = attempt.notice, _TELL_OF[withdrawn.step]
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


def the_collection_without_expiry(case: Case) -> Anchor | None:
    """A collected card of which nobody said until when it is valid, or nothing that can be."""
    card = case.facts.collected
    if card is None or card.valid_until(case.desk):
        return None
    said = card.card_expires_on
    return _wrong(_dated(card), "card_expiry", said) if said else _dated(card)


def _because(fact: Anchor | None, code: str) -> Anchor | None:
    """The same fact, as something that cannot be beside another."""
    return fact and replace(fact, same=frozenset(), why=code)


def _wrong(fact: Anchor | None, code: str, said: date) -> Anchor | None:
    """The same fact, of which something was said that cannot be: each other day is news."""
    is_said = _because(fact, f"{code}.{said}")
    return is_said and replace(is_said, occasion=f"{code}-{said}")


def _a_day_that_cannot_be(step: str, case: Case) -> Anchor | None:
    milestone: Milestone | None = getattr(case.facts, step)
    said = milestone.doubted if milestone else None
    return _wrong(_dated(milestone), f"{step}_day", said) if said else None


def _a_step_after_the_end(case: Case) -> Anchor | None:
    """Of a closed dossier only what came after its end has still to be explained."""
    facts = case.facts
    steps = (facts.card_ready, facts.collected, facts.deposited, facts.incomplete)
    end = facts.closed
    later = (s for s in steps if s and end and (s.day, s.at) > (end.day, end.at))
    wrong = _because(_dated(next(later, None)), "after_closing")
    return wrong and replace(wrong, occasion=f"closed-{wrong.occasion}")


def _a_step_before_the_one_before_it(case: Case) -> Anchor | None:
    steps = [case.facts.deposited, case.facts.card_ready, case.facts.collected]
    known = [step for step in steps if step]
    later = next((b for a, b in pairwise(known) if b.day < a.day), None)
    return _because(_dated(later), "step_order")


def _a_refusal_after_the_deposit(case: Case) -> Anchor | None:
    visit, deposit = case.facts.incomplete, case.facts.deposited
    is_wrong = visit and deposit and visit.day >= deposit.day and visit.at > deposit.at
    return _because(_dated(visit), "late_refusal") if is_wrong else None


def _a_miss_after_the_deposit(case: Case) -> Anchor | None:
    slot, deposit = case.facts.appointment, case.facts.deposited
    is_wrong = slot and slot.missed and deposit and slot.missed.at > deposit.at
    return _because(the_miss(case), "late_miss") if is_wrong else None


def _a_miss_before_the_hour(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    if not (slot and slot.missed_early and case.state in _AWAITED):
        return None
    return _wrong(_ended(slot.missed_early), "early_miss", paris_day(slot.starts_at))


def _an_appointment_too_far_ahead(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    if not (slot and slot.is_too_far_ahead(case.desk) and case.state in _AWAITED):
        return None
    return _wrong(the_slot(case), "far_appointment", paris_day(slot.starts_at))


def _a_permit_that_lasts_too_long(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    said = slot.permit_expires_on if slot else None
    is_wrong = slot and not slot.permit_valid_until(case.desk) and case.state in _AWAITED
    return _wrong(the_slot(case), "permit_expiry", said) if said and is_wrong else None


_AWAITED = frozenset({State.BOOKED, State.CONFIRMED})

#: What cannot all be true: somebody mistyped a day, or took one dossier for another. Each is a
#: notice of its own: a person who has dealt with one has not seen the others.
CONTRADICTIONS: Sequence[Callable[[Case], Anchor | None]] = (
    *(partial(_a_day_that_cannot_be, step) for step in _STEPS),
    _a_step_before_the_one_before_it,
    _a_refusal_after_the_deposit,
    _a_miss_after_the_deposit,
    _a_miss_before_the_hour,
    _an_appointment_too_far_ahead,
    _a_permit_that_lasts_too_long,
)

#: Of a closed dossier nothing else has to be explained any more.
CONTRADICTIONS_OF_THE_CLOSED: Sequence[Callable[[Case], Anchor | None]] = (
    partial(_a_day_that_cannot_be, "closed"),
    _a_step_after_the_end,
)


def the_slot_after_the_deposit(case: Case) -> Anchor | None:
    """A new appointment although the dossier is already deposited."""
    slot, deposit = case.facts.appointment, case.facts.deposited
    if not (slot and deposit and slot.is_live):
        return None
    is_new = slot.made_at > deposit.at and paris_day(slot.starts_at) > deposit.day
    return _of_slot(slot, slot.made_at, slot.learnt_at) if is_new else None


def the_slot_when_shut(case: Case) -> Anchor | None:
    """An appointment at an hour at which the desk is shut; a closure is a matter of its own."""
    slot = the_slot(case)
    if slot is None or case.desk.is_staffed(_starts_at(case)):
        return None
    closure = case.desk.closure_on(slot.day)
    return replace(slot, occasion=f"{slot.occasion}-{closure.first}") if closure else slot


# From when


def at_once(_case: Case, anchor: Anchor, _number: int) -> datetime:
    """As soon as the fact is known."""
    return anchor.at


def a_day_after_booking(case: Case, anchor: Anchor, _number: int) -> datetime:
    """The day after the slot was chosen, by the after-rule."""
    delay = timedelta(hours=case.delays(anchor).confirmation_reminder_hours)
    by_the_clock = anchor.at.astimezone(PARIS) + delay  # a day is a day, whatever the clocks do
    return case.nine(anchor, after_rule(by_the_clock.date(), case.desk.is_quiet))


def before_the_slot_is_lost(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Some days before the appointment, leaving the student time to answer and the desk to call."""
    delays, starts_at = case.delays(anchor), _starts_at(case)
    day = before_rule(anchor.day - timedelta(days=delays.unconfirmed_days), case.desk.is_shut)
    not_before = anchor.at + timedelta(hours=delays.unconfirmed_not_before_hours)
    latest = starts_at - timedelta(hours=delays.unconfirmed_latest_hours)
    return min(max(case.nine(anchor, day), not_before), latest)


def for_the_check(case: Case, anchor: Anchor, _number: int) -> datetime:
    """In time to have the papers checked at ISSO, by the before-rule."""
    return _days_before(case, anchor, case.delays(anchor).check_reminder_days)


def for_the_appointment(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Shortly before the appointment, by the before-rule."""
    return _days_before(case, anchor, case.delays(anchor).appointment_reminder_days)


def _days_before(case: Case, anchor: Anchor, days: int) -> datetime:
    return case.nine(anchor, before_rule(anchor.day - timedelta(days=days), case.desk.is_quiet))


def the_open_day_after(case: Case, anchor: Anchor, _number: int) -> datetime:
    """The first open day after the appointment."""
    return case.nine(anchor, _next_open_day(case.desk, anchor.day + timedelta(days=1)))


def too_long_without_a_slot(case: Case, anchor: Anchor, _number: int) -> datetime:
    """When the desk asks why no new appointment was made."""
    return _desk_days_after(case, anchor, anchor.day, case.delays(anchor).not_rebooked_days)


def too_long_without_life(case: Case, anchor: Anchor, _number: int) -> datetime:
    """When the desk asks why nothing ever followed a contact."""
    return _desk_days_after(case, anchor, anchor.day, case.delays(anchor).no_life_days)


def weeks_later(case: Case, anchor: Anchor, number: int) -> datetime:
    """The six-week rhythm, by the after-rule."""
    day = anchor.day + timedelta(days=number * case.delays(anchor).follow_up_days)
    return case.nine(anchor, after_rule(day, case.desk.is_quiet))


def weeks_later_on_an_open_day(case: Case, anchor: Anchor, number: int) -> datetime:
    """The six-week rhythm, moved past closures: this notice sends people to a counter."""
    return case.nine(anchor, follow_up_day(case.desk, anchor.day, number))


def after_the_last(kind: Kind, case: Case, anchor: Anchor, _number: int) -> datetime:
    """One more delay after the third notice of a kind was sent, or should have been."""
    days = case.delays(anchor).follow_up_days
    sent = max((a.claimed_at for a in case.tries(kind, 3, anchor)), default=None)
    third = paris_day(sent) if sent else anchor.day + timedelta(days=3 * days)
    return _desk_days_after(case, anchor, third, days)


def _desk_days_after(case: Case, anchor: Anchor, day: date, days: int) -> datetime:
    return case.nine(anchor, _next_open_day(case.desk, day + timedelta(days=days)))


def _next_open_day(desk: Desk, day: date) -> date:
    return after_rule(day, lambda d: not desk.is_open(d))


def the_renewal_opens(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Some months before the card expires, clamped to the month's end, by the after-rule."""
    day = months_before(anchor.day, case.delays(anchor).renewal_opens_months)
    return case.nine(anchor, after_rule(day, case.desk.is_quiet))


def the_renewal_closes(case: Case, anchor: Anchor, _number: int) -> datetime:
    """Before the online filing window ends (day −60, CESEDA R.431-5), with a week in hand."""
    return _days_before(case, anchor, case.delays(anchor).renewal_last_call_days)


# Until when


def never(_case: Case, _anchor: Anchor, _channel: Channel) -> None:
    """It stays useful as long as the state lasts."""


def the_appointment(case: Case, _anchor: Anchor, _channel: Channel) -> datetime:
    """The hour of the appointment."""
    return _starts_at(case)


def the_way_to_the_appointment(case: Case, anchor: Anchor, channel: Channel) -> datetime:
    """The hour of the appointment; an SMS is pointless once people are on their way."""
    hours = case.delays(anchor).appointment_sms_end_hours if channel is Channel.SMS else 0
    return _starts_at(case) - timedelta(hours=hours)


def the_expiry_day(_case: Case, anchor: Anchor, _channel: Channel) -> datetime:
    """The beginning of the card's last day: nobody can still renew it by then."""
    return at_paris(anchor.day, _MIDNIGHT)


def _starts_at(case: Case) -> datetime:
    assert case.facts.appointment is not None
    return case.facts.appointment.starts_at


# By which channels


def by_each(_case: Case, _anchor: Anchor, _channel: Channel) -> bool:
    """By all that the row names."""
    return True


def as_it_was_told(case: Case, anchor: Anchor, channel: Channel) -> bool:
    """By e-mail in any case; by SMS only what an SMS had said."""
    withdrawn = next(w for w in case.facts.withdrawn if w.event_id == anchor.occasion)
    used = {attempt.notice.channel for attempt in _tidings(case, withdrawn)}
    return channel is Channel.EMAIL or channel in used


# Unless


def no_exception(_case: Case, _anchor: Anchor) -> bool:
    """The states say it all."""
    return False


def the_end_is_no_news(case: Case, anchor: Anchor) -> bool:
    """Nobody waits for an appointment that had begun, or of which no message ever spoke."""
    slot = case.facts.appointment
    return slot is None or not slot.is_called_off or _never_mentioned(case, anchor)


def _never_mentioned(case: Case, anchor: Anchor) -> bool:
    """Whether no message spoke of an appointment since the last cancellation."""
    letters = [a for a in case.ledger if a.notice.channel is not Channel.DESK]
    earlier_ends = [
        a.claimed_at
        for a in letters
        if a.notice.kind is Kind.APPOINTMENT_CANCELLED and a.notice.occasion != anchor.occasion
    ]
    spoken = [a.claimed_at for a in letters if a.notice.occasion in case.facts.slot_events]
    return not spoken or max(spoken) < max(earlier_ends, default=min(spoken))


def just_confirmed(case: Case, anchor: Anchor) -> bool:
    """The convocation, just sent, says the same."""
    return _soon_after_confirmation(case, anchor, for_the_appointment(case, anchor, 1))


def checked_or_just_confirmed(case: Case, anchor: Anchor) -> bool:
    """ISSO has seen the papers, or the convocation has just asked for it."""
    due = for_the_check(case, anchor, 1)
    return case.facts.checked or _soon_after_confirmation(case, anchor, due)


def _soon_after_confirmation(case: Case, anchor: Anchor, due: datetime) -> bool:
    """Whether a reminder would follow the confirmation, or the sent convocation, too closely."""
    sent = [a.claimed_at for a in case.tries(Kind.CONVOCATION, 1, anchor)]
    told_at = max([anchor.at, *sent[:1]])
    return due <= told_at + timedelta(hours=case.delays(anchor).reminder_after_confirmation_hours)
