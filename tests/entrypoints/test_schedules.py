"""What the clock starts."""

import json
from datetime import datetime
from typing import Any

import pytest

from chalicelib.observability import KEYS
from chalicelib.pipeline.replan import Replanned
from local.lambda_runtime import Context, schedule_event
from tests.entrypoints.doors import SLOT, STUDENT, Doors

pytestmark = pytest.mark.enable_socket


#: What the logger adds to each line.
ADDED = {
    "level",
    "location",
    "message",
    "timestamp",
    "service",
    "cold_start",
    "function_name",
    "function_memory_size",
    "function_arn",
    "function_request_id",
}


def fire(doors: Doors, rule: str) -> list[dict[str, Any]]:
    """Let a rule fire; what was logged."""
    before, now = len(doors.log.getvalue()), doors.wiring.now()
    assert isinstance(now, datetime)
    event = schedule_event(rule, now, "eu-west-3")
    getattr(doors.app, rule)(event, Context(function_name=rule, region="eu-west-3"))
    return [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]


def waiting(doors: Doors) -> set[str]:
    """The dossiers that the serve queue was asked to wake, and whose messages are now taken."""
    url, woken = doors.around.queues()["ServeQueue"].url, set[str]()
    while found := doors.around.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        woken |= {json.loads(message["Body"])["dossier_id"] for message in found}
    return woken


def test_a_sweep_wakes_what_is_due_and_counts_it(doors: Doors) -> None:
    dossier_id = doors.booked()
    waiting(doors)  # the event itself woke it: that wake-up is lost
    [line] = fire(doors, "sweep_due")
    assert dossier_id in (woken := waiting(doors))
    assert (line["outcome"], line["count"]) == ("swept", len(woken))


def test_a_sweep_that_finds_nothing_is_silent(doors: Doors) -> None:
    for item in doors.items("DOSSIER#"):
        doors.receive("serve_dossier", json.dumps({"dossier_id": item["pk"]["S"][8:]}))
    waiting(doors)
    assert fire(doors, "sweep_due") == []
    assert waiting(doors) == set()


def test_replan_says_how_much_it_repaired_of_what(doors: Doors) -> None:
    doors.booked()
    fire(doors, "replan")
    [line] = fire(doors, "replan")
    whole = len(doors.items("DOSSIER#"))
    assert (line["outcome"], line["reason"]) == ("replanned", f"0 of {whole}")


def test_replan_names_whom_nothing_would_wake(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Replanned(read=3, repaired=1, stranded=("D-lost", "D-adrift"))
    monkeypatch.setattr(doors.wiring, "replan", lambda: found)
    first, *others = fire(doors, "replan")
    assert first["reason"] == "1 of 3"
    assert [(line["outcome"], line["dossier_id"]) for line in others] == [
        ("stranded", "D-lost"),
        ("stranded", "D-adrift"),
    ]


@pytest.mark.parametrize("rule", ["sweep_due", "replan"])
def test_the_lines_of_a_schedule_name_nobody(doors: Doors, rule: str) -> None:
    doors.booked(student={**STUDENT, "email": "marked@example.org"}, appointment=SLOT)
    lines = fire(doors, rule)
    waiting(doors)
    assert lines
    assert "marked" not in json.dumps(lines)
    assert {key for line in lines for key in line} <= KEYS | ADDED
