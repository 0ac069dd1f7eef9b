"""Who acts, by AWS' word, and a line in the audit for each who did."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from chalicelib.bootstrap import services
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import Unusable
from chalicelib.messages.console.words import FROM_COMMAND_LINE
from cli.endings import CommandRefused


@contextmanager
def audited(action: str, subject: str = "") -> Iterator[str]:
    """Inside it an operator acts, whose name it gives; the audit hears how that ended.

    `action` is what the console calls the same, `subject` an id. What was found is shown after it:
    nothing is read without a line. Raises StorageUnavailable.
    """
    by = operator()
    try:
        yield by
    except (CommandRefused, Unusable):
        _say(by, action, subject, "refused")
        raise
    except Exception as error:
        _say(by, action, subject, "failed", type(error).__name__)
        raise
    _say(by, action, subject, "done")


def operator() -> str:
    """The name of the caller's session or, without one, of their user."""
    client = boto3.client("sts")
    arn = client.get_caller_identity()["Arn"]
    client.close()
    return arn.rpartition(":")[2].rpartition("/")[2]


def _say(by: str, action: str, subject: str, result: str, detail: str = "") -> None:
    """`role` is None: what somebody may do here is decided by IAM."""
    services().audit.append(
        AuditLine(
            at=services().now(),
            by=by,
            role=None,
            action=f"{FROM_COMMAND_LINE}{action}",
            object=subject,
            result=result,
            detail=detail,
        )
    )
