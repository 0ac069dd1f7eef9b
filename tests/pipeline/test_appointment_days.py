"""A day's appointments: who comes when and for what, and what is still to be done about it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, Kind
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import State
from chalicelib.messages.console.views import DayRow
from chalicelib.pipeline.appointment_days import SHOWN_AT_MOST, AppointmentDays
from chalicelib.pipeline.planning import Planner
from tests.builders import (
    CONTACT,
    DESK,
    a_closed_desk,
    a_dossier,
    a_line,
    a_step,
    confirmed,
    missed,
    paris,
    rescheduled,
    selected,
)
from tests.fakes import InMemoryChannels, InMemoryDossiers

TUESDAY = date(2019, 5, 14)
NOW = paris("2019-05-13 12:00")
PLANNER = Planner(desk=DESK, fingerprint=lambda address: f"<{address}>")


def kept(**dossiers: list[Event]) -> InMemoryDossiers:
    found = InMemoryDossiers()
    for dossier_id, events in dossiers.items():
        keep(found, dossier_id, *events)
    return found


def keep(dossiers: InMemoryDossiers, dossier_id: str, *events: Event) -> None:
    line = a_line(Kind.UNCONFIRMED, "s", "2019-05-11 09:00")
    dossier = replace(a_dossier(*events, ledger=(line,)), dossier_id=dossier_id)
    dossiers.write(dossiers.load(dossier_id), PLANNER.write(dossier, NOW))


def days(dossiers: InMemoryDossiers, desk: Desk = DESK) -> AppointmentDays:
    return AppointmentDays(
        dossiers=dossiers, channels=InMemoryChannels(), planner=PLANNER, desk=desk
    )


def rows(dossiers: InMemoryDossiers, day: date = TUESDAY) -> list[DayRow]:
    return list(days(dossiers).of(day).rows)


def to_collect(starts: str) -> Event:
    said = {"purpose": SlotPurpose.COLLECT, "is_purpose_said": True, "appointment_id": "A-2"}
    return selected("2019-06-03 09:00", starts, **said)


def test_the_appointments_of_a_paris_day_are_shown_by_their_hour() -> None:
    dossiers = kept(
        evening=[selected(starts="2019-05-14 23:50")],
        before=[selected(starts="2019-05-13 23:50")],
        morning=[selected(starts="2019-05-14 00:10")],
        after=[selected(starts="2019-05-15 00:00")],
    )
    assert [row.dossier_id for row in rows(dossiers)] == ["morning", "evening"]


def test_a_row_says_who_comes_for_what_and_what_is_to_be_done() -> None:
    visit = a_step(EventType.INCOMPLETE, "2019-05-02 10:00", missing_documents=("passeport",))
    [row] = rows(
        kept(lea=[selected(starts="2019-05-02 10:00"), visit, selected("2019-05-03 10:00")])
    )
    assert row.slot
    assert row == DayRow(
        dossier_id="lea",
        at=paris("2019-05-14 10:30"),
        purpose=SlotPurpose.DEPOSIT,
        kinds=(Kind.UNCONFIRMED,),
        state=State.BOOKED,
        contact=CONTACT,
        slot=row.slot,
        missing=("passeport",),
    )


@pytest.mark.parametrize(
    ("event", "is_confirmed", "is_missed"),
    [
        (None, False, False),
        (confirmed("2019-05-01 09:00"), True, False),
        (missed("2019-05-14 12:00"), False, True),
    ],
)
def test_a_row_says_whether_the_student_has_confirmed_and_whether_they_came(
    event: Event | None, *, is_confirmed: bool, is_missed: bool
) -> None:
    [row] = rows(kept(lea=[selected(), *([event] if event else [])]))
    assert row.slot
    assert (bool(row.slot.confirmed_at), bool(row.slot.missed)) == (is_confirmed, is_missed)


ASKED = a_line(Kind.OUTCOME_UNKNOWN, "s", "2019-05-15 09:00")
COLLECTS = selected(purpose=SlotPurpose.COLLECT, is_purpose_said=True)


@pytest.mark.parametrize(
    ("events", "line", "is_unanswered"),
    [
        ([selected()], ASKED, True),
        ([selected()], a_line(Kind.UNCONFIRMED, "s", "2019-05-11 09:00"), False),
        ([selected(), missed("2019-05-14 12:00")], ASKED, False),
        ([selected(), a_step(EventType.DEPOSITED, "2019-05-14 11:00")], ASKED, False),
        ([a_step(EventType.CARD_READY, "2019-05-02 11:00"), COLLECTS], ASKED, True),
    ],
    ids=["asked", "not asked", "missed", "deposited", "to collect"],
)
def test_an_appointment_is_unanswered_while_the_desk_is_asked_and_nobody_has_said(
    events: list[Event], line: Attempt, *, is_unanswered: bool
) -> None:
    dossiers = InMemoryDossiers()
    dossier = replace(a_dossier(*events, ledger=(line,)), dossier_id="lea")
    dossiers.write(dossiers.load("lea"), PLANNER.write(dossier, NOW))
    [row] = rows(dossiers)
    assert row.is_unanswered is is_unanswered
    assert (row.foresee is not None) is is_unanswered
    # What was answered is asked no more, though the line stands until the dossier is served.
    assert (Kind.OUTCOME_UNKNOWN in row.kinds) is is_unanswered


def test_a_dossier_is_there_on_the_day_of_each_of_its_two_appointments() -> None:
    dossiers = kept(lea=[selected(), to_collect("2019-07-02 09:00")])
    both = [*rows(dossiers), *rows(dossiers, date(2019, 7, 2))]
    assert [row.purpose for row in both] == [SlotPurpose.DEPOSIT, SlotPurpose.COLLECT]


def test_an_appointment_that_the_index_still_has_at_its_old_hour_is_not_shown() -> None:
    dossiers = kept(lea=[selected()])
    version, write = dossiers.kept["lea"]
    moved = a_dossier(selected(), rescheduled("2019-05-02 09:00", "2019-06-04 09:00"))
    dossiers.kept["lea"] = version, replace(write, dossier=replace(moved, dossier_id="lea"))
    assert rows(dossiers) == []


def test_a_dossier_that_cannot_be_read_keeps_its_place_and_says_no_more() -> None:
    dossiers = kept(lea=[selected()])
    dossiers.spoil("lea")
    [row] = rows(dossiers)
    assert (row.at, row.state, row.contact, row.slot) == (paris("2019-05-14 10:30"), *[None] * 3)


def test_of_a_day_with_too_many_the_first_are_shown_and_it_says_so() -> None:
    dossiers = kept(**{f"D{n}": [selected()] for n in range(SHOWN_AT_MOST + 1)})
    view = days(dossiers).of(TUESDAY)
    assert (len(view.rows), view.more) == (SHOWN_AT_MOST, True)


def test_what_everybody_brings_is_told_for_the_purposes_of_that_day() -> None:
    of_lea = days(kept(lea=[selected()]))
    papers = DESK.terms_on(TUESDAY).papers["deposit"][Language.FR]
    assert of_lea.of(TUESDAY).papers == {SlotPurpose.DEPOSIT: tuple(papers)}
    assert of_lea.of(TUESDAY + timedelta(days=1)).papers == {}


@pytest.mark.parametrize(
    ("day", "is_open", "before", "after"),
    [
        (date(2019, 5, 14), True, date(2019, 5, 13), date(2019, 5, 15)),
        (date(2019, 5, 12), False, date(2019, 5, 10), date(2019, 5, 13)),
        (date(2019, 5, 7), True, date(2019, 5, 6), date(2019, 5, 9)),  # the 8th is a holiday
    ],
)
def test_the_days_beside_it_are_those_on_which_the_desk_is_open(
    day: date, before: date, after: date, *, is_open: bool
) -> None:
    view = days(kept()).of(day)
    assert (view.is_open, view.before, view.after) == (is_open, before, after)


def test_beyond_a_closure_of_months_there_is_no_day_beside_it() -> None:
    desk = a_closed_desk("2019-01-01", "2019-12-31")
    view = days(kept(), desk).of(TUESDAY)
    assert (view.is_open, view.before, view.after) == (False, None, None)
