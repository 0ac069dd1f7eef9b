"""A second copy of the audit, where nothing that we run can change or erase a line: a log group."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws import client
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import StorageUnavailable

#: Whoever waits for a page waits for this as well: one try, and a short one.
READ_SECONDS = 2


class CloudWatchAuditLog:
    """Writes lines without the address they came from. `stream` is this process's own."""

    def __init__(self, group: str, stream: str) -> None:
        self._where = {"logGroupName": group, "logStreamName": stream}

    @cached_property
    def _client(self) -> Any:
        made = client("logs", tries=1, read_seconds=READ_SECONDS)
        with _translated():
            made.create_log_stream(**self._where)
        return made

    def write(self, line: AuditLine) -> None:
        """Write one. Raises StorageUnavailable."""
        said = {name: one for name, one in msgspec.to_builtins(line).items() if name != "source"}
        event = {
            "timestamp": int(line.at.timestamp() * 1000),
            "message": json.dumps(said, ensure_ascii=False),
        }
        with _translated():
            answer = self._client.put_log_events(**self._where, logEvents=[event])
        if answer.get("rejectedLogEventsInfo"):
            message = "the line is too old, or of another time, for a log"
            raise StorageUnavailable(message)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error
