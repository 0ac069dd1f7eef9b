"""The national public holidays of France: Code du travail, article L3133-1.

https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033008129
"""

from collections.abc import Iterable
from datetime import date, timedelta

from dateutil.easter import easter

#: (month, day) of those that never move.
FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))

#: Days after Easter Sunday: Easter Monday, Ascension Day, Whit Monday.
AFTER_EASTER = (1, 39, 50)

#: From before the oldest permit still in a drawer to well after the youngest.
YEARS = range(2015, 2051)


def french_holidays(years: Iterable[int] = YEARS) -> frozenset[date]:
    """Every public holiday of these years."""
    return frozenset(day for year in years for day in _holidays_of(year))


def _holidays_of(year: int) -> Iterable[date]:
    sunday: date = easter(year)
    yield from (date(year, month, day) for month, day in FIXED)
    yield from (sunday + timedelta(days=days) for days in AFTER_EASTER)
