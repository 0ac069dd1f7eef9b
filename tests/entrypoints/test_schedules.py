"""What the clock starts."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery import Fate
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.operators import Role
from chalicelib.domain.tally import Tally
from chalicelib.messages.console.views import AuditLine
from chalicelib.observability import KEYS, OF_THE_LINE
from chalicelib.pipeline.replan import Replanned
from local.lambda_runtime import Context, schedule_event
from tests.entrypoints.doors import SLOT, STUDENT, Doors
from tests.entrypoints.provider_payloads import in_sns, ses
from tests.entrypoints.test_queue_consumers import fate, served, tags_of

pytestmark = pytest.mark.enable_socket


def fire(doors: Doors, rule: str) -> list[dict[str, Any]]:
    """Let a rule fire; what was logged."""
    before, now = len(doors.log.getvalue()), doors.wiring.now()
    assert isinstance(now, datetime)
    event = schedule_event(rule, now, "eu-west-3")
    getattr(doors.app, rule)(event, Context(function_name=rule, region="eu-west-3"))
    return [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]


def alive(doors: Doors) -> int:
    """How many dossiers are not forgotten."""
    ids = [item["pk"]["S"].removeprefix("DOSSIER#") for item in doors.items("DOSSIER#")]
    return sum(bool(doors.dossier(dossier_id).events) for dossier_id in ids)


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
    [line] = [line for line in fire(doors, "replan") if line["outcome"] != "matched"]
    whole = alive(doors)
    assert (line["outcome"], line["reason"]) == ("replanned", f"0 of {whole}")


def test_replan_names_whom_nothing_would_wake(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Tally(counted_at=doors.wiring.now(), rows=())
    found = Replanned(read=3, repaired=1, stranded=("D-lost", "D-adrift"), tally=nothing)
    monkeypatch.setattr(doors.wiring.machine, "replan", lambda: found)
    lines = fire(doors, "replan")
    first, *others = [line for line in lines if line["outcome"] != "matched"]
    assert first["reason"] == "1 of 3"
    assert [(line["outcome"], line["dossier_id"]) for line in others] == [
        ("stranded", "D-lost"),
        ("stranded", "D-adrift"),
    ]


def test_a_receipt_that_came_without_tags_is_matched_by_the_id_its_message_left_under(
    doors: Doors,
) -> None:
    """Feedback of an identity, unlike that of a configuration set, has none of our tags."""
    dossier_id, attempt = served(doors)
    event = ses("Bounce.Permanent.NoEmail", "notificationType", tags={})
    event["mail"]["messageId"] = attempt.message_id
    doors.receive("record_delivery", in_sns(event, receipt_id := doors.new_id("sns")))
    assert fate(doors, dossier_id) is Fate.ACCEPTED
    [line] = [line for line in fire(doors, "replan") if line["outcome"] == "matched"]
    assert " of " in line["reason"]
    assert fate(doors, dossier_id) is Fate.BOUNCED
    assert doors.items(f"RECEIPT#{receipt_id}") == []


def test_a_receipt_whose_attempt_was_not_there_yet_is_matched_when_it_is(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    doors.wiring.machine.keep_receipt(receipt_id := doors.new_id("sns"), body.encode())
    fire(doors, "replan")
    assert fate(doors, dossier_id) is Fate.DELIVERED
    assert doors.items(f"RECEIPT#{receipt_id}") == []


def test_a_receipt_that_still_matches_nothing_is_still_kept(doors: Doors) -> None:
    body = in_sns(ses("Delivery", tags={"campaign": "spring"}))
    doors.wiring.machine.keep_receipt(receipt_id := doors.new_id("sns"), body.encode())
    fire(doors, "replan")
    assert len(doors.items(f"RECEIPT#{receipt_id}")) == 1


def test_a_night_counts_what_it_forgets(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    doors.tell("appointment.cancelled", dossier_id, appointment={"id": "A-1"})
    doors.wiring.booking.quarantine(doors.new_id("evt"), "type", b"whole")
    dossiers = alive(doors)
    now = doors.wiring.now() + timedelta(days=400)
    monkeypatch.setattr(doors.wiring, "now", lambda: now)
    [line] = [line for line in fire(doors, "replan") if line["outcome"] == "forgotten"]
    others = int(line["reason"].split(", ")[1].removesuffix(" others"))
    assert others >= 1
    assert line["count"] == dossiers + others
    assert line["reason"].startswith(f"{dossiers} dossiers")
    assert doors.dossier(dossier_id).events == ()
    assert doors.items("QUARANTINE#") == []
    assert [line for line in fire(doors, "replan") if line["outcome"] == "forgotten"] == []


def test_what_was_forgotten_is_stale_at_the_door_and_unknown_behind_its_links(
    doors: Doors,
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    link = doors.link("confirm", dossier_id)
    assert doors.wiring.by_hand.forget(dossier_id)
    assert doors.tell("dossier.deposited", dossier_id) == "stale"
    assert doors.ask("GET", link).status == 404
    assert doors.ask("POST", link).status == 404
    assert doors.dossier(dossier_id).events == ()


@pytest.mark.parametrize("rule", ["sweep_due", "replan"])
def test_the_lines_of_a_schedule_name_nobody(doors: Doors, rule: str) -> None:
    doors.booked(student={**STUDENT, "email": "marked@example.org"}, appointment=SLOT)
    lines = fire(doors, rule)
    waiting(doors)
    assert lines
    assert "marked" not in json.dumps(lines)
    assert {key for line in lines for key in line} <= KEYS | OF_THE_LINE


def test_a_sweep_applies_what_the_desk_asked_for_ten_minutes_ago(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id, now = doors.booked(), doors.wiring.now()
    doors.wiring.console.begin_bulk(
        "bulk-of-a-test", "c.martin", now.date(), [dossier_id, "D-unknown"]
    )
    assert [line for line in fire(doors, "sweep_due") if line["outcome"] == "bulk"] == []
    monkeypatch.setattr(doors.wiring, "now", lambda: now + timedelta(minutes=10))
    [line] = [line for line in fire(doors, "sweep_due") if line["outcome"] == "bulk"]
    waiting(doors)
    assert (line["count"], line["reason"]) == (2, "1 refused")
    assert doors.dossier(dossier_id).events[-1].by == "c.martin"
    seen = doors.wiring.console.see_bulk("bulk-of-a-test")
    assert [row.why for row in seen.rows] == ["", "unknown"]
    assert doors.wiring.console.pending_bulks() == ()


def test_a_night_forgets_who_did_what_a_year_ago(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = doors.wiring.now()
    line = AuditLine(at=now, by="c.martin", role=Role.READ, action="read_dossier", object="D-1")
    doors.wiring.console.audit(line)
    assert line in doors.wiring.console.audited_on(paris_day(now))
    monkeypatch.setattr(doors.wiring, "now", lambda: now + timedelta(days=370))
    fire(doors, "replan")
    assert doors.wiring.console.audited_on(paris_day(now)) == []
