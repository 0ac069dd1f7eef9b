"""The procedure where nobody travels: what is late has happened in the past.

The same telling goes to the local world and to the package deployed with its roles.
"""

from datetime import timedelta
from itertools import count

import pytest

from tests.journeys.driver import STUDENT, Driver
from tests.journeys.student import Student

pytestmark = pytest.mark.enable_socket

_NUMBERS = count(1)

#: A day more than the six weeks after which a student who heard nothing is told so.
SIX_WEEKS_AGO = timedelta(days=43)


@pytest.fixture
def late(either: Driver) -> Student:
    """A student nobody has heard of yet, in either world."""
    return Student(world=either, dossier_id=f"L-{next(_NUMBERS)}")


def test_from_the_booking_to_the_convocation_in_pdf(either: Driver, late: Student) -> None:
    starts_at = late.selects()
    either.rest()
    assert late.received() == [("confirmation_request", "email")]
    assert either.ask("GET", late.link("confirm")).status == 200
    assert late.confirms().status == 200
    either.rest()
    assert late.received()[1:] == [("convocation", "email")]
    page = either.ask("GET", late.link("convocation")).text.replace("\N{NO-BREAK SPACE}", " ")
    assert str(starts_at.year) in page
    pdf = either.ask("GET", late.link("convocation") + "/pdf")
    assert pdf.status == 303
    assert either.ask("GET", pdf.headers["Location"]).body.startswith(b"%PDF-")
    invite = either.ask("GET", late.link("convocation") + "/ics")
    assert "DTSTART;TZID=Europe/Paris:" in invite.text
    assert either.ask("GET", late.link("dossier")).status == 200
    assert {message["fate"] for message in late.messages()} == {"delivered"}
    assert (late.state(), late.work()) == ("confirmed", [])


def test_after_six_weeks_a_silence_is_broken_and_a_card_is_asked_for(
    either: Driver, late: Student
) -> None:
    then = either.now() - SIX_WEEKS_AGO
    on = {"occurred_on": then.date().isoformat(), "student": STUDENT}
    waiting = Student(world=either, dossier_id=f"{late.dossier_id}-card")
    late.say("dossier.deposited", at=then, **on)
    waiting.say("card.ready", at=then, **on)
    either.rest()
    assert sorted(late.received()) == [("no_news", "email"), ("no_news", "sms")]
    assert sorted(waiting.received()) == [("card_waiting", "email"), ("card_waiting", "sms")]
    late.say("card.ready")
    either.rest()
    assert sorted(late.received()[2:]) == [("card_ready", "email"), ("card_ready", "sms")]
    assert {m["fate"] for m in (*late.messages(), *waiting.messages())} == {"delivered"}
    expiry = (either.now() + timedelta(days=365)).date().isoformat()
    late.say("card.collected", card_expires_on=expiry)
    either.rest()
    assert (late.state(), late.work()) == ("collected", [])


def test_a_moved_appointment_ends_its_old_links(either: Driver, late: Student) -> None:
    late.selects(20)
    either.rest()
    old = late.link("confirm")
    late.moves_to(27)
    either.rest()
    assert either.ask("GET", old).status == 410
    assert late.received() == [("confirmation_request", "email")] * 2


def test_what_is_not_signed_is_refused_and_what_comes_twice_is_a_duplicate(
    either: Driver, late: Student
) -> None:
    webhook = late.event("card.ready", student=STUDENT)
    assert either.post(webhook.but(webhook_signature="v1,AAAA")).status == 401
    assert either.post(webhook).json() == {"status": "recorded"}
    either.rest()
    assert either.post(webhook).json() == {"status": "duplicate"}
    either.rest()
    assert sorted(late.received()) == [("card_ready", "email"), ("card_ready", "sms")]


def test_an_event_that_is_of_no_use_waits_for_a_person(either: Driver, late: Student) -> None:
    assert late.say("card.lost", student=STUDENT) == "quarantined"
