"""What the days came to, counted from the ledgers."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Kind, Notice
from chalicelib.domain.tally import DAYS, Count, Counted, Row, count_ledger, tally
from tests.builders import paris

NOW = paris("2019-05-14 04:00")
YESTERDAY, BEFORE = date(2019, 5, 13), date(2019, 5, 12)
EMAIL, DESK = Channel.EMAIL, Channel.DESK


def an_attempt(fate: Fate, channel: Channel = EMAIL, days_between: int = 0) -> Attempt:
    """Claimed before yesterday's midnight, and settled so many days later."""
    claimed = paris("2019-05-12 23:59")
    notice = Notice(kind=Kind.CONVOCATION, occasion="s", channel=channel)
    settled = claimed + timedelta(days=days_between)
    return Attempt(notice=notice, fate=fate, claimed_at=claimed, fate_at=settled)


def counted(*ledger: Attempt) -> dict[tuple[date, Count, Channel], int]:
    found = Counted()
    count_ledger(found, ledger, NOW)
    return dict(found)


@pytest.mark.parametrize(
    ("fate", "counts"),
    [
        (Fate.CLAIMED, {}),
        (Fate.POSTPONED, {}),
        (Fate.ACCEPTED, {(BEFORE, Count.LEFT): 1}),
        (Fate.UNKNOWN, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.UNKNOWN): 1}),
        (Fate.DELIVERED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.ARRIVED): 1}),
        (Fate.BOUNCED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.FAILED): 1}),
        (Fate.COMPLAINED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.FAILED): 1}),
        (Fate.FAILED, {(YESTERDAY, Count.FAILED): 1}),
    ],
)
def test_a_message_counts_on_the_day_it_left_and_on_the_day_it_ended(
    fate: Fate, counts: dict[tuple[date, Count], int]
) -> None:
    wanted = {(day, count, EMAIL): n for (day, count), n in counts.items()}
    assert counted(an_attempt(fate, days_between=1)) == wanted


@pytest.mark.parametrize("fate", [Fate.OPEN, Fate.CLOSED])
def test_a_desk_notice_counts_on_the_day_it_was_opened_whatever_became_of_it(fate: Fate) -> None:
    assert counted(an_attempt(fate, DESK, days_between=1)) == {(BEFORE, Count.OPENED, DESK): 1}


def test_what_is_long_past_is_not_counted_any_more() -> None:
    found = Counted()
    count_ledger(found, [an_attempt(Fate.ACCEPTED)], NOW + timedelta(days=DAYS - 2))
    assert len(found) == 1
    count_ledger(found, [an_attempt(Fate.ACCEPTED)], NOW + timedelta(days=DAYS))
    assert sum(found.values()) == 1


def test_ledgers_add_up_and_days_too() -> None:
    found = Counted()
    for _ in range(3):
        count_ledger(found, [an_attempt(Fate.DELIVERED, days_between=1)], NOW)
    whole = tally(found, NOW)
    assert whole.rows == (
        Row(day=BEFORE, count=Count.LEFT, channel=EMAIL, number=3),
        Row(day=YESTERDAY, count=Count.ARRIVED, channel=EMAIL, number=3),
    )
    assert whole.total(Count.LEFT, EMAIL, BEFORE, YESTERDAY) == 3
    assert whole.total(Count.LEFT, EMAIL, YESTERDAY, YESTERDAY) == 0
    assert whole.total(Count.ARRIVED, EMAIL, BEFORE, BEFORE) == 0
    assert whole.total(Count.ARRIVED, Channel.SMS, BEFORE, YESTERDAY) == 0
