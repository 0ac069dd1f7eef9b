"""A list that somebody hands in, whatever it was saved as: its rows, by the columns one asks for.

It knows nothing of what the list is about. Whatever stands on it is in a row: nothing is passed
over without a word.
"""

import base64
import binascii
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from chalicelib.decoding.cells import Cell, Sheet, SheetRow
from chalicelib.decoding.delimited_text import decoded, rows_of
from chalicelib.decoding.spreadsheets import NotReadable, sheets_of
from chalicelib.domain.dossier_lists import ListColumn
from chalicelib.domain.errors import FormRefused
from chalicelib.messages.console.words import word

#: The largest file that is read, and the longest list.
BYTES_AT_MOST, ROWS_AT_MOST = 2 * 1_048_576, 5_000
#: A heading stands among the first rows; above it may be a title.
_HEADING_WITHIN = 20
#: So much of a row is shown beside what is wrong with it.
_SHOWN_AT_MOST = 80
#: So many cells of a column are shown beside its heading.
EXAMPLES = 3

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
#: How a row begins that counts the others, folded.
_TOTAL = re.compile(r"(?:sous )?tota(?:l|ux)\b|nombre (?:de|d|total)\b")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|table|meta|style|\?xml|!--)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns a list may have: by its name, what each is called on the first rows, in small
    letters without accents. What is in `several` may stand in more than one: where the first is
    empty in a row, the next counts. `moments` hold days and hours. Where no heading names `alone`,
    if there is one, there are no headings, and it is the column whose cells look `like` this.
    """

    called: Mapping[str, frozenset[str]]
    several: Set[str] = frozenset()
    moments: Set[str] = frozenset()
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
    is shown and not empty, or the only one with a heading. `unread` hold something too. `columns`
    are those with a heading, from left to right.
    """

    rows: tuple[ListRow, ...]
    sheet: str = ""
    unread: tuple[str, ...] = ()
    columns: tuple[ListColumn, ...] = ()


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
    named = [sheet for sheet in shown if _headings(sheet.rows, columns).named]
    if 1 not in (len(shown), len(named)):
        raise NotReadable("several_sheets")
    [sheet] = shown if len(shown) == 1 else named
    headings = _headings(sheet.rows, columns)
    rows = tuple(_rows(sheet.rows, headings, columns))
    if not rows:
        raise NotReadable("empty")  # but for its headings
    if len(rows) > ROWS_AT_MOST:
        raise NotReadable("too_many_rows")
    unread = tuple(one.name for one in sheets if one is not sheet)
    return GivenList(
        rows=rows,
        sheet=sheet.name,
        unread=unread,
        columns=tuple(headings.columns(sheet.rows, columns.moments)),
    )


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


@dataclass(frozen=True, kw_only=True)
class _Headings:
    """Where the headings end, from which row on they stand, each by its column, and by the numbers
    of their columns what they name.
    """

    first: int
    last: int
    cells: Mapping[int, Cell]
    named: Mapping[int, str]

    @property
    def fields(self) -> Set[str]:
        """What they name."""
        return set(self.named.values())

    def columns(self, rows: Sequence[SheetRow], moments: Set[str]) -> Iterator[ListColumn]:
        """Each of them, what stands first below it, and in how many rows something does."""
        below = [row for row in rows[self.last + 1 :] if not self.layout(row)]
        for number, cell in sorted(self.cells.items()):
            name = self.named.get(number, "")
            filled = [row.cells[number] for row in below if number in row.cells]
            texts = (one.moment if name in moments else "" for one in filled[:EXAMPLES])
            yield ListColumn(
                heading=_on_one_line(cell.text),
                field=name,
                examples=tuple(
                    _cut(_on_one_line(text or one.text))
                    for text, one in zip(texts, filled, strict=False)
                ),
                filled=len(filled),
                of=len(below),
            )

    def layout(self, row: SheetRow) -> str:
        """A code of what such a row is that stands below them and is of the table, not on it: the
        headings again, as of a next page, or a total. Empty for any other.
        """
        again = {n: folded_heading(cell.text) for n, cell in row.cells.items() if n in self.named}
        if again and all(folded_heading(self.cells[n].text) == said for n, said in again.items()):
            return "headings"
        worded = [cell.text for cell in row.cells.values() if any(map(str.isalpha, cell.text))]
        is_total = len(worded) == 1 and _TOTAL.match(folded_heading(worded[0]))
        return "total" if is_total else ""


def _rows(rows: Sequence[SheetRow], headings: _Headings, columns: Columns) -> Iterator[ListRow]:
    if headings.named:
        yield from (_row(row, {}, row.why or "above") for row in rows[: headings.first])
        for row in rows[headings.last + 1 :]:
            yield _row(row, headings.named, row.why or headings.layout(row))
        return
    alone = _without_heading(rows, columns)
    for row in rows:
        meant = [cell for column, cell in row.cells.items() if alone in {None, column}]
        each: list[Mapping[str, Cell]] = [{columns.alone: cell} for cell in meant]
        for cells in each or [{}]:
            yield ListRow(number=row.number, cells=cells, text=_shown(row), why=row.why)


def _headings(rows: Sequence[SheetRow], columns: Columns) -> _Headings:
    """The row that names most columns, or the two: where the lower one leaves a column out, it is
    called as above. None is named where no row names any.
    """
    none = _Headings(first=0, last=0, cells={}, named={})
    found = (_headings_at(rows, at, columns) for at in range(min(len(rows), _HEADING_WITHIN)))
    return max(found, key=lambda one: len(one.fields), default=none)


def _headings_at(rows: Sequence[SheetRow], at: int, columns: Columns) -> _Headings:
    row, above = rows[at], rows[at - 1] if at else None
    below = rows[at + 1 :]
    cells = _told_apart(row.cells)
    named = _named(cells, columns, below)
    alone = _Headings(first=at, last=at, cells=cells, named=named)
    if above is None or above.number != row.number - 1:
        return alone
    cells = _told_apart({**above.cells, **row.cells})
    named = _named(cells, columns, below)
    both = _Headings(first=at - 1, last=at, cells=cells, named=named)
    return alone if len(both.fields) <= len(alone.fields) or not alone.named else both


def _told_apart(cells: Mapping[int, Cell]) -> Mapping[int, Cell]:
    """Each heading as no other before it: what is said of one is said of that column alone."""
    found, told = dict[int, Cell](), Counter[str]()
    for number, cell in sorted(cells.items()):
        text, folded = cell.text, folded_heading(cell.text)
        while told[folded_heading(text)]:
            told[folded] += 1
            text = f"{cell.text} ({told[folded]})"
        told[folded_heading(text)] += 1
        found[number] = replace(cell, text=text)
    return found


def _named(
    cells: Mapping[int, Cell], columns: Columns, below: Sequence[SheetRow]
) -> Mapping[int, str]:
    """Of two columns with a name for the same the first one counts that is not mostly empty beside
    the other; or both, where it may stand in several.
    """
    called = {number: folded_heading(cell.text) for number, cell in sorted(cells.items())}
    named: dict[int, str] = {}
    for name, known in columns.called.items():
        those = [number for number, words in called.items() if words in known]
        kept = those if name in columns.several or len(those) < 2 else [_fuller(those, below)]
        named |= dict.fromkeys(kept, name)
    return named if not columns.alone or columns.alone in named.values() else {}


def _fuller(those: Sequence[int], below: Sequence[SheetRow]) -> int:
    filled = {number: sum(number in row.cells for row in below) for number in those}
    most = max(filled.values())
    return next(number for number in those if 2 * filled[number] >= most)


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
    cells: dict[str, Cell] = {}
    for number, name in sorted(named.items()):
        if number in row.cells:
            cells.setdefault(name, row.cells[number])
    return ListRow(number=row.number, cells=cells, text=_shown(row), why=why)


def _shown(row: SheetRow) -> str:
    """What stands in it, on one line, cut short."""
    line = _on_one_line(" · ".join(c.text for _, c in sorted(row.cells.items()) if c.text))
    return _cut(line)


def _on_one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _cut(line: str) -> str:
    return line if len(line) <= _SHOWN_AT_MOST else f"{line[: _SHOWN_AT_MOST - 1]}…"


#: What a list that a form carries begins with: whether it was pasted, or a file.
_TEXT, _BYTES = b"t", b"b"


def packed(content: str | bytes) -> str:
    """A list as a form carries it from page to page."""
    kind, raw = (_TEXT, content.encode()) if isinstance(content, str) else (_BYTES, content)
    return base64.urlsafe_b64encode(zlib.compress(kind + raw)).decode()


def unpacked(text: str) -> str | bytes:
    """The list that a form carries. Raises FormRefused."""
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.urlsafe_b64decode(text), 4 * BYTES_AT_MOST)
        content = raw[1:].decode() if raw[:1] == _TEXT else raw[1:]
    except (zlib.error, binascii.Error, ValueError) as error:
        raise FormRefused(FILE, word("lists", "not_carried")) from error
    if not unpacker.eof:
        raise FormRefused(FILE, word("lists", "not_carried"))
    return content
