"""The figures of the first page: yesterday's, and the last weeks as bars with a table beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.daily_figures import Count, DailyFigures
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.facts import State
from chalicelib.messages.console.words import word
from chalicelib.messages.dates_in_words import day_in_words

#: Weeks that are shown, ending yesterday.
WEEKS = 6
#: Units of the drawing: a day is this wide, the highest bar this high.
WIDTH, HEIGHT = 14, 80


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One day: what left and what failed, in numbers and, of `HEIGHT`, in units."""

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
    most = max(1, *(max(left, failed) for _, left, failed in numbers))
    return [
        Bar(
            day=day_in_words(day, Language.FR),
            left=left,
            failed=failed,
            x=place * WIDTH,
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
