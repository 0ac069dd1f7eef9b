"""The characters of a text message: in GSM-7 160 of them to a part, in UCS-2 only 70.

One character outside GSM-7 turns the whole message into UCS-2: a single ê would triple its price.
So what GSM-7 lacks is written with what it has; what has no likeness there, such as another
alphabet, has to do with the 70.
https://www.3gpp.org/ftp/Specs/archive/23_series/23.038 (tables 6.2.1 and 6.2.1.1)
"""

import re
import unicodedata
from enum import StrEnum

from chalicelib.domain.errors import TextFailed


class Alphabet(StrEnum):
    """What the characters of a message are sent as."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


ONE_UNIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_UNITS = frozenset("\f^{}\\[~]|€")

#: Units in the only part of a message, and in each of several, which carry a header.
ROOM = {Alphabet.GSM_7: (160, 153), Alphabet.UCS_2: (70, 67)}

#: What is neither a space nor a letter with something added to it.
WRITTEN_AS = {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
WRITTEN_AS |= {"‹": "'", "›": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "…": "...", "·": "."}
WRITTEN_AS |= {"°": "o", "º": "o", "ª": "a", "×": "x", "•": "-"}
#: Letters that passports write with others: ICAO Doc 9303, part 3, section 6.
WRITTEN_AS |= {"œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D", "ı": "i", "ẞ": "SS"}
WRITTEN_AS |= {"ŋ": "n", "Ŋ": "N", "ĳ": "ij", "Ĳ": "IJ", "ĸ": "q", "ə": "e", "Ə": "E"}

_LATIN_LETTER = re.compile(r"LATIN (SMALL|CAPITAL) LETTER ([A-Z]) (?:WITH|PRECEDED BY) .*")
_UNSEEN = frozenset({"Mn", "Cf"})


def one_part(text: str, name: str) -> str:
    """The text on one line, in one part: of GSM-7 where that can write it, else of UCS-2. Raises
    TextFailed, which says its `name`.
    """
    written = to_gsm7(" ".join(text.split()))
    if parts(written) != 1:
        message = f"{name}: not one part in {alphabet_of(written)}"
        raise TextFailed(message)
    return written


def to_gsm7(text: str) -> str:
    """The text in GSM-7 where that is possible; a character without any likeness stays as it is."""
    return "".join(map(_likeness, unicodedata.normalize("NFC", text)))


def _likeness(character: str) -> str:
    if character in ONE_UNIT | TWO_UNITS:
        return character
    if unicodedata.category(character) in _UNSEEN:
        return ""
    if latin := _LATIN_LETTER.fullmatch(unicodedata.name(character, "")):
        return latin[2] if latin[1] == "CAPITAL" else latin[2].lower()
    return " " if character.isspace() else WRITTEN_AS.get(character, character)


def alphabet_of(text: str) -> Alphabet:
    """The alphabet that the text has to be sent in."""
    return Alphabet.GSM_7 if set(text) <= ONE_UNIT | TWO_UNITS else Alphabet.UCS_2


def sizes(text: str) -> list[int]:
    """The units of each character, in the alphabet of the whole text."""
    alphabet = alphabet_of(text)
    return [_units(character, alphabet) for character in text]


def _units(character: str, alphabet: Alphabet) -> int:
    """Two for an extension of GSM-7, and for what UCS-2 has to write as a pair."""
    is_long = character in TWO_UNITS if alphabet is Alphabet.GSM_7 else ord(character) > 0xFFFF
    return 2 if is_long else 1


def parts(text: str) -> int:
    """How many parts are paid for. No character is cut in two by the end of a part."""
    alone, of_several = ROOM[alphabet_of(text)]
    if sum(sizes(text)) <= alone:
        return 1
    count, taken = 1, 0
    for size in sizes(text):
        count, taken = (count + 1, size) if taken + size > of_several else (count, taken + size)
    return count
