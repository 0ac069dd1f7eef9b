"""Who acts, by AWS' word, and a line in the audit for each who did."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import boto3

from chalicelib.bootstrap import services
from chalicelib.domain.audit import AuditLine, coded
from chalicelib.domain.errors import Unusable
from chalicelib.messages.console.words import FROM_COMMAND_LINE
from cli.endings import CommandRefused


@contextmanager
def audited(action: str, subject: str = "", which: str = "") -> Iterator[str]:
    """Inside it an operator acts, whose name it gives; the audit hears how that ended.

    `action` is what the console calls the same, `subject` an id, `which` a code that says more.
    What was found is shown after it: nothing is read without a line. Raises StorageUnavailable.
    """
    by = operator()
    line = AuditLine(
        at=services().now(),
        by=by,
        role=None,  # what somebody may do here is decided by IAM
        action=f"{FROM_COMMAND_LINE}{action}",
        object=subject,
        which=" ".join(map(coded, which.split())),
    )
    try:
        yield by
    except (CommandRefused, Unusable):
        _say(line, "refused")
        raise
    except Exception as error:
        _say(line, "failed", type(error).__name__)
        raise
    _say(line, "done")


def operator() -> str:
    """The name of the caller's session or, without one, of their user."""
    client = boto3.client("sts")
    arn = client.get_caller_identity()["Arn"]
    client.close()
    return arn.rpartition(":")[2].rpartition("/")[2]


def _say(line: AuditLine, result: str, detail: str = "") -> None:
    """As late as it ends: nothing was found or done before."""
    ended = replace(line, at=services().now(), result=result, detail=detail)
    services().audit.append(ended)
