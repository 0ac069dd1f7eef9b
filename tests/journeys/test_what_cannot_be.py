"""What was said and cannot be: kept, put before a person, repaired by a correction."""

from datetime import timedelta

import pytest

from tests.journeys.driver import STUDENT, TimeTraveller
from tests.journeys.student import Student, slot

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("dossier.incomplete", "incomplete"),
        ("dossier.deposited", "deposited"),
        ("card.ready", "card_ready"),
        ("card.collected", "collected"),
    ],
)
def test_a_step_of_next_year_is_a_task_until_it_is_corrected(
    world: TimeTraveller, lea: Student, kind: str, step: str
) -> None:
    today = world.now().date()
    said = today.replace(year=today.year + 10).isoformat()
    assert lea.say(kind, student=STUDENT, occurred_on=said) == "recorded"
    world.travel("PT2M")
    assert f"contradiction.1.{step}_day-{said}.desk" in lea.work()
    assert said[:4] not in "".join(m["text"] for m in lea.messages())
    assert lea.say(kind, occurred_on=today.isoformat(), correction=True) == "recorded"
    world.travel("PT2M")
    assert not [one for one in lea.work() if one.startswith("contradiction")]


def test_a_card_of_which_a_nonsense_was_said_has_no_known_end(
    world: TimeTraveller, lea: Student
) -> None:
    lea.say("card.collected", student=STUDENT, card_expires_on="2099-12-31")
    world.travel("PT2M")
    assert lea.work() == ["no_expiry_date.1.card_expiry-2099-12-31.desk"]
    in_a_year = (world.now() + timedelta(days=365)).date().isoformat()
    lea.say("card.collected", card_expires_on=in_a_year)
    world.travel("PT2M")
    assert lea.work() == []


def test_a_miss_of_the_hour_before_the_move_costs_nobody_the_appointment(
    world: TimeTraveller, lea: Student
) -> None:
    old = lea.selects(1)
    world.travel_to(old - timedelta(minutes=5))
    lea.moves_to(30)
    world.rest()
    assert lea.confirms().status == 200
    world.travel_to(old + timedelta(hours=1))
    lea.say("appointment.missed", appointment={"id": f"A-{lea.dossier_id}"})
    world.rest()
    assert (lea.state(), lea.work()) == ("confirmed", [])
    assert ("appointment_missed", "email") not in lea.received()


def test_a_miss_that_its_sender_takes_back_leaves_the_question_what_happened(
    world: TimeTraveller, lea: Student
) -> None:
    starts_at = lea.selects(1)
    lea.is_missed(world)
    assert lea.state() == "missed"
    world.rest()
    kept = {"id": f"A-{lea.dossier_id}", "starts_at": starts_at.isoformat()}
    assert lea.say("appointment.selected", appointment=kept, student=STUDENT) == "recorded"
    world.travel("P4D")
    assert lea.state() == "booked"
    assert [one.partition(".")[0] for one in lea.work()] == ["outcome_unknown"]


def test_the_live_appointment_is_the_one_that_the_newest_message_speaks_of(
    world: TimeTraveller, lea: Student
) -> None:
    lea.selects(30)
    assert lea.confirms().status == 200
    world.rest()
    other = {"id": "A-2", "starts_at": slot(world.now(), 40).isoformat()}
    lea.say("appointment.selected", appointment=other)
    world.rest()
    lea.say("appointment.cancelled", appointment={"id": "A-2"})
    world.rest()
    assert lea.state() == "confirmed"
    assert lea.received()[-1] == ("convocation", "email")
    assert world.ask("GET", lea.link("convocation")).status == 200


def test_what_is_told_each_night_is_kept_once(world: TimeTraveller, lea: Student) -> None:
    starts_at = lea.selects(90)
    same = {"id": f"A-{lea.dossier_id}", "starts_at": starts_at.isoformat()}
    for _ in range(5):
        world.travel("P1D")
        told = lea.say("appointment.selected", appointment=same, student=STUDENT)
        assert told == "duplicate"
    assert len(lea.event_ids()) == 1
