"""How a letter begins: by name, if what was given is a name and nothing else."""

from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.names import names_in
from chalicelib.messages.phrases import phrase
from chalicelib.messages.typography import one_line

LONGEST = 60


def salutation(contact: Contact | None, language: Language) -> str:
    """`Bonjour Jean,` or, when the given name is none or too long, `Bonjour,`."""
    given = [one_line(contact.given_name)] if contact else []
    hello = phrase(language, "greeting", "hello")
    return " ".join([hello, *(name for name in names_in(*given) if len(name) <= LONGEST)]) + ","
