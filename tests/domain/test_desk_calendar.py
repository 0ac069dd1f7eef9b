"""Open days, dated terms, and the two rules that move a date."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import (
    PARIS,
    Desk,
    Opening,
    after_rule,
    at_paris,
    before_rule,
    follow_up_day,
    months_before,
    paris_day,
)
from tests.builders import DESK, a_closed_desk, paris

FR, EN = Language.FR, Language.EN


@pytest.mark.parametrize(
    ("wish", "offered", "written"),
    [
        ((FR, None), (FR, EN), FR),
        ((EN, "en-GB"), (FR, EN), EN),
        ((EN, None), (FR,), FR),
        ((FR, None), (EN, FR), FR),
        ((None, "es"), (EN, FR), EN),
        ((None, None), (EN, FR), EN),
        (None, (EN, FR), EN),
    ],
)
def test_people_are_written_to_as_they_wish_or_in_the_desk_s_first_language(
    wish: tuple[Language | None, str | None] | None,
    offered: tuple[Language, ...],
    written: Language,
) -> None:
    desk = replace(DESK, languages=offered)
    nobody = Contact(given_name="", family_name="")
    contact = replace(nobody, language=wish[0], language_given=wish[1]) if wish else None
    assert desk.language_for(contact) is written


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2019, 5, 14), date(2019, 5, 14)),
        (date(2019, 5, 12), date(2019, 5, 13)),  # a Sunday
        (date(2019, 5, 1), date(2019, 5, 2)),  # Labour Day
        (date(2019, 6, 9), date(2019, 6, 11)),  # Whit Sunday, then Whit Monday
        (date(2027, 3, 28), date(2027, 3, 30)),  # Easter Sunday, clock change, Easter Monday
    ],
)
def test_the_after_rule_goes_on_to_the_next_day_that_will_do(day: date, expected: date) -> None:
    assert expected == after_rule(day, DESK.is_quiet)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2019, 5, 14), date(2019, 5, 14)),
        (date(2019, 5, 12), date(2019, 5, 11)),
        (date(2019, 6, 10), date(2019, 6, 8)),  # Whit Monday, back over the Sunday
    ],
)
def test_the_before_rule_goes_back_a_little(day: date, expected: date) -> None:
    assert expected == before_rule(day, DESK.is_quiet)


def test_the_before_rule_gives_up_after_three_days() -> None:
    desk = a_closed_desk("2019-08-01", "2019-08-31")
    assert date(2019, 8, 20) == before_rule(date(2019, 8, 20), desk.is_shut)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2020, 6, 30), 3, date(2020, 3, 30)),
        (date(2019, 5, 31), 3, date(2019, 2, 28)),
        (date(2020, 5, 31), 3, date(2020, 2, 29)),
        (date(2020, 5, 31), 2, date(2020, 3, 31)),
        (date(2019, 12, 31), 3, date(2019, 9, 30)),
        (date(2020, 2, 15), 3, date(2019, 11, 15)),
    ],
)
def test_months_before_end_at_that_months_end(day: date, months: int, expected: date) -> None:
    assert expected == months_before(day, months)


@given(st.dates(date(2019, 1, 1), date(2040, 12, 31)), st.integers(0, 24))
def test_months_before_is_always_a_day_of_the_right_month(day: date, months: int) -> None:
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day <= day.day


@pytest.mark.parametrize(
    ("day", "hour_in_utc"),
    [
        (date(2027, 3, 27), 8),  # winter time
        (date(2027, 3, 28), 7),  # the night the clocks went forward
        (date(2027, 10, 30), 7),
        (date(2027, 10, 31), 8),  # the night they went back
    ],
)
def test_nine_in_paris_is_nine_on_both_sides_of_a_clock_change(day: date, hour_in_utc: int) -> None:
    nine = at_paris(day, time(9))
    assert nine.tzinfo is UTC
    assert hour_in_utc == nine.hour
    assert nine.astimezone(PARIS).hour == 9


def test_the_day_in_paris_is_not_the_day_in_utc() -> None:
    assert paris_day(datetime(2019, 5, 13, 22, 30, tzinfo=UTC)) == date(2019, 5, 14)


def test_the_desk_opens_on_weekdays_and_later_in_september() -> None:
    assert not DESK.is_open(date(2019, 5, 12))
    assert not DESK.is_open(date(2019, 5, 11))
    assert not DESK.is_open(date(2019, 5, 1))
    (may,), (september,) = DESK.openings_on(date(2019, 5, 14)), DESK.openings_on(date(2019, 9, 10))
    assert (may.closes, september.closes) == (time(17), time(18))


def test_a_closed_desk_is_shut_on_both_its_last_days() -> None:
    desk = a_closed_desk("2019-08-05", "2019-08-09")
    assert [desk.is_open(date(2019, 8, d)) for d in (2, 5, 9, 12)] == [True, False, False, True]
    assert desk.closure_on(date(2019, 8, 12)) is None


def test_terms_hold_from_their_first_day_on() -> None:
    old = DESK.terms[0]
    new = replace(old, valid_from=date(2024, 4, 25), booking_url="https://new.example")
    desk = replace(DESK, terms=(old, new))
    assert desk.terms_on(date(2024, 4, 24)) == old
    assert desk.terms_on(date(2024, 4, 25)) == new
    assert desk.terms_on(date(2001, 1, 1)) == old


@pytest.mark.parametrize(
    ("since", "number", "expected"),
    [
        (date(2019, 5, 14), 1, date(2019, 6, 25)),
        (date(2019, 5, 14), 3, date(2019, 9, 17)),
        (date(2019, 7, 4), 1, date(2019, 8, 16)),  # the 15th of August is a holiday
    ],
)
def test_who_has_heard_nothing_asks_on_no_sunday_or_holiday(
    since: date, number: int, expected: date
) -> None:
    assert follow_up_day(DESK, since, number) == expected


def test_who_has_heard_nothing_asks_after_the_closure() -> None:
    closed = a_closed_desk("2019-06-24", "2019-07-05")
    assert follow_up_day(closed, date(2019, 5, 14), 1) == date(2019, 7, 6)


@pytest.mark.parametrize(
    ("at", "is_staffed"),
    [
        ("2019-05-14 08:59", False),
        ("2019-05-14 09:00", True),
        ("2019-05-14 16:59", True),
        ("2019-05-14 17:00", False),
        ("2019-05-12 10:00", False),  # a Sunday
        ("2019-05-01 10:00", False),
    ],
)
def test_somebody_is_at_the_counter_in_its_hours(at: str, is_staffed: bool) -> None:
    assert DESK.is_staffed(paris(at)) is is_staffed


def at_night() -> Desk:
    """Open each night from one to five: where the clock changes."""
    each = Opening(
        weekdays=frozenset(range(7)), months=frozenset(range(1, 13)), opens=time(1), closes=time(5)
    )
    [terms] = DESK.terms
    counter = replace(terms.counter, openings=(each,))
    return replace(DESK, terms=(replace(terms, counter=counter),))


@pytest.mark.parametrize(
    ("desk", "first", "last", "hours"),
    [
        (DESK, "2019-05-14 08:00", "2019-05-14 12:00", 3),
        (DESK, "2019-05-14 10:00", "2019-05-14 10:30", 0.5),
        (DESK, "2019-05-14 16:00", "2019-05-15 10:00", 2),
        (DESK, "2019-05-10 16:00", "2019-05-13 10:00", 2),  # over a weekend
        (DESK, "2019-05-07 16:00", "2019-05-09 10:00", 2),  # over a public holiday
        (a_closed_desk("2019-05-14", "2019-05-16"), "2019-05-13 16:00", "2019-05-17 10:00", 2),
        (DESK, "2019-05-14 12:00", "2019-05-14 11:00", 0),
        (at_night(), "2019-03-30 12:00", "2019-03-31 12:00", 3),  # an hour is left out
        (at_night(), "2019-10-26 12:00", "2019-10-27 12:00", 5),  # and there twice
    ],
)
def test_the_counter_is_open_for_so_many_hours_between_two_instants(
    desk: Desk, first: str, last: str, hours: float
) -> None:
    assert desk.open_between(paris(first), paris(last)) == timedelta(hours=hours)


_INSTANTS = st.datetimes(datetime(2019, 3, 1), datetime(2019, 6, 1), timezones=st.just(UTC))


@given(st.lists(_INSTANTS, min_size=3, max_size=3).map(sorted))
def test_what_is_open_before_and_after_an_instant_is_all(instants: list[datetime]) -> None:
    first, between, last = instants
    desk = a_closed_desk("2019-05-14", "2019-05-16")
    parts = desk.open_between(first, between) + desk.open_between(between, last)
    assert parts == desk.open_between(first, last)


@pytest.mark.parametrize(
    ("at", "has_opened"),
    [
        ("2019-05-14 08:59", False),
        ("2019-05-14 09:00", True),
        ("2019-05-14 23:00", True),
        ("2019-05-12 10:00", False),
    ],
)
def test_on_an_open_day_the_counter_has_opened_from_its_first_hour_on(
    at: str, has_opened: bool
) -> None:
    assert DESK.has_opened(paris(at)) is has_opened
