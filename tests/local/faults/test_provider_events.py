"""What stands in for receipts says what the real ones say, and the product reads it so.

SES: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
SMS: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.decoding.receipts import receipt_of
from chalicelib.domain.attempts import Status
from local.faults import provider_events as events
from local.faults.provider_events import Tells
from local.studio.outbox import Message
from tests.decoding.provider_payloads import in_sns
from tests.local.messages import NOON, email, sms

AT = NOON + timedelta(seconds=4)

#: Each kind of receipt: of which message, what it says, and what the product makes of it.
RECEIPTS: Mapping[str, tuple[Message, Tells, Mapping[str, Any], Status]] = {
    "sent": (email(), events.email_sent, {"eventType": "Send"}, Status.ACCEPTED),
    "delivered": (
        email(),
        events.email_delivered,
        {
            "eventType": "Delivery",
            "delivery.recipients": ["lea@example.org"],
            "delivery.processingTimeMillis": 4_000,
            "delivery.timestamp": "2019-06-27T12:00:04.000Z",
        },
        Status.DELIVERED,
    ),
    "returned for good": (
        email(),
        events.email_bounced("Permanent", "NoEmail"),
        {
            "eventType": "Bounce",
            "bounce.bounceType": "Permanent",
            "bounce.bounceSubType": "NoEmail",
            "bounce.bouncedRecipients": [
                {"emailAddress": "lea@example.org", "action": "failed", "status": "5.1.1"}
            ],
        },
        Status.BOUNCED,
    ),
    "mailbox full": (
        email(),
        events.email_bounced("Transient", "MailboxFull"),
        {
            "bounce.bounceType": "Transient",
            "bounce.bouncedRecipients": [
                {"emailAddress": "lea@example.org", "action": "failed", "status": "4.2.2"}
            ],
        },
        Status.BOUNCED,
    ),
    "answered by itself": (
        email(),
        events.email_answered,
        {
            "bounce.bounceType": "Transient",
            "bounce.bounceSubType": "General",
            "bounce.bouncedRecipients": [{"emailAddress": "lea@example.org"}],
        },
        Status.BOUNCED,
    ),
    "unwanted": (
        email(),
        events.email_complained,
        {
            "eventType": "Complaint",
            "complaint.complaintFeedbackType": "abuse",
            "complaint.complaintSubType": None,
            "complaint.complainedRecipients": [{"emailAddress": "lea@example.org"}],
        },
        Status.COMPLAINED,
    ),
    "suppressed": (
        email(),
        events.email_suppressed,
        {
            "eventType": "Complaint",
            "complaint.complaintSubType": "OnAccountSuppressionList",
            "complaint.complaintFeedbackType": None,
        },
        Status.BOUNCED,
    ),
    "sms queued": (
        sms(),
        events.text_queued,
        {"eventType": "TEXT_QUEUED", "messageStatus": "QUEUED", "isFinal": False},
        Status.ACCEPTED,
    ),
    "sms delivered": (
        sms(),
        events.text_delivered,
        {"eventType": "TEXT_DELIVERED", "messageStatus": "DELIVERED", "isFinal": True},
        Status.DELIVERED,
    ),
    "sms lost": (
        sms(),
        events.text_failed("UNREACHABLE"),
        {"eventType": "TEXT_UNREACHABLE", "messageStatus": "UNREACHABLE", "isFinal": True},
        Status.FAILED,
    ),
}


def at(path: str, event: Mapping[str, Any]) -> Any:
    """What stands at a path such as `bounce.bounceType`."""
    found: Any = event
    for step in path.split("."):
        found = found[step]
    return found


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_says_what_became_of_its_message(name: str) -> None:
    message, tells, said, _ = RECEIPTS[name]
    event = tells(message, AT)
    assert {path: at(path, event) for path in said} == said


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_names_its_message_its_receiver_and_every_tag(name: str) -> None:
    message, tells, _, _ = RECEIPTS[name]
    event = tells(message, AT)
    if message.channel == "email":
        mail = event["mail"]
        assert (mail["messageId"], mail["destination"]) == (message.message_id, [message.to])
        assert mail["timestamp"] == "2019-06-27T12:00:00.000Z"
        assert {n: v for n, v in mail["tags"].items() if not n.startswith("ses:")} == {
            tag: [value] for tag, value in message.tags.items()
        }
    else:
        assert (event["messageId"], event["destinationPhoneNumber"]) == (
            message.message_id,
            message.to,
        )
        assert event["eventTimestamp"] == int(AT.timestamp() * 1000)
        assert event["messageRequestTimestamp"] == int(NOON.timestamp() * 1000)
        assert event["context"] == dict(message.tags)


@pytest.mark.parametrize("name", RECEIPTS)
def test_the_product_reads_a_receipt_as_what_it_says(name: str) -> None:
    message, tells, _, status = RECEIPTS[name]
    report = receipt_of(in_sns(tells(message, AT))).report
    assert report
    assert (report.status, report.dossier_id, report.attempt) == (status, "D-1", 1)
    assert report.notice.channel.value == message.channel
