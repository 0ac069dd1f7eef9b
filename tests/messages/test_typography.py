"""No-break spaces, and lines that stay lines."""

import pytest

from chalicelib.domain.contact import Language
from chalicelib.messages.typography import one_line, typeset

NBSP = "\N{NO-BREAK SPACE}"


def test_french_marks_do_not_begin_a_line() -> None:
    text = "Attention : « oui » ; non ? Si !"

    assert typeset(text, Language.FR) == (
        f"Attention{NBSP}: «{NBSP}oui{NBSP}»{NBSP}; non{NBSP}? Si{NBSP}!"
    )


def test_english_and_addresses_stay_as_they_are() -> None:
    assert typeset("Note : a ?", Language.EN) == "Note : a ?"
    assert typeset("https://a.example/?b", Language.FR) == "https://a.example/?b"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  a  b ", "a b"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("\u202egnirts\u2066", "gnirts"),  # right-to-left override
        ("é 😀", "é 😀"),
    ],
)
def test_text_from_outside_stays_on_one_line_and_can_be_seen(given: str, kept: str) -> None:
    assert one_line(given) == kept
