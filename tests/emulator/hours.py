"""A Paris in which it is a certain hour of a working day: text messages leave, or the digest.

The clock of the deployed functions cannot be moved. But what hour of which day it is in Paris
they read from the time zone database, by the path that PYTHONTZPATH names. Instants stay what
they are: signatures, leases and queues see no difference.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from chalicelib.desk_data import load

#: Text messages may leave.
MORNING = time(10, 30)
#: The digest is due.
EIGHT = time(8, 10)
_A_DAY = timedelta(days=1)


class NoSuchHour(RuntimeError):
    """No working day is within a day of now: Easter and Whitsun have two free days in a row."""


def write_paris(folder: Path, now: datetime, hour: time) -> str:
    """A time zone database whose Paris has that hour; where it is. Raises NoSuchHour."""
    zone = folder / "Europe" / "Paris"
    zone.parent.mkdir(parents=True)
    zone.write_bytes(_zone(offset_at(now, hour)))
    return str(folder)


def offset_at(now: datetime, hour: time) -> timedelta:
    """How far from UTC the hands have to be, by less than a day. Raises NoSuchHour."""
    here = now.astimezone(UTC).replace(tzinfo=None)
    offsets = (datetime.combine(day, hour) - here for day in _working_days(here.date()))
    within = [offset for offset in offsets if abs(offset) < _A_DAY]
    if not within:
        raise NoSuchHour(NoSuchHour.__doc__)
    return min(within, key=abs)


def _working_days(today: date) -> Iterator[date]:
    desk = load("grenoble")
    for day in (today - _A_DAY, today, today + _A_DAY):
        if not desk.is_quiet(day):
            yield day


def _zone(offset: timedelta) -> bytes:
    """A zone of one offset for ever; RFC 9636, version 1."""
    name = b"DAY\0"
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, len(name))
    one = struct.pack(">lbb", int(offset.total_seconds()), 0, 0)
    return b"TZif" + bytes(16) + counts + one + name
