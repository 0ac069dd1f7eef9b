"""What stands in a text, without what nobody can see there: it is pasted along with the rest."""

import re
import unicodedata

#: Two characters that are not seen join or part the letters of the scripts from here on (Arabic,
#: those of India …). A name is spelt with them: https://www.unicode.org/reports/tr31/ (A1, A2, B)
JOINERS, _JOINED_FROM = "\u200c\u200d", "\u0600"

#: Not seen either, although they are no format characters: fillers, variation selectors (of
#: Default_Ignorable_Code_Point in https://www.unicode.org/Public/UCD), and the blank of Braille.
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
#: What a keyboard's space bar does not make: they come from web pages and word processors.
_OTHER_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_AROUND = "".join(
    c for c in map(chr, range(0x3001)) if c.isspace() or unicodedata.category(c) == "Cc"
)


def visible(words: str) -> str:
    """Words without marks of direction, zero-width characters and soft hyphens."""
    if words.isascii():
        return words
    return "".join(c for at, c in enumerate(words) if not _is_format(c) or _joins(words, at))


def visible_address(text: str) -> str:
    """An address or number without whatever nobody sees in it or around it.

    An ordinary blank inside stays: somebody has typed it.
    """
    plain = _OTHER_BLANKS.sub("", _FILLERS.sub("", visible(text)))
    return plain.strip(_AROUND)


def _is_format(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


def _joins(words: str, at: int) -> bool:
    beside = words[max(at - 1, 0) : at] + words[at + 1 : at + 2]
    is_between = len(beside) == 2 and all(map(_is_joined, beside))
    return words[at] in JOINERS and is_between


def _is_joined(letter: str) -> bool:
    return letter >= _JOINED_FROM and unicodedata.category(letter)[0] in "LM"
