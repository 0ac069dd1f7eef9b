"""Once a day: recompute every plan, and name the dossiers that nothing will ever wake."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NewerDocument, StorageUnavailable, Unreadable
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import UNFINDABLE
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_closed_desk,
    a_step,
    an_event,
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
    done = desk.night.run()
    assert (done.read, done.repaired, done.stranded) == (1, 1, ())
    assert shown(desk.next_due_at) == "2019-04-09 09:00"


def test_what_a_dossier_is_found_by_is_put_right_as_well() -> None:
    """Written by a program that did not know of it."""
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    loaded = desk.dossiers.load(DOSSIER)
    old = replace(desk.planner.write(loaded.dossier, desk.at), findable=UNFINDABLE)
    desk.dossiers.write(loaded, old)
    assert desk.dossiers.by_name("benali", 9) == []
    assert desk.night.run().repaired == 1
    assert desk.dossiers.by_name("benali", 9) == [DOSSIER]


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
    done = desk.night.run()
    assert (done.read, done.repaired) == (3, 3)


def test_a_lost_race_ends_nothing_for_the_others() -> None:
    desk = DeskInMemory()
    several(desk, "D-1", "D-2", "D-3")
    desk.dossiers.races = 1
    done = desk.night.run()
    assert (done.read, done.repaired) == (3, 2)


def test_the_night_finds_whom_a_closure_hits_that_was_declared_after_they_booked() -> None:
    desk = DeskInMemory()
    desk.take(selected(starts="2019-05-14 10:30", event_id="s"))
    desk.travel("2019-04-20 03:00")
    closed = replace(desk.planner, desk=a_closed_desk("2019-05-13", "2019-05-17"))
    assert replace(desk.night, planner=closed).run().repaired == 1
    desk.sender = replace(desk.sender, planner=closed)
    desk.travel("2019-04-20 03:00")
    assert [a.notice.kind for a in desk.dossiers.load(DOSSIER).dossier.open_work] == [
        Kind.APPOINTMENT_WHEN_SHUT
    ]


def test_what_is_right_is_left_alone() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    assert desk.night.run().repaired == 0


def test_a_dossier_that_changes_meanwhile_is_left_to_whoever_changed_it() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    spoiled(desk)
    desk.dossiers.races = 1
    assert desk.night.run().repaired == 0


def test_an_empty_item_is_no_dossier() -> None:
    desk = DeskInMemory()
    empty = Dossier(dossier_id="empty")
    desk.dossiers.write(desk.dossiers.load("empty"), empty_write(empty))
    assert desk.night.run().read == 0


def test_a_dossier_without_future_work_or_end_is_named() -> None:
    """Only a withdrawn step is known: no rule speaks of it, so a person must."""
    desk = DeskInMemory()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT))
    desk.travel("2019-05-30 10:00")
    assert desk.night.run().stranded == ()
    (work,) = desk.ledger
    closed = an_event(
        EventType.WORK_CLOSED, "2019-05-30 11:00", source=Source.DESK, subject=str(work.notice)
    )
    desk.take(closed)
    desk.serve()
    assert desk.night.run().stranded == ()


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
    assert desk.night.run().stranded == ()


def test_a_dossier_whose_future_was_lost_is_named(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    desk = DeskInMemory()
    desk.take(selected())
    forgotten = empty_write(desk.dossiers.load(DOSSIER).dossier)
    monkeypatch.setattr(type(desk.planner), "write_of", lambda *_args: forgotten)
    assert desk.night.run().stranded == (DOSSIER,)


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
    done = replace(desk.night, planner=planner).run()
    assert (done.read, done.repaired, done.stranded) == (2, 2, ())
    [trouble] = done.troubles
    assert (trouble.dossier_id, type(trouble.error)) == ("D-2", ZeroDivisionError)
    before_a_person = desk.dossiers.load("D-2").dossier
    assert before_a_person.events == kept.dossier.events
    assert before_a_person.backed_off_at == desk.at


@pytest.mark.parametrize("error", [NewerDocument(), Unreadable("the document is no JSON")])
def test_one_that_cannot_be_read_stops_nobody_and_is_not_written(error: Unreadable) -> None:
    desk = DeskInMemory()
    several(desk, "D-1", "D-2", "D-3")
    desk.dossiers.spoil("D-2", error)
    kept = desk.dossiers.kept["D-2"]
    done = desk.night.run()
    assert (done.read, done.repaired) == (2, 2)
    assert [(one.dossier_id, one.error) for one in done.troubles] == [("D-2", error)]
    assert desk.dossiers.kept["D-2"] == kept


def test_while_storage_is_down_there_is_no_night() -> None:
    desk = DeskInMemory()
    several(desk, "D-1")
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.night.run()
