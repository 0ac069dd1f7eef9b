"""Each minute: wake every dossier whose instant has come."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.dossier import Dossier
from chalicelib.pipeline import sweep as sweeping
from chalicelib.pipeline.sweep import SWEEP_AT_MOST
from chalicelib.pipeline.waiting import WorkKind
from tests.builders import DOSSIER, selected
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
    desk.queue.woken = ["x"] * sweeping.QUEUE_IS_FULL
    swept = replace(desk.sweep, now=lambda: desk.at + timedelta(minutes=3)).run()
    assert (swept.woken, swept.overdue) == (0, timedelta(minutes=3))
    assert desk.queue.woken == ["x"] * sweeping.QUEUE_IS_FULL


def test_one_sweep_wakes_so_many_at_most_and_the_next_one_goes_on() -> None:
    desk = DeskInMemory()
    for number in range(SWEEP_AT_MOST + 1):
        due = empty_write(Dossier(dossier_id=f"D-{number}"), desk.at)
        desk.dossiers.write(desk.dossiers.load(due.dossier.dossier_id), due)
    assert desk.sweep.run().woken == SWEEP_AT_MOST


def test_a_sweep_tells_how_long_the_first_has_been_due() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    due_at = desk.at
    assert replace(desk.sweep, now=lambda: due_at).run().overdue == timedelta()
    later = replace(desk.sweep, now=lambda: due_at + timedelta(hours=2)).run()
    assert later.overdue == timedelta(hours=2)


def test_a_sweep_tells_who_waits_for_a_person_and_a_newer_programs_item_stops_nobody() -> None:
    desk = DeskInMemory()
    rows = [
        (desk.at, "DOSSIER#D-1"),
        (desk.at, "QUARANTINE#evt-1#0123"),
        (desk.at, "CHANNEL#sms"),
        (desk.at, "PAUSE#email"),
        (desk.at, "TOMORROW#x"),
    ]
    desk.dossiers.open_work = lambda limit: rows[:limit]  # type: ignore[method-assign]
    waiting = desk.sweep.run().waiting
    assert [(one.what, one.name) for one in waiting] == [
        (WorkKind.DOSSIER, "D-1"),
        (WorkKind.QUARANTINE, "evt-1#0123"),
        (WorkKind.CHANNEL, "sms"),
        (WorkKind.PAUSE, "email"),
        (WorkKind.OTHER, "x"),
    ]
