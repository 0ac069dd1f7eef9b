"""Dates and hours as people write them, in each language, in Paris time.

No-break spaces keep a number with its word; a text message turns them into plain ones.
"""

from datetime import date, datetime, time

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS, paris_day
from chalicelib.messages.phrases import names, phrase

_NOON = time(12)


def day_in_words(day: date, language: Language) -> str:
    """Such as `mardi 14 mai 2019`, `mercredi 1er mai 2019`, `Tuesday 14 May 2019`."""
    return phrase(language, "dates", "day").format(
        weekday=names(language, "weekdays")[day.weekday()],
        number=phrase(language, "dates", "first") if day.day == 1 else day.day,
        month=names(language, "months")[day.month - 1],
        year=day.year,
    )


def day_and_hour(instant: datetime, language: Language) -> str:
    """Such as `mardi 14 mai 2019 à 10 h 30`, `Tuesday 14 May 2019 at 10:30 am`."""
    day = day_in_words(paris_day(instant), language)
    at = hour_in_words(instant.astimezone(PARIS).time(), language)
    return phrase(language, "dates", "day_and_hour").format(day=day, hour=at)


def hour_in_words(at: time, language: Language) -> str:
    """An hour, without idle zeros: `9 h`, `9 h 30`, `9 am`, `9:30 am`."""
    pattern = "noon" if at == _NOON else "hour_and_minutes" if at.minute else "whole_hour"
    return phrase(language, "dates", pattern).format(
        hour=at.hour,
        minutes=f"{at.minute:02}",
        twelve=at.hour % 12 or 12,
        half=phrase(language, "dates", "morning" if at < _NOON else "afternoon"),
    )
