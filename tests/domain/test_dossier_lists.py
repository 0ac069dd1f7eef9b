"""What a row of a list says beside its dossier: news, the same, or a doubt; never a guess."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.bulk import Listed, ListedStep
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.dossier_lists import (
    Comparison,
    Difference,
    Doubt,
    ListedRow,
    Standing,
    Telling,
    beside,
    days_of,
    doubts_among,
)
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State
from tests.builders import CONTACT, DESK, DOSSIER, a_step, an_event, confirmed, paris, selected

NOW = paris("2019-04-10 09:00")
OLD, NEW = paris("2019-05-14 10:30"), paris("2019-05-21 11:10")
TELLING = Telling(name="list-b-0", by="c.martin", at=NOW, received_at=NOW + timedelta(minutes=10))


def says(at: datetime | None = NEW, **more: Any) -> Listed:
    return Listed(dossier_id=DOSSIER, starts_at=at, **{"contact": CONTACT, **more})


def known(*events: Event) -> Dossier:
    return Dossier(dossier_id=DOSSIER, events=events)


def compared(listed: Listed, *events: Event) -> Comparison:
    return beside(listed, known(*events), TELLING, DESK)


def told(found: Comparison) -> list[tuple[EventType, str | None, datetime | None]]:
    return [(e.type, e.appointment_id, e.starts_at) for e in found.events]


BOOKED = selected("2019-04-08 10:00")
MOVED = an_event(EventType.RESCHEDULED, "2019-04-09 10:00", appointment_id="A1", starts_at=NEW)
ADDRESSED = an_event(
    EventType.CONTACT_UPDATED, "2019-04-09 11:00", contact=replace(CONTACT, email="l@example.org")
)
CANCELLED = an_event(EventType.CANCELLED, "2019-04-09 10:00", appointment_id="A1")


def test_a_dossier_that_nobody_knows_begins_with_its_row() -> None:
    found = compared(says())
    assert told(found) == [(EventType.SELECTED, "list-b-0", NEW)]
    [event] = found.events
    assert (event.source, event.by, event.contact) == (Source.DESK, "c.martin", CONTACT)
    assert (event.at, event.event_id) == (NOW, "list-b-0-selected")
    assert (found.standing, found.doubts) == (Standing.NEW, ())
    assert found.after.facts.appointment
    assert found.differences == (Difference(field="starts_at", was=None, now=NEW),)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([BOOKED], [(EventType.RESCHEDULED, "A1", NEW)], id="moved"),
        pytest.param(
            [BOOKED, confirmed("2019-04-08 11:00")],
            [(EventType.RESCHEDULED, "A1", NEW)],
            id="moved though confirmed",
        ),
        pytest.param(
            [BOOKED, CANCELLED], [(EventType.SELECTED, "list-b-0", NEW)], id="after a cancellation"
        ),
        pytest.param(
            [selected("2019-03-01 10:00", "2019-04-02 10:00")],
            [(EventType.SELECTED, "list-b-0", NEW)],
            id="after one whose hour has passed",
        ),
    ],
)
def test_another_hour_is_news(events: list[Event], expected: list[tuple[object, ...]]) -> None:
    found = compared(says(), *events)
    assert told(found) == expected
    assert (found.standing, found.doubts) == (Standing.CHANGED, ())
    assert found.after.facts.appointment
    assert found.after.facts.appointment.starts_at == NEW


def test_the_same_list_again_says_nothing_and_an_older_one_is_news_again() -> None:
    """A, then A, then B, then A: whatever the last list says is what holds."""
    first = compared(says())
    assert beside(says(), first.after, TELLING, DESK).standing is Standing.UNCHANGED
    second = beside(says(OLD), first.after, on_day(1), DESK)
    third = beside(says(), second.after, on_day(2), DESK)
    assert [told(one)[0][2] for one in (second, third)] == [OLD, NEW]


def on_day(number: int) -> Telling:
    """Another list, so many days later."""
    at = NOW + timedelta(days=number)
    return replace(TELLING, name=f"list-{number}", at=at, received_at=at + timedelta(minutes=10))


SAME = (
    CONTACT,
    None,
    Contact(given_name="", family_name=""),
    Contact(given_name="", family_name="BENALI Lea"),
    Contact(given_name="Benali", family_name="Léa"),
    Contact(given_name="", family_name="Benali"),
    Contact(given_name="LEA", family_name=""),
    replace(CONTACT, email="LEA@example.org", phone="06 12 34 56 78"),
    replace(CONTACT, email=None, phone=None, number=None, mobile=None),
)


@pytest.mark.parametrize("contact", SAME, ids=range(len(SAME)))
def test_another_spelling_and_an_empty_cell_are_no_news(contact: Contact | None) -> None:
    found = compared(says(OLD, contact=contact), BOOKED)
    assert (found.events, found.standing, found.doubts) == ((), Standing.UNCHANGED, ())
    assert found.differences == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"family_name": "Benali Martin"}, "name"),
        ({"email": "lea.benali@example.org"}, "email"),
        ({"phone": "07 55 51 25 01", "number": "+33755512501", "mobile": "+33755512501"}, "phone"),
        ({"language": Language.EN}, "language"),
    ],
)
def test_what_a_row_says_of_a_person_replaces_that_alone(
    change: dict[str, Any], field: str
) -> None:
    said = replace(Contact(given_name="", family_name=""), **change)
    if field == "name":
        said = replace(said, given_name="Léa")
    found = compared(says(OLD, contact=said), BOOKED)
    [event] = found.events
    assert event.type is EventType.CONTACT_UPDATED
    assert event.contact == replace(CONTACT, **change)
    assert [one.field for one in found.differences] == [field]
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (("Benali-Roy", ""), ("Benali-Roy", "Léa")),
        (("", "Léonie"), ("Benali", "Léonie")),
        (("Léa Benali Roy", ""), ("Léa Benali Roy", "")),
        (("Benali", "Léonie"), ("Benali", "Léonie")),
    ],
)
def test_one_word_of_a_name_takes_the_other_part_not_away(
    said: tuple[str, str], becomes: tuple[str, str]
) -> None:
    """In one cell a whole name may stand as well: it has several words."""
    family, given = said
    found = compared(says(OLD, contact=Contact(given_name=given, family_name=family)), BOOKED)
    contact = found.after.facts.contact
    assert contact
    assert (contact.family_name, contact.given_name) == becomes


@pytest.mark.parametrize(
    ("listed", "events", "doubts"),
    [
        (says(paris("2019-04-10 09:10")), (), {Doubt.PAST}),
        (says(paris("2018-04-10 09:10")), [BOOKED], {Doubt.PAST}),
        (says(), [a_step(EventType.DEPOSITED, "2019-04-09 10:00")], {Doubt.STATE}),
        (says(purpose=SlotPurpose.COLLECT), [a_step(EventType.CARD_READY, "2019-04-09 10:00")], ()),
        (says(purpose=SlotPurpose.COLLECT), (), {Doubt.NO_CARD}),
        (says(purpose=SlotPurpose.COLLECT, steps=(ListedStep(type=EventType.CARD_READY),)), (), ()),
        (
            says(purpose=SlotPurpose.COLLECT),
            [a_step(EventType.DEPOSITED, "2019-04-09 10:00")],
            {Doubt.NO_CARD},
        ),
        (
            says(purpose=SlotPurpose.COLLECT),
            [a_step(EventType.COLLECTED, "2019-04-09 10:00")],
            {Doubt.STATE},
        ),
        (says(OLD), [BOOKED, CANCELLED], {Doubt.CALLED_OFF}),
        (says(OLD), [BOOKED, MOVED], {Doubt.BACK}),
        (says(OLD, is_gone=True), [BOOKED, MOVED, ADDRESSED], {Doubt.BACK}),
        (says(NEW), [BOOKED, MOVED, ADDRESSED], {Doubt.BACK}),
        (says(NEW, contact=ADDRESSED.contact), [BOOKED], ()),
        (says(paris("2019-05-21 03:00")), (), {Doubt.SHUT}),
        (says(paris("2019-05-19 10:30")), (), {Doubt.SHUT}),
        (says(paris("2022-05-17 10:30")), (), {Doubt.FAR}),
        (says(contact=replace(CONTACT, given_name="Tom", family_name="Okafor")), [BOOKED],
         {Doubt.NAME}),
        (says(contact=replace(CONTACT, email="lea.@x")), (), {Doubt.ADDRESS}),
        (says(contact=replace(CONTACT, phone="06", number=None)), (), {Doubt.ADDRESS}),
        (says(None), (), ()),
    ],
)  # fmt: skip
def test_what_cannot_be_or_is_surprising_is_for_a_person(
    listed: Listed, events: list[Event], doubts: set[Doubt]
) -> None:
    assert set(compared(listed, *events).doubts) == set(doubts)


def test_what_is_called_off_and_meant_after_all_stands_again() -> None:
    found = compared(says(OLD), BOOKED, CANCELLED)
    assert told(found) == [(EventType.SELECTED, "A1", OLD)]
    assert found.after.facts.appointment
    assert found.after.facts.appointment.is_live


def test_what_is_not_on_the_list_is_cancelled_if_it_stands_as_it_was_seen() -> None:
    gone = says(OLD, is_gone=True, contact=None)
    found = compared(gone, BOOKED)
    assert told(found) == [(EventType.CANCELLED, "A1", None)]
    assert found.differences == (Difference(field="starts_at", was=OLD, now=None),)
    for events in ((), (BOOKED, CANCELLED), (selected("2019-04-08 10:00", "2019-05-15 10:30"),)):
        assert compared(gone, *events).events == ()


def test_a_dossier_that_takes_nothing_more_is_in_doubt() -> None:
    newer = replace(BOOKED, at=NOW + timedelta(minutes=5), received_at=NOW + timedelta(minutes=5))
    found = compared(says(), newer)
    assert found.doubts == (Doubt.REFUSED,)


def listed(*rows: Listed) -> list[ListedRow]:
    return [ListedRow(number=n, text="", says=one) for n, one in enumerate(rows, 2)]


def test_rows_of_one_dossier_that_disagree_are_all_in_doubt() -> None:
    other = replace(says(), dossier_id="G-2")
    collect = replace(says(), purpose=SlotPurpose.COLLECT)
    rows = listed(says(), says(OLD), other, other, collect)
    assert doubts_among(rows, 12) == {
        0: Doubt.DISAGREES,
        1: Doubt.DISAGREES,
        3: Doubt.TWICE,
    }


def test_an_address_that_too_many_rows_have_is_in_doubt() -> None:
    rows = listed(*(replace(says(), dossier_id=f"G-{n}") for n in range(3)))
    assert doubts_among(rows, 3) == {}
    assert doubts_among(rows, 2) == dict.fromkeys(range(3), Doubt.SHARED)
    assert doubts_among(listed(says(contact=None)), 0) == {}


def test_a_list_covers_the_days_ahead_that_it_names() -> None:
    rows = listed(says(), says(OLD), says(NOW), says(None))
    assert days_of(rows, NOW) == (OLD, NEW)
    assert days_of(rows[2:], NOW) is None


def step(kind: EventType, day: str, **more: Any) -> ListedStep:
    return ListedStep(type=kind, day=date.fromisoformat(day), **more)


def test_steps_that_were_reached_elsewhere_are_told_the_latest_first() -> None:
    steps = (step(EventType.CARD_READY, "2019-04-01"), step(EventType.DEPOSITED, "2019-02-01"))
    found = compared(says(None, steps=steps))
    assert [(e.type, e.day, e.is_taken_over) for e in found.events] == [
        (EventType.CARD_READY, date(2019, 4, 1), True),
        (EventType.DEPOSITED, date(2019, 2, 1), True),
    ]
    assert [one.field for one in found.differences] == ["card.ready", "dossier.deposited"]
    assert (found.after.state, found.doubts) == (State.CARD_READY, ())
    again = beside(says(None, steps=steps), found.after, on_day(1), DESK)
    assert again.standing is Standing.UNCHANGED


@pytest.mark.parametrize(
    "steps",
    [
        (step(EventType.DEPOSITED, "2019-04-11"),),
        (step(EventType.DEPOSITED, "2009-04-11"),),
        (step(EventType.CARD_READY, "2019-02-01"), step(EventType.DEPOSITED, "2019-03-01")),
    ],
)
def test_a_step_on_a_day_that_cannot_be_is_for_a_person(steps: tuple[ListedStep, ...]) -> None:
    assert compared(says(None, steps=steps)).doubts == (Doubt.STEP_DAY,)


def test_an_appointment_that_is_confirmed_elsewhere_is_so_here() -> None:
    found = compared(says(is_confirmed=True))
    assert [e.type for e in found.events] == [EventType.CONFIRMED, EventType.SELECTED]
    assert found.after.state is State.CONFIRMED
    known = compared(says(OLD, is_confirmed=True), BOOKED)
    assert told(known) == [(EventType.CONFIRMED, "A1", None)]
    assert beside(says(OLD, is_confirmed=True), known.after, on_day(1), DESK).events == ()
