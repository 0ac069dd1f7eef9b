"""What the desk takes away opens in a spreadsheet, and no cell of it is a formula."""

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.delimited_text import rows_of
from chalicelib.decoding.desk_csv import csv_of

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


def test_what_begins_like_a_formula_comes_back_as_it_was() -> None:
    [_, row] = rows_of(csv_of(["dossier", "téléphone"], [["-abc", "+33612345678"]]).decode())
    assert [cell.text for cell in row.cells.values()] == ["-abc", "+33612345678"]
