"""What the days came to, counted from the ledgers: how much left, arrived, failed, was opened; and
the weeks, for each notice on each channel.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, Feed, paris_day
from chalicelib.domain.events import Event
from chalicelib.domain.facts import State
from chalicelib.domain.feeds import Silence, feed_of, silences

#: As many days are counted anew each night: the six weeks that the desk looks back on, which is
#: more than it is ever closed in a row.
DAYS = 42

#: As many weeks are counted by notice, this one included: no longer than any dossier is kept after
#: its end (`finished_months`), so that none is missing from the first of them.
WEEKS = 12


class Count(StrEnum):
    """What is counted of a day."""

    LEFT = "left"  #: a provider took it, or may have
    ARRIVED = "arrived"
    FAILED = "failed"  #: refused, returned, or called unwanted
    UNKNOWN = "unknown"  #: nobody knows yet whether it left
    OPENED = "opened"  #: put on the desk's work list


@dataclass(frozen=True, kw_only=True, order=True)
class Row:
    """How many of one kind on one channel, on one Paris day."""

    day: date
    count: Count
    channel: Channel
    number: int


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """How many messages of one kind on one channel, in the week that begins on this Monday."""

    week: date
    kind: Kind
    channel: Channel
    numbers: Mapping[Count, int]


@dataclass(frozen=True, kw_only=True)
class DailyFigures:
    """The rows of the last days, as one night counts them; `counted_at` is when it began. In
    `weeks` are the same messages by what they say.

    `dossiers` is of how many they are, and `states` where these stood then; until `is_whole` there
    are more. `heard` is when each feed last brought anything that is in one of them.
    """

    counted_at: datetime
    rows: tuple[Row, ...] = ()
    weeks: tuple[WeekRow, ...] = ()
    dossiers: int = 0
    states: Mapping[State, int] = field(default_factory=dict)
    is_whole: bool = True
    heard: Mapping[Feed, datetime] = field(default_factory=dict)

    @property
    def counted_so_far(self) -> int | None:
        """Of how many dossiers they are, while there are more; None once they are whole."""
        return None if self.is_whole else self.dossiers

    def late(self, now: datetime) -> timedelta:
        """For how long a night should have begun that is not whole: this one, or the next."""
        begins = self.counted_at + timedelta(days=1) if self.is_whole else self.counted_at
        return max(now - begins, timedelta())

    def silences(self, desk: Desk) -> tuple[Silence, ...]:
        """Which feeds were silent when they were counted; of some dossiers nobody can say it."""
        return silences(self.heard, self.counted_at, desk) if self.is_whole else ()

    def with_one(self, state: State) -> "DailyFigures":
        """One dossier more, which stands so."""
        states = {**self.states, state: self.states.get(state, 0) + 1}
        return replace(self, dossiers=self.dossiers + 1, states=states)

    def total(self, count: Count, channel: Channel, first: date, last: date) -> int:
        """How many on these days, both included."""
        mine = (r for r in self.rows if (r.count, r.channel) == (count, channel))
        return sum(r.number for r in mine if first <= r.day <= last)


#: What became of a message, on the day it became that.
_ENDS: Mapping[Status, Count] = {
    Status.DELIVERED: Count.ARRIVED,
    Status.BOUNCED: Count.FAILED,
    Status.COMPLAINED: Count.FAILED,
    Status.FAILED: Count.FAILED,
    Status.UNKNOWN: Count.UNKNOWN,
}
#: Nothing has left yet, or never will.
_NOT_LEFT = frozenset({Status.CLAIMED, Status.POSTPONED, Status.FAILED})


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a night has counted so far."""

    days: Counter[tuple[date, Count, Channel]] = field(default_factory=Counter)
    weeks: Counter[tuple[date, Kind, Channel, Count]] = field(default_factory=Counter)
    heard: dict[Feed, datetime] = field(default_factory=dict)


def count_ledger(counted: Counted, ledger: Iterable[Attempt], now: datetime) -> None:
    """Add what the attempts of one dossier mean for the last days and weeks."""
    today = paris_day(now)
    first_day, first_week = today - timedelta(days=DAYS), first_of_weeks(today, WEEKS)
    for attempt in ledger:
        for day, count, channel in _counts(attempt):
            if day >= first_day:
                counted.days[day, count, channel] += 1
            if day >= first_week and count is not Count.OPENED:
                counted.weeks[monday_of(day), attempt.notice.kind, channel, count] += 1


def count_events(counted: Counted, events: Iterable[Event]) -> None:
    """Add when the feeds of one dossier's events were last heard."""
    for event in events:
        if feed := feed_of(event):
            counted.heard[feed] = max(event.received_at, counted.heard.get(feed, event.received_at))


def with_counted(figures: DailyFigures, counted: Counted) -> DailyFigures:
    """These figures with what was counted, in order."""
    days = sorted(
        Row(day=day, count=count, channel=channel, number=number)
        for (day, count, channel), number in counted.days.items()
    )
    weeks: dict[tuple[date, Kind, Channel], dict[Count, int]] = {}
    for (week, kind, channel, count), number in sorted(counted.weeks.items()):
        weeks.setdefault((week, kind, channel), {})[count] = number
    return replace(
        figures,
        rows=tuple(days),
        weeks=tuple(
            WeekRow(week=week, kind=kind, channel=channel, numbers=numbers)
            for (week, kind, channel), numbers in weeks.items()
        ),
        heard=dict(counted.heard),
    )


def counted_in(figures: DailyFigures) -> Counted:
    """What was counted so far, to go on with."""
    return Counted(
        days=Counter({(r.day, r.count, r.channel): r.number for r in figures.rows}),
        weeks=Counter(
            {
                (r.week, r.kind, r.channel, count): number
                for r in figures.weeks
                for count, number in r.numbers.items()
            }
        ),
        heard=dict(figures.heard),
    )


def monday_of(day: date) -> date:
    """The Monday with which the week of a day begins."""
    return day - timedelta(days=day.weekday())


def first_of_weeks(day: date, weeks: int) -> date:
    """The Monday of the first of so many weeks, of which that of this day is the last."""
    return monday_of(day) - timedelta(weeks=weeks - 1)


def is_hidden_by(figures: DailyFigures, kept: DailyFigures | None) -> bool:
    """Whether the kept ones say more: those of a later day, or the whole ones of this day."""
    return kept is not None and _says(kept) > _says(figures)


def _says(figures: DailyFigures) -> tuple[date, bool]:
    return paris_day(figures.counted_at), figures.is_whole


def _counts(attempt: Attempt) -> Iterator[tuple[date, Count, Channel]]:
    channel, claimed_on = attempt.notice.channel, paris_day(attempt.claimed_at)
    if channel is Channel.DESK:
        yield claimed_on, Count.OPENED, channel
        return
    if attempt.status not in _NOT_LEFT:
        yield claimed_on, Count.LEFT, channel
    if end := _ENDS.get(attempt.status):
        yield paris_day(attempt.status_at), end, channel
