"""The short words of each language, which code joins into dates, hours and labels: a file for each
under `texts/_words`. What a language lacks is a MissingText, as a text that it lacks is.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import MissingText

TEXTS = Path(__file__).parent / "texts"

Table = Mapping[str, str]

Written = TypeVar("Written")


def written(desk: Desk, language: Language, write: Callable[[Language], Written]) -> Written:
    """What is written in a language; where that lacks a text of it, the whole in the desk's first:
    never a letter in two languages.
    """
    try:
        return write(language)
    except MissingText:
        return write(desk.languages[0])


def phrase(language: Language, table: str, key: str) -> str:
    """One of a language's phrases, such as `phrase(language, "greeting", "hello")`."""
    try:
        return phrases(language, table)[key]
    except KeyError as error:
        message = f"_words/{language}.toml: {table}.{key}"
        raise MissingText(message) from error


def phrases(language: Language, table: str) -> Table:
    """All phrases of a table."""
    return _file(language).get(table, {})


def names(language: Language, table: str) -> Sequence[str]:
    """What is called by its number, from 0: `weekdays`, `months`."""
    return tuple(phrases(language, table).values())


@cache
def _file(language: str) -> Mapping[str, Table]:
    try:
        return tomllib.loads((TEXTS / "_words" / f"{language}.toml").read_text())
    except FileNotFoundError as error:
        message = f"_words/{language}.toml"
        raise MissingText(message) from error
