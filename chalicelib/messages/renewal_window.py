"""When the next appointment can be booked: the window before a card expires, in words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk, months_before
from chalicelib.domain.facts import Facts
from chalicelib.messages.dates_in_words import day_in_words


class Window(StrEnum):
    """Where a day stands in the window."""

    UNKNOWN = "unknown"  #: nobody told us when the card expires
    AHEAD = "ahead"
    OPEN = "open"
    LATE = "late"  #: it has closed, and the card is still valid
    EXPIRED = "expired"
    TAKEN = "taken"  #: the renewal is booked: it has a dossier of its own


STILL_TO_BOOK = frozenset({Window.AHEAD, Window.OPEN})


@dataclass(frozen=True, kw_only=True)
class RenewalWindow:
    """The window of one card; its days are in words, and empty without an expiry date."""

    window: Window
    opens_on: str = ""
    closes_on: str = ""
    expires_on: str = ""


def renewal_window(facts: Facts, desk: Desk, language: Language, today: date) -> RenewalWindow:
    """Between how many months before the expiry one books is dated data of the desk."""
    expiry = facts.collected.valid_until(desk) if facts.collected else None
    if expiry is None:
        return RenewalWindow(window=Window.TAKEN if facts.renewal_booked else Window.UNKNOWN)
    delays = desk.terms_on(expiry).delays
    opens = months_before(expiry, delays.renewal_opens_months)
    closes = months_before(expiry, delays.renewal_closes_months)
    window = Window.TAKEN if facts.renewal_booked else _window(today, opens, closes, expiry)
    opens_on, closes_on, expires_on = (day_in_words(d, language) for d in (opens, closes, expiry))
    return RenewalWindow(
        window=window, opens_on=opens_on, closes_on=closes_on, expires_on=expires_on
    )


def _window(today: date, opens: date, closes: date, expiry: date) -> Window:
    if today < opens:
        return Window.AHEAD
    if today <= closes:
        return Window.OPEN
    return Window.LATE if today <= expiry else Window.EXPIRED
