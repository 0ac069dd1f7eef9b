"""A name within a sentence: French and Spanish join its article to the preposition before it."""

from collections.abc import Callable, Mapping, Sequence

#: Digits of a number that is dialled from within France, with its leading zero.
_FRENCH = 10


def au(name: str) -> str:
    """A French name after *à*: le guichet, au guichet; l’accueil, à l’accueil."""
    return _contracted(name, {"le ": "au ", "les ": "aux "}, "à ")


def du(name: str) -> str:
    """A French name after *de*: le guichet, du guichet; l’accueil, de l’accueil."""
    return _contracted(name, {"le ": "du ", "les ": "des "}, "de ")


def al(name: str) -> str:
    """A Spanish name after *a*: el mostrador, al mostrador; la oficina, a la oficina."""
    return _contracted(name, {"el ": "al "}, "a ")


def del_(name: str) -> str:
    """A Spanish name after *de*: el mostrador, del mostrador; la oficina, de la oficina."""
    return _contracted(name, {"el ": "del "}, "de ")


def begins(name: str) -> str:
    """A name at the beginning of a sentence."""
    return name[:1].upper() + name[1:]


def dialled(number: str) -> str:
    """A French number as any phone dials it, a foreign one too: RFC 3966 asks for the country."""
    digits = "".join(number.split())
    return f"+33{digits[1:]}" if digits.startswith("0") and len(digits) == _FRENCH else digits


def together(said: Sequence[str], last: str) -> str:
    """Several names as one: with a comma between them, and a word before the last."""
    return f" {last} ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _contracted(name: str, articles: Mapping[str, str], otherwise: str) -> str:
    for article, contracted in articles.items():
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return otherwise + name


#: By the words that texts use for them.
JOINED: Mapping[str, Callable[[str], str]] = {"au": au, "du": du, "al": al, "del": del_}
