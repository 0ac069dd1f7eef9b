"""The providers' side of a message: what SES and the SMS service report, a few seconds later."""

import heapq
import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from local.faults import Faults
from local.outbox import Fate, Message, Outbox
from local.provider_events import email_delivered, email_sent, text_delivered, text_queued

EMAIL_SENT, EMAIL_DELIVERED = timedelta(seconds=1), timedelta(seconds=4)
SMS_QUEUED, SMS_DELIVERED = timedelta(seconds=1), timedelta(seconds=6)

Event = dict[str, Any]

#: Publishes one provider event on the topic the product listens to.
Publish = Callable[[str], None]


class Receipts:
    """Receipts on their way, and the fate of every message they speak of."""

    def __init__(self, outbox: Outbox, faults: Faults, publish: Publish) -> None:
        self._outbox = outbox
        self._faults = faults
        self._publish = publish
        self._order = itertools.count()
        self._pending: list[tuple[datetime, int, Message, Fate, Event]] = []

    def accepted(self, message: Message) -> None:
        """A provider took this message: decide its fate, and set its receipts on their way."""
        self._outbox.add(message)
        if message.channel == "email":
            self._later(message, EMAIL_SENT, Fate.ACCEPTED, email_sent)
            self._later(message, EMAIL_DELIVERED, Fate.DELIVERED, email_delivered)
        elif self._faults.lost_sms.takes(message):
            self._outbox.mark(message, Fate.LOST)
        else:
            self._later(message, SMS_QUEUED, Fate.ACCEPTED, text_queued)
            self._later(message, SMS_DELIVERED, Fate.DELIVERED, text_delivered)

    def next_at(self) -> datetime | None:
        """When the next receipt comes in."""
        return self._pending[0][0] if self._pending else None

    def release(self, now: datetime) -> int:
        """Publish every receipt whose time has come; returns how many."""
        released = 0
        while self._pending and self._pending[0][0] <= now:
            _, _, message, fate, event = heapq.heappop(self._pending)
            self._outbox.mark(message, fate)
            self._publish(json.dumps(event, ensure_ascii=False))
            released += 1
        return released

    def _later(
        self,
        message: Message,
        delay: timedelta,
        fate: Fate,
        event: Callable[[Message, datetime], Event],
    ) -> None:
        at = message.at + delay
        heapq.heappush(self._pending, (at, next(self._order), message, fate, event(message, at)))
