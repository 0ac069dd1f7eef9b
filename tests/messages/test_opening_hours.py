"""Opening hours and closures, in words."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Opening
from chalicelib.messages.dates_in_words import hour_in_words
from chalicelib.messages.opening_hours import closures_ahead, hours_in_words
from chalicelib.messages.phrases import names
from tests.messages.samples import CLOSURE, DESK, closed_desk
from tests.messages.test_dates_in_words import plain

FR, EN, ES = Language.FR, Language.EN, Language.ES
COUNTER = DESK.terms[0].counter


def opening(weekdays: set[int], months: set[int], opens: time, closes: time) -> Opening:
    return Opening(
        weekdays=frozenset(weekdays), months=frozenset(months), opens=opens, closes=closes
    )


def said(language: Language, *openings: Opening) -> str:
    return plain(hours_in_words(replace(COUNTER, openings=openings), language))


def test_the_shipped_hours_are_those_of_the_procedure() -> None:
    french = "du lundi au vendredi de 9 h à 17 h ; en septembre, du lundi au vendredi de 9 h à 18 h"
    english = "Monday to Friday from 9 am to 5 pm; in September, Monday to Friday from 9 am to 6 pm"

    assert plain(hours_in_words(COUNTER, FR)) == french
    assert plain(hours_in_words(COUNTER, EN)) == english


def test_mornings_and_afternoons_of_the_same_days_are_said_together() -> None:
    every = set(range(1, 13))
    afternoon = opening({0, 2, 3}, every, time(14), time(16, 30))
    morning = opening({0, 2, 3}, every, time(9), time(12))

    french = "le lundi, le mercredi et le jeudi de 9 h à 12 h et de 14 h à 16 h 30"
    assert said(FR, afternoon, morning) == french


def test_days_with_other_hours_are_said_apart() -> None:
    every = set(range(1, 13))
    friday = opening({4}, every, time(9), time(12))
    others = opening({0, 1, 2, 3}, every, time(9), time(17))

    english = "Monday to Thursday from 9 am to 5 pm; Friday from 9 am to 12 noon"
    assert said(EN, friday, others) == english


def test_months_without_opening_make_every_other_month_named() -> None:
    spring = opening({0}, {3, 4, 5}, time(9), time(12))
    autumn = opening({0}, {10}, time(9), time(11))

    english = (
        "from March to May, Monday from 9 am to 12 noon; in October, Monday from 9 am to 11 am"
    )
    assert said(EN, autumn, spring) == english


def test_what_holds_in_most_months_is_said_by_those_in_which_it_does_not() -> None:
    week = opening({0, 1}, set(range(1, 13)), time(9), time(12))
    saturday = opening({5}, set(range(1, 13)) - {7, 8}, time(9), time(11))
    winter = opening({6}, {12, 1, 2}, time(10), time(11))
    spring = opening({6}, {4, 5, 8, 10}, time(10), time(12))

    assert said(FR, saturday, winter, spring, week) == (
        "toute l’année, le lundi et le mardi de 9 h à 12 h ; "
        "toute l’année sauf en juillet et en août, le samedi de 9 h à 11 h ; "
        "en avril, en mai, en août et en octobre, le dimanche de 10 h à 12 h ; "
        "de décembre à février, le dimanche de 10 h à 11 h"
    )
    assert said(EN, saturday) == "all year except in July and August, Saturday from 9 am to 11 am"
    assert said(EN, spring) == "in April, May, August and October, Sunday from 10 am to 12 noon"


def test_beside_hours_of_a_season_what_holds_all_year_says_so() -> None:
    """Else whoever reads the season's hours believes that the other days are not in it."""
    every, summer = set(range(1, 13)), {7, 8}
    mornings = opening({0, 1, 3, 4}, every, time(9), time(12, 15))
    afternoons = opening({0, 1, 3, 4}, every - summer, time(13, 15), time(16))
    wednesday = opening({2}, every, time(9), time(12))

    assert said(FR, mornings, afternoons, wednesday) == (
        "le lundi, le mardi, le jeudi et le vendredi de 9 h à 12 h 15 et de 13 h 15 à 16 h ; "
        "en juillet et en août, le lundi, le mardi, le jeudi et le vendredi de 9 h à 12 h 15 ; "
        "toute l’année, le mercredi de 9 h à 12 h"
    )
    assert said(EN, mornings, afternoons, wednesday).endswith(
        "; in July and August, Monday, Tuesday, Thursday and Friday from 9 am to 12:15 pm"
        "; all year, Wednesday from 9 am to 12 noon"
    )


def test_a_vowel_takes_the_e_of_de() -> None:
    autumn = opening({0}, {4, 5, 6, 8, 9, 10}, time(9), time(12))
    assert said(FR, autumn) == "d’avril à juin et d’août à octobre, le lundi de 9 h à 12 h"


#: Hours that do not overlap, and meet.
SLOTS = [(time(8, 30), time(10)), (time(10), time(12)), (time(14), time(16, 30))]
SOME_WEEKDAYS = st.sets(st.integers(0, 6), min_size=1)
SOME_MONTHS = st.sets(st.integers(1, 12), min_size=1)


@given(st.lists(st.tuples(SOME_WEEKDAYS, SOME_MONTHS, st.sampled_from(SLOTS)), max_size=6))
@pytest.mark.parametrize("language", Language)
def test_the_words_say_the_table_and_nothing_else(
    language: Language, rows: list[tuple[set[int], set[int], tuple[time, time]]]
) -> None:
    table: dict[tuple[int, int], set[tuple[str, ...]]] = {}
    openings: list[Opening] = []
    for weekdays, months, hours in rows:
        span = tuple(plain(hour_in_words(hour, language)) for hour in hours)
        days = {(weekday, month) for weekday in weekdays for month in months}
        if any(span in table.get(day, ()) for day in days):
            continue  # the same hours twice: a desk's file is refused for it
        openings.append(opening(weekdays, months, *hours))
        for day in days:
            table.setdefault(day, set()).add(span)
    assert understood(said(language, *openings), language) == table


AT = {FR: r"de (.+?) à (.+?)", EN: r"from (.+?) to (.+?)", ES: r"de (.+?) a (.+?)"}


def understood(words: str, language: Language) -> dict[tuple[int, int], set[tuple[str, ...]]]:
    """The table that a stranger takes from the words, by (weekday, month). What is said to be *in*
    some months is all there is in them, but for what says that it holds all year, or nearly.
    """
    found: dict[tuple[int, int], set[tuple[str, ...]]] = {}
    usual: list[tuple[set[int], set[tuple[str, ...]]]] = []
    named, months = set[int](), set[int]()
    for clause in re.split(" ?; ", words) if words else []:
        before, week, after = re.fullmatch(CLAUSE[language], clause).groups()  # type: ignore[union-attr]
        months = numbers(before, names(language, "months"), 1) if before else months
        is_said_of_the_year = before and before.startswith(("tout", "all", "todo"))
        if is_said_of_the_year:
            months = set(range(1, 13)) - months
        elif before:
            named |= months
        weekdays = numbers(week, names(language, "weekdays"), 0)
        spans = set(re.findall(AT[language] + r"(?=$| et | and | y |, )", after))
        if months:
            found |= {(day, month): spans for day in weekdays for month in months}
        else:
            usual.append((weekdays, spans))
    for weekdays, spans in usual:
        rest = {(d, m): spans for d in weekdays for m in set(range(1, 13)) - named}
        assert not rest.keys() & found.keys()
        found |= rest
    return found


def numbers(words: str, called: Sequence[str], first: int) -> set[int]:
    """Which are named, those between two on end too."""
    joined = f"(?:to|à|au|a) ({'|'.join(called)})"
    places = {name: place for place, name in enumerate(called, start=first)}
    count, found = len(called), set[int]()
    for name, last in re.findall(rf"({'|'.join(called)})(?: {joined})?", words):
        length = (places[last] - places[name]) % count if last else 0
        ran = [(places[name] - first + n) % count + first for n in range(length + 1)]
        assert not found & {*ran}
        found |= {*ran}
    return found


#: The months, the weekdays, the hours.
DAY = {language: f"(?:{'|'.join(names(language, 'weekdays'))})" for language in Language}
CLAUSE = {
    FR: rf"(?:((?:en|de|d’|toute).+?), )?((?:le|du) {DAY[FR]}.*?) (de \d.*)",
    EN: rf"(?:((?:in|from|all).+?), )?({DAY[EN]}.*?) (from \d.*)",
    ES: rf"(?:((?:en|de(?! {DAY[ES]})|todo).+?), )?((?:de )?{DAY[ES]}.*?) (de \d.*)",
}


def test_a_place_without_hours_has_nothing_to_say() -> None:
    assert said(FR) == ""


@pytest.mark.parametrize(
    ("day", "is_said"),
    [
        (date(2019, 3, 19), False),  # 43 days before it begins
        (date(2019, 3, 20), True),
        (date(2019, 5, 3), True),  # its last day
        (date(2019, 5, 4), False),
    ],
)
def test_a_closure_is_announced_six_weeks_ahead_until_it_is_over(
    day: date, *, is_said: bool
) -> None:
    assert bool(closures_ahead(closed_desk(), day, FR)) is is_said


def test_a_closure_is_a_sentence_with_both_its_days_and_its_reason() -> None:
    (french,) = closures_ahead(closed_desk(), date(2019, 4, 10), FR)
    (english,) = closures_ahead(closed_desk(), date(2019, 4, 10), EN)

    assert plain(french) == (
        "L’antenne de la préfecture est fermée"
        " du mercredi 1er mai 2019 au vendredi 3 mai 2019 inclus : pont du 1er mai."
    )
    assert plain(english) == (
        "The prefecture office is closed"
        " from Wednesday 1 May 2019 to Friday 3 May 2019 inclusive: Labour Day break."
    )


def test_closures_come_in_the_order_of_their_days_and_one_day_is_said_once() -> None:
    one_day = Closure(first=date(2019, 4, 23), last=date(2019, 4, 23), why=CLOSURE.why)
    desk = replace(DESK, closures=(CLOSURE, one_day))

    first, second = closures_ahead(desk, date(2019, 4, 10), EN)

    assert plain(first).startswith("The prefecture office is closed on Tuesday 23 April 2019:")
    assert "1 May" in plain(second)


@pytest.mark.parametrize(
    ("visit_on", "is_said"),
    [
        (None, False),
        (date(2019, 4, 30), False),
        (date(2019, 5, 1), True),
        (date(2019, 5, 3), True),
        (date(2019, 5, 4), False),
    ],
)
def test_who_has_an_appointment_in_a_closure_asks_whether_it_is_kept(
    visit_on: date | None, is_said: bool
) -> None:
    (french,) = closures_ahead(closed_desk(), date(2019, 4, 10), FR, visit_on)
    (english,) = closures_ahead(closed_desk(), date(2019, 4, 10), EN, visit_on)
    assert ("s’il est maintenu" in french) is is_said
    assert ("whether it is kept" in english) is is_said


def test_a_counter_that_can_be_reached_is_asked_itself() -> None:
    desk = closed_desk()
    counter = replace(desk.terms[0].counter, email="a@b.example")
    reached = replace(desk, terms=(replace(desk.terms[0], counter=counter),))
    (french,) = closures_ahead(reached, date(2019, 4, 10), FR, date(2019, 5, 1))
    (english,) = closures_ahead(reached, date(2019, 4, 10), EN, date(2019, 5, 1))
    assert french.endswith("avant de venir, demandez à l’antenne s’il est maintenu.")
    assert english.endswith("before you come, ask the prefecture office whether it is kept.")


def test_where_nobody_reads_replies_who_answers_for_the_counter_is_asked() -> None:
    desk = closed_desk()
    unread = replace(desk, terms=(replace(desk.terms[0], replies_read_by={}),))
    (read,) = closures_ahead(desk, date(2019, 4, 10), FR, date(2019, 5, 1))
    (asked,) = closures_ahead(unread, date(2019, 4, 10), FR, date(2019, 5, 1))
    assert read.endswith("demandez s’il est maintenu en répondant à l’un de nos e-mails.")
    assert asked.endswith("demandez à ISSO s’il est maintenu.")


def test_a_closure_on_the_day_of_the_visit_is_said_however_far_ahead() -> None:
    assert closures_ahead(closed_desk(), date(2019, 1, 10), EN) == ()
    assert len(closures_ahead(closed_desk(), date(2019, 1, 10), EN, date(2019, 5, 2))) == 1
