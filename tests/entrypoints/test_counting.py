"""At every door what happens is counted, and every line says which dossier's way it belongs to."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import WorkRules
from chalicelib.domain.errors import NotNow
from chalicelib.domain.holds import hold
from tests.builders import DESK, a_dossier, a_notice, an_attempt, paris, selected
from tests.decoding.provider_payloads import in_sns, ses
from tests.entrypoints.doors import STUDENT, Doors, a_body
from tests.entrypoints.test_queues import lines_of, marker, served, tags_of, wake
from tests.entrypoints.test_schedules import fire

pytestmark = pytest.mark.enable_socket

MONDAY_MORNING = "2019-04-08T06:00:00Z"


def counted(doors: Doors, before: int) -> dict[str, float]:
    """What was counted since then, as `Metric` or `Metric.channel`, without the zeros."""
    found: Counter[str] = Counter()
    for line in map(json.loads, doors.metrics.getvalue()[before:].splitlines()):
        [told] = line["_aws"]["CloudWatchMetrics"]
        assert (line["service"], line["stage"]) == ("relance", "local")
        for metric in told["Metrics"]:
            name = ".".join(filter(None, (metric["Name"], line.get("channel", ""))))
            found[name] += sum(line[metric["Name"]])
    return {name: value for name, value in found.items() if value}


def ledger(doors: Doors) -> int:
    return len(doors.metrics.getvalue())


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (a_body("card.ready", "D-counted", student=STUDENT), "WebhooksRecorded"),
        (a_body("nonsense", "D-counted"), "WebhooksQuarantined"),
    ],
)
def test_a_webhook_is_counted_by_what_it_came_to(doors: Doors, body: bytes, wanted: str) -> None:
    event_id, before = doors.new_id("evt"), ledger(doors)
    doors.deliver(body, event_id)
    assert counted(doors, before) == {"Webhooks": 1, wanted: 1}
    before = ledger(doors)
    doors.deliver(body, event_id)
    again = "WebhooksDuplicate" if wanted == "WebhooksRecorded" else wanted
    assert counted(doors, before) == {"Webhooks": 1, again: 1}


def test_a_knock_that_is_refused_or_cannot_be_stored_is_no_webhook(doors: Doors) -> None:
    before = ledger(doors)
    doors.deliver(b"{}", webhook_signature="v1,bm8=")
    with doors.storage_down():
        doors.deliver(a_body("card.ready", doors.new_id()))
    assert counted(doors, before) == {"WebhooksRefused": 1, "WebhooksNotStored": 1}


def test_a_message_is_counted_when_it_leaves_and_when_it_arrives_once(doors: Doors) -> None:
    before = ledger(doors)
    dossier_id, attempt = served(doors)
    told = counted(doors, before)
    assert (told["Sent.email"], told.get("Delivered.email")) == (1, None)
    assert "Lag.email" in {*told, "Lag.email"}
    before = ledger(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    doors.receive("record_delivery", body, body)
    assert counted(doors, before) == {"Delivered.email": 1}


@pytest.mark.parametrize(
    ("event", "metric"),
    [("Bounce.Permanent.General", "Failed.email"), ("Complaint", "Complained.email")],
)
def test_what_did_not_arrive_well_is_counted(doors: Doors, event: str, metric: str) -> None:
    dossier_id, attempt = served(doors)
    before = ledger(doors)
    doors.receive("record_delivery", in_sns(ses(event, tags=tags_of(dossier_id, attempt))))
    assert counted(doors, before) == {metric: 1}


def test_a_receipt_without_an_attempt_is_counted(doors: Doors) -> None:
    before = ledger(doors)
    doors.receive("record_delivery", in_sns(ses("Delivery", tags={})))
    assert counted(doors, before) == {"ReceiptsUnmatched": 1}


def test_a_dossier_that_is_set_aside_is_counted(doors: Doors) -> None:
    before, dossier_id = ledger(doors), doors.booked()
    with doors.cannot_plan(dossier_id):
        for receives in (1, 2, 3):
            doors.receive("serve_dossier", wake(dossier_id), receives=receives)
    assert counted(doors, before)["SetAside"] == 1


def test_a_sweep_beats_and_says_zero_of_what_alarms_watch_for_being_nothing(doors: Doors) -> None:
    before = ledger(doors)
    fire(doors, "sweep_due")
    assert counted(doors, before)["Sweeps"] == 1
    assert counted(doors, before)["DeskOpen"] == 1  # it is Monday, ten o'clock
    said = doors.metrics.getvalue()[before:]
    assert [json.loads(line).get("channel") for line in said.splitlines()] == [None, "email", "sms"]
    for metric in ("Webhooks", "Digests", "Sent", "Delivered", "OldestDue", "OldestWork"):
        assert f'"{metric}":' in said


def test_a_sweep_measures_the_work_list(doors: Doors) -> None:
    doors.services.channels.hold(hold(Channel.SMS, "spent", doors.services.now()))
    doors.deliver(a_body("nonsense", "D-0"))
    before = ledger(doors)
    fire(doors, "sweep_due")
    told = counted(doors, before)
    [held] = doors.services.channels.holds().values()
    doors.services.channels.release(held)
    assert told["ChannelsHeld"] == 1
    assert told["OpenWork"] >= told["Quarantined"] + 1 >= 2


def test_a_sweep_says_how_late_the_night_is_and_the_rotation_of_keys(doors: Doors) -> None:
    now = doors.services.now()
    begun = DailyFigures(counted_at=now - timedelta(hours=3), is_whole=False)
    doors.services.daily_figures.keep(begun)
    before = ledger(doors)
    fire(doors, "sweep_due")
    said = doors.metrics.getvalue()[before:]
    assert counted(doors, before)["NightLate"] == timedelta(hours=3).total_seconds()
    assert '"RotationOverdue":' in said


def test_every_line_of_a_way_names_its_dossier_and_the_event_that_led_to_it(doors: Doors) -> None:
    before, dossier_id, event_id = marker(doors), doors.new_id(), doors.new_id("evt")
    body = a_body("card.ready", dossier_id, student=STUDENT, occurred_on="2019-04-08")
    doors.deliver(body, event_id)
    doors.receive("serve_dossier", json.dumps({"dossier_id": dossier_id, "event_id": event_id}))
    [first, *_] = doors.dossier(dossier_id).ledger
    receipt = in_sns(ses("Delivery", tags=tags_of(dossier_id, first)), doors.new_id("sns"))
    doors.receive("record_delivery", receipt)
    lines = lines_of(doors, before)
    assert {line["dossier_id"] for line in lines} == {dossier_id}
    assert [line["event_id"] for line in lines[:-1]] == [event_id] * (len(lines) - 1)
    sent, told = lines[1], lines[-1]
    keys = ("notice", "occasion", "channel", "attempt")
    assert [sent[key] for key in keys] == [told[key] for key in keys]
    assert told["event_id"].startswith("sns")


def test_the_event_that_woke_a_dossier_travels_with_the_wake_up(doors: Doors) -> None:
    url = doors.around.queues()["ServeQueue"].url
    while doors.around.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        pass
    dossier_id = doors.booked()
    [message] = doors.around.sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"dossier_id": dossier_id, "event_id": f"{dossier_id}-a"}


# The digest


@pytest.fixture
def morning(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Eight o'clock on an open day, with a desk that wants to hear."""
    eight = doors.services.now().replace(hour=6, minute=0)
    monkeypatch.setenv("DIGEST_TO", "antenne@prefecture.example")
    doors.bootstrap.services.cache_clear()
    monkeypatch.setattr(doors.bootstrap, "now", lambda: eight)
    yield eight
    doors.bootstrap.services.cache_clear()


@pytest.mark.usefixtures("morning")
def test_a_digest_that_leaves_is_counted(doors: Doors) -> None:
    before = ledger(doors)
    [line] = fire(doors, "send_digest")
    assert (line["outcome"], counted(doors, before)) == ("digest", {"Digests": 1})
    assert (doors.sent[-1].to, doors.sent[-1].tags) == (
        "antenne@prefecture.example",
        {"digest": "2019-04-08"},
    )


@pytest.mark.usefixtures("morning")
def test_a_digest_that_cannot_leave_fails_where_an_alarm_sees_it(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> str:
        raise NotNow("Throttling")

    monkeypatch.setattr(doors.services.mailer, "send", refuses)
    before = ledger(doors)
    with pytest.raises(Exception, match=r"^NotNow$"):
        fire(doors, "send_digest")
    assert counted(doors, before) == {}


def test_a_desk_without_a_mailbox_gets_none(doors: Doors) -> None:
    sent = len(doors.sent)
    assert fire(doors, "send_digest") == []
    assert len(doors.sent) == sent


def test_a_sweep_tells_a_second_person_what_nobody_answers(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = paris("2019-05-10 10:00")
    monkeypatch.setenv("DIGEST_TO", "antenne@prefecture.example")
    doors.bootstrap.services.cache_clear()
    monkeypatch.setattr(doors.bootstrap, "now", lambda: opened + timedelta(hours=4))
    ours, dossier_id = doors.services, doors.new_id()
    rules = WorkRules(escalate_after_open_hours=4, second_person="chef@prefecture.example")
    vars(ours)["desk"] = replace(DESK, work=rules)
    line = an_attempt(
        a_notice(Kind.UNREACHABLE, "dossier", Channel.DESK), Status.OPEN, "2019-05-10 10:00"
    )
    booked = selected("2019-04-01 09:00", "2019-05-13 13:00")
    dossier = replace(a_dossier(booked, ledger=(line,)), dossier_id=dossier_id)
    ours.dossiers.write(ours.dossiers.load(dossier_id), ours.planner.write(dossier, opened))
    lines = [*fire(doors, "sweep_due"), *fire(doors, "sweep_due")]
    assert [one["count"] for one in lines if one["outcome"] == "escalated"] == [1]
    assert (doors.sent[-1].to, doors.sent[-1].tags) == (
        "chef@prefecture.example",
        {"digest": "unanswered-2019-05-10"},
    )
    doors.bootstrap.services.cache_clear()


@pytest.mark.parametrize(
    ("event", "counts"),
    [("Send", {}), ("Delivery", {}), ("Bounce.Permanent.General", {"DigestsReturned": 1})],
)
def test_what_becomes_of_a_digest_is_no_receipt_of_a_students_message(
    doors: Doors, event: str, counts: dict[str, float]
) -> None:
    before, logged, receipt_id = ledger(doors), marker(doors), doors.new_id("sns")
    body = in_sns(ses(event, tags={"digest": "2019-04-08"}), receipt_id)
    assert doors.receive("record_delivery", body) == []
    assert counted(doors, before) == counts
    assert doors.items(f"RECEIPT#{receipt_id}") == []
    assert [line["outcome"] for line in lines_of(doors, logged)] == ["digest_returned"] * len(
        counts
    )
