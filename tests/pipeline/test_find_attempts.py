"""A receipt without tags is found by the id under which its message left."""

from chalicelib.domain.delivery import Whose
from chalicelib.pipeline.find_attempts import find_attempts
from tests.builders import DOSSIER, selected
from tests.pipeline.worlds import DeskInMemory


def test_the_attempt_that_left_under_an_id_is_found() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    (attempt,) = desk.ledger
    found = find_attempts(desk.dossiers, {attempt.message_id, "another"})
    whose = Whose(dossier_id=DOSSIER, notice=attempt.notice, attempt=1)
    assert found == {attempt.message_id: whose}


def test_nothing_is_read_when_nothing_is_sought() -> None:
    desk = DeskInMemory()
    desk.dossiers.is_down = True
    assert find_attempts(desk.dossiers, set()) == {}
