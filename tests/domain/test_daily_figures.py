"""What the days came to, counted from the ledgers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import (
    DAYS,
    WEEKS,
    Count,
    Counted,
    DailyFigures,
    Row,
    WeekRow,
    count_events,
    count_ledger,
    counted_in,
    is_hidden_by,
    with_counted,
)
from chalicelib.domain.desk_calendar import Feed
from chalicelib.domain.facts import State
from tests.builders import paris, selected

NOW = paris("2019-05-14 04:00")
YESTERDAY, BEFORE = date(2019, 5, 13), date(2019, 5, 12)
EMAIL, DESK = Channel.EMAIL, Channel.DESK


def an_attempt(status: Status, channel: Channel = EMAIL, days_between: int = 0) -> Attempt:
    """Claimed before yesterday's midnight, and settled so many days later."""
    claimed = paris("2019-05-12 23:59")
    notice = Notice(kind=Kind.CONVOCATION, occasion="s", channel=channel)
    settled = claimed + timedelta(days=days_between)
    return Attempt(notice=notice, status=status, claimed_at=claimed, status_at=settled)


def test_each_dossier_counts_where_it_stands() -> None:
    figures = DailyFigures(counted_at=NOW)
    for state in (State.BOOKED, State.COLLECTED, State.BOOKED):
        figures = figures.with_one(state)
    assert (figures.dossiers, figures.states) == (3, {State.BOOKED: 2, State.COLLECTED: 1})


def counted(*ledger: Attempt) -> dict[tuple[date, Count, Channel], int]:
    found = Counted()
    count_ledger(found, ledger, NOW)
    return dict(found.days)


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (Status.CLAIMED, {}),
        (Status.POSTPONED, {}),
        (Status.ACCEPTED, {(BEFORE, Count.LEFT): 1}),
        (Status.UNKNOWN, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.UNKNOWN): 1}),
        (Status.DELIVERED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.ARRIVED): 1}),
        (Status.BOUNCED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.FAILED): 1}),
        (Status.COMPLAINED, {(BEFORE, Count.LEFT): 1, (YESTERDAY, Count.FAILED): 1}),
        (Status.FAILED, {(YESTERDAY, Count.FAILED): 1}),
    ],
)
def test_a_message_counts_on_the_day_it_left_and_on_the_day_it_ended(
    status: Status, counts: dict[tuple[date, Count], int]
) -> None:
    wanted = {(day, count, EMAIL): n for (day, count), n in counts.items()}
    assert counted(an_attempt(status, days_between=1)) == wanted


@pytest.mark.parametrize("status", [Status.OPEN, Status.CLOSED])
def test_a_desk_notice_counts_on_the_day_it_was_opened_whatever_became_of_it(
    status: Status,
) -> None:
    assert counted(an_attempt(status, DESK, days_between=1)) == {(BEFORE, Count.OPENED, DESK): 1}


def test_what_is_long_past_is_not_counted_any_more() -> None:
    found = Counted()
    count_ledger(found, [an_attempt(Status.ACCEPTED)], NOW + timedelta(days=DAYS - 2))
    assert len(found.days) == 1
    count_ledger(found, [an_attempt(Status.ACCEPTED)], NOW + timedelta(days=DAYS))
    assert sum(found.days.values()) == 1


def test_ledgers_add_up_and_days_too() -> None:
    found = Counted()
    for _ in range(3):
        count_ledger(found, [an_attempt(Status.DELIVERED, days_between=1)], NOW)
    whole = with_counted(DailyFigures(counted_at=NOW), found)
    assert counted_in(whole) == found
    assert whole.rows == (
        Row(day=BEFORE, count=Count.LEFT, channel=EMAIL, number=3),
        Row(day=YESTERDAY, count=Count.ARRIVED, channel=EMAIL, number=3),
    )
    assert whole.total(Count.LEFT, EMAIL, BEFORE, YESTERDAY) == 3
    assert whole.total(Count.LEFT, EMAIL, YESTERDAY, YESTERDAY) == 0
    assert whole.total(Count.ARRIVED, EMAIL, BEFORE, BEFORE) == 0
    assert whole.total(Count.ARRIVED, Channel.SMS, BEFORE, YESTERDAY) == 0


def test_of_each_feed_the_last_word_counts_whatever_dossier_is_read_last() -> None:
    found, *days = Counted(), "2019-05-06 10:00", "2019-05-07 10:00", "2019-05-01 10:00"
    for day in days:
        count_events(found, [selected(day, received_at=paris(day))])
    figures = with_counted(DailyFigures(counted_at=paris("2019-05-13 04:00")), found)
    assert figures.heard == {Feed.BOOKING: paris("2019-05-07 10:00")}
    assert counted_in(figures) == found
    [silence] = figures.silences(load("grenoble"))
    assert (silence.since, silence.open_hours) == (paris("2019-05-07 10:00"), 23)
    assert replace(figures, is_whole=False).silences(load("grenoble")) == ()


@pytest.mark.parametrize(
    ("days_later", "is_whole", "was_whole", "is_hidden"),
    [
        (0, True, True, False),
        (0, True, False, False),
        (0, False, False, False),
        (0, False, True, True),  # some of the same day say less than all
        (1, False, True, False),  # yesterday's are shown to nobody any more
        (-1, True, False, True),  # of a night that goes on a day late
    ],
)
def test_figures_take_the_place_of_those_that_say_less(
    days_later: int, is_whole: bool, was_whole: bool, is_hidden: bool
) -> None:
    kept = DailyFigures(counted_at=NOW, is_whole=was_whole)
    new = DailyFigures(counted_at=NOW + timedelta(days=days_later), is_whole=is_whole)
    assert is_hidden_by(new, kept) is is_hidden
    assert not is_hidden_by(new, None)


def test_a_week_says_of_each_notice_and_channel_what_its_days_say() -> None:
    found = Counted()
    statuses = (Status.DELIVERED, Status.FAILED, Status.UNKNOWN, Status.POSTPONED)
    count_ledger(found, [an_attempt(status) for status in statuses], NOW)
    count_ledger(found, [an_attempt(Status.OPEN, DESK)], NOW)
    figures = with_counted(DailyFigures(counted_at=NOW), found)
    assert figures.weeks == (
        WeekRow(
            week=date(2019, 5, 6),
            kind=Kind.CONVOCATION,
            channel=EMAIL,
            numbers={Count.LEFT: 2, Count.ARRIVED: 1, Count.FAILED: 1, Count.UNKNOWN: 1},
        ),
    )
    for count, number in figures.weeks[0].numbers.items():
        assert figures.total(count, EMAIL, date(2019, 5, 6), date(2019, 5, 12)) == number


@pytest.mark.parametrize(("weeks_later", "is_counted"), [(WEEKS - 1, True), (WEEKS, False)])
def test_a_week_is_counted_whole_or_not_at_all(weeks_later: int, is_counted: bool) -> None:
    found = Counted()
    monday = paris("2019-05-06 00:30") + timedelta(weeks=weeks_later)
    count_ledger(found, [an_attempt(Status.ACCEPTED)], monday)
    assert bool(found.weeks) is is_counted


def test_no_shipped_desk_forgets_what_its_weeks_still_count() -> None:
    for name in ("grenoble", "montrevel"):
        for terms in load(name).terms:
            assert terms.retention.finished_months * 28 >= (WEEKS - 1) * 7 + 6


@pytest.mark.parametrize(
    ("is_whole", "hours", "late"),
    [(True, 1, 0), (True, 24, 0), (True, 27, 3), (False, 0, 0), (False, 3, 3)],
)
def test_a_night_is_late_that_is_not_whole_or_has_not_begun_a_day_later(
    is_whole: bool, hours: int, late: int
) -> None:
    began = paris("2019-05-14 04:00")
    figures = DailyFigures(counted_at=began, is_whole=is_whole)
    assert figures.late(began + timedelta(hours=hours)) == timedelta(hours=late)
