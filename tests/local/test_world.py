"""The whole world in one process."""

import io
import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.decoding.booking_events import BODY_AT_MOST
from chalicelib.domain.events import Source
from chalicelib.pipeline.intake import FULL
from chalicelib.storage.document import encode
from local.clock.paris import instant
from local.clock.travelling import CannotGoBack
from local.world import World

pytestmark = pytest.mark.enable_socket

START = datetime(2019, 4, 8, 8, 0, tzinfo=UTC)
SLOT = {"id": "A-1", "starts_at": "2019-05-06T10:20:00+02:00"}
STUDENT = {
    "given_name": "Léa",
    "family_name": "Benali",
    "email": "lea@example.org",
    "phone": "+33612345678",
}


@pytest.fixture
def world() -> Iterator[World]:
    with World(start=START, ticks=False) as world:
        yield world


def event(kind: str, dossier_id: str = "D-1", **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"dossier_id": dossier_id, "student": STUDENT, **data}}


def booked(world: World) -> World:
    assert world.deliver(event("appointment.selected", appointment=SLOT)).status == 202
    return world


def confirmed(world: World) -> World:
    [link] = [link for link in booked(world).outbox()[0]["links"] if "/confirm/" in link]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert world.request("POST", link, form).status < 400
    return world


def notices(world: World) -> list[tuple[str, str]]:
    return [(message["notice"], message["channel"]) for message in world.outbox()]


def test_a_webhook_leads_to_an_email_at_once(world: World) -> None:
    assert notices(booked(world)) == [("confirmation_request", "email")]
    assert world.outbox()[0]["at"] == "2019-04-08T10:00:00+02:00"


def test_a_receipt_arrives_a_few_seconds_later(world: World) -> None:
    booked(world)
    assert world.outbox()[0]["fate"] == "accepted"
    world.travel(START + timedelta(minutes=1))
    assert world.outbox()[0]["fate"] == "delivered"
    sheet = world.sheet("D-1")
    assert sheet is not None
    assert [attempt.status for attempt in sheet.dossier.ledger] == ["delivered"]


def test_travelling_runs_what_falls_due_on_the_way_at_its_hour(world: World) -> None:
    confirmed(world).travel(instant("2019-05-05T12:00:00+02:00"))
    assert [(m["at"], m["notice"], m["channel"]) for m in world.outbox()][2:] == [
        ("2019-04-20T09:00:00+02:00", "check_reminder", "email"),
        ("2019-05-04T09:00:00+02:00", "appointment_reminder", "email"),
        ("2019-05-04T09:00:00+02:00", "appointment_reminder", "sms"),
    ]


def test_a_lost_sms_is_accepted_and_never_heard_of_again(world: World) -> None:
    world.faults.switch({"lost_sms": 1})
    confirmed(world).travel(instant("2019-05-05T12:00:00+02:00"))
    [sms] = [message for message in world.outbox() if message["channel"] == "sms"]
    assert sms["fate"] == "lost"
    sheet = world.sheet("D-1")
    assert sheet is not None
    statuses = {str(a.notice.channel): a.status for a in sheet.dossier.ledger[-2:]}
    assert statuses == {"email": "delivered", "sms": "accepted"}


def test_the_world_cannot_go_back(world: World) -> None:
    with pytest.raises(CannotGoBack):
        world.travel(START - timedelta(seconds=1))


def test_an_unknown_dossier_has_no_sheet(world: World) -> None:
    assert world.sheet("D-none") is None
    assert list(world.dossier_ids()) == []


def test_a_dossier_is_full_here_when_it_is_full_on_aws(world: World) -> None:
    """Not at half of that: what is told beyond it waits for a person, and the dossier lives on."""

    def refused(number: int) -> str:
        world.travel(START + timedelta(minutes=number))
        papers = [f"{number} {paper} {'紙' * 280}" for paper in range(50)]
        reply = world.deliver(event("dossier.incomplete", missing_documents=papers))
        return str(json.loads(reply.body).get("reason", ""))

    said = [refused(number) for number in range(10)]
    kept = world.sheet("D-1")
    assert kept
    most = FULL[Source.BOOKING]
    assert most - 10_000 < len(encode(kept.dossier).encode()) < most + BODY_AT_MOST
    full = f"dossier: holds more than {most:,} bytes already"
    assert said == [""] * len(kept.dossier.events) + [full] * (10 - len(kept.dossier.events))
    world.travel(START + timedelta(days=1))
    assert world.failures == []


def test_nothing_failed_and_no_log_line_names_anybody() -> None:
    log = io.StringIO()
    with World(start=START, ticks=False, log=log) as world:
        confirmed(world).travel(instant("2019-05-05T12:00:00+02:00"))
        assert world.failures == []
    lines = log.getvalue()
    assert '"dossier_id":"D-1"' in lines
    assert not [secret for secret in STUDENT.values() if secret in lines]


def test_afterwards_time_environment_and_threads_are_as_before() -> None:
    environment, threads = dict(os.environ), set(threading.enumerate())
    before = time.time()
    with World(start=START, ticks=False) as world:
        booked(world)
        assert os.environ["STAGE"] == "local"
    assert time.time() - before < 60
    assert dict(os.environ) == environment
    for thread in set(threading.enumerate()) - threads:  # the last answers may still be leaving
        thread.join(timeout=5)
        assert not thread.is_alive()


def test_one_world_knows_nothing_of_the_world_before_it() -> None:
    with World(start=START, ticks=False) as world:
        booked(world)
    with World(start=START, ticks=False) as world:
        assert list(world.dossier_ids()) == []
        assert world.outbox() == []
        assert notices(booked(world)) == [("confirmation_request", "email")]
