"""Once a day, for every dossier: its plan, its end, its figures; from one delivery to the next."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NewerDocument, StorageUnavailable, Unreadable
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.plan import Plan
from chalicelib.pipeline import night as nights
from chalicelib.pipeline.eraser import Eraser
from chalicelib.pipeline.night import PARTS_AT, Night
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import UNFINDABLE, Quarantined
from chalicelib.pipeline.ports.night import Progress
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_closed_desk,
    a_step,
    an_event,
    paris,
    selected,
    shown,
)
from tests.fakes import empty_write
from tests.pipeline.worlds import DeskInMemory


def spoiled(desk: DeskInMemory) -> None:
    loaded = desk.dossiers.load(DOSSIER)
    wrong = replace(desk.planner.write(loaded.dossier, desk.at), next_due_at=None)
    desk.dossiers.write(loaded, wrong)


def test_a_wrong_instant_is_put_right() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    desk.everything_arrives()
    spoiled(desk)
    done = desk.whole_night()
    assert (done.figures.dossiers, done.repaired, desk.stranded) == (1, 1, [])
    assert shown(desk.next_due_at) == "2019-04-09 09:00"


def test_what_a_dossier_is_found_by_is_put_right_as_well() -> None:
    """Written by a program that did not know of it."""
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    loaded = desk.dossiers.load(DOSSIER)
    old = replace(desk.planner.write(loaded.dossier, desk.at), findable=UNFINDABLE)
    desk.dossiers.write(loaded, old)
    assert list(desk.dossiers.by_name("benali", 9)) == []
    assert desk.whole_night().repaired == 1
    assert list(desk.dossiers.by_name("benali", 9)) == [DOSSIER]


def several(desk: DeskInMemory, *dossier_ids: str) -> None:
    """Each of them has lost its instant."""
    for dossier_id in dossier_ids:
        desk.take(replace(selected(), dossier_id=dossier_id))
        desk.serve(dossier_id)
        loaded = desk.dossiers.load(dossier_id)
        wrong = replace(desk.planner.write(loaded.dossier, desk.at), next_due_at=None)
        desk.dossiers.write(loaded, wrong)


def test_everybody_is_read_and_put_right() -> None:
    desk = DeskInMemory()
    empty = Dossier(dossier_id="empty")
    desk.dossiers.write(desk.dossiers.load("empty"), empty_write(empty))
    several(desk, "D-1", "D-2", "D-3")
    done = desk.whole_night()
    assert (done.figures.dossiers, done.repaired) == (3, 3)


def test_a_lost_race_ends_nothing_for_the_others() -> None:
    desk = DeskInMemory()
    several(desk, "D-1", "D-2", "D-3")
    desk.dossiers.races = 1
    done = desk.whole_night()
    assert (done.figures.dossiers, done.repaired) == (3, 2)


def test_the_night_finds_whom_a_closure_hits_that_was_declared_after_they_booked() -> None:
    desk = DeskInMemory()
    desk.take(selected(starts="2019-05-14 10:30", event_id="s"))
    desk.travel("2019-04-20 03:00")
    closed = replace(desk.planner, desk=a_closed_desk("2019-05-13", "2019-05-17"))
    assert desk.whole_night(replace(desk.night, planner=closed)).repaired == 1
    desk.sender = replace(desk.sender, planner=closed)
    desk.travel("2019-04-20 03:00")
    assert [a.notice.kind for a in desk.dossiers.load(DOSSIER).dossier.open_work] == [
        Kind.APPOINTMENT_WHEN_SHUT
    ]


def test_what_is_right_is_left_alone() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    assert desk.whole_night().repaired == 0


def test_a_dossier_that_changes_meanwhile_is_left_to_whoever_changed_it() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    spoiled(desk)
    desk.dossiers.races = 1
    assert desk.whole_night().repaired == 0


def test_an_empty_item_is_no_dossier() -> None:
    desk = DeskInMemory()
    empty = Dossier(dossier_id="empty")
    desk.dossiers.write(desk.dossiers.load("empty"), empty_write(empty))
    assert desk.whole_night().figures.dossiers == 0


def test_a_dossier_without_future_work_or_end_is_named() -> None:
    """Only a withdrawn step is known: no rule speaks of it, so a person must."""
    desk = DeskInMemory()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT))
    desk.travel("2019-05-30 10:00")
    desk.whole_night()
    assert desk.stranded == []
    (work,) = desk.ledger
    closed = an_event(
        EventType.WORK_CLOSED, "2019-05-30 11:00", source=Source.DESK, subject=str(work.notice)
    )
    desk.take(closed)
    desk.serve()
    desk.whole_night()
    assert desk.stranded == []


def test_a_collected_dossier_has_its_end() -> None:
    desk = DeskInMemory()
    desk.take(
        a_step(
            EventType.COLLECTED,
            "2019-07-20 10:00",
            contact=CONTACT,
            card_expires_on=date(2019, 8, 1),
        )
    )
    desk.travel("2019-12-01 10:00")
    assert desk.next_due_at is None
    desk.whole_night()
    assert desk.stranded == []


def test_a_dossier_whose_future_was_lost_is_named(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    desk = DeskInMemory()
    desk.take(selected())
    forgotten = empty_write(desk.dossiers.load(DOSSIER).dossier)
    monkeypatch.setattr(type(desk.planner), "write_of", lambda *_args: forgotten)
    desk.whole_night()
    assert desk.stranded == [DOSSIER]


def test_a_sheet_shows_what_is_kept_and_what_follows_from_it() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    seen = desk.dossier_views.report(DOSSIER)
    assert seen is not None
    assert (seen.plan.state, len(seen.journal)) == ("booked", 1)
    assert seen.dossier == desk.dossiers.load(DOSSIER).dossier
    assert seen.facts == facts_of(seen.dossier.events)
    assert desk.dossier_views.report("unknown") is None


# Each dossier stands alone


class FailsAt(Planner):
    """Cannot plan one of them."""

    def plan(self, dossier: Dossier, now: datetime, holds: Holds = NO_HOLDS) -> Plan:
        if dossier.dossier_id == "D-2":
            raise ZeroDivisionError
        return super().plan(dossier, now, holds)


def test_one_that_cannot_be_planned_stops_nobody() -> None:
    desk = DeskInMemory()
    several(desk, "D-1", "D-2", "D-3")
    _, kept = desk.dossiers.kept["D-2"]
    planner = FailsAt(desk=desk.planner.desk, fingerprint=desk.planner.fingerprint)
    done = desk.whole_night(replace(desk.night, planner=planner))
    assert (done.figures.dossiers, done.repaired, desk.stranded) == (2, 2, [])
    [trouble] = desk.troubles
    assert (trouble.dossier_id, type(trouble.error)) == ("D-2", ZeroDivisionError)
    before_a_person = desk.dossiers.load("D-2").dossier
    assert before_a_person.events == kept.dossier.events
    assert before_a_person.backed_off_at == desk.at


@pytest.mark.parametrize("error", [NewerDocument(), Unreadable("the document is no JSON")])
def test_one_that_cannot_be_read_stops_nobody_and_is_not_written(error: Unreadable) -> None:
    desk = DeskInMemory()
    several(desk, "D-1", "D-2", "D-3")
    desk.dossiers.spoil("D-2", error)
    _, kept = desk.dossiers.kept["D-2"]
    done = desk.whole_night()
    assert (done.figures.dossiers, done.repaired) == (2, 2)
    assert [(one.dossier_id, one.error) for one in desk.troubles] == [("D-2", error)]
    assert desk.dossiers.kept["D-2"][1].dossier == kept.dossier


def test_while_storage_is_down_there_is_no_night() -> None:
    desk = DeskInMemory()
    several(desk, "D-1")
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.whole_night()


# From one delivery to the next

IDS = tuple(f"D-{number}" for number in range(1, 8))


class Killed(BaseException):
    """The process is gone: neither an answer nor an error."""


def a_desk(*dossier_ids: str) -> DeskInMemory:
    desk = DeskInMemory()
    several(desk, *(dossier_ids or IDS))
    return desk


def time_for(dossiers: int) -> Callable[[], bool]:
    """A clock that leaves time for so many."""
    left = iter([True] * (dossiers - 1))
    return lambda: next(left, False)


def deliver(
    desk: DeskInMemory, *, receives: int = 1, time: int = 99, night: Night | None = None
) -> Progress:
    """One delivery of the first message that waits; it stays where the process was killed."""
    progress = desk.night_queue.waiting[0]
    done = (night or desk.night).run(progress, receives, time_for(time))
    desk.night_queue.waiting.remove(progress)
    return done


def begun(desk: DeskInMemory) -> None:
    desk.night_queue.hand_on(desk.night_begins())


@pytest.mark.parametrize("time", [1, 2, 3, 6, 7])
def test_what_has_no_time_is_handed_on_and_comes_to_the_same(time: int) -> None:
    desk, other = a_desk(), a_desk()
    whole = other.whole_night()
    begun(desk)
    deliveries = -(-len(IDS) // time)
    *_, done = [deliver(desk, time=time) for _ in range(deliveries)]
    assert desk.night_queue.waiting == []
    assert done == whole
    assert (done.figures.dossiers, done.repaired, done.figures.is_whole) == (7, 7, True)
    assert desk.daily_figures.kept == other.daily_figures.kept == done.figures
    assert desk.dossiers.kept == other.dossiers.kept


def test_on_each_hand_over_it_is_kept_what_was_counted_and_of_how_many() -> None:
    desk = a_desk()
    begun(desk)
    deliver(desk, time=3)
    kept = desk.daily_figures.kept
    assert kept is not None
    assert (kept.dossiers, kept.is_whole) == (3, False)
    assert sum(row.number for row in kept.rows) == 3
    assert desk.night_queue.waiting[0].after == "D-3"


def test_figures_of_some_do_not_take_the_place_of_the_whole_ones_of_the_same_day() -> None:
    desk = a_desk()
    whole = desk.whole_night().figures
    begun(desk)
    deliver(desk, time=3)
    assert desk.daily_figures.kept == whole
    desk.night_queue.waiting.clear()
    desk.at += timedelta(days=1)
    begun(desk)
    deliver(desk, time=5)
    assert desk.daily_figures.kept == desk.night_queue.waiting[0].figures


def test_a_delivery_that_was_cut_off_comes_again_and_comes_to_the_same() -> None:
    desk, other = a_desk(), a_desk()
    whole = other.whole_night().figures
    begun(desk)
    deliver(desk, time=2)
    with pytest.raises(Killed):
        deliver(desk, night=replace(desk.night, planner=kills(desk, "D-5")))
    done = deliver(desk, receives=2)
    assert (done.figures, desk.night_queue.waiting) == (whole, [])
    assert done.repaired == 7 - 2, "two more were put right by the delivery that was cut off"
    assert desk.dossiers.kept == other.dossiers.kept


#: As `NightQueue` in infra/resources.yaml has it.
GIVEN_UP_AFTER = 5


class Kills(Planner):
    """Takes the process down at one of them."""

    killer = ""

    def plan(self, dossier: Dossier, now: datetime, holds: Holds = NO_HOLDS) -> Plan:
        if dossier.dossier_id == self.killer:
            raise Killed
        return super().plan(dossier, now, holds)


def kills(desk: DeskInMemory, dossier_id: str) -> Planner:
    planner = Kills(desk=desk.planner.desk, fingerprint=desk.planner.fingerprint)
    object.__setattr__(planner, "killer", dossier_id)
    return planner


@pytest.mark.parametrize("fewer", [3, 1_000])
@pytest.mark.parametrize("killer", ["D-1", "D-4", "D-7"])
def test_one_that_takes_the_process_down_each_time_stops_no_other(
    killer: str, fewer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nights, "FEWER", fewer)
    monkeypatch.setattr(nights, "NO_LIMIT", 9)
    desk, dead = a_desk(), []
    desk.night_queue.hand_on(replace(desk.night_begins(), at_most=9))
    night = replace(desk.night, planner=kills(desk, killer))
    receives = 1
    for _ in range(40):
        if not desk.night_queue.waiting:
            break
        progress = desk.night_queue.waiting[0]
        try:
            deliver(desk, receives=receives, night=night)
            receives = 1
        except Killed:
            receives += 1
            if receives > GIVEN_UP_AFTER:
                desk.night_queue.waiting.remove(progress)
                dead.append(progress)
                receives = 1
    assert desk.night_queue.waiting == []
    assert [IDS.index(killer) - 1] == [IDS.index(one.after) if one.after else -1 for one in dead]
    put_right = {one for one in IDS if desk.dossiers.load(one).next_due_at}
    assert put_right == {*IDS} - {killer}


def test_a_message_that_nothing_ran_for_until_its_last_delivery_loses_nobody() -> None:
    """And nobody is looked at twice."""
    desk, other = a_desk(), a_desk()
    other.whole_night()
    begun(desk)
    deliver(desk, receives=GIVEN_UP_AFTER)
    assert [(one.after, one.is_alone) for one in desk.night_queue.waiting] == [
        ("", True),
        ("D-1", False),
    ]
    alone = deliver(desk, receives=PARTS_AT)
    assert (alone.after, alone.repaired, alone.figures.is_whole) == ("D-1", 1, False)
    rest = deliver(desk)
    assert (rest.repaired, rest.figures.is_whole, desk.night_queue.waiting) == (6, True, [])
    assert desk.dossiers.kept == other.dossiers.kept


def test_two_nights_at_once_do_no_harm() -> None:
    desk, other = a_desk(), a_desk()
    whole = other.whole_night().figures
    begun(desk)
    begun(desk)
    while desk.night_queue.waiting:
        done = deliver(desk, time=2)
        assert done.figures.dossiers <= len(IDS)
    assert desk.daily_figures.kept == whole
    assert desk.dossiers.kept == other.dossiers.kept


def test_what_was_kept_long_enough_goes_before_the_first_dossier_and_only_then() -> None:
    desk = a_desk()
    old = Quarantined(event_id="e", received_at=paris("2018-04-08 10:00"), reason="x", body=b"{}")
    desk.quarantine.keep(old)
    begun(desk)
    assert deliver(desk, time=1).others == 1
    assert desk.quarantine.items == []
    desk.quarantine.keep(old)
    assert deliver(desk).others == 1
    assert desk.quarantine.items == [old]


def test_a_fault_in_forgetting_what_was_kept_long_enough_stops_no_dossier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_eraser: Eraser) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(Eraser, "forget_what_waits", fails)
    desk = a_desk()
    done = desk.whole_night()
    assert (done.figures.dossiers, done.repaired, done.others) == (7, 7, 0)
    assert [type(one.error) for one in desk.troubles] == [ZeroDivisionError]


def test_what_cannot_be_handed_on_fails_and_comes_again() -> None:
    desk = a_desk()
    progress = desk.night_begins()
    desk.night_queue.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.night.run(progress, 1, time_for(3))
    desk.night_queue.is_down = False
    assert desk.night.run(progress, 2, time_for(99)).figures.dossiers == 7
