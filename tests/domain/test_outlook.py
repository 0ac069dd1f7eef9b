"""What the attempts on one channel let us expect, where the desk's data are not as shipped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Kind
from chalicelib.domain.outlook import GRACE, Course, Limits, Outlook, Stand, outlook
from tests.builders import DESK, a_notice, an_attempt, paris

DELAYS = DESK.terms_on(paris("2019-05-14 10:00").date()).delays
CARD = a_notice(Kind.CARD_READY, "2019-07-01")
CLAIMED = paris("2019-07-01 10:00")
HOUR = timedelta(hours=1)


def after(
    tries: Sequence[Attempt], now: datetime, deadline: datetime | None, unknown_minutes: int = 60
) -> Outlook:
    delays = replace(DELAYS, unknown_minutes=unknown_minutes)
    limits = Limits(delays=delays, deadline=deadline)
    return outlook(Course(tries=tries, number=len(tries) + 1, limits=limits, now=now), CLAIMED)


def lost_answers(count: int) -> list[Attempt]:
    return [
        an_attempt(CARD, Fate.UNKNOWN, "2019-07-01 10:00", attempt=n) for n in range(1, count + 1)
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
    expected = Outlook(stand=Stand.WAITING, at=CLAIMED + HOUR, since=CLAIMED, lost_at=lost_at)
    assert stands == expected


def test_three_lost_answers_are_enough_once_the_last_has_had_its_time() -> None:
    stands = after(lost_answers(3), CLAIMED + HOUR, None)
    assert (stands.stand, stands.at, stands.lost_at) == (
        Stand.SPENT,
        CLAIMED + HOUR,
        CLAIMED + HOUR,
    )


def test_an_unknown_one_is_tried_again_as_a_possible_duplicate() -> None:
    stands = after(lost_answers(2), CLAIMED, None)
    assert (stands.stand, stands.at, stands.attempt, stands.possible_duplicate) == (
        Stand.READY,
        CLAIMED + HOUR,
        3,
        True,
    )


def test_what_has_arrived_stands_there_since_it_did() -> None:
    arrived = an_attempt(CARD, Fate.DELIVERED, "2019-07-01 10:00")
    fate_at = arrived.fate_at
    assert after([arrived], CLAIMED + HOUR, None) == Outlook(
        stand=Stand.ARRIVED, at=fate_at, since=fate_at
    )


@pytest.mark.parametrize("hours", [1, 71])
def test_silence_is_waited_for_as_long_as_the_desk_says(hours: int) -> None:
    sms = an_attempt(replace(CARD, channel=Channel.SMS), Fate.ACCEPTED, "2019-07-01 10:00")
    stands = after([sms], CLAIMED + hours * HOUR, CLAIMED + 2 * HOUR)
    assert stands == Outlook(
        stand=Stand.WAITING,
        at=sms.fate_at + 72 * HOUR,
        since=sms.fate_at,
        lost_at=CLAIMED + 2 * HOUR,
    )


def test_what_stays_silent_is_spent_for_that_reason() -> None:
    mail = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Fate.ACCEPTED, "2019-07-01 10:00")
    silent_at = mail.fate_at + 24 * HOUR
    stands = after([mail], silent_at, None)
    assert (stands.stand, stands.at, stands.lost_at, stands.why) == (
        Stand.SPENT,
        silent_at,
        silent_at,
        "silent",
    )
