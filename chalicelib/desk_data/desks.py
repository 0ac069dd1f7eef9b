"""From a desk's TOML file to the domain's `Desk`; whatever is wrong is refused by its key."""

import re
import tomllib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec.inspect import type_info

from chalicelib.desk_data.complaints import of_decoder, of_toml, unknown_keys
from chalicelib.desk_data.holidays import HOLIDAYS
from chalicelib.desk_data.marks import longest, wrong_marks
from chalicelib.desk_data.sanity import contradictions, untranslated
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk, Legal, Terms, Words, WorkRules
from chalicelib.domain.errors import Unusable

HERE = Path(__file__).parent

#: A key, as `sanity` and msgspec name it; a table, a key and what a line of a list holds, as TOML
#: writes them.
_NAMED = re.compile(r"\$[\w.\[\]]*")
_TABLE = re.compile(r"(?P<many>\[{1,2})(?P<name>[\w.]+)\]")
_KEY = re.compile(r"(?P<name>[\w.]+) *=(?P<opens> *\[(?!.*\]))?")
_ELEMENT = re.compile(r'\{.*?\}|"[^"]*"')

#: A document, or one that is no document; the keys of what comes from it.
Sources = Mapping[str, tuple[str, ...]]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What values come from: of this day, or in force on it."""

    title: str
    date: date


@dataclass(frozen=True, kw_only=True)
class SourcedTerms(Terms):
    """Terms as a file says them: with where each value comes from."""

    sources: Sources


class DeskFile(msgspec.Struct, frozen=True, kw_only=True):
    """A desk as its file describes it: all of `Desk`, with its public holidays by their name."""

    documents: Mapping[str, Document]
    sources: Sources
    languages: tuple[Language, ...]
    name: Words
    sms_name: str
    sms_sender: str
    legal: Legal
    terms: tuple[SourcedTerms, ...]
    closures: tuple[Closure, ...]
    holidays: Literal["mainland", "alsace-moselle"]
    work: WorkRules | None = None


def load(name: str) -> Desk:
    """The desk shipped under this name."""
    return read(HERE / f"{name}.toml")


def read(file: Path) -> Desk:
    """The desk that a file describes; `Unusable` names the file, and line and key of each fault."""
    return parse(text_of(file), source=file.name)


def text_of(file: Path) -> str:
    """What a file says; `Unusable` if it is none, or none in UTF-8."""
    try:
        content = file.read_bytes()
    except OSError as error:
        message = f"{file.name}: {error.strerror}"
        raise Unusable(message) from error
    if content.startswith(BOM_UTF8):
        message = f"{file.name}: begins with a byte order mark: save it without (line 1)"
        raise Unusable(message)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"{file.name}: is not in UTF-8 (line {line})"
        raise Unusable(message) from error


def parse(text: str, *, source: str) -> Desk:
    """The desk that a file describes; `Unusable` names the file, and line and key of each fault."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{source}: {of_toml(error, text)}"
        raise Unusable(message) from error
    try:
        return described(document, source=source)
    except Unusable as error:
        each = (f"{wrong} (line {line_of(wrong, text)})" for wrong in str(error).splitlines())
        raise Unusable("\n".join(each)) from error


def described(document: Mapping[str, Any], *, source: str) -> Desk:
    """The same, of a file that has been read."""
    unknown = [*unknown_keys(document, type_info(DeskFile))]
    try:
        file = msgspec.convert(document, DeskFile)
    except msgspec.ValidationError as error:
        raise _refusal(source, [*unknown, of_decoder(error)]) from error
    # A check may rely on what those before it have found right.
    for wrongs in (
        [*unknown, *untranslated(document)],
        [
            *contradictions(document, file.terms, file.closures, file.legal.audit),
            *wrong_marks(document),
        ],
    ):
        if wrongs:
            raise _refusal(source, wrongs)
    return Desk(
        languages=file.languages,
        name=file.name,
        sms_name=file.sms_name,
        sms_sender=file.sms_sender,
        legal=file.legal,
        terms=file.terms,
        closures=file.closures,
        holidays=HOLIDAYS[file.holidays],
        work=file.work,
    )


def line_of(wrong: str, text: str) -> int:
    """Where a file has the key that a complaint names; of a key that is missing, its table."""
    named, lines = _NAMED.search(wrong), dict(_keys(text))
    return lines[longest(named[0] if named else "$", lines)]


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Every table, key and element of a list that a line begins with, as complaints name it, and
    the line's number.
    """
    blocks: Counter[str] = Counter()
    table, inside, elements = "$", "", 0
    yield table, 1
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if header := _TABLE.match(line):
            outer, dot, inner = header["name"].partition(".")
            blocks[outer] += header["many"] == "[["
            index = f"[{blocks[outer] - 1}]" if blocks[outer] else ""
            table, inside = f"$.{outer}{index}{dot}{inner}", ""
            yield table, number
        elif key := _KEY.match(line):
            path = f"{table}.{key['name']}"
            inside, elements = path if key["opens"] else "", 0
            yield path, number
        elif inside:
            found = len(_ELEMENT.findall(line.partition(" #")[0]))
            yield from ((f"{inside}[{elements + n}]", number) for n in range(found))
            elements += found


def _refusal(source: str, wrongs: Iterable[str]) -> Unusable:
    return Unusable("\n".join(f"{source}: {wrong}" for wrong in wrongs))
