"""What a person does with a webhook that could not be used."""

from dataclasses import replace

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import NewerDocument, Unreadable
from chalicelib.domain.operators import Operator, Role
from chalicelib.pipeline.ports import Quarantined
from chalicelib.pipeline.quarantines import Because, Quarantines
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


def test_it_says_why_until_it_can_be_read() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.dossiers.spoil(DOSSIER, NewerDocument())
    why = desk.quarantines.unreadable_still(DOSSIER)
    assert why == "written by a newer version of this program"
    desk.dossiers.unreadable.clear()
    assert desk.quarantines.unreadable_still(DOSSIER) == ""
