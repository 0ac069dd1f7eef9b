"""The booking system knocks: every row of what it is promised."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.booking_events import BODY_AT_MOST
from chalicelib.domain.errors import StorageUnavailable
from local.aws.gateway import Gateway, Reply
from tests.entrypoints.doors import LATER, SLOT, STUDENT, TOLD_AT, WEBHOOKS, Doors, a_body

pytestmark = pytest.mark.enable_socket


def a_selection(dossier_id: str, **data: Any) -> bytes:
    given = {"appointment": SLOT, "student": STUDENT, **data}
    return a_body("appointment.selected", dossier_id, **given)


def answer(reply: Reply) -> tuple[int, Any]:
    return int(reply.status), json.loads(reply.body)


def is_quarantined(doors: Doors, event_id: str) -> bool:
    return bool(doors.items(f"QUARANTINE#{event_id}#"))


# Forgotten


@pytest.mark.parametrize("kind", ["unknown", "card.ready"])
def test_of_whoever_was_erased_nothing_that_cannot_be_used_is_kept(doors: Doors, kind: str) -> None:
    dossier_id, event_id = doors.booked(), doors.new_id("evt")
    doors.request_erasure(dossier_id)
    assert doors.services.eraser.forget(dossier_id)
    body = a_body(kind, dossier_id, student=STUDENT)
    for sent in (body, body[:-2], f"dossier_id={dossier_id}&nom=Benali".encode()):
        assert answer(doors.deliver(sent, event_id)) == (200, {"status": "stale"})
    assert not is_quarantined(doors, event_id)


# Recorded


def test_an_event_is_recorded_and_then_answered(doors: Doors) -> None:
    dossier_id = doors.new_id()
    assert answer(doors.deliver(a_selection(dossier_id), "evt-1")) == (202, {"status": "recorded"})
    [event] = doors.dossier(dossier_id).events
    assert (event.event_id, event.appointment_id) == ("evt-1", "A-1")


def test_the_same_delivery_again_is_a_duplicate(doors: Doors) -> None:
    body, event_id = a_selection(doors.new_id()), doors.new_id("evt")
    doors.deliver(body, event_id)
    assert answer(doors.deliver(body, event_id)) == (200, {"status": "duplicate"})


def test_an_older_word_on_the_same_fact_is_stale(doors: Doors) -> None:
    dossier_id = doors.new_id()
    newer = a_body("appointment.rescheduled", dossier_id, appointment=LATER, student=STUDENT)
    assert answer(doors.deliver(newer))[1] == {"status": "recorded"}
    older: dict[str, Any] = {
        "timestamp": "2019-04-08T09:00:00+02:00",
        "appointment": {**SLOT, "id": "A-0"},
    }
    body = a_body("appointment.selected", dossier_id, student=STUDENT, **older)
    assert answer(doors.deliver(body)) == (200, {"status": "stale"})


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("appointment.rescheduled", {"appointment": LATER}),
        ("appointment.cancelled", {"appointment": {"id": "A-unknown"}}),
        ("appointment.missed", {"appointment": {"id": "A-unknown"}}),
        ("appointment.confirmed", {"appointment": {"id": "A-unknown"}}),
        ("card.collected", {}),
        ("renewal.booked", {}),
    ],
)
def test_a_dossier_or_appointment_that_nobody_knows_is_taken_in(
    doors: Doors, kind: str, data: dict[str, Any]
) -> None:
    dossier_id = doors.new_id()
    assert doors.tell(kind, dossier_id, **data) == "recorded"
    assert [event.type for event in doors.dossier(dossier_id).events] == [kind]


def test_a_correctly_signed_event_with_two_signatures_is_recorded(doors: Doors) -> None:
    body, event_id = a_selection(doors.new_id()), doors.new_id("evt")
    good = doors.signed(body, event_id)["webhook-signature"]
    both = f"v1a,AAAA v1,{'A' * 43}= {good}"
    assert answer(doors.deliver(body, event_id, webhook_signature=both))[0] == 202


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/cloudevents+json",
        "text/plain",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "image/png",
        "not a media type",
        "",
    ],
)
def test_any_media_type_is_read_as_json(doors: Doors, media_type: str) -> None:
    reply = doors.deliver(a_selection(doors.new_id()), content_type=media_type)
    assert answer(reply) == (202, {"status": "recorded"})


# How much


def padded(dossier_id: str, size: int) -> bytes:
    bare = len(a_selection(dossier_id, note=""))
    return a_selection(dossier_id, note="x" * (size - bare))


def test_sixty_four_kilobytes_are_recorded(doors: Doors) -> None:
    body = padded(doors.new_id(), BODY_AT_MOST)
    assert len(body) == 65_536
    assert answer(doors.deliver(body)) == (202, {"status": "recorded"})


def test_one_byte_more_is_too_much(doors: Doors) -> None:
    dossier_id = doors.new_id()
    status, said = answer(doors.deliver(padded(dossier_id, BODY_AT_MOST + 1)))
    assert (status, said["detail"]) == (413, "body: more than 65,536 bytes")
    assert doors.dossier(dossier_id).events == ()


def test_sixty_four_kilobytes_of_nonsense_are_kept_whole(doors: Doors) -> None:
    body, event_id = b"\xff" * BODY_AT_MOST, doors.new_id("evt")
    assert answer(doors.deliver(body, event_id))[1]["status"] == "quarantined"
    [item] = doors.items(f"QUARANTINE#{event_id}#")
    assert item["body"]["B"] == body


# Refused


@pytest.mark.parametrize("gone", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_webhook_without_its_headers_is_unauthorized(doors: Doors, gone: str) -> None:
    body, event_id = a_selection(doors.new_id()), doors.new_id("evt")
    headers = {name: v for name, v in doors.signed(body, event_id).items() if name != gone}
    status, said = answer(doors.ask("POST", WEBHOOKS, headers, body))
    assert (status, said) == (401, {"error": "Unauthorized", "detail": f"{gone}: missing"})


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({"webhook_id": "evt-other"}, "webhook-signature: none matches"),
        ({"webhook_signature": f"v1,{'A' * 43}="}, "webhook-signature: none matches"),
        ({"webhook_signature": "v1a,AAAA"}, "webhook-signature: no v1 signature"),
        ({"webhook_timestamp": "1554700000"}, "webhook-timestamp: more than 5 minutes from now"),
        ({"webhook_timestamp": "1554720000"}, "webhook-timestamp: more than 5 minutes from now"),
    ],
    ids=["id", "signature", "scheme", "old", "ahead"],
)
def test_what_is_not_authentic_is_unauthorized_and_not_kept(
    doors: Doors, headers: dict[str, str], detail: str
) -> None:
    dossier_id = doors.new_id()
    event_id = doors.new_id("evt")
    status, said = answer(doors.deliver(a_selection(dossier_id), event_id, **headers))
    assert (status, said["detail"]) == (401, detail)
    assert doors.dossier(dossier_id).events == ()
    assert not is_quarantined(doors, event_id)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "evt.1"),
        ("webhook-id", "e" * 129),
        ("webhook-timestamp", "1_55471040"),
        ("webhook-timestamp", "١٥٥٤٧١٠٤٠٠"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", " " * 10),
    ],
)
def test_malformed_headers_are_a_bad_request(doors: Doors, name: str, value: str) -> None:
    headers = {name.replace("-", "_"): value}
    status, said = answer(doors.deliver(a_selection(doors.new_id()), **headers))
    assert (status, said) == (400, {"error": "Bad Request", "detail": f"{name}: malformed"})


# Quarantine: authentic, and kept for a person


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body: not JSON"),
        (b"{", "body: not JSON"),
        (b"\xff", "body: not UTF-8"),
        (b"[" * 60_000, "body: nested too deeply"),
        (b'{"type": 1, "type": 2}', "body: a key stands twice"),
        (a_body("weather.changed", "D"), "type: not one that a booking system raises"),
        (a_body("work.closed", "D"), "type: not one that a booking system raises"),
        (a_body("appointment.selected", "D"), "data.appointment: missing"),
        (a_body("card.ready", "D", "2019-04-08"), "timestamp: not an instant with an offset"),
        (a_body("card.ready", "Dossier of Léa Benali"), "data.dossier_id"),
    ],
)
def test_what_cannot_be_used_is_kept_whole_and_says_why(
    doors: Doors, body: bytes, reason: str
) -> None:
    event_id = doors.new_id("evt")
    status, said = answer(doors.deliver(body, event_id))
    assert (status, said["status"]) == (202, "quarantined")
    assert reason in said["reason"]
    [item] = doors.items(f"QUARANTINE#{event_id}#")
    assert (item["body"]["B"], item["reason"]["S"]) == (body, said["reason"])
    assert "work_since" in item


def test_what_is_quarantined_twice_is_kept_once(doors: Doors) -> None:
    event_id = doors.new_id("evt")
    replies = [answer(doors.deliver(b"{", event_id)) for _ in range(2)]
    assert replies[0] == replies[1]
    assert len(doors.items(f"QUARANTINE#{event_id}#")) == 1


def test_a_known_id_with_another_body_is_quarantined_and_changes_nothing(doors: Doors) -> None:
    dossier_id, event_id = doors.new_id(), doors.new_id("evt")
    doors.deliver(a_selection(dossier_id), event_id)
    before = doors.dossier(dossier_id)
    body = a_body("appointment.selected", dossier_id, appointment=LATER, student=STUDENT)
    assert answer(doors.deliver(body, event_id)) == (202, {"status": "quarantined"})
    assert doors.dossier(dossier_id) == before
    [item] = doors.items(f"QUARANTINE#{event_id}#")
    assert item["body"]["B"] == body


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [("2019-04-08T10:10:00+02:00", "recorded"), ("2019-04-08T10:10:01+02:00", "quarantined")],
)
def test_a_clock_may_be_ten_minutes_ahead_and_no_more(
    doors: Doors, timestamp: str, status: str
) -> None:
    event_id = doors.new_id("evt")
    body = a_selection(doors.new_id(), timestamp=timestamp)
    assert answer(doors.deliver(body, event_id)) == (202, {"status": status})
    assert is_quarantined(doors, event_id) is (status == "quarantined")


@pytest.mark.parametrize("kind", ["appointment.selected", "contact.updated"])
def test_the_reason_of_a_quarantine_holds_no_word_of_the_student(doors: Doors, kind: str) -> None:
    before = len(doors.log.getvalue())
    secrets = ["Marguerite", "Zyxwv", "zyxwv@example.org", "+33698765432", "klingon"]
    block = dict(zip(STUDENT, secrets, strict=True))
    for wrong in STUDENT:
        event_id = doors.new_id("evt")
        student = {**block, wrong: [block[wrong]]}
        body = a_body(kind, doors.new_id(), appointment=SLOT, student=student)
        reply = doors.deliver(body, event_id)
        [item] = doors.items(f"QUARANTINE#{event_id}#")
        assert wrong in item["reason"]["S"]
        told = reply.body.decode() + item["reason"]["S"] + doors.log.getvalue()[before:]
        assert [secret for secret in secrets if secret in told] == []


# Recorded, but for a courtesy that cannot be read

UNREAD: dict[str, Any] = {"version": "3", "student": {**STUDENT, "phone": 33612345678}}
LEFT_OUT = ["data.version", "data.student.phone"]


def test_a_courtesy_that_cannot_be_read_costs_no_appointment_and_a_person_sees_it(
    doors: Doors,
) -> None:
    dossier_id, event_id = doors.new_id(), doors.new_id("evt")
    body = a_selection(dossier_id, **UNREAD)
    told = {"status": "recorded", "unread": LEFT_OUT}
    assert answer(doors.deliver(body, event_id)) == (202, told)
    [event] = doors.dossier(dossier_id).events
    assert (event.appointment_id, event.unread) == ("A-1", tuple(LEFT_OUT))
    [item] = doors.items(f"QUARANTINE#{event_id}#")
    assert (item["body"]["B"], item["reason"]["S"]) == (
        body,
        "recorded, but for data.version, data.student.phone",
    )


def test_where_the_person_could_not_be_told_it_comes_again(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StorageUnavailable

    dossier_id, event_id = doors.new_id(), doors.new_id("evt")
    body = a_selection(dossier_id, **UNREAD)
    with monkeypatch.context() as patch:
        patch.setattr(doors.services.quarantine, "keep", down)
        assert doors.deliver(body, event_id).status == 503
    assert answer(doors.deliver(body, event_id)) == (200, {"status": "duplicate"})
    assert is_quarantined(doors, event_id)


def test_of_what_a_nightly_resync_says_again_a_person_hears_once(doors: Doors) -> None:
    dossier_id, first, night = doors.new_id(), doors.new_id("evt"), doors.new_id("evt")
    doors.deliver(a_selection(dossier_id, **UNREAD), first)
    again = a_selection(dossier_id, timestamp="2019-04-08T10:00:30+02:00", **UNREAD)
    assert answer(doors.deliver(again, night)) == (200, {"status": "duplicate"})
    assert [is_quarantined(doors, one) for one in (first, night)] == [True, False]


def test_of_what_is_stale_or_forgotten_no_copy_is_kept(doors: Doors) -> None:
    dossier_id, event_id = doors.new_id(), doors.new_id("evt")
    doors.deliver(a_selection(dossier_id, timestamp="2019-04-08T09:59:30+02:00"))
    older = a_selection(dossier_id, appointment={**SLOT, "id": "A-0"}, version="3")
    assert answer(doors.deliver(older, event_id))[1] == {"status": "stale"}
    assert not is_quarantined(doors, event_id)


@pytest.mark.parametrize("language", ["fr-FR", "FR", "en_GB", "es", "", "klingon", None])
def test_no_language_costs_an_appointment(doors: Doors, language: str | None) -> None:
    event_id = doors.new_id("evt")
    body = a_selection(doors.new_id(), student={**STUDENT, "language": language})
    assert answer(doors.deliver(body, event_id)) == (202, {"status": "recorded"})
    assert not is_quarantined(doors, event_id)


def test_one_id_for_two_dossiers_is_an_event_of_each(doors: Doors) -> None:
    ids, event_id = [doors.new_id(), doors.new_id()], doors.new_id("evt")
    for dossier_id in ids:
        assert answer(doors.deliver(a_selection(dossier_id), event_id))[1] == {"status": "recorded"}
        assert answer(doors.deliver(a_selection(dossier_id), event_id))[1] == {
            "status": "duplicate"
        }
    assert [len(doors.dossier(dossier_id).events) for dossier_id in ids] == [1, 1]


# When we cannot store


@pytest.mark.parametrize("body", [b"{", a_selection("D-later")], ids=["unusable", "usable"])
def test_without_storage_nothing_is_answered_but_come_back(doors: Doors, body: bytes) -> None:
    event_id = doors.new_id("evt")
    with doors.storage_down():
        reply = doors.deliver(body, event_id)
    assert (reply.status, reply.header("Retry-After")) == (503, "30")
    assert not is_quarantined(doors, event_id)
    assert answer(doors.deliver(body, event_id))[0] == 202


def test_the_log_says_what_it_was_that_could_not_be_reached(doors: Doors) -> None:
    before, event_id = len(doors.log.getvalue()), doors.new_id("evt")
    with doors.storage_down("WEBHOOK_SECRETS_ID"):
        doors.deliver(a_selection("D-later"), event_id)
    lines = map(json.loads, doors.log.getvalue()[before:].splitlines())
    [line] = [line for line in lines if line.get("outcome") == "not_stored"]
    assert line["level"] == "ERROR"
    assert line["exception_name"].startswith("StorageUnavailable < ResourceNotFoundException")
    assert "ResourceNotFoundException" in line["exception"]


@contextmanager
def spoil(doors: Doors, text: str = "", **changed: Any) -> Iterator[None]:
    """Meanwhile the secret of the stage holds this, or is this text."""
    client = boto3.client("secretsmanager")
    secret_id = doors.around.stack.ids["WebhookSecrets"]
    kept = client.get_secret_value(SecretId=secret_id)["SecretString"]
    content = {**json.loads(kept), **changed}
    present = {name: value for name, value in content.items() if value is not ...}
    client.put_secret_value(SecretId=secret_id, SecretString=text or json.dumps(present))
    doors.bootstrap.services.cache_clear()
    yield
    client.put_secret_value(SecretId=secret_id, SecretString=kept)
    doors.bootstrap.services.cache_clear()
    client.close()


@pytest.mark.parametrize("spoilt", ["", "whsec_", None])
def test_a_spoilt_secret_beside_a_good_one_is_passed_over_and_told(
    doors: Doors, spoilt: str | None
) -> None:
    before = len(doors.log.getvalue())
    with spoil(doors, webhook_secrets=[spoilt, doors.around.stack.webhook_secret]):
        reply = doors.deliver(a_selection(doors.new_id()))
    assert answer(reply) == (202, {"status": "recorded"})
    lines = map(json.loads, doors.log.getvalue()[before:].splitlines())
    [line] = [line for line in lines if line.get("outcome") == "secret_spoilt"]
    assert (line["level"], line["exception"]) == (
        "ERROR",
        "webhook_secrets: 1 of 2 are no keys",
    )


def test_one_secret_need_not_be_a_list(doors: Doors) -> None:
    with spoil(doors, webhook_secrets=doors.around.stack.webhook_secret):
        reply = doors.deliver(a_selection(doors.new_id()))
    assert answer(reply) == (202, {"status": "recorded"})


@pytest.mark.parametrize("kept", [[], [""], ["whsec_", None], "whsec_", None, {}, ...], ids=repr)
def test_without_any_good_secret_the_sender_is_asked_to_come_back(doors: Doors, kept: Any) -> None:
    event_id = doors.new_id("evt")
    with spoil(doors, webhook_secrets=kept):
        reply = doors.deliver(a_selection("D-later"), event_id)
    assert (reply.status, reply.header("Retry-After")) == (503, "30")
    assert not is_quarantined(doors, event_id)


@pytest.mark.parametrize("text", ["no json", "[]", '"whsec_"'])
def test_a_secret_that_is_spoilt_as_a_whole_is_one_that_cannot_be_read(
    doors: Doors, text: str
) -> None:
    with spoil(doors, text):
        reply = doors.deliver(a_selection("D-later"))
    assert reply.status == 503


def test_what_cannot_be_woken_is_recorded_and_the_log_says_why(doors: Doors) -> None:
    before, event_id = len(doors.log.getvalue()), doors.new_id("evt")
    with doors.storage_down("SERVE_QUEUE_URL"):
        reply = doors.deliver(a_selection(doors.new_id()), event_id)
    assert reply.status == 202
    lines = map(json.loads, doors.log.getvalue()[before:].splitlines())
    [line] = [line for line in lines if line.get("outcome") == "not_woken"]
    assert (line["level"], line["event_id"]) == ("ERROR", event_id)
    assert line["exception_name"].startswith("StorageUnavailable < ")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ('{"schema": 99}', "written by a newer version of this program"),
        ("{}", "the document names no schema"),
        ("{", "the document is no JSON"),
    ],
)
def test_an_event_for_a_dossier_that_cannot_be_read_waits_for_it_whole(
    doors: Doors, document: str, why: str
) -> None:
    dossier_id, event_id = doors.booked(), doors.new_id("evt")
    doors.put(dossier_id, document=document)
    reply = doors.deliver(a_body("card.ready", dossier_id), event_id)
    reason = f"dossier {dossier_id} cannot be read: {why}"
    assert answer(reply) == (202, {"status": "quarantined", "reason": reason})
    assert is_quarantined(doors, event_id)
    [item] = doors.items(f"DOSSIER#{dossier_id}")
    assert item["document"]["S"] == document


def test_without_the_queue_an_event_is_recorded_all_the_same(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier_id = doors.new_id()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVE_QUEUE_URL", f"{doors.around.stack.ids['ServeQueue']}-gone")
        doors.bootstrap.services.cache_clear()
        reply = doors.deliver(a_selection(dossier_id))
    doors.bootstrap.services.cache_clear()
    assert answer(reply) == (202, {"status": "recorded"})
    assert len(doors.dossier(dossier_id).events) == 1


# Whatever comes


NEVER = {301, 302, 303, 307, 308, 410, 415, 500}
header_text = st.text(max_size=60)
any_headers = st.dictionaries(
    st.sampled_from(
        [
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "content-type",
            "accept",
            "content-length",
            "x-forwarded-for",
        ]
    )
    | st.text(min_size=1, max_size=20),
    header_text,
    max_size=5,
)
near_misses = st.sampled_from(
    [a_selection("D-fuzz"), a_selection("D-fuzz", note="é"), b"{}", b"null"]
).flatmap(
    lambda body: st.tuples(st.integers(0, len(body)), st.binary(max_size=3)).map(
        lambda cut: body[: cut[0]] + cut[1] + body[cut[0] + 1 :]
    )
)
any_body = st.binary(max_size=300) | near_misses


@given(headers=any_headers, body=any_body)
def test_a_stranger_gets_a_refusal_and_nothing_else(
    doors: Doors, headers: dict[str, str], body: bytes
) -> None:
    status, _ = answer(doors.ask("POST", WEBHOOKS, headers, body))
    assert status in {400, 401}


@given(body=any_body, headers=any_headers)
def test_whatever_is_authentic_is_kept(doors: Doors, body: bytes, headers: dict[str, str]) -> None:
    event_id = doors.new_id("fuzz")
    given = {**headers, **doors.signed(body, event_id)}
    status, said = answer(doors.ask("POST", WEBHOOKS, given, body))
    assert status not in NEVER
    assert (status, said["status"]) in {
        (202, "recorded"),
        (202, "quarantined"),
        (200, "stale"),
        (200, "duplicate"),  # it says what another one of these has said
    }
    is_whole = said["status"] != "quarantined" and "unread" not in said
    is_repeat = said["status"] == "duplicate"  # what it leaves out was told with the first one
    assert is_repeat or is_whole is not is_quarantined(doors, event_id)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_webhooks_are_posted(doors: Doors, method: str) -> None:
    assert Gateway(doors.app.app).request(method, WEBHOOKS).status == 405


def test_what_is_logged_of_an_event_names_nobody(doors: Doors) -> None:
    before = len(doors.log.getvalue())
    dossier_id, event_id = doors.new_id(), doors.new_id("evt")
    doors.deliver(a_selection(dossier_id), event_id)
    [line] = doors.log.getvalue()[before:].splitlines()
    said = json.loads(line)
    assert (said["dossier_id"], said["event_id"]) == (dossier_id, event_id)
    assert (said["outcome"], said["event_type"]) == ("recorded", "appointment.selected")
    assert not [value for value in STUDENT.values() if len(value) > 2 and value in line]
    assert TOLD_AT not in line


def test_an_event_that_a_fault_of_ours_keeps_from_its_dossier_waits_for_a_person(
    doors: Doors,
) -> None:
    dossier_id, event_id = doors.booked(), doors.new_id("evt")
    with doors.cannot_plan(dossier_id):
        reply = doors.deliver(a_body("dossier.checked", dossier_id), event_id)
    assert reply.status == 202
    assert json.loads(reply.body)["status"] == "quarantined"
    assert is_quarantined(doors, event_id)


def test_without_its_secrets_the_product_asks_to_be_told_again(doors: Doors) -> None:
    body, event_id = a_selection(doors.new_id()), doors.new_id("evt")
    headers = doors.signed(body, event_id)
    with doors.storage_down("WEBHOOK_SECRETS_ID"):
        reply = doors.ask("POST", WEBHOOKS, headers, body)
    assert (reply.status, reply.header("Retry-After")) == (503, "30")
    assert doors.ask("POST", WEBHOOKS, headers, body).status == 202
