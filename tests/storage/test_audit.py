"""Who did what is added line by line, read by the day, and forgotten by the day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.operators import Role
from chalicelib.storage.audit import DynamoAudit
from tests.builders import paris
from tests.fakes import InMemoryAudit, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers

pytestmark = pytest.mark.enable_socket

Either = InMemoryAudit | DynamoAudit

DAY = date(2019, 7, 1)
LINE = AuditLine(
    at=paris("2019-07-01 00:30"),
    by="c.martin",
    role=Role.ACT,
    action="dossier.read",
    object="D-1",
    detail="why",
)
NEXT = replace(LINE, at=LINE.at + timedelta(hours=1), role=None, result="refused")


def test_lines_of_a_paris_day_are_read_newest_first(audit: Either) -> None:
    for line in (LINE, NEXT, replace(LINE, at=LINE.at - timedelta(hours=1))):
        audit.append(line)
    assert audit.of_day(DAY, 10) == [NEXT, LINE]
    assert audit.of_day(DAY, 1) == [NEXT]
    assert audit.of_day(date(2019, 7, 2), 10) == []


def test_two_of_one_instant_are_two(audit: Either) -> None:
    other = replace(LINE, by="d.petit")
    audit.append(LINE)
    audit.append(other)
    audit.append(LINE)
    assert sorted(audit.of_day(DAY, 10), key=lambda line: line.by) == [LINE, other]


def test_a_day_is_forgotten_whole_and_alone(audit: Either) -> None:
    tomorrow = replace(LINE, at=LINE.at + timedelta(days=1))
    for line in (LINE, NEXT, tomorrow):
        audit.append(line)
    assert audit.forget(DAY) == 2
    assert audit.forget(DAY) == 0
    assert audit.of_day(date(2019, 7, 2), 10) == [tomorrow]


def test_a_line_whose_answer_was_lost_is_there_once(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    cloud.audit.append(LINE)
    assert cloud.audit.of_day(DAY, 10) == [LINE]


def test_a_line_that_is_not_stored_is_not_taken_for_one_that_is(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "ValidationException"})]
    with pytest.raises(StorageUnavailable):
        cloud.audit.append(LINE)


def test_it_is_on_no_work_list(cloud: Cloud) -> None:
    cloud.audit.append(LINE)
    assert open_work(cloud.dossiers, 10) == []


def test_the_lines_about_one_thing_are_read_over_several_days(audit: Either) -> None:
    tomorrow = replace(LINE, at=LINE.at + timedelta(days=1))
    for line in (LINE, NEXT, tomorrow, replace(LINE, object="D-10"), replace(LINE, detail="D-1")):
        audit.append(line)
    audit.append(replace(LINE, object="D-2", detail='"object":"D-1"'))
    days = [DAY, DAY + timedelta(days=1)]
    assert len(audit.about("D-1", days)) == 4
    assert audit.about("D-1", days)[-1] == tomorrow
    assert audit.about("D-1", days[1:]) == [tomorrow]
    assert audit.about("D-3", days) == []
