"""What is written down: the journal, the ledger, and what a serve says it did."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.attempts import FailureClass, Kind, Status
from chalicelib.domain.errors import BadRecipient, TextFailed
from chalicelib.domain.events import EventType, Source
from chalicelib.domain.links import Bound, Purpose
from chalicelib.pipeline.back_off import WAIT
from chalicelib.pipeline.composer import Composer
from tests.builders import CONTACT, DOSSIER, a_step, an_event, selected
from tests.fakes import open_work
from tests.pipeline.worlds import DeskInMemory

NO_ADDRESS = replace(CONTACT, email=None, phone=None, mobile=None)


def history(desk: DeskInMemory) -> list[str]:
    """The journal without its instants."""
    return [line.partition(" ")[2] for line in desk.dossiers.journal(DOSSIER)]


def test_a_journal_tells_who_did_what_in_order() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=NO_ADDRESS))
    desk.serve()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 11:00", "c", contact=CONTACT))
    desk.serve()
    desk.at += timedelta(seconds=5)
    desk.everything_arrives()
    desk.serve()
    assert history(desk) == [
        "booking appointment.selected recorded s",
        "relance unreachable.1.dossier.desk open confirmation_request:no_address",
        "booking contact.updated recorded c",
        "relance confirmation_request.1.s.email attempt 1 claimed",
        "relance confirmation_request.1.s.email attempt 1 accepted",
        "provider confirmation_request.1.s.email attempt 1 delivered",
        "relance unreachable.1.dossier.desk closed",
    ]
    work = next(a for a in desk.ledger if a.notice.kind is Kind.UNREACHABLE)
    assert (work.status, work.status_at) == (Status.CLOSED, desk.at)


def test_every_line_says_when() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    desk.serve()
    stamps = {line.partition(" ")[0] for line in desk.dossiers.journal(DOSSIER)}
    assert stamps == {desk.at.isoformat()}


def test_what_was_opened_for_the_desk_is_said_with_its_reason() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=NO_ADDRESS))
    (served,) = desk.serve()
    assert (served.owed.notice.kind, served.status, served.reason) == (
        Kind.UNREACHABLE,
        Status.OPEN,
        "confirmation_request:no_address",
    )


def test_an_accepted_message_is_known_by_its_providers_id() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    (attempt,) = desk.ledger
    assert (attempt.message_id, attempt.until) == ("id-1", None)


def test_a_refused_recipient_is_blamed_at_once() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.mailer.answers = [BadRecipient("BadRequestException")]
    desk.serve()
    refused = desk.ledger[0]
    assert (refused.status, refused.failure_class, refused.reason, refused.until) == (
        Status.FAILED,
        FailureClass.ADDRESS,
        "BadRequestException",
        None,
    )
    assert refused.status_at == desk.at


def test_a_text_that_fails_is_written_down_and_said() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.sender = replace(desk.sender, composer=Speechless(**vars(desk.composer)))
    first, second = desk.serve()
    assert (first.owed.notice.kind, first.status, first.reason) == (
        Kind.CONFIRMATION_REQUEST,
        Status.FAILED,
        "text_failed",
    )
    assert second.owed.notice.kind is Kind.TEXT_FAILED
    assert "relance confirmation_request.1.s.email attempt 1 failed text_failed" in history(desk)


class Speechless(Composer):
    """Nothing can be composed."""

    def compose(self, *_args: object) -> object:  # type: ignore[override]  # never returns
        raise TextFailed("body.txt")


def test_a_dossier_set_aside_keeps_its_state_and_stands_on_the_work_list_for_an_hour() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    before = desk.dossiers.load(DOSSIER)
    began = desk.at
    desk.backoff.back_off(DOSSIER)
    after = desk.dossiers.load(DOSSIER)
    assert (after.state, after.next_due_at) == (before.state, began + WAIT)
    assert open_work(desk.dossiers, 1) == [(began, f"DOSSIER#{DOSSIER}")]
    (task,) = after.dossier.ledger
    assert (str(task.notice), task.status, task.claimed_at, task.status_at) == (
        "serve_failed.1.20190408T080001Z.desk",
        Status.OPEN,
        began,
        began,
    )
    assert history(desk)[-1] == "relance serve_failed.1.20190408T080001Z.desk set aside"
    desk.at = began + WAIT
    desk.backoff.back_off(DOSSIER)
    again = desk.dossiers.load(DOSSIER)
    assert again.next_due_at == began + 2 * WAIT
    assert open_work(desk.dossiers, 1) == [(began, f"DOSSIER#{DOSSIER}")]


def test_a_students_click_is_an_event_of_theirs_for_the_revision_of_the_link() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.at += timedelta(minutes=5)
    bound = Bound(purpose=Purpose.CONFIRM, dossier_id=DOSSIER, revision="s")
    desk.students.confirm(bound)
    click = desk.dossiers.load(DOSSIER).dossier.events[-1]
    assert click.event_id == "student:confirm:s"
    assert (click.type, click.source, click.appointment_id, click.revision) == (
        EventType.CONFIRMED,
        Source.STUDENT,
        "A1",
        "s",
    )
    assert (click.at, click.received_at) == (desk.at, desk.at)


def test_unsubscribing_is_an_event_of_the_students_too() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.COLLECTED, "2019-07-20 10:00", contact=CONTACT))
    bound = Bound(purpose=Purpose.UNSUBSCRIBE, dossier_id=DOSSIER)
    view = desk.students.unsubscribe(bound)
    assert view
    assert (view.now, view.dossier_id) == (desk.at, DOSSIER)
    last = desk.dossiers.load(DOSSIER).dossier.events[-1]
    assert (last.event_id, last.source) == ("student:unsubscribe:2019-07-20", Source.STUDENT)


def test_the_convocation_that_is_kept_is_this_students_with_its_own_proof() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    bound = Bound(purpose=Purpose.CONFIRM, dossier_id=DOSSIER, revision="s")
    desk.students.confirm(bound)
    desk.serve()
    (kept,) = desk.vault.kept.items()
    proof = f"https://desk.example/proof/{DOSSIER}.s"
    assert kept == (
        f"convocations/{DOSSIER}/s-{DOSSIER}-Benali-s.pdf",
        f"{DOSSIER} Benali s {proof}".encode(),
    )


def test_what_is_quarantined_says_why_and_since_when() -> None:
    desk = DeskInMemory()
    desk.intake.quarantine("evt-1", "body: not JSON", b"{")
    (item,) = desk.quarantine.items
    assert (item.event_id, item.reason, item.body, item.received_at) == (
        "evt-1",
        "body: not JSON",
        b"{",
        desk.at,
    )
