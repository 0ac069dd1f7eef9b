"""Whom a body names that came from elsewhere, however it is spelt and wrapped.

Nothing here refuses: what is no JSON is read as a form, and what is neither as plain words.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any
from unicodedata import decimal, normalize
from urllib.parse import parse_qsl

from chalicelib.decoding.quarantined import heard_in
from chalicelib.decoding.visible import visible
from chalicelib.domain.contact import Contact, mailbox
from chalicelib.domain.names import folded, plain_words

#: So often may a text be wrapped: JSON in a form in JSON.
WRAPPED_AT_MOST = 3
#: Of so many ids a body can be about; whatever names more is none of ours.
IDS_AT_MOST = 20
#: A given name belongs to a family name that stands as near as this, in folded characters.
NEAR = 120
#: A family name of so few letters is a word in many texts.
LETTERS_AT_LEAST = 2
#: Fewer digits than these are nobody's number.
DIGITS_AT_LEAST = 6

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
#: What a field is called that names a dossier, and one that names a former dossier.
_OF_A_DOSSIER = re.compile(r"dossier|r[eé]f(?:[eé]rence)?(?![a-z])", re.IGNORECASE)
_OF_A_FORMER = re.compile(r"renew|renouvel|previous|former|ancien|pr[eé]c[eé]dent", re.IGNORECASE)
#: The same where a body cannot be taken apart: such a word, what may stand between, an id.
_BROKEN = re.compile(
    r"(?P<key>\w{0,12}(?:dossier|r[eé]f(?:[eé]rence)?(?![a-z])|renew|renouvel))[\w.]{0,20}"
    r"[^A-Za-z0-9]{0,20}(?:(?:id|ref|reference|num[eé]ro|no?)\b[^A-Za-z0-9]{1,20})?"
    r"(?P<id>[A-Za-z0-9_-]{1,64})",
    re.IGNORECASE,
)
_JSON_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_CONTROL = dict(zip("bfnrt", " \n\n\n\t", strict=True))
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_APART = r"[\s.\-/()+\u2010-\u2015]{0,3}"


class Named(IntEnum):
    """How sure it is that a body names somebody."""

    NOT = 0
    PERHAPS = 1  #: by what others may have too: a family name, an address that two dossiers have
    SURELY = 2


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of somebody: their dossier, how they were ever called and reached, and which
    messages left for them. Of these, what is `shared` another person has too; `theirs` are the
    dossiers of this one, folded.
    """

    dossier_id: str
    contacts: Sequence[Contact] = ()
    message_ids: Sequence[str] = ()
    shared: AbstractSet[str] = frozenset()
    theirs: AbstractSet[str] = frozenset()


class Body:
    """One body, taken apart once: whoever is looked for in it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    @cached_property
    def dossiers(self) -> Sequence[str]:
        """The ids of the dossiers that it is about: not of those that they renew."""
        return _ids(value for path, value in self._fields if not _OF_A_FORMER.search(path))

    @cached_property
    def former(self) -> Sequence[str]:
        """The ids of the dossiers that it says are renewed."""
        return _ids(value for path, value in self._fields if _OF_A_FORMER.search(path))

    @property
    def about(self) -> Sequence[str]:
        """What it is about, by the best word on that: the very field of a webhook, any that names a
        dossier, or one that names a former dossier.
        """
        named = heard_in(self._body).dossier_id
        return [named] if named else self.dossiers or self.former

    def names(self, known: Known) -> Named:
        """Whether it names somebody."""
        wanted = known.dossier_id.casefold()
        ids = {one.casefold() for one in (*self.dossiers, *self.former)}
        if wanted in ids or any(self._has_token(one) for one in known.message_ids):
            return Named.SURELY
        is_mentioned = _is_distinct(known.dossier_id) and self._has_token(known.dossier_id)
        of_a_person = [
            Named.PERHAPS if found is Named.SURELY and mark in known.shared else found
            for contact in known.contacts
            for mark, found in self._marks(contact)
        ]
        return max([*of_a_person, Named.PERHAPS if is_mentioned else Named.NOT])

    def _marks(self, contact: Contact) -> Iterator[tuple[str, Named]]:
        """What tells somebody from others, as `marks_of` has it, and whether it is there."""
        address, number, name = marks_of(contact)
        yield address, self._has_any(_addresses(address))
        yield number, self._has_any(_numbers(number))
        yield name, self._calls(contact)

    def _has_any(self, patterns: Iterable[re.Pattern[str]]) -> Named:
        found = any(pattern.search(text) for pattern in patterns for text in self._readings)
        return Named.SURELY if found else Named.NOT

    def _calls(self, contact: Contact) -> Named:
        """A family name alone is many people's; with the given name beside it, it is somebody's."""
        family, given = plain_words(contact.family_name), plain_words(contact.given_name)
        first = given.partition(" ")[0]
        given = first if len(first) >= LETTERS_AT_LEAST else given
        beside = [around for text in self._words for around in _around(family, text, len(given))]
        if given and any(f" {given} " in around for around in beside):
            return Named.SURELY
        return Named.PERHAPS if beside and len(family) > LETTERS_AT_LEAST else Named.NOT

    def _has_token(self, token: str) -> bool:
        pattern = re.compile(rf"(?<![\w-]){re.escape(token)}(?![\w-])", re.IGNORECASE)
        return any(pattern.search(text) for text in self._readings)

    @cached_property
    def _readings(self) -> Sequence[str]:
        """It as text, then with one wrapping after another taken off."""
        found = dict.fromkeys(_normal(text) for text in _decoded(self._body))
        layer = list(found)
        for _ in range(WRAPPED_AT_MOST):
            layer = [text for text in map(_unwrapped, layer) if text not in found]
            found.update(dict.fromkeys(layer))
        return tuple(found)

    @cached_property
    def _words(self) -> Sequence[str]:
        """The same, as names are compared."""
        return tuple(dict.fromkeys(f" {plain_words(text)} " for text in self._readings))

    @cached_property
    def _fields(self) -> Sequence[tuple[str, str]]:
        """What stands in the fields that name dossiers, by their paths."""
        taken_apart = [pair for text in self._readings for pair in _pairs(text)]
        broken = [
            (found["key"], found["id"])
            for text in self._readings
            for found in _BROKEN.finditer(text)
        ]
        return [
            (path, value)
            for path, value in (*taken_apart, *broken)
            if _OF_A_DOSSIER.search(path) or _OF_A_FORMER.search(path)
        ]


def marks_of(contact: Contact) -> tuple[str, str, str]:
    """The address, the number and the whole name, of which each may be another's too."""
    name = folded(f"{contact.family_name} {contact.given_name}")
    return contact.email or "", contact.number or contact.phone or "", name


def _is_distinct(token: str) -> bool:
    """A number or a word alone may stand there for anything."""
    return any(c.isdigit() for c in token) and any(c.isalpha() for c in token)


def _ids(values: Iterable[str]) -> Sequence[str]:
    found = dict.fromkeys(value.strip() for value in values)
    return [one for one in found if _ID.fullmatch(one)][:IDS_AT_MOST]


def _addresses(address: str) -> Iterator[re.Pattern[str]]:
    """As it was given, and as it travels."""
    for one in {_normal(address), mailbox(address)} if address else ():
        yield re.compile(rf"(?<![\w.+-]){re.escape(one)}(?![\w-])", re.IGNORECASE)


def _numbers(number: str) -> Iterator[re.Pattern[str]]:
    """As people write it: with its country's code, a zero or neither, in any groups."""
    digits = "".join(c for c in _normal(number) if c.isdecimal())
    if len(digits) >= DIGITS_AT_LEAST:
        groups = _APART.join(_national(number, digits))
        code = rf"(?:(?:\+|00)?{_APART}\d{{1,3}}?{_APART})?0?{_APART}"
        yield re.compile(rf"(?<!\d){code}{groups}(?!\d)")


def _national(number: str, digits: str) -> str:
    """The digits of a number, without what says its country."""
    import phonenumbers

    try:
        return str(phonenumbers.parse(number, "FR").national_number)
    except phonenumbers.NumberParseException:
        return digits


def _around(words: str, text: str, width: int) -> Iterator[str]:
    """What stands around these words, wherever they stand whole."""
    wanted, at, near = f" {words} ", -1, NEAR + width
    while words and (at := text.find(wanted, at + 1)) >= 0:
        yield text[max(0, at - near) : at + len(wanted) + near]


def _decoded(body: bytes) -> Iterator[str]:
    """UTF-8, or what Windows writes; both halves of UTF-16, where there are zeros in it."""
    try:
        yield body.decode("utf-8-sig")
    except UnicodeError:
        yield body.decode("cp1252", errors="replace")
    if b"\0" in body:
        yield from (body.decode(order, errors="replace") for order in ("utf-16-le", "utf-16-be"))


def _normal(text: str) -> str:
    """One form of each letter, our digits, and nothing that nobody sees."""
    if text.isascii():
        return text
    plain = visible(normalize("NFKC", text))
    return "".join(c if c.isascii() else str(decimal(c, c)) for c in plain)


def _unwrapped(text: str) -> str:
    """The same with one layer of escapes less: JSON's, a form's and HTML's."""
    plain = _JSON_ESCAPE.sub(_character, text).encode("utf-16-le", "surrogatepass")
    whole = plain.decode("utf-16-le", errors="replace")
    return _normal(html.unescape(_PERCENT.sub(_bytes, whole)))


def _character(found: re.Match[str]) -> str:
    code, sign = found.groups()
    return chr(int(code, 16)) if code else _CONTROL.get(sign, sign)


def _bytes(found: re.Match[str]) -> str:
    raw = bytes.fromhex(found[0].replace("%", ""))
    return next(_decoded(raw))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """What stands in a text by the path to it: as JSON, and as a form."""
    try:
        yield from _leaves("", json.loads(text, strict=False))
    except (ValueError, RecursionError):
        yield from parse_qsl(text)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(f"{path}.{key}", one)
    if isinstance(value, str | int):
        yield path, str(value)
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        yield from ((f"{path}{inner}", leaf) for inner, leaf in _pairs(value))
