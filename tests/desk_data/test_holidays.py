"""Public holidays, against the `holidays` library."""

from datetime import date

import holidays

from chalicelib.desk_data.holidays import YEARS, french_holidays


def test_the_holidays_are_those_of_the_labour_code_in_every_year() -> None:
    oracle = holidays.country_holidays("FR", years=YEARS)

    assert french_holidays() == frozenset(oracle)


def test_the_holidays_that_move_follow_easter() -> None:
    assert {date(2019, 4, 22), date(2019, 5, 30), date(2019, 6, 10)} <= french_holidays()


def test_alsace_and_moselle_have_two_more_and_grenoble_does_not() -> None:
    good_friday, saint_stephen = date(2019, 4, 19), date(2019, 12, 26)

    assert not {good_friday, saint_stephen} & french_holidays()
