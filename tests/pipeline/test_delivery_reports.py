"""A provider's receipt settles one attempt."""

from dataclasses import replace

import pytest

from chalicelib.domain.attempts import Attempt, DeliveryReport, FailureClass, Kind, Status
from chalicelib.domain.events import EventType
from chalicelib.pipeline.ports import Loaded
from tests.builders import CONTACT, DOSSIER, a_notice, a_step, an_attempt, paris, selected
from tests.pipeline.worlds import DeskInMemory


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.queue.woken.clear()
    return desk


def test_a_receipt_settles_its_attempt_and_lets_sleep_what_has_nothing_due(
    desk: DeskInMemory,
) -> None:
    assert desk.report(desk.ledger[0], Status.DELIVERED) == "settled"
    assert desk.ledger[0].status is Status.DELIVERED
    assert desk.queue.woken == []


def test_a_receipt_by_which_something_is_due_wakes_the_dossier(desk: DeskInMemory) -> None:
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    assert desk.queue.woken == [DOSSIER]


def test_receipts_of_one_batch_are_settled_by_one_read(desk: DeskInMemory) -> None:
    desk.take(replace(selected(event_id="o"), dossier_id="D-2"))
    desk.serve("D-2")
    reports = [
        report_on(desk.dossiers.load(dossier_id).dossier.ledger[0], dossier_id, status)
        for dossier_id in (DOSSIER, "D-2")
        for status in (Status.DELIVERED, Status.COMPLAINED)
    ]
    at_hand = desk.delivery_reports.read_together(reports)
    desk.dossiers.load = unread  # type: ignore[method-assign]
    assert [desk.delivery_reports.record(one, at_hand) for one in reports] == ["settled"] * 4


def test_a_dossier_at_hand_that_somebody_has_changed_meanwhile_is_read_again(
    desk: DeskInMemory,
) -> None:
    report = report_on(desk.ledger[0], DOSSIER, Status.DELIVERED)
    at_hand = desk.delivery_reports.read_together([report])
    desk.take(a_step(EventType.CHECKED, "2019-04-08 10:05"))
    assert desk.delivery_reports.record(report, at_hand) == "settled"
    assert desk.ledger[0].status is Status.DELIVERED


def test_what_could_not_be_read_together_is_read_by_itself(desk: DeskInMemory) -> None:
    report = report_on(desk.ledger[0], DOSSIER, Status.DELIVERED)
    desk.dossiers.is_down = True
    at_hand = desk.delivery_reports.read_together([report])
    desk.dossiers.is_down = False
    assert desk.delivery_reports.record(report, at_hand) == "settled"


def report_on(attempt: Attempt, dossier_id: str, status: Status) -> DeliveryReport:
    return DeliveryReport(
        dossier_id=dossier_id,
        notice=attempt.notice,
        attempt=attempt.attempt,
        status=status,
        at=attempt.status_at,
        receipt_id=f"{dossier_id}-{status}",
    )


def unread(dossier_id: str) -> Loaded:
    message = f"{dossier_id} is read once more"
    raise AssertionError(message)


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
