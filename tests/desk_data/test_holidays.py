"""Public holidays, against the `holidays` library."""

from datetime import date

import holidays
import pytest

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


def test_the_holidays_that_move_follow_easter() -> None:
    kept = HOLIDAYS["mainland"]

    assert {date(2019, 4, 22), date(2019, 5, 30), date(2019, 6, 10)} <= kept.of(2019)


def test_alsace_and_moselle_have_two_more() -> None:
    good_friday, saint_stephen = date(2019, 4, 19), date(2019, 12, 26)

    assert HOLIDAYS["alsace-moselle"].of(2019) - HOLIDAYS["mainland"].of(2019) == {
        good_friday,
        saint_stephen,
    }
