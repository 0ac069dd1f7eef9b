"""The log of a stage, read where moto keeps it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.endings import CommandRefused
from cli.logs import Reader, followed, pattern_of, span_of

GROUP = "/aws/lambda/relance-isere-dev-serve_dossier"
#: moto refuses lines of long ago, and cannot be told another time than ours.
NOW = datetime.now(UTC).replace(microsecond=0)

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("logs")
        client.create_log_group(logGroupName=GROUP)
        client.create_log_stream(logGroupName=GROUP, logStreamName="one")
        yield client


def write(logs: Any, *lines: tuple[int, str]) -> None:
    """Lines of so many seconds ago."""
    events = [
        {"timestamp": int((NOW - timedelta(seconds=ago)).timestamp() * 1000), "message": text}
        for ago, text in lines
    ]
    logs.put_log_events(logGroupName=GROUP, logStreamName="one", logEvents=events)


def line(outcome: str, **more: str) -> str:
    known = {
        "level": "INFO",
        "function_name": "relance-isere-dev-serve_dossier",
        "outcome": outcome,
    }
    return json.dumps(known | more)


def test_lines_are_told_oldest_first_in_ids_and_codes(logs: Any) -> None:
    write(logs, (60, line("accepted", dossier_id="D-1", channel="sms", address="x@example.org")))
    write(logs, (90, line("swept")), (30, "START RequestId: 1"))
    told = [str(said) for said in Reader("", [GROUP]).since(NOW - timedelta(hours=1))]
    assert [text.partition(" INFO ")[2] for text in told[:2]] == [
        "serve_dossier outcome=swept",
        "serve_dossier outcome=accepted dossier_id=D-1 channel=sms",
    ]
    assert "example.org" not in "".join(told)


def test_what_is_followed_is_told_once_until_its_reader_stops(logs: Any) -> None:
    write(logs, (20, line("swept")))
    reader, start, looks = Reader("", [GROUP]), NOW - timedelta(minutes=1), count()
    assert len(reader.since(start)) == 1

    def wait() -> None:
        if next(looks) == 2:
            raise KeyboardInterrupt
        write(logs, (5, line("accepted")))

    told = [said.content["outcome"] for said in followed(reader, start, wait, lambda: NOW)]
    assert told == ["accepted", "accepted"]


@pytest.mark.parametrize(
    ("dossier_id", "notice", "pattern"),
    [
        ("", "", "{ $.outcome = * }"),
        ("D-1", "", '{ ($.dossier_id = "D-1") }'),
        ("D-1", "card_ready", '{ ($.dossier_id = "D-1") && ($.notice = "card_ready.*") }'),
        ("", "no_news.2", '{ ($.notice = "no_news.2") }'),
    ],
)
def test_a_filter_holds_nothing_but_what_was_asked(
    dossier_id: str, notice: str, pattern: str
) -> None:
    assert pattern_of(dossier_id, notice) == pattern


@pytest.mark.parametrize(
    ("dossier_id", "notice"), [('D" || $.level = "INFO', ""), ("", 'x"'), ("léa", ""), ("", "A b")]
)
def test_what_is_no_id_is_no_part_of_a_filter(dossier_id: str, notice: str) -> None:
    with pytest.raises(CommandRefused):
        pattern_of(dossier_id, notice)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(days=2)),
    ],
)
def test_a_span_is_read(text: str, span: timedelta) -> None:
    assert span_of(text) == span
