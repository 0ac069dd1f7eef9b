"""What nobody can see is taken out of what was pasted; what a script needs stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.visible import visible, visible_address

#: What comes along with a paste: marks of direction, isolates and embeddings, zero-width
#: characters, word joiner, byte order mark, soft hyphen.
UNSEEN = [
    *"\u200e\u200f\u061c",
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e",
]
BLANKS = ["\u00a0", "\u202f", "\u2009", "\u2007", "\u2003", "\u3000"]
FILLERS = ["\u034f", "\u3164", "\ufe0f", "\u2800"]


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_nobody_has_typed_what_nobody_can_see(unseen: str) -> None:
    assert visible(f"{unseen}Léa{unseen} Ben{unseen}ali{unseen}") == "Léa Benali"


@pytest.mark.parametrize("unseen", [*UNSEEN, *BLANKS, *FILLERS], ids=ascii)
def test_an_address_is_pasted_without_it(unseen: str) -> None:
    pasted = f"{unseen}lea{unseen}@{unseen}example.org{unseen}"
    assert visible_address(pasted) == "lea@example.org"


@pytest.mark.parametrize("around", [" ", "\t", "\r\n", "\x00", "\x7f", "\x85", "\u2028"], ids=ascii)
def test_around_an_address_blanks_of_any_kind_go(around: str) -> None:
    assert visible_address(f"{around} lea@example.org {around}") == "lea@example.org"


@pytest.mark.parametrize("inside", [" ", "\n", "\x00"], ids=ascii)
def test_what_somebody_has_typed_into_an_address_stays(inside: str) -> None:
    assert visible_address(f"lea{inside}benali@example.org") == f"lea{inside}benali@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "می\u200cخواهم",  # Persian parts letters by a character of no width
        "ක්\u200dෂ",  # Sinhala joins them by one
        "नर\u200dक",
        "O’Connor-Łukasz",
        "辻\U000e0100",  # which of two forms of a letter the family uses
        "",
    ],
    ids=ascii,
)
def test_a_name_keeps_what_its_script_is_spelt_with(name: str) -> None:
    assert visible(f"\u202b{name}\u202c") == name


@given(st.text())
def test_what_is_visible_is_visible_once_and_for_all(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible_address(visible_address(text)) == visible_address(text)
