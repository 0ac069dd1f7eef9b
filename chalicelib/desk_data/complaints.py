"""What a reader of TOML or a decoder complains of, in the words of whoever writes a desk's file."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date, time
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

_LACKS = re.compile(r"Object missing required field `(?P<key>\w+)`(?: - at `(?P<at>.+)`)?")
_AT = re.compile(r"(?P<what>.+) - at `(?P<at>\$.*)`")
_NO_KEY = re.compile(r"Invalid enum value '(?P<key>.*)' - at `key` in `(?P<at>\$.*)`")
_UNLIKE = re.compile(r"Expected `(?P<wanted>\w+)[^`]*`, got `(?P<got>\w+)`")
_NO_CHOICE = re.compile(r"Invalid enum value '?(?P<value>.*?)'?")

#: What belongs in a place, by msgspec's word for it.
_BELONGS = {
    "str": "a text in quotation marks",
    "int": "a whole number without quotation marks",
    "bool": "true or false, without quotation marks",
    "date": "a day as 2026-09-01, without quotation marks",
    "time": "an hour as 09:00:00, without quotation marks",
    "array": "a list in [ ]",
    "object": "a table, as { fr = …, en = … } or under its own [heading]",
}
_RFC_3339 = {"Invalid RFC3339 encoded date": "date", "Invalid RFC3339 encoded time": "time"}

#: What somebody may have meant as an hour or a day, and TOML reads as neither.
_HOUR = re.compile(r"(?P<key>\w+) *= *(?P<value>\d{1,2}(?::\d{1,2}(?::\d{1,2})?| *h *\d{0,2}))\b")
_DAY = re.compile(r"(?P<key>\w+) *= *(?P<value>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})\b")


def of_toml(error: tomllib.TOMLDecodeError, text: str) -> str:
    """Why it is no TOML: an hour or a day that is none, or else what the reader says."""
    said = str(error)
    line = re.search(r"line (\d+)", said)
    number = int(line[1]) if line else len(text.splitlines())
    [content] = text.splitlines()[number - 1 : number] or [""]
    for pattern, kind, read in ((_HOUR, "time", time), (_DAY, "date", date)):
        for found in pattern.finditer(content.partition("#")[0]):
            if not _is(found["value"], read):
                return f"`{found['key']}`: {found['value']} is not {_BELONGS[kind]} (line {number})"
    return said


def _is(value: str, read: type[date | time]) -> bool:
    with suppress(ValueError):
        return read.fromisoformat(value).isoformat() == value
    return False


def of_decoder(error: msgspec.ValidationError) -> str:
    """Which key has no value, or not one that belongs there."""
    said = str(error)
    if lack := _LACKS.fullmatch(said):
        return f"missing key `{lack['at'] or '$'}.{lack['key']}`"
    if more := _NO_KEY.fullmatch(said):
        return f"unknown key `{more['at']}.{more['key']}`"
    found = _AT.fullmatch(said)
    what, at = (found["what"], found["at"]) if found else (said, "$")
    if choice := _NO_CHOICE.fullmatch(what):
        return f"`{at}`: “{choice['value']}” is none of what it may be"
    unlike = _UNLIKE.fullmatch(what)
    wanted = unlike["wanted"] if unlike else _RFC_3339.get(what, "")
    return f"`{at}`: must be {_BELONGS[wanted]}" if wanted in _BELONGS else f"`{at}`: {what}"


def unknown_keys(given: Any, shape: inspect.Type, path: str = "$") -> Iterator[str]:
    """Keys that nothing reads, with the one that may be meant."""
    if isinstance(given, Mapping):
        yield from _unknown(given, shape, path)
    elif isinstance(given, list) and isinstance(shape, inspect.VarTupleType):
        for index, value in enumerate(given):
            yield from unknown_keys(value, shape.item_type, f"{path}[{index}]")


def _unknown(given: Mapping[str, Any], shape: inspect.Type, path: str) -> Iterator[str]:
    if isinstance(shape, inspect.UnionType):
        [shape] = (one for one in shape.types if not isinstance(one, inspect.NoneType))
    if isinstance(shape, inspect.StructType | inspect.DataclassType):
        known = {field.name: field.type for field in shape.fields}
        yield from (unknown_key(key, known, path) for key in given if key not in known)
        for key in given.keys() & known.keys():
            yield from unknown_keys(given[key], known[key], f"{path}.{key}")
    if isinstance(shape, inspect.DictType):
        for key, value in given.items():
            yield from unknown_keys(value, shape.value_type, f"{path}.{key}")


def unknown_key(key: str, known: Collection[str], path: str) -> str:
    """That nothing reads a key, and which one may be meant."""
    meant = get_close_matches(key, known, n=1)
    return f"unknown key `{path}.{key}`" + "".join(f"; did you mean `{name}`?" for name in meant)
