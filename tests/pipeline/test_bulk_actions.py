"""Cards marked ready together: nothing happens for ten minutes, then each of them once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.bulk import (
    Bulk,
    BulkKind,
    BulkRow,
    BulkStand,
    CardList,
    CardRow,
    RowStand,
    SetAside,
)
from chalicelib.domain.consequences import Effect
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Feed
from chalicelib.domain.errors import LostRace, NewerDocument, StorageUnavailable, Unusable
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.feeds import feed_of
from chalicelib.messages.console.views import BulkPreview, Unlikely
from chalicelib.messages.console.words import aside_word
from chalicelib.pipeline import bulk_actions as bulk_module
from chalicelib.pipeline.bulk_actions import UNDOABLE, BulkActions, BulkRun
from chalicelib.pipeline.ports import Loaded
from tests.builders import CONTACT, a_step, paris, selected
from tests.fakes import InMemoryBulks, InMemoryDossiers
from tests.pipeline.worlds import DeskInMemory, Function

NOON = paris("2019-07-01 12:00")
DAY = date(2019, 7, 1)
IDS = ("D-1", "D-2", "D-3")


class Desk(DeskInMemory):
    """A desk with three deposited dossiers."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.read: InMemoryDossiers = self.dossiers
        self.take(*(deposit(dossier_id) for dossier_id in IDS))
        self.at = NOON

    @property
    def bulk_actions(self) -> BulkActions:
        whole = self.bulk_actions_of(Function.SWEEP)
        intake = replace(whole.intake, dossiers=self.read)
        return replace(whole, dossiers=self.read, intake=intake)

    def ask(self, *references: str) -> Bulk:
        return self.bulk_actions.begin("b-1", "c.martin", DAY, references or IDS)

    def run(self) -> BulkRun:
        return self.bulk_actions.run_due()

    def later(self, minutes: int) -> BulkRun:
        self.at += timedelta(minutes=minutes)
        return self.run()

    def rows(self) -> list[tuple[str, str, str]]:
        kept = self.bulks.find("b-1")
        assert kept
        return [(row.dossier_id, row.stand.value, row.why) for row in kept.bulk.rows]

    def events(self, dossier_id: str) -> list[Event]:
        dossier = self.dossiers.load(dossier_id).dossier
        return [e for e in dossier.events if e.type is EventType.CARD_READY]


def deposit(dossier_id: str) -> Event:
    step = a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT)
    return replace(step, dossier_id=dossier_id)


def card(dossier_id: str, kind: EventType = EventType.CARD_READY) -> Event:
    return replace(a_step(kind, "2019-06-30 10:00"), dossier_id=dossier_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


# Before anybody agrees


def listed(*references: str) -> CardList:
    """A list with these references, a row each."""
    rows = tuple(CardRow(number=n, reference=one) for n, one in enumerate(references, 1))
    return CardList(read=len(rows), rows=rows)


def told(seen: BulkPreview) -> list[tuple[int, str | None, Unlikely | None]]:
    return [(r.row.number, r.found.dossier_id if r.found else None, r.why) for r in seen.rows]


def test_a_preview_tells_what_fits_from_what_surprises(desk: Desk) -> None:
    desk.take(card("D-2"), card("D-4", EventType.COLLECTED), replace(selected(), dossier_id="D-5"))
    desk.take(replace(selected(), dossier_id="Elm"), replace(selected(), dossier_id="0077"))
    given = listed("D-1", "D-2", "D-9", "d-1", "D-4", "D-5", "d3", "D-3", "Merci", "elm", "77")
    seen = desk.bulk_actions.preview(given, DAY)
    assert told(seen) == [
        (1, "D-1", None),
        (2, "D-2", Unlikely.ANNOUNCED),
        (3, None, Unlikely.UNKNOWN),
        (4, "D-1", Unlikely.DOUBLE),
        (5, "D-4", Unlikely.ANNOUNCED),
        (6, "D-5", Unlikely.STATE),
        (7, "D-3", None),
        (8, "D-3", Unlikely.DOUBLE),
        (10, "Elm", Unlikely.STATE),
        (11, None, Unlikely.PART),
    ]
    assert [(one.number, one.why) for one in seen.cards.aside] == [(9, "no_reference")]
    assert [one.row.number for one in seen.fit] == [1, 7]
    assert [one.row.number for one in seen.unlikely] == [3, 11, 4, 8, 2, 5, 6, 10]
    assert [one.row.number for one in seen.rows if one.can_be_ticked] == [2, 5, 6, 10]
    [first, *_] = [one.found for one in seen.fit]
    assert first
    assert (first.state, first.contact) == (State.DEPOSITED, CONTACT)


def test_a_title_that_waits_in_another_list_surprises_and_is_announced_once(desk: Desk) -> None:
    desk.ask("D-1", "D-2")
    seen = desk.bulk_actions.preview(listed("D-1", "D-3"), DAY)
    assert told(seen) == [(1, "D-1", Unlikely.WAITING), (2, "D-3", None)]
    desk.bulk_actions.begin("b-2", "c.martin", DAY, seen.chosen({"D-1", "D-3"}))
    desk.bulk_actions.undo("b-1", "c.martin", {"D-2"})
    desk.later(10)
    assert [len(desk.events(one)) for one in ("D-1", "D-2", "D-3")] == [1, 0, 1]


def test_an_undone_row_has_no_messages_of_another_list(desk: Desk) -> None:
    desk.ask("D-1")
    desk.bulk_actions.begin("b-2", "c.martin", DAY, ["D-1"])
    desk.bulk_actions.undo("b-1", "c.martin")
    desk.later(10)
    desk.serve("D-1")
    first, second = (desk.bulk_actions.view(one) for one in ("b-1", "b-2"))
    assert first
    assert second
    assert first.rows[0].messages == {}
    assert second.rows[0].messages == dict.fromkeys((Channel.EMAIL, Channel.SMS), Status.ACCEPTED)


def test_only_what_a_person_ticks_is_added_and_nothing_twice(desk: Desk) -> None:
    desk.take(replace(selected(), dossier_id="D-5"))
    seen = desk.bulk_actions.preview(listed("D-1", "D-1", "D-5", "D-9", "D-2"), DAY)
    assert seen.proposed == {"D-1", "D-2"}
    assert seen.chosen(seen.proposed) == ("D-1", "D-2")
    assert seen.chosen({"D-5", "D-9", "D-7", "D-2"}) == ("D-5", "D-2")


def test_what_is_not_recorded_of_a_list_of_cards_is_kept_with_its_reason(desk: Desk) -> None:
    desk.take(deposit("G-2019-0018"))
    given = listed("D-1", "D-1", "0018", "D-9", "D-2", "D-3")
    aside = SetAside(number=7, text="#N/A", why="error")
    seen = desk.bulk_actions.preview(replace(given, aside=(aside,)), DAY)
    ticked = {"D-1", "D-3"}
    left = seen.left(ticked)
    made = desk.bulk_actions.begin("b-1", "c.martin", DAY, seen.chosen(ticked), left)
    assert [(one.number, one.reference, one.why, one.text) for one in made.aside] == [
        (3, "0018", "unlikely.part", ""),
        (4, "D-9", "unlikely.unknown", ""),
        (5, "D-2", "skipped", ""),
        (7, "", "error", ""),
    ]
    assert all(aside_word(one.why) != one.why for one in made.aside)
    desk.later(11)
    assert [one.bulk_id for one in desk.bulk_actions.last({BulkKind.CARDS})] == ["b-1"]
    assert desk.bulk_actions.last({BulkKind.APPOINTMENTS}) == []


def test_a_row_with_somebody_else_s_name_surprises_and_both_names_are_told(desk: Desk) -> None:
    names = {"D-1": ("BENALI", "lea"), "D-2": ("Benali", "L."), "D-3": ("Zhang", "Wei")}
    rows = [CardRow(number=n, reference=i, name=names[i]) for n, i in enumerate(names, 1)]
    seen = desk.bulk_actions.preview(CardList(read=3, rows=tuple(rows)), DAY)
    assert [(one.why, one.said) for one in seen.rows] == [
        (None, ""),
        (None, "Benali L."),
        (Unlikely.NAME, "Zhang Wei"),
    ]
    assert seen.chosen({"D-1", "D-3"}) == ("D-1", "D-3")


def test_what_would_follow_from_a_row_is_told_for_when_the_list_takes_effect(desk: Desk) -> None:
    [row] = desk.bulk_actions.preview(listed("D-1"), DAY).rows
    leaving = [o for o in row.forecast.consequence.following if o.effect is Effect.LEAVES]
    assert Kind.CARD_READY in {one.kind for one in leaving}
    assert all(one.at and one.at >= desk.at + UNDOABLE for one in leaving)


@pytest.mark.parametrize("written", ["G-2019-0412", "g-2019-0412", "G20190412", "g20190412"])
def test_a_reference_is_found_however_it_is_kept(desk: Desk, written: str) -> None:
    kept = "G20190412" if "-" not in written else "G-2019-0412"
    desk.take(deposit(kept))
    assert desk.bulk_actions.preview(listed(written), DAY).proposed == {kept}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (EventType.CANCELLED, State.CANCELLED),
        (EventType.INCOMPLETE, State.INCOMPLETE),
        (EventType.CLOSED, State.CLOSED),
    ],
)
def test_a_card_for_a_dossier_that_is_not_deposited_surprises(
    desk: Desk, kind: EventType, state: State
) -> None:
    slot = replace(selected(), dossier_id="D-5")
    after = replace(
        a_step(kind, "2019-05-14 10:50"), dossier_id="D-5", appointment_id=slot.appointment_id
    )
    desk.take(slot, after)
    [one] = desk.bulk_actions.preview(listed("D-5"), DAY).unlikely
    assert one.found
    assert (one.found.state, one.why) == (state, Unlikely.STATE)


def test_a_forgotten_dossier_is_unknown(desk: Desk) -> None:
    desk.forget("D-2")
    assert [why for _, _, why in told(desk.bulk_actions.preview(listed(*IDS), DAY))] == [
        None,
        Unlikely.UNKNOWN,
        None,
    ]


def test_more_than_a_thousand_are_refused(desk: Desk) -> None:
    many = [f"G-{n}" for n in range(1_001)]
    with pytest.raises(Unusable, match="more than"):
        desk.bulk_actions.preview(listed(*many), DAY)
    with pytest.raises(Unusable, match="more than"):
        desk.ask(*many)
    assert len(desk.ask(*many[1:]).rows) == 1_000


def test_none_is_refused(desk: Desk) -> None:
    with pytest.raises(Unusable, match="none"):
        desk.ask(" ")


# The ten minutes


def test_nothing_is_touched_before_ten_minutes_have_passed(desk: Desk) -> None:
    before = dict(desk.dossiers.kept)
    asked = desk.ask()
    assert asked.effective_at == NOON + timedelta(minutes=10)
    assert desk.later(9) == BulkRun()
    assert desk.dossiers.kept == before
    assert desk.bulk_actions.pending() == (asked,)


def test_asked_twice_it_is_one(desk: Desk) -> None:
    first = desk.ask()
    desk.at += timedelta(minutes=1)
    assert desk.ask("D-1") == first
    assert desk.bulk_actions.pending() == (first,)


def test_a_card_marked_by_mistake_can_be_undone_before_it_takes_effect(desk: Desk) -> None:
    before = desk.dossiers.load("D-1").dossier
    desk.ask()
    undone = desk.bulk_actions.undo("b-1", "c.martin")
    assert undone
    assert (undone.stand, undone.kept) == (BulkStand.UNDONE, ())
    assert desk.later(60) == BulkRun()
    assert desk.dossiers.load("D-1").dossier == before
    last = desk.dossiers.journal("D-1")[-1]
    assert last.endswith(" c.martin card.ready taken back before it was recorded")
    assert desk.bulk_actions.pending() == ()


def test_one_row_alone_can_be_undone(desk: Desk) -> None:
    desk.ask()
    desk.bulk_actions.undo("b-1", "c.martin", {"D-2"})
    assert desk.later(10) == BulkRun(rows=2)
    assert [stand for _, stand, _ in desk.rows()] == ["done", "undone", "done"]
    assert desk.events("D-2") == []


def test_what_is_done_cannot_be_undone(desk: Desk) -> None:
    desk.ask()
    desk.later(10)
    after = desk.bulk_actions.undo("b-1", "c.martin")
    assert after
    assert after.stand is BulkStand.DONE


def test_a_bulk_is_found_by_its_id(desk: Desk) -> None:
    assert desk.bulk_actions.find("b-1") is None
    asked = desk.ask()
    assert desk.bulk_actions.find("b-1") == asked


def test_a_bulk_that_does_not_exist_is_told_so(desk: Desk) -> None:
    assert desk.bulk_actions.undo("b-9", "c.martin") is None
    assert desk.bulk_actions.see("b-9") is None


# What became of it


def test_who_follows_a_list_reads_names_and_what_became_of_each_row(desk: Desk) -> None:
    desk.ask("D-1", "D-2", "D-3", "D-9")
    desk.later(10)
    desk.dossiers.spoil("D-2")
    desk.forget("D-3")
    desk.at += timedelta(minutes=1)
    desk.serve("D-1")
    view = desk.bulk_actions.view("b-1")
    assert view
    assert view.bulk == desk.bulk_actions.find("b-1")
    one, two, three, nine = view.rows
    assert one.found
    assert one.found.contact == CONTACT
    assert one.messages == dict.fromkeys((Channel.EMAIL, Channel.SMS), Status.ACCEPTED)
    assert two.found
    assert (two.found.state, two.messages) == (None, {})
    assert (three.found, nine.found) == (None, None)
    assert desk.bulk_actions.view("b-9") is None


def test_a_message_of_an_older_list_is_not_of_this_one(desk: Desk) -> None:
    desk.take(card("D-1"))
    desk.serve("D-1")
    desk.ask("D-1")
    view = desk.bulk_actions.view("b-1")
    assert view
    assert view.rows[0].messages == {}


def test_a_dossier_knows_which_lists_will_still_speak_of_it(desk: Desk) -> None:
    asked = desk.ask("D-1", "D-2")
    assert desk.bulk_actions.waiting_for("D-1") == [asked]
    assert desk.bulk_actions.waiting_for("D-3") == []
    desk.bulk_actions.undo("b-1", "c.martin", {"D-1"})
    assert desk.bulk_actions.waiting_for("D-1") == []
    desk.later(10)
    assert desk.bulk_actions.waiting_for("D-2") == []


# Then each row, once


def test_each_card_is_ready_as_of_the_moment_it_was_asked_for(desk: Desk) -> None:
    desk.ask()
    assert desk.later(10) == BulkRun(rows=3)
    [event] = desk.events("D-2")
    assert (event.event_id, event.at, event.received_at) == ("bulk-b-1-1", NOON, desk.at)
    assert (event.source, event.by, event.day) == (Source.DESK, "c.martin", DAY)
    assert feed_of(event) is Feed.CARDS
    ready = desk.dossiers.load("D-2").dossier.facts.card_ready
    assert ready
    assert ready.day == DAY
    assert desk.queue.woken[-3:] == list(IDS)


def test_its_message_leaves_a_minute_later(desk: Desk) -> None:
    desk.ask()
    desk.later(10)
    desk.at += timedelta(minutes=1)
    assert {s.owed.notice.channel for s in desk.serve("D-1")} == {Channel.EMAIL, Channel.SMS}


def test_a_row_that_nobody_can_apply_is_refused_with_a_word_and_stays_visible(desk: Desk) -> None:
    desk.forget("D-2")
    desk.ask("D-1", "D-2", "D-9")
    assert desk.later(10) == BulkRun(rows=3, refused=2)
    assert desk.rows() == [
        ("D-1", "done", ""),
        ("D-2", "refused", "forgotten"),
        ("D-9", "refused", "unknown"),
    ]
    [bulk] = desk.bulk_actions.pending()
    assert desk.later(60) == BulkRun()
    seen = desk.bulk_actions.see("b-1")
    assert seen == replace(bulk, seen_at=desk.at)
    assert desk.bulk_actions.pending() == ()
    assert desk.bulk_actions.see("b-1") == seen, "the first look is the one that counts"


@pytest.mark.parametrize(("digest", "why"), [("other", "conflict"), (f"card_ready {DAY}", "")])
def test_an_event_that_is_there_already_is_no_news_or_another(
    desk: Desk, digest: str, why: str
) -> None:
    desk.ask()
    desk.take(replace(card("D-1"), event_id="bulk-b-1-0", digest=digest))
    desk.later(10)
    assert desk.rows()[0] == ("D-1", "refused" if why else "done", why)
    assert desk.quarantine.items == []


def test_what_has_been_overtaken_is_told(desk: Desk) -> None:
    desk.ask()
    later = replace(card("D-1"), at=NOON + timedelta(minutes=5), received_at=NOON, day=DAY)
    desk.take(later, replace(later, event_id="w", type=EventType.WITHDRAWN, subject="card.ready"))
    desk.later(10)
    assert desk.rows()[0] == ("D-1", "refused", "stale")


class Unreadable(InMemoryDossiers):
    """One of its dossiers raises, so often."""

    def __init__(self, kept: InMemoryDossiers, error: Exception, times: int) -> None:
        super().__init__()
        self.kept, self.lines, self.error, self.times = kept.kept, kept.lines, error, times

    def load(self, dossier_id: str) -> Loaded:
        if dossier_id == "D-2" and self.times:
            self.times -= 1
            raise self.error
        return super().load(dossier_id)


def break_one(desk: Desk, error: Exception, times: int = 1) -> None:
    desk.read = Unreadable(desk.dossiers, error, times)


def test_a_dossier_that_cannot_be_read_does_not_stop_the_others(desk: Desk) -> None:
    desk.ask()
    break_one(desk, NewerDocument(), times=9)
    assert desk.later(10) == BulkRun(rows=3, refused=1)
    assert desk.rows()[1] == ("D-2", "refused", "unreadable")


def test_a_full_dossier_does_not_stop_the_others(desk: Desk) -> None:
    desk.ask()
    break_one(desk, Unusable("dossier: holds more than 1 byte already"))
    assert desk.later(10) == BulkRun(rows=3, refused=1)
    assert desk.rows()[1] == ("D-2", "refused", "full")


def test_a_dossier_that_others_work_on_is_tried_again_a_minute_later(desk: Desk) -> None:
    desk.ask()
    break_one(desk, LostRace())
    assert desk.later(10) == BulkRun(rows=2)
    assert [stand for _, stand, _ in desk.rows()] == ["done", "running", "done"]
    assert desk.later(1) == BulkRun(rows=1)


def test_a_run_that_is_cut_short_goes_on_and_repeats_nothing(desk: Desk) -> None:
    desk.ask()
    break_one(desk, StorageUnavailable())
    with pytest.raises(StorageUnavailable):
        desk.later(10)
    assert [stand for _, stand, _ in desk.rows()] == ["running"] * 3
    cut = desk.bulk_actions.undo("b-1", "c.martin")
    assert cut
    assert cut.stand is BulkStand.RUNNING, "what is in hand cannot be undone"
    assert desk.later(1) == BulkRun(rows=3)
    assert [len(desk.events(i)) for i in IDS] == [1, 1, 1]


def test_a_minute_does_so_many_rows_and_the_rest_can_still_be_undone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "ROWS_A_RUN", 2)
    desk.ask()
    desk.bulk_actions.begin("b-2", "d.petit", DAY, ["D-9"])
    assert desk.later(10).rows == 2
    half = desk.bulk_actions.undo("b-1", "c.martin")
    assert half
    assert (half.stand, half.rows[2].stand) == (BulkStand.DONE, RowStand.UNDONE)
    assert desk.later(1) == BulkRun(rows=1, refused=1)
    assert desk.events("D-3") == []


def test_it_is_running_while_some_rows_wait_and_others_are_done() -> None:
    rows = (BulkRow(dossier_id="D-1", stand=RowStand.DONE), BulkRow(dossier_id="D-2"))
    bulk = Bulk(bulk_id="b", by="c", asked_at=NOON, effective_at=NOON, day=DAY, rows=rows)
    assert bulk.stand is BulkStand.RUNNING
    assert replace(bulk, rows=rows[1:]).stand is BulkStand.WAITING


def test_a_change_that_meets_another_is_made_again(desk: Desk) -> None:
    desk.ask()
    desk.bulks.races = 4
    undone = desk.bulk_actions.undo("b-1", "c.martin")
    assert undone
    assert undone.stand is BulkStand.UNDONE


def test_a_change_that_always_meets_another_is_given_up(desk: Desk) -> None:
    desk.ask()
    desk.bulks.races = 5
    with pytest.raises(LostRace):
        desk.bulk_actions.undo("b-1", "c.martin")


class Gone(InMemoryBulks):
    """What it lists is not there any more."""

    def unfinished(self) -> list[Bulk]:
        return [replace(b, bulk_id="gone") for b in super().unfinished()]


def test_an_index_that_lags_behind_starts_nothing(desk: Desk) -> None:
    desk.bulks = Gone()
    desk.ask()
    assert desk.later(10) == BulkRun()


@given(
    st.lists(
        st.one_of(st.just(None), st.sets(st.sampled_from(IDS), min_size=1), st.integers(1, 6)),
        max_size=8,
    )
)
def test_whatever_happens_in_between_a_row_is_either_undone_or_done_and_never_both(
    acts: list[set[str] | int | None],
) -> None:
    """None is a crash of the next run, a set is undone, a number of minutes passes."""
    desk = Desk()
    desk.ask()
    for act in [*acts, 10]:
        if act is None:
            break_one(desk, StorageUnavailable())
        elif isinstance(act, set):
            desk.bulk_actions.undo("b-1", "c.martin", act)
        else:
            try:
                desk.later(act)
            except StorageUnavailable:
                desk.read = desk.dossiers
    desk.read = desk.dossiers
    desk.later(1)
    for dossier_id, stand, _ in desk.rows():
        assert len(desk.events(dossier_id)) == {"undone": 0, "done": 1}[stand]


# Each row stands alone


def test_what_cannot_be_read_is_named_before_anybody_agrees(desk: Desk) -> None:
    desk.dossiers.spoil("D-2")
    seen = desk.bulk_actions.preview(listed(*IDS, "D-9"), DAY)
    assert [why for _, _, why in told(seen)] == [
        None,
        Unlikely.UNREADABLE,
        None,
        Unlikely.UNKNOWN,
    ]
    assert seen.chosen({"D-2", *seen.proposed}) == ("D-1", "D-3")


def test_a_fault_of_ours_at_one_dossier_does_not_stop_the_others_and_is_told(desk: Desk) -> None:
    desk.ask()
    break_one(desk, ZeroDivisionError(), times=9)
    done = desk.later(10)
    assert (done.rows, done.refused) == (3, 1)
    assert [(one.dossier_id, type(one.error)) for one in done.troubles] == [
        ("D-2", ZeroDivisionError)
    ]
    assert desk.rows()[1] == ("D-2", "refused", "failed")
    assert desk.later(1) == BulkRun()
