"""A line is one JSON object of known keys; strangers speak without their arguments."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.errors import Unusable
from chalicelib.observability import (
    KEYS,
    LOG,
    OF_AN_EXCEPTION,
    OF_THE_LINE,
    about,
    log,
    log_failure,
    logger,
    one_thing,
    take_over,
)
from chalicelib.observability.lines import FOREIGN, FORMATTER

NAME, MAIL = "Quetzal-Whitby", "xylophane@canary.example"


class Log(io.StringIO):
    """What was written, as objects."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().split("\n") if line]


@pytest.fixture
def written() -> Iterator[Log]:
    """The product's log, and what its libraries write at the root."""
    stream, root = Log(), logging.getLogger()
    before = LOG.setStream(stream)
    theirs = logging.StreamHandler(stream)
    take_over([theirs])
    root.addHandler(theirs)
    with one_thing():
        yield stream
    root.removeHandler(theirs)
    LOG.setStream(before or io.StringIO())


def raised(error: Exception) -> Exception:
    """The same, with a way through the code, and what it came from."""
    try:
        try:
            raise KeyError(NAME)
        except KeyError as cause:
            raise error from cause
    except type(error) as caught:
        return caught


def test_a_line_says_what_happened_and_nothing_of_itself_twice(written: Log) -> None:
    log("accepted", dossier_id="D-1", attempt=2)
    [line] = written.lines()
    assert {k: line[k] for k in ("outcome", "dossier_id", "attempt", "service", "level")} == {
        "outcome": "accepted",
        "dossier_id": "D-1",
        "attempt": 2,
        "service": "relance",
        "level": "INFO",
    }
    assert line["location"].startswith("test_a_line_says_what_happened")
    assert line.keys() <= KEYS | OF_THE_LINE


@pytest.mark.parametrize("speak", [log, lambda _outcome, **keys: about(**keys)])
def test_we_ourselves_may_not_use_a_key_that_nobody_knows(speak: Any) -> None:
    with pytest.raises(KeyError, match="given_name"):
        speak("accepted", given_name=NAME)


def test_what_a_line_is_about_ends_with_its_thing(written: Log) -> None:
    with one_thing():
        about(dossier_id="D-1", event_id="evt-1")
        log("accepted")
        logging.getLogger("urllib3.connectionpool").warning("retrying")
    log("swept")
    first, foreign, last = written.lines()
    assert (first["dossier_id"], first["event_id"]) == ("D-1", "evt-1")
    assert (foreign["dossier_id"], foreign["logger"]) == ("D-1", "urllib3.connectionpool")
    assert "dossier_id" not in last


def test_a_strangers_arguments_and_keys_are_never_written(written: Log) -> None:
    stranger = logging.getLogger("botocore.endpoint")
    stranger.warning("sending %s to %s", NAME, MAIL, extra={"reason": NAME, "body": MAIL})
    stranger.error("failed", exc_info=raised(ValueError(MAIL)))
    first, second = written.lines()
    assert first["message"] == "sending %s to %s"
    assert "reason" not in first
    assert second["exception_name"] == "ValueError < KeyError"
    assert NAME not in written.getvalue()
    assert MAIL not in written.getvalue()


@pytest.mark.parametrize("name", FOREIGN)
def test_strangers_stand_at_warning(written: Log, name: str) -> None:
    assert not logging.getLogger(f"{name}.anything").isEnabledFor(logging.INFO)
    assert logging.getLogger(f"{name}.anything").isEnabledFor(logging.WARNING)


def test_an_exception_tells_its_types_and_its_way_but_no_strangers_words(written: Log) -> None:
    log_failure(raised(ValueError(f"no such student: {NAME} {MAIL}")), reason="ValueError")
    [line] = written.lines()
    assert line["exception_name"] == "ValueError < KeyError"
    assert line["exception"] == ""
    assert all(" raised" in frame for frame in line["frames"])
    assert NAME not in written.getvalue()
    assert line.keys() <= KEYS | OF_THE_LINE | OF_AN_EXCEPTION


def test_our_own_exceptions_and_the_codes_of_aws_speak(written: Log) -> None:
    refused = {"Error": {"Code": "AccessDeniedException", "Message": f"{MAIL} may not"}}
    log_failure(raised(Unusable(f"data.student: not for {MAIL}")))
    log_failure(raised(ClientError(refused, "SendEmail")))  # type: ignore[arg-type]  # as it comes
    ours, theirs = written.lines()
    assert ours["exception"] == "data.student: not for ***"
    assert theirs["exception"] == "AccessDeniedException"
    assert MAIL not in written.getvalue()


@pytest.mark.parametrize(
    "message",
    [{"to": MAIL}, [MAIL], json.dumps({"to": MAIL}), f"to\n{MAIL}\r\n\u2028"],
    ids=["mapping", "list", "json", "lines"],
)
def test_whatever_is_said_is_one_line_and_names_nobody(written: Log, message: Any) -> None:
    logger.warning(message)
    [line] = written.lines()
    assert MAIL not in json.dumps(line)
    assert written.getvalue().count("\n") == 1


def test_half_a_character_is_written_as_one_line_too() -> None:
    record = logging.makeLogRecord({"msg": "\ud800", "levelno": logging.WARNING})
    json.loads(FORMATTER.format(record))
    assert "\n" not in FORMATTER.format(record)


def test_a_line_may_not_become_several_even_where_a_developer_asks_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POWERTOOLS_DEV", "true")
    record = logging.LogRecord("relance", logging.INFO, "", 1, "x", (), None)
    assert "\n" not in FORMATTER.format(record)


def test_the_handler_of_lambdas_runtime_writes_our_lines() -> None:
    class RuntimesOwn(logging.StreamHandler[io.StringIO]):
        pass

    RuntimesOwn.__module__ = "awslambdaric.bootstrap"
    handler, other = RuntimesOwn(io.StringIO()), logging.StreamHandler(io.StringIO())
    logging.root.addHandler(handler)
    logging.root.addHandler(other)
    try:
        take_over()
    finally:
        logging.root.removeHandler(handler)
        logging.root.removeHandler(other)
    assert handler.formatter is FORMATTER
    assert other.formatter is None
