"""A provider's receipt settles one attempt."""

import pytest

from chalicelib.domain.attempts import DeliveryReport, FailureClass, Kind, Status
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, DOSSIER, a_notice, a_step, an_attempt, paris, selected
from tests.pipeline.worlds import DeskInMemory


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.queue.woken.clear()
    return desk


def test_a_receipt_settles_its_attempt_and_wakes_the_dossier(desk: DeskInMemory) -> None:
    assert desk.report(desk.ledger[0], Status.DELIVERED) == "settled"
    assert desk.ledger[0].status is Status.DELIVERED
    assert desk.queue.woken == [DOSSIER]


def test_a_receipt_that_says_nothing_new_changes_nothing(desk: DeskInMemory) -> None:
    desk.report(desk.ledger[0], Status.DELIVERED)
    desk.queue.woken.clear()
    assert desk.report(desk.ledger[0], Status.DELIVERED) == "unchanged"
    assert desk.report(desk.ledger[0], Status.ACCEPTED) == "unchanged"
    assert desk.queue.woken == []


def test_a_receipt_for_no_attempt_of_ours_is_unmatched(desk: DeskInMemory) -> None:
    stranger = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.ACCEPTED, "2019-04-08 10:01")
    assert desk.report(stranger, Status.DELIVERED) == "unmatched"


def test_a_bounce_puts_the_dossier_in_front_of_a_person() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.serve()
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    told = {(a.notice.kind, a.notice.channel.value) for a in desk.ledger[1:]}
    assert told == {(Kind.CONTACT_US, "sms"), (Kind.UNREACHABLE, "desk")}


def test_a_receipt_dated_years_ahead_is_of_the_moment_it_came_in(desk: DeskInMemory) -> None:
    report = DeliveryReport(
        dossier_id=DOSSIER,
        notice=desk.ledger[0].notice,
        attempt=1,
        status=Status.BOUNCED,
        at=paris("2099-01-01 00:00"),
        receipt_id="receipt",
        failure_class=FailureClass.ADDRESS,
    )
    desk.delivery_reports.record(report)
    bounced = desk.ledger[0]
    assert bounced.status_at == bounced.learnt_at == desk.at
    desk.serve()
    assert {a.notice.kind for a in desk.ledger[1:]} == {Kind.CONTACT_US, Kind.UNREACHABLE}


def test_an_automatic_answer_after_a_delivery_sends_nothing_again(desk: DeskInMemory) -> None:
    desk.report(desk.ledger[0], Status.DELIVERED)
    assert desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.NOTHING) == "unchanged"
    assert desk.serve() == []


def test_a_complaint_taken_back_takes_its_line_off_the_work_list(desk: DeskInMemory) -> None:
    desk.report(desk.ledger[0], Status.COMPLAINED)
    desk.serve()
    assert Kind.COMPLAINED in {a.notice.kind for a in desk.ledger if a.status is Status.OPEN}
    assert desk.report(desk.ledger[0], Status.DELIVERED, FailureClass.NOTHING) == "settled"
    desk.serve()
    assert [a for a in desk.ledger if a.status is Status.OPEN] == []


def test_a_receipt_for_a_dossier_that_cannot_be_read_waits(desk: DeskInMemory) -> None:
    [attempt] = desk.ledger
    desk.dossiers.spoil(DOSSIER)
    assert desk.report(attempt, Status.DELIVERED) == "unmatched"
    desk.dossiers.unreadable.clear()
    assert desk.report(attempt, Status.DELIVERED) == "settled"


def test_a_receipt_that_matches_nothing_yet_is_kept_as_it_came(desk: DeskInMemory) -> None:
    desk.delivery_reports.keep("receipt", b"whole")
    [kept] = desk.receipts.waiting()
    assert (kept.receipt_id, kept.received_at, kept.body) == ("receipt", desk.at, b"whole")
