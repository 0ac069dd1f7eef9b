"""Dates and hours as people write them, in French and in English, in Paris time.

No-break spaces keep a number with its word; a text message turns them into plain ones.
"""

from datetime import date, datetime, time

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS, paris_day

WEEKDAYS = {
    Language.FR: ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

MONTHS = {
    Language.FR: (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def day_in_words(day: date, language: Language) -> str:
    """Such as `mardi 14 mai 2019`, `mercredi 1er mai 2019`, `Tuesday 14 May 2019`."""
    number = "1er" if (day.day == 1 and language is Language.FR) else str(day.day)
    weekday = WEEKDAYS[language][day.weekday()]
    return f"{weekday} {number}\N{NO-BREAK SPACE}{MONTHS[language][day.month - 1]} {day.year}"


def day_and_hour(instant: datetime, language: Language) -> str:
    """Such as `mardi 14 mai 2019 à 10 h 30`, `Tuesday 14 May 2019 at 10:30 am`."""
    day = day_in_words(paris_day(instant), language)
    at = hour_in_words(instant.astimezone(PARIS).time(), language)
    return f"{day} à {at}" if language is Language.FR else f"{day} at {at}"


def hour_in_words(at: time, language: Language) -> str:
    """An hour, without idle zeros: `9 h`, `9 h 30`, `9 am`, `9:30 am`."""
    if at.minute:
        return _heure(at) if language is Language.FR else _hour(at)
    if language is Language.FR:
        return f"{at.hour}\N{NO-BREAK SPACE}h"
    return _hour(at).replace(":00", "")


def _heure(at: time) -> str:
    return f"{at.hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{at.minute:02}"


def _hour(at: time) -> str:
    if at == time(12):
        return "12\N{NO-BREAK SPACE}noon"  # 12:00 pm is read as midnight by some
    return f"{at.hour % 12 or 12}:{at.minute:02}\N{NO-BREAK SPACE}{'am' if at.hour < 12 else 'pm'}"
