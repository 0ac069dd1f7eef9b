"""A dossier that goes no further here: what ends with it, and what takes it up again."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import Closing, Event, EventType, Source
from chalicelib.domain.facts import Facts, State, facts_of, state_of
from chalicelib.domain.forgetting import is_remnant, kept_until, what_remains
from chalicelib.domain.plan import Plan, owed
from chalicelib.domain.recording import Recorded, record
from tests.builders import (
    ADDRESSES,
    DESK,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    every_end,
    missed,
    paris,
    rescheduled,
    selected,
)

LIFE = an_ordinary_life()
BOOKED = [selected(event_id="s"), confirmed("2019-04-08 11:00", "s", event_id="y")]
DEPOSITED = [*BOOKED, a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="d")]
CARD = a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="k")


def closed(at: str, reason: Closing = Closing.REFUSED, **more: object) -> Event:
    return a_step(EventType.CLOSED, at, **{"event_id": "x", "reason": reason, **more})


def undone(at: str) -> Event:
    return an_event(
        EventType.WITHDRAWN, at, "w", source=Source.DESK, subject=EventType.CLOSED.value
    )


def state_after(*events: Event) -> State:
    return state_of(facts_of(events))


def plan_of(events: list[Event], now: str, *ledger: Attempt) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), DESK, ADDRESSES, paris(now))


# What it ends


@pytest.mark.parametrize("length", range(8))
@pytest.mark.parametrize("reason", Closing)
def test_from_wherever_it_stands_a_closed_dossier_owes_nobody_anything(
    length: int, reason: Closing
) -> None:
    at = {7: "2019-08-01", 6: "2019-07-10", 5: "2019-06-01"}.get(length, "2019-05-10")
    events = [*LIFE[:length], closed(f"{at} 10:00", reason)]
    facts = facts_of(events)
    assert facts.closed
    assert (state_of(facts), facts.closed.reason) == (State.CLOSED, reason)
    plan = plan_of(events, f"{at} 10:01")
    assert (plan.due, plan.later, plan.next_change_at) == ((), (), None)


def test_open_lines_end_with_it() -> None:
    lines = [
        an_attempt(a_notice(kind, occasion, Channel.DESK), Status.OPEN, "2019-06-30 10:00")
        for kind, occasion in (
            (Kind.NO_NEWS_EXHAUSTED, "2019-05-14"),
            (Kind.UNREACHABLE, "dossier"),
            (Kind.APPOINTMENT_WHEN_SHUT, "s"),
            (Kind.COMPLAINED, "mail-key"),
            (Kind.CONTRADICTION, "2019-05-14"),
        )
    ]
    told = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Status.COMPLAINED, "2019-06-25 09:00")
    plan = plan_of([*DEPOSITED, closed("2019-07-01 10:00")], "2019-07-01 10:01", told, *lines)
    assert (plan.due, set(plan.ended)) == ((), set(lines))


def test_its_appointment_ends_with_it_if_its_hour_is_still_ahead() -> None:
    ahead = facts_of([*BOOKED, closed("2019-05-10 10:00")]).appointment
    past = facts_of([*BOOKED, closed("2019-05-20 10:00")]).appointment
    assert ahead
    assert past
    assert (ahead.is_live, ahead.closed and ahead.closed.event_id) == (False, "x")
    assert (past.is_live, past.closed) == (True, None)


def test_the_newest_reason_and_the_first_day_stand() -> None:
    events = [
        closed("2019-05-10 10:00", Closing.OTHER),
        closed("2019-05-12 10:00", Closing.TRANSFERRED, event_id="x2"),
    ]
    facts = facts_of([*BOOKED, *events])
    assert facts.closed
    assert (facts.closed.day, facts.closed.reason) == (date(2019, 5, 10), Closing.TRANSFERRED)


def test_it_may_be_the_first_that_is_ever_heard() -> None:
    assert state_after(closed("2019-05-10 10:00")) is State.CLOSED


# What undoes it


def test_it_is_undone_by_the_desk_and_all_goes_on_as_if_it_had_not_been() -> None:
    events = [*DEPOSITED, closed("2019-06-01 10:00"), undone("2019-06-03 10:00")]
    facts = facts_of(events)
    assert (state_of(facts), facts.closed) == (State.DEPOSITED, None)
    assert "no_news" in [o.notice.kind for o in plan_of(events, "2019-06-03 10:01").later]


def test_who_was_told_of_a_card_by_mistake_is_told_by_a_person_once_the_dossier_is_closed() -> None:
    """The message would promise another one, which a closed dossier never gets."""
    told = [
        an_attempt(a_notice(kind, day), Status.DELIVERED, f"{day} 15:01")
        for kind, day in ((Kind.DEPOSIT_RECEIPT, "2019-05-14"), (Kind.CARD_READY, "2019-07-01"))
    ]
    mistake = replace(undone("2019-07-01 16:00"), event_id="w2", subject=EventType.CARD_READY.value)
    events = [*DEPOSITED, CARD, mistake]
    mail = plan_of(events, "2019-07-01 16:01", *told).due
    assert [(o.notice.kind, o.notice.channel) for o in mail] == [(Kind.CORRECTION, Channel.EMAIL)]
    work = plan_of([*events, closed("2019-07-01 16:00")], "2019-07-01 16:01", *told).due
    assert [(o.notice.kind, o.notice.channel) for o in work] == [
        (Kind.TELL_THE_STUDENT, Channel.DESK)
    ]


# What comes later


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (selected("2019-06-10 10:00", "2019-07-02 10:00", event_id="n"), State.BOOKED),
        (
            selected("2019-06-10 10:00", "2019-07-02 10:00", event_id="n", appointment_id="A2"),
            State.BOOKED,
        ),
        (rescheduled("2019-06-10 10:00", "2019-06-10 15:00", event_id="n"), State.BOOKED),
        (a_step(EventType.INCOMPLETE, "2019-06-10 10:00"), State.INCOMPLETE),
        (a_step(EventType.DEPOSITED, "2019-06-10 10:00", event_id="n"), State.DEPOSITED),
        # repeats of what was known begin nothing
        (an_event(EventType.DEPOSITED, "2019-06-10 02:00", "n"), State.CLOSED),
        (a_step(EventType.DEPOSITED, "2019-06-10 02:00", day=date(2019, 5, 14)), State.CLOSED),
        (selected("2019-06-10 02:00", event_id="n"), State.CLOSED),
        # nor does anything about what is over
        (confirmed("2019-06-10 02:00"), State.CLOSED),
        (cancelled("2019-06-10 02:00"), State.CLOSED),
        (missed("2019-06-10 02:00"), State.CLOSED),
        (an_event(EventType.CHECKED, "2019-06-10 02:00"), State.CLOSED),
        (closed("2019-06-12 10:00", event_id="x2"), State.CLOSED),
        # a card of a closed dossier is for a person to explain
        (a_step(EventType.CARD_READY, "2019-06-10 10:00"), State.CLOSED),
        (a_step(EventType.COLLECTED, "2019-06-10 10:00"), State.CLOSED),
    ],
)
def test_a_later_slot_or_visit_begins_anew_and_nothing_else_does(
    later: Event, state: State
) -> None:
    assert state_after(*DEPOSITED, closed("2019-06-01 10:00"), later) is state


def test_a_nightly_resync_of_an_appointment_still_ahead_does_not_revive_it() -> None:
    nights = [
        selected(f"2019-04-{day} 02:00", event_id=f"n{day}", contact=None) for day in range(11, 15)
    ]
    end = closed("2019-04-10 10:00", Closing.WITHDRAWN)
    assert state_after(*BOOKED, end, *nights) is State.CLOSED
    gone = cancelled("2019-04-12 12:00")
    assert state_after(*BOOKED, end, gone, *nights[2:]) is State.BOOKED, "chosen once more"


def test_what_begins_anew_knows_nothing_of_what_was_closed() -> None:
    again = selected("2019-06-10 10:00", "2019-07-02 10:00", event_id="n", appointment_id="A2")
    facts = facts_of([*DEPOSITED, closed("2019-06-01 10:00"), again])
    assert (facts.closed, facts.deposited) == (None, None)
    assert (facts.to_deposit.slot_events, facts.contact is not None) == (frozenset({"n"}), True)


@pytest.mark.parametrize(
    "step",
    [
        CARD,
        a_step(EventType.COLLECTED, "2019-07-01 15:00", card_expires_on=date(2020, 6, 30)),
        a_step(EventType.CARD_READY, "2019-06-01 15:00"),  # on the same day, but later
        a_step(EventType.DEPOSITED, "2019-06-01 15:00"),
        a_step(EventType.INCOMPLETE, "2019-06-01 15:00"),
    ],
)
def test_a_step_later_than_the_closing_is_a_contradiction_in_front_of_a_person(
    step: Event,
) -> None:
    plan = plan_of([*BOOKED, closed("2019-06-01 10:00"), step], "2019-07-02 10:00")
    assert [(o.notice.kind, o.notice.channel) for o in plan.due] == [
        (Kind.CONTRADICTION, Channel.DESK)
    ]
    assert plan.later == ()


def test_a_step_told_before_a_closing_that_is_dated_before_it_is_one_as_well() -> None:
    step, told_late = replace(CARD, day=date(2019, 6, 28)), closed("2019-07-02 10:00")
    events = [*DEPOSITED, step, replace(told_late, day=date(2019, 6, 3))]
    (line,) = plan_of(events, "2019-07-02 10:01").due
    assert line.notice.kind is Kind.CONTRADICTION


@pytest.mark.parametrize(
    "step",
    [
        a_step(EventType.CARD_READY, "2019-05-30 15:00"),
        a_step(EventType.CARD_READY, "2019-06-01 09:00"),
        a_step(EventType.CARD_READY, "2019-06-20 09:00", day=date(2019, 5, 30)),  # told late
    ],
)
def test_a_step_before_the_closing_contradicts_nothing(step: Event) -> None:
    plan = plan_of([*DEPOSITED, closed("2019-06-01 10:00"), step], "2019-07-02 10:00")
    assert (plan.state, plan.due, plan.later) == (State.CLOSED, (), ())


@pytest.mark.parametrize("day", [date(2029, 6, 1), date(2009, 6, 1)])
def test_a_closing_on_a_day_that_cannot_be_closes_and_is_put_before_a_person(day: date) -> None:
    mistyped = closed("2019-06-01 10:00", day=day)
    events = [*DEPOSITED, mistyped]
    plan = plan_of(events, "2019-06-01 10:01")
    (line,) = plan.due
    assert (plan.state, line.notice.kind) == (State.CLOSED, Kind.CONTRADICTION)
    assert line.why == f"closed_day.{day}"
    better = closed("2019-06-02 10:00", event_id="x2", correction=True)
    assert plan_of([*events, better], "2019-06-02 10:01").due == ()
    assert facts_and_end(*events)[1] == date(2019, 9, 1)


def test_either_word_taken_back_ends_the_contradiction() -> None:
    events = [*DEPOSITED, closed("2019-06-01 10:00"), CARD]
    (owes,) = plan_of(events, "2019-07-01 15:01").due
    line = an_attempt(owes.notice, Status.OPEN, "2019-07-01 15:01", address="")
    opened_again = plan_of([*events, undone("2019-07-01 16:00")], "2019-07-01 16:01", line)
    assert opened_again.ended == (line,)
    assert {o.notice.kind for o in opened_again.due} == {Kind.CARD_READY}
    no_card = replace(undone("2019-07-01 16:00"), subject=EventType.CARD_READY.value)
    assert plan_of([*events, no_card], "2019-07-01 16:01", line).ended == (line,)


def test_a_renewal_of_a_card_that_went_to_another_office_is_not_recalled() -> None:
    """Collected in July, and the file handed over in September."""
    gone = closed("2019-09-02 10:00", Closing.TRANSFERRED)
    plan = plan_of([*LIFE, gone], "2019-09-02 10:01")
    assert (plan.state, plan.due, plan.later) == (State.CLOSED, (), ())
    assert state_after(*LIFE, gone, a_step(EventType.CARD_READY, "2019-10-01 10:00")) is (
        State.CLOSED
    )


# The order of arrival


@pytest.mark.parametrize(
    "events",
    [
        [*DEPOSITED, closed("2019-06-01 10:00"), CARD],
        [
            *DEPOSITED,
            closed("2019-06-01 10:00"),
            selected("2019-06-10 10:00", "2019-07-02 10:00", event_id="n", appointment_id="A2"),
        ],
        [*DEPOSITED, closed("2019-06-01 10:00"), undone("2019-06-03 10:00")],
        [
            BOOKED[0],
            closed("2019-04-09 10:00"),
            cancelled("2019-04-10 10:00", event_id="c"),
            selected("2019-04-11 10:00", "2019-05-21 10:30", event_id="n"),
            undone("2019-04-12 10:00"),
        ],
    ],
)
def test_any_order_of_arrival_ends_in_the_same_facts_and_plan(events: list[Event]) -> None:
    assert len(every_end(events)) == 1


# When it is forgotten


def facts_and_end(*events: Event) -> tuple[Facts, date]:
    dossier = a_dossier(*events)
    now = max(e.received_at for e in events) + timedelta(minutes=2)
    plan = owed(dossier, DESK, ADDRESSES, now)
    return dossier.facts, kept_until(dossier, plan, DESK)


def test_it_is_kept_some_months_from_its_closing_and_no_longer() -> None:
    assert facts_and_end(*DEPOSITED, closed("2019-06-01 10:00"))[1] == date(2019, 9, 1)
    told_late = closed("2019-06-10 10:00", day=date(2019, 6, 1))
    assert facts_and_end(*DEPOSITED, told_late)[1] == date(2019, 9, 10)


def test_a_card_that_contradicts_it_is_kept_as_long_as_a_card_would_be() -> None:
    assert facts_and_end(*DEPOSITED, closed("2019-06-01 10:00"), CARD)[1] == date(2019, 10, 1)


def test_a_closing_ends_the_reminders_that_outlive_a_dossier() -> None:
    dossier = a_dossier(*LIFE)
    later = paris("2019-11-01 03:00")
    little = what_remains(dossier, owed(dossier, DESK, ADDRESSES, later), DESK, later)
    assert is_remnant(little)
    gone = closed("2019-12-01 10:00", Closing.TRANSFERRED)
    after, outcome = record(little, gone)
    assert outcome is Recorded.RECORDED
    night = paris("2019-12-02 03:00")
    nothing = what_remains(after, owed(after, DESK, ADDRESSES, night), DESK, night)
    assert (nothing.events, nothing.forgotten is not None) == ((), True)


def test_a_closing_of_what_was_forgotten_begins_nothing() -> None:
    dossier = a_dossier(*BOOKED, cancelled("2019-04-09 10:00"))
    later = paris("2019-08-01 03:00")
    marker = what_remains(dossier, owed(dossier, DESK, ADDRESSES, later), DESK, later)
    assert (marker.events, record(marker, closed("2019-08-02 10:00"))[1]) == ((), Recorded.STALE)
