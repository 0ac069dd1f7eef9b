"""What our program fails at waits in front of a person, once; the others go on."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.errors import LostRace, NewerDocument, StorageUnavailable, Unreadable
from chalicelib.domain.plan import Plan
from chalicelib.domain.work import UNREACHABLE
from chalicelib.pipeline.back_off import TOLD_AGAIN, Trouble
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Quarantined
from tests.builders import DOSSIER, an_attempt, ids, selected
from tests.pipeline.worlds import DeskInMemory

HOUR = timedelta(hours=1)


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(selected())
    return desk


def tell(desk: DeskInMemory) -> None:
    desk.backoff.put_before_a_person(DOSSIER)


def on_the_list(desk: DeskInMemory) -> list[tuple[str, str]]:
    """The dossiers of which a person is told, and why."""
    waits = [item for item in desk.quarantine.items if item.seen_at is None]
    return [(item.dossier_id, item.reason) for item in waits]


def test_a_dossier_that_can_be_read_is_set_aside_without_being_planned(desk: DeskInMemory) -> None:
    tell(desk)
    assert on_the_list(desk) == []
    [opened] = desk.dossiers.load(DOSSIER).dossier.open_work
    assert (opened.notice.kind, desk.next_due_at) == (Kind.SERVE_FAILED, desk.at + HOUR)


def test_one_that_cannot_be_read_is_told_once_and_looked_at_again_in_an_hour(
    desk: DeskInMemory,
) -> None:
    before = desk.dossiers.kept[DOSSIER]
    desk.dossiers.spoil(DOSSIER, NewerDocument())
    for _ in range(3):
        tell(desk)
        desk.at += HOUR
    assert on_the_list(desk) == [(DOSSIER, "written by a newer version of this program")]
    version, after = desk.dossiers.kept[DOSSIER]
    assert (version, replace(after, next_due_at=before[1].next_due_at)) == before
    assert after.next_due_at == desk.at
    assert ids(desk.dossiers.due(desk.at - timedelta(seconds=1))) == []


def test_one_at_which_even_that_fails_is_told_by_the_name_of_the_failure_alone(
    desk: DeskInMemory,
) -> None:
    opened = an_attempt(
        UNREACHABLE,
        Status.OPEN,
        "2019-04-08 10:00",
        claimed_at=datetime(2019, 4, 8),  # without a zone
    )
    loaded = desk.dossiers.load(DOSSIER)
    broken = loaded.dossier.with_attempt(opened)
    version, write = desk.dossiers.kept[DOSSIER]
    desk.dossiers.kept[DOSSIER] = (version, replace(write, dossier=broken))
    tell(desk)
    assert on_the_list(desk) == [(DOSSIER, "this program fails at it: TypeError")]
    assert desk.dossiers.kept[DOSSIER][1].dossier == broken
    assert desk.next_due_at == desk.at + HOUR


def test_whoever_has_done_with_it_is_told_again_after_a_working_day(desk: DeskInMemory) -> None:
    desk.dossiers.spoil(DOSSIER)
    tell(desk)
    desk.quarantine.see(desk.quarantine.items[0], desk.at)
    for hours, expected in [(1, 0), (TOLD_AGAIN // HOUR - 1, 0), (TOLD_AGAIN // HOUR, 1)]:
        seen = desk.quarantine.items[0].seen_at
        desk.at = (seen or desk.at) + hours * HOUR
        tell(desk)
        assert len(on_the_list(desk)) == expected


def test_no_webhook_is_taken_for_a_dossier_or_the_other_way_round(desk: DeskInMemory) -> None:
    webhook = Quarantined(event_id=DOSSIER, received_at=desk.at, reason="type", body=b"{}")
    assert webhook.dossier_id == ""
    assert Quarantined.of_dossier(Unreadable("", DOSSIER), desk.at).dossier_id == DOSSIER


def test_what_can_be_read_again_leaves_the_work_list_that_night(desk: DeskInMemory) -> None:
    desk.dossiers.spoil(DOSSIER)
    desk.whole_night()
    webhook = Quarantined(event_id="e", received_at=desk.at, reason="type", body=b"{}")
    desk.quarantine.keep(webhook)
    assert len(on_the_list(desk)) == 2
    desk.whole_night()
    assert len(on_the_list(desk)) == 2
    desk.dossiers.unreadable.clear()
    desk.whole_night()
    assert on_the_list(desk) == [("", "type")]


def test_at_night_a_dossier_that_somebody_works_on_waits_for_the_next(
    desk: DeskInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> Plan:
        raise KeyError

    monkeypatch.setattr(Planner, "plan", fails)
    desk.dossiers.races = 1
    desk.whole_night()
    assert [type(trouble.error) for trouble in desk.troubles] == [KeyError]
    assert desk.dossiers.load(DOSSIER).dossier.open_work == ()


def test_while_storage_is_down_nobody_believes_that_it_was_told(desk: DeskInMemory) -> None:
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        tell(desk)


# What counts as a failed serve


class Killed(BaseException):
    """The process is gone: neither an answer nor an error."""


#: How deliveries of one wake-up end: `-`, nothing ran; `x`, it failed; `k`, the process ended;
#: `l`, it may succeed later; `u`, it cannot be read; `.`, well. And how the last one ends.
ENDS = {
    "x": ZeroDivisionError(),
    "k": Killed(),
    "l": LostRace(),
    "u": Unreadable(dossier_id=DOSSIER),
}
DELIVERIES = {
    "-------.": "served",
    "lllllll.": "served",
    "xx.": "served",
    "kkkk.": "not tried",
    "kxk.": "served",
    "kkxx": "set aside",
    "xxx": "set aside",
    "--x-x-x": "set aside",
    "xlxlx": "set aside",
    "-xlkx": "set aside",
    "u": "set aside",
    "--u": "set aside",
}


def delivered(desk: DeskInMemory, ends: str) -> str:
    """What the last of these deliveries came to; whatever is before it comes again."""
    came_to = ""
    for number, end in enumerate(ends):
        if end != "-":
            came_to = one_delivery(desk, end, is_again=number > 0)
        assert (came_to in {"", "again"}) or number == len(ends) - 1, (number, came_to)
    return came_to


def one_delivery(desk: DeskInMemory, end: str, *, is_again: bool) -> str:
    tried = []

    def serve() -> str:
        tried.append(end)
        if end != ".":
            raise ENDS[end]
        return "served"

    try:
        done = desk.backoff.serve(DOSSIER, serve, is_again=is_again)
    except (ZeroDivisionError, LostRace, Killed):
        return "again"
    if isinstance(done, Trouble):
        assert done.dossier_id == DOSSIER
        return "set aside" if tried else "not tried"
    return done


@pytest.mark.parametrize("ends", DELIVERIES)
def test_only_a_serve_that_ran_has_failed_and_three_are_enough(
    desk: DeskInMemory, ends: str
) -> None:
    came_to = DELIVERIES[ends]
    assert delivered(desk, ends) == came_to
    opened = [a.notice.kind for a in desk.dossiers.load(DOSSIER).dossier.open_work]
    assert opened == ([] if came_to == "served" else [Kind.SERVE_FAILED])
    assert not desk.dossiers.failed_serves, "whatever comes next begins anew"


def test_a_first_delivery_that_ends_well_asks_nothing_of_the_table(desk: DeskInMemory) -> None:
    desk.dossiers.is_down = True
    assert desk.backoff.serve(DOSSIER, lambda: "served", is_again=False) == "served"


def test_what_is_woken_for_nobody_is_never_set_aside(desk: DeskInMemory) -> None:
    def fails() -> None:
        raise ZeroDivisionError

    for number in range(5):
        with pytest.raises(ZeroDivisionError):
            desk.backoff.serve("nobody", fails, is_again=number > 0)
