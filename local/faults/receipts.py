"""The providers' side of a message: what SES and the SMS service report, a few seconds later."""

import heapq
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from local.aws.suppression import SuppressionList
from local.faults.post import SUPPRESSED, DeliveryStep, Event, Way
from local.faults.switches import Faults
from local.studio.outbox import Message, Outbox, Outcome

#: Publishes one provider event on the topic the product listens to.
Publish = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class PublishedReceipt:
    """One receipt as it was published."""

    message: Message
    status: Outcome
    at: datetime


_Pending = tuple[datetime, int, Message, Outcome, Event | None]


class Receipts:
    """Receipts on their way, and the fate of every message they speak of."""

    def __init__(
        self, outbox: Outbox, faults: Faults, publish: Publish, suppressed: SuppressionList
    ) -> None:
        self._outbox = outbox
        self._faults = faults
        self._publish = publish
        self._suppressed = suppressed
        self._order = itertools.count()
        self._pending: list[_Pending] = []
        self.told: list[PublishedReceipt] = []

    def accepted(self, message: Message) -> None:
        """A provider took this message: decide its way, and set its receipts on theirs."""
        self._outbox.add(message)
        for step in self._way_of(message):
            if step.after:
                self._later(message, step)
            else:
                self._outbox.mark(message, step.status)

    def next_at(self) -> datetime | None:
        """When the next receipt comes in."""
        return self._pending[0][0] if self._pending else None

    def release(self, now: datetime) -> int:
        """Publish every receipt whose time has come; returns how many."""
        released = 0
        while self._pending and self._pending[0][0] <= now:
            _, _, message, status, event = heapq.heappop(self._pending)
            self._outbox.mark(message, status)
            if event:
                self._suppressed.hear(message.to, event)
                self._publish(json.dumps(event, ensure_ascii=False))
                self.told.append(PublishedReceipt(message=message, status=status, at=now))
                released += 1
        return released

    def _way_of(self, message: Message) -> Way:
        reason = self._suppressed.reason_of(message.to)
        return SUPPRESSED[reason] if reason else self._faults.way_of(message)

    def _later(self, message: Message, step: DeliveryStep) -> None:
        at = message.at + step.after
        event = step.tells(message, at) if step.tells else None
        heapq.heappush(self._pending, (at, next(self._order), message, step.status, event))
