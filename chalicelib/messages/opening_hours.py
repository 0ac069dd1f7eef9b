"""When a counter can be visited, in words: its weekly hours and its coming closures."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, time, timedelta
from itertools import pairwise

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk, Opening, Place, Terms
from chalicelib.messages.dates_in_words import MONTHS, WEEKDAYS, day_in_words, hour_in_words
from chalicelib.messages.sentences import au, together
from chalicelib.messages.typography import typeset

A_YEAR = range(1, 13)

#: What is left out of a year is said instead of what is in it, up to so many months.
FEW_MONTHS = 3
#: Days and months on end are said by the first and the last, from so many on.
A_RUN = 3

AND = {Language.FR: "et", Language.EN: "and"}
THEN = {Language.FR: " ; ", Language.EN: "; "}
WEEKDAY = {Language.FR: "le {}", Language.EN: "{}"}
WEEKDAYS_ON_END = {Language.FR: "du {} au {}", Language.EN: "{} to {}"}
MONTH = {Language.FR: "en {}", Language.EN: "in {}"}
MONTHS_ON_END = {Language.FR: "de {} à {}", Language.EN: "from {} to {}"}
ALL_YEAR = {Language.FR: "toute l’année", Language.EN: "all year"}
ALL_YEAR_EXCEPT = {Language.FR: "toute l’année sauf {}", Language.EN: "all year except {}"}
AT_HOURS = {Language.FR: "de {} à {}", Language.EN: "from {} to {}"}

#: The hours of one day, in order.
Hours = tuple[tuple[time, time], ...]
#: The months of a season, and the hours of a day in it.
Season = tuple[tuple[int, ...], Hours]

CLOSED_ONE_DAY = {
    Language.FR: "{is_closed} le {first} : {why}.",
    Language.EN: "{is_closed} on {first}: {why}.",
}
CLOSED = {
    Language.FR: "{is_closed} du {first} au {last} inclus : {why}.",
    Language.EN: "{is_closed} from {first} to {last} inclusive: {why}.",
}
#: What a student does whose appointment falls within a closure: nobody else can know.
AND_THE_VISIT = {
    Language.FR: "Votre rendez-vous tombe pendant cette fermeture : avant de venir, demandez "
    "{office} s’il est maintenu.",
    Language.EN: "Your appointment falls within this closure: before you come, ask {office} "
    "whether it is kept.",
}


def hours_in_words(place: Place, language: Language) -> str:
    """Such as `Monday to Friday from 9 am to 5 pm; in July, Monday from 9 am to 12 noon`.

    Hours without months are those of every month that no other hours are said to be *in*. Empty for
    a place without hours.
    """
    said: dict[str, list[str]] = {}
    for season, hours, weekdays in _usual_first(place.openings):
        week = f"{_weekdays(weekdays, language)} {_at(hours, language)}"
        said.setdefault(_season(season, language), []).append(week)
    clauses = (season + THEN[language].join(weeks) for season, weeks in said.items())
    return typeset(THEN[language].join(clauses), language)


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
    words = CLOSED_ONE_DAY if closure.first == closure.last else CLOSED
    said = words[language].format(
        is_closed=terms.counter.is_closed[language],
        first=day_in_words(closure.first, language),
        last=day_in_words(closure.last, language),
        why=closure.why[language],
    )
    if visit_on and closure.first <= visit_on <= closure.last:
        said = f"{said} {_and_the_visit(terms, language)}"
    return typeset(said, language)


def _and_the_visit(terms: Terms, language: Language) -> str:
    office = terms.to_ask_of_visits.short[language]
    return AND_THE_VISIT[language].format(office=au(office) if language is Language.FR else office)


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
    return together([AT_HOURS[language].format(*span) for span in spans], AND[language])


def _season(months: Sequence[int], language: Language) -> str:
    """The months as a sentence begins with them; nothing for none."""
    if not months:
        return ""
    if _is_named(months):
        return f"{_months(months, language)}, "
    others = [month for month in A_YEAR if month not in months]
    if not others:
        return f"{ALL_YEAR[language]}, "
    return f"{ALL_YEAR_EXCEPT[language].format(_months(others, language))}, "


def _months(months: Sequence[int], language: Language) -> str:
    runs = _runs(months)
    if runs[0][0] == A_YEAR[0] and runs[-1][-1] == A_YEAR[-1]:  # winter does not end with the year
        runs = [runs[-1] + runs[0], *runs[1:-1]]
    names = [[MONTHS[language][month - 1] for month in run] for run in runs]
    said = _listed(names, MONTH[language], MONTHS_ON_END[language], language)
    return said.replace("de a", "d’a").replace("de o", "d’o")


def _weekdays(weekdays: Sequence[int], language: Language) -> str:
    names = [[WEEKDAYS[language][weekday] for weekday in run] for run in _runs(weekdays)]
    return _listed(names, WEEKDAY[language], WEEKDAYS_ON_END[language], language)


def _listed(runs: Iterable[Sequence[str]], one: str, on_end: str, language: Language) -> str:
    said: list[str] = []
    for run in runs:
        is_long = len(run) >= A_RUN
        said += [on_end.format(run[0], run[-1])] if is_long else map(one.format, run)
    if language is Language.EN:  # in July and August: French repeats the preposition
        said = [
            name.removeprefix("in ") if before.startswith("in ") else name
            for before, name in pairwise(["", *said])
        ]
    return together(said, AND[language])


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Consecutive numbers, together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
