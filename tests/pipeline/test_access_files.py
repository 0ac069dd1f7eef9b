"""What somebody is handed who asks what is known of them: all of it, and nothing of others."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.events import EventType
from chalicelib.domain.operators import Role
from chalicelib.messages.console.access import AccessFile, as_html, as_json
from chalicelib.pipeline import access_files
from chalicelib.pipeline.ports import Quarantined, UnmatchedReceipt
from tests.builders import CONTACT, DOSSIER, a_step, an_event, confirmed, selected
from tests.pipeline.worlds import DeskInMemory

RENEWED = "G-2018-0007"


@pytest.fixture
def desk() -> DeskInMemory:
    """A student with a convocation."""
    desk = DeskInMemory()
    desk.take(selected(event_id="s"), confirmed("2019-04-08 11:00", "s"))
    desk.serve()
    desk.everything_arrives()
    return desk


def another(desk: DeskInMemory, dossier_id: str, **contact: Any) -> None:
    """Somebody else's dossier, or so it may be."""
    event = selected(event_id=f"s-{dossier_id}", contact=replace(CONTACT, **contact))
    desk.take(replace(event, dossier_id=dossier_id))


def made(desk: DeskInMemory, *ids: str) -> AccessFile:
    return desk.access_files.make([DOSSIER, *ids])


UNLIKE = {"given_name": "Karim", "family_name": "Roux", "email": None, "phone": None}


@pytest.mark.parametrize(
    ("has", "by"),
    [
        ({"email": CONTACT.email, "number": None}, ("email",)),
        ({"email": None, "number": CONTACT.number}, ("phone",)),
        ({"given_name": "Lea", "family_name": "BENALI", "number": None}, ("name",)),
        ({"email": CONTACT.email, "number": CONTACT.number}, ("email", "phone")),
    ],
)
def test_what_may_be_of_the_same_person_is_shown_with_what_they_share(
    desk: DeskInMemory, has: dict[str, str | None], by: tuple[str, ...]
) -> None:
    another(desk, "G-2", **{**UNLIKE, **has})
    asked = desk.access_files.asked_for(DOSSIER)
    assert asked is not None
    assert [(one.row.dossier_id, one.by) for one in asked.kin] == [("G-2", by)]


@pytest.mark.parametrize(("at_most", "named", "more"), [(2, 2, False), (1, 1, True)])
def test_where_more_may_be_theirs_than_are_named_that_is_said(
    desk: DeskInMemory, monkeypatch: pytest.MonkeyPatch, at_most: int, named: int, more: bool
) -> None:
    monkeypatch.setattr(access_files, "KIN_AT_MOST", at_most)
    for dossier_id in ("G-2", "G-3"):
        another(desk, dossier_id, **{**UNLIKE, "email": CONTACT.email, "number": None})
    asked = desk.access_files.asked_for(DOSSIER)
    assert asked is not None
    assert (len(asked.kin), asked.more) == (named, more)


def test_a_dossier_that_this_one_renews_is_shown(desk: DeskInMemory) -> None:
    another(desk, RENEWED, **{**UNLIKE, "number": None})
    desk.take(selected("2019-04-09 10:00", event_id="r", renews=RENEWED))
    asked = desk.access_files.asked_for(DOSSIER)
    assert asked is not None
    assert [(one.row.dossier_id, one.by) for one in asked.kin] == [(RENEWED, ("renews",))]


def test_of_what_nobody_knows_there_is_nothing_to_hand_over(desk: DeskInMemory) -> None:
    desk.forget()
    for one in (DOSSIER, "nobody"):
        assert desk.access_files.asked_for(one) is None
        assert desk.access_files.make([one]).dossiers == ()


def test_the_file_has_all_that_is_known(desk: DeskInMemory) -> None:
    desk.take(
        an_event(
            EventType.CONTACT_UPDATED,
            "2019-04-09 10:00",
            contact=replace(CONTACT, email="benali@example.org"),
        ),
        a_step(EventType.INCOMPLETE, "2019-05-15 10:00", missing_documents=("un passeport",)),
        a_step(EventType.INCOMPLETE, "2019-05-15 20:00", missing_documents=("un passeport",)),
    )
    read = AuditLine(at=desk.at, by="c.martin", role=Role.ACT, action="read_dossier")
    desk.audit.append(replace(read, object=DOSSIER))
    desk.audit.append(replace(read, object=DOSSIER, at=desk.at - timedelta(days=400)))
    desk.audit.append(replace(read, object="G-2"))
    body = b'{"data":{"dossier_id":"G-2019-0412","student":"x"}}'
    desk.quarantine.keep(Quarantined(event_id="q", received_at=desk.at, reason="type", body=body))
    receipt = b'{"destination":["lea@example.org"]}'
    desk.receipts.keep(UnmatchedReceipt(receipt_id="r", received_at=desk.at, body=receipt))
    html, data = as_html(made(desk), "Guichet"), as_json(made(desk))
    for words in ("benali@example.org", "un passeport", "Bonjour", "q", "Répété à l’identique"):
        assert words in html
    [dossier] = json.loads(data)["dossiers"]
    assert [one["text"] for one in dossier["bodies"]] == [body.decode(), receipt.decode()]
    assert [(one["action"], one["role"]) for one in dossier["looks"]] == [("read_dossier", "act")]
    assert {e["type"] for e in dossier["events"]} >= {"contact.updated", "dossier.incomplete"}
    assert [one["of"] for one in dossier["repetitions"]] == ["dossier-incomplete-05150800"]
    assert [one["what"] for one in dossier["lines"]].count("planned") > 0
    assert [one["medium"] for one in dossier["messages"]] == ["E-mail"]
    assert dossier["kept_until"] == "2020-05-15"
    assert dossier["appointments"][0]["starts_at"].startswith("2019-05-14")


def test_the_file_opens_without_scripts_or_anything_from_elsewhere(desk: DeskInMemory) -> None:
    html = as_html(made(desk), "Guichet")
    assert not [word for word in ("<script", "src=", "<link", "@import") if word in html]


def test_the_file_names_no_agent(desk: DeskInMemory) -> None:
    desk.request_erasure()
    line = AuditLine(at=desk.at, by="sofia", role=Role.ACT, action="read_dossier", object=DOSSIER)
    desk.audit.append(line)
    assert "sofia" not in as_html(made(desk), "Guichet")
    assert "sofia" not in as_json(made(desk))
    assert "effacement demandé" in as_html(made(desk), "Guichet")


def test_what_may_be_another_s_is_not_in_the_file_and_the_agent_is_told(desk: DeskInMemory) -> None:
    item = Quarantined(
        event_id="q", received_at=desk.at, reason="type", body=b'{"name":"Benali Karim"}'
    )
    desk.quarantine.keep(item)
    asked = desk.access_files.asked_for(DOSSIER)
    assert asked is not None
    assert asked.perhaps == (item.key,)
    assert made(desk).dossiers[0].bodies == ()


def test_over_several_dossiers_what_they_share_is_theirs(desk: DeskInMemory) -> None:
    another(desk, "G-2")
    body = b'{"data":{"email":"lea@example.org"}}'
    desk.quarantine.keep(Quarantined(event_id="q", received_at=desk.at, reason="t", body=body))
    assert made(desk).dossiers[0].bodies == ()
    both = made(desk, "G-2")
    assert [one.dossier_id for one in both.dossiers] == [DOSSIER, "G-2"]
    assert all(len(one.bodies) == 1 for one in both.dossiers)


def test_of_what_is_kept_for_reminders_alone_no_day_is_promised(desk: DeskInMemory) -> None:
    card = a_step(
        EventType.COLLECTED,
        "2019-07-20 10:00",
        event_id="c",
        card_expires_on=desk.at.date() + timedelta(days=450),
    )
    desk.take(card)
    desk.at += timedelta(days=120)
    desk.whole_night()
    assert made(desk).dossiers[0].kept_until is None
    assert "dernier rappel de renouvellement" in as_html(made(desk), "Guichet")


def test_a_task_of_the_desk_is_no_message_and_a_stranger_s_receipt_not_theirs(
    desk: DeskInMemory,
) -> None:
    receipt = UnmatchedReceipt(receipt_id="r", received_at=desk.at, body=b"k@example.org")
    desk.receipts.keep(receipt)
    no_mail = replace(CONTACT, email=None)
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-09 10:00", contact=no_mail))
    desk.request_erasure()
    desk.serve()
    [file] = made(desk).dossiers
    assert (len(file.attempts), len(file.messages), file.bodies) == (2, 1, ())
