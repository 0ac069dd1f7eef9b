"""The one logger: a JSON object a line, with keys that are known beforehand and nothing else."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from botocore.exceptions import ClientError

from chalicelib.observability.metrics import Metric, count
from chalicelib.observability.scrubbing import scrubbed

SERVICE = "relance"

#: Everything a line may say of what happened. Ids and codes only: no name, address, number or text.
KEYS = frozenset(
    {
        "dossier_id",
        "event_id",
        "event_type",
        "notice",
        "occasion",
        "channel",
        "attempt",
        "outcome",
        "reason",
        "count",
        "message_id",
    }
)

#: What a line says of itself, and of the invocation it belongs to.
OF_THE_LINE = frozenset(
    {
        "level",
        "location",
        "message",
        "timestamp",
        "service",
        "logger",
        "cold_start",
        "function_name",
        "function_request_id",
    }
)

#: What a line says of an exception: its types, our own words, its way through the code.
OF_AN_EXCEPTION = frozenset({"exception", "exception_name", "frames"})

_KNOWN = KEYS | OF_THE_LINE | OF_AN_EXCEPTION

#: Those of others who may speak in our log: from WARNING on, and without their arguments.
FOREIGN = (
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "chalice",
    "icalendar",
    "pynamodb",
    "s3transfer",
    "urllib3",
)

#: Where Lambda's own handler comes from. It hangs at the root, and would write plain text.
RUNTIME = "awslambdaric"

_FRAMES_AT_MOST = 30

#: How services say that a role may not, or that the key is disabled, gone or not for it: each has
#: a word of its own. A key that is asked too often is no such thing.
_REFUSED = re.compile(
    r"AccessDenied(Exception)?|(De|En)cryptionFailure|KMS(?!.*Throttl).*", re.IGNORECASE
)

#: What a line was written by is whoever called `log`.
_CALLER = 3


class Lines(LambdaPowertoolsFormatter):
    """Writes a record as one JSON object: known keys, scrubbed strings, no words of strangers.

    The arguments of a message and the text of a foreign exception are never written: they may
    be anybody's. What is left of an exception is its type, its way through the code and, where
    AWS has one, its code; our own exceptions speak for themselves.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return super().format(_without_strangers_words(record))

    def serialize(self, log: Mapping[str, Any]) -> str:
        """The known keys, each in a shape that fits into a line."""
        known = {key: _plain(value) for key, value in log.items() if key in _KNOWN}
        return str(self.json_serializer(known))


def _without_strangers_words(record: logging.LogRecord) -> logging.LogRecord:
    bare = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, record.msg, (), None,
        record.funcName,
    )  # fmt: skip
    bare.created, bare.msecs = record.created, record.msecs
    if record.name == SERVICE:
        ours = (KEYS | OF_AN_EXCEPTION) & record.__dict__.keys()
        bare.__dict__ |= {key: record.__dict__[key] for key in ours}
    else:
        bare.logger = record.name
    if record.exc_info and record.exc_info[1]:
        bare.__dict__ |= _told(record.exc_info[1])
    return bare


def _told(error: BaseException) -> dict[str, Any]:
    frames = [f for one in _chain(error) for f in traceback.extract_tb(one.__traceback__)]
    ways = [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames]
    names = [type(one).__name__ for one in _chain(error)]
    said = filter(None, map(_own_words, _chain(error)))
    return {
        "exception_name": " < ".join(names),
        "exception": " < ".join(said),
        "frames": ways[-_FRAMES_AT_MOST:],
    }


def _chain(error: BaseException) -> list[BaseException]:
    """An exception and what it came from."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return chain


def _own_words(error: BaseException) -> str:
    """What we wrote ourselves, or a code of AWS. Nobody else's words."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    is_ours = type(error).__module__.startswith("chalicelib.")
    return str(error) if is_ours else ""


def _plain(value: object) -> object:
    """A string without what it may not carry; of anything that is no plain value, its type."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return type(value).__name__


#: Not even a developer's setting makes an object of several lines.
_ONE_LINE = partial(json.dumps, separators=(",", ":"), ensure_ascii=False)

FORMATTER = Lines(json_serializer=_ONE_LINE, serialize_stacktrace=False)

#: Where our lines go.
LOG = logging.StreamHandler(sys.stdout)

logger = Logger(
    service=SERVICE, logger_handler=LOG, logger_formatter=FORMATTER, log_uncaught_exceptions=False
)
logging.getLogger(SERVICE).propagate = False  # Lambda's handler at the root would write it again


def log(outcome: str, **keys: str | int) -> None:
    """Write one line; raises KeyError for a key that may not be logged."""
    logger.info(outcome, extra={"outcome": outcome, **_checked(keys)}, stacklevel=_CALLER)


def log_failure(error: BaseException, outcome: str = "failed", **keys: str | int) -> None:
    """Write an exception as an error: its types, AWS' code and its way, not its words."""
    told = {"outcome": outcome, **_checked(keys), **_told(error)}
    codes = [_own_words(one) for one in _chain(error) if isinstance(one, ClientError)]
    if any(map(_REFUSED.fullmatch, codes)):
        count(Metric.ACCESS_REFUSED)
    logger.error(outcome, extra=told, stacklevel=_CALLER)


def about(**keys: str | int) -> None:
    """Say on every line, from now on, what it is about: until this thing or invocation ends."""
    logger.append_keys(**_checked(keys))


@contextmanager
def one_thing() -> Iterator[None]:
    """What is said in here to be about something ends here."""
    logger.remove_keys(KEYS)
    try:
        yield
    finally:
        logger.remove_keys(KEYS)


def take_over(handlers: Iterable[logging.Handler] | None = None) -> None:
    """Let these handlers, or those of Lambda's runtime, write our lines whoever speaks."""
    theirs = [h for h in logging.root.handlers if type(h).__module__.startswith(RUNTIME)]
    for handler in theirs if handlers is None else handlers:
        handler.setFormatter(FORMATTER)
    for name in FOREIGN:
        logging.getLogger(name).setLevel(logging.WARNING)


def _checked(keys: Mapping[str, str | int]) -> Mapping[str, str | int]:
    if unknown := keys.keys() - KEYS:
        raise KeyError(*sorted(unknown))
    return keys
