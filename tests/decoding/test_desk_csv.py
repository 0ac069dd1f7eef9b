"""What a spreadsheet saves is read, what is wrong is named by its line, no cell is a formula."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.desk_csv import csv_of, references_of
from chalicelib.domain.errors import FormRefused

THREE = ("G-1", "G-2", "G-3")

READ = [
    "G-1\nG-2\nG-3",
    "G-1\r\n G-2 \r\n\r\nG-3\r\n",
    "G-1\rG-2\rG-3",
    "G-1;G-2;G-3",
    "G-1, G-2, G-3",
    "G-1\tG-2\nG-3",
    "G-1\nG-2\nG-1\nG-3",  # named twice
    "Dossier\nG-1\nG-2\nG-3",
    'Nom;Référence;Jour\nBenali;G-1;1\n"Petit; Jean";G-2;2\nMartin;G-3;3\n',
    "Nom,N° de dossier\nBenali,G-1\nPetit,G-2\nMartin,G-3",
    "dossier;;\nG-1;;\n;;\nG-2;;\nG-3;;",
    "\ufeffdossier\nG-1\nG-2\nG-3",
    "\n\ndossier\nG-1\nG-2\nG-3",
]


@pytest.mark.parametrize("text", READ)
def test_references_are_read(text: str) -> None:
    assert references_of(text) == THREE
    assert references_of(text.encode()) == THREE


def test_a_reference_that_begins_like_a_formula_is_read_back_from_our_own_file() -> None:
    assert references_of(csv_of(["dossier"], [["-abc"], ["G-1"]])) == ("-abc", "G-1")


REFUSED = [
    ("", "aucune"),
    ("dossier\n", "aucune"),
    ("G-1\nBenali Léa\nG-2\nx.y", "ligne 2, 4."),
    ("Nom;Dossier\nBenali;G-1\nPetit;", "ligne 3"),
    ("Nom\nBenali Léa\n", "ligne 2"),
    ("é\n" * 12, "9, 10…"),
    ("x" * 140_000, "illisible"),
    (b"R\xe9f\xe9rence\nG-1", "UTF-8"),
    ("\n".join(f"G-{n}" for n in range(1_001)), "1000"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED)
def test_a_list_that_cannot_be_used_says_why(content: str | bytes, said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        references_of(content)
    assert said in refused.value.message
    assert "Benali" not in str(refused.value)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5)


@given(ROWS)
def test_every_table_is_read_back_and_holds_no_formula(rows: list[list[str]]) -> None:
    content = csv_of(["a", "b"], rows)
    assert content.startswith(b"\xef\xbb\xbfa;b\r\n")
    read = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    cells = [cell for row in read for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    given = [cell for row in [["a", "b"], *rows] for cell in row]
    assert all(
        cell in (original, f"'{original}") for cell, original in zip(cells, given, strict=True)
    )


IDS = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")


@given(st.lists(IDS, min_size=1, unique=True), st.sampled_from(["\n", "\r\n", ";", ",", "\t"]))
def test_whatever_stands_between_them_references_come_back(ids: list[str], between: str) -> None:
    headings = {"dossier", "reference", "dossier_id"}
    if ids[0].casefold() not in headings:
        assert references_of(between.join(ids)) == tuple(ids)
    assert references_of(csv_of(["Dossier"], [[i] for i in ids])) == tuple(ids)
