"""Who did what at the desk is kept a year, and not longer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.bulk import Bulk, BulkRow, RowStand
from chalicelib.domain.operators import Role
from tests.builders import paris
from tests.pipeline.worlds import DeskInMemory

NOW = paris("2020-07-01 03:00")
LINE = AuditLine(at=NOW, by="c.martin", role=Role.ACT, action="dossier.read")


@pytest.mark.parametrize(
    ("day", "is_forgotten"),
    [
        ("2020-06-30", False),
        ("2019-07-01", False),
        ("2019-06-30", True),
        ("2019-06-24", True),
        ("2019-06-23", False),  # seven nights have passed over it already
    ],
)
def test_a_line_of_the_audit_is_kept_a_year(day: str, is_forgotten: bool) -> None:
    desk = DeskInMemory(at=NOW)
    desk.audit.append(replace(LINE, at=paris(f"{day} 12:00")))
    assert desk.eraser.forget_what_waits() == int(is_forgotten)
    assert (desk.audit.lines == []) is is_forgotten


@pytest.mark.parametrize(
    ("stand", "is_forgotten"),
    [(RowStand.DONE, True), (RowStand.REFUSED, False), (RowStand.WAITING, False)],
)
def test_a_bulk_action_is_kept_as_long_and_until_it_was_read(
    stand: RowStand, is_forgotten: bool
) -> None:
    at = NOW - timedelta(days=368)
    row = BulkRow(dossier_id="D-1", stand=stand)
    bulk = Bulk(
        bulk_id="b", by="c", asked_at=at, effective_at=at, day=date(2019, 6, 28), rows=(row,)
    )
    desk = DeskInMemory(at=NOW)
    desk.bulks.begin(bulk)
    assert desk.eraser.forget_what_waits() == int(is_forgotten)
