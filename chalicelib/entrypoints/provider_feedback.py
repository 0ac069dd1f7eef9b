"""What the providers tell: SES and SMS events become reports on attempts.

Shapes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import DeliveryReport, Fate, Kind, Notice


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an event says of an attempt."""

    fate: Fate
    passing: bool = False


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One event of a provider: `report` is None when it is about no attempt of ours."""

    receipt_id: str
    body: bytes
    report: DeliveryReport | None
    is_news: bool = True


#: SES events by type. A bounce is judged by its own type; a delay says nothing final.
SES: Mapping[str, Meaning] = {
    "Send": Meaning(fate=Fate.ACCEPTED),
    "Delivery": Meaning(fate=Fate.DELIVERED),
    "Bounce.Permanent": Meaning(fate=Fate.BOUNCED),
    "Bounce.Transient": Meaning(fate=Fate.BOUNCED, passing=True),
    "Bounce.Undetermined": Meaning(fate=Fate.BOUNCED, passing=True),
    "Complaint": Meaning(fate=Fate.COMPLAINED),
    "Reject": Meaning(fate=Fate.FAILED),
    "Rendering Failure": Meaning(fate=Fate.FAILED),
}

#: SMS events by type. In France a carrier's acceptance is all the delivery there is to know.
SMS: Mapping[str, Meaning] = {
    "TEXT_QUEUED": Meaning(fate=Fate.ACCEPTED),
    "TEXT_PENDING": Meaning(fate=Fate.ACCEPTED),
    "TEXT_SENT": Meaning(fate=Fate.ACCEPTED),
    "TEXT_SUCCESSFUL": Meaning(fate=Fate.DELIVERED),
    "TEXT_DELIVERED": Meaning(fate=Fate.DELIVERED),
    "TEXT_UNREACHABLE": Meaning(fate=Fate.FAILED, passing=True),
    "TEXT_CARRIER_UNREACHABLE": Meaning(fate=Fate.FAILED, passing=True),
    "TEXT_TTL_EXPIRED": Meaning(fate=Fate.FAILED, passing=True),
    "TEXT_UNKNOWN": Meaning(fate=Fate.FAILED, passing=True),
    "TEXT_INVALID": Meaning(fate=Fate.FAILED),
    "TEXT_INVALID_MESSAGE": Meaning(fate=Fate.FAILED),
    "TEXT_BLOCKED": Meaning(fate=Fate.FAILED),
    "TEXT_CARRIER_BLOCKED": Meaning(fate=Fate.FAILED),
    "TEXT_SPAM": Meaning(fate=Fate.FAILED),
    "TEXT_PROTECT_BLOCKED": Meaning(fate=Fate.FAILED),
}


def receipt_of(body: str) -> Receipt:
    """The receipt in a queue message. Raises ValueError for what is no provider's event at all."""
    envelope = json.loads(body)
    message = envelope.get("Message", body)
    receipt_id = str(envelope.get("MessageId") or envelope.get("id") or "")
    event = json.loads(message) if isinstance(message, str) else message
    event = event.get("detail", event)
    read = _ses if "mail" in event else _sms
    name, at, message_id, tags, table = read(event)
    meaning = table.get(name)
    report = _report(name, meaning, at, message_id, tags, receipt_id) if meaning else None
    return Receipt(
        receipt_id=receipt_id or message_id,
        body=body.encode(),
        report=report,
        is_news=meaning is not None,
    )


def _ses(
    event: Mapping[str, Any],
) -> tuple[str, datetime, str, Mapping[str, str], Mapping[str, Meaning]]:
    kind = event.get("eventType") or event["notificationType"]
    mail = event["mail"]
    detail = event.get(kind.lower(), {})
    name = f"Bounce.{detail.get('bounceType')}" if kind == "Bounce" else kind
    at = _instant(detail.get("timestamp") or mail["timestamp"])
    tags = {key: values[0] for key, values in mail.get("tags", {}).items() if values}
    return name, at, mail["messageId"], tags, SES


def _sms(
    event: Mapping[str, Any],
) -> tuple[str, datetime, str, Mapping[str, str], Mapping[str, Meaning]]:
    at = datetime.fromtimestamp(event["eventTimestamp"] / 1000, UTC)
    return event["eventType"], at, event["messageId"], event.get("context", {}), SMS


def _report(
    name: str,
    meaning: Meaning,
    at: datetime,
    message_id: str,
    tags: Mapping[str, str],
    receipt_id: str,
) -> DeliveryReport | None:
    try:
        kind, _, number = tags["notice"].rpartition("-")
        notice = Notice(
            kind=Kind(kind),
            number=int(number),
            occasion=tags["occasion"],
            channel=Channel(tags["channel"]),
        )
        attempt, dossier_id = int(tags["attempt"]), tags["dossier"]
    except (KeyError, ValueError):
        return None
    return DeliveryReport(
        dossier_id=dossier_id,
        notice=notice,
        attempt=attempt,
        fate=meaning.fate,
        at=at,
        receipt_id=receipt_id,
        message_id=message_id,
        reason="" if meaning.fate in {Fate.ACCEPTED, Fate.DELIVERED} else name,
        passing=meaning.passing,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
