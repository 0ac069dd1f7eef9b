"""What a line of the audit may say."""

from datetime import date

import pytest

from chalicelib.domain.audit import AuditAsked, coded

DAY = date(2019, 4, 9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("G-2019-0412", "G-2019-0412"),
        ("search=1f", "search=1f"),
        ("Léa", "…"),
        ("lea benali", "…"),
        ("lea@example.org", "…"),
        ("", "…"),
        ("x" * 101, "…"),
    ],
)
def test_only_ids_and_codes_are_said_as_they_are(text: str, said: str) -> None:
    assert coded(text) == said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (AuditAsked(day=DAY), "on=2019-04-09"),
        (AuditAsked(day=DAY, by="agent"), "by=agent"),
        (AuditAsked(day=DAY, by="agent", about="D-1"), "about=D-1"),
    ],
)
def test_whoever_reads_the_audit_is_in_it_with_what_was_asked(asked: AuditAsked, said: str) -> None:
    assert str(asked) == said
