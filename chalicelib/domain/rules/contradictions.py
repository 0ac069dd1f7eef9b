"""Because of which facts that do not add up a person has to look."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import pairwise

from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.facts import State
from chalicelib.domain.milestones import Milestone
from chalicelib.domain.names import names_in, says_more
from chalicelib.domain.rules.anchors import dated, ended, of_slot, the_miss, the_slot
from chalicelib.domain.rules.case import Anchor, Case

_STEPS = ("incomplete", "deposited", "card_ready", "collected")


def the_collection_without_expiry(case: Case) -> Anchor | None:
    """A collected card of which nobody said until when it is valid, or nothing that can be."""
    card = case.facts.collected
    if card is None or card.valid_until(case.desk):
        return None
    said = card.card_expires_on
    return _wrong(dated(card), "card_expiry", said) if said else dated(card)


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
    return _wrong(dated(milestone), f"{step}_day", said) if said else None


def _a_step_after_the_end(case: Case) -> Anchor | None:
    """Of a closed dossier only what came after its end has still to be explained."""
    facts = case.facts
    steps = (facts.card_ready, facts.collected, facts.deposited, facts.incomplete)
    end = facts.closed
    later = (s for s in steps if s and end and (s.day, s.at) > (end.day, end.at))
    wrong = _because(dated(next(later, None)), "after_closing")
    return wrong and replace(wrong, occasion=f"closed-{wrong.occasion}")


def _a_step_before_the_one_before_it(case: Case) -> Anchor | None:
    steps = [case.facts.deposited, case.facts.card_ready, case.facts.collected]
    known = [step for step in steps if step]
    later = next((b for a, b in pairwise(known) if b.day < a.day), None)
    return _because(dated(later), "step_order")


def _a_refusal_after_the_deposit(case: Case) -> Anchor | None:
    visit, deposit = case.facts.incomplete, case.facts.deposited
    is_wrong = visit and deposit and visit.day >= deposit.day and visit.at > deposit.at
    return _because(dated(visit), "late_refusal") if is_wrong else None


def _a_miss_after_the_deposit(case: Case) -> Anchor | None:
    slot, deposit = case.facts.appointment, case.facts.deposited
    is_wrong = slot and slot.missed and deposit and slot.missed.at > deposit.at
    return _because(the_miss(case), "late_miss") if is_wrong else None


def _a_miss_before_the_hour(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    if not (slot and slot.missed_early and case.state in _AWAITED):
        return None
    return _wrong(ended(slot.missed_early), "early_miss", paris_day(slot.starts_at))


def _an_appointment_too_far_ahead(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    if not (slot and slot.is_too_far_ahead(case.desk) and case.state in _AWAITED):
        return None
    return _wrong(the_slot(case), "far_appointment", paris_day(slot.starts_at))


def _an_appointment_before_the_card(case: Case) -> Anchor | None:
    """It is believed: a card may be ready of which nobody told us. But somebody comes for it."""
    slot = the_slot(case) if case.state in _AWAITED and not case.facts.card_ready else None
    return slot and _because(replace(slot, occasion=f"no-card-{slot.occasion}"), "no_card")


def _a_permit_that_lasts_too_long(case: Case) -> Anchor | None:
    slot = case.facts.appointment
    said = slot.permit_expires_on if slot else None
    is_wrong = slot and not slot.permit_valid_until(case.desk) and case.state in _AWAITED
    return _wrong(the_slot(case), "permit_expiry", said) if said and is_wrong else None


def _a_paper_without_a_name(case: Case) -> Anchor | None:
    """Or with half of one: whoever shows it at the counter is told from others by its reference."""
    contact, slot = case.facts.contact, the_slot(case)
    if contact is None or slot is None or case.state is not State.CONFIRMED:
        return None
    parts = (contact.given_name, contact.family_name)
    is_named = names_in(*parts) and not any(map(says_more, parts))
    unnamed = replace(slot, occasion=f"no-name-{slot.occasion}")
    return None if is_named else _because(unnamed, "no_name")


_AWAITED = frozenset({State.BOOKED, State.CONFIRMED})

#: What cannot all be true: somebody mistyped a day, or took one dossier for another. Each is a
#: notice of its own: a person who has dealt with one has not seen the others.
CONTRADICTIONS: Sequence[Callable[[Case], Anchor | None]] = (
    *(partial(_a_day_that_cannot_be, step) for step in _STEPS),
    _a_step_before_the_one_before_it,
    _a_refusal_after_the_deposit,
    _a_miss_after_the_deposit,
    _a_permit_that_lasts_too_long,
)

#: What cannot be said of an appointment, whatever it is for.
CONTRADICTIONS_OF_A_SLOT: Sequence[Callable[[Case], Anchor | None]] = (
    _a_miss_before_the_hour,
    _an_appointment_too_far_ahead,
    _a_paper_without_a_name,
)
CONTRADICTIONS_OF_A_SLOT_TO_COLLECT: Sequence[Callable[[Case], Anchor | None]] = (
    _an_appointment_before_the_card,
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
    return of_slot(slot, slot.made_at, slot.learnt_at) if is_new else None


def the_slot_when_shut(case: Case) -> Anchor | None:
    """An appointment at an hour at which the desk is shut; a closure is a matter of its own."""
    slot = the_slot(case)
    if slot is None or case.desk.is_staffed(case.starts_at):
        return None
    closure = case.desk.closure_on(slot.day)
    return replace(slot, occasion=f"{slot.occasion}-{closure.first}") if closure else slot
