"""What the providers report, a few seconds later."""

import json
from datetime import timedelta
from typing import Any

from local.aws.suppression import SuppressionList
from local.faults.post import EMAIL_DELIVERED, SMS_DELIVERED
from local.faults.receipts import Receipts
from local.faults.switches import Faults
from local.studio.outbox import Message, Outbox, Outcome
from tests.local.messages import NOON, email, sms


class Topic:
    """Remembers what was published."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def publish(self, body: str) -> None:
        self.events.append(json.loads(body))


def world(faults: Faults | None = None) -> tuple[Receipts, Outbox, Topic]:
    outbox, topic = Outbox(), Topic()
    receipts = Receipts(outbox, faults or Faults(), topic.publish, SuppressionList())
    return receipts, outbox, topic


def switched(name: str, setting: object) -> Faults:
    faults = Faults()
    faults.switch({name: setting})
    return faults


def events_of(message: Message) -> list[dict[str, Any]]:
    receipts, _, topic = world()
    receipts.accepted(message)
    receipts.release(NOON + timedelta(minutes=1))
    return topic.events


def test_nothing_comes_at_once() -> None:
    receipts, outbox, topic = world()
    receipts.accepted(email())
    assert receipts.release(NOON) == 0
    assert topic.events == []
    assert [status for _, status in outbox] == [Outcome.ACCEPTED]
    assert receipts.next_at() == NOON + timedelta(seconds=1)


def test_a_mail_is_sent_then_delivered() -> None:
    assert [e["eventType"] for e in events_of(email())] == ["Send", "Delivery"]


def test_a_receipt_comes_when_its_time_has_come_and_not_before() -> None:
    receipts, outbox, _ = world()
    receipts.accepted(email())
    assert receipts.release(NOON + timedelta(seconds=1)) == 1
    assert receipts.next_at() == NOON + EMAIL_DELIVERED
    assert receipts.release(NOON + EMAIL_DELIVERED) == 1
    assert receipts.next_at() is None
    assert [status for _, status in outbox] == [Outcome.DELIVERED]


def test_ses_events_carry_every_tag_as_a_list() -> None:
    tags = events_of(email())[1]["mail"]["tags"]
    assert tags["dossier"] == ["D-1"]
    assert tags["notice"] == ["card_ready-1"]
    assert tags["ses:from-domain"] == ["relance.example"]


def test_a_ses_delivery_says_when_and_to_whom() -> None:
    delivery = events_of(email())[1]
    assert delivery["delivery"]["timestamp"] == "2019-06-27T12:00:04.000Z"
    assert delivery["delivery"]["recipients"] == ["lea@example.org"]
    assert delivery["mail"]["messageId"] == "m-1"


def test_an_sms_is_queued_then_delivered() -> None:
    queued, delivered = events_of(sms())
    assert (queued["eventType"], queued["isFinal"]) == ("TEXT_QUEUED", False)
    assert (delivered["eventType"], delivered["isFinal"]) == ("TEXT_DELIVERED", True)
    assert delivered["messageId"] == "s-1"


def test_sms_events_carry_the_context() -> None:
    assert events_of(sms())[1]["context"] == dict(sms().tags)


def test_of_a_lost_sms_nothing_is_ever_heard() -> None:
    receipts, outbox, topic = world(switched("lost_sms", 1))
    receipts.accepted(sms("s-1"))
    assert receipts.next_at() is None
    receipts.accepted(sms("s-2"))
    receipts.release(NOON + timedelta(days=4))
    assert [status for _, status in outbox] == [Outcome.LOST, Outcome.DELIVERED]
    assert {e["messageId"] for e in topic.events} == {"s-2"}


def test_a_lost_sms_never_takes_a_mail() -> None:
    receipts, outbox, _ = world(switched("lost_sms", 1))
    receipts.accepted(email())
    assert [status for _, status in outbox] == [Outcome.ACCEPTED]


def test_of_a_lost_receipt_nothing_is_heard_and_the_message_arrives() -> None:
    receipts, outbox, topic = world(switched("receipt_lost", 1))
    receipts.accepted(sms())
    assert receipts.release(NOON + SMS_DELIVERED) == 0
    assert (topic.events, receipts.told) == ([], [])
    assert [status for _, status in outbox] == [Outcome.DELIVERED]


def test_a_doubled_receipt_comes_again_a_minute_later() -> None:
    receipts, _, topic = world(switched("receipt_twice", 1))
    receipts.accepted(email())
    receipts.release(NOON + timedelta(seconds=30))
    receipts.release(NOON + timedelta(seconds=90))
    assert [e["eventType"] for e in topic.events] == ["Send", "Delivery"] * 2


def test_a_bounce_says_which_kind_it_is() -> None:
    receipts, outbox, topic = world(switched("soft_bounce", 1))
    receipts.accepted(email())
    receipts.release(NOON + EMAIL_DELIVERED)
    bounce = topic.events[1]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Transient", "MailboxFull")
    (recipient,) = bounce["bouncedRecipients"]
    assert (recipient["action"], recipient["status"]) == ("failed", "4.2.2")
    assert [status for _, status in outbox] == [Outcome.BOUNCED]


def test_what_was_told_is_remembered() -> None:
    receipts, _, _ = world()
    receipts.accepted(sms())
    receipts.release(NOON + SMS_DELIVERED)
    assert [(told.status, told.at) for told in receipts.told] == [
        (Outcome.ACCEPTED, NOON + SMS_DELIVERED),
        (Outcome.DELIVERED, NOON + SMS_DELIVERED),
    ]
