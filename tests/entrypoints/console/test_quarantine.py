"""What could not be used is read again: repaired it is recorded, else it says what is wrong."""

from datetime import timedelta

import pytest

from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.quarantines import Foreseen, Replayed
from tests.entrypoints.doors import Doors, a_body

pytestmark = pytest.mark.enable_socket


def kept(doors: Doors, event_id: str) -> tuple[str, bool]:
    """The name of what is kept of an event, and whether it still waits for a person."""
    [item] = doors.items(f"QUARANTINE#{event_id}")
    return item["pk"]["S"].removeprefix("QUARANTINE#"), "work_shard" in item


def test_a_time_that_was_ahead_is_recorded_once_it_has_come(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, dossier_id = doors.new_id("evt"), doors.booked()
    ahead = doors.services.now() + timedelta(hours=2)
    body = {"timestamp": ahead.isoformat()}
    assert doors.tell("dossier.checked", dossier_id, event_id, **body) == "quarantined"
    key, _ = kept(doors, event_id)
    stays = doors.services.quarantines.replay(key)
    assert stays
    assert (stays.outcome, stays.reason != "") == (Recorded.QUARANTINED, True)
    assert kept(doors, event_id) == (key, True)
    monkeypatch.setattr(doors.bootstrap, "now", lambda: ahead)
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=event_id, outcome=Recorded.RECORDED
    )
    assert kept(doors, event_id) == (key, False)
    assert doors.dossier(dossier_id).events[-1].event_id == event_id
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=event_id, outcome=Recorded.DUPLICATE
    )


def test_what_can_still_not_be_used_names_its_field_and_stays(doors: Doors) -> None:
    event_id = doors.new_id("evt")
    doors.deliver(a_body("appointment.selected", doors.new_id()), event_id)
    key, _ = kept(doors, event_id)
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=event_id, outcome=Recorded.QUARANTINED, reason="data.appointment: missing"
    )
    assert kept(doors, event_id) == (key, True)


def test_what_was_recorded_in_part_leads_to_its_dossier(doors: Doors) -> None:
    event_id, dossier_id = doors.new_id("evt"), doors.new_id()
    assert doors.tell("card.ready", dossier_id, event_id, version="3") == "recorded"
    view = doors.services.quarantines.view(kept(doors, event_id)[0])
    assert view
    assert (view.dossier_id, view.is_recorded) == (dossier_id, True)


def test_what_was_not_recorded_leads_to_a_dossier_only_where_there_is_one(doors: Doors) -> None:
    known, unknown = doors.booked(), doors.new_id()
    bodies: dict[bytes, str | None] = {
        a_body("weather.changed", known): known,
        a_body("weather.changed", unknown): None,
        a_body("weather.changed", "no id"): None,
        b"{": None,
        b'{"data": 5}': None,
    }
    for body, dossier_id in bodies.items():
        doors.deliver(body, event_id := doors.new_id("evt"))
        view = doors.services.quarantines.view(kept(doors, event_id)[0])
        assert view
        assert (view.dossier_id, view.is_recorded) == (dossier_id, False)


def test_another_body_under_a_known_id_is_not_recorded(doors: Doors) -> None:
    dossier_id = doors.booked()
    doors.tell("card.ready", dossier_id, f"{dossier_id}-a")
    view = doors.services.quarantines.view(kept(doors, f"{dossier_id}-a")[0])
    assert view
    assert (view.dossier_id, view.is_recorded) == (dossier_id, False)


def test_what_is_not_there_is_told_so(doors: Doors) -> None:
    assert doors.services.quarantines.replay("other#0") is None
    assert doors.services.quarantines.view("other#0") is None


# A dossier that cannot be read


def test_an_event_waits_until_its_dossier_can_be_read_and_is_recorded_then(doors: Doors) -> None:
    event_id, dossier_id = doors.new_id("evt"), doors.booked()
    document = doors.items(f"DOSSIER#{dossier_id}")[0]["document"]["S"]
    doors.put(dossier_id, document='{"schema": 99}')
    assert doors.tell("dossier.checked", dossier_id, event_id) == "quarantined"
    key, _ = kept(doors, event_id)
    stays = doors.services.quarantines.replay(key)
    assert stays
    assert stays.outcome is Recorded.QUARANTINED
    assert "written by a newer version" in stays.reason
    view = doors.services.quarantines.view(key)
    assert view
    assert (view.dossier_id, view.is_unreadable) == (dossier_id, True)
    doors.put(dossier_id, document=document)
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=event_id, outcome=Recorded.RECORDED
    )
    assert kept(doors, event_id) == (key, False)
    assert doors.dossier(dossier_id).events[-1].event_id == event_id


def test_a_dossier_is_read_again_and_leaves_when_it_can_be(doors: Doors) -> None:
    dossier_id = doors.booked()
    document = doors.items(f"DOSSIER#{dossier_id}")[0]["document"]["S"]
    doors.put(dossier_id, document="{")
    doors.services.backoff.put_before_a_person(dossier_id)
    key, is_waiting = kept(doors, f"dossier:{dossier_id}")
    assert is_waiting
    why = "the document is no JSON"
    view = doors.services.quarantines.view(key)
    assert view
    assert (view.row.unreadable, view.is_unreadable) == (dossier_id, False)
    assert doors.services.quarantines.foreseen(key) == Foreseen(dossier_id=dossier_id, reason=why)
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=f"dossier:{dossier_id}",
        outcome=Recorded.QUARANTINED,
        reason=why,
        dossier_id=dossier_id,
    )
    assert kept(doors, f"dossier:{dossier_id}") == (key, True)
    doors.put(dossier_id, document=document)
    assert doors.services.quarantines.foreseen(key) == Foreseen(dossier_id=dossier_id)
    assert doors.services.quarantines.replay(key) == Replayed(
        event_id=f"dossier:{dossier_id}", outcome=Recorded.RECORDED, dossier_id=dossier_id
    )
    assert kept(doors, f"dossier:{dossier_id}") == (key, False)
