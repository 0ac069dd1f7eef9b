"""No-break spaces, and lines that stay lines."""

import pytest

from chalicelib.domain.contact import Language
from chalicelib.messages.typography import one_line, typeset, typeset_html

NBSP = "\N{NO-BREAK SPACE}"


def test_french_marks_do_not_begin_a_line() -> None:
    text = "Attention : « oui » ; non ? Si !"

    assert typeset(text, Language.FR) == (
        f"Attention{NBSP}: «{NBSP}oui{NBSP}»{NBSP}; non{NBSP}? Si{NBSP}!"
    )


def test_english_and_addresses_stay_as_they_are() -> None:
    assert typeset("Note : a ?", Language.EN) == "Note : a ?"
    assert typeset("https://a.example/?b", Language.FR) == "https://a.example/?b"


def test_what_a_program_reads_is_left_alone() -> None:
    html = (
        "<style>a{color:red !important}</style><!--[if !mso]><!--><i title='a !'>Oui !</i> "
        "<b>?</b><!--<![endif]-->"
    )

    typeset_once = html.replace("Oui !", f"Oui{NBSP}!")
    assert typeset_html(html, Language.FR) == typeset_once
    assert typeset_html(html, Language.EN) == html


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
