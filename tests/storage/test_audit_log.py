"""The second copy of the audit: a log, without the addresses that people came from."""

import json
from itertools import count
from typing import Any

import pytest
from botocore.stub import Stubber

from chalicelib.bootstrap import now
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.operators import Role
from chalicelib.storage.audit_log import CloudWatchAuditLog
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

_NUMBERS = count()

LINE = AuditLine(at=now(), by="c.martin", role=Role.ACT, action="read", object="D-1", source="::1")


@pytest.fixture
def log(cloud: Cloud) -> CloudWatchAuditLog:
    return CloudWatchAuditLog(cloud.stack.ids["AuditLog"], f"stream-{next(_NUMBERS)}")


def written(cloud: Cloud) -> list[dict[str, Any]]:
    found = cloud.aws.client("logs").filter_log_events(logGroupName=cloud.stack.ids["AuditLog"])
    return [json.loads(event["message"]) for event in found["events"]]


def test_each_line_is_written_without_its_source(cloud: Cloud, log: CloudWatchAuditLog) -> None:
    log.write(LINE)
    log.write(LINE)
    *_, last = written(cloud)
    assert (last["by"], last["object"]) == ("c.martin", "D-1")
    assert "source" not in last
    assert "::1" not in str(last)


def test_where_there_is_no_log_it_is_said(cloud: Cloud) -> None:
    with pytest.raises(StorageUnavailable):
        CloudWatchAuditLog("/nowhere", "stream").write(LINE)


def test_a_line_that_the_log_does_not_take_is_not_taken_for_written(
    log: CloudWatchAuditLog,
) -> None:
    log.write(LINE)
    with Stubber(log._client) as stub:
        stub.add_response(
            "put_log_events", {"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}}
        )
        with pytest.raises(StorageUnavailable, match="too old"):
            log.write(LINE)
