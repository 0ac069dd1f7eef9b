"""What fits in a text message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.messages.sms_characters import ONE_UNIT, TWO_UNITS, parts, to_gsm7


def test_the_table_is_whole() -> None:
    assert len(ONE_UNIT) == 127  # 128 less the escape
    assert len(TWO_UNITS) == 10


@pytest.mark.parametrize(
    ("given_text", "sent"),
    [
        ("prêt, reçu, dépôt", "pret, recu, dépot"),
        ("é è à ù Ç É", "é è à ù Ç É"),
        ("L’œuf « à 9\N{NO-BREAK SPACE}h »", 'L\'oeuf " à 9 h "'),
        ("À Œ Ê – …", "A OE E - ..."),
        ("e\u0301", "é"),  # letter and accent as two characters
        ("10 €", "10 €"),
    ],
)
def test_what_gsm_7_lacks_is_written_with_what_it_has(given_text: str, sent: str) -> None:
    assert to_gsm7(given_text) == sent
    assert parts(to_gsm7(given_text)) == 1


@pytest.mark.parametrize("text", ["😀", "漢", "ж"])
def test_a_character_without_likeness_is_never_a_question_mark(text: str) -> None:
    assert to_gsm7(text) == text
    assert parts(text) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 81, 2)],
)
def test_parts_are_counted_as_they_are_paid(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(alphabet=sorted(ONE_UNIT | TWO_UNITS)))
def test_gsm_7_goes_through_unchanged(text: str) -> None:
    assert to_gsm7(text) == text
