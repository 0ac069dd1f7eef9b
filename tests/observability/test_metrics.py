"""Counters are one table; their lines are CloudWatch's, and name nobody."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.observability import COUNTERS, METRICS, Metric, count, flush, log_failure
from chalicelib.observability.invocations import InvocationFailed, observed


class Lines(io.StringIO):
    """What was written, as objects."""

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Lines]:
    stream = Lines()
    before = COUNTERS.setStream(stream)
    flush("before")
    stream.truncate(0)
    stream.seek(0)
    yield stream
    COUNTERS.setStream(before or io.StringIO())


def test_what_is_counted_is_written_once_a_line_for_each_channel(written: Lines) -> None:
    count(Metric.WEBHOOKS)
    count(Metric.WEBHOOKS, 2)
    count(Metric.SENT, channel="email")
    count(Metric.LAG, 1.5, "email")
    count(Metric.LAG, 7, "email")
    count(Metric.SENT, channel="sms")
    flush("prod")
    flush("prod")
    house, email, sms = written.all()
    assert house["Webhooks"] == [3]
    assert (email["Sent"], email["Lag"], email["channel"]) == ([1], [1.5, 7], "email")
    assert (sms["Sent"], sms["channel"]) == ([1], "sms")


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_has_the_dimensions_that_the_table_says(
    written: Lines, metric: Metric
) -> None:
    channel = "sms" if METRICS[metric].by_channel else ""
    count(metric, channel=channel)
    flush("prod")
    [line] = written.all()
    [told] = line["_aws"]["CloudWatchMetrics"]
    wanted = ["service", "stage", "channel"] if channel else ["service", "stage"]
    assert told["Dimensions"] == [wanted]
    assert told["Namespace"] == "Relance"
    assert told["Metrics"] == [{"Name": metric.value, "Unit": METRICS[metric].unit.value}]
    assert line.keys() == {"_aws", *wanted, metric.value}


@pytest.mark.parametrize(("metric", "channel"), [(Metric.SENT, ""), (Metric.DESK, "email")])
def test_a_channel_too_many_or_too_few_is_refused(metric: Metric, channel: str) -> None:
    with pytest.raises(ValueError, match="by channel"):
        count(metric, channel=channel)


def test_more_values_than_cloudwatch_takes_are_no_second_line_and_no_failure(
    written: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(250):
        count(Metric.LAG, 1, "email")
        count(Metric.SENT, channel="email")
    flush("prod")
    [line] = written.all()
    assert line["Sent"] == [250]
    assert capsys.readouterr().out == ""


def test_without_a_stage_there_is_still_a_dimension(written: Lines) -> None:
    count(Metric.SWEEPS)
    flush("")
    assert written.all()[0]["stage"] == "none"


def test_an_invocation_ends_with_its_counters_written(written: Lines) -> None:
    assert observed("event", lambda event: count(Metric.SWEEPS) or event) == "event"  # type: ignore[func-returns-value]  # None, then the event
    assert [line["Sweeps"] for line in written.all()] == [[1]]


def test_what_leaves_a_failed_invocation_says_its_type_and_not_its_words(written: Lines) -> None:
    def fails(_event: object) -> None:
        count(Metric.SWEEPS)
        raise KeyError("Quetzal-Whitby")

    with pytest.raises(InvocationFailed, match=r"^KeyError$") as failed:
        observed("event", fails)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None
    assert len(written.all()) == 1


def test_a_worker_that_is_stopped_is_not_held_back(written: Lines) -> None:
    def stopped(_event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        observed("event", stopped)


@pytest.mark.parametrize(
    ("code", "is_refused"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("DecryptionFailure", True),
        ("KMS.DisabledException", True),
        ("KMS.KMSInvalidStateException", True),
        ("KmsAccessDenied", True),
        ("KMSAccessDeniedException", True),
        ("KmsThrottled", False),
        ("KMS.ThrottlingException", False),
        ("ThrottlingException", False),
        ("NoSuchKey", False),
    ],
)
def test_a_failure_for_want_of_a_right_or_of_the_key_is_counted_whoever_wrapped_it(
    written: Lines, code: str, is_refused: bool
) -> None:
    refused = ClientError({"Error": {"Code": code}}, "GetItem")
    wrapped = KeyError()
    wrapped.__cause__ = refused
    log_failure(wrapped)
    flush("prod")
    assert [line["AccessRefused"] for line in written.all()] == [[1]] * is_refused
