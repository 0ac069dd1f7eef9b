"""Each alarm rings at what its description says, and at nothing less: its numbers, worked out."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from typing import Any

import pytest

from infra.packaging.target import HOUSE
from local.aws.embedded import template

WHOLE: Mapping[str, Any] = template()
ALARMS: Mapping[str, Mapping[str, Any]] = {
    name: resource["Properties"]
    for name, resource in WHOLE["Resources"].items()
    if resource.get("Type") == "AWS::CloudWatch::Alarm"
}
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: What is said of each metric within one period, by its id in the alarm; `one` where it has none.
Told = Mapping[str, Sequence[float]]

STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": fmean,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What has to go on for `span` until an alarm rings, and what leaves it silent.

    `in_silence` is what it makes of no data at all.
    """

    span: timedelta
    rings: Sequence[Told]
    rests: Sequence[Told]
    in_silence: bool = False


def one(*values: float) -> Told:
    return {"one": values}


def many(name: str, values: Sequence[float] = (1,)) -> Told:
    """One function of all fails, and the others say nothing."""
    return {name: values}


FUNCTIONS = ("api", "sweep", "begin", "night", "digest", "serve", "settle", "keys")
QUEUES = ("serve", "settle", "night")
ASKED = {f"{queue}_empty": (1.0,) for queue in QUEUES}
SHUT = {"open": (0.0, 0.0)}
OPEN = {"open": (1.0, 1.0)}

CASES: Mapping[str, Case] = {
    "SweepSilent": Case(
        span=10 * MINUTES,
        rings=[{}, many("sweeps", (0,))],
        rests=[many("sweeps"), many("sweeps", (0, 0, 1))],
        in_silence=True,
    ),
    "DueTooLong": Case(
        span=10 * MINUTES, rings=[one(0, 901)], rests=[one(900), one(0)], in_silence=True
    ),
    "NightLate": Case(
        span=30 * MINUTES, rings=[one(0, 8101)], rests=[one(8100), one(0)], in_silence=True
    ),
    "Stranded": Case(span=DAYS, rings=[one(1)], rests=[one(0)]),
    "PassedOver": Case(span=DAYS, rings=[one(1), one(0, 1)], rests=[one(0)]),
    "FunctionsFail": Case(
        span=15 * MINUTES,
        rings=[
            *(many(name, (1, 1, 1)) for name in FUNCTIONS),
            {**many("api"), **many("serve", (1, 1))},
        ],
        rests=[{}, many("api", (1, 1))],
    ),
    "FunctionsThrottled": Case(
        span=15 * MINUTES,
        rings=[many(name) for name in FUNCTIONS],
        rests=[{}, many("api", (0, 0))],
    ),
    "AccessRefused": Case(span=15 * MINUTES, rings=[one(1, 1, 1)], rests=[one(1, 1)]),
    "RotationOverdue": Case(span=2 * HOURS, rings=[one(172_801)], rests=[one(0), one(172_800)]),
    "CertificateEnds": Case(span=2 * DAYS, rings=[one(29)], rests=[one(30), one(395)]),
    "QueueNotRead": Case(
        span=30 * MINUTES,
        rings=[{}, *({**ASKED, **many(f"{queue}_empty", (0,))} for queue in QUEUES)],
        rests=[ASKED, {**ASKED, **many("serve_empty", (0,)), **many("serve_read")}],
        in_silence=True,
    ),
    "ReceiptsUndelivered": Case(
        span=15 * MINUTES,
        rings=[many("failed", (1, 1, 1)), many("lost")],
        rests=[{}, many("failed", (1, 1))],
    ),
    "SmsReceiptsMissing": Case(
        span=DAYS,
        rings=[{"sent": (10, 10), "delivered": (9,)}],
        rests=[
            {"sent": (20,), "delivered": (5, 5)},
            {"sent": (19,), "delivered": (0,)},
        ],
        in_silence=True,
    ),
    "MailQuotaNear": Case(span=DAYS, rings=[one(40_000, 1)], rests=[one(40_000)]),
    "TableThrottled": Case(
        span=15 * MINUTES,
        rings=[many(name) for name in ("reads", "writes", "updates", "queries")],
        rests=[{}, many("reads", (0,))],
    ),
    "ApiFails": Case(span=5 * MINUTES, rings=[one(1, 1, 1)], rests=[one(1, 1)]),
    "ServeDeadLetter": Case(span=5 * MINUTES, rings=[one(0, 1)], rests=[one(0)]),
    "ServeQueueOld": Case(span=10 * MINUTES, rings=[one(1, 901)], rests=[one(900)]),
    "FeedbackDeadLetter": Case(span=5 * MINUTES, rings=[one(0, 1)], rests=[one(0)]),
    "FeedbackQueueOld": Case(span=10 * MINUTES, rings=[one(1, 901)], rests=[one(900)]),
    "NightDeadLetter": Case(span=5 * MINUTES, rings=[one(0, 1)], rests=[one(0)]),
    "NightQueueOld": Case(span=10 * MINUTES, rings=[one(1, 1801)], rests=[one(1800)]),
    "NoWebhook": Case(
        span=4 * HOURS,
        rings=[OPEN | {"webhooks": (0,)}],
        rests=[
            OPEN | {"webhooks": (0, 1)},
            SHUT | {"webhooks": (0,)},
            {"open": (0, 1), "webhooks": (0,)},  # of an hour that is not whole nothing is said
        ],
        in_silence=True,
    ),
    "NobodyNotified": Case(
        span=DAYS,
        rings=[{"open": (0, 1), "email": (0,), "sms": (0,)}],
        rests=[
            OPEN | {"email": (1,), "sms": (0,)},
            OPEN | {"email": (0,), "sms": (1,)},
            SHUT | {"email": (0,), "sms": (0,)},
        ],
        in_silence=True,
    ),
    "ReceiptsMissing": Case(
        span=12 * HOURS,
        rings=[{"sent": (10, 10), "delivered": (9,)}],
        rests=[
            {"sent": (20,), "delivered": (5, 5)},
            {"sent": (19,), "delivered": (0,)},  # too few to say anything
            {"sent": (100,), "delivered": (90,)},
        ],
        in_silence=True,
    ),
    "ReceiptsUnmatched": Case(span=DAYS, rings=[one(20, 1)], rests=[one(20)]),
    "ChannelRefused": Case(span=15 * MINUTES, rings=[one(0, 1)], rests=[one(0)]),
    "BouncesHigh": Case(span=HOURS, rings=[one(0.045)], rests=[one(0.04), one(0.01)]),
    "ComplaintsHigh": Case(span=HOURS, rings=[one(0.0009)], rests=[one(0.0008), one(0.0001)]),
    "SmsBudgetNear": Case(span=HOURS, rings=[one(81)], rests=[one(79)]),
    "WorkTooOld": Case(
        span=HOURS, rings=[one(7 * 86_400 + 1)], rests=[one(7 * 86_400)], in_silence=True
    ),
    "WorkTooLong": Case(span=HOURS, rings=[one(3, 101)], rests=[one(100)]),
    "WorkGrows": Case(span=DAYS, rings=[one(40, 1)], rests=[one(20, 20)]),
    "InQuarantine": Case(span=HOURS, rings=[one(0, 1)], rests=[one(0)]),
    "SetAside": Case(span=HOURS, rings=[one(0, 1)], rests=[one(0)]),
    "DigestMissing": Case(
        span=DAYS,
        rings=[{"open": (0, 1), "digests": (0,)}],
        rests=[OPEN | {"digests": (1,)}, SHUT | {"digests": (0,)}],
        in_silence=True,
    ),
    "AuditNotCopied": Case(span=5 * MINUTES, rings=[one(1), one(0, 1)], rests=[one(0)]),
    "SignInsRefused": Case(span=15 * MINUTES, rings=[one(10, 20)], rests=[one(29)]),
    "DigestReturned": Case(span=DAYS, rings=[one(0, 1)], rests=[one(0)]),
    "StillSuppressed": Case(span=HOURS, rings=[one(0, 1)], rests=[one(0)]),
}


def rings(alarm: Mapping[str, Any], told: Told) -> bool:
    """Whether what is told within one period is over the alarm's threshold."""
    return COMPARISONS[alarm["ComparisonOperator"]](_value(alarm, told), _threshold(alarm))


def _value(alarm: Mapping[str, Any], told: Told) -> float:
    if "Metrics" not in alarm:
        return STATISTICS[alarm["Statistic"]](told["one"])
    parts = {part["Id"]: part for part in alarm["Metrics"]}
    expression = parts.pop("told")["Expression"]
    assert told.keys() <= parts.keys()
    known = {
        name: STATISTICS[part["MetricStat"]["Stat"]](told[name]) if name in told else None
        for name, part in parts.items()
    }
    words = {"IF": _if, "FILL": _fill, "__builtins__": {}}
    return float(eval(expression, words, known))


def _if(condition: object, then: float, otherwise: float) -> float:
    return then if condition else otherwise


def _fill(value: float | None, instead: float) -> float:
    return instead if value is None else value


def _threshold(alarm: Mapping[str, Any]) -> float:
    """A number, or the parameter that whoever deploys may set."""
    said = alarm["Threshold"]
    return float(WHOLE["Parameters"][said["Ref"]]["Default"] if isinstance(said, dict) else said)


def _periods(alarm: Mapping[str, Any]) -> set[int]:
    if "Metrics" not in alarm:
        return {alarm["Period"]}
    return {part["MetricStat"]["Period"] for part in alarm["Metrics"] if "MetricStat" in part}


#: How the page says it.
ENDS = {"an hour": HOURS, "six hours": 6 * HOURS, "twelve hours": 12 * HOURS, "a day": DAYS}

#: One is enough: it is lost for good, or stays as it is until somebody comes.
ONE_IS_ENOUGH = {
    *("AuditNotCopied", "DigestReturned", "PassedOver", "ReceiptsUndelivered", "SetAside"),
    "StillSuppressed",
}


def counts(alarm: Mapping[str, Any]) -> Sequence[str]:
    """The metrics of an alarm that count events, by their ids."""
    if "Metrics" not in alarm:
        return ["one"] if alarm["Statistic"] == "Sum" else []
    stats = {m["Id"]: m["MetricStat"]["Stat"] for m in alarm["Metrics"] if "MetricStat" in m}
    return [name for name, stat in stats.items() if stat == "Sum"]


def test_no_alarm_rings_at_one_event_that_passes() -> None:
    at_one = {
        name
        for name, alarm in ALARMS.items()
        if alarm["EvaluationPeriods"] == 1 and not CASES[name].in_silence
        for metric in counts(alarm)
        if rings(alarm, {metric: (1,)})
    }
    assert at_one == ONE_IS_ENOUGH


def test_every_alarm_is_held_against_what_it_says() -> None:
    assert CASES.keys() == ALARMS.keys()


@pytest.mark.parametrize("name", CASES)
def test_an_alarm_rings_at_what_it_says_and_at_nothing_less(name: str) -> None:
    alarm, case = ALARMS[name], CASES[name]
    assert [told for told in case.rings if not rings(alarm, told)] == []
    assert [told for told in case.rests if rings(alarm, told)] == []


@pytest.mark.parametrize("name", CASES)
def test_an_alarm_rings_as_soon_as_it_says(name: str) -> None:
    alarm = ALARMS[name]
    [period] = _periods(alarm)
    assert timedelta(seconds=period) * alarm["EvaluationPeriods"] == CASES[name].span
    assert alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]) == alarm["EvaluationPeriods"]


@pytest.mark.parametrize("name", CASES)
def test_an_alarm_makes_of_silence_what_it_has_to(name: str) -> None:
    expected = "breaching" if CASES[name].in_silence else "notBreaching"
    assert ALARMS[name]["TreatMissingData"] == expected


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("MailQuotaNear", "MailsADay"),
        ("SmsBudgetNear", "SmsBudget"),
        ("WorkTooLong", "WorkAtMost"),
    ],
)
def test_what_is_too_much_may_be_set_by_whoever_deploys(name: str, parameter: str) -> None:
    assert ALARMS[name]["Threshold"] == {"Ref": parameter}


def test_the_page_says_how_long_after_its_repair_an_alarm_ends() -> None:
    """At the latest with the first period in which all was right."""
    page = (HOUSE / "docs" / "operations.md").read_text("utf-8")
    table = page.partition("### When is it over?")[2].partition("\n###")[0]
    rows = dict(re.findall(r"^\| (.+?) \| (`.+`) \|$", table, re.MULTILINE))
    said = {name: ENDS[after] for after, row in rows.items() for name in re.findall(r"\w+", row)}
    periods = {name: timedelta(seconds=max(_periods(alarm))) for name, alarm in ALARMS.items()}
    assert said == {name: period for name, period in periods.items() if period > 15 * MINUTES}


def test_nobody_is_called_too_late_where_a_provider_has_a_limit_of_its_own() -> None:
    """SES puts an account under review at five per cent of bounces, and 0.1 of complaints."""
    assert _threshold(ALARMS["BouncesHigh"]) < 0.05
    assert _threshold(ALARMS["ComplaintsHigh"]) < 0.001
