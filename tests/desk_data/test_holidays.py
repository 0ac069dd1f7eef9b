"""Public holidays, against the `holidays` library and a reckoning of our own."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk_data.holidays import HOLIDAYS

YEARS = range(2015, 2101)


@pytest.mark.parametrize(("name", "department"), [("mainland", None), ("alsace-moselle", "57")])
def test_the_holidays_are_those_of_the_labour_code_in_every_year(
    name: str, department: str | None
) -> None:
    oracle = holidays.country_holidays("FR", subdiv=department, years=YEARS)
    kept = HOLIDAYS[name]

    ours = {day for year in YEARS for day in kept.of(year)}
    assert sorted(ours ^ set(oracle)) == []
    assert all(day in kept for day in oracle)


def easter(year: int) -> date:
    """Easter Sunday by Gauss' rule of 1800, with his corrections of 1816."""
    century = year // 100
    moon = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    sunday = (4 + century - century // 4) % 7
    days = (19 * (year % 19) + moon) % 30
    more = (2 * (year % 4) + 4 * (year % 7) + 6 * days + sunday) % 7
    late = (days, more) == (29, 6) or ((days, more) == (28, 6) and (11 * moon + 11) % 30 < 19)
    return date(year, 3, 22) + timedelta(days=days + more - 7 * late)


@given(st.integers(1990, 2200))
@pytest.mark.parametrize(
    ("name", "more_fixed", "more_after_easter"),
    [("mainland", (), ()), ("alsace-moselle", ((12, 26),), (-2,))],
)
def test_two_centuries_of_them_are_reckoned_alike(
    name: str,
    more_fixed: tuple[tuple[int, int], ...],
    more_after_easter: tuple[int, ...],
    year: int,
) -> None:
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), *more_fixed)
    moving = (easter(year) + timedelta(days=n) for n in (1, 39, 50, *more_after_easter))
    assert HOLIDAYS[name].of(year) == {*(date(year, *day) for day in fixed), *moving}


def test_the_holidays_that_move_follow_easter() -> None:
    kept = HOLIDAYS["mainland"]

    assert {date(2019, 4, 22), date(2019, 5, 30), date(2019, 6, 10)} <= kept.of(2019)


def test_alsace_and_moselle_have_two_more() -> None:
    good_friday, saint_stephen = date(2019, 4, 19), date(2019, 12, 26)

    assert HOLIDAYS["alsace-moselle"].of(2019) - HOLIDAYS["mainland"].of(2019) == {
        good_friday,
        saint_stephen,
    }
