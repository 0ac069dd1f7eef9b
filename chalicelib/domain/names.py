"""What is a name, and how people look each other up: without what keyboards differ in."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

#: A key of an index may have a thousand bytes, and a character takes four at most.
KEY_AT_MOST = 200

#: Letters that Unicode does not take apart, and that nobody types.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "œ": "oe", "æ": "ae"})

#: Some type them and some do not, in N’Diaye and O’Connor: straight, curly, and as a letter.
_APOSTROPHES = "'\u2018\u2019\u02bc\u02b9`\u00b4\u2032"
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)

#: What stands in names beside letters, dashes and blanks: initials, a maiden name in brackets, two
#: names of one person, and what other scripts write within a word.
_BETWEEN_LETTERS = frozenset(
    f'{_APOSTROPHES}.,()/"\u201c\u201d\u00b7\u30fb\u055a\u05f3\u05f4\u200c\u200d'
)

#: Letters, the marks over them, digits and dashes.
_OF_NAMES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Pd"})

#: "Elizabeth 2", "Karim 3rd". More of them are a number to call or an amount to pay.
_DIGITS_AT_MOST = 2

#: "evil.example" is an address, and mail programs make it a link.
_A_DOT_INSIDE = re.compile(r"\.[^\s.,()-]")

#: "M.A.Khan", which is no address once there are blanks.
_AN_INITIAL = re.compile(r"\b([^\W\d_]\.)(?=[^\W\d_])")

#: Of a word that is written as two, the first has so many letters at most.
APART_AT_MOST = 3

#: So much of two words is the same where one is a slip of the pen: Mohamed, Mohammed.
ALIKE = 0.75

#: What stands before it is left out by many, or written apart: O’Connor.
_AN_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")

#: What stands before a family name, and what many who look for it leave out or take for its first
#: word: El Amrani, da Silva, de la Cruz, Saint-Exupéry.
PARTICLES = frozenset(
    {
        *("al", "am", "an", "as", "at", "da", "das", "de", "del", "della", "den", "der", "des"),
        *("di", "do", "dos", "du", "el", "la", "las", "le", "les", "lo", "los", "os", "ter"),
        *("van", "von", "y", "zu"),
        *("saint", "sainte", "st", "ste"),
    }
)

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
    """Those of them that are names, with a blank behind an initial.

    What has no letter is none, nor is a word for having none, nor what says more than a name.
    """
    apart = map(_with_initials_apart, said)
    return [one for one in apart if _says_something(plain_words(one)) and not says_more(one)]


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


def are_among(said: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether no word is said that is not among those known, in whatever order."""
    return set(_words(" ".join(said))) <= set(_words(" ".join(known)))


def _words(text: str) -> list[str]:
    return plain_words(text).split()


def _are_alike(one: str, other: str) -> bool:
    """The same but for a slip of the pen, or shortened."""
    is_shortened = one.startswith(other) or other.startswith(one)
    return is_shortened or SequenceMatcher(None, one, other).ratio() >= ALIKE


def says_more(said: str) -> bool:
    """Whether something stands there that no name has: an address, a number to call, markup.

    Anybody can type anything into a booking form and have it sent or printed in the prefecture's
    name. Letters and the marks between them carry no link and no number.
    """
    apart = _with_initials_apart(said)
    has_only_names = all(map(_may_stand_in_a_name, apart)) and not _A_DOT_INSIDE.search(apart)
    return not has_only_names or sum(map(str.isdigit, apart)) > _DIGITS_AT_MOST


def _with_initials_apart(said: str) -> str:
    return _AN_INITIAL.sub(r"\1 ", said)


def _may_stand_in_a_name(character: str) -> bool:
    is_a_letter = unicodedata.category(character) in _OF_NAMES
    return is_a_letter or character.isspace() or character in _BETWEEN_LETTERS


def _says_something(plain: str) -> bool:
    return plain not in _NO_NAMES and any(letter.isalpha() for letter in plain)


def folded(name: str) -> str:
    """A name as it is compared, and as an index has it."""
    return plain_words(name)[:KEY_AT_MOST].strip()


def plain_words(text: str) -> str:
    """A text as names are compared: no accents, apostrophes or capitals, nothing that nobody sees,
    one space between its words.

    Other scripts keep their letters.
    """
    typed = text.translate(_WITHOUT_APOSTROPHES)
    letters = unicodedata.normalize("NFKD", typed).casefold().translate(_LETTERS)
    plain = "".join(_plain(letter) for letter in unicodedata.normalize("NFKD", letters))
    return " ".join(plain.split())


def compact(reference: str) -> str:
    """A dossier's or a receipt's number as it is compared: its letters and digits alone, since
    people write it with blanks, dots or hyphens, in small letters or capitals.
    """
    return folded(reference).replace(" ", "")


def is_its_end(part: str, reference: str) -> bool:
    """Whether this is how somebody shortens a reference: to what stands behind one of its marks, or
    by zeros in front.
    """
    apart = plain_words(reference).split()
    ends = (" ".join(apart[at:]) for at in range(len(apart)))
    return any(is_zeros_apart(part, end) for end in ends)


def is_zeros_apart(one: str, other: str) -> bool:
    """Whether two references are the same but for zeros in front: a spreadsheet that takes one for
    a number takes them away.
    """
    return compact(one).lstrip("0") == compact(other).lstrip("0")


def in_both_orders(family: str, given: str) -> Iterator[str]:
    """The folded whole name, family name first and given name first."""
    yield folded(f"{family} {given}")
    yield folded(f"{given} {family}")


def in_another_order(family: str, given: str) -> str | None:
    """The folded whole name from another word on that people may look for: what comes behind the
    particles of a family name, or the last word of several; else of several given names the last;
    else what comes behind an apostrophe. None where there is no such word.
    """
    names, firsts = plain_words(family).split(), plain_words(given).split()
    if len(names) > 1:
        first = next((n for n, word in enumerate(names) if word not in PARTICLES), 0)
        behind = first or len(names) - 1
        return folded(" ".join([*names[behind:], *names[:behind], *firsts]))
    if len(firsts) > 1:
        return folded(" ".join([firsts[-1], *names, *firsts[:-1]]))
    behind_it = plain_words(_AN_APOSTROPHE.split(family)[-1])
    is_a_word = behind_it and [behind_it] != names
    return folded(" ".join([behind_it, *names, *firsts])) if is_a_word else None


def is_a_whole_word(character: str) -> bool:
    """Whether one character is a word of a name by itself, in scripts that write so: 王, 김."""
    return unicodedata.east_asian_width(character) == "W"


def written_apart(word: str) -> Iterator[str]:
    """How one folded word may stand in a name as two: N Diaye, El Amrani, Ben Ali, 王 小明."""
    return (f"{word[:at]} {word[at:]}" for at in range(1, min(len(word), APART_AT_MOST + 1)))


def words_of_it(typed: Sequence[str], name: str) -> frozenset[int]:
    """Which of the words that somebody has typed a name has, by their places; all of it folded.

    A word is had where one of the name begins so. It counts alike where the name writes as several
    words what was typed as one, or as one what was typed as several.
    """
    words = name.split()
    runs = tuple("".join(words[at:]) for at in range(len(words)))
    return frozenset(
        last
        for last in range(len(typed))
        if any(
            run.startswith("".join(typed[first : last + 1]))
            for first in range(last + 1)
            for run in runs
        )
    )


def _plain(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in ("Mn", "Cf"):
        return ""
    return letter if kind[0] in "LMN" else " "
