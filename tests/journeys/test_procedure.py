"""The procedure as a student lives it, from the chosen slot to the card."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.journeys.driver import STUDENT, TimeTraveller
from tests.journeys.student import Student

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("tuesday")]

SIX_WEEKS = timedelta(days=42)


def hour(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def nine(at: datetime) -> str:
    return f"{at:%Y-%m-%dT}09:00"


def test_a_dossier_from_booking_to_week_six_and_collection(
    world: TimeTraveller, lea: Student
) -> None:
    starts_at = lea.selects(28)
    assert lea.state() == "booked"
    lea.confirms()
    world.travel_to(starts_at + timedelta(hours=1))
    deposited_at = world.now()
    lea.say("dossier.deposited", recepisse_number="3812019412")
    world.travel("P42D")
    ready_at = world.now()
    lea.say("card.ready")
    world.travel("P2D")
    expiry = (world.now() + timedelta(days=365)).date().isoformat()
    lea.say("card.collected", card_expires_on=expiry)
    world.travel("P60D")
    assert [(m["at"][:16], m["notice"], m["channel"]) for m in lea.messages()][2:] == [
        (nine(starts_at - timedelta(days=14)), "check_reminder", "email"),
        (nine(starts_at - timedelta(days=3)), "appointment_reminder", "email"),  # not on a Sunday
        (nine(starts_at - timedelta(days=3)), "appointment_reminder", "sms"),
        (hour(deposited_at), "deposit_receipt", "email"),
        (nine(deposited_at + SIX_WEEKS), "no_news", "email"),
        (nine(deposited_at + SIX_WEEKS), "no_news", "sms"),
        (hour(ready_at), "card_ready", "sms"),
        (hour(ready_at), "card_ready", "email"),
    ]
    assert lea.received()[:2] == [("confirmation_request", "email"), ("convocation", "email")]
    assert {m["fate"] for m in lea.messages()} == {"delivered"}
    assert (lea.state(), lea.work()) == ("collected", [])


def test_looking_at_the_confirmation_page_confirms_nothing(
    world: TimeTraveller, lea: Student
) -> None:
    lea.selects()
    for method in ("GET", "HEAD", "GET"):
        assert world.ask(method, lea.link("confirm")).status == 200
    world.travel("PT1M")
    assert lea.received() == [("confirmation_request", "email")]
    assert lea.state() == "booked"


def test_the_convocation_can_be_read_printed_and_put_into_a_calendar(
    world: TimeTraveller, lea: Student
) -> None:
    starts_at = lea.selects()
    lea.confirms()
    page = world.ask("GET", lea.link("convocation")).text.replace("\N{NO-BREAK SPACE}", " ")
    assert f"{starts_at.year} à 10 h 20" in page
    pdf = world.ask("GET", lea.link("convocation") + "/pdf")
    assert pdf.status == 303
    assert world.ask("GET", pdf.headers["Location"]).body.startswith(b"%PDF-")
    invite = world.ask("GET", lea.link("convocation") + "/ics")
    assert f"DTSTART;TZID=Europe/Paris:{starts_at:%Y%m%dT%H%M}00" in invite.text


def test_a_lost_card_ready_sms_is_saved_by_its_twin_and_by_a_second_sms(
    world: TimeTraveller, lea: Student
) -> None:
    world.lose_next_sms("card_ready")
    lea.say("card.ready", student=STUDENT)
    world.travel("P2D")
    assert [(m["channel"], m["fate"]) for m in lea.messages()] == [
        ("sms", "lost"),
        ("email", "delivered"),
    ]
    world.travel("P2D")
    assert [(m["channel"], m["attempt"], m["fate"]) for m in lea.messages()][2:] == [
        ("sms", 2, "delivered")
    ]
    assert lea.work() == []


def test_a_reschedule_kills_every_old_link_and_asks_again(
    world: TimeTraveller, lea: Student
) -> None:
    lea.selects(20)
    lea.confirms()
    old = [lea.link("confirm"), *(lea.link("convocation") + end for end in ("", "/pdf", "/ics"))]
    starts_at = lea.moves_to(27)
    for link in old:
        answer = world.ask("GET", link)
        assert answer.status == 410
        assert "remplacé" in answer.text
        assert str(starts_at.year) not in answer.text
    assert world.ask("POST", old[0]).status == 410
    assert lea.state() == "booked"
    assert lea.received()[2:] == [("confirmation_request", "email")]
    lea.confirms()
    assert lea.received()[3:] == [("convocation", "email")]
    assert world.ask("GET", lea.link("dossier")).status == 200


def test_two_clicks_send_one_convocation(world: TimeTraveller, lea: Student) -> None:
    lea.selects()
    assert [lea.confirms().status for _ in range(2)] == [200, 200]
    world.travel("PT10M")
    assert lea.received()[1:] == [("convocation", "email")]


def test_clicks_at_the_same_instant_send_one_convocation(
    world: TimeTraveller, lea: Student
) -> None:
    lea.selects()
    link = lea.link("confirm")
    with ThreadPoolExecutor(max_workers=6) as clicks:
        answers = list(clicks.map(lambda _: world.ask("POST", link), range(6)))
    assert {answer.status for answer in answers} == {200}
    world.travel("PT10M")
    assert lea.received()[1:] == [("convocation", "email")]


def test_six_weeks_in_one_go_stop_at_each_instant_at_which_something_is_due(
    world: TimeTraveller, lea: Student, tuesday: datetime
) -> None:
    waiting, waiting_since_saturday = (
        Student(world=world, dossier_id=f"{lea.dossier_id}-{day}") for day in ("tue", "sat")
    )
    saturday = tuesday - timedelta(days=3)
    starts_at = lea.selects(28)
    lea.confirms()
    waiting.say("dossier.deposited", student=STUDENT)
    day = saturday.date().isoformat()
    waiting_since_saturday.say("dossier.deposited", occurred_on=day, student=STUDENT)
    moved = world.travel("P42D")
    assert moved["stops"] >= 4
    assert told(lea)[2:] == [
        ("check_reminder", nine(starts_at - timedelta(days=14))),
        *[("appointment_reminder", nine(starts_at - timedelta(days=3)))] * 2,
    ]
    assert told(waiting)[1:] == [("no_news", nine(tuesday + SIX_WEEKS))] * 2
    assert told(waiting_since_saturday)[1:] == [("no_news", nine(saturday + SIX_WEEKS))] * 2


def told(student: Student) -> list[tuple[str, str]]:
    """Each message, and when: a message more is named."""
    return [(m["notice"], m["at"][:16]) for m in student.messages()]


def test_a_cancelled_appointment_is_said_once_and_its_links_are_dead(
    world: TimeTraveller, lea: Student
) -> None:
    lea.selects()
    lea.confirms()
    link = lea.link("convocation")
    lea.say("appointment.cancelled", appointment={"id": f"A-{lea.dossier_id}"})
    world.travel("P1D")
    assert lea.received()[2:] == [("appointment_cancelled", "email")]
    assert world.ask("GET", link).status == 410
    assert lea.state() == "cancelled"
