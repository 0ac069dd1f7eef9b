"""One dossier as the desk reads it, and a message as its student did."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.timeline import EntryKind
from chalicelib.messages.console.story import lines_of, put_off_lines
from chalicelib.messages.console.views import DossierView, Filters
from chalicelib.messages.letter import Email, Sms
from chalicelib.pipeline.appointment_days import AppointmentDays
from chalicelib.pipeline.sent_messages import ClosedLinks
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_step,
    an_event,
    confirmed,
    paris,
    rescheduled,
    selected,
)
from tests.pipeline.worlds import DeskInMemory


@pytest.fixture
def desk() -> DeskInMemory:
    """Booked, confirmed, moved; whatever was sent arrived."""
    desk = DeskInMemory()
    for event in (
        selected(event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        rescheduled("2019-04-20 09:00", "2019-05-16 14:00", event_id="r"),
    ):
        desk.take(event)
        desk.serve()
        desk.everything_arrives()
    desk.travel("2019-04-20 09:02")
    return desk


def view(desk: DeskInMemory, dossier_id: str = DOSSIER) -> DossierView | None:
    return desk.dossier_views.view(dossier_id)


def whole(desk: DeskInMemory) -> DossierView:
    seen = view(desk)
    assert seen is not None
    return seen


def letter(desk: DeskInMemory, notice: str, attempt: int = 1) -> Email | Sms | None:
    found = desk.sent_messages.find(DOSSIER, notice, attempt)
    return found.letter if found else None


# The dossier


def test_it_shows_where_a_dossier_stands_and_its_whole_story(desk: DeskInMemory) -> None:
    seen = whole(desk)
    assert (seen.state, seen.facts.contact, seen.is_forgotten) == (State.BOOKED, CONTACT, False)
    told = {entry.what for entry in seen.timeline}
    assert told == {EntryKind.EVENT, EntryKind.ATTEMPT, EntryKind.NOT_SENT, EntryKind.PLANNED}
    assert seen.open_work == []
    assert seen.journal == desk.dossiers.journal(DOSSIER)
    assert seen.now == desk.at


def test_it_shows_what_a_person_has_to_do(desk: DeskInMemory) -> None:
    desk.travel("2019-05-15 12:00")
    [work] = whole(desk).open_work
    assert work.attempt
    assert work.attempt.notice.kind is Kind.UNCONFIRMED


def test_of_what_never_was_there_is_nothing_to_see(desk: DeskInMemory) -> None:
    assert view(desk, "D-unknown") is None


def test_of_a_forgotten_dossier_there_is_nothing_but_that_it_was(desk: DeskInMemory) -> None:
    desk.forget()
    seen = whole(desk)
    assert (seen.is_forgotten, seen.facts.contact, seen.timeline) == (True, None, [])
    assert [line.split(" ", 1)[1] for line in seen.journal] == ["relance forgotten"]


def test_after_a_step_was_taken_back_it_shows_what_will_leave(desk: DeskInMemory) -> None:
    desk.take(a_step(EventType.CARD_READY, "2019-06-03 10:00"))
    desk.serve()
    desk.take(an_event(EventType.WITHDRAWN, "2019-06-03 11:00", "w", subject="card.ready"))
    seen = whole(desk)
    assert seen.facts.card_ready is None
    planned = [str(e.notice) for e in seen.timeline if e.what is EntryKind.PLANNED]
    assert planned[:2] == ["correction.1.w.sms", "correction.1.w.email"]
    unsent = [(str(e.notice), e.why) for e in seen.timeline if e.what is EntryKind.NOT_SENT]
    assert ("card_waiting.1.2019-06-03.email", "milestone.withdrawn") in unsent
    desk.serve()
    for notice, word in (("card_ready.1.2019-06-03", "retirer"), ("correction.1.w", "Erreur")):
        again = letter(desk, f"{notice}.email")
        assert isinstance(again, Email)
        assert word in again.subject


def test_a_task_of_the_desk_is_shown_where_no_message_takes_a_step_back(
    desk: DeskInMemory,
) -> None:
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:00"))
    desk.serve()
    desk.take(an_event(EventType.WITHDRAWN, "2019-05-14 11:00", "w", subject="dossier.deposited"))
    desk.serve()
    assert "tell_the_student.1.w.desk" in [str(e.notice) for e in whole(desk).open_work]


def in_plain_blanks(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_task_that_was_put_off_says_so_until_it_comes_back(desk: DeskInMemory) -> None:
    desk.travel("2019-05-14 12:00")
    [task] = [a.notice for a in desk.ledger if a.notice.kind is Kind.UNCONFIRMED]
    said = {"source": Source.DESK, "by": "c.martin", "why": "Ne répond pas."}
    until = {"subject": str(task), "until": date(2019, 5, 15)}
    desk.acted(an_event(EventType.WORK_CLOSED, desk.at, "w", **said, **until))
    seen = whole(desk)
    lines = [line for line in lines_of(seen.timeline, seen.facts) if line.subject == str(task)]
    assert [in_plain_blanks(line.status) for line in lines] == [
        "à revoir le mercredi 15 mai 2019",
        "reviendra",
    ]
    [ahead] = put_off_lines(seen.timeline, seen.facts)
    assert (ahead.title, in_plain_blanks(ahead.status)) == (
        lines[0].title,
        in_plain_blanks(lines[0].status),
    )
    assert [in_plain_blanks(one) for one in ahead.told] == ["Motif : Ne répond pas."]
    desk.travel("2019-05-15 12:00")
    back = whole(desk)
    assert put_off_lines(back.timeline, back.facts) == []


def test_what_a_person_has_asked_for_is_no_try_of_ours(desk: DeskInMemory) -> None:
    desk.travel("2019-05-15 12:00")
    request = next(
        str(a.notice)
        for a in desk.ledger
        if a.notice.kind is Kind.CONFIRMATION_REQUEST and a.notice.occasion == "r"
    )
    said = {"source": Source.DESK, "by": "c.martin", "why": "Rien reçu."}
    desk.acted(an_event(EventType.ASKED_AGAIN, desk.at, "w", subject=request, **said))
    seen = whole(desk)
    status = {line.subject: line.status for line in lines_of(seen.timeline, seen.facts)}
    assert status[request] == "prévu, à la demande du guichet"


@pytest.mark.parametrize("is_vouched", [False, True])
def test_an_address_that_came_back_for_good_did_so_wherever_somebody_is_shown(
    is_vouched: bool,
) -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    if is_vouched:
        event = an_event(EventType.CONTACT_UPDATED, "2019-04-08 12:00", source=Source.DESK)
        desk.take(replace(event, contact=CONTACT))
    days = AppointmentDays(
        dossiers=desk.dossiers,
        channels=desk.channels,
        planner=desk.planner,
        desk=desk.planner.desk,
    )
    refused = {
        "dossier": whole(desk).refused,
        "work list": desk.work_lists.page(Filters()).rows[0].refused,
        "to call": desk.work_lists.unreached().rows[0].refused,
        "found": desk.search.find(DOSSIER).rows[0].refused,
        "day": days.of(date(2019, 5, 14)).rows[0].refused,
    }
    expected = {} if is_vouched else {Channel.EMAIL: "dead_address"}
    assert refused == dict.fromkeys(refused, expected)


# A message


def test_a_message_is_told_with_its_address_and_what_became_of_it(desk: DeskInMemory) -> None:
    attempt, *_ = desk.dossiers.load(DOSSIER).dossier.ledger
    desk.travel("2019-04-20 12:00")
    desk.report(attempt, Status.BOUNCED, FailureClass.ADDRESS)
    seen = desk.sent_messages.find(DOSSIER, str(attempt.notice), attempt.attempt)
    assert seen
    assert (seen.to, seen.claimed_at) == (CONTACT.email, attempt.claimed_at)
    assert [step.status for step in seen.course][-1] is Status.BOUNCED
    assert [step.at for step in seen.course] == sorted(step.at for step in seen.course)
    assert seen.to not in repr(seen)


def test_of_a_message_without_a_journal_it_is_told_where_it_stands(desk: DeskInMemory) -> None:
    attempt, *_ = desk.dossiers.load(DOSSIER).dossier.ledger
    desk.dossiers.lines[DOSSIER] = ["2019-04-20T09:00:00+02:00 desk dossier.noted recorded note-1"]
    seen = desk.sent_messages.find(DOSSIER, str(attempt.notice), attempt.attempt)
    assert seen
    assert [(s.at, s.status) for s in seen.course] == [(attempt.status_at, attempt.status)]


def test_a_message_is_what_its_student_received_but_for_the_links(desk: DeskInMemory) -> None:
    sent = [one.letter for one in desk.mailer.sent]
    notices = [str(a.notice) for a in desk.ledger if a.notice.channel is Channel.EMAIL]
    assert len(sent) == len(notices) == 3
    for received, notice in zip(sent, notices, strict=True):
        again = letter(desk, notice)
        assert isinstance(received, Email)
        assert isinstance(again, Email)
        assert (again.subject, again.language) == (received.subject, received.language)
        assert "https://desk.example" in received.text
        assert "https://desk.example" not in again.text + again.html
        assert plain(again.text) == plain(received.text)


def plain(text: str) -> list[str]:
    return [line for line in text.splitlines() if "https://" not in line]


def test_a_message_says_what_was_known_then_and_not_what_is_known_now(desk: DeskInMemory) -> None:
    convocation = letter(desk, "convocation.1.s.email")
    assert isinstance(convocation, Email)
    assert convocation.subject == "Mardi 14 mai 2019 à 10 h 30 : votre convocation"


def test_no_address_that_the_desk_is_shown_opens_anything() -> None:
    closed = ClosedLinks()
    shown = [
        closed.confirm(DOSSIER, "s", "g"),
        closed.convocation(DOSSIER, "s", "g"),
        closed.proof(DOSSIER, "s"),
        closed.dossier(DOSSIER, "g"),
        closed.unsubscribe(DOSSIER),
    ]
    assert len(set(shown)) == len(shown)
    assert all(one.startswith("https://…/") and one.endswith("…") for one in shown)


def test_looking_at_a_message_keeps_no_document(desk: DeskInMemory) -> None:
    kept = dict(desk.vault.kept)
    desk.vault.kept.clear()
    assert letter(desk, "convocation.1.s.email")
    assert kept
    assert desk.vault.kept == {}


def test_a_text_message_is_shown_as_well(desk: DeskInMemory) -> None:
    desk.take(a_step(EventType.CARD_READY, "2019-06-03 10:00"))
    desk.serve()
    [sent] = desk.texter.sent
    [notice] = [str(a.notice) for a in desk.ledger if a.notice.channel is Channel.SMS]
    assert letter(desk, notice) == sent.letter


@pytest.mark.parametrize(
    ("notice", "attempt"),
    [
        ("convocation.1.s.email", 2),
        ("convocation.1.r.email", 1),
        ("nonsense", 1),
        ("unconfirmed.1.r.desk", 1),
    ],
)
def test_what_was_never_sent_cannot_be_looked_at(
    desk: DeskInMemory, notice: str, attempt: int
) -> None:
    desk.travel("2019-05-14 12:00")
    assert letter(desk, notice, attempt) is None


def test_a_message_from_before_anything_is_known_of_its_student_cannot_be_written() -> None:
    """As after forgetting: the address alone is kept, by an event of a later day."""
    desk = DeskInMemory()
    desk.take(an_event(EventType.CHECKED, "2019-04-08 10:00", "c"))
    desk.take(selected("2019-04-09 10:00", event_id="s"))
    desk.serve()
    [attempt] = desk.ledger
    assert attempt.status is Status.ACCEPTED
    loaded = desk.dossiers.load(DOSSIER)
    early = paris("2019-04-08 12:00")
    moved = loaded.dossier.with_attempt(replace(attempt, claimed_at=early))
    desk.dossiers.write(loaded, desk.planner.write(moved, desk.at))
    assert letter(desk, str(attempt.notice)) is None
