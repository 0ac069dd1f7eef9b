"""What is sent to the booking system's door, well meant or not: nothing authentic is lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.clock.paris import iso
from tests.journeys.driver import STUDENT, Signed, TimeTraveller, sign
from tests.journeys.student import Student

pytestmark = pytest.mark.enable_socket

NAUGHT = b"\xff\xfe"
WRONG_SECRET = "whsec_" + "QUJD" * 8

#: Makes a webhook about one student's dossier.
Attack = Callable[[Student], Signed]


def card_ready(lea: Student) -> Signed:
    return lea.event("card.ready", student=STUDENT)


def text(lea: Student, **changes: Any) -> str:
    """The body of an event, with other values."""
    return json.dumps({**json.loads(card_ready(lea).body), **changes})


def signed(body: Callable[[Student], str | bytes]) -> Attack:
    return lambda lea: lea.world.signed(body(lea))


def header(**headers: str) -> Attack:
    return lambda lea: card_ready(lea).but(**headers)


def aged(span: timedelta) -> Attack:
    """Signed well, at another time than now."""

    def attack(lea: Student) -> Signed:
        webhook, secret = card_ready(lea), lea.world.webhook_secret()
        return sign(secret, webhook.event_id, lea.world.now() + span, webhook.body)

    return attack


def signed_by_another(lea: Student) -> Signed:
    webhook = card_ready(lea)
    return sign(WRONG_SECRET, webhook.event_id, lea.world.now(), webhook.body)


def tampered(lea: Student) -> Signed:
    webhook = card_ready(lea)
    return replace(webhook, body=webhook.body.replace(b"card.ready", b"card.collected"))


def padded(size: int) -> Attack:
    def attack(lea: Student) -> Signed:
        body = text(lea).encode()
        return lea.world.signed(body + b" " * (size - len(body)))

    return attack


REFUSED: dict[str, tuple[Attack, int]] = {
    "unsigned": (header(webhook_signature=""), 401),
    "without an id": (header(webhook_id=""), 401),
    "without a time": (header(webhook_timestamp=""), 401),
    "signed by somebody else": (signed_by_another, 401),
    "tampered with": (tampered, 401),
    "under another id": (header(webhook_id="evt_other"), 401),
    "too old": (aged(timedelta(minutes=-6)), 401),
    "from the future": (aged(timedelta(minutes=6)), 401),
    "with an unknown scheme only": (header(webhook_signature="v1a,AAAA"), 401),
    "with bad base64": (header(webhook_signature="v1,%%%"), 401),
    "with a signature in Latin-1": (header(webhook_signature="v1,é"), 400),
    "with a dot in its id": (header(webhook_id="evt.1"), 400),
    "with an id in Latin-1": (header(webhook_id="évt"), 400),
    "with a very long id": (header(webhook_id="e" * 129), 400),
    "with underscores in its time": (header(webhook_timestamp="17_3600000"), 400),
    "with a fraction of time": (header(webhook_timestamp="1736000000.5"), 400),
    "with a time before time": (header(webhook_timestamp="-173600000"), 400),
    "one byte too long": (padded(65_537), 413),
    "ten megabytes too long": (padded(10_000_001), 413),
}

AUTHENTIC: dict[str, Attack] = {
    "NaN": signed(lambda lea: text(lea, version=float("nan"))),
    "an infinity": signed(lambda lea: text(lea, version=float("-inf"))),
    "duplicate keys": signed(lambda lea: text(lea)[:-1] + ', "type": "card.collected"}'),
    "not UTF-8": signed(lambda lea: text(lea).encode() + NAUGHT),
    "half a character": signed(lambda lea: text(lea, more="\ud800")),
    "nothing": signed(lambda lea: b""),
    "no JSON": signed(lambda lea: b'{"type": '),
    "no object": signed(lambda lea: "[1, 2]"),
    "a cave": signed(lambda lea: "[" * 60_000),
    "an unknown type": signed(lambda lea: text(lea, type="card.eaten")),
    "a type of the desk": signed(lambda lea: text(lea, type="work.closed")),
    "no dossier": signed(lambda lea: text(lea, data={})),
    "a dossier with a space": signed(lambda lea: text(lea, data={"dossier_id": "D 1"})),
    "no offset": signed(lambda lea: text(lea, timestamp="2019-04-08T10:00:00")),
    "the year 9999": signed(lambda lea: text(lea, timestamp="9999-12-31T23:59:59Z")),
    "an hour ahead": signed(
        lambda lea: text(lea, timestamp=iso(lea.world.now() + timedelta(hours=1)))
    ),
    "a slot that never begins": signed(lambda lea: text(lea, type="appointment.selected")),
}


@pytest.mark.parametrize(("attack", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_authentic_is_refused_and_leaves_no_trace(
    world: TimeTraveller, lea: Student, attack: Attack, status: int
) -> None:
    webhook = attack(lea)
    answer = world.post(webhook)
    assert answer.status == status
    assert answer.json()
    assert "error" in world.dossier(lea.dossier_id)  # there is none
    assert webhook.headers.get("webhook-id") not in world.quarantine()


@pytest.mark.parametrize("attack", AUTHENTIC.values(), ids=AUTHENTIC)
def test_what_is_authentic_and_unusable_waits_for_a_person(
    world: TimeTraveller, lea: Student, attack: Attack
) -> None:
    webhook = attack(lea)
    answer = world.post(webhook)
    assert (answer.status, answer.json()["status"]) == (202, "quarantined")
    assert webhook.event_id in world.quarantine()
    assert lea.messages() == []


def test_the_largest_body_is_taken(world: TimeTraveller, lea: Student) -> None:
    webhook = padded(65_536)(lea)
    assert world.post(webhook).status == 202
    assert lea.event_ids() == {webhook.event_id}


def test_a_signature_among_others_is_found(world: TimeTraveller, lea: Student) -> None:
    webhook = card_ready(lea)
    several = f"v1a,AAAA v1,{'A' * 43}= {webhook.headers['webhook-signature']}"
    assert world.post(webhook.but(webhook_signature=several)).status == 202
    assert lea.state() == "card_ready"


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/x-any", ""])
def test_any_media_type_will_do(world: TimeTraveller, lea: Student, media_type: str) -> None:
    assert world.post(card_ready(lea).but(content_type=media_type)).status == 202
    assert lea.state() == "card_ready"


def test_a_replay_is_a_duplicate_and_sends_nothing(world: TimeTraveller, lea: Student) -> None:
    webhook = card_ready(lea)
    answers = [world.post(webhook) for _ in range(3)]
    assert [(a.status, a.json()["status"]) for a in answers] == [
        (202, "recorded"),
        (200, "duplicate"),
        (200, "duplicate"),
    ]
    assert sorted(lea.received()) == [("card_ready", "email"), ("card_ready", "sms")]


def test_a_retry_with_a_new_time_is_a_duplicate_too(world: TimeTraveller, lea: Student) -> None:
    webhook = card_ready(lea)
    assert world.post(webhook).status == 202
    world.travel("PT1H")
    again = world.signed(webhook.body, webhook.event_id)
    assert world.post(again).json()["status"] == "duplicate"


def test_another_body_under_a_known_id_is_kept_beside_the_first(
    world: TimeTraveller, lea: Student
) -> None:
    webhook = card_ready(lea)
    world.post(webhook)
    other = world.signed(webhook.body.replace(b"card.ready", b"card.collected"), webhook.event_id)
    answer = world.post(other)
    assert (answer.status, answer.json()["status"]) == (202, "quarantined")
    assert webhook.event_id in world.quarantine()
    assert lea.state() == "card_ready"
