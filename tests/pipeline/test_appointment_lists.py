"""A list of appointments is compared with what is known, shown, and recorded ten minutes later."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from chalicelib.decoding.appointment_lists import appointment_list
from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk, BulkKind, RowStand
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Feed, SlotPurpose
from chalicelib.domain.dossier_lists import DossierList, Doubt, ListKind, Standing
from chalicelib.domain.errors import Unusable
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import State
from chalicelib.messages.console.list_views import NO_FORECAST, Announcement, ListPreview
from chalicelib.messages.console.words import aside_word, codes
from chalicelib.pipeline import appointment_lists as module
from chalicelib.pipeline.bulk_actions import BulkRun
from chalicelib.pipeline.ports import DOSSIERS_AT_MOST, Expected
from tests.builders import an_event, paris, selected, shown
from tests.pipeline.worlds import DeskInMemory, Function

Ticked = AbstractSet[str]

HEAD = "Dossier;Date;Heure;Nom;Prénom;E-mail"
ANNA = "G-1;14/05/2019;10h30;Diop;Anna;anna@example.org"
BILAL = "G-2;14/05/2019;10h50;Sow;Bilal;bilal@example.org"
CHEN = "G-3;15/05/2019;10h30;Wu;Chen;chen@example.org"


@dataclass
class Desk(DeskInMemory):
    """A desk whose agents have lists."""

    number: int = 0

    def read(self, *lines: str) -> DossierList:
        return appointment_list("\n".join((HEAD, *lines)), {}, SlotPurpose.DEPOSIT, now=self.at)

    def preview(self, *lines: str) -> ListPreview:
        return self.appointment_lists.judge(self.read(*lines), "c.martin")

    def begin(
        self,
        *lines: str,
        also: AbstractSet[str] = frozenset(),
        gone: AbstractSet[str] = frozenset(),
    ) -> Bulk:
        return self.agree(self.preview(*lines), also, gone)

    def agree(
        self, found: ListPreview, also: Ticked = frozenset(), gone: Ticked = frozenset()
    ) -> Bulk:
        self.number += 1
        chosen = found.chosen(also, gone)
        return self.appointment_lists.begin(
            f"b-{self.number}", "c.martin", chosen, ListKind.APPOINTMENTS
        )

    def at_once(self, *lists: str, gone: Ticked = frozenset()) -> BulkRun:
        """These, each of a row, by people who each saw the page before the other pressed."""
        for found in [self.preview(*one.split("\n")) for one in lists]:
            self.agree(found, gone=gone)
        return self.later()

    def later(self, minutes: int = 11) -> BulkRun:
        self.at += timedelta(minutes=minutes)
        return self.bulk_actions_of(Function.SWEEP).run_due()

    def give(self, *lines: str, **ticked: Ticked) -> BulkRun:
        """A list, and what becomes of it."""
        self.begin(*lines, **ticked)
        return self.later()

    def slot(self, dossier_id: str) -> str | None:
        facts = self.dossiers.load(dossier_id).dossier.facts
        assert facts.appointment
        return shown(facts.appointment.starts_at) if facts.appointment.is_live else None

    def sent_to(self, *dossier_ids: str) -> set[Kind]:
        """What leaves for them, once nothing more of a backlog can come in."""
        self.at += timedelta(minutes=2)
        for dossier_id in dossier_ids:
            self.serve(dossier_id)
        them = [self.dossiers.load(dossier_id).dossier for dossier_id in dossier_ids]
        left = (attempt.notice for one in them for attempt in one.ledger)
        return {notice.kind for notice in left if notice.channel is not Channel.DESK}

    def events(self, dossier_id: str) -> list[str]:
        return [e.type for e in self.dossiers.load(dossier_id).dossier.events]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def names(found: ListPreview) -> set[str]:
    """What a form calls the rows that somebody ticks, all of them."""
    return {one.name for one in found.doubtful}


def stands(found: ListPreview) -> list[tuple[str, Standing, tuple[Doubt, ...]]]:
    return [(one.row.says.dossier_id, one.standing, one.doubts) for one in found.rows]


def test_a_list_says_what_is_new_and_what_will_be_sent_to_how_many(desk: Desk) -> None:
    desk.give(ANNA)
    moved = ANNA.replace("10h30", "11h")
    found = desk.preview(moved, BILAL, CHEN.replace("chen@example.org", ""))
    assert stands(found) == [
        ("G-1", Standing.CHANGED, ()),
        ("G-2", Standing.NEW, ()),
        ("G-3", Standing.NEW, ()),
    ]
    assert (found.first, found.last) == (date(2019, 5, 14), date(2019, 5, 15))
    mail = (Channel.EMAIL,)
    assert found.announcements == [
        Announcement(kind=Kind.CONFIRMATION_REQUEST, channels=mail, now=2, later=0),
        Announcement(kind=Kind.CONFIRMATION_REMINDER, channels=mail, now=0, later=1),
    ], "whoever is moved had that reminder ahead"
    new, changed = found.rows[1], found.rows[0]
    assert new.found is None
    assert changed.found
    assert changed.found.state is State.BOOKED
    assert changed.forecast.consequence.following[0].at == found.effective_at
    begun = desk.appointment_lists.judge(desk.read(moved), "c.martin", foresees=False)
    assert [one.forecast for one in begun.rows] == [NO_FORECAST]


def test_nothing_is_said_before_ten_minutes_and_then_each_row_once(desk: Desk) -> None:
    begun = desk.begin(ANNA, BILAL)
    assert (begun.kind, begun.effective_at) == (
        BulkKind.APPOINTMENTS,
        desk.at + timedelta(minutes=10),
    )
    assert desk.later(9) == BulkRun()
    assert not desk.dossiers.load("G-1").version
    assert desk.later(2) == BulkRun(rows=2)
    assert (desk.slot("G-1"), desk.slot("G-2")) == ("2019-05-14 10:30", "2019-05-14 10:50")
    assert desk.whole_night().figures.heard == {Feed.APPOINTMENTS: desk.at}
    [kept] = desk.bulks.kept.values()
    assert [(row.stand, row.says) for row in kept.bulk.rows] == [(RowStand.DONE, None)] * 2


def test_the_same_list_twice_changes_nothing_even_before_the_first_takes_effect(desk: Desk) -> None:
    both = f"{ANNA}\n{BILAL}"
    assert desk.at_once(both, both) == BulkRun(rows=4)
    assert desk.events("G-1") == [EventType.SELECTED]
    assert [one for _, one, _ in stands(desk.preview(ANNA, BILAL))] == [Standing.UNCHANGED] * 2
    with pytest.raises(Unusable):
        desk.begin(ANNA, BILAL)


def test_what_was_moved_and_moved_back_by_lists_is_where_the_last_one_says(desk: Desk) -> None:
    """And whoever gives an older list by mistake is asked first."""
    moved = ANNA.replace("10h30", "11h")
    for line in (ANNA, moved):
        desk.give(line)
    found = desk.preview(ANNA)
    assert stands(found) == [("G-1", Standing.CHANGED, (Doubt.BACK,))]
    desk.give(ANNA, also=names(found))
    assert desk.slot("G-1") == "2019-05-14 10:30"
    assert desk.events("G-1") == [EventType.SELECTED, *[EventType.RESCHEDULED] * 2]


def test_undone_nothing_is_left_of_it(desk: Desk) -> None:
    desk.begin(ANNA, BILAL)
    undone = desk.bulk_actions_of(Function.CONSOLE).undo("b-1", "c.martin", {"G-1"})
    assert undone
    assert [(row.stand, row.says is None) for row in undone.rows] == [
        (RowStand.UNDONE, True),
        (RowStand.WAITING, False),
    ]
    desk.later()
    assert not desk.dossiers.load("G-1").version
    assert desk.slot("G-2")


def test_who_is_missing_on_the_days_of_a_list_is_asked_about_and_never_concluded(
    desk: Desk,
) -> None:
    desk.give(ANNA, BILAL, CHEN, "G-4;22/05/2019;10h30;Roy;Dan;dan@example.org")
    given = (ANNA, "g2;14/05/2019;?;;;", "G-9;15/05/2019;10h40;Ly;Eve;")
    found = desk.preview(*given)
    assert [one.name for one in found.gone] == ["G-3.deposit.20190515T0830"]
    desk.give(*given)
    assert desk.slot("G-3")
    slot = selected("2019-04-01 10:00", "2019-05-14 15:00")
    collects = replace(slot, dossier_id="G-7", purpose=SlotPurpose.COLLECT, is_purpose_said=True)
    desk.take(collects)
    assert desk.preview(*given).gone == found.gone, "who comes to collect is on another list"
    desk.give(*given, gone={found.gone[0].name})
    assert desk.slot("G-3") is None
    assert desk.events("G-3")[-1] == EventType.CANCELLED


def test_what_was_moved_since_it_was_asked_about_is_not_cancelled(desk: Desk) -> None:
    desk.give(ANNA, BILAL)
    moved, gone = desk.preview(BILAL, ANNA.replace("10h30", "11h30")), desk.preview(BILAL)
    desk.agree(moved)
    desk.agree(gone, gone={gone.gone[0].name})
    assert desk.later() == BulkRun(rows=2, refused=1)
    assert desk.slot("G-1") == "2019-05-14 11:30"


def test_what_was_ticked_is_taken_as_it_was_seen_and_not_as_it_has_become(desk: Desk) -> None:
    """Between the page and its button: somebody who was moved, and one more doubt about a row."""
    chen = CHEN.replace("15/05/2019", "14/05/2019")
    desk.give(ANNA, BILAL, chen)
    at_night = BILAL.replace("10h50", "3h")
    seen = desk.preview(at_night, chen)
    gone, also = ({one.name for one in those} for those in (seen.gone, seen.doubtful))
    assert len(seen.chosen(also, gone)) == 2
    desk.give(ANNA.replace("10h30", "11h30"), BILAL.replace("Sow;Bilal", "Ly;Eve"), also={"3.name"})
    now = desk.preview(at_night, chen)
    assert [one.doubts for one in now.doubtful] == [(Doubt.SHUT, Doubt.NAME)]
    assert (len(now.gone), now.chosen(also, gone)) == (1, ())


def test_a_cancellation_that_somebody_else_told_first_is_done(desk: Desk) -> None:
    desk.give(ANNA, BILAL)
    gone = {one.name for one in desk.preview(BILAL).gone}
    assert desk.at_once(BILAL, BILAL, gone=gone) == BulkRun(rows=2)


def test_what_was_not_taken_is_kept_with_its_reason_and_the_last_lists_are_found(
    desk: Desk,
) -> None:
    """Nothing of what is written there; and a row that says what another says is not left out."""
    at_night = BILAL.replace("10h50", "3h")
    lines = (ANNA, ANNA, at_night, CHEN.replace("10h30", "3h"), "G-8;14/05/2019;?;;;")
    found = desk.preview(*lines)
    ticked = {one.name for one in found.doubtful if one.row.number == 4}
    chosen, left = found.chosen(ticked), found.left(ticked)
    kind = ListKind.APPOINTMENTS
    bulk = desk.appointment_lists.begin("b-9", "c.martin", chosen, kind, left)
    assert [(one.number, one.reference, one.why, one.text) for one in bulk.aside] == [
        (5, "G-3", "doubts.shut", ""),
        (6, "G-8", "hour", ""),
    ]
    assert all(aside_word(one.why) != one.why for one in bulk.aside)
    desk.later()
    other = desk.begin(CHEN)
    last = desk.bulk_actions_of(Function.CONSOLE).last({BulkKind.APPOINTMENTS})
    assert [one.bulk_id for one in last] == [other.bulk_id, "b-9"]
    assert desk.bulks.kept["b-9"].bulk.aside == bulk.aside


def test_a_row_that_nobody_doubts_can_be_left_aside(desk: Desk) -> None:
    found = desk.preview(ANNA, BILAL)
    assert [one.dossier_id for one in found.chosen(skip={"2"})] == ["G-2"]
    assert [(one.number, one.why) for one in found.left(skip={"2"})] == [(2, "skipped")]
    assert "skipped" in codes("asides")


def test_a_reference_that_is_the_end_of_another_or_a_cell_in_error_is_for_a_person(
    desk: Desk,
) -> None:
    """So is one that a spreadsheet has taken for a number: it has no zeros in front."""
    others = (f"G-{n}0018" for n in range(1, 4))
    for one in ("G-2019-0018", "0012345", "678", *others):
        desk.give(ANNA.replace("G-1", one))
    news = ("0018", "018", "8", "12345", "2345", "000678", "2019 0019")
    lines = [BILAL.replace("G-2", one) for one in news]
    found = desk.preview(*lines, CHEN.replace("chen@example.org", "#N/A"))
    assert stands(found) == [
        ("0018", Standing.NEW, (Doubt.PART,)),
        ("018", Standing.NEW, (Doubt.PART,)),
        ("8", Standing.NEW, ()),
        ("12345", Standing.NEW, (Doubt.PART,)),
        ("2345", Standing.NEW, ()),
        ("000678", Standing.NEW, (Doubt.PART,)),
        ("2019-0019", Standing.NEW, ()),
        ("G-3", Standing.NEW, (Doubt.UNREAD,)),
    ]
    desk.give(CHEN)
    again = desk.preview(CHEN.replace("chen@example.org", "#N/A"))
    assert stands(again) == [("G-3", Standing.UNCHANGED, ())], "of which it says nothing new"
    desk.begin(BILAL.replace("G-2", "000777"))
    waits = desk.preview(*(BILAL.replace("G-2", one) for one in ("777", "000777")))
    assert [one.doubts for one in waits.rows] == [(Doubt.PART,), ()]
    both = desk.preview(*(BILAL.replace("G-2", one) for one in ("0555", "555", "0 555", "1555")))
    assert [one.doubts for one in both.rows] == [
        (Doubt.PART,),
        (Doubt.PART,),
        (Doubt.TWICE, Doubt.PART),
        (),
    ]


def test_a_word_is_no_reference_unless_a_dossier_is_called_so(desk: Desk) -> None:
    """A webhook may have begun one, and two people on a list are not one for being « NC » both."""
    desk.take(replace(selected("2019-04-08 09:00", "2019-05-14 10:30"), dossier_id="Oak-Elm"))
    written = ("-", "NC", "en attente", "OAK ELM", "G-1")
    found = desk.preview(*(ANNA.replace("G-1", one) for one in written))
    assert [(one.number, one.why) for one in found.given.aside] == [
        (2, "no_reference"),
        (3, "no_reference"),
        (4, "no_reference"),
    ]
    assert [(one.row.says.dossier_id, one.standing) for one in found.rows] == [
        ("Oak-Elm", Standing.CHANGED),
        ("G-1", Standing.NEW),
    ]


# A list while another one waits for its time


def test_what_a_waiting_list_says_counts_as_known_for_the_next(desk: Desk) -> None:
    desk.give(CHEN)
    eve = "G-5;15/05/2019;10h30;Ba;Eve;"
    desk.begin(ANNA, BILAL, CHEN.replace("15/05/2019;10h30", "14/05/2019;11h30"), eve)
    waiting = desk.bulk_actions_of(Function.CONSOLE).undo("b-2", "c.martin", {"G-5"})
    found = desk.preview(
        "g1;14/05/2019;10h30;Diop;Anna;anna@example.org",
        "G-2;14/05/2019;11h10;Sow;Bilal;bilal@example.org",
        eve,
    )
    assert stands(found) == [
        ("G-1", Standing.UNCHANGED, ()),
        ("G-2", Standing.CHANGED, ()),
        ("G-5", Standing.NEW, ()),
    ]
    assert (found.waiting, found.gone) == ((waiting,), ()), "it has moved whoever stood there"
    other = desk.preview(BILAL.replace("Sow;Bilal", "Roy;Dan"))
    assert stands(other) == [("G-2", Standing.CHANGED, (Doubt.NAME,))]


def test_a_row_that_waited_behind_another_spelling_goes_to_the_dossier_that_is_there(
    desk: Desk,
) -> None:
    """Nor does it make one person of two: nobody has been asked about the other name."""
    small, other = ANNA.replace("G-1", "g 1"), ANNA.replace("Diop;Anna", "Roy;Dan")
    assert desk.at_once(ANNA, small, other) == BulkRun(rows=3, refused=1)
    assert desk.dossiers.load("g-1").version == 0
    assert desk.events("G-1") == [EventType.SELECTED]
    rows = [row for kept in desk.bulks.kept.values() for row in kept.bulk.rows]
    assert [(row.dossier_id, row.why) for row in rows] == [
        ("G-1", ""),
        ("G-1", ""),
        ("G-1", "name"),
    ]
    assert "name" in codes("refused_rows")


def test_a_list_that_waits_and_would_be_refused_is_not_counted_as_known(desk: Desk) -> None:
    found = desk.preview(ANNA)
    desk.begin(ANNA.replace("Diop;Anna", "Roy;Dan"))
    desk.agree(found)
    assert stands(desk.preview(ANNA.replace("Diop;Anna", "Roy;Dan"))) == [
        ("G-1", Standing.UNCHANGED, ())
    ]


def test_a_doubtful_row_is_taken_only_where_a_person_ticks_it(desk: Desk) -> None:
    at_night = ANNA.replace("10h30", "3h")
    found = desk.preview(at_night, BILAL, BILAL.replace("10h50", "11h"))
    assert stands(found) == [
        ("G-1", Standing.NEW, (Doubt.SHUT,)),
        ("G-2", Standing.NEW, (Doubt.DISAGREES,)),
        ("G-2", Standing.NEW, (Doubt.DISAGREES,)),
    ]
    assert [one.can_be_ticked for one in found.doubtful] == [True, False, False]
    assert (found.chosen(), found.can_be_added, found.first) == ((), 1, None)
    desk.give(
        at_night, BILAL, BILAL.replace("10h50", "11h"), also={one.name for one in found.doubtful}
    )
    assert desk.slot("G-1") == "2019-05-14 03:00"
    assert not desk.dossiers.load("G-2").version


def test_a_reference_is_found_as_it_is_kept(desk: Desk) -> None:
    desk.give("G-2019-0412;14/05/2019;10h30;Diop;Anna;")
    for written in ("g 2019 0412", "g20190412", "G2019-0412"):
        [found] = desk.preview(f"{written};14/05/2019;10h30;Diop;Anna;").rows
        assert (found.row.says.dossier_id, found.standing) == ("G-2019-0412", Standing.UNCHANGED)


def test_a_reference_of_two_dossiers_is_set_aside_unless_it_is_written_as_one_of_them(
    desk: Desk,
) -> None:
    for one in ("G-20-19", "G-2-019"):
        desk.take(replace(selected("2019-04-08 09:00", "2019-05-14 10:30"), dossier_id=one))
    found = desk.preview("g2019;14/05/2019;10h30;;;", "G-2-019;14/05/2019;10h50;;;")
    assert [(one.number, one.why) for one in found.given.aside] == [(2, "ambiguous")]
    assert stands(found) == [("G-2-019", Standing.CHANGED, ())]
    assert (found.gone, "ambiguous" in codes("asides")) == ((), True)


def test_a_reference_that_has_come_to_be_that_of_two_is_refused(desk: Desk) -> None:
    desk.begin("g2019;14/05/2019;10h30;;;")
    for one in ("G-20-19", "G-2-019"):
        desk.take(replace(selected("2019-04-08 09:00", "2019-05-14 10:30"), dossier_id=one))
    assert desk.later() == BulkRun(rows=1, refused=1)
    assert desk.dossiers.load("g2019").version == 0


def test_a_reference_in_two_spellings_is_one_dossier_on_a_list_and_the_next(desk: Desk) -> None:
    small, large = "g-1;14/05/2019;10h30;;;", "G 1;14/05/2019;10h30;;;"
    assert [one.doubts for one in desk.preview(small, large).rows] == [(), (Doubt.TWICE,)]
    desk.give(small)
    [found] = desk.preview(large).rows
    assert (found.row.says.dossier_id, found.standing) == ("g-1", Standing.UNCHANGED)


def test_a_dossier_that_cannot_be_read_or_is_gone_stops_no_other_row(desk: Desk) -> None:
    desk.give(ANNA, BILAL, CHEN)
    desk.dossiers.spoil("G-1")
    desk.forget("G-3")
    found = desk.preview(*(one.replace("10h", "11h") for one in (ANNA, BILAL, CHEN)))
    assert [one.doubts for one in found.rows][::2] == [(Doubt.UNREADABLE,), (Doubt.REFUSED,)]
    found = desk.preview("G-8;14/05/2019;10h40;Ly;Eve;")
    assert [one.says.dossier_id for one in found.gone] == ["G-2"]


def test_of_whom_nobody_can_say_it_and_where_an_index_is_behind_nobody_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.give(ANNA, BILAL)
    desk.dossiers.spoil("G-1")
    at = paris("2019-05-14 11:10")
    stale = [
        Expected(at=at, dossier_id=one, purpose=SlotPurpose.DEPOSIT)
        for one in ("G-1", "G-2", "G-7")
    ]
    monkeypatch.setattr(desk.dossiers, "expected", lambda *_: stale)
    assert desk.preview(CHEN).gone == ()


def test_an_event_told_meanwhile_is_the_later_word(desk: Desk) -> None:
    desk.begin(ANNA)
    newer = selected("2019-04-08 10:05", "2019-05-16 10:30")
    desk.take(replace(newer, dossier_id="G-1", appointment_id="A-1"))
    desk.at = paris("2019-04-08 10:11")
    assert desk.later(0) == BulkRun(rows=1, refused=1)
    assert desk.slot("G-1") == "2019-05-16 10:30"


def test_a_list_vouches_for_no_address_and_none_is_that_of_a_crowd(desk: Desk) -> None:
    """Not by several lists either: of one each row of which has it a person is asked before."""
    for number in range(DOSSIERS_AT_MOST + 1):
        desk.give(f"G-{number};14/05/2019;10h30;;;one@example.org")
    last, first = (desk.dossiers.load(f"G-{n}").dossier.facts for n in (DOSSIERS_AT_MOST, 0))
    assert (first.vouched, first.contact and first.contact.crowded) == ((), ())
    assert last.contact
    assert last.contact.crowded == (Channel.EMAIL,)


def test_what_columns_stand_for_is_remembered_once_somebody_has_said_it(desk: Desk) -> None:
    lists, content = desk.appointment_lists, "Dossier;Quand\nG-1;14/05/2019 10h30"
    assert lists.purposes == (SlotPurpose.DEPOSIT,)
    given, known = lists.read(content, SlotPurpose.DEPOSIT)
    assert ([one.field for one in given.columns], known) == (["dossier", ""], {})
    given, _ = lists.read(content, SlotPurpose.DEPOSIT, {"quand": "day"})
    assert len(given.rows) == 1
    assert lists.read(content, SlotPurpose.DEPOSIT)[1] == {}
    said = {"quand": "day", "dossier": "dossier"}
    lists.remember(said)
    lists.remember(said)
    assert len(lists.read(content, SlotPurpose.DEPOSIT)[0].rows) == 1
    assert list(desk.list_headings.kept.values()) == [said]
    beside, phone = f"{content};06 12 34 56 78", {"colonne c sans titre": "phone"}
    [one] = lists.read(beside, SlotPurpose.DEPOSIT, {**said, **phone})[0].rows
    assert one.says.contact
    lists.remember({**said, **phone})
    [one] = lists.read(beside, SlotPurpose.DEPOSIT)[0].rows
    assert one.says.contact is None, "what has no heading is not known by it"
    other = "Dossier;Quand;Date\nG-1;vendredi;14/05/2019 10h30"
    given, known = lists.read(other, SlotPurpose.DEPOSIT)
    assert ([one.field for one in given.columns], known) == (["dossier", "", "day"], {})


def test_a_list_is_bounded_and_says_where_not_all_was_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.give(ANNA, BILAL, CHEN)
    monkeypatch.setattr(module, "EXPECTED_AT_MOST", 1)
    found = desk.preview(ANNA, CHEN)
    assert (found.is_cut, found.gone) == (True, ())
    lines = (f"G-{n};14/05/2019;10h30;;;" for n in range(1_001))
    with pytest.raises(Unusable):
        desk.preview(*lines)


# Dossiers in mid-procedure

STATES = "Dossier;État;Date du dépôt;Titre prêt le;Remis le;Expire le;Date;Heure;E-mail;Tél;Motif"
SEVEN = (
    "P-1;En instruction;25/03/2019;;;;;;p1@example.org;06 12 34 56 78",
    "P-2;En instruction;10/12/2018;;;;;;p2@example.org;",
    "P-3;Titre prêt;10/12/2018;01/04/2019;;;;;p3@example.org;06 12 34 56 79",
    "P-4;Titre remis;;;05/04/2019;30/09/2020;;;p4@example.org;",
    "P-5;Confirmé;;;;;14/05/2019;10h30;p5@example.org;",
    "P-6;À confirmer;;;;;14/05/2019;10h50;p6@example.org;",
    "P-7;Refusé;;;;;;;p7@example.org;",
)


def taken_over(desk: Desk, *lines: str) -> ListPreview:
    whole, kind = "\n".join((STATES, *(lines or SEVEN))), ListKind.TAKEOVER
    given = appointment_list(whole, {}, SlotPurpose.DEPOSIT, kind, now=desk.at)
    return desk.appointment_lists.judge(given, "c.martin")


def test_of_dossiers_in_mid_procedure_no_old_news_is_sent_and_what_is_ahead_is_counted(
    desk: Desk,
) -> None:
    """Deposited two weeks ago: the first follow-up; 17 weeks ago: the third; ready last week: a
    reminder in five weeks. Only what is said of appointments ahead leaves at once.
    """
    found = taken_over(desk)
    assert [one.standing for one in found.fit] == [Standing.NEW] * 7
    counted = {(one.kind, one.channels): (one.now, one.later) for one in found.announcements}
    mail, both = (Channel.EMAIL,), (Channel.EMAIL, Channel.SMS)
    assert counted == {
        (Kind.NO_NEWS, both): (0, 1),
        (Kind.NO_NEWS, mail): (0, 1),
        (Kind.CARD_WAITING, both): (0, 1),
        (Kind.RENEWAL_OPENS, mail): (0, 1),
        (Kind.RENEWAL_LAST_CALL, mail): (0, 1),
        (Kind.CONVOCATION, mail): (1, 0),
        (Kind.CHECK_REMINDER, mail): (0, 1),
        (Kind.APPOINTMENT_REMINDER, mail): (0, 1),
        (Kind.CONFIRMATION_REQUEST, mail): (1, 0),
        (Kind.CONFIRMATION_REMINDER, mail): (0, 1),
    }
    assert (found.gone, found.first) == ((), None)
    assert found.tasks == {Kind.CONTRADICTION: 1}, "a convocation for nobody by name"


def test_an_appointment_ahead_of_a_ready_card_is_taken_over_with_it(desk: Desk) -> None:
    """Of a card that is not there yet a person is asked first."""
    found = taken_over(
        desk,
        "P-8;Titre prêt;;01/04/2019;;;14/05/2019;10h30;p8@example.org;;Retrait du titre",
        "P-9;En fabrication;10/12/2018;;;;14/05/2019;10h50;p9@example.org;;Retrait",
    )
    assert stands(found) == [("P-8", Standing.NEW, ()), ("P-9", Standing.NEW, (Doubt.NO_CARD,))]
    desk.appointment_lists.begin("b-1", "c.martin", found.chosen(), ListKind.TAKEOVER)
    desk.later()
    slot = desk.dossiers.load("P-8").dossier.facts.about(SlotPurpose.COLLECT).appointment
    assert slot
    assert shown(slot.starts_at) == "2019-05-14 10:30"
    assert desk.dossiers.load("P-8").dossier.state is State.CARD_READY
    assert desk.sent_to("P-8") == {Kind.CONFIRMATION_REQUEST}


def test_a_takeover_of_a_dossier_with_an_appointment_ahead_is_to_be_ticked(desk: Desk) -> None:
    desk.give("P-1;14/05/2019;10h30;;;p1@example.org")
    [one] = taken_over(desk).doubtful
    assert (one.row.says.dossier_id, one.doubts) == ("P-1", (Doubt.AHEAD,))
    assert one.can_be_ticked
    desk.at = paris("2019-05-14 10:31")
    assert Doubt.AHEAD not in [doubt for row in taken_over(desk).rows for doubt in row.doubts]


def test_a_dossier_that_was_taken_over_stands_where_its_row_says(desk: Desk) -> None:
    chosen = taken_over(desk).chosen()
    bulk = desk.appointment_lists.begin("b-1", "c.martin", chosen, ListKind.TAKEOVER)
    assert bulk.kind is BulkKind.TAKEOVER
    assert desk.later() == BulkRun(rows=7)
    states = [desk.dossiers.load(f"P-{n}").dossier.state for n in range(1, 8)]
    assert states == [
        *(State.DEPOSITED, State.DEPOSITED, State.CARD_READY, State.COLLECTED),
        *(State.CONFIRMED, State.BOOKED, State.CLOSED),
    ]
    assert desk.events("P-3") == [EventType.DEPOSITED, EventType.CARD_READY]
    assert {one.standing for one in taken_over(desk).rows} == {Standing.UNCHANGED}
    assert desk.sent_to("P-1", "P-2", "P-3", "P-4") == set()
    assert desk.sent_to("P-5", "P-6") == {Kind.CONVOCATION, Kind.CONFIRMATION_REQUEST}


def test_an_agent_can_have_sent_what_a_takeover_did_not_say_and_news_go_on(desk: Desk) -> None:
    desk.appointment_lists.begin("b-1", "c.martin", taken_over(desk).chosen(), ListKind.TAKEOVER)
    desk.later()
    asked = an_event(EventType.ASKED_AGAIN, desk.at, source=Source.DESK)
    receipt = "deposit_receipt.1.2019-03-25.email"
    desk.take(replace(asked, dossier_id="P-1", subject=receipt))
    desk.take(replace(an_event(EventType.CARD_READY, desk.at), dossier_id="P-2"))
    assert desk.sent_to("P-1") == {Kind.DEPOSIT_RECEIPT}
    assert desk.sent_to("P-2") == {Kind.CARD_READY}
