"""What the providers tell: SES and SMS events become reports on attempts.

Shapes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Blame, DeliveryReport, Fate, Kind, Notice, Whose


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an event says of an attempt."""

    fate: Fate
    blame: Blame | None = None


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
    told: "Told | None" = field(default=None, compare=False)

    def is_of(self, tag: str) -> bool:
        """Whether its message left with this tag, whatever its value."""
        return self.told is not None and tag in self.told.tags

    @property
    def has_failed(self) -> bool:
        """Whether its message did not arrive."""
        meaning = self.told.meaning if self.told else None
        return meaning is not None and meaning.fate in {Fate.BOUNCED, Fate.FAILED}

    def report_on(self, whose: Whose) -> DeliveryReport | None:
        """The same event as a word on an attempt that was found without its tags."""
        return _report(self.told, self.receipt_id, whose) if self.told else None


_ACCEPTED, _DELIVERED = Meaning(fate=Fate.ACCEPTED), Meaning(fate=Fate.DELIVERED)
_NOT_THIS_MESSAGE = Meaning(fate=Fate.FAILED, blame=Blame.MESSAGE)
_NOT_THIS_NUMBER = Meaning(fate=Fate.FAILED, blame=Blame.ADDRESS)
_NOT_THIS_TIME = Meaning(fate=Fate.FAILED, blame=Blame.PASSING)
_RETURNED_WORDS = Meaning(fate=Fate.BOUNCED, blame=Blame.MESSAGE)

#: SES events by type. A bounce is judged by its own type, and by its sub-type where that says more.
#: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
SES: Mapping[str, Meaning] = {
    "Send": _ACCEPTED,
    "Delivery": _DELIVERED,
    "Bounce.Permanent": Meaning(fate=Fate.BOUNCED, blame=Blame.ADDRESS),
    "Bounce.Transient": Meaning(fate=Fate.BOUNCED, blame=Blame.PASSING),
    "Bounce.Transient.MessageTooLarge": _RETURNED_WORDS,
    "Bounce.Transient.ContentRejected": _RETURNED_WORDS,
    "Bounce.Transient.AttachmentRejected": _RETURNED_WORDS,
    "Bounce.Undetermined": Meaning(fate=Fate.BOUNCED, blame=Blame.PASSING),
    "Complaint": Meaning(fate=Fate.COMPLAINED),
    "Reject": _NOT_THIS_MESSAGE,
    "Rendering Failure": _NOT_THIS_MESSAGE,
}

#: SMS events by type. In France a carrier's acceptance is all the delivery there is to know.
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

#: A delay says nothing final: a delivery or a bounce will follow it.
NO_NEWS = frozenset({"DeliveryDelay"})

#: What SES puts on a topic to try it, in plain words, when it is told to publish there.
GREETING = "Successfully validated SNS topic for Amazon SES event publishing."

Instant = Annotated[datetime, Meta(tz=True)]
#: Milliseconds since 1970; the last ones of the year 9999 are the most a calendar can say.
Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


class _Mail(Struct, frozen=True, rename="camel"):
    timestamp: Instant
    message_id: str
    tags: dict[str, list[str]] = {}


class _Detail(Struct, frozen=True, rename="camel"):
    timestamp: Instant | None = None
    bounce_type: str = ""
    bounce_sub_type: str = ""


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


@dataclass(frozen=True, kw_only=True)
class Told:
    """What both providers say in their own ways."""

    name: str
    at: datetime
    message_id: str
    tags: Mapping[str, str]
    table: Mapping[str, Meaning]

    @property
    def meaning(self) -> Meaning | None:
        """What it means by its provider's table: under its whole name, or without the last part."""
        return self.table.get(self.name) or self.table.get(self.name.rpartition(".")[0])


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


def _ses(content: Mapping[str, Any]) -> Told:
    event = msgspec.convert(content, _SesEvent)
    kind = event.event_type or event.notification_type
    detail = {"Bounce": event.bounce, "Complaint": event.complaint, "Delivery": event.delivery}
    about = detail.get(kind, _Detail())
    return Told(
        name=f"Bounce.{about.bounce_type}.{about.bounce_sub_type}" if kind == "Bounce" else kind,
        at=about.timestamp or event.mail.timestamp,
        message_id=event.mail.message_id,
        tags={name: values[0] for name, values in event.mail.tags.items() if values},
        table=SES,
    )


def _sms(content: Mapping[str, Any]) -> Told:
    event = msgspec.convert(content, _SmsEvent)
    return Told(
        name=event.event_type,
        at=datetime.fromtimestamp(event.event_timestamp / 1000, UTC),
        message_id=event.message_id,
        tags=event.context,
        table=SMS,
    )


def _whose(tags: Mapping[str, str]) -> Whose | None:
    """The attempt that our own tags name."""
    try:
        kind, _, number = tags["notice"].rpartition("-")
        notice = Notice(
            kind=Kind(kind),
            number=int(number),
            occasion=tags["occasion"],
            channel=Channel(tags["channel"]),
        )
        return Whose(dossier_id=tags["dossier"], notice=notice, attempt=int(tags["attempt"]))
    except (KeyError, ValueError):
        return None


def _report(told: Told, receipt_id: str, whose: Whose) -> DeliveryReport | None:
    meaning = told.meaning
    if meaning is None:
        return None
    return DeliveryReport(
        dossier_id=whose.dossier_id,
        notice=whose.notice,
        attempt=whose.attempt,
        fate=meaning.fate,
        at=told.at,
        receipt_id=receipt_id,
        message_id=told.message_id,
        reason="" if meaning.fate in {Fate.ACCEPTED, Fate.DELIVERED} else told.name,
        blame=meaning.blame,
    )
