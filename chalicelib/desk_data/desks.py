"""From a desk's TOML file to the domain's `Desk`; whatever is wrong is refused by its key."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from chalicelib.desk_data.holidays import HOLIDAYS
from chalicelib.desk_data.sanity import contradictions, misfits
from chalicelib.domain.desk_calendar import Closure, Desk, Terms, Words
from chalicelib.domain.errors import Unusable

HERE = Path(__file__).parent


class DeskFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A desk as its file describes it: all of `Desk`, with its public holidays by their name."""

    name: Words
    sms_name: str
    terms: tuple[Terms, ...]
    closures: tuple[Closure, ...]
    holidays: Literal["mainland", "alsace-moselle"]


def load(name: str = "grenoble") -> Desk:
    """The desk shipped under this name."""
    return parse((HERE / f"{name}.toml").read_text(encoding="utf-8"), source=f"{name}.toml")


def parse(text: str, *, source: str) -> Desk:
    """The desk that a file describes; `Unusable` names the file and the key that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{source}: {error}"
        raise Unusable(message) from error
    return described(document, source=source)


def described(document: Mapping[str, Any], *, source: str) -> Desk:
    """The same, of a file that has been read."""
    try:
        file = msgspec.convert(document, DeskFile)
    except msgspec.ValidationError as error:
        message = f"{source}: {error}"
        raise Unusable(message) from error
    _refuse(source, misfits(document, msgspec.to_builtins(file)))
    _refuse(source, contradictions(file.terms, file.closures))
    return Desk(
        name=file.name,
        sms_name=file.sms_name,
        terms=file.terms,
        closures=file.closures,
        holidays=HOLIDAYS[file.holidays],
    )


def _refuse(source: str, wrongs: Iterable[str]) -> None:
    for wrong in wrongs:
        message = f"{source}: {wrong}"
        raise Unusable(message)
