"""What the clock starts."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.audit import AuditAsked, AuditLine
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace, StorageUnavailable, Unreadable
from chalicelib.domain.operators import Role
from chalicelib.observability import KEYS, OF_THE_LINE
from chalicelib.observability.invocations import InvocationFailed
from chalicelib.pipeline.delivery_reports import DeliveryReports, Settled
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Write
from local.aws.lambda_runtime import Context, schedule_event
from local.faults.calls import Calls
from tests.decoding.provider_payloads import in_sns, ses
from tests.entrypoints.doors import SLOT, STUDENT, Doors
from tests.entrypoints.test_queues import served, status, tags_of

pytestmark = pytest.mark.enable_socket

DAY = timedelta(days=1)


def fire(doors: Doors, rule: str) -> list[dict[str, Any]]:
    """Let a rule fire; what was logged."""
    before, now = len(doors.log.getvalue()), doors.services.now()
    assert isinstance(now, datetime)
    event = schedule_event(rule, now, "eu-west-3")
    getattr(doors.app, rule)(event, Context(function_name=rule, region="eu-west-3"))
    return [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]


@dataclass(frozen=True, kw_only=True)
class Hurried(Context):
    """A function whose time is nearly over."""

    def get_remaining_time_in_millis(self) -> int:
        return 59_000


def deliver(doors: Doors, context: type[Context] = Context) -> list[dict[str, Any]]:
    """One delivery of what waits in the night's queue; what was logged."""
    before = len(doors.log.getvalue())
    doors.deliver_night(context)
    return [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]


def one_night(doors: Doors) -> list[dict[str, Any]]:
    """The schedule, and the message that it puts onto the queue; what was logged."""
    assert fire(doors, "begin_night") == []
    return deliver(doors)


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


def serve_all(doors: Doors) -> None:
    """Of what the tests before have left, nothing is due any more."""
    for item in doors.items("DOSSIER#"):
        doors.receive("serve_dossier", json.dumps({"dossier_id": item["pk"]["S"][8:]}))
    waiting(doors)


def test_a_sweep_that_finds_nothing_is_silent(doors: Doors) -> None:
    serve_all(doors)
    assert fire(doors, "sweep_due") == []
    assert waiting(doors) == set()


def test_reconcile_says_how_much_it_repaired_of_what(doors: Doors) -> None:
    doors.booked()
    one_night(doors)
    [line] = one_night(doors)
    assert (line["outcome"], line["reason"]) == ("reconciled", f"0 of {alive(doors)}")


def test_a_night_without_time_hands_on_until_it_has_seen_everybody(doors: Doors) -> None:
    for _ in range(3):
        doors.booked()
    one_night(doors)
    whole, everybody = doors.services.daily_figures.last(), len(doors.items("DOSSIER#"))
    fire(doors, "begin_night")
    lines = [line for _ in range(everybody) for line in deliver(doors, Hurried)]
    outcomes = [line["outcome"] for line in lines]
    assert outcomes == ["handed_on"] * (everybody - 1) + ["reconciled"]
    assert lines[-1]["reason"] == f"0 of {alive(doors)}"
    last = doors.services.daily_figures.last()
    assert replace(last, counted_at=whole.counted_at) == whole


def test_a_night_that_changes_nothing_reads_the_pages_and_no_dossier(doors: Doors) -> None:
    """What is asked besides is asked once, however many dossiers there are."""

    def asked() -> list[str]:
        fire(doors, "begin_night")
        with Calls() as calls, calls.of("reconcile"):
            deliver(doors)
        return sorted(call.name for call in calls.made)

    one_night(doors)
    few, fewer = len(doors.items("DOSSIER#")), asked()
    for _ in range(12):
        doors.booked()
    waiting(doors)
    serve_all(doors)
    many, more = len(doors.items("DOSSIER#")), asked()
    assert many - few == 12
    assert more == fewer
    assert more.count("dynamodb.Scan") == 1, "all of them are on one page"


def test_reconcile_names_whom_nothing_would_wake(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id = doors.booked()
    write_of = Planner.write_of

    def forgets(planner: Planner, dossier: Dossier, *rest: Any) -> Write:
        write = write_of(planner, dossier, *rest)
        is_lost = dossier.dossier_id == dossier_id
        return replace(write, next_due_at=None) if is_lost else write

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Planner, "write_of", forgets)
        lines = one_night(doors)
    assert [line["dossier_id"] for line in lines if line["outcome"] == "stranded"] == [dossier_id]
    assert '"Stranded":[1.0]' in doors.metrics.getvalue()
    one_night(doors)
    assert '"Stranded":[0.0]' in doors.metrics.getvalue()


def test_a_receipt_that_came_without_tags_is_matched_by_the_id_its_message_left_under(
    doors: Doors,
) -> None:
    """Feedback of an identity, unlike that of a configuration set, has none of our tags."""
    dossier_id, attempt = served(doors)
    event = ses("Bounce.Permanent.NoEmail", "notificationType", tags={})
    event["mail"]["messageId"] = attempt.message_id
    doors.receive("record_delivery", in_sns(event, receipt_id := doors.new_id("sns")))
    assert status(doors, dossier_id) is Status.ACCEPTED
    [line] = [line for line in one_night(doors) if line["outcome"] == "matched"]
    assert line["count"] >= 1
    assert status(doors, dossier_id) is Status.BOUNCED
    assert doors.items(f"RECEIPT#{receipt_id}") == []


def test_a_receipt_whose_attempt_was_not_there_yet_is_matched_when_it_is(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    doors.services.delivery_reports.keep(receipt_id := doors.new_id("sns"), body.encode())
    one_night(doors)
    assert status(doors, dossier_id) is Status.DELIVERED
    assert doors.items(f"RECEIPT#{receipt_id}") == []


def test_a_receipt_that_still_matches_nothing_is_still_kept(doors: Doors) -> None:
    body = in_sns(ses("Delivery", tags={"campaign": "spring"}))
    doors.services.delivery_reports.keep(receipt_id := doors.new_id("sns"), body.encode())
    one_night(doors)
    assert len(doors.items(f"RECEIPT#{receipt_id}")) == 1


def test_a_night_counts_what_it_forgets(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    doors.tell("appointment.cancelled", dossier_id, appointment={"id": "A-1"})
    doors.services.intake.quarantine(doors.new_id("evt"), "type", b"whole")
    dossiers = alive(doors)
    now = doors.services.now() + timedelta(days=400)
    monkeypatch.setattr(doors.bootstrap, "now", lambda: now)
    [line] = [line for line in one_night(doors) if line["outcome"] == "forgotten"]
    others = int(line["reason"].split(", ")[1].removesuffix(" others"))
    assert others >= 1
    assert line["count"] == dossiers + others
    assert line["reason"].startswith(f"{dossiers} dossiers")
    assert doors.dossier(dossier_id).events == ()
    assert doors.items("QUARANTINE#") == []
    assert [line for line in one_night(doors) if line["outcome"] == "forgotten"] == []


def test_what_was_forgotten_is_stale_at_the_door_and_unknown_behind_its_links(
    doors: Doors,
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    link = doors.link("confirm", dossier_id)
    doors.request_erasure(dossier_id)
    assert doors.ask("GET", link).status == 404
    one_night(doors)
    assert doors.tell("dossier.deposited", dossier_id) == "stale"
    assert doors.ask("GET", link).status == 404
    assert doors.ask("POST", link).status == 404
    assert doors.dossier(dossier_id).events == ()


def test_the_lines_of_a_schedule_name_nobody(doors: Doors) -> None:
    doors.booked(student={**STUDENT, "email": "marked@example.org"}, appointment=SLOT)
    lines = [*fire(doors, "sweep_due"), *one_night(doors)]
    waiting(doors)
    assert lines
    assert "marked" not in json.dumps(lines)
    assert {key for line in lines for key in line} <= KEYS | OF_THE_LINE


def test_a_sweep_applies_what_the_desk_asked_for_ten_minutes_ago(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id, now = doors.booked(), doors.services.now()
    doors.services.bulk_actions.begin(
        "bulk-of-a-test", "c.martin", now.date(), [dossier_id, "D-unknown"]
    )
    assert [line for line in fire(doors, "sweep_due") if line["outcome"] == "bulk"] == []
    monkeypatch.setattr(doors.bootstrap, "now", lambda: now + timedelta(minutes=10))
    [line] = [line for line in fire(doors, "sweep_due") if line["outcome"] == "bulk"]
    waiting(doors)
    assert (line["count"], line["reason"]) == (2, "1 refused")
    assert doors.dossier(dossier_id).events[-1].by == "c.martin"
    seen = doors.services.bulk_actions.see("bulk-of-a-test")
    assert [row.why for row in seen.rows] == ["", "unknown"]
    assert doors.services.bulk_actions.pending() == ()


def test_a_night_forgets_who_did_what_a_year_ago(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = doors.services.now()
    line = AuditLine(at=now, by="c.martin", role=Role.READ, action="read_dossier", object="D-1")
    doors.services.audit.append(line)
    assert line in doors.services.audit.page(AuditAsked(day=paris_day(now))).lines
    monkeypatch.setattr(doors.bootstrap, "now", lambda: now + timedelta(days=370))
    one_night(doors)
    assert doors.services.audit.page(AuditAsked(day=paris_day(now))).lines == ()


# Each dossier of the night stands alone


@pytest.fixture
def night(doors: Doors) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """One night, and what it logged. Whatever a test has spoiled is whole again afterwards."""
    yield lambda: one_night(doors)
    for item in doors.items("DOSSIER#"):
        with suppress(Unreadable):
            doors.dossier(item["pk"]["S"].removeprefix("DOSSIER#"))
            continue
        remove(doors, item["pk"]["S"])


def remove(doors: Doors, key: str) -> None:
    client = boto3.client("dynamodb")
    client.delete_item(TableName=doors.around.stack.ids["Table"], Key={"pk": {"S": key}})
    client.close()


def told_of(doors: Doors, dossier_id: str) -> list[tuple[str, bool]]:
    """Why it stands in quarantine, and whether it waits for a person."""
    found = doors.items(f"QUARANTINE#dossier:{dossier_id}#")
    return [(item["reason"]["S"], "work_since" in item) for item in found]


NEWER = '{"schema": 99}'


def test_a_night_goes_on_without_a_dossier_that_cannot_be_read_and_tells_of_it_once(
    doors: Doors, night: Callable[[], list[dict[str, Any]]]
) -> None:
    broken, whole = doors.booked(), doors.booked()
    document = doors.items(f"DOSSIER#{broken}")[0]["document"]["S"]
    doors.put(broken, document=NEWER)
    doors.put(whole, due_at="2030-01-01T00:00:00.000000Z")
    why = "written by a newer version of this program"
    for _ in range(2):
        lines = night()
        [left] = [line for line in lines if line["outcome"] == "passed_over"]
        assert (left["dossier_id"], left["reason"]) == (broken, "NewerDocument")
        assert told_of(doors, broken) == [(why, True)]
    assert doors.services.dossiers.load(whole).next_due_at < doors.services.now() + DAY
    [item] = doors.items(f"DOSSIER#{broken}")
    assert item["document"]["S"] == NEWER
    assert '"PassedOver":[1.0]' in doors.metrics.getvalue()
    doors.put(broken, document=document)
    assert [line for line in night() if line["outcome"] == "passed_over"] == []
    assert told_of(doors, broken) == [(why, False)]


def test_a_night_goes_on_without_a_dossier_that_cannot_be_planned(
    doors: Doors, night: Callable[[], list[dict[str, Any]]]
) -> None:
    broken, whole = doors.booked(), doors.booked()
    doors.put(whole, due_at="2030-01-01T00:00:00.000000Z")
    with doors.cannot_plan(broken):
        lines = night()
    [left] = [line for line in lines if line["outcome"] == "passed_over"]
    assert (left["dossier_id"], left["exception_name"]) == (broken, "ZeroDivisionError")
    assert doors.services.dossiers.load(whole).next_due_at < doors.services.now() + DAY
    [opened] = doors.dossier(broken).open_work
    assert opened.notice.kind is Kind.SERVE_FAILED


def test_a_receipt_at_which_our_own_program_fails_waits_on_and_the_others_are_matched(
    doors: Doors, night: Callable[[], list[dict[str, Any]]]
) -> None:
    broken, whole = served(doors), served(doors)
    kept = {}
    for dossier_id, attempt in (broken, whole):
        body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
        doors.services.delivery_reports.keep(receipt_id := doors.new_id("sns"), body.encode())
        kept[dossier_id] = receipt_id
    doors.services.delivery_reports.keep(garbage := doors.new_id("sns"), b"{")
    with doors.cannot_plan(broken[0]):
        night()
    assert status(doors, whole[0]) is Status.DELIVERED
    assert len(doors.items(f"RECEIPT#{kept[broken[0]]}")) == 1
    remove(doors, f"RECEIPT#{garbage}")
    night()
    assert status(doors, broken[0]) is Status.DELIVERED


def test_a_receipt_whose_dossier_others_work_on_waits_on(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def races(*_args: object) -> Settled:
        raise LostRace

    dossier_id, attempt = served(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    doors.services.delivery_reports.keep(receipt_id := doors.new_id("sns"), body.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeliveryReports, "record", races)
        one_night(doors)
    assert len(doors.items(f"RECEIPT#{receipt_id}")) == 1
    one_night(doors)
    assert status(doors, dossier_id) is Status.DELIVERED


def test_without_storage_there_is_no_night_and_it_fails(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_down(*_args: object) -> Settled:
        raise StorageUnavailable

    dossier_id, attempt = served(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    doors.services.delivery_reports.keep(doors.new_id("sns"), body.encode())
    monkeypatch.setattr(DeliveryReports, "record", is_down)
    with pytest.raises(InvocationFailed):
        one_night(doors)


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param(sorted({*range(0, 125, 6), 1, 59, 61, 119, 121}), id="now and then"),
        pytest.param(range(125), id="each minute", marks=pytest.mark.long),
    ],
)
def test_a_sweep_wakes_a_dossier_that_cannot_be_read_once_an_hour(
    doors: Doors,
    night: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    minutes: Iterable[int],
) -> None:
    serve_all(doors)
    broken, now = doors.booked(), doors.services.now()
    doors.put(broken, document="{")
    waiting(doors)
    woken = []
    for minute in minutes:
        at = now + timedelta(minutes=minute)
        monkeypatch.setattr(doors.bootstrap, "now", lambda at=at: at)
        fire(doors, "sweep_due")
        if broken in waiting(doors):
            woken.append(minute)
            assert doors.receive("serve_dossier", json.dumps({"dossier_id": broken})) == []
    assert woken == [0, 60, 120]
    assert len(told_of(doors, broken)) == 1


def test_cards_of_a_dossier_at_which_our_own_program_fails_are_refused_and_told(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole, now = doors.booked(), doors.booked(), doors.services.now()
    doors.services.bulk_actions.begin("bulk-with-a-fault", "c.martin", now.date(), [broken, whole])
    monkeypatch.setattr(doors.bootstrap, "now", lambda: now + timedelta(minutes=10))
    with doors.cannot_plan(broken):
        lines = fire(doors, "sweep_due")
    waiting(doors)
    [left] = [line for line in lines if line["outcome"] == "passed_over"]
    assert (left["dossier_id"], left["reason"]) == (broken, "ZeroDivisionError")
    seen = doors.services.bulk_actions.see("bulk-with-a-fault")
    assert [row.why for row in seen.rows] == ["failed", ""]
