"""How a letter begins: by name, if what was given is a name and nothing else."""

import re
import unicodedata

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.names import names_in
from chalicelib.messages.phrases import phrase
from chalicelib.messages.typography import one_line

LONGEST = 60

_A_DOT_INSIDE = re.compile(r"\.\S")


def salutation(contact: Contact | None, language: Language) -> str:
    """`Bonjour Jean,` or, when the given name is not plausibly a name, `Bonjour,`."""
    name = one_line(contact.given_name) if contact else ""
    hello = phrase(language, "greeting", "hello")
    return f"{hello} {name}," if _is_plausible(name) else f"{hello},"


def _is_plausible(name: str) -> bool:
    """A name, of letters and the marks between them.

    Anybody can type anything into a booking form and have it mailed to somebody else by the
    prefecture: links, numbers to call, orders. A name made of letters carries none of these.
    """
    is_written = all(unicodedata.category(c)[0] in "LM" or c in " .-'’" for c in name)
    is_plain = is_written and len(name) <= LONGEST and not _A_DOT_INSIDE.search(name)
    return is_plain and bool(names_in(name))
