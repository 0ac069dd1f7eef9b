"""What the attempts on one channel let us expect, where the desk's data are not as shipped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, NextTry, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.retries import GRACE, History, Limits, Outlook, Standing, outlook
from tests.builders import DESK, a_notice, an_attempt, paris

DELAYS = DESK.terms_on(paris("2019-05-14 10:00").date()).delays
CARD = a_notice(Kind.CARD_READY, "2019-07-01")
CLAIMED = paris("2019-07-01 10:00")
HOUR = timedelta(hours=1)


def after(
    tries: Sequence[Attempt], now: datetime, deadline: datetime | None, unknown_minutes: int = 60
) -> Outlook:
    delays = replace(DELAYS, unknown_minutes=unknown_minutes)
    limits = Limits(delays=delays, deadline=deadline, sms_attempts=2)
    next_try = NextTry(attempt=len(tries) + 1)
    return outlook(History(tries=tries, next_try=next_try, limits=limits, now=now), CLAIMED)


def lost_answers(count: int) -> list[Attempt]:
    return [
        an_attempt(CARD, Status.UNKNOWN, "2019-07-01 10:00", attempt=n) for n in range(1, count + 1)
    ]


@pytest.mark.parametrize(
    ("deadline", "lost_at"),
    [
        (None, None),
        (CLAIMED - HOUR, CLAIMED + GRACE),
        (CLAIMED + HOUR / 2, CLAIMED + HOUR / 2),
    ],
)
def test_the_desk_does_not_wait_for_the_last_unknown_beyond_the_end(
    deadline: datetime | None, lost_at: datetime | None
) -> None:
    stands = after(lost_answers(3), CLAIMED + timedelta(minutes=59), deadline)
    expected = Outlook(stand=Standing.WAITING, at=CLAIMED + HOUR, since=CLAIMED, lost_at=lost_at)
    assert stands == expected


def test_three_lost_answers_are_enough_once_the_last_has_had_its_time() -> None:
    stands = after(lost_answers(3), CLAIMED + HOUR, None)
    assert (stands.stand, stands.at, stands.lost_at) == (
        Standing.SPENT,
        CLAIMED + HOUR,
        CLAIMED + HOUR,
    )


def test_an_unknown_one_is_tried_again_as_a_possible_duplicate() -> None:
    stands = after(lost_answers(2), CLAIMED, None)
    again = NextTry(attempt=3, possible_duplicate=True)
    assert (stands.stand, stands.at, stands.next_try) == (Standing.READY, CLAIMED + HOUR, again)


def test_what_has_arrived_stands_there_since_it_did() -> None:
    arrived = an_attempt(CARD, Status.DELIVERED, "2019-07-01 10:00")
    status_at = arrived.status_at
    assert after([arrived], CLAIMED + HOUR, None) == Outlook(
        stand=Standing.ARRIVED, at=status_at, since=status_at
    )


@pytest.mark.parametrize("hours", [1, 71])
def test_silence_is_waited_for_as_long_as_the_desk_says(hours: int) -> None:
    sms = an_attempt(replace(CARD, channel=Channel.SMS), Status.ACCEPTED, "2019-07-01 10:00")
    stands = after([sms], CLAIMED + hours * HOUR, CLAIMED + 2 * HOUR)
    assert stands == Outlook(
        stand=Standing.WAITING,
        at=sms.status_at + 72 * HOUR,
        since=sms.status_at,
        lost_at=CLAIMED + 2 * HOUR,
    )


def card_sms(status: Status, at: str, attempt: int = 1) -> Attempt:
    notice = replace(CARD, channel=Channel.SMS)
    return an_attempt(
        notice, status, at, attempt=attempt, failure_class=FailureClass.PASSING, reason="why"
    )


@pytest.mark.parametrize(
    ("failed_at", "again_at"),
    [
        ("2019-07-01 10:00", "2019-07-02 09:00"),
        ("2019-07-01 00:30", "2019-07-02 09:00"),
        ("2019-07-01 23:30", "2019-07-02 09:00"),
        ("2019-03-30 15:00", "2019-03-31 09:00"),  # the night that has no two o'clock
    ],
)
def test_a_phone_that_was_off_is_tried_again_when_text_messages_leave_the_next_day(
    failed_at: str, again_at: str
) -> None:
    failed = card_sms(Status.FAILED, failed_at)
    stands = after([failed], failed.status_at, None)
    assert (stands.stand, stands.at, stands.next_try.attempt, stands.why) == (
        Standing.READY,
        paris(again_at),
        2,
        "why",
    )


def test_how_many_days_later_is_for_the_desk_to_say() -> None:
    failed = card_sms(Status.FAILED, "2019-07-01 10:00")
    limits = Limits(delays=replace(DELAYS, sms_again_days=3), deadline=None, sms_attempts=2)
    history = History(
        tries=[failed], next_try=NextTry(attempt=2), limits=limits, now=failed.status_at
    )
    assert outlook(history, CLAIMED).at == paris("2019-07-04 09:00")


def test_the_desk_does_not_wait_for_the_phone_to_be_on_beyond_the_end() -> None:
    failed = card_sms(Status.FAILED, "2019-07-01 10:00")
    assert after([failed], CLAIMED, CLAIMED + HOUR).lost_at == CLAIMED + HOUR


def test_a_phone_that_was_off_twice_is_spent() -> None:
    tries = [
        card_sms(Status.FAILED, "2019-07-01 10:00"),
        card_sms(Status.FAILED, "2019-07-02 09:00", 2),
    ]
    stands = after(tries, tries[-1].status_at, None)
    assert (stands.stand, stands.lost_at) == (Standing.SPENT, tries[-1].status_at)


def test_a_text_message_that_stayed_silent_for_days_is_tried_again_at_once() -> None:
    silent = card_sms(Status.ACCEPTED, "2019-07-01 10:00")
    stands = after([silent], silent.status_at + 72 * HOUR, None)
    assert (stands.stand, stands.at) == (Standing.READY, silent.status_at + 72 * HOUR)


@pytest.mark.parametrize("failure_class", [FailureClass.PASSING, FailureClass.NOTHING])
def test_a_mail_that_came_back_for_now_is_tried_again_a_day_later(
    failure_class: FailureClass,
) -> None:
    back = an_attempt(CARD, Status.BOUNCED, "2019-07-01 10:00", failure_class=failure_class)
    stands = after([back], back.status_at, None)
    assert (stands.stand, stands.at) == (Standing.READY, back.status_at + 24 * HOUR)


def test_what_stays_silent_is_spent_for_that_reason() -> None:
    mail = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Status.ACCEPTED, "2019-07-01 10:00")
    silent_at = mail.status_at + 24 * HOUR
    stands = after([mail], silent_at, None)
    assert (stands.stand, stands.at, stands.lost_at, stands.why) == (
        Standing.SPENT,
        silent_at,
        silent_at,
        "silent",
    )
