"""Each minute: wake every dossier whose instant has come."""

from datetime import timedelta

from chalicelib.domain.dossier import Dossier
from chalicelib.pipeline import sweep_due as sweeping
from chalicelib.pipeline.sweep_due import SWEEP_AT_MOST, sweep_due
from tests.builders import DOSSIER, selected
from tests.fakes import empty_write
from tests.pipeline.worlds import DeskInMemory


def test_what_is_due_is_woken_and_what_is_not_stays_asleep() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.queue.woken.clear()
    assert sweep_due(desk.dossiers, desk.queue, desk.at - timedelta(seconds=1)) == 0
    assert sweep_due(desk.dossiers, desk.queue, desk.at) == 1
    assert desk.queue.woken == [DOSSIER]


def test_a_full_queue_is_given_time_to_empty() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.queue.woken = ["x"] * sweeping.QUEUE_IS_FULL
    assert sweep_due(desk.dossiers, desk.queue, desk.at) == 0


def test_one_sweep_wakes_so_many_at_most_and_the_next_one_goes_on() -> None:
    desk = DeskInMemory()
    for number in range(SWEEP_AT_MOST + 1):
        due = empty_write(Dossier(dossier_id=f"D-{number}"), desk.at)
        desk.dossiers.write(desk.dossiers.load(due.dossier.dossier_id), due)
    assert sweep_due(desk.dossiers, desk.queue, desk.at) == SWEEP_AT_MOST
