"""What a person does with a webhook that could not be used."""

import json
from dataclasses import replace

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import NewerDocument, Unreadable
from chalicelib.domain.events import EventType
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.intake import CONFLICT
from chalicelib.pipeline.ports import Quarantined
from chalicelib.pipeline.quarantines import Because, Foreseen, Quarantines, Replayed, still
from tests.builders import DOSSIER, paris, selected
from tests.fakes import InMemoryQuarantine
from tests.pipeline.worlds import DeskInMemory

NOW = paris("2019-04-10 12:00")
ITEM = Quarantined(event_id="e", received_at=NOW, reason="type", body=b'{"type":"\xff"}')
BY = Operator(name="c.martin", role=Role.ACT)


def quarantines(*items: Quarantined) -> Quarantines:
    desk = DeskInMemory(at=NOW)
    return replace(desk.quarantines, quarantine=InMemoryQuarantine(list(items)))


def test_it_is_shown_as_it_came() -> None:
    kept = quarantines(ITEM)
    seen = kept.view(ITEM.key)
    assert seen
    assert (seen.row.key, seen.row.reason, seen.seen_at) == (ITEM.key, "type", None)
    assert seen.body == '{"type":"\N{REPLACEMENT CHARACTER}"}'
    assert kept.view("other") is None


def test_whoever_has_done_with_it_is_named_and_why() -> None:
    desk = DeskInMemory(at=NOW)
    desk.quarantine.keep(ITEM)
    assert desk.quarantines.dismiss(ITEM.key, Because.SENT_AGAIN, BY)
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
    assert not desk.quarantines.dismiss("other", Because.TRIAL, BY)
    assert desk.audit.lines == []


# A dossier that cannot be read


def test_it_is_shown_with_whose_it_is() -> None:
    item = Quarantined.of_dossier(Unreadable("the document is no JSON", "D-1"), NOW)
    seen = quarantines(item).view(item.key)
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
    item = Quarantined(event_id=event_id, received_at=desk.at, reason="why", body=body)
    desk.quarantine.keep(item)
    return desk, item.key


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
