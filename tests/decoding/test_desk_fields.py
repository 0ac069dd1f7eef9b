"""One field of any form at the desk is read, or refused by a word to whoever typed it."""

from collections.abc import Callable
from datetime import date

import pytest

from chalicelib.decoding.desk_fields import (
    Form,
    date_of,
    day_of,
    line_of,
    nonce_of,
    phone_of,
    words_of,
)
from chalicelib.domain.errors import FormRefused
from tests.builders import paris

NOW = paris("2019-05-14 00:30")  # the day before, by UTC


def test_a_day_is_a_paris_day_and_today_where_none_is_given() -> None:
    assert day_of({}, "day", NOW) == date(2019, 5, 14)
    assert day_of({"day": "13/05/2019"}, "day", NOW) == date(2019, 5, 13)


@pytest.mark.parametrize("typed", ["2019-05-04", "04/05/2019", "4/5/2019", " 4/5/2019 "])
def test_a_date_is_read_as_browsers_and_people_in_france_write_it(typed: str) -> None:
    assert date_of({"until": typed}, "until") == date(2019, 5, 4)


def test_words_stand_on_one_line_with_one_space_between_them() -> None:
    assert words_of({"why": " mauvais \r\n texte "}, "why", "Pourquoi ?") == "mauvais texte"


def test_missing_words_are_asked_for_in_the_words_of_the_form() -> None:
    with pytest.raises(FormRefused, match="Pourquoi"):
        words_of({"why": " "}, "why", "Pourquoi ?")


@pytest.mark.parametrize("read", [line_of, phone_of, date_of])
def test_a_field_that_is_empty_says_nothing(read: Callable[[Form, str], object]) -> None:
    assert read({"field": " "}, "field") is None
    assert read({}, "field") is None


#: How each is read, and what it cannot be.
REFUSED: list[tuple[Callable[[Form], object], str]] = [
    (lambda form: nonce_of({"nonce": form["field"]}), "a b c d e"),
    (lambda form: line_of(form, "field"), "x" * 301),
    (lambda form: line_of(form, "field"), "mau\x00vais"),
    (lambda form: phone_of(form, "field"), "06 12"),
    (lambda form: date_of(form, "field"), "31/02/2019"),
    (lambda form: date_of(form, "field"), "2101-01-01"),
    (lambda form: day_of(form, "field", NOW), "15/05/2019"),
]


@pytest.mark.parametrize(("read", "typed"), REFUSED)
def test_what_was_typed_is_refused_and_not_repeated(
    read: Callable[[Form], object], typed: str
) -> None:
    with pytest.raises(FormRefused) as refused:
        read({"field": typed})
    assert refused.value.message.endswith(".")
    assert typed not in str(refused.value)
