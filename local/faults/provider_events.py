"""What SES and the SMS service publish about a message, field by field.

SES: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
SMS: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.aws.lambda_runtime import ACCOUNT
from local.studio.outbox import Message

#: Tells of a message at an instant.
Tells = Callable[[Message, datetime], dict[str, Any]]

MTA = "a8-50.smtp-out.eu-west-3.amazonses.com"


def email_sent(message: Message, _at: datetime) -> dict[str, Any]:
    """A mail has left SES."""
    return {"eventType": "Send", "mail": _mail(message), "send": {}}


def email_delivered(message: Message, at: datetime) -> dict[str, Any]:
    """The receiver's server took a mail."""
    return {
        "eventType": "Delivery",
        "mail": _mail(message),
        "delivery": {
            "timestamp": _stamp(at),
            "processingTimeMillis": (at - message.at) // timedelta(milliseconds=1),
            "recipients": [message.to],
            "smtpResponse": "250 2.0.0 Ok: queued",
            "remoteMtaIp": "127.0.0.1",
            "reportingMTA": MTA,
        },
    }


#: What a mail server says of a recipient, by why the mail came back (RFC 3463).
STATUS = {"MailboxFull": "4.2.2", "NoEmail": "5.1.1", "OnAccountSuppressionList": "5.1.1"}


def email_bounced(kind: str, sub_kind: str) -> Tells:
    """A mail came back, for good or for now, with the report of a mail server."""

    def tells(message: Message, at: datetime) -> dict[str, Any]:
        report = {"action": "failed", "status": STATUS[sub_kind]}
        return _bounce(message, at, kind, sub_kind, report)

    return tells


def email_answered(message: Message, at: datetime) -> dict[str, Any]:
    """A mailbox answers by itself: a bounce without a report."""
    return _bounce(message, at, "Transient", "General", {})


def email_complained(message: Message, at: datetime) -> dict[str, Any]:
    """The receiver of a mail calls it unwanted."""
    return _complaint(message, at, None, "abuse")


def email_suppressed(message: Message, at: datetime) -> dict[str, Any]:
    """A mail was not sent, because its receiver has called another one unwanted."""
    return _complaint(message, at, "OnAccountSuppressionList", None)


def text_queued(message: Message, at: datetime) -> dict[str, Any]:
    """An SMS waits for its carrier."""
    return _text(message, at, "QUEUED", is_final=False)


def text_delivered(message: Message, at: datetime) -> dict[str, Any]:
    """An SMS is on the phone."""
    return _text(message, at, "DELIVERED", is_final=True)


def text_failed(status: str) -> Tells:
    """An SMS did not get to the phone."""
    return lambda message, at: _text(message, at, status, is_final=True)


def _bounce(
    message: Message, at: datetime, kind: str, sub_kind: str, report: dict[str, str]
) -> dict[str, Any]:
    return {
        "eventType": "Bounce",
        "mail": _mail(message),
        "bounce": {
            "bounceType": kind,
            "bounceSubType": sub_kind,
            "bouncedRecipients": [{"emailAddress": message.to, **report}],
            "timestamp": _stamp(at),
            "feedbackId": f"{message.message_id}-bounce",
            "reportingMTA": f"dns; {MTA}",
        },
    }


def _complaint(
    message: Message, at: datetime, sub_kind: str | None, feedback_type: str | None
) -> dict[str, Any]:
    return {
        "eventType": "Complaint",
        "mail": _mail(message),
        "complaint": {
            "complainedRecipients": [{"emailAddress": message.to}],
            "timestamp": _stamp(at),
            "feedbackId": f"{message.message_id}-complaint",
            "complaintSubType": sub_kind,
            "complaintFeedbackType": feedback_type,
        },
    }


def _mail(message: Message) -> dict[str, Any]:
    return {
        "timestamp": _stamp(message.at),
        "source": message.sender,
        "sourceArn": f"arn:aws:ses:eu-west-3:{ACCOUNT}:identity/{_domain(message.sender)}",
        "sendingAccountId": ACCOUNT,
        "messageId": message.message_id,
        "destination": [message.to],
        "headersTruncated": False,
        "headers": [
            {"name": "From", "value": message.sender},
            {"name": "To", "value": message.to},
            {"name": "Subject", "value": message.subject},
            *({"name": name, "value": value} for name, value in message.headers),
        ],
        "commonHeaders": {
            "from": [message.sender],
            "to": [message.to],
            "messageId": message.message_id,
            "subject": message.subject,
        },
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:source-ip": ["127.0.0.1"],
            "ses:from-domain": [_domain(message.sender)],
            "ses:caller-identity": ["serve_dossier"],
            **{name: [value] for name, value in message.tags.items()},
        },
    }


def _text(message: Message, at: datetime, status: str, *, is_final: bool) -> dict[str, Any]:
    return {
        "eventType": f"TEXT_{status}",
        "eventVersion": "1.0",
        "eventTimestamp": _millis(at),
        "isFinal": is_final,
        "originationPhoneNumber": message.sender,
        "destinationPhoneNumber": message.to,
        "isoCountryCode": "FR",
        "isInternationalSend": False,
        "messageId": message.message_id,
        "messageRequestTimestamp": _millis(message.at),
        "messageEncoding": "GSM",
        "messageType": "TRANSACTIONAL",
        "messageStatus": status,
        "messageStatusDescription": f"Message has been {status.lower()}",
        "context": dict(message.tags),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.07,
        "totalCarrierFee": 0.0,
    }


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip(">")


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
