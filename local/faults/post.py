"""The way of a message after a provider took it: what becomes of it, and what is reported when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from local.aws.suppression import BOUNCE, COMPLAINT
from local.faults.provider_events import (
    email_answered,
    email_bounced,
    email_complained,
    email_delivered,
    email_sent,
    email_suppressed,
    text_delivered,
    text_failed,
    text_queued,
)
from local.studio.outbox import Message, Outcome

EMAIL_SENT, EMAIL_DELIVERED = timedelta(seconds=1), timedelta(seconds=4)
SMS_QUEUED, SMS_DELIVERED = timedelta(seconds=1), timedelta(seconds=6)
COMPLAINED, SAID_AGAIN = timedelta(minutes=20), timedelta(minutes=1)
ANSWERED = timedelta(minutes=1)

Event = dict[str, Any]
Tells = Callable[[Message, datetime], Event]


@dataclass(frozen=True, kw_only=True)
class DeliveryStep:
    """After so long a message has come so far, and the provider tells it, or does not."""

    after: timedelta
    status: Outcome
    tells: Tells | None


Way = tuple[DeliveryStep, ...]

ON_THE_LIST = email_bounced("Permanent", "OnAccountSuppressionList")

_SENT = DeliveryStep(after=EMAIL_SENT, status=Outcome.ACCEPTED, tells=email_sent)
_DELIVERED = DeliveryStep(after=EMAIL_DELIVERED, status=Outcome.DELIVERED, tells=email_delivered)
_QUEUED = DeliveryStep(after=SMS_QUEUED, status=Outcome.ACCEPTED, tells=text_queued)
_ON_THE_PHONE = DeliveryStep(after=SMS_DELIVERED, status=Outcome.DELIVERED, tells=text_delivered)

#: What happens if nothing goes wrong.
USUAL: Mapping[str, Way] = {"email": (_SENT, _DELIVERED), "sms": (_QUEUED, _ON_THE_PHONE)}

#: What happens to a mail whose address SES delivers nothing to any more, by why that is so.
SUPPRESSED: Mapping[str, Way] = {
    BOUNCE: (_SENT, replace(_DELIVERED, status=Outcome.BOUNCED, tells=ON_THE_LIST)),
    COMPLAINT: (_SENT, replace(_DELIVERED, status=Outcome.BOUNCED, tells=email_suppressed)),
}

#: Another way instead of the usual one. Some need a span.
Detour = Callable[[Way, timedelta], Way]


def vanishes(_way: Way, _by: timedelta) -> Way:
    """Nobody will ever see it, and nobody will say so."""
    return (DeliveryStep(after=timedelta(), status=Outcome.LOST, tells=None),)


def untold(way: Way, _by: timedelta) -> Way:
    """It arrives, and no receipt does."""
    return tuple(replace(step, tells=None) for step in way)


def told_twice(way: Way, _by: timedelta) -> Way:
    """Each receipt comes again a minute later."""
    return (*way, *told_late(way, SAID_AGAIN))


def told_late(way: Way, by: timedelta) -> Way:
    """Each receipt comes later by a span."""
    return tuple(replace(step, after=step.after + by) for step in way)


def bounces(way: Way, _by: timedelta) -> Way:
    """No such mailbox; no such number."""
    return _back(way, _either(email_bounced("Permanent", "NoEmail"), text_failed("INVALID")))


def bounces_softly(way: Way, _by: timedelta) -> Way:
    """The mailbox is full; the phone is switched off."""
    full, off = email_bounced("Transient", "MailboxFull"), text_failed("UNREACHABLE")
    return _back(way, _either(full, off))


def complained_of(way: Way, _by: timedelta) -> Way:
    """It arrives, and its receiver calls it unwanted."""
    return (*way, DeliveryStep(after=COMPLAINED, status=Outcome.COMPLAINED, tells=email_complained))


def answered(way: Way, _by: timedelta) -> Way:
    """It arrives, and the mailbox answers by itself: out of the office. SES calls that a bounce."""
    return (*way, DeliveryStep(after=ANSWERED, status=Outcome.DELIVERED, tells=email_answered))


def _back(way: Way, tells: Tells) -> Way:
    return (*way[:-1], replace(way[-1], status=Outcome.BOUNCED, tells=tells))


def _either(email: Tells, sms: Tells) -> Tells:
    return lambda message, at: (email if message.channel == "email" else sms)(message, at)
