"""One dossier's story: what each line says, to somebody who was not there."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.attempts import Kind, NextTry, Notice, Status
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.holds import PAUSED, Holds, hold, with_pauses
from chalicelib.domain.plan import Owed
from chalicelib.domain.retries import HELD
from chalicelib.domain.timeline import Entry, EntryKind
from chalicelib.messages.console.story import Line, line_of, lines_of, place_of, task_of
from gallery import console
from gallery.console import FACTS, RESENT, SELECTED, STORY, WORK, happened, tried
from tests.builders import paris

AT = paris("2019-05-10 09:00")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def told(line: Line) -> str:
    return plain(" ".join(line.told))


def an_event(kind: EventType, **more: object) -> Line:
    return line_of(Entry(at=AT, what=EntryKind.EVENT, event=happened(kind, AT, **more)))


def an_attempt(status: Status, **more: object) -> Line:
    attempt = tried(Kind.CONVOCATION, AT, status, **more)
    return line_of(Entry(at=AT, what=EntryKind.ATTEMPT, attempt=attempt))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (SELECTED, "Rendez-vous du mardi 14 mai 2019 à 10 h 30. Source : système de réservation."),
        (
            RESENT,
            "À propos de : Convocation. Motif : L’étudiante dit n’avoir rien reçu. "
            "Source : guichet (c.martin).",
        ),
        (
            happened(EventType.WITHDRAWN, AT, subject="card.ready", source=Source.DESK),
            "À propos de : Titre prêt. Source : guichet.",
        ),
        (
            happened(EventType.DEPOSITED, AT, source=Source.DESK, is_taken_over=True),
            "Source : guichet. Dossier repris en cours : ce qui devait être dit de cette étape "
            "avant ce jour n’est pas envoyé.",
        ),
        (
            happened(EventType.NOTED, AT, why="Rappeler après les examens.", by="c.martin"),
            "« Rappeler après les examens. » Source : système de réservation (c.martin).",
        ),
        (
            happened(EventType.WORK_CLOSED, AT, subject="other", until=date(2019, 5, 24)),
            "À propos de : other. À revoir le vendredi 24 mai 2019. "
            "Source : système de réservation.",
        ),
        (
            happened(EventType.CARD_READY, AT, received_at=AT + timedelta(minutes=10)),
            "Pris en compte le vendredi 10 mai 2019 à 9 h 10. Source : système de réservation.",
        ),
        (
            happened(
                EventType.INCOMPLETE,
                AT,
                day=date(2019, 5, 1),
                missing_documents=("photo", "passeport"),
            ),
            "Jour : mercredi 1er mai 2019. Pièces manquantes : photo, passeport. "
            "Source : système de réservation.",
        ),
    ],
)
def test_an_event_says_what_it_is_about_and_who_says_so(event: Event, words: str) -> None:
    assert told(line_of(Entry(at=AT, what=EntryKind.EVENT, event=event))) == words


def test_an_attempt_says_what_became_of_it_and_can_be_read_again() -> None:
    line = an_attempt(Status.BOUNCED, reason="Bounce.Permanent.General", attempt=2)
    assert (line.title, line.status, line.is_amiss, line.letter) == (
        "Convocation (e-mail)",
        "revenu",
        True,
        True,
    )
    assert told(line) == "Essai n° 2. Dernière nouvelle : vendredi 10 mai 2019 à 9 h 02."
    assert [trouble.means for trouble in line.troubles] == ["L’adresse e-mail n’existe pas"]
    assert line.technical == ["convocation.1.evt-1.email", "Bounce.Permanent.General"]


def test_what_has_not_left_says_when_it_is_tried_next_and_cannot_be_read() -> None:
    line = an_attempt(Status.POSTPONED, status_at=AT, until=AT + timedelta(minutes=5))
    assert told(line) == "Prochain essai : vendredi 10 mai 2019 à 9 h 05."
    assert not line.letter
    assert not line.is_amiss


def test_what_may_have_come_twice_is_said() -> None:
    assert "peut-être reçu deux fois" in told(an_attempt(Status.ACCEPTED, possible_duplicate=True))


@pytest.mark.parametrize(("status", "troubles"), [(Status.OPEN, 0), (Status.CLOSED, 2)])
def test_open_work_is_explained_above_the_story_and_closed_work_in_it(
    status: Status, troubles: int
) -> None:
    line = line_of(Entry(at=AT, what=EntryKind.WORK, attempt=replace(WORK, status=status)))
    assert len(line.troubles) == troubles


def test_open_work_says_why_it_is_there_and_what_to_do() -> None:
    line = task_of(Entry(at=AT, what=EntryKind.WORK, attempt=WORK), FACTS)
    assert line.title == "Personne injoignable"
    assert line.advice.startswith("Aucun message n’arrive à cette personne.")
    assert [trouble.about for trouble in line.troubles] == ["Convocation", "Rappel du rendez-vous"]


def test_work_about_an_address_that_nobody_could_send_to_names_it() -> None:
    contact = Contact(given_name="", family_name="", email="lea.@example.org")
    line = replace(WORK, reason=f"convocation:{contact.no_mail}")
    broken = replace(FACTS, contact=contact)
    at_fault = Entry(at=AT, what=EntryKind.WORK, attempt=line)
    assert task_of(at_fault, broken).address == contact.email
    assert task_of(Entry(at=AT, what=EntryKind.WORK, attempt=WORK), broken).address == ""
    mended = replace(FACTS, contact=replace(contact, email="lea@example.org"))
    assert task_of(at_fault, mended).address == ""


@pytest.mark.parametrize(
    ("kind", "occasion", "title"),
    [
        (Kind.UNCONFIRMED, "evt-2", "Rendez-vous non confirmé : remise du titre"),
        (Kind.UNCONFIRMED, "evt-1", "Rendez-vous non confirmé"),
        (
            Kind.APPOINTMENT_WHEN_SHUT,
            "evt-2-2019-06-10",
            "Rendez-vous quand le guichet est fermé : remise du titre",
        ),
        (Kind.NOT_REBOOKED, "evt-3", "Pas de nouveau rendez-vous : remise du titre"),
    ],
)
def test_work_about_an_appointment_to_collect_says_so(
    kind: Kind, occasion: str, title: str
) -> None:
    at, slot = SELECTED.at, SELECTED.starts_at
    to_collect = happened(
        EventType.SELECTED,
        at,
        event_id="evt-2",
        appointment_id="A-2",
        starts_at=slot,
        purpose=SlotPurpose.COLLECT,
        is_purpose_said=True,
    )
    ended = happened(EventType.CANCELLED, AT, event_id="evt-3", appointment_id="A-2")
    facts = facts_of((SELECTED, to_collect, ended))
    notice = Notice(kind=kind, occasion=occasion, channel=Channel.DESK)
    entry = Entry(at=AT, what=EntryKind.WORK, attempt=replace(WORK, notice=notice))
    assert plain(task_of(entry, facts).title) == title
    assert plain(lines_of([entry], facts)[0].title) == title


@pytest.mark.parametrize(
    ("why", "status"),
    [
        ("appointment.confirmed", "non envoyé : déjà confirmé"),
        ("too_many", "non envoyé : trop de messages le même jour"),
        ("", "non envoyé"),
    ],
)
def test_what_never_left_says_why(why: str, status: str) -> None:
    notice = Notice(kind=Kind.CONFIRMATION_REMINDER, occasion="x", channel=Channel.EMAIL)
    line = line_of(Entry(at=AT, what=EntryKind.NOT_SENT, notice=notice, why=why))
    assert line.status == status


def test_a_task_that_is_over_asks_for_nothing_any_more() -> None:
    over = replace(WORK, status=Status.CLOSED, reason="convocation:too_late")
    [trouble] = line_of(Entry(at=AT, what=EntryKind.WORK, attempt=over)).troubles
    assert (trouble.means, trouble.advice) == (
        "Le moment était passé avant que le message arrive",
        "",
    )


@pytest.mark.parametrize(("attempt", "status"), [(1, "prévu"), (2, "nouvel essai prévu")])
def test_what_is_planned_says_so(attempt: int, status: str) -> None:
    notice = Notice(kind=Kind.NO_NEWS, occasion="x", channel=Channel.EMAIL)
    owed = Owed(notice=notice, due_at=AT, ready_at=AT, next_try=NextTry(attempt=attempt))
    line = line_of(Entry(at=AT, what=EntryKind.PLANNED, owed=owed))
    assert (line.title, line.status) == ("Relance des six semaines (e-mail)", status)


def test_a_message_can_be_asked_for_again_at_its_last_try_only() -> None:
    lines = [line for line in lines_of(STORY, FACTS) if line.title == "Convocation (e-mail)"]
    assert [(line.attempt, line.can_leave_again) for line in lines] == [(1, False), (2, True)]


@pytest.mark.parametrize(
    ("silence", "later", "told_of_it"),
    [
        (timedelta(hours=1), {}, "Sans nouvelle de l’arrivée après 1 heure : envoyé de nouveau."),
        (
            timedelta(hours=26),
            {},
            "Sans nouvelle de l’arrivée après 26 heures : envoyé de nouveau.",
        ),
        (timedelta(days=3), {}, "Sans nouvelle de l’arrivée après 3 jours : envoyé de nouveau."),
        (timedelta(days=3), {"asked": 1}, ""),
        (timedelta(days=3), {"address": "another"}, ""),
    ],
)
def test_a_second_try_for_want_of_news_says_so_and_the_first_is_amiss(
    silence: timedelta, later: dict[str, Any], told_of_it: str
) -> None:
    first = tried(Kind.CONVOCATION, AT, Status.ACCEPTED, status_at=AT)
    second = tried(Kind.CONVOCATION, AT + silence, Status.ACCEPTED, attempt=2, **later)
    entries = [Entry(at=a.claimed_at, what=EntryKind.ATTEMPT, attempt=a) for a in (first, second)]
    lines = lines_of(entries, FACTS)
    said = [plain(one) for one in lines[1].told]
    assert [one for one in said if "nouvelle de" in one] == [told_of_it][: bool(told_of_it)]
    assert [line.is_amiss for line in lines] == [bool(told_of_it), False]
    assert [line.place for line in lines] == [place_of(first.notice, n) for n in (1, 2)]


REMINDER = Owed(
    notice=Notice(kind=Kind.APPOINTMENT_REMINDER, occasion="evt-1", channel=Channel.SMS),
    due_at=AT,
    ready_at=AT,
)
STOPPED = with_pauses({}, [console.PAUSE])
REFUSED_US = {Channel.SMS: hold(Channel.SMS, "SendingPausedException", AT)}


@pytest.mark.parametrize(
    ("why", "holds", "has_a_time", "status", "told"),
    [
        ("", {}, True, "prévu", ""),
        ("", STOPPED, True, "prévu, si le canal est rétabli d’ici là", ""),
        ("", REFUSED_US, True, "prévu", ""),
        (PAUSED, STOPPED, False, "jusqu’à ce que le canal soit rétabli", "par a.durand"),
        (PAUSED, {}, False, "jusqu’à ce que le canal soit rétabli", ""),
        (HELD, REFUSED_US, True, "prochain essai, au plus tôt, à cette heure", ""),
        (HELD, {}, True, "prévu", ""),
    ],
)
def test_what_waits_for_its_channel_says_so_and_when_it_leaves_only_if_that_is_true(
    why: str, holds: Holds, has_a_time: bool, status: str, told: str
) -> None:
    owed = replace(REMINDER, next_try=NextTry(why=why))
    entry = Entry(at=AT, what=EntryKind.PLANNED, owed=owed, why=why)
    [line] = lines_of([entry], FACTS, holds)
    assert (line.at is not None) is has_a_time
    assert status in line.status
    assert told in " ".join(line.told)
    assert bool(line.told) is bool(told)


def test_a_task_about_a_stopped_channel_says_who_has_stopped_it() -> None:
    lost = replace(WORK, reason="convocation:paused")
    entry = Entry(at=AT, what=EntryKind.WORK, attempt=lost)
    [said] = task_of(entry, FACTS, STOPPED).told
    assert "Canal SMS suspendu par a.durand depuis le" in plain(said)
    assert said.endswith("Motif : Envois en double signalés par trois étudiants.")
    assert task_of(Entry(at=AT, what=EntryKind.WORK, attempt=WORK), FACTS, STOPPED).told == ()
