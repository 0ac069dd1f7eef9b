"""What a second person was told of: one item, which nobody writes over unread."""

import pytest

from chalicelib.domain.errors import LostRace, StorageUnavailable
from chalicelib.domain.escalation import NOBODY_TOLD, Escalation, Told
from chalicelib.storage.escalation import DynamoEscalation
from chalicelib.storage.table import Table
from tests.builders import DOSSIER, paris
from tests.fakes import InMemoryEscalation, ids_of, open_work
from tests.storage.conftest import Cloud

pytestmark = pytest.mark.enable_socket

Either = InMemoryEscalation | DynamoEscalation

NOW = paris("2019-05-13 10:00")
CLAIMED = Escalation(claimed_until=NOW)
SENT = Escalation(told={DOSSIER: Told(since=paris("2019-05-10 11:00"), at=NOW)})


def test_before_anybody_is_told_nobody_was(escalation: Either) -> None:
    assert escalation.last() == NOBODY_TOLD


def test_it_reads_back_as_it_was(escalation: Either) -> None:
    escalation.write(NOBODY_TOLD, CLAIMED)
    escalation.write(CLAIMED, SENT)
    assert escalation.last() == SENT
    escalation.write(SENT, NOBODY_TOLD)
    escalation.write(NOBODY_TOLD, CLAIMED)
    assert escalation.last() == CLAIMED


@pytest.mark.parametrize("read", [NOBODY_TOLD, SENT])
def test_of_two_who_claim_one_is_too_late(escalation: Either, read: Escalation) -> None:
    escalation.write(NOBODY_TOLD, CLAIMED)
    with pytest.raises(LostRace):
        escalation.write(read, SENT)
    assert escalation.last() == CLAIMED


def test_our_own_write_whose_answer_was_lost_is_no_race(escalation: Either) -> None:
    escalation.write(NOBODY_TOLD, CLAIMED)
    escalation.write(NOBODY_TOLD, CLAIMED)
    assert escalation.last() == CLAIMED


def test_it_is_one_item_neither_work_nor_due_nor_a_dossier(cloud: Cloud) -> None:
    cloud.escalation.write(NOBODY_TOLD, CLAIMED)
    cloud.escalation.write(CLAIMED, SENT)
    assert [item["pk"]["S"] for item in cloud.items()] == ["ESCALATION#work"]
    assert (open_work(cloud.dossiers, 10), ids_of(cloud.dossiers)) == ([], [])


def test_without_a_table_that_is_said(cloud: Cloud) -> None:
    gone = DynamoEscalation(Table("gone"))
    with pytest.raises(StorageUnavailable):
        gone.last()
    with pytest.raises(StorageUnavailable):
        gone.write(NOBODY_TOLD, SENT)
