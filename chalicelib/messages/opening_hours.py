"""When a counter can be visited, in words: its weekly hours and its coming closures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, time, timedelta
from itertools import pairwise

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk, Opening, Place, Terms
from chalicelib.messages.dates_in_words import day_in_words, hour_in_words
from chalicelib.messages.phrases import names, phrase, phrases
from chalicelib.messages.sentences import JOINED, together
from chalicelib.messages.typography import typeset

A_YEAR = range(1, 13)

#: What is left out of a year is said instead of what is in it, up to so many months.
FEW_MONTHS = 3
#: Days and months on end are said by the first and the last, from so many on.
A_RUN = 3

#: The hours of one day, in order.
Hours = tuple[tuple[time, time], ...]
#: The months of a season, and the hours of a day in it.
Season = tuple[tuple[int, ...], Hours]


def hours_in_words(place: Place, language: Language) -> str:
    """Such as `Monday to Friday from 9 am to 5 pm; in July, Monday from 9 am to 12 noon`.

    Hours without months are those of every month that no other hours are said to be *in*. Empty for
    a place without hours.
    """
    said: dict[str, list[str]] = {}
    for season, hours, weekdays in _usual_first(place.openings):
        week = f"{_weekdays(weekdays, language)} {_at(hours, language)}"
        said.setdefault(_season(season, language), []).append(week)
    clauses = (season + _in(language, "then").join(weeks) for season, weeks in said.items())
    return typeset(_in(language, "then").join(clauses), language)


def times_in_words(openings: Iterable[Opening], language: Language) -> str:
    """The hours of one day, such as `from 9 am to 12 noon and from 2 pm to 4 pm`."""
    return _at(_hours(openings), language)


def closures_ahead(
    desk: Desk, day: date, language: Language, visit_on: date | None = None
) -> tuple[str, ...]:
    """Words on each closure that touches the six weeks from this day on, or a visit's day."""
    horizon = day + timedelta(days=desk.terms_on(day).delays.follow_up_days)
    until = max(horizon, visit_on or horizon)
    near = (c for c in desk.closures if c.last >= day and c.first <= until)
    terms = desk.terms_on(visit_on or day)
    ordered = sorted(near, key=lambda c: c.first)
    return tuple(_closure(c, terms, language, visit_on) for c in ordered)


def _closure(closure: Closure, terms: Terms, language: Language, visit_on: date | None) -> str:
    words = "one_day" if closure.first == closure.last else "days"
    said = phrase(language, "closures", words).format(
        is_closed=terms.counter.is_closed[language],
        first=day_in_words(closure.first, language),
        last=day_in_words(closure.last, language),
        why=closure.why[language],
    )
    if visit_on and closure.first <= visit_on <= closure.last:
        said = f"{said} {_and_the_visit(terms, language)}"
    return typeset(said, language)


def _and_the_visit(terms: Terms, language: Language) -> str:
    """What a student does whose appointment falls within a closure: only the counter can know, and
    where it cannot be reached, whoever reads the replies to our e-mails.
    """
    if terms.to_ask_of_visits != terms.counter and terms.replies_read_by:
        return phrase(language, "closures", "visit_by_reply")
    office = terms.to_ask_of_visits.short[language]
    asked = {f"{name}_office": joined(office) for name, joined in JOINED.items()}
    return phrase(language, "closures", "visit").format(office=office, **asked)


def _usual_first(openings: Sequence[Opening]) -> Iterator[tuple[tuple[int, ...], Hours, list[int]]]:
    """The weekdays of each season. The usual one comes first, and without its months; one that
    holds all year beside it comes last.
    """
    weeks: defaultdict[Season, list[int]] = defaultdict(list)
    for weekday in range(7):
        for season in _seasons([o for o in openings if weekday in o.weekdays]):
            weeks[season].append(weekday)
    usual = _usual({months for months, _ in weeks})

    def order(season: Season) -> tuple[bool, bool, int, list[int]]:
        months, _ = season
        is_usual = months == usual
        is_beside_it = bool(usual) and len(months) == len(A_YEAR)
        return not is_usual, is_beside_it, -len(months), weeks[season]

    for months, hours in sorted(weeks, key=order):
        yield () if months == usual else months, hours, weeks[months, hours]


def _usual(seasons: Set[tuple[int, ...]]) -> tuple[int, ...]:
    """The months that need not be named: those in which nothing else is said to be. None if some
    of them had to be.
    """
    for season in sorted(seasons, key=len, reverse=True):
        named = {month for other in seasons - {season} if _is_named(other) for month in other}
        if {*season} == {*A_YEAR} - named:
            return season
    return ()


def _is_named(months: Sequence[int]) -> bool:
    """Whether a season is said by the months that are in it, and not by those that are not."""
    return len(A_YEAR) - len(months) > FEW_MONTHS


def _seasons(openings: Sequence[Opening]) -> list[Season]:
    """What a weekday's hours are in which months: first those that hold longest."""
    months: defaultdict[Hours, tuple[int, ...]] = defaultdict(tuple)
    for month in A_YEAR:
        if hours := _hours(o for o in openings if month in o.months):
            months[hours] += (month,)
    return sorted(((m, hours) for hours, m in months.items()), key=lambda season: -len(season[0]))


def _hours(openings: Iterable[Opening]) -> Hours:
    return tuple(sorted((opening.opens, opening.closes) for opening in openings))


def _at(hours: Hours, language: Language) -> str:
    spans = ([hour_in_words(hour, language) for hour in span] for span in hours)
    pattern = _in(language, "from_to")
    return together([pattern.format(*span) for span in spans], _in(language, "and"))


def _season(months: Sequence[int], language: Language) -> str:
    """The months as a sentence begins with them; nothing for none."""
    if not months:
        return ""
    if _is_named(months):
        return f"{_months(months, language)}, "
    others = [month for month in A_YEAR if month not in months]
    if not others:
        return f"{_in(language, 'all_year')}, "
    return f"{_in(language, 'all_year_except').format(_months(others, language))}, "


def _months(months: Sequence[int], language: Language) -> str:
    runs = _runs(months)
    if runs[0][0] == A_YEAR[0] and runs[-1][-1] == A_YEAR[-1]:  # winter does not end with the year
        runs = [runs[-1] + runs[0], *runs[1:-1]]
    months_of = names(language, "months")
    named = [[months_of[month - 1] for month in run] for run in runs]
    said = _listed(named, _in(language, "month"), _in(language, "months_on_end"), language)
    for met, elided in phrases(language, "hours_elided").items():
        said = said.replace(met, elided)
    return said


def _weekdays(weekdays: Sequence[int], language: Language) -> str:
    days_of = names(language, "weekdays")
    named = [[days_of[weekday] for weekday in run] for run in _runs(weekdays)]
    return _listed(named, _in(language, "weekday"), _in(language, "weekdays_on_end"), language)


def _listed(runs: Iterable[Sequence[str]], one: str, on_end: str, language: Language) -> str:
    said: list[str] = []
    for run in runs:
        is_long = len(run) >= A_RUN
        said += [on_end.format(run[0], run[-1])] if is_long else map(one.format, run)
    once = _in(language, "said_once")
    said = [
        name.removeprefix(once) if before.startswith(once) else name
        for before, name in pairwise(["", *said])
    ]
    return together(said, _in(language, "and"))


def _in(language: Language, key: str) -> str:
    return phrase(language, "hours", key)


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Consecutive numbers, together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
