"""A step that was recorded by mistake and taken back: who had heard of it hears that, too."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Blame, Fate, Kind, Notice
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import facts_of, state_of
from chalicelib.domain.plan import Plan, owed
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    an_ordinary_life,
    confirmed,
    missed,
    paris,
    selected,
)

MONDAY = "2019-07-01"


def withdrawn(kind: EventType, at: str, event_id: str = "w", **more: object) -> Event:
    """Taken back at the desk, which is heard in the same second."""
    given = {"received_at": paris(at), "source": Source.DESK, **more}
    return an_event(EventType.WITHDRAWN, at, event_id, subject=kind.value, **given)


CARD = a_step(EventType.CARD_READY, f"{MONDAY} 10:00", event_id="c", contact=CONTACT)
OFF = withdrawn(EventType.CARD_READY, f"{MONDAY} 11:00")
AGAIN = a_step(EventType.CARD_READY, f"{MONDAY} 15:00", event_id="c2")
OFF_AGAIN = withdrawn(EventType.CARD_READY, f"{MONDAY} 16:00", "w2")


def left(
    kind: Kind, occasion: str, channel: Channel = Channel.EMAIL, fate: Fate = Fate.DELIVERED
) -> Attempt:
    return an_attempt(a_notice(kind, occasion, channel), fate, f"{MONDAY} 10:01")


BY_MAIL = left(Kind.CARD_READY, MONDAY)
BY_SMS = left(Kind.CARD_READY, MONDAY, Channel.SMS)


def plan_of(events: list[Event], now: str, *ledger: Attempt, desk: Desk = DESK) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), desk, ADDRESSES, paris(now))


def due(events: list[Event], now: str, *ledger: Attempt) -> list[str]:
    return [str(o.notice) for o in plan_of(events, now, *ledger).due]


# The facts


def test_a_withdrawal_is_remembered_with_the_names_of_what_it_took_back() -> None:
    facts = facts_of([CARD, OFF])
    (taken,) = facts.withdrawn
    assert (taken.step, taken.event_id, taken.at) == (EventType.CARD_READY, "w", OFF.known_at)
    assert taken.occasions == {MONDAY}
    assert facts.card_ready is None


def test_what_was_never_recorded_is_not_taken_back() -> None:
    assert facts_of([selected(), OFF]).withdrawn == ()


def test_a_card_and_its_end_are_both_names_of_a_collection() -> None:
    """The reminders of a renewal bear the day on which the card ends, whichever was said."""
    first, better = (
        a_step(EventType.COLLECTED, "2019-07-20 10:00", event_id="1", card_expires_on=ends)
        for ends in (date(2020, 6, 30), date(2020, 7, 31))
    )
    off = withdrawn(EventType.COLLECTED, "2019-07-21 10:00")
    (taken,) = facts_of([first, replace(better, event_id="2", correction=True), off]).withdrawn
    assert taken.occasions == {"2019-07-20", "2020-06-30", "2020-07-31"}


def test_the_same_day_after_a_withdrawal_is_another_occasion() -> None:
    facts = facts_of([CARD, OFF, AGAIN])
    assert facts.card_ready
    assert (facts.card_ready.day, facts.card_ready.occasion) == (date(2019, 7, 1), "2019-07-01-2")
    both = facts_of([CARD, OFF, AGAIN, OFF_AGAIN])
    assert [taken.occasions for taken in both.withdrawn] == [{MONDAY}, {"2019-07-01-2"}]
    third = a_step(EventType.CARD_READY, f"{MONDAY} 17:00", event_id="c3")
    ready = facts_of([CARD, OFF, AGAIN, OFF_AGAIN, third]).card_ready
    assert ready
    assert ready.occasion == "2019-07-01-3"


def test_an_occasion_keeps_its_name_when_a_withdrawn_step_is_learnt_late() -> None:
    """Else what was announced would be announced once more."""
    without, with_it = facts_of([OFF, AGAIN]), facts_of([CARD, OFF, AGAIN])
    assert without.card_ready
    assert with_it.card_ready
    assert without.card_ready.occasion == with_it.card_ready.occasion


def test_a_withdrawal_in_a_former_application_names_nothing_of_the_next() -> None:
    life = an_ordinary_life()
    early = a_step(EventType.CARD_READY, "2019-06-20 15:00", event_id="early")
    off = withdrawn(EventType.CARD_READY, "2019-06-21 10:00")
    again = [
        selected("2020-05-04 10:00", "2020-06-02 10:00", appointment_id="A9", event_id="n1"),
        a_step(EventType.CARD_READY, "2020-07-01 10:00", event_id="n2"),
    ]
    facts = facts_of([*life, early, off, *again])
    assert facts.withdrawn == ()
    assert facts.card_ready
    assert facts.card_ready.occasion == "2020-07-01"


def test_any_order_of_a_life_with_withdrawals_ends_in_the_same_dossier_and_plan() -> None:
    life = [
        a_step(EventType.DEPOSITED, "2019-05-16 14:10", event_id="d", contact=CONTACT),
        *(CARD, OFF, AGAIN, OFF_AGAIN),
    ]
    now, ledger = paris(f"{MONDAY} 16:01"), (BY_MAIL, BY_SMS)
    ends = {a_dossier(*order, ledger=ledger) for order in permutations(life)}
    assert len(ends) == 1
    plan = owed(ends.pop(), DESK, ADDRESSES, now)
    assert [str(o.notice) for o in plan.due] == ["correction.1.w.sms", "correction.1.w.email"]
