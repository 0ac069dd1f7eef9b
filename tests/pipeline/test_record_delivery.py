"""A provider's receipt settles one attempt."""

import pytest

from chalicelib.domain.delivery import Blame, Fate, Kind
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, DOSSIER, a_notice, a_step, an_attempt, selected
from tests.pipeline.worlds import DeskInMemory


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.queue.woken.clear()
    return desk


def test_a_receipt_settles_its_attempt_and_wakes_the_dossier(desk: DeskInMemory) -> None:
    assert desk.report(desk.ledger[0], Fate.DELIVERED) == "settled"
    assert desk.ledger[0].fate is Fate.DELIVERED
    assert desk.queue.woken == [DOSSIER]


def test_a_receipt_that_says_nothing_new_changes_nothing(desk: DeskInMemory) -> None:
    desk.report(desk.ledger[0], Fate.DELIVERED)
    desk.queue.woken.clear()
    assert desk.report(desk.ledger[0], Fate.DELIVERED) == "unchanged"
    assert desk.report(desk.ledger[0], Fate.ACCEPTED) == "unchanged"
    assert desk.queue.woken == []


def test_a_receipt_for_no_attempt_of_ours_is_unmatched(desk: DeskInMemory) -> None:
    stranger = an_attempt(a_notice(Kind.CONVOCATION, "s"), Fate.ACCEPTED, "2019-04-08 10:01")
    assert desk.report(stranger, Fate.DELIVERED) == "unmatched"


def test_a_bounce_puts_the_dossier_in_front_of_a_person() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.serve()
    desk.report(desk.ledger[0], Fate.BOUNCED, Blame.ADDRESS)
    desk.serve()
    told = {(a.notice.kind, a.notice.channel.value) for a in desk.ledger[1:]}
    assert told == {(Kind.CONTACT_US, "sms"), (Kind.UNREACHABLE, "desk")}
