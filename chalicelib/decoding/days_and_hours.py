"""Days and hours as people in France write them in a table; what could be two days is neither."""

import re
from datetime import date, time

from chalicelib.decoding.booking_events import YEARS
from chalicelib.decoding.cells import Cell, CellKind
from chalicelib.domain.names import plain_words

#: No day with its hour is written at more length.
WRITTEN_AT_MOST = 60

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            *("janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin"),
            *("juillet juil", "aout", "septembre sept", "octobre oct", "novembre nov"),
            "decembre dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: weekday
    for weekday, names in enumerate(
        (
            *("lundi lun", "mardi mar", "mercredi mer", "jeudi jeu", "vendredi ven"),
            *("samedi sam", "dimanche dim"),
        )
    )
    for name in names.split()
}
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)", re.ASCII)
_FRENCH = re.compile(r"(?P<day>\d\d?)[-/.](?P<month>\d\d?)[-/.](?P<year>\d{4}|\d\d)", re.ASCII)
_IN_WORDS = re.compile(
    # In two digits as Excel shortens it: "18-janv-27". What follows a blank may be an hour.
    r"(?P<day>\d\d?)(?:er)?[ -](?P<month>[a-z]{3,9})\.?[ -](?P<year>\d{4}|(?<=-)\d\d)(?!\d)",
    re.ASCII,
)
_WEEKDAY = re.compile(r"(?P<name>[a-z]{3,8})[ .,]+", re.ASCII)
#: Between a day and its hour, and before an hour.
_BEFORE_AN_HOUR = re.compile(r"\A(?:[T,;]|[ ]?[-\u2013]|[ ]?(?:à|a|de|vers))?[ ]?", re.IGNORECASE)
_HOUR = re.compile(
    r"(?P<hour>\d\d?)[ ]?(?:heures?(?:[ ](?P<more>\d\d))?|[:hH][ ]?(?P<minute>\d\d)?)"
    r"(?::\d\d(?:\.\d+)?|[ ]?mn|[ ]?min)?",
    re.ASCII,
)
#: An hour with a point, or as a watch has it: all four digits of it.
_BARE_HOUR = re.compile(r"(?P<hour>\d\d?)\.(?P<minute>\d\d)|(?P<h>\d\d)(?P<m>\d\d)", re.ASCII)
#: Until when it lasts, behind an hour.
_UNTIL = re.compile(
    rf"[ ]?(?:[-\u2013/]|à|a)[ ]?(?:{_HOUR.pattern.replace('?P<', '?P<until_')})", re.ASCII
)


def moment_in(cell: Cell | None) -> tuple[date | None, time | None]:
    """The day and the hour that a cell holds; None for what it does not hold, and both for what
    cannot be read, or could be read in two ways.
    """
    text = _text(cell)
    day, rest = _day(text)
    if not rest:
        return day, None
    hour = _hour(_BEFORE_AN_HOUR.sub("", rest))
    return (day, hour) if hour else (None, None)


def _text(cell: Cell | None) -> str:
    """What it says; of a number what its workbook would show of it as a day."""
    if cell is None or len(cell.text) > WRITTEN_AT_MOST:
        return ""
    text = cell.moment if cell.kind is CellKind.NUMBER else cell.text
    return " ".join(text.split())


def _day(text: str) -> tuple[date | None, str]:
    """The day that a text begins with, and what follows it; the whole text where none does."""
    lead = _WEEKDAY.match(plain := _aligned(text))
    weekday = _WEEKDAYS.get(lead["name"]) if lead else None
    start = lead.end() if lead and weekday is not None else 0
    found = next(
        filter(None, (form.match(plain, start) for form in (_ISO, _FRENCH, _IN_WORDS))), None
    )
    day = _date(found) if found else None
    if found is None or day is None or weekday not in {None, day.weekday()}:
        return None, text
    return day, text[found.end() :]


def _aligned(text: str) -> str:
    """In small letters and without accents, each letter at its place."""
    return "".join(plain if len(plain := plain_words(letter)) == 1 else letter for letter in text)


def _date(found: re.Match[str]) -> date | None:
    name = found["month"]
    month = int(name) if name.isdigit() else _MONTHS.get(name, 0)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    try:
        day = date(year, month, int(found["day"]))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _hour(text: str) -> time | None:
    if bare := _BARE_HOUR.fullmatch(text):
        return _time(bare["hour"] or bare["h"], bare["minute"] or bare["m"])
    found = _HOUR.match(text)
    if found is None or not (found.end() == len(text) or _UNTIL.fullmatch(text, found.end())):
        return None
    return _time(found["hour"], found["minute"] or found["more"] or "0")


def _time(hour: str, minute: str) -> time | None:
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None
