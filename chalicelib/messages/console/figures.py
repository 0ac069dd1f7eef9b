"""Figures, as bars with a table beneath: on the first page yesterday's and the last six weeks,
and on a page of their own the weeks of each notice on each channel.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.daily_figures import WEEKS as WEEKS_COUNTED
from chalicelib.domain.daily_figures import Count, DailyFigures, WeekRow, first_of_weeks
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.facts import State
from chalicelib.domain.rules import kinds_where
from chalicelib.messages.console.words import word
from chalicelib.messages.dates_in_words import day_in_words
from chalicelib.messages.work import title_of

#: Weeks that are shown, ending yesterday.
WEEKS = 6
#: Units of the drawing: a day is this wide, the highest bar this high.
WIDTH, HEIGHT = 14, 80


#: A drawing is so wide, whatever number of weeks is in it.
WEEKS_WIDE = WIDTH * 7 * WEEKS
#: How many weeks can be asked for.
CHOICES = (4, 8, WEEKS_COUNTED)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day, or the week that begins on it: what left and what failed, in numbers and, of
    `HEIGHT`, in units.
    """

    day: str
    left: int
    failed: int
    x: int
    left_high: int
    failed_high: int


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the first page says in numbers; `yesterday` is a row a channel, in `columns`' order.

    `states` are where the dossiers stood last night, in the order of the procedure.
    """

    day: str
    columns: Sequence[str]
    yesterday: Sequence[tuple[str, Sequence[int]]]
    opened: int
    states: Sequence[tuple[str, int]]
    counted_so_far: int | None
    bars: Sequence[Bar]
    most: int


def figures(figures: DailyFigures | None, now: datetime) -> Figures | None:
    """The figures up to yesterday; None when nobody has counted last night."""
    if figures is None or paris_day(figures.counted_at) != paris_day(now):
        return None
    day = paris_day(now) - timedelta(days=1)
    counts = [count for count in Count if count is not Count.OPENED]
    bars = _bars(figures, day)
    return Figures(
        day=day_in_words(day, Language.FR),
        columns=[word("counts", count) for count in counts],
        yesterday=[
            (
                word("channels", channel),
                [figures.total(count, channel, day, day) for count in counts],
            )
            for channel in TO_STUDENTS
        ],
        opened=figures.total(Count.OPENED, Channel.DESK, day, day),
        states=[
            (word("states", state), figures.states[state])
            for state in State
            if state in figures.states
        ],
        counted_so_far=figures.counted_so_far,
        bars=bars,
        most=max(max(bar.left, bar.failed) for bar in bars),
    )


def _bars(figures: DailyFigures, last: date) -> Sequence[Bar]:
    days = [last - timedelta(days=ago) for ago in reversed(range(7 * WEEKS))]
    numbers = [
        (day, _on(figures, Count.LEFT, day), _on(figures, Count.FAILED, day)) for day in days
    ]
    return _drawn(numbers, WIDTH)


def _drawn(numbers: Sequence[tuple[date, int, int]], width: int) -> Sequence[Bar]:
    most = max(1, *(max(left, failed) for _, left, failed in numbers))
    return [
        Bar(
            day=day_in_words(day, Language.FR),
            left=left,
            failed=failed,
            x=place * width,
            left_high=_high(left, most),
            failed_high=_high(failed, most),
        )
        for place, (day, left, failed) in enumerate(numbers)
    ]


def _on(figures: DailyFigures, count: Count, day: date) -> int:
    return sum(figures.total(count, channel, day, day) for channel in TO_STUDENTS)


def _high(number: int, most: int) -> int:
    """One message is seen beside a thousand."""
    return max(2, round(HEIGHT * number / most)) if number else 0


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What left and what failed on one channel, week by week, and the numbers of each week."""

    channel: str
    bars: Sequence[Bar]
    rows: Sequence[tuple[str, Sequence[int]]]
    total: Sequence[int]
    most: int


@dataclass(frozen=True, kw_only=True)
class NoticeFigures:
    """The weeks up to this one, by notice and channel; of one notice, if that was asked for.

    `notices` are the rows of the table: a notice, a channel, and its numbers in `columns`' order.
    The last week is not over, and goes to `until`.
    """

    weeks: int
    kind: Kind | None
    since: str
    until: str
    wide: int
    columns: Sequence[str]
    drawings: Sequence[Drawing]
    notices: Sequence[tuple[str, str, Sequence[int]]]
    counted_so_far: int | None


#: What is counted of a message, in the order of the columns.
COUNTS = tuple(count for count in Count if count is not Count.OPENED)

#: What a student can be sent, in the order of the procedure.
NOTICES = tuple(
    kind
    for kind in Kind
    if kind in kinds_where(lambda rule: not set(TO_STUDENTS).isdisjoint(rule.channels))
)


def notice_figures(
    figures: DailyFigures | None, now: datetime, weeks: int, kind: Kind | None
) -> NoticeFigures | None:
    """The weeks up to yesterday; None when nobody has counted last night."""
    if figures is None or paris_day(figures.counted_at) != paris_day(now):
        return None
    rows = week_rows(figures, now, weeks)
    shown = [row for row in rows if kind in {None, row.kind}]
    wide = WEEKS_WIDE // weeks
    return NoticeFigures(
        weeks=weeks,
        kind=kind,
        since=day_in_words(first_of_weeks(paris_day(now), weeks), Language.FR),
        until=day_in_words(paris_day(now) - timedelta(days=1), Language.FR),
        wide=wide,
        columns=[word("counts", count) for count in COUNTS],
        drawings=[
            _drawing(channel, [row for row in shown if row.channel is channel], now, weeks)
            for channel in TO_STUDENTS
        ],
        notices=[
            (title_of(one), word("channels", channel), numbers)
            for one in NOTICES
            for channel in TO_STUDENTS
            if any(numbers := _sum(r for r in rows if (r.kind, r.channel) == (one, channel)))
        ],
        counted_so_far=figures.counted_so_far,
    )


def week_rows(figures: DailyFigures, now: datetime, weeks: int) -> Sequence[WeekRow]:
    """The rows of the last so many weeks, oldest first."""
    first = first_of_weeks(paris_day(now), weeks)
    return [row for row in figures.weeks if row.week >= first]


def numbers_of(numbers: Mapping[Count, int]) -> Sequence[int]:
    """In the order of the columns."""
    return [numbers.get(count, 0) for count in COUNTS]


def _drawing(channel: Channel, rows: Sequence[WeekRow], now: datetime, weeks: int) -> Drawing:
    first = first_of_weeks(paris_day(now), weeks)
    mondays = [first + timedelta(weeks=n) for n in range(weeks)]
    each = [(monday, _sum(row for row in rows if row.week == monday)) for monday in mondays]
    left, failed = COUNTS.index(Count.LEFT), COUNTS.index(Count.FAILED)
    bars = _drawn([(day, n[left], n[failed]) for day, n in each], WEEKS_WIDE // weeks)
    return Drawing(
        channel=word("messages", channel),
        bars=bars,
        rows=[(day_in_words(day, Language.FR), numbers) for day, numbers in each],
        total=_sum(rows),
        most=max(max(bar.left, bar.failed) for bar in bars),
    )


def _sum(rows: Iterable[WeekRow]) -> Sequence[int]:
    total = Counter[Count]()
    for row in rows:
        total.update(row.numbers)
    return numbers_of(total)
