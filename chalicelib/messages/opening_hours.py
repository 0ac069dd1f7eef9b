"""When a counter can be visited, in words: its weekly hours and its coming closures."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk, Opening, Place, Terms
from chalicelib.messages.dates_in_words import MONTHS, WEEKDAYS, day_in_words, hour_in_words
from chalicelib.messages.sentences import au
from chalicelib.messages.typography import typeset

EVERY_MONTH = frozenset(range(1, 13))

AND = {Language.FR: " et ", Language.EN: " and "}
THEN = {Language.FR: " ; ", Language.EN: "; "}
IN_MONTHS = {Language.FR: "en {}, ", Language.EN: "in {}, "}
ON_ONE_WEEKDAY = {Language.FR: "le {}", Language.EN: "{}"}
ON_WEEKDAYS = {Language.FR: "du {} au {}", Language.EN: "{} to {}"}
AT_HOURS = {Language.FR: "de {} à {}", Language.EN: "from {} to {}"}

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
    """Such as `Monday to Friday from 9 am to 5 pm; in July, Monday from 9 am to 12 pm`.

    Empty for a place without hours.
    """
    seasons = _by(place.openings, lambda opening: opening.months)
    longest_first = sorted(seasons.items(), key=lambda season: -len(season[0]))
    said = [_season(*season, language) for season in longest_first]
    if longest_first and frozenset().union(*seasons) == EVERY_MONTH:
        said[0] = _week(longest_first[0][1], language)
    return typeset(THEN[language].join(said), language)


def times_in_words(openings: Iterable[Opening], language: Language) -> str:
    """The hours of one day, such as `from 9 am to 12 noon and from 2 pm to 4 pm`."""
    spans = (
        AT_HOURS[language].format(
            hour_in_words(opening.opens, language), hour_in_words(opening.closes, language)
        )
        for opening in sorted(openings, key=lambda opening: opening.opens)
    )
    return AND[language].join(spans)


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


def _season(months: Collection[int], openings: Iterable[Opening], language: Language) -> str:
    names = [MONTHS[language][month - 1] for month in sorted(months)]
    return IN_MONTHS[language].format(_listed(names, language)) + _week(openings, language)


def _week(openings: Iterable[Opening], language: Language) -> str:
    weeks = _by(openings, lambda opening: opening.weekdays)
    return THEN[language].join(
        f"{_weekdays(weekdays, language)} {times_in_words(same_days, language)}"
        for weekdays, same_days in sorted(weeks.items(), key=lambda week: min(week[0]))
    )


def _weekdays(weekdays: Collection[int], language: Language) -> str:
    return _listed([_run(run, language) for run in _runs(weekdays)], language)


def _run(run: Sequence[int], language: Language) -> str:
    names = WEEKDAYS[language]
    if len(run) == 1:
        return ON_ONE_WEEKDAY[language].format(names[run[0]])
    return ON_WEEKDAYS[language].format(names[run[0]], names[run[-1]])


def _listed(names: Sequence[str], language: Language) -> str:
    return AND[language].join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _runs(numbers: Collection[int]) -> list[list[int]]:
    """Consecutive numbers, together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _by(
    openings: Iterable[Opening], key: Callable[[Opening], frozenset[int]]
) -> dict[frozenset[int], list[Opening]]:
    groups: dict[frozenset[int], list[Opening]] = {}
    for opening in openings:
        groups.setdefault(key(opening), []).append(opening)
    return groups
