"""A browser says which languages somebody reads, and how well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.contact import Language
from chalicelib.entrypoints.languages import read_by

OURS = tuple(Language)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", None),
        ("fr", "fr"),
        ("en-GB,en;q=0.9", "en"),
        ("EN", "en"),
        ("fr-FR, fr;q=0.9, en;q=0.8", "fr"),
        ("en;q=0.8, fr;q=0.9", "fr"),
        ("ar-MA,ar;q=0.9,en;q=0.5", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("zh-CN,zh;q=0.9", None),
        ("*", None),
        ("english", None),
        ("en;q=x, fr", "fr"),
        ("en;q=0.5;level=1,fr;q=0.1", "fr"),
        ("<script>,en", "en"),
    ],
)
def test_the_first_of_ours_by_weight(asked: str, language: str | None) -> None:
    assert read_by(asked, OURS) == language


@given(st.text(max_size=200))
def test_whatever_it_says_it_is_one_of_ours_or_none(asked: str) -> None:
    assert read_by(asked, OURS) in {None, *Language}


@pytest.mark.parametrize(("asked", "language"), [("en, fr;q=0.5", "fr"), ("en", None)])
def test_a_language_that_the_desk_does_not_offer_is_passed_over(
    asked: str, language: str | None
) -> None:
    assert read_by(asked, (Language.FR,)) == language
