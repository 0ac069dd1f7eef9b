"""What hangs on a message or lies behind its links, to be looked at: paper and calendar entries."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pypdfium2
from icalendar import Calendar

from chalicelib.domain.desk_calendar import PARIS

#: Pixels for each point of paper: sharp enough to read, and quick.
SHARPNESS = 1.4


def picture_of(pdf: bytes) -> bytes:
    """The first page of a PDF as a PNG: every browser shows that, on a telephone too."""
    bitmap = pypdfium2.PdfDocument(pdf)[0].render(scale=SHARPNESS, rev_byteorder=True)
    pixels, width, step = bytes(bitmap.buffer), bitmap.width, bitmap.n_channels
    rows = (pixels[y * bitmap.stride :][: width * step] for y in range(bitmap.height))
    head = struct.pack(">IIBBBBB", width, bitmap.height, 8, _COLOURS[step], 0, 0, 0)
    lines = b"".join(b"\0" + row for row in rows)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


#: What a PNG calls so many channels: grey, red-green-blue, and that with transparency.
_COLOURS: Mapping[int, int] = {1: 0, 3: 2, 4: 6}


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """An entry as a calendar shows it: Paris hours, and an empty text for what it does not say."""

    title: str
    begins: datetime | date
    ends: datetime | date
    place: str
    tells: str
    is_cancelled: bool


def entries_of(calendar: bytes) -> Iterator[CalendarEntry]:
    """Every entry of a calendar file."""
    for event in Calendar.from_ical(calendar.decode()).events:
        yield CalendarEntry(
            title=str(event.get("SUMMARY", "")),
            begins=_in_paris(event.start),
            ends=_in_paris(event.end),
            place=str(event.get("LOCATION", "")),
            tells=str(event.get("DESCRIPTION", "")),
            is_cancelled=str(event.get("STATUS", "")) == "CANCELLED",
        )


def _in_paris(value: datetime | date) -> datetime | date:
    return value.astimezone(PARIS) if isinstance(value, datetime) else value
