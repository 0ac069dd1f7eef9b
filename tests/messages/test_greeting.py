"""A letter begins with a name, or without."""

import pytest

from chalicelib.domain.contact import Language
from chalicelib.messages.greeting import salutation
from tests.messages.samples import contact

#: What is typed where there is no name to type.
NO_NAMES = (
    "N/A",
    "n/a",
    "-",
    "- -",
    "???",
    ".",
    "test",
    "TEST",
    "xxx",
    "Inconnue",
    "Non renseigné",
)


@pytest.mark.parametrize(
    "name",
    [
        "Jean",
        "Marie-Hélène",
        "N’Golo",
        "O'Neil",
        "J. Paul",
        "محمد علي",
        "Ngọc Ánh",
        "अनिल",
        "Na",
        "Null",
        "O",
        "Maria (Mia)",
        "Mohd. S/O Rahman",
        "J.-P.",
        "Karim 3rd",
        'Jean "Jo"',
        "ジョン・スミス",
    ],
)
def test_names_of_the_world_are_greeted(name: str) -> None:
    assert salutation(contact(given_name=name), Language.FR) == f"Bonjour {name},"
    assert salutation(contact(given_name=f" {name}\n"), Language.EN) == f"Hello {name},"


def test_initials_are_no_address() -> None:
    assert salutation(contact(given_name="M.A.Khan"), Language.FR) == "Bonjour M. A. Khan,"


@pytest.mark.parametrize(
    "name",
    [
        "",
        " \r\n",
        "evil.example",
        "https://evil.example",
        "Jean\r\nBcc: a@b.example",
        "<b>Jean</b>",
        "{{ links }}",
        "Call 0899 000 000",
        "Payez 135 euros",
        "Bureau 12, 1er étage",
        "Zoé \U0001f469\U0001f3fd",
        "Jean; Paul",
        "a@b",
        "https://t.me",
        "😀",
        "x" * 300,
        *NO_NAMES,
    ],
)
def test_what_is_not_plausibly_a_name_is_not_repeated(name: str) -> None:
    assert salutation(contact(given_name=name), Language.FR) == "Bonjour,"


def test_without_a_contact_there_is_still_a_greeting() -> None:
    assert salutation(None, Language.EN) == "Hello,"
