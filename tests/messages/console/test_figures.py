"""Figures of the first page: yesterday in numbers, six weeks as bars."""

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.daily_figures import Count, DailyFigures, Row, WeekRow
from chalicelib.domain.facts import State
from chalicelib.messages.console.figures import HEIGHT, WEEKS_WIDE, figures, notice_figures
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
    assert list(told.columns) == ["partis", "arrivés", "en échec", "peut-être partis"]
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


def a_week(week: date, kind: Kind, channel: Channel, left: int, failed: int = 0) -> WeekRow:
    return WeekRow(
        week=week, kind=kind, channel=channel, numbers={Count.LEFT: left, Count.FAILED: failed}
    )


THIS, LAST, OLD = date(2019, 5, 6), date(2019, 4, 29), date(2019, 4, 8)
WEEKLY = replace(
    TALLY,
    weeks=(
        a_week(OLD, Kind.CONVOCATION, Channel.EMAIL, 1_000),
        a_week(LAST, Kind.CONVOCATION, Channel.EMAIL, 40, 2),
        a_week(LAST, Kind.CARD_READY, Channel.SMS, 10),
        a_week(THIS, Kind.CONVOCATION, Channel.EMAIL, 20),
        a_week(THIS, Kind.CARD_READY, Channel.EMAIL, 5),
    ),
)


def test_each_notice_on_each_channel_is_summed_over_the_weeks_that_are_asked_for() -> None:
    told = notice_figures(WEEKLY, NOW, 4, None)
    assert told
    assert [(channel, list(n)) for _, channel, n in told.notices] == [
        ("e-mail", [60, 0, 2, 0]),
        ("e-mail", [5, 0, 0, 0]),
        ("SMS", [10, 0, 0, 0]),
    ]
    longer = notice_figures(WEEKLY, NOW, 8, None)
    assert longer
    assert list(longer.notices[0][2]) == [1_060, 0, 2, 0]


def test_weeks_are_drawn_channel_by_channel_as_wide_whatever_their_number() -> None:
    for weeks in (4, 12):
        told = notice_figures(WEEKLY, NOW, weeks, None)
        assert told
        email, sms = told.drawings
        assert (len(email.bars), len(sms.bars), told.wide * weeks) == (weeks, weeks, WEEKS_WIDE)
        assert [(bar.left, bar.failed) for bar in email.bars[-2:]] == [(40, 2), (25, 0)]
        assert [bar.left for bar in sms.bars[-2:]] == [10, 0]


def test_of_one_notice_only_its_own_is_drawn_and_the_table_stays() -> None:
    told = notice_figures(WEEKLY, NOW, 4, Kind.CARD_READY)
    assert told
    email, sms = told.drawings
    assert [list(drawing.total) for drawing in (email, sms)] == [[5, 0, 0, 0], [10, 0, 0, 0]]
    week, numbers = email.rows[-1]
    assert (week, list(numbers)) == ("lundi 6\N{NO-BREAK SPACE}mai 2019", [5, 0, 0, 0])
    assert len(told.notices) == 3


def test_weeks_that_nobody_counted_last_night_are_not_shown() -> None:
    assert notice_figures(None, NOW, 4, None) is None
    assert notice_figures(WEEKLY, NOW + timedelta(days=1), 4, None) is None
