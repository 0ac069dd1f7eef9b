"""How one word of a provider follows another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import (
    SOFTEST_FIRST,
    Attempt,
    DeliveryReport,
    FailureClass,
    Kind,
    Status,
    settled,
)
from chalicelib.domain.contact import Channel
from tests.builders import DOSSIER, a_notice, an_attempt, paris

NOTICE = a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS)
CLAIMED = paris("2019-07-01 15:01")
NOW = paris("2019-07-01 15:06")
AUTOMATIC, TAKEN_BACK = (
    (Status.BOUNCED, FailureClass.NOTHING),
    (Status.DELIVERED, FailureClass.NOTHING),
)


def report(
    status: Status,
    failure_class: FailureClass | None = FailureClass.PASSING,
    at: str = "15:05",
    reason: str = "why",
) -> DeliveryReport:
    return DeliveryReport(
        dossier_id=DOSSIER,
        notice=NOTICE,
        attempt=1,
        status=status,
        at=paris(f"2019-07-01 {at}"),
        receipt_id="r",
        message_id="m",
        reason=reason,
        failure_class=failure_class,
    )


def told(*reports: DeliveryReport, first: Status = Status.CLAIMED) -> Attempt:
    """A claim of 15:01 after all of these words, which came in at 15:06."""
    attempt = an_attempt(NOTICE, first, "2019-07-01 15:01", failure_class=None)
    for one in reports:
        attempt = settled(attempt, one, NOW)
    return attempt


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Status.CLAIMED, Status.ACCEPTED, Status.ACCEPTED),
        (Status.CLAIMED, Status.DELIVERED, Status.DELIVERED),  # the receipt before our own mark
        (Status.UNKNOWN, Status.ACCEPTED, Status.ACCEPTED),
        (Status.POSTPONED, Status.DELIVERED, Status.DELIVERED),
        (Status.ACCEPTED, Status.FAILED, Status.FAILED),
        (Status.DELIVERED, Status.ACCEPTED, Status.DELIVERED),  # out of order
        (Status.DELIVERED, Status.BOUNCED, Status.BOUNCED),  # mail can come back after delivery
        (Status.DELIVERED, Status.FAILED, Status.DELIVERED),
        (Status.DELIVERED, Status.COMPLAINED, Status.COMPLAINED),
        (Status.FAILED, Status.DELIVERED, Status.DELIVERED),  # the carrier changed its mind
        (Status.BOUNCED, Status.DELIVERED, Status.BOUNCED),
        (Status.COMPLAINED, Status.BOUNCED, Status.COMPLAINED),
        (Status.OPEN, Status.DELIVERED, Status.OPEN),
        (Status.CLOSED, Status.DELIVERED, Status.CLOSED),
    ],
)
def test_the_harder_word_counts(before: Status, said: Status, after: Status) -> None:
    attempt = an_attempt(NOTICE, before, "2019-07-01 15:01")
    assert settled(attempt, report(said), NOW).status is after


@pytest.mark.parametrize(
    ("first", "then", "failure_class"),
    [
        (FailureClass.PASSING, FailureClass.ADDRESS, FailureClass.ADDRESS),
        (FailureClass.PASSING, FailureClass.MESSAGE, FailureClass.MESSAGE),
        (FailureClass.MESSAGE, FailureClass.ADDRESS, FailureClass.ADDRESS),
        (FailureClass.ADDRESS, FailureClass.PASSING, FailureClass.ADDRESS),
        (FailureClass.MESSAGE, FailureClass.PASSING, FailureClass.MESSAGE),
    ],
)
@pytest.mark.parametrize("status", [Status.BOUNCED, Status.FAILED])
def test_what_a_failure_is_about_becomes_worse_and_never_better(
    status: Status, first: FailureClass, then: FailureClass, failure_class: FailureClass
) -> None:
    assert told(report(status, first), report(status, then)).failure_class is failure_class


@pytest.mark.parametrize("failure_class", [FailureClass.PASSING, FailureClass.NOTHING])
def test_an_automatic_answer_is_a_passing_bounce_until_a_delivery_is_known(
    failure_class: FailureClass,
) -> None:
    alone = told(report(Status.ACCEPTED), report(Status.BOUNCED, failure_class))
    assert (alone.status, alone.reason) == (Status.BOUNCED, "why")


def test_an_automatic_answer_undoes_no_delivery_whichever_is_heard_first() -> None:
    delivery, answer = report(Status.DELIVERED, None), report(*AUTOMATIC)
    assert told(delivery, answer).status is Status.DELIVERED
    assert told(answer, delivery).status is Status.DELIVERED


@pytest.mark.parametrize(
    ("complaint", "correction", "status"),
    [
        ("15:03", "15:04", Status.DELIVERED),
        ("15:04", "15:04", Status.DELIVERED),
        ("15:04", "15:03", Status.COMPLAINED),  # called unwanted once more
    ],
)
def test_a_complaint_is_taken_back_by_what_was_said_after_it(
    complaint: str, correction: str, status: Status
) -> None:
    words = [report(Status.COMPLAINED, None, complaint), report(*TAKEN_BACK, correction)]
    assert told(*words).status is status
    assert told(*reversed(words)).status is status


def test_not_spam_without_a_complaint_is_a_delivery() -> None:
    assert told(report(*TAKEN_BACK)).status is Status.DELIVERED


@pytest.mark.parametrize(
    ("at", "status_at"),
    [
        ("2019-07-01 15:05", "2019-07-01 15:05"),
        ("2099-01-01 00:00", "2019-07-01 15:06"),  # not after we heard of it
        ("1999-01-01 00:00", "2019-07-01 15:01"),  # nor before we claimed it
    ],
)
def test_a_provider_s_clock_is_held_against_our_own(at: str, status_at: str) -> None:
    after = told(replace(report(Status.BOUNCED, FailureClass.ADDRESS), at=paris(at)))
    assert (after.status_at, after.learnt_at) == (paris(status_at), NOW)


@pytest.mark.parametrize(("before", "said"), list(product(Status, Status)))
def test_the_same_report_twice_is_the_same_report_once(before: Status, said: Status) -> None:
    once = settled(an_attempt(NOTICE, before, "2019-07-01 15:01"), report(said), NOW)
    assert settled(once, report(said), NOW) == once


WORDS = st.builds(
    lambda word, minute, reason: report(word[0], word[1], f"15:{minute:02}", reason),
    st.sampled_from([word for words in SOFTEST_FIRST[1:] for word in words]),
    st.integers(0, 9),
    st.sampled_from(["one", "another"]),
)


@given(words=st.lists(WORDS, max_size=6), data=st.data())
def test_every_order_of_a_provider_s_words_ends_in_the_same(
    words: Sequence[DeliveryReport], data: st.DataObject
) -> None:
    one, other = told(*words), told(*data.draw(st.permutations(words)))
    if one.status is Status.ACCEPTED:  # its instant is our own: when we first knew it
        one, other = (replace(a, status_at=NOW, reason="") for a in (one, other))
    assert one == other


@given(words=st.lists(WORDS, min_size=1, max_size=6))
def test_no_instant_of_a_provider_leads_outside_of_what_we_saw(
    words: Sequence[DeliveryReport],
) -> None:
    assert CLAIMED <= told(*words).status_at <= NOW


def test_a_settled_attempt_keeps_what_the_provider_said() -> None:
    claimed = an_attempt(
        NOTICE, Status.CLAIMED, "2019-07-01 15:01", until=NOW + timedelta(minutes=1), message_id=""
    )
    after = settled(claimed, report(Status.FAILED), NOW)
    assert (after.reason, after.failure_class, after.until, after.message_id) == (
        "why",
        FailureClass.PASSING,
        None,
        "m",
    )
    assert after.status_at == paris("2019-07-01 15:05")
