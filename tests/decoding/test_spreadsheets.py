"""What Excel and Calc keep in a cell is read as people see it; hostile files end in a word."""

from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_BZIP2, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.cells import Cell, CellKind, SheetRow
from chalicelib.decoding.spreadsheets import (
    PARTS_AT_MOST,
    ROWS_AT_MOST,
    UNPACKED_AT_MOST,
    NotReadable,
    sheets_of,
)
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

SST = "<si><t>G-1</t></si><si><r><t>G</t></r><r><t>-2</t></r><rPh><t>ji</t></rPh></si><si/>"

CELLS = [
    ('<c t="s"><v>0</v></c>', "G-1", CellKind.TEXT),
    ('<c t="s"><v>1</v></c>', "G-2", CellKind.TEXT),
    ('<c t="inlineStr"><is><t> G-3 </t></is></c>', "G-3", CellKind.TEXT),
    ('<c t="str"><f>A1</f><v>G-4_x000D_</v></c>', "G-4", CellKind.TEXT),
    ('<c t="str"><v>_xD83D__xDE00_</v></c>', "😀", CellKind.TEXT),
    ('<c t="str"><v>a_xD800_</v></c>', "a\N{REPLACEMENT CHARACTER}", CellKind.GARBLED),
    ("<c><v>1234.0</v></c>", "1234", CellKind.NUMBER),
    ("<c><v>1.5</v></c>", "1.5", CellKind.NUMBER),
    ("<c><v>1E+300</v></c>", "1E+300", CellKind.NUMBER),
    ("<c><v>x</v></c>", "x", CellKind.NUMBER),
    ('<c s="4"><v>3</v></c>', "3", CellKind.NUMBER),
    ('<c s="1"><v>43599</v></c>', "2019-05-14", CellKind.DATE),
    ('<c s="3"><v>43599</v></c>', "2019-05-14", CellKind.DATE),
    ('<c s="2"><v>43599.4375</v></c>', "2019-05-14 10:30", CellKind.DATE),
    ('<c s="2"><v>0.4375</v></c>', "10:30", CellKind.DATE),
    ('<c t="d"><v>2019-05-14T10:30:00Z</v></c>', "2019-05-14 10:30", CellKind.DATE),
    ('<c t="d"><v>2019-05-14</v></c>', "2019-05-14", CellKind.DATE),
    ('<c s="1"><v>1e9</v></c>', "1000000000", CellKind.NUMBER),
    ('<c t="b"><v>1</v></c>', "VRAI", CellKind.TEXT),
    ('<c t="e"><f>VLOOKUP(1)</f><v>#N/A</v></c>', "#N/A", CellKind.ERROR),
    ('<c t="inlineStr"><is><t>#VALEUR!</t></is></c>', "#VALEUR!", CellKind.ERROR),
    ("<c><f>A1+1</f></c>", "", CellKind.UNCOMPUTED),
    ("<c><f>A1+2</f><v></v></c>", "", CellKind.UNCOMPUTED),
]


def rows_in(content: bytes) -> tuple[SheetRow, ...]:
    [sheet] = sheets_of(content)
    return sheet.rows


@pytest.mark.parametrize(("cell", "text", "kind"), CELLS)
def test_a_cell_of_excel_is_read_as_people_see_it(cell: str, text: str, kind: CellKind) -> None:
    assert rows_in(xlsx(row(cell), strings=SST)) == (
        SheetRow(number=1, cells={0: Cell(text=text, kind=kind)}),
    )


@pytest.mark.parametrize(
    "cell",
    ["<c/>", '<c s="1"/>', '<c t="s"><v>2</v></c>', "<c><v/></c>", '<c t="str"><f>A1</f><v/></c>'],
)
def test_what_is_empty_is_no_cell(cell: str) -> None:
    assert rows_in(xlsx(row(cell), strings=SST)) == ()


def test_a_workbook_of_a_mac_counts_its_days_from_1904() -> None:
    [only] = rows_in(xlsx(row('<c s="1"><v>42137</v></c>'), book='<workbookPr date1904="1"/>'))
    assert only.cells[0].text == "2019-05-14"


def test_rows_and_columns_are_where_they_say_or_follow_one_another() -> None:
    told = row('<c r="C7" t="str"><v>a</v></c><c t="str"><v>b</v></c>', 7)
    rows = rows_in(xlsx(told, row(words("c"))))
    assert [(one.number, {n: c.text for n, c in one.cells.items()}) for one in rows] == [
        (7, {2: "a", 3: "b"}),
        (8, {0: "c"}),
    ]


def test_hidden_rows_and_sheets_say_so() -> None:
    others = [("Archives", "veryHidden", row(words("x"))), ("Vide", "visible", "")]
    sheets = sheets_of(xlsx(row(words("a"), more=' hidden="1"'), others=others))
    assert [(s.name, s.is_hidden, len(s.rows)) for s in sheets] == [
        ("Feuil1", False, 1),
        ("Archives", True, 1),
        ("Vide", False, 0),
    ]
    assert sheets[0].rows[0].why == "hidden"


def test_a_chart_is_no_sheet_and_styles_may_be_missing() -> None:
    parts = dict(unpacked(xlsx(row(words("a")), others=[("Graphique", "visible", "")])))
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    rels = rels.replace('worksheet" Target="worksheets/sheet2', 'chartsheet" Target="worksheets/x')
    parts |= {"xl/_rels/workbook.xml.rels": rels.encode()}
    del parts["xl/styles.xml"], parts["xl/sharedStrings.xml"]
    assert [sheet.name for sheet in sheets_of(zipped(parts))] == ["Feuil1"]


def test_names_inside_may_be_written_as_windows_does() -> None:
    parts = {name.replace("/", "\\").upper(): c for name, c in unpacked(xlsx(row(words("a"))))}
    assert rows_in(zipped(parts))[0].cells[0].text == "a"


def unpacked(content: bytes) -> list[tuple[str, bytes]]:
    with ZipFile(BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


# OpenDocument

VALUE = "<table:table-cell office:value-type="
ODS_CELLS = [
    (ods_words("G-1"), "G-1", CellKind.TEXT),
    (
        ods_words('G<text:s text:c="2"/>1<text:span>-<text:a>2</text:a></text:span> '),
        "G  1-2",
        None,
    ),
    (ods_words("a</text:p><text:p>b<text:tab/>c<text:line-break/>d"), "a\nb\tc\nd", None),
    (ods_words("G-1<office:annotation><text:p>note</text:p></office:annotation>"), "G-1", None),
    (ods_words("x", 'office:string-value="y"'), "y", CellKind.TEXT),
    (f'{VALUE}"float" office:value="12.0"/>', "12", CellKind.NUMBER),
    (f'{VALUE}"date" office:date-value="2019-05-14"/>', "2019-05-14", CellKind.DATE),
    (f'{VALUE}"date" office:date-value="2019-05-14T10:30:15"/>', "2019-05-14 10:30:15", None),
    (f'{VALUE}"boolean"><text:p>VRAI</text:p></table:table-cell>', "VRAI", CellKind.TEXT),
    (ods_words("#N/D", 'calcext:value-type="error"'), "#N/D", CellKind.ERROR),
    (ods_words("Err:502"), "Err:502", CellKind.ERROR),
    ('<table:table-cell table:formula="of:=[.A1]"/>', "", CellKind.UNCOMPUTED),
    ("<table:covered-table-cell><text:p>G-9</text:p></table:covered-table-cell>", "G-9", None),
]


@pytest.mark.parametrize(("cell", "text", "kind"), ODS_CELLS)
def test_a_cell_of_calc_is_read_as_people_see_it(
    cell: str, text: str, kind: CellKind | None
) -> None:
    [only] = rows_in(ods(table(ods_row(cell))))
    assert only.cells[0].text == text
    assert kind in (None, only.cells[0].kind)


def test_calc_says_once_what_is_there_many_times() -> None:
    blank = '<table:table-cell table:number-columns-repeated="16383"/>'
    twice = ods_row(ods_words("a", 'table:number-columns-repeated="2"'), blank)
    rows = rows_in(
        ods(
            table(
                ods_row(blank, more='table:number-rows-repeated="4"'),
                twice.replace(
                    "<table:table-row ", '<table:table-row table:number-rows-repeated="2" '
                ),
                ods_row(ods_words("b"), more='table:visibility="filter"'),
                ods_row(blank, more='table:number-rows-repeated="1048570"'),
            )
        )
    )
    assert [(one.number, sorted(one.cells), one.why) for one in rows] == [
        (5, [0, 1], ""),
        (6, [0, 1], ""),
        (7, [0], "hidden"),
    ]


def test_a_sheet_of_calc_is_hidden_by_its_style() -> None:
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table">'
        f'<style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ta1", "true"), ("ta2", "false"))
    )
    styles += '<style:style style:name="co1" style:family="table-column"/>'
    one, other = table(ods_row(ods_words("a"))), table(ods_row(ods_words("b")), style="ta2")
    assert [s.is_hidden for s in sheets_of(ods(one, other, styles=styles))] == [False, True]


# What is no list

WHOLE = xlsx(row(words("a")))
BOMB = b"<x>" + b" " * (UNPACKED_AT_MOST + 1) + b"</x>"
SHEET = "xl/worksheets/sheet1.xml"
DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c">]><worksheet><row><c><v>&b;</v></c></row></worksheet>'
ENCRYPTED = {"META-INF/manifest.xml": '<m xmlns="urn:x"><encryption-data/></m>'}


def locked(content: bytes) -> bytes:
    """With the bit that says that a part is encrypted, in both of its headers."""
    local, central = content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8
    marked = bytearray(content)
    marked[local] |= 1
    marked[central] |= 1
    return bytes(marked)


def in_the_directory(at: int, says: int) -> bytes:
    """A zip in whose directory each entry says something else at one byte."""
    head, *entries = WHOLE.split(b"PK\x01\x02")
    changed = (entry[: at - 4] + bytes([says]) + entry[at - 3 :] for entry in entries)
    return b"PK\x01\x02".join([head, *changed])


def replaced(parts: Mapping[str, str | bytes]) -> bytes:
    return xlsx(row(words("a")), more=parts)


REFUSED = {
    "two rows at one place": (xlsx(row(words("a"), 2), row(words("b"), 2)), "broken"),
    "cut short": (WHOLE[: len(WHOLE) // 2], "broken"),
    "no zip": (b"PK\x03\x04" + b"x" * 99, "broken"),
    "another number than it says": (WHOLE.replace(b"PK\x01\x02", b"PK\x01\x03"), "broken"),
    "an empty zip": (zipped({}), "no_table"),
    "some zip": (zipped({"a.txt": "b"}), "no_table"),
    "a text document": (
        zipped(
            {
                "_rels/.rels": '<a><Relationship Id="1" Type="x/officeDocument" '
                'Target="word/document.xml"/></a>'
            }
        ),
        "no_table",
    ),
    "a binary workbook": (
        zipped(
            {
                "_rels/.rels": '<a><Relationship Id="1" Type="x/officeDocument" '
                'Target="xl/workbook.bin"/></a>'
            }
        ),
        "xlsb",
    ),
    "an OpenDocument text": (ods(), "no_table"),
    "a locked OpenDocument": (ods(more=ENCRYPTED), "password"),
    "a wholly locked OpenDocument": (zipped({"encrypted-package": b"x"}), "password"),
    "a locked zip": (locked(WHOLE), "password"),
    "a zip of a later version": (in_the_directory(6, 99), "broken"),
    "a zip of patches": (in_the_directory(8, 0x20), "broken"),
    "what is unpacked without a bound": (zipped({"content.xml": "<a/>"}, ZIP_BZIP2), "broken"),
    "too many parts": (zipped({f"{n}": b"" for n in range(PARTS_AT_MOST + 1)}), "too_large"),
    "a bomb": (zipped({"content.xml": BOMB}), "too_large"),
    "a bomb in one row": (replaced({SHEET: f"<a><row>{'<c/>' * 200_001}</row></a>"}), "too_large"),
    "a deep row": (replaced({SHEET: f"<a><row>{'<c>' * 99}{'</c>' * 99}</row></a>"}), "too_large"),
    "entities": (replaced({SHEET: DOCTYPE}), "broken"),
    "entities in UTF-16": (replaced({SHEET: DOCTYPE.encode("utf-16")}), "broken"),
    "no XML": (replaced({SHEET: "<a>"}), "broken"),
    "an unknown encoding": (replaced({SHEET: '<?xml version="1.0" encoding="x"?><a/>'}), "broken"),
    "a sheet that is not there": (
        replaced({"xl/_rels/workbook.xml.rels": "<a/>"}),
        "broken",
    ),
    "a text that is not there": (xlsx(row('<c t="s"><v>7</v></c>')), "broken"),
    "a row without a number": (xlsx(row(words("a"), more=' r="x"')), "broken"),
    "too many rows": (xlsx(row(words("a")) * (ROWS_AT_MOST + 1)), "too_many_rows"),
    "too many rows at once": (
        ods(table(ods_row(ods_words("a"), more='table:number-rows-repeated="1048576"'))),
        "too_many_rows",
    ),
    "too many columns": (xlsx(row('<c r="XFD1048576"><v>1</v></c>', 1048576)), "too_many_columns"),
    "too many columns at once": (
        ods(table(ods_row(ods_words("a", 'table:number-columns-repeated="16384"')))),
        "too_many_columns",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_spreadsheet_of_ours_ends_in_a_word(name: str) -> None:
    content, why = REFUSED[name]
    with pytest.raises(NotReadable) as met:
        sheets_of(content)
    assert met.value.why == why


def test_two_cells_far_apart_take_no_room() -> None:
    far = row(words("a"), 1) + row('<c r="B1048576" t="str"><v>b</v></c>', 1_048_576)
    assert [one.number for one in rows_in(xlsx(far))] == [1, 1_048_576]


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=6))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(at: int, put: bytes) -> None:
    with suppress(NotReadable):
        sheets_of(WHOLE[:at] + put + WHOLE[at + len(put) :])


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=9)


@given(st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=6))
def test_what_was_written_is_what_is_read(rows: list[list[str]]) -> None:
    content = xlsx(*(row(words(*cells)) for cells in rows))
    read = {(r.number, n): cell.text for r in rows_in(content) for n, cell in r.cells.items()}
    assert read == {
        (number, n): text.strip()
        for number, cells in enumerate(rows, 1)
        for n, text in enumerate(cells)
        if text.strip()
    }


# A cell over several rows


def test_a_cell_over_several_rows_says_it_in_each_of_them() -> None:
    """Not in the columns beside the first, nor where something stands, nor in an empty row."""
    content = xlsx(
        row(words("a", "b"), 1),
        row("<c/>" + words("c"), 2),
        row(words("d"), 4),
        row("<c/>" + words("e"), 5),
        merged=["A1:B4", "C1:C2", "A9:A12", "nonsense"],
    )
    assert [[cell.text for cell in one.cells.values()] for one in rows_in(content)] == [
        ["a", "b"],
        ["c", "a"],
        ["d"],
        ["e"],
    ]


def test_merged_cells_without_end_are_refused() -> None:
    rows = [row(words("x"), n) for n in range(1, 1001)]
    with pytest.raises(NotReadable) as refused:
        sheets_of(xlsx(*rows, merged=["A1:A1000"] * 300))
    assert refused.value.why == "too_large"


def test_of_calc_the_same() -> None:
    over_three = ods_words("a", 'table:number-rows-spanned="3"')
    covered, three = "<table:covered-table-cell/>", 'table:number-rows-repeated="3"'
    content = ods(
        table(
            ods_row(over_three, ods_words("b")),
            ods_row(covered, ods_words("c")),
            ods_row(covered, ods_words("d")),
            ods_row("<table:table-cell/>", ods_words("e"), more=three),
            ods_row('<table:table-cell table:number-rows-spanned="2"/>', ods_words("f")),
        )
    )
    texts = [sorted(cell.text for cell in one.cells.values()) for one in rows_in(content)]
    assert texts == [["a", "b"], ["a", "c"], ["a", "d"], ["e"], ["e"], ["e"], ["f"]]


@pytest.mark.parametrize(
    ("book", "number", "moment"),
    [
        ("", "43599", "2019-05-14"),
        ('<workbookPr date1904="1"/>', "42137", "2019-05-14"),
        ("", "43599.4375", "2019-05-14 10:30"),
        ("", "0.4375", "10:30"),
        ("", "9e99", ""),
    ],
)
def test_a_number_may_be_a_day_by_the_calendar_of_its_workbook(
    book: str, number: str, moment: str
) -> None:
    [one] = rows_in(xlsx(row(f"<c><v>{number}</v></c>"), book=book))
    assert (one.cells[0].kind, one.cells[0].moment) == (CellKind.NUMBER, moment)
