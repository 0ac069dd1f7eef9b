"""A list of cards is read from whatever people have; a row without a reference stands beside its
reason, and a file that is none says so in French.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.card_lists import card_list, carried, carried_back, spellings
from chalicelib.decoding.cells import Cell
from chalicelib.decoding.lists import BYTES_AT_MOST, ROWS_AT_MOST, Columns, given_list
from chalicelib.decoding.spreadsheets import COLUMNS_AT_MOST
from chalicelib.domain.bulk import CardList, CardRow, SetAside
from chalicelib.domain.errors import FormRefused
from tests.decoding.spreadsheet_files import (
    ods,
    ods_row,
    ods_words,
    row,
    table,
    words,
    xlsx,
    zipped,
)

THREE = ["G-1", "G-2", "G-3"]

READ: list[str | bytes] = [
    "G-1\nG-2\nG-3",
    "G-1\r\n G-2 \r\n\r\nG-3\r\n",
    "G-1\rG-2\rG-3",
    "G-1;G-2;G-3",
    "G-1, G-2, G-3",
    "G-1\tG-2\nG-3",
    "G 1\nG – 2\n«\u00a0G\u2011\u200b3\u00a0»",
    "Dossier\nG-1\nG-2\nG-3",
    'Nom;Référence;Jour\nBenali;G-1;1\n"Petit; Jean";G-2;2\nMartin;G-3;3\n',
    "Nom,N° de dossier\nBenali,G-1\nPetit,G-2\nMartin,G-3",
    'dossier;nom\n="G-1";="Benali"\n"=""G-2""";x\nG-3;x',
    "sep=;\r\nNOM;N°  DOSSIER\r\nBenali;G-1\r\nPetit;G-2\r\nMartin;G-3",
    "dossier;;\nG-1;;\n;;\nG-2;;\nG-3;;",
    "Benali;G-1;14/05/2019\nPetit;G-2;\nMartin;G-3;",
    "\n\ndossier\nG-1\nG-2\nG-3",
    "dossier;référence\nG-1;x1\nG-2;\nG-3;x3",
    "Référence;Prénom\nG-1;Léa\nG-2;Zoé\nG-3;Ève\n".encode("cp1252"),
    "Référence\tPrénom\nG-1\tLéa\nG-2\tZoé\nG-3\tŁucja\n".encode("utf-16"),
    "dossier\nG-1\nG-2\nG-3".encode("utf-8-sig"),
    xlsx(row(words("Nom", "Réf.")), *(row(words("Benali", one)) for one in THREE)),
    ods(table(*(ods_row(ods_words(one)) for one in THREE))),
]


@pytest.mark.parametrize("content", READ, ids=map(str, range(len(READ))))
def test_references_are_read(content: str | bytes) -> None:
    read = card_list(content)
    assert ([one.reference for one in read.rows], read.aside) == (THREE, ())


def test_nothing_of_a_file_is_passed_over() -> None:
    """The rows that were read, and where: all of them are named or set aside."""
    number, day, missing = "<c><v>1234.0</v></c>", '<c s="1"><v>43599</v></c>', "<c/>"
    content = xlsx(
        row(words("Titres reçus"), 1),
        row(words("Dossier", "Nom"), 3),
        row(words("G-1", "Benali"), 4),
        row(number + words("Petit"), 5),
        row(day + words("Martin"), 6),
        row('<c t="e"><v>#N/A</v></c>' + words("Diallo"), 7),
        row("<c><f>A1</f></c>" + words("Sow"), 8),
        row(missing + words("Nguyen"), 9),
        row(words("G-2", "Silva"), 10, ' hidden="1"'),
        row(words("Total : 6", "\u200b"), 11),
        others=[("Archives", "hidden", row(words("G-9"))), ("Vide", "visible", "")],
    )
    read = card_list(content)
    assert (read.read, read.sheet, read.unread) == (7, "Feuil1", ("Archives",))
    assert read.rows == (
        CardRow(number=4, reference="G-1", text="G-1 · Benali", name=("Benali",)),
        CardRow(number=5, reference="1234", text="1234 · Petit", name=("Petit",)),
    )
    assert [(one.number, one.why) for one in read.layout] == [(1, "above"), (11, "total")]
    assert [(one.number, one.why) for one in read.aside] == [
        (6, "date"),
        (7, "error"),
        (8, "uncomputed"),
        (9, "missing"),
        (10, "hidden"),
    ]
    assert read.aside[1] == SetAside(number=7, text="#N/A · Diallo", why="error")


def test_what_has_no_letter_and_no_digit_is_no_reference() -> None:
    read = card_list("dossier\nG-1\n-\n_ –\nn/a\nG-\ufffd2")
    assert [one.reference for one in read.rows] == ["G-1"]
    why = [*["no_reference"] * 3, "garbled"]
    assert [(one.number, one.why) for one in read.aside] == list(enumerate(why, 3))


def test_an_unclosed_quotation_mark_is_a_row_set_aside() -> None:
    read = card_list('dossier;nom\nG-1;"Benali\nG-2;Petit\nG-3;Sow')
    assert [one.reference for one in read.rows] == ["G-2", "G-3"]
    assert [(one.number, one.why, one.text) for one in read.aside] == [(2, "quote", 'G-1;"Benali')]


def test_a_long_row_is_shown_cut_short_and_on_one_line() -> None:
    [aside] = card_list('dossier\tnom\n\t"a\nb\x00' + "x" * 99 + '"').aside
    assert (len(aside.text), aside.text[-1], "\n" in aside.text) == (80, "…", False)


def test_of_several_sheets_the_one_with_a_heading_counts() -> None:
    others = [("Suivi", "visible", row(words("dossier")) + row(words("G-1")))]
    read = card_list(xlsx(row(words("Bonjour")), others=others))
    assert (read.sheet, read.unread, len(read.rows)) == ("Suivi", ("Feuil1",), 1)


SIDE = ("Dossier", "Nom", "", "Dossier", "Nom"), ("G-1", "A", "", "G-3", "C")


@pytest.mark.parametrize(
    ("content", "ignored"),
    [
        (SIDE, {"Dossier (2)": 1, "Nom (2)": 1}),
        ((("Dossier", "Nom"), ("G-1", "A", "B", "G-2")), {"C": 1, "D": 1}),
        ((("Dossier", "Nom", "", "Vu"), ("G-1", "A"), ("G-2", "", "", "x")), {"Vu": 1}),
        ((("A", "G-1"), ("B", "G-2", "x")), {"A": 2, "C": 1}),
        ((("Dossier", "Nom"), ("G-1", "A"), ("Total", "", "", "40")), {}),
        ((("G-1", "G-2"), ("G-3", "G-4")), {}),
    ],
    ids=range(6),
)
@pytest.mark.parametrize("saved", ["csv", "pasted", "xlsx", "ods"])
def test_columns_that_count_for_nothing_are_named_with_how_many_cells_they_have(
    content: tuple[tuple[str, ...], ...], ignored: dict[str, int], saved: str
) -> None:
    files: dict[str, str | bytes] = {
        "csv": "\n".join(map(";".join, content)).encode(),
        "pasted": "\n".join(map("\t".join, content)),
        "xlsx": xlsx(*(row(words(*cells)) for cells in content)),
        "ods": ods(table(*(ods_row(*map(ods_words, cells)) for cells in content))),
    }
    named = {f"colonne {h}, sans titre" if len(h) == 1 else h: n for h, n in ignored.items()}
    assert card_list(files[saved]).ignored == named


def test_the_rows_under_headings_of_another_order_are_set_aside() -> None:
    tables = "Dossier;Nom\nG-1;A\nDossier;Noms\nG-2;B\nNom;Dossier\nC;G-3\nDossier;Nom\nG-4;D"
    read = card_list(tables)
    assert [one.reference for one in read.rows] == ["G-1", "G-2", "G-4"]
    assert [(one.number, one.why) for one in read.layout] == [
        (3, "headings"),
        (5, "other_headings"),
        (7, "headings"),
    ]
    assert [(one.number, one.why) for one in read.aside] == [(6, "other_table")]


HIDDEN = ods(
    table(ods_row(ods_words("G-1"))),
    styles='<style:style style:name="ta1"><style:table-properties table:display="false"/>'
    "</style:style>",
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99
REFUSED: list[tuple[str | bytes, str]] = [
    ("", "vide"),
    (b"", "vide"),
    ("dossier\n", "vide"),
    (xlsx(), "vide"),
    (HIDDEN, "masquées"),
    (xlsx(row(words("G-1")), others=[("B", "visible", row(words("G-2")))]), "Plusieurs feuilles"),
    ("Benali;14/05\nPetit;15/05", "chaque colonne"),
    ("G-1;0612;Benali\nG-2;0613;Petit", "chaque colonne"),
    (b"x" * (BYTES_AT_MOST + 1), "trop lourd"),
    ("G-1\n" * (ROWS_AT_MOST + 1), "5 000 lignes"),
    ("G-1;" * (ROWS_AT_MOST + 1), "5 000 lignes"),
    ("G-1;G-2\n" * (ROWS_AT_MOST // 2 + 1), "5 000 lignes"),
    ("dossier\n" + "G-1;" * (COLUMNS_AT_MOST + 1), "256 colonnes"),
    (OLE, "vieux format Excel"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    (b"<html><table><tr><td>G-1", "page web"),
    (b"\xef\xbb\xbf\n<?xml version='1.0'?><Workbook>", "page web"),
    ("<table><tr><td>G-1", "page web"),
    (b"%PDF-1.7", "pas un tableau"),
    (b"\x89PNG\r\n\x1a\n", "pas un tableau"),
    (b"\xff\xd8\xff\xe0", "pas un tableau"),
    (b"G-1\0\0\x01", "pas un tableau"),
    (b"\x81\x8d\x8f", "pas un tableau"),
    (zipped({"a.txt": "G-1"}), "pas un tableau"),
    (b"PK\x03\x04" + b"x" * 99, "abîmé"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_a_list_that_cannot_be_read_says_why(content: str | bytes, said: str) -> None:
    with pytest.raises(FormRefused) as refused:
        card_list(content)
    assert said in refused.value.message
    assert refused.value.field == ("pasted" if isinstance(content, str) else "list")
    assert "Benali" not in str(refused.value)


def test_columns_may_be_anything_and_any_number_of_them() -> None:
    columns = Columns(
        called={"day": frozenset({"jour"}), "name": frozenset({"nom", "nom de famille"})}
    )
    read = given_list("Nom de  famille;JOUR;x\nBenali;14/05;1\n;15/05\n", columns)
    assert [(one.number, one.cells) for one in read.rows] == [
        (2, {"name": Cell(text="Benali"), "day": Cell(text="14/05")}),
        (3, {"day": Cell(text="15/05")}),
    ]
    with pytest.raises(FormRefused):
        given_list("Benali;14/05\nPetit;x", columns)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("G-2026-0423", ("G-2026-0423", "G20260423")),
        ("g-2026-0423", ("g-2026-0423", "G-2026-0423", "g20260423", "G20260423")),
        ("1234", ("1234",)),
    ],
)
def test_a_reference_may_be_kept_otherwise_than_it_is_written(
    written: str, kept: tuple[str, ...]
) -> None:
    assert spellings(written) == kept


def test_a_form_carries_a_list_and_refuses_another() -> None:
    read = card_list("dossier;nom\nG-1;é<&\n;x")
    assert carried_back(carried(read)) == read
    for text in ("", "{}", "[1]", "\ud800"):
        with pytest.raises(FormRefused):
            carried_back(text)


IDS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_-]{0,40}[0-9]\Z")


@given(
    st.lists(IDS, min_size=1, unique=True),
    st.sampled_from(["\n", "\r\n", ";", ",", "\t"]),
)
def test_whatever_stands_between_them_references_come_back(ids: list[str], between: str) -> None:
    read: CardList = card_list(between.join(ids))
    plain = [one.replace("--", "-") for one in ids]
    assert [one.reference.replace("--", "-") for one in read.rows] == plain
