"""Every alarm, query and graph asks for what the product says, and is explained."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from chalice.app import CloudWatchEvent

from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.observability import KEYS, METRICS, OF_AN_EXCEPTION, OF_THE_LINE, Metric
from chalicelib.observability.metrics import NAMESPACE
from local.aws.embedded import template

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text("utf-8")
SCALE = " ".join((DOCS / "scale.md").read_text("utf-8").split())
RESOURCES: Mapping[str, Any] = template()["Resources"]

#: Made by Lambda and Logs Insights themselves.
GIVEN = {"timestamp", "type", "duration", "requestId", "initDuration", "maxMemoryUsed", "log"}
#: The words of the query language that the queries use.
GRAMMAR = frozenset(
    ["filter", "sort", "desc", "asc", "display", "stats", "count", "as", "bin", "d", "by"]
) | {"limit", "in", "or"}


def of_type(kind: str) -> dict[str, Any]:
    return {n: r["Properties"] for n, r in RESOURCES.items() if r.get("Type") == kind}


ALARMS = of_type("AWS::CloudWatch::Alarm")
QUERIES = of_type("AWS::Logs::QueryDefinition")


def dimensions(of: Mapping[str, Any]) -> set[str]:
    return {d["Name"] for d in of.get("Dimensions", ())}


def asked_by(alarm: Mapping[str, Any]) -> Iterator[tuple[str, str, set[str]]]:
    """The namespace, name and dimensions of each metric."""
    metrics = [alarm] if "MetricName" in alarm else []
    metrics += [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", ()) if "MetricStat" in m]
    for metric in metrics:
        yield metric["Namespace"], metric["MetricName"], dimensions(metric)


def drawn() -> Iterator[tuple[str, str, set[str]]]:
    [board] = of_type("AWS::CloudWatch::Dashboard").values()
    for widget in json.loads(board["DashboardBody"]["Fn::Sub"])["widgets"]:
        for line in widget["properties"]["metrics"]:
            names = [part for part in line if isinstance(part, str)]
            yield names[0], names[1], set(names[2::2])


EVERYTHING = [*(one for alarm in ALARMS.values() for one in asked_by(alarm)), *drawn()]


def test_what_is_watched_is_counted_in_these_dimensions() -> None:
    ours = [(name, dims) for namespace, name, dims in EVERYTHING if namespace == NAMESPACE]
    assert ours
    for name, dims in ours:
        channel = {"channel"} if METRICS[Metric(name)].by_channel else set()
        assert (name, dims) == (name, {"service", "stage"} | channel)


def test_what_watching_costs_is_counted_in_the_page_about_money() -> None:
    """CloudWatch takes money for each series, each metric of an alarm, and the dashboard."""
    series = sum(len(TO_STUDENTS) if one.by_channel else 1 for one in METRICS.values())
    asked = sum(len(list(asked_by(alarm))) for alarm in ALARMS.values())
    dollars = series * 0.30 + asked * 0.10 + 3
    said = f"{series} series at 0.30, {asked} metrics of alarms at 0.10, a dashboard at 3"
    assert f"{said}: {dollars:.2f} dollars" in SCALE


def test_a_night_begins_by_the_command_of_the_page() -> None:
    """An event of a rule has fields that are asked for before our own code runs."""
    [payload] = re.findall(r"--payload '(.+)'", PAGE)
    assert CloudWatchEvent(json.loads(payload), None).source == "by-hand"


def test_nothing_is_counted_that_nobody_looks_at() -> None:
    looked_at = {name for namespace, name, _ in EVERYTHING if namespace == NAMESPACE}
    assert {metric.value for metric in Metric} - looked_at == set()


def test_the_page_says_of_each_alarm_once_what_made_it_ring() -> None:
    table = PAGE.partition("### What made them ring")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", " ".join(rows))) == sorted(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_rings_says_why_and_is_explained(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert len(alarm["AlarmDescription"]) > 20
    assert f"`{name}`" in PAGE
    assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}


@pytest.mark.parametrize(
    "name",
    [
        "SweepSilent", "DueTooLong", "NightLate", "NoWebhook", "NobodyNotified", "QueueNotRead",
        "ReceiptsMissing", "SmsReceiptsMissing", "WorkTooOld", "DigestMissing",
    ],
)  # fmt: skip
def test_where_silence_means_broken_missing_data_breaches(name: str) -> None:
    assert ALARMS[name]["TreatMissingData"] == "breaching"


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_by_expression_names_every_metric_it_asks_for(name: str) -> None:
    parts = {m["Id"]: m for m in ALARMS[name].get("Metrics", ())}
    if parts:
        asked = set(re.findall(r"[a-z]\w*", parts.pop("told")["Expression"]))
        assert asked == set(parts)


@pytest.mark.parametrize(
    ("alarm", "metric"), [("FunctionsFail", "Errors"), ("FunctionsThrottled", "Throttles")]
)
def test_every_function_rings_when_it_fails_or_is_throttled(alarm: str, metric: str) -> None:
    asked = [m["MetricStat"]["Metric"] for m in ALARMS[alarm]["Metrics"] if "MetricStat" in m]
    watched = {d["Value"]["Ref"] for one in asked for d in one["Dimensions"]}
    assert {one["MetricName"] for one in asked} == {metric}
    logs = set(of_type("AWS::Logs::LogGroup")) - {"AuditLog"}
    assert watched == {name.removesuffix("Logs") for name in logs}


def test_every_queue_has_its_alarms() -> None:
    watched = {
        (d["Value"]["Fn::GetAtt"][0], alarm["MetricName"])
        for alarm in ALARMS.values()
        for d in alarm.get("Dimensions", ())
        if d["Name"] == "QueueName"
    }
    queues = of_type("AWS::SQS::Queue")
    dead = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}
    visible, age = "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"
    assert watched == {(n, visible) for n in dead} | {(n, age) for n in queues.keys() - dead}


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_asks_for_what_lines_say_and_is_explained(name: str) -> None:
    query = QUERIES[name]
    fields = re.sub(r'"[^"]*"|\[[^]]*\]', "", query["QueryString"])
    words = set(re.findall(r"@?[a-z_]+(?:[A-Z][a-z]+)*", re.sub(r"\.\d+", "", fields)))
    named = {"lines", "day"}
    known = KEYS | OF_THE_LINE | OF_AN_EXCEPTION | {f"@{one}" for one in GIVEN}
    assert words - GRAMMAR - named <= known
    saved = query["Name"]["Fn::Sub"].partition("/")[2]
    assert f"*{saved}*" in PAGE


def test_a_query_reads_the_log_of_every_function() -> None:
    logs = set(of_type("AWS::Logs::LogGroup")) - {"AuditLog"}
    assert len(logs) == 8
    for query in QUERIES.values():
        assert {one["Ref"] for one in query["LogGroupNames"]} == logs


def test_logs_are_forgotten_after_ninety_days() -> None:
    kept = {n: group["RetentionInDays"] for n, group in of_type("AWS::Logs::LogGroup").items()}
    assert kept.pop("AuditLog") == 365, "as long as the audit itself, docs/privacy.md"
    assert set(kept.values()) == {90}


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_is_explained(metric: Metric) -> None:
    assert f"`{metric}`" in PAGE


@pytest.mark.parametrize("key", sorted(KEYS | OF_THE_LINE | OF_AN_EXCEPTION))
def test_every_key_of_the_log_is_explained(key: str) -> None:
    assert f"`{key}`" in PAGE
