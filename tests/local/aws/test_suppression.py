"""SES' suppression list: whoever came back for good gets nothing more until it is taken off."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local.aws.embedded import EmbeddedAws
from local.aws.suppression import SuppressionList
from local.faults.receipts import Receipts
from local.faults.switches import Faults
from local.studio.outbox import Outbox, Outcome
from tests.local.messages import NOON, email, sms

pytestmark = pytest.mark.enable_socket

LEA = "lea@example.org"


@pytest.fixture
def suppressed() -> SuppressionList:
    return SuppressionList()


@pytest.fixture
def ses(suppressed: SuppressionList) -> Iterator[Any]:
    with EmbeddedAws(suppressed=suppressed) as aws:
        yield aws.client("sesv2")


def told(suppressed: SuppressionList, fault: str = "") -> list[dict[str, Any]]:
    """What SES tells of one mail to Léa, while something goes wrong or not."""
    faults, outbox, events = Faults(), Outbox(), []
    if fault:
        faults.switch({fault: 1})
    receipts = Receipts(outbox, faults, lambda body: events.append(json.loads(body)), suppressed)
    receipts.accepted(email())
    receipts.release(NOON + timedelta(hours=1))
    return events


def test_what_is_put_on_it_is_there_until_it_is_taken_off(ses: Any) -> None:
    ses.put_suppressed_destination(EmailAddress=LEA, Reason="BOUNCE")
    found = ses.get_suppressed_destination(EmailAddress=LEA)["SuppressedDestination"]
    assert (found["EmailAddress"], found["Reason"]) == (LEA, "BOUNCE")
    ses.delete_suppressed_destination(EmailAddress=LEA)
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_suppressed_destination(EmailAddress=LEA)


def test_what_is_not_on_it_cannot_be_taken_off(ses: Any) -> None:
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.delete_suppressed_destination(EmailAddress=LEA)


def test_it_spells_an_address_as_it_was_given_and_mail_as_it_likes(
    ses: Any, suppressed: SuppressionList
) -> None:
    ses.put_suppressed_destination(EmailAddress=LEA, Reason="BOUNCE")
    assert suppressed.reason_of(LEA.upper()) == "BOUNCE"
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.delete_suppressed_destination(EmailAddress=LEA.upper())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("hard_bounce", "BOUNCE"),
        ("complaint", "COMPLAINT"),
        ("soft_bounce", None),
        ("out_of_office", None),
        ("", None),
    ],
)
def test_ses_puts_on_it_who_came_back_for_good_or_complained(
    suppressed: SuppressionList, fault: str, reason: str | None
) -> None:
    told(suppressed, fault)
    assert suppressed.reason_of(LEA) == reason


def test_after_a_bounce_a_mail_is_taken_and_comes_back(suppressed: SuppressionList) -> None:
    told(suppressed, "hard_bounce")
    sent, back = told(suppressed)
    assert (sent["eventType"], back["eventType"]) == ("Send", "Bounce")
    assert (back["bounce"]["bounceType"], back["bounce"]["bounceSubType"]) == (
        "Permanent",
        "OnAccountSuppressionList",
    )


def test_after_a_complaint_a_mail_is_taken_and_told_as_one_that_was_not_sent(
    suppressed: SuppressionList,
) -> None:
    told(suppressed, "complaint")
    sent, back = told(suppressed)
    assert (sent["eventType"], back["eventType"]) == ("Send", "Complaint")
    assert back["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
    assert suppressed.reason_of(LEA) == "COMPLAINT"


def test_what_was_not_sent_reaches_nobody(suppressed: SuppressionList) -> None:
    told(suppressed, "complaint")
    outbox = Outbox()
    receipts = Receipts(outbox, Faults(), lambda _body: None, suppressed)
    receipts.accepted(email())
    receipts.accepted(sms())
    receipts.release(NOON + timedelta(hours=1))
    assert [status for _, status in outbox] == [Outcome.BOUNCED, Outcome.DELIVERED]
