"""What a convocation proves; and which of a dossier's links open."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import NO_LINKS, facts_of
from chalicelib.domain.links import booked_in_time_on, first_booked_on
from tests.builders import (
    CONTACT,
    DESK,
    a_step,
    an_event,
    cancelled,
    confirmed,
    missed,
    paris,
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


# The generation of its links


def told(at: int, email: str | None, source: Source = Source.BOOKING, **more: Any) -> Event:
    """A contact, some minutes after ten."""
    contact = replace(CONTACT, email=email, **more)
    return an_event(
        EventType.CONTACT_UPDATED,
        f"2019-04-08 10:{at:02}",
        f"c{at}",
        contact=contact,
        source=source,
    )


A, B = "lea@example.org", "lea@example.com"
SPELT = " Lea@Example.ORG "
DESK_SAYS = Source.DESK
WANTED = an_event(EventType.LINKS_RENEWED, "2019-04-08 10:30", "new", source=Source.DESK)

#: What was known when a link was sent, what is told besides, and whether it still opens.
GENERATIONS = {
    "told again each night": ([told(1, A)], [told(2, A), told(3, A)], True),
    "in other capitals, with blanks": ([told(1, A)], [told(2, SPELT)], True),
    "another name": ([told(1, A)], [told(2, A, given_name="Léonie")], True),
    "another number": ([told(1, A)], [told(2, A, phone="0700000000")], True),
    "an appointment": ([told(1, A)], [selected("2019-04-08 10:02", contact=None)], True),
    "the same address, told late": ([told(2, A)], [told(1, A)], True),
    "an older address, told late": ([told(2, A)], [told(1, B)], True),
    "corrected": ([told(1, A)], [told(2, B)], False),
    "corrected at the desk": ([told(1, A)], [told(2, B, DESK_SAYS)], False),
    "corrected, and repeated as before": (
        [told(1, A), told(2, B, DESK_SAYS)],
        [told(3, A)],
        True,
    ),
    "corrected, and then by the booking system too": (
        [told(1, A), told(2, B, DESK_SAYS)],
        [told(3, B)],
        True,
    ),
    "taken out": ([told(1, A)], [told(2, None)], False),
    "there and back": ([told(1, A)], [told(2, B), told(3, A)], False),
    "there and back, told late": ([told(1, A)], [told(3, A, given_name="L."), told(2, B)], False),
    "new ones were wanted": ([told(1, A)], [WANTED], False),
    "since new ones were wanted": ([told(1, A), WANTED], [told(40, A)], True),
    "wanted twice": (
        [told(1, A), WANTED],
        [replace(WANTED, event_id="newer", at=paris("2019-04-08 10:31"))],
        False,
    ),
}


@pytest.mark.parametrize("case", GENERATIONS)
def test_a_link_opens_as_long_as_the_address_is_the_one_it_was_sent_to(case: str) -> None:
    then, besides, opens = GENERATIONS[case]
    sent = facts_of(then).links
    assert sent.name in sent.names
    assert (sent.name in facts_of([*then, *besides]).links.names) is opens


def test_whoever_has_no_contact_has_no_links() -> None:
    assert facts_of([selected(contact=None)]).links == NO_LINKS


@given(st.lists(st.sampled_from([A, B, None]), min_size=1, max_size=6), st.data())
def test_no_order_of_arrival_brings_a_link_to_another_address(
    emails: list[str | None], data: st.DataObject
) -> None:
    """Whatever was known when it was sent, and whatever came to be known since."""
    sources = st.sampled_from([Source.BOOKING, Source.DESK])
    events = [told(place, email, data.draw(sources)) for place, email in enumerate(emails)]
    arrived = data.draw(st.permutations(events))
    known = data.draw(st.integers(1, len(arrived)))
    then, now = facts_of(arrived[:known]), facts_of(arrived)
    assert then.contact
    assert now.contact
    if then.links.name in now.links.names:
        assert then.contact.email == now.contact.email
