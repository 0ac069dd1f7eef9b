"""Whether the counter can be visited today, and if not, when next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS, Desk, paris_day
from chalicelib.messages.dates_in_words import day_in_words
from chalicelib.messages.opening_hours import times_in_words
from chalicelib.messages.typography import typeset

#: How many days ahead the next open one is looked for: no closure lasts longer.
HORIZON_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class OpenToday:
    """Today's hours and the next open day's, in words.

    `hours` is empty on a day without any; `is_over` says that the last of them has passed. `why`
    is the reason of a closure. `next_day` is empty when no open day is known.
    """

    hours: str
    is_over: bool
    is_holiday: bool
    why: str
    next_day: str
    next_hours: str

    @property
    def is_open(self) -> bool:
        """Whether one can still go there today."""
        return bool(self.hours) and not self.is_over


def open_today(desk: Desk, language: Language, now: datetime) -> OpenToday | None:
    """Today at the counter; None where no hours are published."""
    day = paris_day(now)
    if not desk.terms_on(day).counter.openings:
        return None
    openings, closure = desk.openings_on(day), desk.closure_on(day)
    closes = max((opening.closes for opening in openings), default=None)
    following = _next_open_day(desk, day)
    return OpenToday(
        hours=times_in_words(openings, language) if openings else "",
        is_over=closes is not None and now.astimezone(PARIS).time() >= closes,
        is_holiday=day in desk.holidays,
        why=typeset(closure.why[language], language) if closure else "",
        next_day=day_in_words(following, language) if following else "",
        next_hours=times_in_words(desk.openings_on(following), language) if following else "",
    )


def _next_open_day(desk: Desk, day: date) -> date | None:
    ahead = (day + timedelta(days=n) for n in range(1, HORIZON_DAYS + 1))
    return next((d for d in ahead if desk.is_open(d)), None)
