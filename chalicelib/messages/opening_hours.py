"""When a counter can be visited, in words: its weekly hours and its coming closures."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk, Opening, Place, Terms
from chalicelib.messages.dates_in_words import MONTHS, WEEKDAYS, day_in_words, hour_in_words
from chalicelib.messages.sentences import au
from chalicelib.messages.typography import typeset

A_YEAR = range(1, 13)

#: What is left out of a year is said instead of what is in it, up to so many months.
FEW_MONTHS = 3
#: Days and months on end are said by the first and the last, from so many on.
A_RUN = 3

AND = {Language.FR: " et ", Language.EN: " and "}
THEN = {Language.FR: " ; ", Language.EN: "; "}
WEEKDAY = {Language.FR: "le {}", Language.EN: "{}"}
WEEKDAYS_ON_END = {Language.FR: "du {} au {}", Language.EN: "{} to {}"}
MONTH = {Language.FR: "en {}", Language.EN: "in {}"}
MONTHS_ON_END = {Language.FR: "de {} à {}", Language.EN: "from {} to {}"}
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
    "{helper} s’il est maintenu.",
    Language.EN: "Your appointment falls within this closure: before you come, ask {helper} "
    "whether it is kept.",
}


#: The same where no office helps.
AND_THE_VISIT_ALONE = {
    Language.FR: "Votre rendez-vous tombe pendant cette fermeture : avant de venir, vérifiez qu’il "
    "est maintenu.",
    Language.EN: "Your appointment falls within this closure: before you come, check that it is "
    "kept.",
}


def hours_in_words(place: Place, language: Language) -> str:
    """Such as `Monday to Friday from 9 am to 5 pm; in July, Monday from 9 am to 12 noon`.

    Hours without months are those of every month that is not named for the same weekdays. Empty for
    a place without hours.
    """
    said: dict[str, list[str]] = {}
    for (months, hours), weekdays in _usual_first(place.openings):
        week = f"{_weekdays(weekdays, language)} {_at(hours, language)}"
        said.setdefault(_season(months, language), []).append(week)
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
    if terms.helper is None:
        return AND_THE_VISIT_ALONE[language]
    helper = terms.helper.short[language]
    return AND_THE_VISIT[language].format(helper=au(helper) if language is Language.FR else helper)


def _usual_first(openings: Sequence[Opening]) -> list[tuple[Season, list[int]]]:
    """The weekdays of each season. The longest of a year without gaps has no months."""
    weeks: defaultdict[Season, list[int]] = defaultdict(list)
    for weekday in range(7):
        seasons = _seasons([o for o in openings if weekday in o.weekdays])
        is_all_year = sum(len(months) for months, _ in seasons) == len(A_YEAR)
        for index, (months, hours) in enumerate(seasons):
            weeks[() if is_all_year and index == 0 else months, hours].append(weekday)
    order = sorted(weeks, key=lambda season: (len(season[0]) > 0, -len(season[0]), weeks[season]))
    return [(season, weeks[season]) for season in order]


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
    return AND[language].join(AT_HOURS[language].format(*span) for span in spans)


def _season(months: Sequence[int], language: Language) -> str:
    """The months as a sentence begins with them; nothing for none."""
    if not months:
        return ""
    others = [month for month in A_YEAR if month not in months]
    if len(others) > FEW_MONTHS:
        return f"{_months(months, language)}, "
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
    return AND[language].join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Consecutive numbers, together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
