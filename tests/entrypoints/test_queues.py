"""What the queues deliver: one bad message fails alone, and nothing that counts is lost."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.decoding.receipts import GREETING, Receipt, receipt_of
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.entrypoints import queues
from chalicelib.storage.feedback_queue import SqsFeedbackQueue
from local.aws.lambda_runtime import Context
from tests.decoding.provider_payloads import in_sns, ses, sms
from tests.entrypoints.doors import STUDENT, Doors

pytestmark = pytest.mark.enable_socket


def wake(dossier_id: str) -> str:
    return json.dumps({"dossier_id": dossier_id})


def lines_of(doors: Doors, before: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in doors.log.getvalue()[before:].splitlines()]


def marker(doors: Doors) -> int:
    return len(doors.log.getvalue())


def served(doors: Doors, **data: Any) -> tuple[str, Attempt]:
    """A dossier whose first message has left."""
    dossier_id = doors.booked(**data)
    assert doors.receive("serve_dossier", wake(dossier_id)) == []
    [attempt] = doors.dossier(dossier_id).ledger
    return dossier_id, attempt


def tags_of(dossier_id: str, attempt: Attempt) -> dict[str, str]:
    """The tags its message left with."""
    notice = attempt.notice
    return {
        "dossier": dossier_id,
        "notice": f"{notice.kind}-{notice.number}",
        "occasion": notice.occasion,
        "channel": notice.channel,
        "attempt": str(attempt.attempt),
    }


def status(doors: Doors, dossier_id: str) -> Status:
    return doors.dossier(dossier_id).ledger[0].status


# Serving


def test_a_wake_up_sends_what_is_owed_and_says_so(doors: Doors) -> None:
    before = marker(doors)
    dossier_id, attempt = served(doors)
    assert attempt.status is Status.ACCEPTED
    assert doors.sent[-1].tags == tags_of(dossier_id, attempt)
    line = lines_of(doors, before)[-1]
    assert {
        key: line[key] for key in ("outcome", "dossier_id", "notice", "channel", "attempt")
    } == {
        "outcome": "accepted",
        "dossier_id": dossier_id,
        "notice": "confirmation_request.1",
        "channel": "email",
        "attempt": 1,
    }


def test_a_wake_up_for_nothing_does_nothing(doors: Doors) -> None:
    dossier_id, _ = served(doors)
    sent = len(doors.sent)
    assert doors.receive("serve_dossier", wake(dossier_id), wake(doors.new_id("nobody"))) == []
    assert len(doors.sent) == sent


@pytest.mark.parametrize("garbage", ["", "not JSON", "null", "[]", "5", "{}"])
def test_a_wake_up_that_makes_no_sense_fails_alone(doors: Doors, garbage: str) -> None:
    one, other = doors.booked(), doors.booked()
    before = marker(doors)
    assert doors.receive("serve_dossier", wake(one), garbage, wake(other)) == ["m-1"]
    assert [status(doors, dossier_id) for dossier_id in (one, other)] == [Status.ACCEPTED] * 2
    [line] = [line for line in lines_of(doors, before) if line["outcome"] == "failed"]
    assert line["message_id"] == "m-1"


def test_a_dossier_that_cannot_be_served_fails_alone(doors: Doors) -> None:
    broken, whole = doors.booked(), doors.booked()
    with doors.cannot_plan(broken):
        assert doors.receive("serve_dossier", wake(broken), wake(whole), receives=2) == ["m-0"]
        assert status(doors, whole) is Status.ACCEPTED
        assert doors.receive("serve_dossier", wake(broken), receives=2) == ["m-0"]
        assert doors.receive("serve_dossier", wake(broken), receives=3) == []
    [opened] = doors.dossier(broken).open_work
    assert opened.notice.kind is Kind.SERVE_FAILED


@pytest.mark.parametrize("document", ["{", '{"schema": 99}'])
@pytest.mark.parametrize("receives", [1, 4])
def test_a_dossier_that_cannot_be_read_is_told_once_and_due_again_in_an_hour(
    doors: Doors, document: str, receives: int
) -> None:
    broken, whole, before = doors.booked(), doors.booked(), marker(doors)
    doors.put(broken, document=document)
    for _ in range(2):
        woken = doors.receive("serve_dossier", wake(broken), wake(whole), receives=receives)
        assert woken == []
    [told] = doors.items(f"QUARANTINE#dossier:{broken}#")
    assert "work_since" in told
    [item] = doors.items(f"DOSSIER#{broken}")
    assert item["document"]["S"] == document
    later = doors.services.now() + timedelta(hours=1)
    assert item["due_at"]["S"] == f"{later:%Y-%m-%dT%H:%M:%S.%fZ}"
    said = [one["outcome"] for one in lines_of(doors, before) if one.get("dossier_id") == broken]
    assert said.count("set_aside") == 2


def test_a_receipt_for_a_dossier_that_cannot_be_read_is_kept(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    document = doors.items(f"DOSSIER#{dossier_id}")[0]["document"]["S"]
    doors.put(dossier_id, document="{")
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)), doors.new_id("sns"))
    assert doors.receive("record_delivery", body) == []
    assert len(doors.items("RECEIPT#")) >= 1
    doors.put(dossier_id, document=document)
    doors.receive("record_delivery", body)
    assert status(doors, dossier_id) is Status.DELIVERED


def test_without_storage_every_wake_up_comes_back(doors: Doors) -> None:
    dossier_id = doors.booked()
    with doors.storage_down():
        assert doors.receive("serve_dossier", wake(dossier_id), "{}") == ["m-0", "m-1"]
        assert doors.receive("serve_dossier", wake(dossier_id), receives=6) == ["m-0"]
    assert doors.dossier(dossier_id).ledger == ()


def test_deliveries_that_nothing_ran_for_set_no_dossier_aside(doors: Doors) -> None:
    dossier_id = doors.booked()
    assert doors.receive("serve_dossier", wake(dossier_id), receives=8) == []
    assert [a.notice.kind for a in doors.dossier(dossier_id).ledger] == [Kind.CONFIRMATION_REQUEST]


def test_after_three_serves_that_failed_the_dossier_is_set_aside_in_front_of_a_person(
    doors: Doors,
) -> None:
    dossier_id, before, sent = doors.booked(), marker(doors), len(doors.sent)
    with doors.cannot_plan(dossier_id):
        for receives, failed in ((4, ["m-0"]), (6, ["m-0"]), (7, [])):
            assert doors.receive("serve_dossier", wake(dossier_id), receives=receives) == failed
    dossier = doors.dossier(dossier_id)
    assert [(a.notice.kind, a.notice.channel, a.status) for a in dossier.ledger] == [
        (Kind.SERVE_FAILED, Channel.DESK, Status.OPEN)
    ]
    assert dossier.not_before is not None
    assert len(doors.sent) == sent
    lines = [(line["outcome"], line["dossier_id"]) for line in lines_of(doors, before)]
    assert lines == [(said, dossier_id) for said in ("failed", "failed", "failed", "set_aside")]


def test_a_dossier_that_cannot_be_set_aside_comes_back(doors: Doors) -> None:
    dossier_id = doors.booked()
    with doors.cannot_plan(dossier_id):
        for receives in (1, 2):
            doors.receive("serve_dossier", wake(dossier_id), receives=receives)
        with doors.storage_down():
            assert doors.receive("serve_dossier", wake(dossier_id), receives=3) == ["m-0"]


# Receipts


def test_a_receipt_settles_its_attempt_and_says_so(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    before = marker(doors)
    event = ses("Delivery", tags=tags_of(dossier_id, attempt))
    assert doors.receive("record_delivery", in_sns(event)) == []
    assert status(doors, dossier_id) is Status.DELIVERED
    [line] = lines_of(doors, before)
    assert {
        key: line[key] for key in ("outcome", "dossier_id", "channel", "attempt", "reason")
    } == {
        "outcome": "settled",
        "dossier_id": dossier_id,
        "channel": "email",
        "attempt": 1,
        "reason": "delivered",
    }


@pytest.mark.parametrize("taken", [1, 2])
def test_what_a_batch_has_no_time_for_comes_back_and_what_it_did_is_done(
    doors: Doors, taken: int
) -> None:
    """Lambda would end it in its midst, and deliver all of it again. One is done in any case."""
    many = [served(doors) for _ in range(3)]
    bodies = [in_sns(ses("Delivery", tags=tags_of(*one)), doors.new_id("sns")) for one in many]
    times = iter([60_000] * (taken - 1) + [44_999] * 2)

    class Slow(Context):
        def get_remaining_time_in_millis(self) -> int:
            return next(times)

    before = marker(doors)
    back = doors.receive("record_delivery", *bodies, context=Slow)
    assert back == ["m-0", "m-1", "m-2"][taken:]
    arrived = [status(doors, dossier_id) is Status.DELIVERED for dossier_id, _ in many]
    assert arrived == [True] * taken + [False] * (3 - taken)
    assert [one["outcome"] for one in lines_of(doors, before)] == ["settled"] * taken


def test_a_bounce_says_which(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    before = marker(doors)
    event = ses("Bounce.Permanent.General", tags=tags_of(dossier_id, attempt))
    assert doors.receive("record_delivery", in_sns(event)) == []
    assert status(doors, dossier_id) is Status.BOUNCED
    assert [line["reason"] for line in lines_of(doors, before)] == ["Bounce.Permanent.General"]


def test_the_same_receipt_again_changes_nothing_and_is_not_kept(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    body = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)), doors.new_id("sns"))
    doors.receive("record_delivery", body)
    after, before = doors.dossier(dossier_id), marker(doors)
    assert doors.receive("record_delivery", body) == []
    assert doors.dossier(dossier_id) == after
    assert [line["outcome"] for line in lines_of(doors, before)] == ["unchanged"]
    assert doors.items(f"RECEIPT#{json.loads(body)['MessageId']}") == []


def unmatched(doors: Doors) -> list[dict[str, Any]]:
    """Events that no attempt answers to: of a stranger, of no attempt of ours, of no known type."""
    dossier_id, attempt = served(doors)
    ours = tags_of(dossier_id, attempt)
    return [
        ses("Delivery", tags={"campaign": "spring"}),
        ses("Delivery", tags={**ours, "attempt": "7"}),
        ses("Delivery", tags={**ours, "dossier": doors.new_id("nobody")}),
        {**ses("Send", tags=ours), "eventType": "Subscription"},
        sms("TEXT_SWALLOWED"),
    ]


def test_a_receipt_that_matches_nothing_is_kept_whole(doors: Doors) -> None:
    for event in unmatched(doors):
        receipt_id, before = doors.new_id("sns"), marker(doors)
        body = in_sns(event, receipt_id)
        assert doors.receive("record_delivery", body) == []
        [item] = doors.items(f"RECEIPT#{receipt_id}")
        assert item["body"]["B"].decode() == body
        assert [line["outcome"] for line in lines_of(doors, before)] == ["unmatched"]


def test_a_delay_is_neither_kept_nor_told(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    receipt_id, before = doors.new_id("sns"), marker(doors)
    event = ses("DeliveryDelay", tags=tags_of(dossier_id, attempt))
    assert doors.receive("record_delivery", in_sns(event, receipt_id)) == []
    assert doors.items(f"RECEIPT#{receipt_id}") == []
    assert status(doors, dossier_id) is Status.ACCEPTED
    assert marker(doors) == before


def test_the_greeting_of_ses_to_a_new_stage_is_taken_and_not_kept(doors: Doors) -> None:
    receipt_id, before = doors.new_id("sns"), marker(doors)
    assert doors.receive("record_delivery", in_sns(GREETING, receipt_id)) == []
    assert doors.items(f"RECEIPT#{receipt_id}") == []
    assert marker(doors) == before


GARBAGE = [
    "not JSON",
    "[]",
    "[" * 100_000,
    in_sns("Successfully validated"),
    in_sns({}),
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_receipt_that_makes_no_sense_fails_alone(doors: Doors, garbage: str) -> None:
    dossier_id, attempt = served(doors)
    good = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    assert doors.receive("record_delivery", garbage, good, garbage) == ["m-0", "m-2"]
    assert status(doors, dossier_id) is Status.DELIVERED


def test_without_storage_every_receipt_comes_back(doors: Doors) -> None:
    dossier_id, attempt = served(doors)
    good = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    strange = in_sns(ses("Delivery", tags={}))
    with doors.storage_down():
        assert doors.receive("record_delivery", good, strange) == ["m-0", "m-1"]
    assert doors.receive("record_delivery", good, strange) == []
    assert status(doors, dossier_id) is Status.DELIVERED


# What takes the process down


class Killed(BaseException):
    """The process is gone: neither an answer nor an error."""


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of which receipts the queue was told at once that they are done."""
    handles: list[str] = []
    monkeypatch.setattr(SqsFeedbackQueue, "done", lambda _queue, handle: handles.append(handle))
    return handles


def kills_at(monkeypatch: pytest.MonkeyPatch, poison: str) -> None:
    def reads(body: str) -> Receipt:
        if body == poison:
            raise Killed
        return receipt_of(body)

    monkeypatch.setattr(queues, "receipt_of", reads)


@pytest.mark.parametrize("poisoned", ["a", "e", "j"])
def test_a_receipt_that_takes_the_process_down_is_alone_after_three_deliveries(
    doors: Doors, deleted: list[str], monkeypatch: pytest.MonkeyPatch, poisoned: str
) -> None:
    kills_at(monkeypatch, "poison")
    dossier_id, attempt = served(doors)
    good = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    waiting = dict.fromkeys("abcdefghij", good) | {poisoned: "poison"}
    for receives in (1, 2, 3):
        with pytest.raises(Killed):
            doors.receive_batch("record_delivery", waiting, receives)
        assert bool(deleted) <= (receives > 1)
        waiting = {n: body for n, body in waiting.items() if f"handle-of-{n}" not in deleted}
    assert waiting == {poisoned: "poison"}
    assert status(doors, dossier_id) is Status.DELIVERED


def test_what_failed_when_it_came_back_stays_in_its_queue(doors: Doors, deleted: list[str]) -> None:
    dossier_id, attempt = served(doors)
    good = in_sns(ses("Delivery", tags=tags_of(dossier_id, attempt)))
    assert doors.receive("record_delivery", "not JSON", good, receives=2) == ["m-0"]
    assert deleted == ["handle-of-m-1"]


# Nobody is named


def test_what_is_logged_names_nobody(
    doors: Doors, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    marked = {
        "given_name": "Zéphyrine",
        "family_name": "Quillevère",
        "email": "z.quillevere@example.org",
        "phone": "+33698765432",
    }
    before = marker(doors)
    dossier_id, attempt = served(doors, student={**STUDENT, **marked})
    tags = tags_of(dossier_id, attempt)
    message = doors.sent[-1]
    assert message.to == marked["email"]
    events = [ses(name, tags=tags) for name in ("Send", "Bounce.Permanent.General", "Complaint")]
    events += [
        ses("Delivery", tags={}),
        {**ses("Bounce.Transient.General", tags=tags), "mail": None},
    ]
    text = json.dumps(events, ensure_ascii=False).replace("lea.benali@example.org", marked["email"])
    bodies = [in_sns(event) for event in json.loads(text)]
    assert doors.receive("record_delivery", *bodies) == [f"m-{len(bodies) - 1}"]
    doors.put(dossier_id, document='{"schema": 1, "dossier_id": "Quillevère"}')
    doors.receive("serve_dossier", wake(dossier_id), wake(dossier_id))
    printed = capfd.readouterr()
    logged = doors.log.getvalue()[before:] + caplog.text + printed.out + printed.err
    links = [word.strip('"') for word in message.text.split() if "/confirm/" in word]
    tokens = [link.rpartition("/")[2] for link in links]
    assert dossier_id in logged
    assert tokens
    assert [secret for secret in [*marked.values(), *tokens] if secret in logged] == []
