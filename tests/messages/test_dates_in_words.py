"""Dates and hours, against Babel."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from babel.dates import format_date, format_time
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS
from chalicelib.messages.dates_in_words import day_and_hour, day_in_words, hour_in_words

FR, EN = Language.FR, Language.EN
BREAKABLE = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{NARROW NO-BREAK SPACE}"): " "}


def plain(text: str) -> str:
    return text.translate(BREAKABLE)


@pytest.mark.parametrize("offset", range(0, 800, 7))
def test_days_are_written_as_babel_writes_them(offset: int) -> None:
    day = date(2019, 1, 1) + timedelta(days=offset)
    french = format_date(day, "EEEE d MMMM y", locale="fr").replace(" 1 ", " 1er ")

    assert plain(day_in_words(day, FR)) == french
    assert plain(day_in_words(day, EN)) == format_date(day, "EEEE d MMMM y", locale="en")


@given(st.dates(date(2015, 1, 1), date(2050, 1, 1)), st.times())
def test_hours_are_those_of_paris_as_babel_writes_them(day: date, at: time) -> None:
    instant = datetime.combine(day, at, tzinfo=UTC)
    there = instant.astimezone(PARIS)
    english = format_time(there, "h:mm a", tzinfo=PARIS, locale="en").lower()
    french = format_time(there, "H 'h' mm", tzinfo=PARIS, locale="fr")

    assert plain(day_and_hour(instant, EN)).endswith(f" at {plain(english)}")
    assert plain(day_and_hour(instant, FR)).endswith(f" à {plain(french)}")


@pytest.mark.parametrize(
    ("instant", "french", "english"),
    [
        (
            datetime(2019, 5, 14, 8, 30, tzinfo=UTC),
            "mardi 14 mai 2019 à 10 h 30",
            "Tuesday 14 May 2019 at 10:30 am",
        ),
        (
            datetime(2019, 5, 1, 7, 0, tzinfo=UTC),
            "mercredi 1er mai 2019 à 9 h 00",
            "Wednesday 1 May 2019 at 9:00 am",
        ),
        (  # half past eleven in the evening, in London: already the next day in Paris
            datetime(2019, 12, 31, 23, 30, tzinfo=UTC),
            "mercredi 1er janvier 2020 à 0 h 30",
            "Wednesday 1 January 2020 at 12:30 am",
        ),
    ],
)
def test_an_instant_is_written_as_people_write_it(
    instant: datetime, french: str, english: str
) -> None:
    assert plain(day_and_hour(instant, FR)) == french
    assert plain(day_and_hour(instant, EN)) == english


@pytest.mark.parametrize(
    ("hour", "french", "english"),
    [
        (time(9), "9 h", "9 am"),
        (time(12), "12 h", "12 noon"),
        (time(16, 30), "16 h 30", "4:30 pm"),
    ],
)
def test_opening_hours_have_no_idle_zeros(hour: time, french: str, english: str) -> None:
    assert plain(hour_in_words(hour, FR)) == french
    assert plain(hour_in_words(hour, EN)) == english


def test_a_number_does_not_part_from_its_word() -> None:
    words = day_and_hour(datetime(2019, 5, 14, 8, 30, tzinfo=UTC), FR)

    assert "14\N{NO-BREAK SPACE}mai" in words
    assert words.endswith("10\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30")
