"""From a desk's TOML file to the domain's `Desk`; whatever is wrong is refused by its key."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from chalicelib.desk_data.holidays import HOLIDAYS
from chalicelib.desk_data.sanity import contradictions, misfits
from chalicelib.domain.desk_calendar import Closure, Desk, Terms, Words
from chalicelib.domain.errors import Unusable

HERE = Path(__file__).parent

#: A key, as `sanity` and msgspec name it; a table, and a key, as TOML writes it.
_NAMED = re.compile(r"\$[\w.\[\]]+")
_TABLE = re.compile(r"(?P<many>\[{1,2})(?P<name>[\w.]+)\]")
_KEY = re.compile(r"\w+(?= *=)")


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
    try:
        return described(document, source=source)
    except Unusable as error:
        line = line_of(str(error), text)
        message = f"{error} (line {line})" if line else str(error)
        raise Unusable(message) from error


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


def line_of(wrong: str, text: str) -> int | None:
    """Where a file has the key that a complaint names; of a key that is missing, its table."""
    named, lines = _NAMED.search(wrong), dict(_keys(text))
    path = named[0] if named else ""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Every table and key that begins a line, as complaints name it, and the line's number."""
    blocks: Counter[str] = Counter()
    table = "$"
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            outer, _, inner = header["name"].partition(".")
            blocks[outer] += header["many"] == "[["
            table = f"$.{outer}[{blocks[outer] - 1}]" + (f".{inner}" if inner else "")
            yield table, number
        elif key := _KEY.match(line):
            yield f"{table}.{key[0]}", number


def _refuse(source: str, wrongs: Iterable[str]) -> None:
    for wrong in wrongs:
        message = f"{source}: {wrong}"
        raise Unusable(message)
