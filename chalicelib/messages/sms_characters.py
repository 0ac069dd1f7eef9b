"""The characters of a text message: GSM-7, 160 units to a part.

One character outside GSM-7 turns the whole message into UCS-2, at 70 a part: a single ê would
triple its price, so what GSM-7 lacks is written with what it has.
https://www.3gpp.org/ftp/Specs/archive/23_series/23.038 (tables 6.2.1 and 6.2.1.1)
"""

import unicodedata

ONE_UNIT = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_UNITS = frozenset("\f^{}\\[~]|€")

PART, PART_OF_SEVERAL = 160, 153

#: What decomposing into letter and accent does not solve.
WRITTEN_AS = {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-"}
WRITTEN_AS |= {"…": "...", "œ": "oe", "Œ": "OE", "°": "o", "\N{NO-BREAK SPACE}": " "}
WRITTEN_AS |= {"\N{NARROW NO-BREAK SPACE}": " "}


def to_gsm7(text: str) -> str:
    """The text in GSM-7 where that is possible; a character without any likeness stays as it is."""
    return "".join(map(_likeness, unicodedata.normalize("NFC", text)))


def _likeness(character: str) -> str:
    if character in ONE_UNIT | TWO_UNITS:
        return character
    bare = unicodedata.normalize("NFD", character)[0]
    return WRITTEN_AS.get(character, bare if bare in ONE_UNIT else character)


def parts(text: str) -> int | None:
    """How many parts the text takes in GSM-7; None if a character is not in it."""
    if not set(text) <= ONE_UNIT | TWO_UNITS:
        return None
    units = sum(2 if character in TWO_UNITS else 1 for character in text)
    return 1 if units <= PART else -(-units // PART_OF_SEVERAL)
