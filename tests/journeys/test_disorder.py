"""Events that come late, in the wrong order, or about dossiers nobody has heard of."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.clock.paris import iso
from tests.journeys.driver import STUDENT, Message, Signed, TimeTraveller
from tests.journeys.student import Arrived, Student, slot

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("tuesday")]

CARD_READY: list[Arrived] = [("card_ready", "email"), ("card_ready", "sms")]

#: Places of the seven events of a life: as they happened, backwards, and three shuffles.
ORDERS = {
    "in order": (0, 1, 2, 3, 4, 5, 6),
    "backwards": (6, 5, 4, 3, 2, 1, 0),
    "the end first": (5, 6, 0, 1, 2, 3, 4),
    "every second first": (1, 3, 5, 0, 2, 4, 6),
    "from the middle out": (3, 2, 4, 1, 5, 0, 6),
}


def life(lea: Student, now: datetime) -> list[Signed]:
    """Seven events of the last twelve days. The same ids in every dossier: their facts compare."""
    moved = slot(now - timedelta(days=8), 5)
    first, second = (
        {"id": "A-1", "starts_at": at.isoformat()} for at in (moved - timedelta(days=1), moved)
    )
    told: Sequence[tuple[str, float, dict[str, Any]]] = (
        ("appointment.selected", 12, {"appointment": first, "student": STUDENT}),
        ("appointment.rescheduled", 11, {"appointment": second}),
        ("appointment.confirmed", 10, {"appointment": {"id": "A-1"}}),
        ("dossier.checked", 9, {}),
        ("dossier.deposited", 2.5, {"recepisse_number": "R-1"}),
        ("contact.updated", 2, {"student": {**STUDENT, "language": "en"}}),
        ("card.ready", 1, {}),
    )
    return [
        lea.world.signed(
            json.dumps(
                {
                    "type": kind,
                    "timestamp": iso(now - timedelta(days=days)),
                    "data": {"dossier_id": lea.dossier_id, **data},
                }
            ),
            f"life_{number}",
        )
        for number, (kind, days, data) in enumerate(told)
    ]


def what_matters(dossier: Message) -> tuple[Any, Any, Any]:
    plan = [(o["notice"], o["number"], o["channel"], o["due_at"]) for o in dossier["plan"]]
    return dossier["state"], without_arrivals(dossier["facts"]), plan


def without_arrivals(facts: Any) -> Any:
    """Facts without the instant at which we learnt each of them: that alone is no fact of life."""
    if not isinstance(facts, dict):
        return facts
    return {name: without_arrivals(fact) for name, fact in facts.items() if name != "learnt_at"}


def test_any_order_of_a_whole_life_ends_in_the_same_facts_state_and_plan(
    world: TimeTraveller, lea: Student, tuesday: datetime
) -> None:
    students = [
        Student(world=world, dossier_id=f"{lea.dossier_id}-{n}") for n in range(len(ORDERS))
    ]
    lives = [life(student, tuesday) for student in students]
    for events, order in zip(lives, ORDERS.values(), strict=True):
        for place in order:
            assert world.post(events[place]).status in (200, 202)
    world.travel("PT2M")
    ends = [what_matters(world.dossier(student.dossier_id)) for student in students]
    assert ends[0][0] == "card_ready"
    assert [end for end in ends if end != ends[0]] == []
    for student in students:
        assert sorted(student.received()) == CARD_READY
        assert {m["headers"].get("Content-Language", "en") for m in student.messages()} == {"en"}


def test_a_backlog_sends_no_superseded_mail(
    world: TimeTraveller, lea: Student, tuesday: datetime
) -> None:
    for event in life(lea, tuesday):
        assert world.post(event).status == 202
    assert lea.messages() == []  # there may be more to come
    world.travel("P1D")
    assert sorted(lea.received()) == CARD_READY


def test_a_late_move_sends_one_request_for_the_last_hour_only(
    world: TimeTraveller, lea: Student
) -> None:
    now = world.now()
    for hours, days in ((5, 20), (4, 25), (3, 30)):
        kind = "appointment.selected" if hours == 5 else "appointment.rescheduled"
        appointment = {"id": "A-1", "starts_at": slot(now, days).isoformat()}
        at = now - timedelta(hours=hours)
        lea.say(kind, at=at, appointment=appointment, student=STUDENT)
    world.travel("PT5M")
    assert lea.received() == [("confirmation_request", "email")]
    assert f" {slot(now, 30).day}" in lea.messages()[0]["subject"]


def test_a_move_that_comes_after_the_news_that_it_was_taken_back_moves_nothing(
    world: TimeTraveller, lea: Student
) -> None:
    """Nothing follows from what is said again; but it is not forgotten when it was said."""
    chosen = lea.selects(30)
    first = {"id": f"A-{lea.dossier_id}", "starts_at": chosen.isoformat()}
    moved = {**first, "starts_at": slot(world.now(), 40).isoformat()}
    world.travel("PT2M")
    link = lea.link("confirm")
    world.travel("PT8M")
    between = world.now() - timedelta(minutes=5)
    said = [lea.say("appointment.selected", appointment=first, student=STUDENT)]
    world.travel("PT2M")
    assert world.ask("GET", link).status == 200
    assert lea.received() == [("confirmation_request", "email")]
    said += [lea.say("appointment.selected", at=between, appointment=moved, student=STUDENT)]
    world.travel("PT2M")
    facts = world.dossier(lea.dossier_id)["facts"]
    assert (lea.state(), facts["appointment"]["starts_at"]) == ("booked", chosen.isoformat())
    assert said == ["duplicate", "recorded"]
    assert lea.received() == 2 * [("confirmation_request", "email")]


def test_an_older_slot_is_stale_and_changes_nothing(world: TimeTraveller, lea: Student) -> None:
    starts_at = lea.selects(30)
    older = {"id": f"A-{lea.dossier_id}", "starts_at": slot(world.now(), 9).isoformat()}
    earlier = world.now() - timedelta(minutes=5)
    webhook = lea.event("appointment.rescheduled", at=earlier, appointment=older)
    answer = world.post(webhook)
    assert (answer.status, answer.json()) == (200, {"status": "stale"})
    facts = world.dossier(lea.dossier_id)["facts"]
    assert facts["appointment"]["starts_at"] == starts_at.isoformat()
    assert webhook.event_id in lea.event_ids()


@pytest.mark.parametrize(
    ("kind", "data", "state", "received"),
    [
        ("dossier.deposited", {}, "deposited", [("deposit_receipt", "email")]),
        ("dossier.incomplete", {}, "incomplete", [("missing_documents", "email")]),
        ("card.ready", {}, "card_ready", CARD_READY),
        ("card.collected", {"card_expires_on": "2020-09-30"}, "collected", []),
        ("appointment.confirmed", {"appointment": {"id": "A-1"}}, "known", []),
        ("appointment.cancelled", {"appointment": {"id": "A-1"}}, "known", []),
        ("appointment.missed", {"appointment": {"id": "A-1"}}, "known", []),
        ("dossier.checked", {}, "known", []),
        ("contact.updated", {}, "known", []),
    ],
)
def test_an_event_of_an_unknown_dossier_begins_one(
    world: TimeTraveller,
    lea: Student,
    kind: str,
    data: dict[str, Any],
    state: str,
    received: list[Arrived],
) -> None:
    assert lea.say(kind, student=STUDENT, **data) == "recorded"
    world.travel("PT1M")
    assert (lea.state(), sorted(lea.received()), lea.work()) == (state, received, [])


@pytest.mark.parametrize("kind", ["dossier.deposited", "dossier.incomplete", "card.ready"])
def test_what_cannot_be_told_to_a_student_without_an_address_is_in_front_of_a_person(
    lea: Student, kind: str
) -> None:
    lea.say(kind)
    assert lea.messages() == []
    assert [notice.split(".")[0] for notice in lea.work()] == ["unreachable"]
