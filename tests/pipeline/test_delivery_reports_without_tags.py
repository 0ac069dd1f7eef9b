"""A receipt without tags is found by the id under which its message left."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.domain.attempts import AttemptRef
from tests.builders import DOSSIER, selected
from tests.fakes import InMemoryDossiers
from tests.pipeline.worlds import DeskInMemory


def test_the_attempt_that_left_under_an_id_is_found() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    (attempt,) = desk.ledger
    found = desk.delivery_reports.find_attempts({attempt.message_id, "another"})
    whose = AttemptRef(dossier_id=DOSSIER, notice=attempt.notice, attempt=1)
    assert found == {attempt.message_id: whose}


def test_nothing_is_read_when_nothing_is_sought() -> None:
    desk = DeskInMemory()
    desk.dossiers.is_down = True
    assert desk.delivery_reports.find_attempts(set()) == {}


def test_the_attempts_of_several_dossiers_are_found() -> None:
    desk = DeskInMemory()
    ids = set()
    for dossier_id in (DOSSIER, "G-2019-0413"):
        desk.take(replace(selected(), dossier_id=dossier_id))
        desk.serve(dossier_id)
        (attempt,) = desk.dossiers.load(dossier_id).dossier.ledger
        ids.add(attempt.message_id)
    found = desk.delivery_reports.find_attempts(ids)
    assert {one.dossier_id for one in found.values()} == {DOSSIER, "G-2019-0413"}


def test_no_dossier_is_even_named_when_nothing_is_sought() -> None:
    class Untouchable(InMemoryDossiers):
        def ids(self) -> Iterator[str]:
            raise AssertionError

    assert (
        replace(DeskInMemory().delivery_reports, dossiers=Untouchable()).find_attempts(set()) == {}
    )


def test_a_dossier_that_cannot_be_read_answers_for_none_of_them() -> None:
    desk = DeskInMemory()
    desk.take(selected(), replace(selected(event_id="other"), dossier_id="D-2"))
    desk.serve()
    desk.serve("D-2")
    found = {a.message_id for i in (DOSSIER, "D-2") for a in desk.dossiers.load(i).dossier.ledger}
    desk.dossiers.spoil("D-2")
    assert {whose.dossier_id for whose in desk.delivery_reports.find_attempts(found).values()} == {
        DOSSIER
    }
