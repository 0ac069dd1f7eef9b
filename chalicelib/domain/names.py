"""How people look each other up: names without what keyboards differ in."""

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

#: A key of an index may have a thousand bytes, and a character takes four at most.
KEY_AT_MOST = 200

#: Letters that Unicode does not take apart, and that nobody types.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "œ": "oe", "æ": "ae"})

#: Some type them and some do not, in N’Diaye and O’Connor: straight, curly, and as a letter.
_APOSTROPHES = str.maketrans("", "", "'\u2018\u2019\u02bc\u02b9`\u00b4\u2032")

#: So much of two words is the same where one is a slip of the pen: Mohamed, Mohammed.
ALIKE = 0.75

#: What people and programs write where a name is asked for and there is none, as names are
#: compared. Not *null*, *nan* or *na*, which are names.
_NO_NAMES = frozenset(
    {
        *("n a", "none", "undefined", "unknown", "test", "no name", "not available"),
        *("inconnu", "inconnue", "sans nom", "sans prenom", "nom", "prenom", "neant", "anonyme"),
        *("non renseigne", "non renseignee", "non communique", "a completer", "xx", "xxx"),
    }
)


def names_in(*said: str) -> list[str]:
    """Those of them that are names: with a letter, and no word for having none."""
    return [one for one in said if _is_a_name(plain_words(one))]


def is_another(said: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether a name that is said, in so many parts, is clearly not the one that is known: of one
    part no word is like any of it. In whatever order; where either is no name nobody can tell.
    """
    parts, whole = [_words(part) for part in names_in(*said)], _words(" ".join(names_in(*known)))
    return bool(whole) and any(
        not any(_are_alike(one, other) for one in part for other in whole) for part in parts
    )


def are_same(said: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether both have the same words, in whatever order."""
    return set(_words(" ".join(said))) == set(_words(" ".join(known)))


def _words(text: str) -> list[str]:
    return plain_words(text).split()


def _are_alike(one: str, other: str) -> bool:
    """The same but for a slip of the pen, or shortened."""
    is_shortened = one.startswith(other) or other.startswith(one)
    return is_shortened or SequenceMatcher(None, one, other).ratio() >= ALIKE


def _is_a_name(plain: str) -> bool:
    return plain not in _NO_NAMES and any(letter.isalpha() for letter in plain)


def folded(name: str) -> str:
    """A name as it is compared, and as an index has it."""
    return plain_words(name)[:KEY_AT_MOST].strip()


def plain_words(text: str) -> str:
    """A text as names are compared: no accents, apostrophes or capitals, nothing that nobody sees,
    one space between its words.

    Other scripts keep their letters.
    """
    typed = text.translate(_APOSTROPHES)
    letters = unicodedata.normalize("NFKD", typed).casefold().translate(_LETTERS)
    plain = "".join(_plain(letter) for letter in unicodedata.normalize("NFKD", letters))
    return " ".join(plain.split())


def compact(reference: str) -> str:
    """A dossier's or a receipt's number as it is compared: its letters and digits alone, since
    people write it with blanks, dots or hyphens, in small letters or capitals.
    """
    return folded(reference).replace(" ", "")


def in_both_orders(family: str, given: str) -> Iterator[str]:
    """The folded whole name, family name first and given name first."""
    yield folded(f"{family} {given}")
    yield folded(f"{given} {family}")


def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Cf"):
        return ""
    return letter if kind[0] in "LMN" else " "
