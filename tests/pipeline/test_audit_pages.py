"""The audit is read page by page, and none of it is left out."""

from datetime import timedelta

from chalicelib.domain.audit import AuditAsked, AuditLine
from chalicelib.domain.operators import Role
from chalicelib.pipeline.ports.desk import AUDIT_LINES, every_line
from tests.builders import paris
from tests.fakes import InMemoryAudit

NOW = paris("2019-04-09 12:00")


def test_whoever_asks_for_every_line_gets_those_of_all_pages() -> None:
    audit = InMemoryAudit()
    for number in range(AUDIT_LINES + 1):
        at = NOW + timedelta(seconds=number)
        audit.append(AuditLine(at=at, by="agent", role=Role.ACT, action="read_dossier"))
    lines = list(every_line(audit, AuditAsked(day=NOW.date())))
    assert len(lines) == AUDIT_LINES + 1
    assert lines[0].at > lines[-1].at == NOW
