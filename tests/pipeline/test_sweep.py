"""Each minute: wake every dossier whose instant has come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.pipeline.ports import WorkItem, WorkKind
from chalicelib.pipeline.sweep import QUEUE_IS_FULL
from tests.builders import DOSSIER, paris, selected
from tests.fakes import empty_write
from tests.pipeline.worlds import DeskInMemory


def test_what_is_due_is_woken_and_what_is_not_stays_asleep() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.queue.woken.clear()
    assert replace(desk.sweep, now=lambda: desk.at - timedelta(seconds=1)).run().woken == 0
    assert desk.sweep.run().woken == 1
    assert desk.queue.woken == [DOSSIER]


def test_a_full_queue_is_given_time_to_empty() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.queue.woken = ["x"] * QUEUE_IS_FULL
    swept = replace(desk.sweep, now=lambda: desk.at + timedelta(minutes=3)).run()
    assert (swept.woken, swept.overdue) == (0, timedelta(minutes=3))
    assert desk.queue.woken == ["x"] * QUEUE_IS_FULL


def owe(desk: DeskInMemory, *numbers: int) -> None:
    for number in numbers:
        due = empty_write(Dossier(dossier_id=f"D-{number}"), desk.at)
        desk.dossiers.write(desk.dossiers.load(due.dossier.dossier_id), due)


def test_one_sweep_wakes_until_the_queue_is_full_and_the_next_one_goes_on() -> None:
    desk = DeskInMemory()
    owe(desk, *range(QUEUE_IS_FULL + 500))
    assert desk.sweep.run().woken == QUEUE_IS_FULL
    desk.queue.woken.clear()
    assert desk.sweep.run().woken == 500


def test_what_was_woken_and_is_still_due_is_left_in_peace_for_ten_minutes() -> None:
    desk = DeskInMemory()
    owe(desk, 1)
    woken = []
    for _ in range(12):
        woken.append(desk.sweep.run().woken)
        desk.at += timedelta(minutes=1)
    assert woken == [1, *[0] * 9, 1, 0]


def test_what_was_woken_and_is_due_again_is_woken_again() -> None:
    desk = DeskInMemory()
    owe(desk, 1)
    assert desk.sweep.run().woken == 1
    desk.at += timedelta(minutes=1)
    owe(desk, 1)
    assert desk.sweep.run().woken == 1


def test_a_wake_that_failed_is_not_remembered() -> None:
    desk = DeskInMemory()
    owe(desk, 1)
    desk.queue.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.sweep.run()
    desk.queue.is_down = False
    assert desk.sweep.run().woken == 1


def test_nothing_is_asked_of_the_queue_while_nothing_is_due() -> None:
    desk = DeskInMemory()
    desk.queue.is_down = True
    assert desk.sweep.run().woken == 0


@pytest.mark.parametrize(("time", "looks"), [("10:00", True), ("10:01", False), ("10:50", True)])
def test_what_waits_for_a_person_is_counted_every_ten_minutes(time: str, *, looks: bool) -> None:
    desk = DeskInMemory(at=paris(f"2019-04-08 {time}"))
    assert (desk.sweep.run().waiting is not None) is looks


def test_a_sweep_tells_how_long_the_first_has_been_due() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    due_at = desk.at
    assert replace(desk.sweep, now=lambda: due_at).run().overdue == timedelta()
    later = replace(desk.sweep, now=lambda: due_at + timedelta(hours=2)).run()
    assert later.overdue == timedelta(hours=2)


def test_a_sweep_tells_what_of_each_kind_waits_for_a_person() -> None:
    desk = DeskInMemory()
    desk.dossiers.others = [WorkItem(kind=kind, name="x", since=desk.at) for kind in WorkKind]
    waiting = desk.sweep.run().waiting
    assert waiting is not None
    assert [(kind, row.name) for kind, rows in waiting.items() for row in rows] == [
        (kind, "x") for kind in WorkKind
    ]
