"""An appointment at an hour at which nobody is there stands in front of a person."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.plan import Plan, owed
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
    paris,
    rescheduled,
    selected,
    shown,
)

SHUT = "2019-05-12 10:30"  # a Sunday
OPEN = "2019-05-14 10:30"


def plan_of(events: list[Event], now: str, *ledger: Attempt, desk: Desk = DESK) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), desk, ADDRESSES, paris(now))


def shut_lines(plan: Plan) -> list[str]:
    return [o.notice.occasion for o in plan.due if o.notice.kind is Kind.APPOINTMENT_WHEN_SHUT]


def opened(plan: Plan, at: str) -> Attempt:
    """The line as it stands on the work list."""
    (owes,) = [o for o in plan.due if o.notice.kind is Kind.APPOINTMENT_WHEN_SHUT]
    return an_attempt(owes.notice, Status.OPEN, at, address="")


@pytest.mark.parametrize(
    ("starts", "is_shut"),
    [
        (OPEN, False),
        ("2019-05-14 09:00", False),
        ("2019-05-14 16:59", False),
        ("2019-09-10 17:30", False),  # open longer in September
        (SHUT, True),
        ("2019-05-11 10:30", True),  # a Saturday
        ("2019-05-14 03:00", True),
        ("2019-05-14 08:59", True),
        ("2019-05-14 17:00", True),
        ("2019-10-08 17:30", True),
        ("2019-06-10 10:00", True),  # Whit Monday
        ("2019-12-25 10:00", True),
    ],
)
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_an_appointment_when_the_desk_is_shut_is_told_to_a_person_at_once(
    starts: str, is_shut: bool, is_confirmed: bool
) -> None:
    events = [selected(starts=starts, event_id="s")]
    events += [confirmed("2019-04-08 10:00", "s")] if is_confirmed else []
    plan = plan_of(events, "2019-04-08 10:01")
    assert shut_lines(plan) == (["s"] if is_shut else [])
    assert any(o.notice.kind in (Kind.CONFIRMATION_REQUEST, Kind.CONVOCATION) for o in plan.due)


def test_a_closure_declared_after_the_booking_hits_whoever_has_an_appointment_then() -> None:
    booked = [selected(starts=OPEN, event_id="s")]
    assert shut_lines(plan_of(booked, "2019-04-20 03:00")) == []
    closed = a_closed_desk("2019-05-13", "2019-05-17")
    assert shut_lines(plan_of(booked, "2019-04-20 03:00", desk=closed)) == ["s-2019-05-13"]
    other = a_closed_desk("2019-05-15", "2019-05-17")
    assert shut_lines(plan_of(booked, "2019-04-20 03:00", desk=other)) == []


def test_a_closure_that_is_taken_back_takes_its_line_with_it() -> None:
    booked = [selected(starts=OPEN, event_id="s")]
    closed = a_closed_desk("2019-05-13", "2019-05-17")
    line = opened(plan_of(booked, "2019-04-20 03:00", desk=closed), "2019-04-20 03:00")
    assert plan_of(booked, "2019-04-21 03:00", line, desk=closed).ended == ()
    assert plan_of(booked, "2019-04-21 03:00", line).ended == (line,)


@pytest.mark.parametrize(
    ("more", "now"),
    [
        (rescheduled("2019-04-09 10:00", OPEN), "2019-04-09 10:01"),
        (cancelled("2019-04-09 10:00"), "2019-04-09 10:01"),
        (a_step(EventType.DEPOSITED, "2019-04-09 10:00"), "2019-04-09 10:01"),
        (an_event(EventType.CHECKED, "2019-04-09 10:00"), SHUT),  # its hour is over
    ],
)
def test_the_line_ends_with_the_appointment(more: Event, now: str) -> None:
    booked = [selected(starts=SHUT, event_id="s")]
    line = opened(plan_of(booked, "2019-04-08 10:01"), "2019-04-08 10:01")
    assert plan_of([*booked, more], now, line).ended == (line,)


def test_from_one_shut_hour_to_another_there_is_a_line_of_the_new_one() -> None:
    booked = [selected(starts=SHUT, event_id="s")]
    line = opened(plan_of(booked, "2019-04-08 10:01"), "2019-04-08 10:01")
    moved = rescheduled("2019-04-09 10:00", "2019-05-19 10:30", event_id="r")
    plan = plan_of([*booked, moved], "2019-04-09 10:01", line)
    assert (plan.ended, shut_lines(plan)) == ((line,), ["r"])


def said(line: Attempt, until: date | None = None) -> Event:
    return an_event(
        EventType.WORK_CLOSED,
        "2019-04-08 11:00",
        source=Source.DESK,
        subject=str(line.notice),
        until=until,
    )


def test_a_person_may_say_that_it_is_meant_so() -> None:
    booked = [selected(starts=SHUT, event_id="s")]
    line = opened(plan_of(booked, "2019-04-08 10:01"), "2019-04-08 10:01")
    assert shut_lines(plan_of([*booked, said(line)], "2019-04-20 10:00", line)) == []
    later = plan_of([*booked, said(line, date(2019, 4, 23))], "2019-04-20 10:00", line)
    (again,) = [o for o in later.later if o.notice == line.notice]
    assert shown(again.ready_at) == "2019-04-23 09:00"
    too_late = plan_of([*booked, said(line, date(2019, 5, 13))], "2019-04-20 10:00", line)
    assert line.notice not in [o.notice for o in (*too_late.due, *too_late.later)]


def test_a_word_about_the_hour_says_nothing_of_a_closure_declared_later() -> None:
    booked = [selected(starts="2019-05-14 08:30", event_id="s")]
    line = opened(plan_of(booked, "2019-04-08 10:01"), "2019-04-08 10:01")
    closed = a_closed_desk("2019-05-13", "2019-05-17")
    plan = plan_of([*booked, said(line)], "2019-04-20 03:00", line, desk=closed)
    assert shut_lines(plan) == ["s-2019-05-13"]


def test_of_what_is_over_nobody_hears_that_the_desk_was_shut() -> None:
    past = replace(selected(starts=SHUT), received_at=paris("2019-05-13 10:00"))
    assert shut_lines(plan_of([past], "2019-05-13 10:02")) == []


def test_a_closure_declared_in_mid_life_moves_what_sends_people_to_the_counter() -> None:
    """The desk's data is read anew with each plan: before the closure was known, and after it."""
    deposited = [a_step(EventType.DEPOSITED, "2019-05-14 10:50")]
    closed = a_closed_desk("2019-06-24", "2019-07-05")
    first = a_notice(Kind.NO_NEWS, "2019-05-14")

    def leaves_at(desk: Desk) -> str | None:
        later = plan_of(deposited, "2019-06-01 10:00", desk=desk).later
        return next(shown(o.ready_at) for o in later if o.notice == first)

    assert leaves_at(DESK) == "2019-06-25 09:00"
    assert leaves_at(closed) == "2019-07-06 09:00"
