"""What the days came to, counted from the ledgers: how much left, arrived, failed, was opened."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate
from chalicelib.domain.desk_calendar import paris_day

#: As many days are counted anew each night: the six weeks that the desk looks back on, which is
#: more than it is ever closed in a row.
DAYS = 42


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
class Tally:
    """The rows of the last days, counted at an instant."""

    counted_at: datetime
    rows: tuple[Row, ...]

    def total(self, count: Count, channel: Channel, first: date, last: date) -> int:
        """How many on these days, both included."""
        mine = (r for r in self.rows if (r.count, r.channel) == (count, channel))
        return sum(r.number for r in mine if first <= r.day <= last)


#: What became of a message, on the day it became that.
_ENDS: Mapping[Fate, Count] = {
    Fate.DELIVERED: Count.ARRIVED,
    Fate.BOUNCED: Count.FAILED,
    Fate.COMPLAINED: Count.FAILED,
    Fate.FAILED: Count.FAILED,
    Fate.UNKNOWN: Count.UNKNOWN,
}
#: Nothing has left yet, or never will.
_NOT_LEFT = frozenset({Fate.CLAIMED, Fate.POSTPONED, Fate.FAILED})

Counted = Counter[tuple[date, Count, Channel]]


def count_ledger(counted: Counted, ledger: Iterable[Attempt], now: datetime) -> None:
    """Add what the attempts of one dossier mean for the last days."""
    first = paris_day(now) - timedelta(days=DAYS)
    counted.update(what for attempt in ledger for what in _counts(attempt) if what[0] >= first)


def tally(counted: Counted, now: datetime) -> Tally:
    """What was counted, in order."""
    rows = (
        Row(day=day, count=count, channel=channel, number=number)
        for (day, count, channel), number in counted.items()
    )
    return Tally(counted_at=now, rows=tuple(sorted(rows)))


def _counts(attempt: Attempt) -> Iterator[tuple[date, Count, Channel]]:
    channel, claimed_on = attempt.notice.channel, paris_day(attempt.claimed_at)
    if channel is Channel.DESK:
        yield claimed_on, Count.OPENED, channel
        return
    if attempt.fate not in _NOT_LEFT:
        yield claimed_on, Count.LEFT, channel
    if end := _ENDS.get(attempt.fate):
        yield paris_day(attempt.fate_at), end, channel
