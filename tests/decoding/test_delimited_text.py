"""Tables as text are read whatever separates their cells; a quotation mark swallows no row."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.cells import CellKind
from chalicelib.decoding.delimited_text import LINES_AT_MOST, SEPARATORS, decoded, rows_of

#: Number of the line, its cells by column, and why it is set aside.
Read = tuple[int, dict[int, str], str]


def read(text: str) -> list[Read]:
    return [
        (row.number, {n: cell.text for n, cell in row.cells.items()}, row.why)
        for row in rows_of(text)
    ]


TABLES: list[tuple[str, list[Read]]] = [
    ("", []),
    ("\n;;\n \r\n", []),
    ('"";""\n\n;\na;b', [(4, {0: "a", 1: "b"}, "")]),
    ("a;b\r\nc;d\r\n", [(1, {0: "a", 1: "b"}, ""), (2, {0: "c", 1: "d"}, "")]),
    ("a\rb\n\nc", [(1, {0: "a"}, ""), (2, {0: "b"}, ""), (4, {0: "c"}, "")]),
    ("sep=,\na,b;c", [(2, {0: "a", 1: "b;c"}, "")]),
    ('\ufeff"sep=|"\na|b', [(2, {0: "a", 1: "b"}, "")]),
    ("liste\na,b", [(1, {0: "liste"}, ""), (2, {0: "a", 1: "b"}, "")]),
    ("liste, mars\n\na;b\nc;d", [(1, {0: "liste, mars"}, ""), (3, {0: "a", 1: "b"}, ""),
                                (4, {0: "c", 1: "d"}, "")]),
    ("a,b\nc", [(1, {0: "a", 1: "b"}, ""), (2, {0: "c"}, "")]),
    ('"x;y",b', [(1, {0: "x;y", 1: "b"}, "")]),
    ('a;"12 rue X\nGrenoble";b\nc', [(1, {0: "a", 1: "12 rue X\nGrenoble", 2: "b"}, ""),
                                     (3, {0: "c"}, "")]),
    ('a;"say ""x"""', [(1, {0: "a", 1: 'say "x"'}, "")]),
    ('a;5" disk', [(1, {0: "a", 1: '5" disk'}, "")]),
    # a mark that is not closed
    ('a;"b\nc;d\ne;f', [(1, {0: 'a;"b'}, "quote"), (2, {0: "c", 1: "d"}, ""),
                        (3, {0: "e", 1: "f"}, "")]),
    # closed by the next stray one
    ('a;"b\nc;d\ne;f"', [(1, {0: 'a;"b'}, "quote"), (2, {0: "c", 1: "d"}, ""),
                         (3, {0: "e", 1: 'f"'}, "")]),
    ('"a\nb\nc"\nd', [(1, {0: '"a'}, "quote"), (2, {0: "b"}, ""), (3, {0: 'c"'}, ""),
                      (4, {0: "d"}, "")]),
    ('a;"b"c', [(1, {0: 'a;"b"c'}, "quote")]),
    # what a spreadsheet would have run
    ("'-a;'+33612345678;'b", [(1, {0: "-a", 1: "+33612345678", 2: "'b"}, "")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows"), TABLES)
def test_a_table_is_read(text: str, rows: list[Read]) -> None:
    assert read(text) == rows


def test_a_mark_that_is_closed_much_later_swallows_nothing() -> None:
    lines = ['a;"b', *["c"] * LINES_AT_MOST, '"']
    assert [row.number for row in rows_of("\n".join(lines))] == list(range(1, len(lines) + 1))


def test_a_cell_too_long_to_be_one_is_still_a_row() -> None:
    [row] = rows_of("x" * 140_000)
    assert len(row.cells[0].text) == 140_000


def test_an_error_is_no_word() -> None:
    [row] = rows_of("#N/A;#ref!;Err:502;#1")
    assert [cell.kind for cell in row.cells.values()] == [CellKind.ERROR] * 3 + [CellKind.TEXT]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_encoding_of_a_french_desk_is_read(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decoded(mark + "Référence;€\nG-1;œ".encode(encoding)) == "Référence;€\nG-1;œ"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Prénom;Bénali".encode() + b"\xc9", "Prénom;Bénali\ufffd"),
        ("Prénom".encode() + b"\xe9", "Prénom\ufffd"),
        ("\ufeffNom;B".encode() + b"\xc9N", "Nom;B\ufffdN"),
        ("Prénom;Bénalié".encode()[:-1], "Prénom;Bénali\ufffd"),
        ("Prénom;Bénali;Ã©".encode("cp1252"), "Prénom;Bénali;Ã©"),
    ],
)
def test_a_bad_byte_makes_no_other_encoding_of_a_whole_file(content: bytes, text: str) -> None:
    assert decoded(content) == text


def test_what_is_of_no_encoding_is_refused() -> None:
    for content in (b"\x81\x8d", b"\xff\xfea"):
        with pytest.raises(UnicodeError):
            decoded(content)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
BREAKS = st.text(st.sampled_from("ab\n"), max_size=6)
CELLS = WORDS.map(lambda text: text.lstrip("'")) | BREAKS


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from(SEPARATORS),
    st.sampled_from([("\n", "excel"), ("\r\n", "excel"), ("\r\n", "unix"), ("\r", "unix")]),
)
def test_what_was_written_in_any_dialect_is_what_is_read_by_its_line(
    rows: list[list[str]], separator: str, how: tuple[str, str]
) -> None:
    """Cells stand in quotation marks where they must, or (`unix`) all of them."""
    (end, dialect), out = how, StringIO(newline="")
    writer = csv.writer(out, dialect, delimiter=separator, lineterminator=end)
    expected, number = [], 2
    for cells in rows:
        writer.writerow(cells)
        filled = {n: cell.strip() for n, cell in enumerate(cells) if cell.strip()}
        if filled:
            expected.append((number, filled, ""))
        number += 1 + sum(cell.count("\n") for cell in cells)
    assert read(f"sep={separator}{end}{out.getvalue()}") == expected


@given(st.text(st.sampled_from('ab";,\t\n\r '), max_size=60))
def test_every_letter_of_whatever_text_is_in_some_row(text: str) -> None:
    rows = list(rows_of(text))
    held = "".join(cell.text for row in rows for _, cell in sorted(row.cells.items()))
    letters = [c for c in text if c in "ab"]
    assert [c for c in held if c in "ab"] == letters
    assert [row.number for row in rows] == sorted({row.number for row in rows})
