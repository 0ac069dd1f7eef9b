"""What is counted: one table. CloudWatch reads the counters from lines of the log, at no call.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import logging
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

NAMESPACE = "Relance"

#: CloudWatch takes at most so many values of one metric in one line.
VALUES_AT_MOST = 100


class Metric(StrEnum):
    """The names, as CloudWatch shows them."""

    SENT = "Sent"
    DELIVERED = "Delivered"
    FAILED = "Failed"
    COMPLAINED = "Complained"
    UNKNOWN = "Unknown"
    POSTPONED = "Postponed"
    LAG = "Lag"
    DESK = "Desk"
    SET_ASIDE = "SetAside"
    CHANNEL_HELD = "ChannelHeld"
    CHANNEL_RELEASED = "ChannelReleased"
    WEBHOOKS = "Webhooks"
    WEBHOOKS_RECORDED = "WebhooksRecorded"
    WEBHOOKS_DUPLICATE = "WebhooksDuplicate"
    WEBHOOKS_STALE = "WebhooksStale"
    WEBHOOKS_QUARANTINED = "WebhooksQuarantined"
    WEBHOOKS_REFUSED = "WebhooksRefused"
    WEBHOOKS_NOT_STORED = "WebhooksNotStored"
    RECEIPTS_UNMATCHED = "ReceiptsUnmatched"
    STILL_SUPPRESSED = "StillSuppressed"
    SWEEPS = "Sweeps"
    WOKEN = "Woken"
    OLDEST_DUE = "OldestDue"
    OPEN_WORK = "OpenWork"
    OLDEST_WORK = "OldestWork"
    QUARANTINED = "Quarantined"
    CHANNELS_HELD = "ChannelsHeld"
    DESK_OPEN = "DeskOpen"
    STRANDED = "Stranded"
    NIGHT_LATE = "NightLate"
    PASSED_OVER = "PassedOver"
    ACCESS_REFUSED = "AccessRefused"
    ROTATION_OVERDUE = "RotationOverdue"
    SIGN_INS_REFUSED = "SignInsRefused"
    WITHOUT_SESSION = "WithoutSession"
    AUDIT_NOT_COPIED = "AuditNotCopied"
    DIGESTS = "Digests"
    DIGESTS_RETURNED = "DigestsReturned"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a metric says, and in what. `by_channel` ones have the channel as a dimension too."""

    says: str
    unit: MetricUnit = MetricUnit.Count
    by_channel: bool = False


def _of_a_channel(says: str, unit: MetricUnit = MetricUnit.Count) -> Measure:
    return Measure(says=says, unit=unit, by_channel=True)


def _seconds(says: str) -> Measure:
    return Measure(says=says, unit=MetricUnit.Seconds)


#: Every metric. Dimensions are service, stage and, where said, channel: nothing else, and nobody.
METRICS: Mapping[Metric, Measure] = {
    Metric.SENT: _of_a_channel("messages that a provider took"),
    Metric.DELIVERED: _of_a_channel("messages that a provider saw arrive"),
    Metric.FAILED: _of_a_channel("messages that were refused, or came back"),
    Metric.COMPLAINED: _of_a_channel("messages that somebody called unwanted"),
    Metric.UNKNOWN: _of_a_channel("messages that may have left: the provider's answer was lost"),
    Metric.POSTPONED: _of_a_channel("messages that a provider did not take now"),
    Metric.LAG: _of_a_channel("from when a message could leave to its claim", MetricUnit.Seconds),
    Metric.DESK: Measure(says="notices opened for a person"),
    Metric.SET_ASIDE: Measure(says="dossiers that could not be served"),
    Metric.CHANNEL_HELD: _of_a_channel("holds that began: a provider refuses our account"),
    Metric.CHANNEL_RELEASED: _of_a_channel("holds that ended"),
    Metric.WEBHOOKS: Measure(says="authentic webhooks that were stored, whatever they said"),
    Metric.WEBHOOKS_RECORDED: Measure(says="of these, news"),
    Metric.WEBHOOKS_DUPLICATE: Measure(says="of these, the same delivery again"),
    Metric.WEBHOOKS_STALE: Measure(says="of these, older than what is known"),
    Metric.WEBHOOKS_QUARANTINED: Measure(says="of these, kept for a person: of no use as it is"),
    Metric.WEBHOOKS_REFUSED: Measure(says="requests without a good signature, form or size"),
    Metric.WEBHOOKS_NOT_STORED: Measure(says="webhooks that we could not store"),
    Metric.RECEIPTS_UNMATCHED: Measure(says="receipts that no attempt answers to yet"),
    Metric.STILL_SUPPRESSED: Measure(says="refusals to take an address off SES' suppression list"),
    Metric.SWEEPS: Measure(says="sweeps that ran to their end: the heartbeat"),
    Metric.WOKEN: Measure(says="dossiers that a sweep woke"),
    Metric.OLDEST_DUE: _seconds("for how long the first dossier of the due index has been due"),
    Metric.OPEN_WORK: Measure(says="what waits for a person, up to 1,000"),
    Metric.OLDEST_WORK: _seconds("for how long the oldest of it has waited"),
    Metric.QUARANTINED: Measure(
        says="of it, webhooks in quarantine, and dossiers that cannot be read"
    ),
    Metric.CHANNELS_HELD: Measure(says="of it, channels that are held"),
    Metric.DESK_OPEN: Measure(says="1 while somebody is at the counter, else 0"),
    Metric.STRANDED: Measure(says="dossiers that nothing would ever wake, found at night"),
    Metric.NIGHT_LATE: _seconds("for how long a night should have begun that is not whole"),
    Metric.ACCESS_REFUSED: Measure(says="failures for want of a right, or of the key"),
    Metric.ROTATION_OVERDUE: _seconds("for how long a rotation of keys should have been"),
    Metric.PASSED_OVER: Measure(
        says="dossiers and receipts that our own program could not read or plan"
    ),
    Metric.SIGN_INS_REFUSED: Measure(says="sign-ins that were refused at one of their steps"),
    Metric.WITHOUT_SESSION: Measure(says="requests to the console of nobody who is in"),
    Metric.AUDIT_NOT_COPIED: Measure(says="lines of the audit without a second copy"),
    Metric.DIGESTS: Measure(says="digests that left for the desk"),
    Metric.DIGESTS_RETURNED: Measure(says="digests that did not arrive there"),
}

_counted: defaultdict[str, defaultdict[Metric, list[float]]] = defaultdict(
    lambda: defaultdict(list)
)

#: Counters go where the log goes, and are no log: no level may silence them.
COUNTERS = logging.StreamHandler(sys.stdout)

_out = logging.getLogger("relance.metrics")
_out.propagate = False
_out.setLevel(logging.INFO)
_out.addHandler(COUNTERS)


def count(metric: Metric, value: float = 1, channel: str = "") -> None:
    """Count so much of something, to be written when the invocation ends.

    Raises ValueError where the table says that a channel belongs to it and there is none, or
    the other way round.
    """
    if METRICS[metric].by_channel != bool(channel):
        message = f"{metric}: by channel, or not?"
        raise ValueError(message)
    _counted[channel][metric].append(value)


def flush(stage: str) -> None:
    """Write what was counted: one line for each channel, and one for what belongs to none."""
    counted = dict(_counted)
    _counted.clear()
    for channel, metrics in counted.items():
        _out.info(json.dumps(_line(stage, channel, metrics), separators=(",", ":")))


def _line(stage: str, channel: str, metrics: Mapping[Metric, list[float]]) -> object:
    dimensions = {"service": "relance", "stage": stage or "none"}
    provider = AmazonCloudWatchEMFProvider(
        namespace=NAMESPACE,
        default_dimensions={**dimensions, "channel": channel} if channel else dimensions,
    )
    for metric, values in metrics.items():
        for value in _summed(metric, values):
            provider.add_metric(name=metric, unit=METRICS[metric].unit, value=value)
    return provider.serialize_metric_set()


def _summed(metric: Metric, values: list[float]) -> list[float]:
    """Counts are added up; of spans, each counts by itself."""
    is_count = METRICS[metric].unit is MetricUnit.Count
    return [sum(values)] if is_count else values[: VALUES_AT_MOST - 1]
