"""Spaces that do not break, and text from outside that stays in its line."""

import re
import unicodedata

from chalicelib.domain.contact import Language
from chalicelib.messages.phrases import phrases

#: Elements, comments and style sheets: a no-break space in them breaks them. What stands in a
#: `pre` or a `textarea` is somebody's own words.
_MARKUP = re.compile(
    r"(<style.*?</style>|<pre.*?</pre>|<textarea.*?</textarea>|<!--.*?-->|<[^>]*>)", re.DOTALL
)

#: Control, format (such as a change of direction), surrogate, private and unassigned characters.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def typeset(text: str, language: Language) -> str:
    """The text with no-break spaces where a language has marks apart from their words: in French
    before : ; ? ! » and after «.
    """
    marks = phrases(language, "typography")
    if high := marks["high_marks"]:
        text = re.sub(f" (?=[{high}])", "\N{NO-BREAK SPACE}", text)
    if opening := marks["opening_quotes"]:
        text = re.sub(f"(?<=[{opening}]) ", "\N{NO-BREAK SPACE}", text)
    return text


def typeset_html(html: str, language: Language) -> str:
    """The same for the words of a page or letter, and for nothing else in it."""
    pieces = _MARKUP.split(html)
    pieces[::2] = [typeset(words, language) for words in pieces[::2]]
    return "".join(pieces)


def one_line(text: str) -> str:
    """Text from outside on one line, without characters that nobody sees."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if unicodedata.category(c) not in UNPRINTABLE)
