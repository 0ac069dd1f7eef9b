"""What SES and the SMS service say in their own words, and what it means in truth.

The meaning is written here from the providers' manuals, and not read from the product's tables.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.attempts import FailureClass, Status
from chalicelib.domain.contact import Channel
from tests.guarantee.history import Left
from tests.guarantee.in_memory.network import Receipt

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
#: A provider's clock that is far ahead, or a typing error in a year.
AHEAD = 80 * 365 * DAY


@dataclass(frozen=True, kw_only=True)
class Word(Receipt):
    """One event as its provider writes it; `status` and `failure_class` are what it really says.

    `dated` is how far its own time lies from the instant at which it is told.
    """

    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    dated: timedelta = timedelta()

    def text(self, left: Left, at: datetime, name: str) -> str:
        """The event as SNS puts it into a queue."""
        is_sms = left.notice.channel is Channel.SMS
        event = self._sms(left, at, name) if is_sms else self._mail(left, at, name)
        return json.dumps({"MessageId": name, "Message": json.dumps(event)})

    def _mail(self, left: Left, at: datetime, name: str) -> dict[str, Any]:
        key = {"Bounce": "bounce", "Complaint": "complaint", "Delivery": "delivery"}.get(self.name)
        said = {"timestamp": (at + self.dated).isoformat(), **self.detail}
        return {
            "eventType": self.name,
            "mail": {
                "timestamp": left.at.isoformat(),
                "messageId": name,
                "tags": {tag: [value] for tag, value in left.tags.items()},
            },
            **({key: said} if key else {}),
        }

    def _sms(self, left: Left, at: datetime, name: str) -> dict[str, Any]:
        return {
            "eventType": self.name,
            "eventTimestamp": int((at + self.dated).timestamp() * 1000),
            "isFinal": self.name not in {"TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT"},
            "messageId": name,
            "context": dict(left.tags),
            **self.detail,
        }


def _bounced(kind: str, subtype: str, status: str, **more: str) -> Mapping[str, Any]:
    recipient = {"action": "failed", "status": status, "diagnosticCode": f"smtp; 550 {status}"}
    return {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": "x@example.org", **recipient, **more}],
    }


def _bounce(kind: str, subtype: str, status: str, failure_class: FailureClass, **more: Any) -> Word:
    detail = _bounced(kind, subtype, status)
    given: dict[str, Any] = {"after": 4 * SECOND, **more}
    return Word(
        name="Bounce", status=Status.BOUNCED, failure_class=failure_class, detail=detail, **given
    )


def _complaint(status: Status, failure_class: FailureClass | None = None, **detail: str) -> Word:
    recipients = [{"emailAddress": "x@example.org"}]
    said = {"complainedRecipients": recipients, **detail}
    return Word(
        name="Complaint", after=HOUR, status=status, failure_class=failure_class, detail=said
    )


def _text(
    name: str, status: Status, failure_class: FailureClass | None = None, **more: Any
) -> Word:
    given: dict[str, Any] = {"after": 6 * SECOND, **more}
    return Word(name=f"TEXT_{name}", status=status, failure_class=failure_class, **given)


SENT = Word(name="Send", after=SECOND, status=Status.ACCEPTED)
DELIVERY = Word(name="Delivery", after=4 * SECOND, status=Status.DELIVERED)
TEXT_SENT = _text("SENT", Status.ACCEPTED, after=SECOND)
TEXT_DELIVERED = _text("DELIVERED", Status.DELIVERED)

ADDRESS, PASSING, MESSAGE = FailureClass.ADDRESS, FailureClass.PASSING, FailureClass.MESSAGE

#: A mail that arrives nowhere, and what is told of it, last word last.
LOST_MAILS: Mapping[str, tuple[Word, ...]] = {
    "no such mailbox": (SENT, _bounce("Permanent", "General", "5.1.1", ADDRESS)),
    "no mailbox": (SENT, _bounce("Permanent", "NoEmail", "5.1.1", ADDRESS)),
    "suppressed": (SENT, _bounce("Permanent", "OnAccountSuppressionList", "5.1.1", ADDRESS)),
    "complaint of the suppression list": (
        SENT,
        _complaint(Status.BOUNCED, ADDRESS, complaintSubType="OnAccountSuppressionList"),
    ),
    "no such domain": (SENT, _bounce("Transient", "General", "5.4.4", ADDRESS)),
    "no such mailbox, passing": (SENT, _bounce("Transient", "General", "5.1.1", ADDRESS)),
    "mailbox full": (SENT, _bounce("Transient", "MailboxFull", "4.2.2", PASSING)),
    "undetermined": (SENT, _bounce("Undetermined", "Undetermined", "5.0.0", PASSING)),
    "a bounce of tomorrow": (SENT, _bounce("Bewildered", "General", "5.0.0", PASSING)),
    "too large": (SENT, _bounce("Transient", "MessageTooLarge", "5.3.4", MESSAGE)),
    "rejected": (
        SENT,
        Word(name="Reject", after=2 * SECOND, status=Status.FAILED, failure_class=MESSAGE),
    ),
    "returned after two days": (
        SENT,
        DELIVERY,
        _bounce("Permanent", "General", "5.1.1", ADDRESS, after=2 * DAY),
    ),
    "full, then gone": (
        SENT,
        _bounce("Transient", "MailboxFull", "4.2.2", PASSING),
        _bounce("Permanent", "General", "5.1.1", ADDRESS, after=HOUR),
    ),
    "dated ahead": (SENT, _bounce("Permanent", "General", "5.1.1", ADDRESS, dated=AHEAD)),
    "full, dated ahead": (SENT, _bounce("Transient", "MailboxFull", "4.2.2", PASSING, dated=AHEAD)),
    "silence": (SENT,),
    "utter silence": (),
}

#: The same of an SMS.
LOST_TEXTS: Mapping[str, tuple[Word, ...]] = {
    "no such number": (TEXT_SENT, _text("INVALID", Status.FAILED, ADDRESS)),
    "blocked": (TEXT_SENT, _text("BLOCKED", Status.FAILED, ADDRESS)),
    "carrier blocked": (TEXT_SENT, _text("CARRIER_BLOCKED", Status.FAILED, MESSAGE)),
    "phone off": (TEXT_SENT, _text("UNREACHABLE", Status.FAILED, PASSING)),
    "kept too long": (TEXT_SENT, _text("TTL_EXPIRED", Status.FAILED, PASSING, after=2 * DAY)),
    "taken, then phone off": (
        _text("SUCCESSFUL", Status.ACCEPTED, detail={"isFinal": False}),
        _text("UNREACHABLE", Status.FAILED, PASSING, after=HOUR),
    ),
    "taken, then no such number": (
        _text("SUCCESSFUL", Status.ACCEPTED, detail={"isFinal": False}),
        _text("INVALID", Status.FAILED, ADDRESS, after=HOUR),
    ),
    "off, then no such number": (
        _text("UNREACHABLE", Status.FAILED, PASSING),
        _text("INVALID", Status.FAILED, ADDRESS, after=HOUR),
    ),
    "phone off, dated ahead": (_text("UNREACHABLE", Status.FAILED, PASSING, dated=AHEAD),),
    "silence": (TEXT_SENT,),
    "utter silence": (),
}

_NOBODY = {"bouncedRecipients": [{"emailAddress": "x@example.org"}]}
#: What arrives, whatever else is said of it.
ARRIVING: Mapping[Channel, Mapping[str, tuple[Word, ...]]] = {
    Channel.EMAIL: {
        "plainly": (SENT, DELIVERY),
        "and is answered by a machine": (
            SENT,
            DELIVERY,
            Word(
                name="Bounce",
                after=HOUR,
                status=Status.ACCEPTED,
                detail={"bounceType": "Transient", "bounceSubType": "General", **_NOBODY},
            ),
        ),
        "and is called wanted after all": (
            SENT,
            DELIVERY,
            _complaint(Status.ACCEPTED, complaintFeedbackType="not-spam"),
        ),
    },
    Channel.SMS: {
        "plainly": (TEXT_SENT, TEXT_DELIVERED),
        "after a try that was not the last": (
            _text("UNREACHABLE", Status.ACCEPTED, detail={"isFinal": False}),
            _text("DELIVERED", Status.DELIVERED, after=HOUR),
        ),
    },
}
LOST: Mapping[Channel, Mapping[str, tuple[Word, ...]]] = {
    Channel.EMAIL: LOST_MAILS,
    Channel.SMS: LOST_TEXTS,
}
