"""An appointment to collect the card: a second one, beside the one to deposit the file."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import Facts, State, facts_of, state_of
from chalicelib.domain.forgetting import kept_until
from chalicelib.domain.plan import Owed, Plan, owed
from chalicelib.domain.recording import Recorded, record
from tests.builders import (
    ADDRESSES,
    DESK,
    a_closed_desk,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    cancelled,
    confirmed,
    every_end,
    missed,
    paris,
    rescheduled,
    selected,
    shown,
)

TO_COLLECT: dict[str, Any] = {"appointment_id": "C1", "purpose": SlotPurpose.COLLECT}
SAID: dict[str, Any] = {**TO_COLLECT, "is_purpose_said": True}

DEPOSITED = [
    selected(event_id="s1"),
    confirmed("2019-04-08 18:00", "s1", event_id="s2"),
    a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="s3"),
]
READY = [*DEPOSITED, a_step(EventType.CARD_READY, "2019-07-01 10:00", event_id="s4")]
BOOKED = selected("2019-07-02 09:00", "2019-07-16 10:00", event_id="c1", **SAID)
CONFIRMED = confirmed("2019-07-02 12:00", "c1", event_id="c2", appointment_id="C1")
NO_SHOW = missed("2019-07-16 18:00", event_id="c3", appointment_id="C1")
GONE = cancelled("2019-07-08 09:00", event_id="c4", appointment_id="C1")
COLLECTED = a_step(EventType.COLLECTED, "2019-07-16 10:05", event_id="s5")

A_LIFE_WITH_BOTH = [
    *READY,
    BOOKED,
    rescheduled("2019-07-03 09:00", "2019-07-18 10:00", event_id="c2", appointment_id="C1"),
    missed("2019-07-18 18:00", event_id="c3", appointment_id="C1"),
    selected(
        "2019-07-19 09:00", "2019-07-25 10:00", event_id="c4", **SAID | {"appointment_id": "C2"}
    ),
    a_step(EventType.COLLECTED, "2019-07-25 10:05", event_id="s5"),
]

#: What the booking system may tell, each once: of which appointment, at what hour, what it is for.
TOLD = [
    *(
        (kind, (("appointment_id", name), ("starts_at", paris(hour)), *said))
        for name, purpose in (("A1", SlotPurpose.DEPOSIT), ("C1", SlotPurpose.COLLECT))
        for kind, hour in (
            (EventType.SELECTED, "2019-07-16 10:00"),
            (EventType.RESCHEDULED, "2019-07-18 10:00"),
            (EventType.RESCHEDULED, "2019-07-02 13:30"),
        )
        for said in ((), (("purpose", purpose), ("is_purpose_said", True)))
    ),
    *(
        (kind, (("appointment_id", name),))
        for name in ("A1", "C1")
        for kind in (EventType.CONFIRMED, EventType.CANCELLED, EventType.MISSED)
    ),
    *((kind, ()) for kind in (EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED)),
]


def to_collect(facts: Facts) -> Appointment:
    slot = facts.to_collect.appointment
    assert slot
    assert slot.purpose is SlotPurpose.COLLECT
    return slot


def plan_at(at: str, *events: Event, ledger: tuple[Attempt, ...] = ()) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), DESK, ADDRESSES, paris(at))


def kinds(plan: Plan) -> list[tuple[str, str]]:
    """What is foreseen of an appointment to collect, and when."""
    foreseen = (
        o for o in (*plan.due, *plan.later) if o.notice.occasion.startswith(("c", "no-card"))
    )
    return [(f"{o.notice.kind} {o.notice.channel}", str(shown(o.ready_at))) for o in foreseen]


def all_kinds(plan: Plan) -> set[Kind]:
    return {o.notice.kind for o in (*plan.due, *plan.later)}


@pytest.mark.many
def test_every_order_of_a_life_with_both_appointments_ends_in_the_same_facts() -> None:
    (end,) = every_end(A_LIFE_WITH_BOTH)
    slot = to_collect(end.facts)
    assert (slot.appointment_id, shown(slot.starts_at)) == ("C2", "2019-07-25 10:00")
    assert end.facts.appointment
    assert end.facts.appointment.appointment_id == "A1"
    assert state_of(end.facts) is State.COLLECTED


@st.composite
def lives_with_both(draw: st.DrawFn, most: int) -> list[Event]:
    """Whatever is told of two appointments and of the card, here and there in one instant."""
    drawn = draw(st.lists(st.sampled_from(TOLD), min_size=2, max_size=most, unique=True))
    hours = draw(st.lists(st.integers(0, 9), min_size=len(drawn), max_size=len(drawn)))
    return [
        an_event(kind, paris("2019-07-02 09:00") + timedelta(hours=hour), f"e{n}", **dict(said))
        for n, ((kind, said), hour) in enumerate(zip(drawn, hours, strict=True))
    ]


@settings(max_examples=25)
@given(lives_with_both(4))
def test_every_order_of_any_life_with_both_appointments_ends_in_the_same_facts(life) -> None:  # type: ignore[no-untyped-def]
    assert len({end.facts for end in every_end(life)}) == 1


@pytest.mark.long
@settings(max_examples=400)
@given(lives_with_both(6))
def test_every_order_of_any_long_life_with_both_ends_in_the_same_facts(life) -> None:  # type: ignore[no-untyped-def]
    assert len({end.facts for end in every_end(life)}) == 1


def test_the_state_stays_as_it_is() -> None:
    for events in ([BOOKED], [BOOKED, CONFIRMED], [BOOKED, NO_SHOW], [BOOKED, GONE]):
        assert a_dossier(*READY, *events).state is State.CARD_READY
        assert a_dossier(*events).state is State.KNOWN


@pytest.mark.parametrize(
    ("is_said", "purpose"), [(True, SlotPurpose.COLLECT), (False, SlotPurpose.COLLECT)]
)
def test_what_says_no_purpose_belongs_to_the_appointment_of_its_id(
    is_said: bool, purpose: SlotPurpose
) -> None:
    first = selected("2019-07-02 09:00", "2019-07-16 10:00", **TO_COLLECT, is_purpose_said=is_said)
    moved = rescheduled("2019-07-03 09:00", "2019-07-18 10:00", appointment_id="C1")
    for events in ([first, moved], [moved, first]):
        facts = a_dossier(*READY, *events).facts
        assert shown(to_collect(facts).starts_at) == "2019-07-18 10:00"
        assert facts.appointment
        assert facts.appointment.appointment_id == "A1"


def test_what_was_said_outweighs_what_the_desk_stood_for_and_the_first_word_counts() -> None:
    presumed = selected("2019-07-02 09:00", "2019-07-16 10:00", appointment_id="C1")
    said = rescheduled("2019-07-03 09:00", "2019-07-18 10:00", **SAID)
    later = confirmed("2019-07-04 09:00", appointment_id="C1", is_purpose_said=True)
    for events in ([presumed, said, later], [later, said, presumed]):
        facts = facts_of(events)
        assert facts.appointment is None
        assert to_collect(facts).confirmed_at == paris("2019-07-04 09:00")


def test_a_slot_to_collect_supersedes_none_to_deposit() -> None:
    ahead = selected("2019-07-01 09:00", "2019-07-30 10:00", event_id="s1")
    dossier = a_dossier(ahead, BOOKED, GONE)
    assert dossier.state is State.BOOKED
    assert dossier.facts.appointment
    assert dossier.facts.appointment.cancelled is None


def test_told_again_it_is_not_kept_a_second_time() -> None:
    again = selected("2019-07-02 23:00", "2019-07-16 10:00", event_id="c9", **SAID)
    dossier = a_dossier(*READY, BOOKED)
    after, outcome = record(dossier, again)
    assert (after.events, outcome) == (dossier.events, Recorded.DUPLICATE)
    assert record(a_dossier(*READY, BOOKED, NO_SHOW), again)[1] is Recorded.STALE


def test_no_application_begins_with_one() -> None:
    late = selected("2019-07-17 09:00", "2019-07-30 10:00", event_id="c9", **SAID)
    assert a_dossier(*READY, COLLECTED, late).state is State.COLLECTED
    closed = a_step(EventType.CLOSED, "2019-07-10 09:00")
    assert a_dossier(*READY, closed, late).state is State.CLOSED


def test_the_end_of_the_dossier_ends_it_as_well() -> None:
    facts = a_dossier(*READY, BOOKED, a_step(EventType.CLOSED, "2019-07-10 09:00")).facts
    assert to_collect(facts).closed


def test_its_notices_speak_of_it() -> None:
    assert kinds(plan_at("2019-07-02 09:01", *READY, BOOKED)) == [
        ("confirmation_request email", "2019-07-02 09:01"),
        ("confirmation_reminder email", "2019-07-03 09:00"),
        ("unconfirmed desk", "2019-07-13 09:00"),
        ("outcome_unknown desk", "2019-07-17 09:00"),
    ]
    assert kinds(plan_at("2019-07-02 12:01", *READY, BOOKED, CONFIRMED)) == [
        ("convocation email", "2019-07-02 12:01"),
        ("appointment_reminder email", "2019-07-13 09:00"),
        ("appointment_reminder sms", "2019-07-13 09:00"),
        ("outcome_unknown desk", "2019-07-17 09:00"),
    ]
    assert kinds(plan_at("2019-07-16 18:01", *READY, BOOKED, CONFIRMED, NO_SHOW)) == [
        ("appointment_missed email", "2019-07-16 18:01"),
        ("not_rebooked desk", "2019-07-30 09:00"),
    ]


def test_its_cancellation_is_told_to_whoever_had_heard_of_it() -> None:
    told = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "c1"), Status.DELIVERED, "2019-07-02 09:01"
    )
    of_the_other = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s1"), Status.DELIVERED, "2019-04-08 10:01"
    )
    for ledger, is_told in (((told,), True), ((of_the_other,), False)):
        plan = plan_at("2019-07-08 09:10", *READY, BOOKED, GONE, ledger=ledger)
        assert (Kind.APPOINTMENT_CANCELLED in all_kinds(plan)) is is_told


def test_another_hour_waits_until_it_rests() -> None:
    told = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "c1"), Status.DELIVERED, "2019-07-02 09:01"
    )
    moved = rescheduled("2019-07-03 09:00", "2019-07-18 10:00", event_id="c5", appointment_id="C1")
    plan = plan_at("2019-07-03 09:00", *READY, BOOKED, moved, ledger=(told,))
    (request,) = [o for o in plan.later if o.notice.kind is Kind.CONFIRMATION_REQUEST]
    assert request.ready_at > moved.received_at


def test_nobody_is_asked_to_come_while_an_appointment_says_when() -> None:
    waiting = {Kind.NO_NEWS, Kind.CARD_WAITING}
    assert waiting & all_kinds(plan_at("2019-07-02 09:01", *READY))
    assert not waiting & all_kinds(plan_at("2019-07-02 09:01", *READY, BOOKED))
    assert not waiting & all_kinds(plan_at("2019-09-02 09:01", *READY, BOOKED))
    assert not waiting & all_kinds(plan_at("2019-05-15 09:01", *DEPOSITED, BOOKED))
    assert Kind.NO_LIFE not in all_kinds(plan_at("2019-07-02 09:01", BOOKED))


def test_a_reminder_of_before_the_miss_does_not_follow_it() -> None:
    late = selected("2019-07-02 09:00", "2019-09-03 10:00", event_id="c1", **SAID)
    away = missed("2019-09-03 18:00", event_id="c3", appointment_id="C1")
    card = an_attempt(a_notice(Kind.CARD_READY, "2019-07-01"), Status.DELIVERED, "2019-07-01 10:01")
    plan = plan_at("2019-09-03 18:01", *READY, late, away, ledger=(card,))
    assert [o.notice.kind for o in plan.due if o.notice.channel is Channel.EMAIL] == [
        Kind.APPOINTMENT_MISSED
    ]
    assert (Kind.CARD_WAITING, 2) in [(o.notice.kind, o.notice.number) for o in plan.later]


def test_of_a_card_that_is_told_with_the_miss_the_student_hears() -> None:
    """What the miss silences takes the place of nothing."""
    told: dict[str, Any] = {"received_at": paris("2019-09-03 18:00")}
    ready = a_step(EventType.CARD_READY, "2019-07-01 10:00", event_id="s4", **told)
    late = selected("2019-07-02 09:00", "2019-09-03 10:00", event_id="c1", **SAID, **told)
    away = missed("2019-09-03 17:59", event_id="c3", appointment_id="C1", **told)
    plan = plan_at("2019-09-03 18:02", ready, late, away)
    assert {o.notice.kind for o in plan.due if o.notice.channel is Channel.EMAIL} == {
        Kind.CARD_READY,
        Kind.APPOINTMENT_MISSED,
    }


def test_before_the_card_is_ready_a_person_looks_and_the_messages_go() -> None:
    plan = plan_at("2019-07-02 09:01", *DEPOSITED, BOOKED)
    assert kinds(plan)[:2] == [
        ("confirmation_request email", "2019-07-02 09:01"),
        ("contradiction desk", "2019-07-02 09:01"),
    ]
    assert Kind.CONTRADICTION not in all_kinds(plan_at("2019-07-02 09:01", *READY, BOOKED))


def test_it_is_no_second_appointment_after_the_deposit() -> None:
    assert Kind.APPOINTMENT_AFTER_DEPOSIT not in all_kinds(
        plan_at("2019-07-02 09:01", *READY, BOOKED)
    )
    other = selected("2019-07-02 09:00", "2019-07-16 10:00", appointment_id="A2")
    assert Kind.APPOINTMENT_AFTER_DEPOSIT in all_kinds(plan_at("2019-07-02 09:01", *READY, other))


def test_a_miss_of_it_is_no_miss_after_the_deposit() -> None:
    plan = plan_at("2019-07-16 18:01", *READY, BOOKED, NO_SHOW)
    assert Kind.CONTRADICTION not in all_kinds(plan)


def test_when_the_desk_is_shut_somebody_has_it_moved() -> None:
    desk = a_closed_desk("2019-07-15", "2019-07-20")
    plan = owed(a_dossier(*READY, BOOKED), desk, ADDRESSES, paris("2019-07-02 09:01"))
    assert Kind.APPOINTMENT_WHEN_SHUT in all_kinds(plan)


def test_after_the_collection_nothing_of_it_is_owed() -> None:
    assert kinds(plan_at("2019-07-16 10:06", *READY, BOOKED, CONFIRMED, COLLECTED)) == []


def test_each_of_two_that_stand_has_its_own_reminders() -> None:
    ahead = selected("2019-07-02 08:30", "2019-07-30 10:00", event_id="s1")
    plan = plan_at("2019-07-02 09:01", ahead, BOOKED)
    asked = [o.notice.occasion for o in plan.due if o.notice.kind is Kind.CONFIRMATION_REQUEST]
    assert asked == ["s1", "c1"]


#: When an appointment is cancelled, and whether a letter has said so by the eighth.
ENDS = (("", False), ("2019-07-05", False), ("2019-07-05", True), ("2019-07-08", False))


def booked(name: str, on: str, gone: str, *, is_told: bool) -> tuple[list[Event], list[Attempt]]:
    """An appointment that was asked to be confirmed, and perhaps cancelled on a day."""
    purpose = SlotPurpose.COLLECT if name == "c" else SlotPurpose.DEPOSIT
    given: dict[str, Any] = {"appointment_id": name, "purpose": purpose, "is_purpose_said": True}
    events = [selected(f"{on} 09:00", "2019-07-30 10:00", event_id=f"{name}1", **given)]
    asked = a_notice(Kind.CONFIRMATION_REQUEST, f"{name}1")
    letters = [an_attempt(asked, Status.DELIVERED, f"{on} 09:01")]
    if gone:
        events.append(cancelled(f"{gone} 09:00", event_id=f"{name}2", appointment_id=name))
    if is_told:
        letter = a_notice(Kind.APPOINTMENT_CANCELLED, f"{name}2")
        letters.append(an_attempt(letter, Status.DELIVERED, f"{gone} 09:02"))
    return events, letters


@pytest.mark.parametrize(("one", "other"), list(product(ENDS, ENDS)))
@pytest.mark.parametrize("days", [("2019-07-01", "2019-07-02"), ("2019-07-06", "2019-07-02")])
def test_what_is_owed_of_one_is_owed_whatever_became_of_the_other(
    one: tuple[str, bool], other: tuple[str, bool], days: tuple[str, str]
) -> None:
    lives = {
        name: booked(name, on, gone, is_told=is_told)
        for name, on, (gone, is_told) in zip("sc", days, (one, other), strict=True)
        if not gone or gone > on
    }
    beside = owed_of(*lives.values())
    for name, life in lives.items():
        assert of_it(beside, name) == of_it(owed_of(life), name)


def owed_of(*lives: tuple[list[Event], list[Attempt]]) -> Plan:
    events = [event for told, _ in lives for event in told]
    letters = [letter for _, left in lives for letter in left]
    return plan_at("2019-07-08 09:10", *events, ledger=tuple(letters))


def of_it(plan: Plan, name: str) -> list[Owed]:
    return [o for o in (*plan.due, *plan.later) if o.notice.occasion in (f"{name}1", f"{name}2")]


def test_the_facts_about_it_have_it_in_the_place_of_the_other() -> None:
    facts = a_dossier(*READY, BOOKED, NO_SHOW).facts
    assert facts.about(SlotPurpose.DEPOSIT) == facts
    assert facts.about(SlotPurpose.COLLECT).appointment == to_collect(facts)
    assert [facts.purpose_of(name) for name in ("c1", "c3", "s1", None)] == [
        SlotPurpose.COLLECT,
        SlotPurpose.COLLECT,
        SlotPurpose.DEPOSIT,
        SlotPurpose.DEPOSIT,
    ]


def test_a_cancelled_one_to_deposit_ends_no_dossier_that_has_one_to_collect() -> None:
    away = [selected(event_id="s1"), cancelled("2019-04-09 09:00", event_id="s2")]
    alone, both = a_dossier(*away), a_dossier(*away, BOOKED)
    assert kept_on(alone) < kept_on(both)


def kept_on(dossier: Dossier) -> date:
    return kept_until(dossier, owed(dossier, DESK, ADDRESSES, paris("2019-08-02 09:00")), DESK)
