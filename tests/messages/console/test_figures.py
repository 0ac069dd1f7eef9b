"""Figures of the first page: yesterday in numbers, six weeks as bars."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import Count, DailyFigures, Row
from chalicelib.domain.facts import State
from chalicelib.messages.console.figures import HEIGHT, figures
from tests.builders import paris

NOW = paris("2019-05-10 10:00")
YESTERDAY = date(2019, 5, 9)
TALLY = DailyFigures(
    counted_at=paris("2019-05-10 04:00"),
    rows=(
        Row(day=YESTERDAY, count=Count.LEFT, channel=Channel.EMAIL, number=90),
        Row(day=YESTERDAY, count=Count.LEFT, channel=Channel.SMS, number=10),
        Row(day=YESTERDAY, count=Count.FAILED, channel=Channel.SMS, number=1),
        Row(day=YESTERDAY, count=Count.OPENED, channel=Channel.DESK, number=4),
        Row(day=date(2019, 5, 8), count=Count.LEFT, channel=Channel.EMAIL, number=50),
    ),
)


def test_yesterday_is_told_channel_by_channel() -> None:
    told = figures(TALLY, NOW)
    assert told
    assert list(told.columns) == ["partis", "arrivés", "en échec", "sans réponse"]
    assert told.yesterday == [("e-mail", [90, 0, 0, 0]), ("SMS", [10, 0, 1, 0])]
    assert told.opened == 4


def test_dossiers_are_counted_by_where_they_stand_in_the_order_of_the_procedure() -> None:
    told = figures(replace(TALLY, states={State.COLLECTED: 3, State.BOOKED: 12}), NOW)
    assert told
    assert told.states == [("Rendez-vous à confirmer", 12), ("Titre remis", 3)]


def test_six_weeks_end_yesterday_and_the_highest_bar_fills_the_drawing() -> None:
    told = figures(TALLY, NOW)
    assert told
    assert len(told.bars) == 42
    before, last = told.bars[-2:]
    assert (last.left, last.left_high, last.failed) == (100, HEIGHT, 1)
    assert before.left_high == HEIGHT // 2
    assert told.most == 100


def test_one_message_is_seen_and_none_is_not() -> None:
    told = figures(TALLY, NOW)
    assert told
    assert told.bars[-1].failed_high == 2
    assert told.bars[0].left_high == 0


def test_of_a_night_that_is_not_over_it_is_said_how_many_were_counted() -> None:
    told, so_far = (figures(replace(TALLY, dossiers=7, is_whole=w), NOW) for w in (True, False))
    assert told
    assert so_far
    assert (told.counted_so_far, so_far.counted_so_far) == (None, 7)


def test_what_nobody_counted_last_night_is_not_shown() -> None:
    assert figures(None, NOW) is None
    assert figures(replace(TALLY, counted_at=TALLY.counted_at - timedelta(days=1)), NOW) is None
