"""Who did what is added line by line, read by day, person and object, and forgotten by the day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.audit import AuditAsked, AuditLine, Knock
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.operators import Role
from chalicelib.pipeline.ports.desk import AUDIT_LINES, every_line
from chalicelib.storage.audit import DynamoAudit
from tests.builders import paris
from tests.fakes import InMemoryAudit, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, answers

pytestmark = pytest.mark.enable_socket

Either = InMemoryAudit | DynamoAudit

DAY = date(2019, 7, 1)
OF_DAY = AuditAsked(day=DAY)
LINE = AuditLine(
    at=paris("2019-07-01 00:30"),
    by="c.martin",
    role=Role.ACT,
    action="dossier.read",
    object="D-1",
    which="page=2",
    detail="why",
    source="192.0.2.7",
)
NEXT = replace(LINE, at=LINE.at + timedelta(hours=1), role=None, result="refused")


def of(audit: Either, asked: AuditAsked = OF_DAY) -> list[AuditLine]:
    return list(every_line(audit, asked))


def test_lines_of_a_paris_day_are_read_newest_first(audit: Either) -> None:
    for line in (LINE, NEXT, replace(LINE, at=LINE.at - timedelta(hours=1))):
        audit.append(line)
    assert of(audit) == [NEXT, LINE]
    assert of(audit, AuditAsked(day=date(2019, 7, 2))) == []


def test_two_of_one_instant_are_two(audit: Either) -> None:
    other = replace(LINE, by="d.petit")
    audit.append(LINE)
    audit.append(other)
    audit.append(LINE)
    assert sorted(of(audit), key=lambda line: line.by) == [LINE, other]


def test_those_of_a_person_and_those_about_a_dossier_are_read_whatever_the_day(
    audit: Either,
) -> None:
    tomorrow = replace(LINE, at=LINE.at + timedelta(days=1), by="d.petit")
    nothing = replace(NEXT, object="", action="read_home")
    for line in (LINE, nothing, tomorrow, replace(NEXT, object="D-10", detail="D-1")):
        audit.append(line)
    assert of(audit, AuditAsked(day=DAY, by="d.petit")) == [tomorrow]
    assert of(audit, AuditAsked(day=DAY, by="c.marti")) == []
    assert of(audit, AuditAsked(day=DAY, about="D-1")) == [tomorrow, LINE]
    assert of(audit, AuditAsked(day=DAY, by="c.martin", about="D-10"))[0].object == "D-10"


def test_no_list_is_cut_and_each_page_leads_to_the_one_before(audit: Either) -> None:
    lines = [replace(LINE, at=LINE.at + timedelta(seconds=n // 2), which=f"{n}") for n in range(7)]
    for line in lines:
        audit.append(line)
    for asked in (OF_DAY, AuditAsked(day=DAY, by="c.martin"), AuditAsked(day=DAY, about="D-1")):
        seen, page = list[AuditLine](), audit.page(asked, limit=3)
        while page.older:
            assert len(page.lines) == 3
            seen, page = [*seen, *page.lines], audit.page(asked, page.older, limit=3)
        seen += page.lines
        assert [line.at for line in seen] == sorted((one.at for one in lines), reverse=True)
        assert {line.which for line in seen} == {line.which for line in lines}


def test_a_page_that_is_just_full_leads_nowhere(audit: Either) -> None:
    for line in (LINE, NEXT):
        audit.append(line)
    assert audit.page(OF_DAY, limit=2).older == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(
    st.text(max_size=60) | st.sampled_from(["2019-07-01T00:30:00.000000Z#nothex", "#", "AUDIT#"])
)
def test_whatever_an_address_says_a_page_begins_at_the_newest(cloud: Cloud, older: str) -> None:
    assert cloud.audit.page(OF_DAY, older).lines == ()


def test_a_page_after_a_line_that_is_gone_goes_on_behind_it(cloud: Cloud) -> None:
    cloud.audit.append(LINE)
    gone = "2019-07-01T12:00:00.000000Z#0123456789ab"
    assert cloud.audit.page(OF_DAY, gone).lines == (LINE,)


def test_who_knocks_without_a_name_is_counted_and_pushes_nothing_out(audit: Either) -> None:
    audit.append(LINE)
    for _ in range(AUDIT_LINES + 20):
        audit.knock(NEXT.at, Knock.SIGN_IN)
    audit.knock(NEXT.at, Knock.SESSION)
    audit.knock(NEXT.at + timedelta(days=1), Knock.SIGN_IN)
    page = audit.page(OF_DAY)
    assert (list(page.lines), page.older) == ([LINE], "")
    assert page.knocks == {Knock.SIGN_IN: AUDIT_LINES + 20, Knock.SESSION: 1}
    assert audit.page(AuditAsked(day=DAY, by="c.martin")).knocks == {}


def test_a_day_is_forgotten_whole_and_alone(audit: Either) -> None:
    tomorrow = replace(LINE, at=LINE.at + timedelta(days=1))
    for line in (LINE, NEXT, tomorrow):
        audit.append(line)
    audit.knock(LINE.at, Knock.SIGN_IN)
    assert audit.forget(DAY) == 2
    assert audit.forget(DAY) == 0
    assert audit.page(OF_DAY).knocks == {}
    assert of(audit, AuditAsked(day=DAY, about="D-1")) == [tomorrow]


def test_a_line_whose_answer_was_lost_is_there_once(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    cloud.audit.append(LINE)
    assert of(cloud.audit) == [LINE]


def test_a_line_is_copied_once_it_is_kept(cloud: Cloud) -> None:
    cloud.audit.append(LINE)
    assert cloud.copied == [LINE]


def test_a_line_that_is_not_stored_is_not_taken_for_one_that_is(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answers("400 Bad Request", {"__type": "ValidationException"})]
    with pytest.raises(StorageUnavailable):
        cloud.audit.append(LINE)
    assert cloud.copied == []


def test_it_is_on_no_work_list(cloud: Cloud) -> None:
    cloud.audit.append(LINE)
    assert open_work(cloud.dossiers, 10) == []
