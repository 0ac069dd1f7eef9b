"""A list that somebody hands in, whatever it was saved as: its rows, by the columns one asks for.

It knows nothing of what the list is about. Whatever stands on it is in a row: nothing is passed
over without a word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.decoding.cells import Cell, Sheet, SheetRow
from chalicelib.decoding.delimited_text import decoded, rows_of
from chalicelib.decoding.spreadsheets import NotReadable, sheets_of
from chalicelib.domain.errors import FormRefused
from chalicelib.messages.console.words import word

#: The largest file that is read, and the longest list.
BYTES_AT_MOST, ROWS_AT_MOST = 2 * 1_048_576, 5_000
#: A heading stands among the first rows; above it may be a title.
_HEADING_WITHIN = 20
#: So much of a row is shown beside what is wrong with it.
_SHOWN_AT_MOST = 80

#: The fields of a form that a list comes in by: a file, or a text that was pasted.
FILE, PASTED = "list", "pasted"

#: How files begin that are no table we read, and what they are.
_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "no_table"),
    (b"\x89PNG", "no_table"),
    (b"\xff\xd8\xff", "no_table"),
    (b"GIF8", "no_table"),
    (b"{\\rtf", "no_table"),
)
#: What Office calls the part that it has locked, in a file that looks like an old .xls.
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|table|meta|style|\?xml|!--)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns a list may have: by its name, what each is called on the first rows, in small
    letters without accents. Where no heading names `alone`, if there is one, there are no headings,
    and it is the column whose cells look `like` this.
    """

    called: Mapping[str, frozenset[str]]
    alone: str = ""
    like: Callable[[str], bool] = bool


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """One row: its number as people see it, what stands in the columns that were asked for, as much
    of the whole as one shows, and a code of why it cannot be used, if that is known already.
    """

    number: int
    cells: Mapping[str, Cell]
    text: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class GivenList:
    """All rows that are not empty. `sheet` is the name of the one that was read: the only one that
    is shown and not empty, or the only one with a heading. `unread` hold something too.
    """

    rows: tuple[ListRow, ...]
    sheet: str = ""
    unread: tuple[str, ...] = ()


def given_list(content: str | bytes, columns: Columns) -> GivenList:
    """What stands on a list: a file as bytes, or a text that was pasted.

    Raises FormRefused, which quotes nothing of it.
    """
    where = PASTED if isinstance(content, str) else FILE
    try:
        return _given(content, columns)
    except NotReadable as refused:
        raise FormRefused(where, word("lists", refused.why)) from refused


def folded_heading(words: str) -> str:
    """A heading as it is compared: small letters and digits, one blank between words."""
    apart = unicodedata.normalize("NFKD", words.replace("°", "o ").casefold())
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(re.findall("[a-z0-9]+", plain))


def _given(content: str | bytes, columns: Columns) -> GivenList:
    sheets = [sheet for sheet in _sheets(content) if sheet.rows]
    shown = [sheet for sheet in sheets if not sheet.is_hidden]
    if not shown:
        raise NotReadable("hidden_sheets" if sheets else "empty")
    named = [sheet for sheet in shown if _headings(sheet.rows, columns)[1]]
    if 1 not in (len(shown), len(named)):
        raise NotReadable("several_sheets")
    [sheet] = shown if len(shown) == 1 else named
    rows = tuple(_rows(sheet.rows, columns))
    if not rows:
        raise NotReadable("empty")  # but for its headings
    if len(rows) > ROWS_AT_MOST:
        raise NotReadable("too_many_rows")
    unread = tuple(one.name for one in sheets if one is not sheet)
    return GivenList(rows=rows, sheet=sheet.name, unread=unread)


def _sheets(content: str | bytes) -> Sequence[Sheet]:
    if len(content) > BYTES_AT_MOST:
        raise NotReadable("too_large")
    if isinstance(content, bytes):
        if content.startswith(b"PK\x03\x04"):
            return sheets_of(content)
        content = _as_text(content)
    if _PAGE.match(content):
        raise NotReadable("page")
    return (Sheet(name="", is_hidden=False, rows=tuple(rows_of(content))),)


def _as_text(content: bytes) -> str:
    what = next((what for begins, what in _BEGINNINGS if content.startswith(begins)), "")
    if what:
        raise NotReadable("password" if _LOCKED in content else what)
    try:
        text = decoded(content)
    except UnicodeError as error:
        raise NotReadable("no_table") from error
    if "\0" in text:
        raise NotReadable("no_table")
    return text


def _rows(rows: Sequence[SheetRow], columns: Columns) -> Iterator[ListRow]:
    at, named = _headings(rows, columns)
    if named:
        yield from (_row(row, {}, row.why or "above") for row in rows[:at])
        yield from (_row(row, named, row.why) for row in rows[at + 1 :])
        return
    alone = _without_heading(rows, columns)
    for row in rows:
        meant = [cell for column, cell in row.cells.items() if alone in {None, column}]
        each: list[Mapping[str, Cell]] = [{columns.alone: cell} for cell in meant]
        for cells in each or [{}]:
            yield ListRow(number=row.number, cells=cells, text=_shown(row), why=row.why)


def _headings(rows: Sequence[SheetRow], columns: Columns) -> tuple[int, Mapping[int, str]]:
    """The row that names most columns, and by their numbers which it names; none if none does."""
    found = [(at, _named(row, columns)) for at, row in enumerate(rows[:_HEADING_WITHIN])]
    return max(found, key=lambda one: len(one[1]), default=(0, {}))


def _named(row: SheetRow, columns: Columns) -> Mapping[int, str]:
    """Of two columns with a name for the same the first one counts."""
    called = {number: folded_heading(cell.text) for number, cell in row.cells.items()}
    first = {
        name: next((number for number, words in sorted(called.items()) if words in known), None)
        for name, known in columns.called.items()
    }
    named = {number: name for name, number in first.items() if number is not None}
    return named if not columns.alone or columns.alone in named.values() else {}


def _without_heading(rows: Sequence[SheetRow], columns: Columns) -> int | None:
    """The one column that can be meant; None where every cell is. Raises NotReadable."""
    if not columns.alone:
        raise NotReadable("no_heading")
    filled: dict[int, list[Cell]] = {}
    for row in rows:
        for number, cell in row.cells.items() if row.why != "quote" else ():
            filled.setdefault(number, []).append(cell)
    fit = [number for number, cells in filled.items() if _is_like(cells, columns.like)]
    if len(filled) == len(fit) or len(filled) <= 1:
        return None
    if len(fit) != 1:
        raise NotReadable("no_heading")
    return fit[0]


def _is_like(cells: Iterable[Cell], like: Callable[[str], bool]) -> bool:
    """Whether most of a column looks as it should."""
    looks = [like(cell.text) for cell in cells]
    return 2 * sum(looks) > len(looks)


def _row(row: SheetRow, named: Mapping[int, str], why: str) -> ListRow:
    cells = {name: row.cells[number] for number, name in named.items() if number in row.cells}
    return ListRow(number=row.number, cells=cells, text=_shown(row), why=why)


def _shown(row: SheetRow) -> str:
    """What stands in it, on one line, cut short."""
    text = " · ".join(cell.text for _, cell in sorted(row.cells.items()) if cell.text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _SHOWN_AT_MOST else f"{line[: _SHOWN_AT_MOST - 1]}…"
