"""What a person does with webhooks that could not be used: one at a time, or many."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import LostRace, NewerDocument, StorageUnavailable, Unreadable
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.operators import Role
from chalicelib.domain.quarantine import CONFLICT
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline import quarantines
from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.ports import Quarantined
from chalicelib.pipeline.quarantines import (
    AT_ONCE,
    Because,
    Chosen,
    Foreseen,
    Pressed,
    Quarantines,
    Replayed,
    still,
)
from tests.builders import CONTACT, DOSSIER, paris, selected
from tests.fakes import InMemoryQuarantine
from tests.pipeline.worlds import DeskInMemory

NOW = paris("2019-04-10 12:00")
ITEM = Quarantined(event_id="e", received_at=NOW, reason="type", body=b'{"type":"\xff"}')
BY = "c.martin", Role.ACT


def quarantines_of(*items: Quarantined) -> Quarantines:
    desk = DeskInMemory(at=NOW)
    return replace(desk.quarantines, quarantine=InMemoryQuarantine(list(items)))


def test_it_is_shown_as_it_came() -> None:
    kept = quarantines_of(ITEM)
    seen = kept.view(ITEM.key)
    assert seen
    assert (seen.row.key, seen.row.reason, seen.seen_at) == (ITEM.key, "type", None)
    assert seen.body == '{"type":"\N{REPLACEMENT CHARACTER}"}'
    assert kept.view("other") is None


def test_whoever_has_done_with_it_is_named_and_why() -> None:
    desk = DeskInMemory(at=NOW)
    desk.quarantine.keep(ITEM)
    pressed = desk.quarantines.dismiss(Chosen(keys=(ITEM.key,)), Because.SENT_AGAIN, *BY)
    assert pressed == Pressed(done=1, keys=(ITEM.key,))
    assert desk.quarantine.items == [replace(ITEM, seen_at=NOW)]
    assert desk.audit.lines == [
        AuditLine(
            at=NOW,
            by="c.martin",
            role=Role.ACT,
            action="quarantine.dismissed",
            object=ITEM.key,
            detail="sent_again",
        )
    ]


def test_what_is_not_there_is_not_dismissed() -> None:
    desk = DeskInMemory()
    for chosen in (Chosen(keys=("other",)), Chosen(cause="other"), Chosen()):
        assert desk.quarantines.dismiss(chosen, Because.TRIAL, *BY) == Pressed(done=0)
    assert desk.audit.lines == []


# A dossier that cannot be read


def test_it_is_shown_with_whose_it_is() -> None:
    item = Quarantined.of_dossier(Unreadable("the document is no JSON", "D-1"), NOW)
    seen = quarantines_of(item).view(item.key)
    assert seen
    assert (seen.row.unreadable, seen.row.reason) == ("D-1", "the document is no JSON")


def test_a_dossier_stays_until_it_can_be_read_and_says_why() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.dossiers.spoil(DOSSIER, NewerDocument())
    item = Quarantined.of_dossier(NewerDocument("", DOSSIER), desk.at)
    desk.quarantine.keep(item)
    why = "written by a newer version of this program"
    stays = Replayed(
        event_id=item.event_id, outcome=Recorded.QUARANTINED, reason=why, dossier_id=DOSSIER
    )
    assert desk.quarantines.foreseen(item.key) == Foreseen(dossier_id=DOSSIER, reason=why)
    assert desk.quarantines.replay(item.key) == stays
    assert still(stays) == "still_unreadable"
    assert desk.quarantine.items == [item]
    desk.dossiers.unreadable.clear()
    assert desk.quarantines.foreseen(item.key) == Foreseen(dossier_id=DOSSIER)
    assert desk.quarantines.replay(item.key) == replace(stays, outcome=Recorded.RECORDED, reason="")
    assert desk.quarantine.items == [replace(item, seen_at=desk.at)]


# A webhook


def a_body(kind: str = "dossier.checked", at: str = "2019-04-08T10:00:00+02:00") -> bytes:
    content = {"type": kind, "timestamp": at, "data": {"dossier_id": DOSSIER}}
    return json.dumps(content).encode()


def holding(body: bytes, event_id: str = "evt-1") -> tuple[DeskInMemory, str]:
    """A desk with one dossier, and a webhook in quarantine; its key."""
    desk = DeskInMemory()
    desk.take(selected())
    desk.intake.quarantine(event_id, "why", body)
    return desk, desk.quarantine.items[0].key


def test_what_can_be_used_by_now_is_recorded_once() -> None:
    desk, key = holding(a_body())
    foreseen = desk.quarantines.foreseen(key)
    assert foreseen
    assert foreseen.event
    assert foreseen.event.type is EventType.CHECKED
    assert desk.dossiers.load(DOSSIER).dossier.events[-1].event_id != "evt-1"
    recorded = Replayed(event_id="evt-1", outcome=Recorded.RECORDED)
    assert desk.quarantines.replay(key) == recorded
    assert desk.dossiers.load(DOSSIER).dossier.events[-1].event_id == "evt-1"
    assert desk.quarantine.items[0].seen_at == desk.at
    assert desk.quarantines.replay(key) == replace(recorded, outcome=Recorded.DUPLICATE)


def test_what_can_still_not_be_used_names_its_field_and_stays() -> None:
    desk, key = holding(a_body("weather.changed"))
    foreseen, stays = desk.quarantines.foreseen(key), desk.quarantines.replay(key)
    assert foreseen
    assert foreseen.reason
    assert stays == Replayed(event_id="evt-1", outcome=Recorded.QUARANTINED, reason=foreseen.reason)
    assert still(foreseen) == "still_unusable"
    assert desk.quarantine.items[0].seen_at is None


def test_what_its_dossier_does_not_take_says_so_and_stays() -> None:
    desk, key = holding(a_body(at="2019-04-08T12:30:00+02:00"))
    stays = desk.quarantines.replay(key)
    assert stays == Replayed(event_id="evt-1", outcome=Recorded.QUARANTINED, reason=CONFLICT)


def test_what_waits_for_a_dossier_that_cannot_be_read_names_it_and_stays() -> None:
    desk, key = holding(a_body())
    desk.dossiers.spoil(DOSSIER)
    stays = desk.quarantines.replay(key)
    assert stays
    assert stays.reason.startswith(f"dossier {DOSSIER} cannot be read: ")
    seen = desk.quarantines.view(key)
    assert seen
    assert (seen.dossier_id, seen.is_unreadable) == (DOSSIER, True)


def test_it_leads_to_its_dossier_and_says_whether_it_is_recorded_there() -> None:
    desk, key = holding(a_body())
    before = desk.quarantines.view(key)
    desk.quarantines.replay(key)
    after = desk.quarantines.view(key)
    assert before
    assert after
    assert [(v.dossier_id, v.is_recorded) for v in (before, after)] == [
        (DOSSIER, False),
        (DOSSIER, True),
    ]


def test_nothing_is_read_again_that_is_not_there() -> None:
    desk = DeskInMemory()
    assert desk.quarantines.foreseen("other#0") is None
    assert desk.quarantines.replay("other#0") is None


# Many at once


def desk_with(*told: tuple[str, str, bytes]) -> DeskInMemory:
    """A desk with one dossier, and webhooks in quarantine: id, reason, body; a second apart."""
    desk = DeskInMemory()
    desk.take(selected())
    for event_id, reason, body in told:
        desk.intake.quarantine(event_id, reason, body)
        desk.at += timedelta(seconds=1)
    return desk


MISSING, TYPE = "data.appointment: missing", "type: not one that a booking system raises"


def test_what_waits_is_counted_by_cause_and_dossiers_that_cannot_be_read_come_first() -> None:
    desk = desk_with(
        ("e-1", MISSING, b"1"), ("e-2", TYPE, b"2"), ("e-3", TYPE, b"3"), ("e-4", MISSING, b"4")
    )
    desk.intake.quarantine("e-5", TYPE, b"5")
    desk.quarantine.keep(Quarantined.of_dossier(Unreadable("why", "D-9"), desk.at))
    shown = desk.quarantines.page()
    assert [(str(group.cause), group.number) for group in shown.groups] == [
        ("unreadable", 1),
        ("type", 3),
        ("missing:data.appointment", 2),
    ]
    assert (shown.total, shown.shown, shown.rows, shown.is_cut) == (6, None, (), False)
    assert desk.quarantines.count() == 5


def test_a_group_shows_what_its_bodies_seem_to_say_and_of_which_dossier() -> None:
    unknown = a_body().replace(DOSSIER.encode(), b"D-404")
    desk = desk_with(("e-1", MISSING, a_body()), ("e-2", MISSING, unknown), ("e-3", TYPE, b"{"))
    shown = desk.quarantines.page("missing:data.appointment")
    assert shown.shown
    assert (shown.shown.number, shown.page, shown.pages) == (2, 1, 1)
    known, lost = shown.rows
    assert (known.about, known.is_known, known.contact) == (DOSSIER, True, CONTACT)
    assert (known.heard.type, known.body) == (EventType.CHECKED, a_body().decode())
    assert (lost.about, lost.is_known, lost.contact) == ("D-404", False, None)


def test_the_only_group_there_is_is_shown_without_being_asked_for() -> None:
    shown = desk_with(("e-1", TYPE, b"{")).quarantines.page()
    assert [row.event_id for row in shown.rows] == ["e-1"]
    assert desk_with().quarantines.page("type").groups == []


def test_a_dossier_that_cannot_be_read_takes_no_row_off_its_group() -> None:
    desk = desk_with(("e-1", TYPE, a_body()), ("e-2", TYPE, a_body("weather.changed")))
    desk.dossiers.spoil(DOSSIER)
    rows = desk.quarantines.page("type").rows
    assert [(row.event_id, row.is_known, row.contact) for row in rows] == [
        ("e-1", True, None),
        ("e-2", True, None),
    ]


def test_what_somebody_is_done_with_at_this_moment_is_no_row() -> None:
    desk = desk_with(("e-1", TYPE, b"1"), ("e-2", TYPE, b"2"))
    desk.dossiers.quarantine = InMemoryQuarantine(list(desk.quarantine.items))  # the index is late
    desk.quarantine.drop(desk.quarantine.items[0])
    assert [row.event_id for row in desk.quarantines.page("type").rows] == ["e-2"]


@pytest.mark.many
def test_twelve_hundred_come_by_the_page_and_go_by_the_press() -> None:
    """As many as a faulty release of the booking system sent within seconds."""
    flood = [(f"e-{n}", TYPE, b'{"x":%d}' % n) for n in range(1_200)]
    desk = desk_with(*flood)
    shown = desk.quarantines.page("type", 24)
    assert (shown.pages, len(shown.rows), shown.rows[-1].event_id) == (24, 50, "e-1199")
    group = Chosen(cause="type")
    presses: list[Pressed] = []
    while not presses or presses[-1].left:
        presses.append(desk.quarantines.dismiss(group, Because.TRIAL, *BY))
    assert [(one.done, one.left) for one in presses] == [
        (AT_ONCE, left) for left in range(1_000, -1, -AT_ONCE)
    ]
    assert desk.quarantines.count() == 0
    assert {(line.action, line.detail) for line in desk.audit.lines} == {
        ("quarantine.dismissed", "trial")
    }
    assert len({line.object for line in desk.audit.lines}) == 1_200


def test_only_those_that_were_ticked_are_dismissed() -> None:
    desk = desk_with(("e-1", TYPE, b"1"), ("e-2", TYPE, b"2"))
    ticked = Chosen(keys=(desk.quarantine.items[1].key,))
    assert desk.quarantines.dismiss(ticked, Because.TRIAL, *BY) == Pressed(done=1, keys=ticked.keys)
    assert [row.event_id for row in desk.quarantines.page().rows] == ["e-1"]
    assert desk.quarantines.dismiss(ticked, Because.TRIAL, *BY) == Pressed(done=0)
    assert len(desk.audit.lines) == 1


def test_what_was_dismissed_by_mistake_waits_again_and_that_is_named_too() -> None:
    desk = desk_with(("e-1", TYPE, b"1"), ("e-2", TYPE, b"2"))
    keys = tuple(item.key for item in desk.quarantine.items)
    before = desk.quarantine.items
    desk.quarantines.dismiss(Chosen(keys=keys[:1]), Because.TRIAL, *BY)
    assert desk.quarantines.restore(keys, *BY) == 1
    assert desk.quarantine.items == before
    last = desk.audit.lines[-1]
    assert (last.action, last.object, last.by) == ("quarantine.restored", keys[0], "c.martin")


def test_of_many_that_are_read_again_those_that_can_be_used_go_and_each_has_its_line() -> None:
    desk = desk_with(
        ("e-1", TYPE, a_body("weather.changed")), ("e-2", TYPE, a_body()), ("e-3", TYPE, b"{")
    )
    assert desk.quarantines.replay_many(Chosen(cause="type"), *BY) == Pressed(done=1, stayed=2)
    assert desk.dossiers.load(DOSSIER).dossier.events[-1].event_id == "e-2"
    assert [row.event_id for row in desk.quarantines.page().rows] == ["e-1", "e-3"]
    assert [(line.action, line.detail, line.by) for line in desk.audit.lines] == [
        ("quarantine.replayed", "quarantined", "c.martin"),
        ("quarantine.replayed", "recorded", "c.martin"),
        ("quarantine.replayed", "quarantined", "c.martin"),
    ]


def test_the_next_press_goes_on_behind_those_that_stayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantines, "AT_ONCE", 2)
    bodies = [b"{", a_body(), b"[", b"]", a_body(at="2019-04-08T11:00:00+02:00")]
    desk = desk_with(*((f"e-{n}", TYPE, body) for n, body in enumerate(bodies)))
    desk.at += timedelta(hours=2)
    chosen = Chosen(cause="type")
    presses: list[Pressed] = []
    while not presses or presses[-1].left:
        presses.append(desk.quarantines.replay_many(chosen, *BY))
        chosen = replace(chosen, skip=chosen.skip + presses[-1].stayed)
    assert [(one.done, one.stayed, one.left) for one in presses] == [
        (1, 1, 3),
        (0, 2, 1),
        (1, 0, 0),
    ]
    assert [row.event_id for row in desk.quarantines.page().rows] == ["e-0", "e-2", "e-3"]


@pytest.mark.parametrize("error", [LostRace(), ZeroDivisionError()])
def test_one_at_which_something_fails_stays_and_the_others_go(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_with(("e-1", TYPE, a_body()), ("e-2", TYPE, a_body("card.ready")))
    record = Intake.record

    def fails_at_the_first(self: Intake, event: Event, body: bytes) -> Recorded:
        if event.event_id == "e-1":
            raise error
        return record(self, event, body)

    monkeypatch.setattr(Intake, "record", fails_at_the_first)
    assert desk.quarantines.replay_many(Chosen(cause="type"), *BY) == Pressed(done=1, stayed=1)
    assert [row.event_id for row in desk.quarantines.page().rows] == ["e-1"]


def test_while_storage_is_down_nothing_is_said_to_be_read_again() -> None:
    desk = desk_with(("e-1", TYPE, a_body()))
    chosen = Chosen(keys=(desk.quarantine.items[0].key,))
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.quarantines.replay_many(chosen, *BY)
    assert desk.audit.lines == []


def test_more_than_is_read_at_once_is_said_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantines, "READ_AT_MOST", 2)
    desk = desk_with(("e-1", TYPE, b"1"), ("e-2", MISSING, b"2"), ("e-3", MISSING, b"3"))
    assert (desk.quarantines.page().is_cut, desk.quarantines.page("type").is_cut) == (True, True)
