"""What the next write of a dossier says people find it by."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier, Forgotten
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.names import compact
from chalicelib.domain.recording import record
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import UNFINDABLE, Findable
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    cancelled,
    missed,
    paris,
    selected,
)
from tests.pipeline.worlds import DeskInMemory

PLANNER = Planner(desk=DESK, fingerprint=lambda address: f"<{address}>")
REFERENCE = compact(DOSSIER)
STARTS = paris("2019-05-14 10:30")


def test_a_dossier_is_found_by_its_reference_and_by_its_newest_contact() -> None:
    assert PLANNER.findable(a_dossier(selected())) == Findable(
        reference=REFERENCE,
        family_first="benali lea",
        given_first="lea benali",
        email="<lea@example.org>",
        phone="<+33612345678>",
        appointment_at=STARTS,
        deposit_at=STARTS,
    )


@pytest.mark.parametrize(
    ("contact", "found_by"),
    [
        (replace(CONTACT, mobile=None), {"phone": "<+33612345678>"}),
        (replace(CONTACT, mobile=None, number="+33476603400"), {"phone": "<+33476603400>"}),
        (replace(CONTACT, phone="at my aunt's", number=None, mobile=None), {"phone": None}),
        (replace(CONTACT, number=None, email=None), {"phone": None, "email": None}),
        (
            replace(CONTACT, email="léa@université.example"),
            {"email": "<léa@xn--universit-j4a.example>"},
        ),
        (replace(CONTACT, email="no address"), {"email": "<no address>"}),
        (
            Contact(given_name="", family_name=""),
            {"family_first": None, "given_first": None, "email": None, "phone": None},
        ),
    ],
)
def test_what_a_contact_lacks_is_nothing_to_be_found_by(
    contact: Contact, found_by: dict[str, str | None]
) -> None:
    known = PLANNER.findable(a_dossier(selected(contact=contact)))
    assert {name: getattr(known, name) for name in found_by} == found_by


def test_without_a_contact_there_is_still_an_appointment() -> None:
    dossier = a_dossier(selected(contact=None))
    assert PLANNER.findable(dossier) == Findable(
        reference=REFERENCE, appointment_at=STARTS, deposit_at=STARTS
    )


def test_the_number_of_a_recepisse_is_a_fingerprint_of_its_letters_and_digits() -> None:
    deposit = a_step(EventType.DEPOSITED, "2019-05-14", recepisse_number="R-23")
    assert PLANNER.findable(a_dossier(selected(), deposit)).recepisse == "<r23>"


def test_an_appointment_that_was_cancelled_is_none() -> None:
    dossier = a_dossier(selected(), cancelled("2019-05-01 09:00"))
    assert PLANNER.findable(dossier).appointment_at is None


COLLECTS = selected(
    "2019-06-03 09:00",
    "2019-07-02 09:00",
    appointment_id="A-2",
    purpose=SlotPurpose.COLLECT,
    is_purpose_said=True,
)


@pytest.mark.parametrize(
    ("events", "hours"),
    [
        ([selected()], (STARTS, None)),
        ([selected(), missed("2019-05-14 12:00")], (STARTS, None)),
        ([selected(), cancelled("2019-05-01 09:00")], (None, None)),
        ([selected(), cancelled("2019-05-15 09:00")], (STARTS, None)),
        ([selected(), a_step(EventType.CLOSED, "2019-05-02 09:00")], (None, None)),
        ([selected(), COLLECTS], (STARTS, paris("2019-07-02 09:00"))),
    ],
    ids=["booked", "missed", "called off", "tidied away", "closed", "two"],
)
def test_a_dossier_stands_under_the_hours_of_its_appointments_unless_they_were_called_off(
    events: list[Event], hours: tuple[datetime | None, datetime | None]
) -> None:
    known = PLANNER.findable(a_dossier(*events))
    assert (known.deposit_at, known.collect_at) == hours


def test_each_kind_of_open_work_is_named_once() -> None:
    notices = [
        a_notice(Kind.UNREACHABLE, "dossier"),
        a_notice(Kind.COMPLAINED, "x"),
        a_notice(Kind.COMPLAINED, "y"),
    ]
    closed = an_attempt(a_notice(Kind.UNCONFIRMED, "s"), Status.CLOSED, "2019-05-01 09:00")
    opened = [an_attempt(notice, Status.OPEN, "2019-05-01 09:00") for notice in notices]
    dossier = a_dossier(selected(), ledger=(*opened, closed))
    assert PLANNER.findable(dossier).work == (Kind.COMPLAINED, Kind.UNREACHABLE)


def test_a_dossier_that_is_set_aside_is_found_as_before() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    before = desk.dossiers.load(DOSSIER).findable
    desk.backoff.back_off(DOSSIER)
    assert desk.dossiers.load(DOSSIER).findable == replace(
        before, work=(Kind.SERVE_FAILED,), unanswered_since=desk.at
    )


def test_what_begins_anew_after_it_was_forgotten_is_found_again() -> None:
    gone = Dossier(dossier_id=DOSSIER, forgotten=Forgotten(at=paris("2019-04-01 09:00")))
    assert PLANNER.findable(gone) == UNFINDABLE
    anew, _ = record(gone, selected())
    assert PLANNER.findable(anew).family_first == "benali lea"
