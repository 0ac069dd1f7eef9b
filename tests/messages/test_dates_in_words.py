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


def test_every_day_of_ten_years_is_written_as_babel_writes_it() -> None:
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(10 * 366)]
    french = [format_date(day, "EEEE d MMMM y", locale="fr") for day in days]
    english = [format_date(day, "EEEE d MMMM y", locale="en") for day in days]

    # The first of the month is an ordinal in French, which the locale data do not know.
    assert [plain(day_in_words(day, FR)).replace(" 1er ", " 1 ") for day in days] == french
    assert [plain(day_in_words(day, EN)) for day in days] == english


def test_only_the_first_of_a_month_is_an_ordinal_and_only_in_french() -> None:
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(366)]

    assert {day for day in days if " 1er\N{NO-BREAK SPACE}" in day_in_words(day, FR)} == {
        day for day in days if day.day == 1
    }
    assert not any("1st" in day_in_words(day, EN) or "1er" in day_in_words(day, EN) for day in days)


def in_french(at: time) -> str:
    """Babel's hour, without idle zeros."""
    return plain(format_time(at, "H 'h' mm", locale="fr")).removesuffix(" 00")


def in_english(at: time) -> str:
    """The same. Noon is said in a word: some read 12:00 pm as midnight."""
    hour = plain(format_time(at, "h:mm a", locale="en")).lower().replace(":00", "")
    return "12 noon" if at == time(12) else hour


def test_every_minute_of_a_day_is_written_as_babel_writes_it() -> None:
    for at in (time(hour, minute) for hour in range(24) for minute in range(60)):
        assert plain(hour_in_words(at, FR)) == in_french(at)
        assert plain(hour_in_words(at, EN)) == in_english(at)


@given(st.dates(date(2015, 1, 1), date(2050, 1, 1)), st.times())
def test_hours_are_those_of_paris(day: date, at: time) -> None:
    instant = datetime.combine(day, at, tzinfo=UTC)
    there = instant.astimezone(PARIS).time().replace(second=0, microsecond=0)

    assert plain(day_and_hour(instant, EN)).endswith(f" at {in_english(there)}")
    assert plain(day_and_hour(instant, FR)).endswith(f" à {in_french(there)}")


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
            "mercredi 1er mai 2019 à 9 h",
            "Wednesday 1 May 2019 at 9 am",
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
