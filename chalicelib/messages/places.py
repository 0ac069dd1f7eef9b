"""A counter in words: where it is, how to get there, when it is open, whom to ask."""

from dataclasses import dataclass
from functools import cache

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Helper, Place
from chalicelib.messages.opening_hours import hours_in_words
from chalicelib.messages.typography import typeset


@dataclass(frozen=True, kw_only=True)
class PlaceInWords:
    """A place in one language. `directions`, `hours`, `phone` and `email` are empty where none is
    published, `hours_of` where the hours are its own. `in_full` and `short` name it within a
    sentence.
    """

    name: str
    in_full: str
    short: str
    address: tuple[str, ...]
    directions: str
    hours_of: str
    hours: str
    phone: str
    email: str
    walk_in: bool
    completes_files: bool
    closed_on_holidays: bool


@cache
def place_in_words(place: Place, language: Language) -> PlaceInWords:
    """A place, for a text or a page: worked out once for each that a desk has."""
    hours_of = place.hours_of.get(language, "")
    is_its_own = hours_of.casefold() == place.name[language].casefold()
    return PlaceInWords(
        name=typeset(place.name[language], language),
        in_full=typeset(place.in_full[language], language),
        short=typeset(place.short[language], language),
        address=place.address,
        directions=typeset(place.directions.get(language, ""), language),
        hours_of="" if is_its_own else typeset(hours_of, language),
        hours=hours_in_words(place, language),
        phone=place.phone,
        email=place.email,
        walk_in=isinstance(place, Helper) and place.walk_in,
        completes_files=isinstance(place, Helper) and place.completes_files,
        closed_on_holidays=not isinstance(place, Helper) or place.closed_on_holidays,
    )
