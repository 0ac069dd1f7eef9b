"""What the providers tell: SES and SMS events become reports on attempts.

Shapes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.attempts import (
    AttemptRef,
    DeliveryReport,
    FailureClass,
    Kind,
    Notice,
    Status,
    hardness,
)
from chalicelib.domain.contact import Channel


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an event says of an attempt."""

    status: Status
    failure_class: FailureClass | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One event of a provider: `report` is None when its tags name no attempt of ours.

    What is no news need not be kept; everything else must be. `told` is what it says, whatever
    it is about.
    """

    receipt_id: str
    body: bytes
    report: DeliveryReport | None
    is_news: bool = True
    told: "ProviderEvent | None" = field(default=None, compare=False)

    def is_of(self, tag: str) -> bool:
        """Whether its message left with this tag, whatever its value."""
        return self.told is not None and tag in self.told.tags

    @property
    def has_failed(self) -> bool:
        """Whether its message did not arrive."""
        meaning = self.told.meaning if self.told else None
        return meaning is not None and meaning.status in {Status.BOUNCED, Status.FAILED}

    def report_on(self, whose: AttemptRef) -> DeliveryReport | None:
        """The same event as a word on an attempt that was found without its tags."""
        return _report(self.told, self.receipt_id, whose) if self.told else None


_ACCEPTED, _DELIVERED = Meaning(status=Status.ACCEPTED), Meaning(status=Status.DELIVERED)
_COMPLAINED = Meaning(status=Status.COMPLAINED)
_NOT_THIS_MESSAGE = Meaning(status=Status.FAILED, failure_class=FailureClass.MESSAGE)
_NOT_THIS_NUMBER = Meaning(status=Status.FAILED, failure_class=FailureClass.ADDRESS)
_NOT_THIS_TIME = Meaning(status=Status.FAILED, failure_class=FailureClass.PASSING)
_RETURNED_FOR_GOOD = Meaning(status=Status.BOUNCED, failure_class=FailureClass.ADDRESS)
_RETURNED_WORDS = Meaning(status=Status.BOUNCED, failure_class=FailureClass.MESSAGE)
_RETURNED_FOR_NOW = Meaning(status=Status.BOUNCED, failure_class=FailureClass.PASSING)

#: SES events by type and by what qualifies them. A name that is not listed means what it means
#: without its last part: a bounce of a new type is still a bounce.
#: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
SES: Mapping[str, Meaning] = {
    "Send": _ACCEPTED,
    "Delivery": _DELIVERED,
    "Bounce": _RETURNED_WORDS,
    "Bounce.Permanent": _RETURNED_FOR_GOOD,
    "Bounce.Transient": _RETURNED_FOR_NOW,
    "Bounce.Transient.MessageTooLarge": _RETURNED_WORDS,
    "Bounce.Transient.ContentRejected": _RETURNED_WORDS,
    "Bounce.Transient.AttachmentRejected": _RETURNED_WORDS,
    "Bounce.Undetermined": _RETURNED_FOR_NOW,
    # No mail server says that it failed: "out of the office", or somebody is still trying.
    "Bounce.NoFailure": Meaning(status=Status.BOUNCED, failure_class=FailureClass.NOTHING),
    "Complaint": _COMPLAINED,
    "Complaint.abuse": _COMPLAINED,
    "Complaint.auth-failure": _COMPLAINED,
    "Complaint.fraud": _COMPLAINED,
    "Complaint.not-spam": Meaning(
        status=Status.DELIVERED, failure_class=FailureClass.NOTHING
    ),  # RFC 6430
    "Complaint.other": _COMPLAINED,
    "Complaint.virus": _COMPLAINED,
    # A complaint with a sub-type is none: SES took the message and did not try to send it.
    "Complaint.Suppressed": _RETURNED_FOR_GOOD,
    "Reject": _NOT_THIS_MESSAGE,
    "Rendering Failure": _NOT_THIS_MESSAGE,
}

#: What a mail server says of a recipient, where that says more than SES' type: the permanent
#: failures of RFC 3463, by subject and detail. SES calls a domain that does not exist "Transient".
STATUSES: Mapping[str, Meaning] = {
    "Status.5.1": _RETURNED_FOR_GOOD,  # the address: mailbox, domain, syntax, moved, null MX
    "Status.5.1.7": _RETURNED_WORDS,  # the sender's address: ours
    "Status.5.1.8": _RETURNED_WORDS,
    "Status.5.2.1": _RETURNED_FOR_GOOD,  # the mailbox is disabled
    "Status.5.2.3": _RETURNED_WORDS,  # too long for the mailbox
    "Status.5.3.4": _RETURNED_WORDS,  # too big for the mail system
    "Status.5.4.4": _RETURNED_FOR_GOOD,  # no way there: the domain does not exist
    "Status.5.6": _RETURNED_WORDS,  # of a kind that cannot be shown there
}

_OF_MAIL: Mapping[str, Meaning] = {**SES, **STATUSES}

#: Actions of a delivery report (RFC 3464) that are no failure.
NO_FAILURE = frozenset({"delayed", "delivered", "expanded", "relayed"})

#: SMS events by type, once they are final: until then the message is on its way, whatever they say.
#: In France a carrier's acceptance is all the delivery there is to know.
#: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html
SMS: Mapping[str, Meaning] = {
    "TEXT_QUEUED": _ACCEPTED,
    "TEXT_PENDING": _ACCEPTED,
    "TEXT_SENT": _ACCEPTED,
    "TEXT_SUCCESSFUL": _DELIVERED,
    "TEXT_DELIVERED": _DELIVERED,
    "TEXT_UNREACHABLE": _NOT_THIS_TIME,  # switched off, or out of reach
    "TEXT_CARRIER_UNREACHABLE": _NOT_THIS_TIME,
    "TEXT_TTL_EXPIRED": _NOT_THIS_TIME,
    "TEXT_UNKNOWN": _NOT_THIS_TIME,
    "TEXT_INVALID": _NOT_THIS_NUMBER,
    "TEXT_INVALID_MESSAGE": _NOT_THIS_MESSAGE,
    "TEXT_BLOCKED": _NOT_THIS_NUMBER,  # the phone takes no messages from programs
    "TEXT_CARRIER_BLOCKED": _NOT_THIS_MESSAGE,  # carriers judge the sender and the words
    "TEXT_SPAM": _NOT_THIS_MESSAGE,
    "TEXT_PROTECT_BLOCKED": _NOT_THIS_NUMBER,  # of a country that we do not send to
}

#: Every event of a text message is called so. The last word of one, in a word that is new to us,
#: leaves it as unknown as TEXT_UNKNOWN does.
TEXT, NEW_WORD = "TEXT_", _NOT_THIS_TIME

#: A delay says nothing final: a delivery or a bounce will follow it.
NO_NEWS = frozenset({"DeliveryDelay"})

#: What SES puts on a topic to try it, in plain words, when it is told to publish there.
GREETING = "Successfully validated SNS topic for Amazon SES event publishing."

Instant = Annotated[datetime, Meta(tz=True)]
_STATUS = re.compile(r"[245]\.(?P<subject>\d{1,3})\.\d{1,3}(?![\d.])", re.ASCII)
_STATUS_IN_WORDS = re.compile(
    rf"smtp; *\d{{3}}[ -](?P<code>{_STATUS.pattern})", re.ASCII | re.IGNORECASE
)

#: Milliseconds since 1970; the last ones of the year 9999 are the most a calendar can say.
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


class _Mail(Struct, frozen=True, rename="camel"):
    timestamp: Instant
    message_id: str
    tags: dict[str, list[str]] = {}


class _BouncedRecipient(Struct, frozen=True, rename="camel"):
    """What a mail server's report says of one recipient: nothing, if it sent none."""

    action: str | None = None
    status: str | None = None
    diagnostic_code: str | None = None

    @property
    def has_failed(self) -> bool:
        """Whether it says that the message will not arrive there."""
        if self.action:
            return self.action.casefold() not in NO_FAILURE
        return bool(self.status or self.diagnostic_code)

    @property
    def code(self) -> str:
        """Its status; where that is missing or says nothing, the one in the mail server's words."""
        status = _STATUS.match(self.status or "")
        if status and status["subject"] != "0":
            return status[0]
        told = _STATUS_IN_WORDS.match(self.diagnostic_code or "")
        return told["code"] if told else ""


class _Detail(Struct, frozen=True, rename="camel"):
    timestamp: Instant | None = None
    bounce_type: str | None = None
    bounce_sub_type: str | None = None
    bounced_recipients: list[_BouncedRecipient] | None = None
    complaint_sub_type: str | None = None
    complaint_feedback_type: str | None = None


class _SesEvent(Struct, frozen=True, rename="camel"):
    """Published for a configuration set with `eventType`, for an identity `notificationType`."""

    mail: _Mail
    event_type: str = ""
    notification_type: str = ""
    bounce: _Detail = _Detail()
    complaint: _Detail = _Detail()
    delivery: _Detail = _Detail()


class _SmsEvent(Struct, frozen=True, rename="camel"):
    event_type: str
    event_timestamp: Millis
    message_id: str
    context: dict[str, str] = {}
    is_final: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """What both providers say in their own ways; a word that we do not know has no meaning."""

    name: str
    at: datetime
    message_id: str
    tags: Mapping[str, str]
    meaning: Meaning | None


def receipt_of(body: str) -> Receipt:
    """The receipt in a queue message. Raises ValueError for what is no provider's event at all."""
    envelope = _object(body)
    if envelope.get("Message") == GREETING:
        greeting_id = str(envelope.get("MessageId", ""))
        return Receipt(receipt_id=greeting_id, body=body.encode(), report=None, is_news=False)
    envelope_id, event = _unwrapped(envelope)
    told = _ses(event) if "mail" in event else _sms(event)
    receipt_id = envelope_id or f"{told.message_id}-{told.name}"
    return Receipt(
        receipt_id=receipt_id,
        body=body.encode(),
        report=_report(told, receipt_id, whose) if (whose := _whose(told.tags)) else None,
        is_news=told.name not in NO_NEWS,
        told=told,
    )


def _unwrapped(envelope: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """SNS holds an event as text in `Message`, EventBridge in `detail`; both give it an id."""
    message = envelope.get("Message")
    event = _object(message) if isinstance(message, str) else envelope
    envelope_id = str(envelope.get("MessageId") or event.get("id") or "")
    detail = event.get("detail")
    return envelope_id, detail if isinstance(detail, dict) else event


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except RecursionError as error:
        message = "nested too deeply"
        raise ValueError(message) from error


def _ses(content: Mapping[str, Any]) -> ProviderEvent:
    event = msgspec.convert(content, _SesEvent)
    kind = event.event_type or event.notification_type
    detail = {"Bounce": event.bounce, "Complaint": event.complaint, "Delivery": event.delivery}
    about = detail.get(kind, _Detail())
    name = _qualified(kind, about)
    return ProviderEvent(
        name=name,
        at=about.timestamp or event.mail.timestamp,
        message_id=event.mail.message_id,
        tags={name: values[0] for name, values in event.mail.tags.items() if values},
        meaning=_meaning(name),
    )


def _qualified(kind: str, about: _Detail) -> str:
    """The type of an event with what it says beside. The words of others go no further."""
    if kind == "Bounce":
        return _bounce(about)
    if kind == "Complaint" and about.complaint_sub_type:
        return f"Complaint.Suppressed.{about.complaint_sub_type}"
    feedback = f"{kind}.{(about.complaint_feedback_type or '').strip().casefold()}"
    return feedback if feedback in SES else kind


def _bounce(bounce: _Detail) -> str:
    """By SES' own type, or by the status of a recipient where that is the harder word."""
    kind, subtype = bounce.bounce_type or "", bounce.bounce_sub_type or ""
    recipients = bounce.bounced_recipients or []
    failed = [recipient for recipient in recipients if recipient.has_failed]
    is_vague = subtype == "General" or any(recipient.action for recipient in recipients)
    if kind == "Transient" and is_vague and not failed:
        return "Bounce.NoFailure"
    names = [f"Bounce.{kind}.{subtype}", *(f"Status.{recipient.code}" for recipient in failed)]
    return max(names, key=_hardness)


def _hardness(name: str) -> int:
    meaning = _meaning(name)
    return hardness(meaning.status, meaning.failure_class) if meaning else -1


def _meaning(name: str) -> Meaning | None:
    """By its whole name, or by as much of it as the tables know."""
    known = (one for one in _shorter_and_shorter(name) if one in _OF_MAIL)
    return _OF_MAIL.get(next(known, ""))


def _shorter_and_shorter(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _sms(content: Mapping[str, Any]) -> ProviderEvent:
    event = msgspec.convert(content, _SmsEvent)
    return ProviderEvent(
        name=event.event_type,
        at=datetime.fromtimestamp(event.event_timestamp / 1000, UTC),
        message_id=event.message_id,
        tags=event.context,
        meaning=_of_a_text(event) if event.event_type.startswith(TEXT) else None,
    )


def _of_a_text(event: _SmsEvent) -> Meaning | None:
    """An event that does not say whether it is the last word is judged by its name alone."""
    if event.is_final is False:
        return _ACCEPTED
    return SMS.get(event.event_type) or (NEW_WORD if event.is_final else None)


def _whose(tags: Mapping[str, str]) -> AttemptRef | None:
    """The attempt that our own tags name."""
    try:
        kind, _, number = tags["notice"].rpartition("-")
        notice = Notice(
            kind=Kind(kind),
            number=int(number),
            occasion=tags["occasion"],
            channel=Channel(tags["channel"]),
        )
        return AttemptRef(dossier_id=tags["dossier"], notice=notice, attempt=int(tags["attempt"]))
    except (KeyError, ValueError):
        return None


def _report(told: ProviderEvent, receipt_id: str, whose: AttemptRef) -> DeliveryReport | None:
    meaning = told.meaning
    if meaning is None:
        return None
    return DeliveryReport(
        dossier_id=whose.dossier_id,
        notice=whose.notice,
        attempt=whose.attempt,
        status=meaning.status,
        at=told.at,
        receipt_id=receipt_id,
        message_id=told.message_id,
        reason="" if meaning.status in {Status.ACCEPTED, Status.DELIVERED} else told.name,
        failure_class=meaning.failure_class,
    )
