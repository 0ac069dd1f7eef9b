"""What a convocation proves."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import facts_of
from chalicelib.domain.links import booked_in_time_on, first_booked_on
from tests.builders import (
    DESK,
    a_step,
    cancelled,
    confirmed,
    missed,
    rescheduled,
    selected,
)

BOOKED = selected("2019-04-08 10:00", "2019-05-14 10:30")


@pytest.mark.parametrize(
    ("events", "first"),
    [
        ([BOOKED], None),
        ([BOOKED, rescheduled("2019-04-20 09:00", "2019-06-16 14:00")], None),
        ([BOOKED, selected("2019-04-08 17:00", appointment_id="A2")], None),
        ([BOOKED, selected("2019-04-20 09:00", appointment_id="A2")], date(2019, 4, 8)),
        (
            [
                BOOKED,
                cancelled("2019-04-19 09:00"),
                selected("2019-04-20 09:00", appointment_id="A2"),
            ],
            date(2019, 4, 8),
        ),
        (
            [
                selected("2018-04-08 10:00", "2018-05-14 10:30", appointment_id="A0"),
                a_step(EventType.COLLECTED, "2018-07-20 10:00", event_id="former"),
                BOOKED,
            ],
            None,
        ),
    ],
    ids=[
        "once",
        "moved: the appointment knows by itself",
        "another on the same day",
        "another that supersedes it",
        "cancelled, and another booked",
        "the same id for a former card",
    ],
)
def test_the_first_booking_of_an_application_is_remembered(
    events: list[Event], first: date | None
) -> None:
    facts = facts_of(events)
    assert facts.appointment is not None
    assert first_booked_on(facts, facts.appointment) == first


def test_a_moved_appointment_is_still_booked_on_its_first_day() -> None:
    moved = facts_of([BOOKED, rescheduled("2019-04-20 09:00", "2019-06-16 14:00")]).appointment
    assert moved is not None
    assert moved.booked_at == BOOKED.at


@pytest.mark.parametrize(
    ("ending", "day", "is_over"),
    [
        (confirmed("2019-04-08 18:00"), date(2019, 5, 13), False),
        (confirmed("2019-04-08 18:00"), date(2019, 5, 14), False),
        (confirmed("2019-04-08 18:00"), date(2019, 5, 15), True),
        (missed("2019-05-14 12:00"), date(2019, 5, 14), True),
        (cancelled("2019-05-14 12:00"), date(2019, 5, 14), True),
    ],
)
def test_an_appointment_calls_somebody_all_of_its_day_and_no_longer(
    ending: Event, day: date, is_over: bool
) -> None:
    appointment = facts_of([BOOKED, ending]).appointment
    assert appointment is not None
    assert appointment.is_over_on(day) is is_over


ENDS = date(2019, 6, 15)
EARLY = selected("2019-06-01 10:00", "2019-07-10 10:30", permit_expires_on=ENDS)
LATE = selected(
    "2019-06-20 10:00",
    "2019-07-15 10:30",
    appointment_id="A2",
    event_id="s2",
    permit_expires_on=ENDS,
)
GONE = cancelled("2019-06-19 10:00")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([EARLY], date(2019, 6, 1)),
        ([replace(EARLY, permit_expires_on=date(2019, 6, 1))], date(2019, 6, 1)),
        ([replace(EARLY, permit_expires_on=date(2019, 5, 31))], None),
        ([replace(EARLY, permit_expires_on=None)], None),
        ([LATE], None),
        ([EARLY, GONE, LATE], date(2019, 6, 1)),
        # the second booking need not say again when the permit ends
        ([EARLY, GONE, replace(LATE, permit_expires_on=None)], date(2019, 6, 1)),
        # no card lasts longer than ten years
        ([replace(EARLY, permit_expires_on=date(2029, 6, 1))], date(2019, 6, 1)),
        ([replace(EARLY, permit_expires_on=date(2029, 6, 2))], None),
    ],
)
def test_the_day_that_spares_the_tax_is_this_bookings_or_the_first_ones(
    events: list[Event], expected: date | None
) -> None:
    facts = facts_of(events)
    assert facts.appointment is not None
    assert booked_in_time_on(facts, facts.appointment, DESK) == expected
