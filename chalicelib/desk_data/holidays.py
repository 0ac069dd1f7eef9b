"""France's public holidays, by rule: Code du travail, L3133-1; in Alsace and Moselle, L3134-13.

https://www.legifrance.gouv.fr/codes/article_lc/LEGIARTI000033008129
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter


@dataclass(frozen=True, kw_only=True)
class Holidays:
    """Holds every public holiday of every year. `fixed` are the (month, day) of those that never
    move, `after_easter` the days from Easter Sunday to those that do.
    """

    fixed: frozenset[tuple[int, int]]
    after_easter: frozenset[int]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in self.of(day.year)

    @cache  # noqa: B019  there are two of them, and few years
    def of(self, year: int) -> frozenset[date]:
        """Those of a year."""
        sunday: date = easter(year)
        fixed = {date(year, month, day) for month, day in self.fixed}
        return frozenset(fixed | {sunday + timedelta(days=days) for days in self.after_easter})


_FIXED = frozenset({(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)})

#: Easter Monday, Ascension Day, Whit Monday.
_AFTER_EASTER = frozenset({1, 39, 50})

#: By the name that a desk's file gives them.
HOLIDAYS: Mapping[str, Holidays] = {
    "mainland": Holidays(fixed=_FIXED, after_easter=_AFTER_EASTER),
    # Good Friday only where a Protestant church stands, says the law; Saint Stephen's Day anywhere.
    "alsace-moselle": Holidays(fixed=_FIXED | {(12, 26)}, after_easter=_AFTER_EASTER | {-2}),
}
