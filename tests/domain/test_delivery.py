"""How one word of a provider follows another."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import (
    SOFTEST_FIRST,
    Attempt,
    Blame,
    DeliveryReport,
    Fate,
    Kind,
    settled,
)
from tests.builders import DOSSIER, a_notice, an_attempt, paris

NOTICE = a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS)
CLAIMED = paris("2019-07-01 15:01")
NOW = paris("2019-07-01 15:06")
AUTOMATIC, TAKEN_BACK = (Fate.BOUNCED, Blame.NOTHING), (Fate.DELIVERED, Blame.NOTHING)


def report(
    fate: Fate, blame: Blame | None = Blame.PASSING, at: str = "15:05", reason: str = "why"
) -> DeliveryReport:
    return DeliveryReport(
        dossier_id=DOSSIER,
        notice=NOTICE,
        attempt=1,
        fate=fate,
        at=paris(f"2019-07-01 {at}"),
        receipt_id="r",
        message_id="m",
        reason=reason,
        blame=blame,
    )


def told(*reports: DeliveryReport, first: Fate = Fate.CLAIMED) -> Attempt:
    """A claim of 15:01 after all of these words, which came in at 15:06."""
    attempt = an_attempt(NOTICE, first, "2019-07-01 15:01", blame=None)
    for one in reports:
        attempt = settled(attempt, one, NOW)
    return attempt


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Fate.CLAIMED, Fate.ACCEPTED, Fate.ACCEPTED),
        (Fate.CLAIMED, Fate.DELIVERED, Fate.DELIVERED),  # the receipt before our own mark
        (Fate.UNKNOWN, Fate.ACCEPTED, Fate.ACCEPTED),
        (Fate.POSTPONED, Fate.DELIVERED, Fate.DELIVERED),
        (Fate.ACCEPTED, Fate.FAILED, Fate.FAILED),
        (Fate.DELIVERED, Fate.ACCEPTED, Fate.DELIVERED),  # out of order
        (Fate.DELIVERED, Fate.BOUNCED, Fate.BOUNCED),  # mail can come back after delivery
        (Fate.DELIVERED, Fate.FAILED, Fate.DELIVERED),
        (Fate.DELIVERED, Fate.COMPLAINED, Fate.COMPLAINED),
        (Fate.FAILED, Fate.DELIVERED, Fate.DELIVERED),  # the carrier changed its mind
        (Fate.BOUNCED, Fate.DELIVERED, Fate.BOUNCED),
        (Fate.COMPLAINED, Fate.BOUNCED, Fate.COMPLAINED),
        (Fate.OPEN, Fate.DELIVERED, Fate.OPEN),
        (Fate.CLOSED, Fate.DELIVERED, Fate.CLOSED),
    ],
)
def test_the_harder_word_counts(before: Fate, said: Fate, after: Fate) -> None:
    attempt = an_attempt(NOTICE, before, "2019-07-01 15:01")
    assert settled(attempt, report(said), NOW).fate is after


@pytest.mark.parametrize(
    ("first", "then", "blame"),
    [
        (Blame.PASSING, Blame.ADDRESS, Blame.ADDRESS),
        (Blame.PASSING, Blame.MESSAGE, Blame.MESSAGE),
        (Blame.MESSAGE, Blame.ADDRESS, Blame.ADDRESS),
        (Blame.ADDRESS, Blame.PASSING, Blame.ADDRESS),
        (Blame.MESSAGE, Blame.PASSING, Blame.MESSAGE),
    ],
)
@pytest.mark.parametrize("fate", [Fate.BOUNCED, Fate.FAILED])
def test_what_a_failure_is_about_becomes_worse_and_never_better(
    fate: Fate, first: Blame, then: Blame, blame: Blame
) -> None:
    assert told(report(fate, first), report(fate, then)).blame is blame


@pytest.mark.parametrize("blame", [Blame.PASSING, Blame.NOTHING])
def test_an_automatic_answer_is_a_passing_bounce_until_a_delivery_is_known(blame: Blame) -> None:
    alone = told(report(Fate.ACCEPTED), report(Fate.BOUNCED, blame))
    assert (alone.fate, alone.reason) == (Fate.BOUNCED, "why")


def test_an_automatic_answer_undoes_no_delivery_whichever_is_heard_first() -> None:
    delivery, answer = report(Fate.DELIVERED, None), report(*AUTOMATIC)
    assert told(delivery, answer).fate is Fate.DELIVERED
    assert told(answer, delivery).fate is Fate.DELIVERED


@pytest.mark.parametrize(
    ("complaint", "correction", "fate"),
    [
        ("15:03", "15:04", Fate.DELIVERED),
        ("15:04", "15:04", Fate.DELIVERED),
        ("15:04", "15:03", Fate.COMPLAINED),  # called unwanted once more
    ],
)
def test_a_complaint_is_taken_back_by_what_was_said_after_it(
    complaint: str, correction: str, fate: Fate
) -> None:
    words = [report(Fate.COMPLAINED, None, complaint), report(*TAKEN_BACK, correction)]
    assert told(*words).fate is fate
    assert told(*reversed(words)).fate is fate


def test_not_spam_without_a_complaint_is_a_delivery() -> None:
    assert told(report(*TAKEN_BACK)).fate is Fate.DELIVERED


@pytest.mark.parametrize(
    ("at", "fate_at"),
    [
        ("2019-07-01 15:05", "2019-07-01 15:05"),
        ("2099-01-01 00:00", "2019-07-01 15:06"),  # not after we heard of it
        ("1999-01-01 00:00", "2019-07-01 15:01"),  # nor before we claimed it
    ],
)
def test_a_provider_s_clock_is_held_against_our_own(at: str, fate_at: str) -> None:
    after = told(replace(report(Fate.BOUNCED, Blame.ADDRESS), at=paris(at)))
    assert (after.fate_at, after.learnt_at) == (paris(fate_at), NOW)


@pytest.mark.parametrize(("before", "said"), list(product(Fate, Fate)))
def test_the_same_report_twice_is_the_same_report_once(before: Fate, said: Fate) -> None:
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
    if one.fate is Fate.ACCEPTED:  # its instant is our own: when we first knew it
        one, other = (replace(a, fate_at=NOW, reason="") for a in (one, other))
    assert one == other


@given(words=st.lists(WORDS, min_size=1, max_size=6))
def test_no_instant_of_a_provider_leads_outside_of_what_we_saw(
    words: Sequence[DeliveryReport],
) -> None:
    assert CLAIMED <= told(*words).fate_at <= NOW


def test_a_settled_attempt_keeps_what_the_provider_said() -> None:
    claimed = an_attempt(
        NOTICE, Fate.CLAIMED, "2019-07-01 15:01", until=NOW + timedelta(minutes=1), message_id=""
    )
    after = settled(claimed, report(Fate.FAILED), NOW)
    assert (after.reason, after.blame, after.until, after.message_id) == (
        "why",
        Blame.PASSING,
        None,
        "m",
    )
    assert after.fate_at == paris("2019-07-01 15:05")
