"""Paris time, as people say it: spans count calendar days, instants carry their offset."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self

from chalicelib.domain.desk_calendar import PARIS, at_paris

_SPAN = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?"
    r"(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?",
    re.ASCII,
)


class NotASpan(ValueError):
    """Not a span of time like P42D, P6W, P3M or PT3H."""


class NotAnInstant(ValueError):
    """Not an instant like 2026-12-24T09:00:00+01:00: date, hour and offset are all needed."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Months and days of the Paris calendar, then hours, which last an hour on every night."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an ISO 8601 duration. Raises NotASpan."""
        match = _SPAN.fullmatch(text)
        if match is None or not any(match.groups()):
            raise NotASpan(NotASpan.__doc__)
        n = {name: int(count or 0) for name, count in match.groupdict().items()}
        return cls(
            months=12 * n["years"] + n["months"],
            days=7 * n["weeks"] + n["days"],
            seconds=3600 * n["hours"] + 60 * n["minutes"] + n["seconds"],
        )

    def after(self, start: datetime) -> datetime:
        """The instant this far ahead: the same Paris hour some days on, then the hours."""
        try:
            return self._after(start.astimezone(PARIS))
        except (OverflowError, ValueError) as error:
            raise NotASpan("that is beyond the end of the calendar") from error

    def _after(self, local: datetime) -> datetime:
        day = _months_later(local.date(), self.months) + timedelta(days=self.days)
        return at_paris(day, local.time()) + timedelta(seconds=self.seconds)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def instant(text: str) -> datetime:
    """Read an instant with its offset. Raises NotAnInstant."""
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            raise NotAnInstant(NotAnInstant.__doc__)
        return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotAnInstant(NotAnInstant.__doc__) from error


def iso(instant: datetime) -> str:
    """An instant as text, to the second, with the Paris offset."""
    return instant.astimezone(PARIS).isoformat(timespec="seconds")


def next_minute(instant: datetime) -> datetime:
    """The first full minute that is not before this instant."""
    floor = instant.replace(second=0, microsecond=0)
    return floor if floor == instant else floor + timedelta(minutes=1)
