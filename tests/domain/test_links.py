"""How long a convocation serves as proof, and what it proves."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.desk_calendar import months_after
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import facts_of
from chalicelib.domain.links import booked_in_time_on, first_booked_on, proves_until
from tests.builders import (
    DESK,
    a_step,
    an_event,
    cancelled,
    confirmed,
    missed,
    rescheduled,
    selected,
)

BOOKED = selected("2019-04-08 10:00", "2019-05-14 10:30")
DEPOSITED = a_step(EventType.DEPOSITED, "2019-05-14 10:40")
READY = a_step(EventType.CARD_READY, "2019-07-01 15:00")
COLLECTED = a_step(EventType.COLLECTED, "2019-11-30 10:00")


def until(*events: Event) -> date | None:
    return proves_until(facts_of(events), DESK)


@pytest.mark.parametrize(
    ("events", "last_day"),
    [
        ([BOOKED], date(2020, 5, 14)),
        ([BOOKED, a_step(EventType.INCOMPLETE, "2019-05-14 10:40")], date(2020, 5, 14)),
        ([BOOKED, a_step(EventType.INCOMPLETE, "2019-05-20 10:40")], date(2020, 5, 20)),
        ([BOOKED, missed("2019-05-14 18:00")], date(2020, 5, 14)),
        ([BOOKED, DEPOSITED], date(2020, 5, 14)),
        ([BOOKED, DEPOSITED, READY], date(2020, 7, 1)),
        ([BOOKED, DEPOSITED, READY, COLLECTED], date(2020, 2, 29)),
        ([BOOKED, COLLECTED], date(2020, 2, 29)),
    ],
)
def test_it_serves_until_the_card_is_collected_and_a_while_longer(
    events: list[Event], last_day: date
) -> None:
    assert until(*events) == last_day


def test_without_an_appointment_there_is_nothing_to_prove() -> None:
    assert until(an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00")) is None


def test_each_step_is_judged_by_the_terms_of_its_day() -> None:
    old = DESK.terms[0]
    kept = replace(old.retention, proof_after_collected_months=6, proof_uncollected_months=24)
    new = replace(old, valid_from=date(2019, 7, 1), retention=kept)
    desk = replace(DESK, terms=(old, new))
    lives = [BOOKED, DEPOSITED], [BOOKED, DEPOSITED, READY], [BOOKED, COLLECTED]
    assert [proves_until(facts_of(life), desk) for life in lives] == [
        date(2020, 5, 14),
        date(2021, 7, 1),
        date(2020, 5, 30),
    ]


def test_the_longest_way_of_the_procedure_ends_before_the_proof_does() -> None:
    """Three follow-ups after the deposit, three after the card is ready, and a last wait each."""
    delays, kept = DESK.terms[0].delays, DESK.terms[0].retention
    longest = 2 * 4 * delays.follow_up_days
    assert (months_after(DEPOSITED.at.date(), kept.proof_uncollected_months)).toordinal() >= (
        DEPOSITED.at.date().toordinal() + longest
    )


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
    ],
)
def test_the_day_that_spares_the_tax_is_this_bookings_or_the_first_ones(
    events: list[Event], expected: date | None
) -> None:
    facts = facts_of(events)
    assert facts.appointment is not None
    assert booked_in_time_on(facts, facts.appointment) == expected
