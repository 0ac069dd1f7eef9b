"""What each thing that happened counts as: from our words to the metrics' names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING

from chalicelib.domain.attempts import DeliveryReport, Status
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.recording import Recorded
from chalicelib.observability import Metric, count
from chalicelib.pipeline.delivery_reports import Settled
from chalicelib.pipeline.ports import WorkItem, WorkKind
from chalicelib.pipeline.sender import ChannelNews, Served

if TYPE_CHECKING:
    from chalicelib.pipeline.sweep import Swept

_WEBHOOKS: Mapping[Recorded, Metric] = {
    Recorded.RECORDED: Metric.WEBHOOKS_RECORDED,
    Recorded.DUPLICATE: Metric.WEBHOOKS_DUPLICATE,
    Recorded.STALE: Metric.WEBHOOKS_STALE,
    Recorded.QUARANTINED: Metric.WEBHOOKS_QUARANTINED,
}
#: What a serve did with a message. A receipt may be there before we wrote that it left.
_SERVED: Mapping[Status, Metric] = {
    Status.ACCEPTED: Metric.SENT,
    Status.DELIVERED: Metric.SENT,
    Status.BOUNCED: Metric.SENT,
    Status.COMPLAINED: Metric.SENT,
    Status.UNKNOWN: Metric.UNKNOWN,
    Status.POSTPONED: Metric.POSTPONED,
    Status.FAILED: Metric.FAILED,
}
#: What a receipt says. That a provider took a message is counted where it was sent.
_TOLD: Mapping[Status, Metric] = {
    Status.DELIVERED: Metric.DELIVERED,
    Status.BOUNCED: Metric.FAILED,
    Status.FAILED: Metric.FAILED,
    Status.COMPLAINED: Metric.COMPLAINED,
}
_NEWS: Mapping[ChannelNews, Metric] = {
    ChannelNews.HELD: Metric.CHANNEL_HELD,
    ChannelNews.RELEASED: Metric.CHANNEL_RELEASED,
}

#: What alarms watch for being nothing. The sweep says zero each minute: missing means broken.
_ZEROS = (Metric.WEBHOOKS, Metric.DIGESTS)
_ZEROS_OF_CHANNELS = (Metric.SENT, Metric.DELIVERED)


def count_webhook(outcome: Recorded) -> None:
    """An authentic webhook that was stored."""
    count(Metric.WEBHOOKS)
    count(_WEBHOOKS[outcome])


def count_served(served: Served) -> None:
    """One thing that a serve did."""
    channel = served.owed.notice.channel
    if channel is Channel.DESK:
        count(Metric.DESK)
        return
    if metric := _SERVED.get(served.status):
        count(metric, channel=channel)
    if served.claimed_at:
        lag = (served.claimed_at - served.owed.ready_at).total_seconds()
        count(Metric.LAG, max(lag, 0), channel)
    if served.channel:
        count(_NEWS[served.channel], channel=channel)


def count_receipt(report: DeliveryReport | None, outcome: Settled) -> None:
    """A receipt: of one that was told before, only the first time counts."""
    if outcome is Settled.UNMATCHED:
        count(Metric.RECEIPTS_UNMATCHED)
    metric = _TOLD.get(report.status) if report else None
    if metric and report and outcome is Settled.SETTLED:
        count(metric, channel=report.notice.channel)


def count_sweep(swept: "Swept", desk: Desk, now: datetime) -> None:
    """The heartbeat, and how much waits for how long."""
    count(Metric.SWEEPS)
    count(Metric.WOKEN, swept.woken)
    count(Metric.OLDEST_DUE, swept.overdue.total_seconds())
    count(Metric.DESK_OPEN, int(desk.is_staffed(now)))
    for metric in _ZEROS:
        count(metric, 0)
    for metric, channel in product(_ZEROS_OF_CHANNELS, TO_STUDENTS):
        count(metric, 0, channel)
    if swept.waiting is not None:
        _count_waiting(swept.waiting, now)


def _count_waiting(waiting: Mapping[WorkKind, Sequence[WorkItem]], now: datetime) -> None:
    numbers = {kind: len(rows) for kind, rows in waiting.items()}
    oldest = min((rows[0].since for rows in waiting.values() if rows), default=now)
    count(Metric.OPEN_WORK, sum(numbers.values()))
    count(Metric.OLDEST_WORK, max((now - oldest).total_seconds(), 0))
    count(Metric.QUARANTINED, numbers[WorkKind.QUARANTINE] + numbers[WorkKind.UNREADABLE])
    count(Metric.CHANNELS_HELD, numbers[WorkKind.CHANNEL])
