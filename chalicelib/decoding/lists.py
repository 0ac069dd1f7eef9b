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
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import chain, islice

from chalicelib.decoding.cells import Cell, Sheet, SheetRow
from chalicelib.decoding.delimited_text import decoded, rows_of
from chalicelib.decoding.spreadsheets import COLUMNS_AT_MOST, NotReadable, bounded, sheets_of
from chalicelib.domain.bulk import LAYOUT
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
    letters without accents. What is in `several` may stand in more than one: of the cells of a row
    that which is of most `use` counts, and of equal ones the first. `moments` hold days and hours.
    Where no heading names `alone`, if there is one, there are no headings, and it is the column
    whose cells look `like` this.
    """

    called: Mapping[str, frozenset[str]]
    several: Set[str] = frozenset()
    use: Mapping[str, Callable[[str], int]] = field(default_factory=dict)
    moments: Set[str] = frozenset()
    alone: str = ""
    like: Callable[[str], bool] = bool

    @cached_property
    def meant(self) -> Mapping[str, str]:
        """By what a column may be called, which one it is."""
        return {words: name for name, known in self.called.items() for words in known}


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
    are those with a heading or anything below it, from left to right.
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


@cache
def untitled_headings() -> frozenset[str]:
    """What columns without a heading are called, folded."""
    return frozenset(folded_heading(_untitled(number)) for number in range(COLUMNS_AT_MOST))


def _untitled(number: int) -> str:
    """What a column is called that has no heading: by its letters in a spreadsheet."""
    letters, rest = "", number + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(65 + letter) + letters
    return word("lists", "untitled").format(letters=letters)


def _given(content: str | bytes, columns: Columns) -> GivenList:
    sheets = [sheet for sheet in _sheets(content) if sheet.rows]
    shown = [(one, _headings(one.rows, columns)) for one in sheets if not one.is_hidden]
    if not shown:
        raise NotReadable("hidden_sheets" if sheets else "empty")
    named = [one for one in shown if one[1].named]
    if 1 not in (len(shown), len(named)):
        raise NotReadable("several_sheets")
    [(sheet, headings)] = shown if len(shown) == 1 else named
    read = _under_headings if headings.named else _without_headings
    rows, found = read(sheet.rows, headings, columns)
    kept = tuple(islice(rows, ROWS_AT_MOST + 1))
    if not kept:
        raise NotReadable("empty")  # but for its headings
    if len(kept) > ROWS_AT_MOST:
        raise NotReadable("too_many_rows")
    unread = tuple(one.name for one in sheets if one is not sheet)
    return GivenList(rows=kept, sheet=sheet.name, unread=unread, columns=tuple(found))


def _sheets(content: str | bytes) -> Sequence[Sheet]:
    if len(content) > BYTES_AT_MOST:
        raise NotReadable("too_large")
    if isinstance(content, bytes):
        if content.startswith(b"PK\x03\x04"):
            return sheets_of(content)
        content = _as_text(content)
    if _PAGE.match(content):
        raise NotReadable("page")
    return (Sheet(name="", is_hidden=False, rows=_rows_of_text(content)),)


def _rows_of_text(text: str) -> tuple[SheetRow, ...]:
    """Within the bounds of a spreadsheet; but references may all stand on one line."""
    rows = rows_of(text)
    first = tuple(islice(rows, 2))
    if len(first) > 1:
        return bounded(chain(first, rows))
    if any(len(row.cells) > ROWS_AT_MOST for row in first):
        raise NotReadable("too_many_rows")
    return first


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

    @cached_property
    def folded(self) -> Mapping[int, str]:
        """Those that name something, as headings are compared."""
        return {number: folded_heading(self.cells[number].text) for number in self.named}

    def columns(self, rows: Sequence[SheetRow], moments: Set[str]) -> Iterator[ListColumn]:
        """Each of them, what of these rows stands first below it, and in how many of them something
        does.
        """
        below: dict[int, list[Cell]] = {number: [] for number in sorted(self.cells)}
        for row in rows:
            for number, cell in row.cells.items():
                below[number].append(cell)
        for number, filled in below.items():
            name, heading = self.named.get(number, ""), _on_one_line(self.cells[number].text)
            texts = ((one.moment if name in moments else "") or one.text for one in filled)
            if filled or heading != _untitled(number):
                yield ListColumn(
                    heading=heading,
                    field=name,
                    examples=tuple(_cut(_on_one_line(text)) for text in islice(texts, EXAMPLES)),
                    filled=len(filled),
                    of=len(rows),
                )

    def below(
        self, rows: Sequence[SheetRow], columns: Columns
    ) -> Iterator[tuple[SheetRow, Mapping[int, str], str]]:
        """Each row below them, what its columns hold, and a code where it is none of the list, or
        cannot be read. Under headings that name other things than these, nothing can be.
        """
        named, under = self.named, ""
        for row in rows[self.last + 1 :]:
            layout = "total" if _is_total(row) else ""
            if again := {} if row.why else self._again(row, columns):
                is_same = again is self.named
                named, under = again, "" if is_same else "other_table"
                layout = "headings" if is_same else "other_headings"
            yield row, named, row.why or layout or under

    def _again(self, row: SheetRow, columns: Columns) -> Mapping[int, str]:
        """What a row names that has headings again, as of a next page or another table; nothing, if
        it has none. One or two of them are words that may stand on any row.
        """
        said = {n: folded_heading(cell.text) for n, cell in row.cells.items() if n in self.named}
        if said and all(self.folded[number] == words for number, words in said.items()):
            return self.named
        meant = {n: columns.meant[words] for n, words in said.items() if words in columns.meant}
        if len(set(meant.values())) < 2 or 2 * len(meant) <= len(said):
            return {}
        if all(self.named[number] == name for number, name in meant.items()):
            return self.named
        every = {n: columns.meant.get(folded_heading(cell.text)) for n, cell in row.cells.items()}
        return {number: name for number, name in every.items() if name}


def _is_total(row: SheetRow) -> bool:
    worded = [cell.text for cell in row.cells.values() if any(map(str.isalpha, cell.text))]
    return len(worded) == 1 and bool(_TOTAL.match(folded_heading(worded[0])))


def _under_headings(
    rows: Sequence[SheetRow], headings: _Headings, columns: Columns
) -> tuple[Iterable[ListRow], Iterable[ListColumn]]:
    below = list(headings.below(rows, columns))
    above = (_row(row, {}, columns, row.why or "above") for row in rows[: headings.first])
    read = chain(above, (_row(row, named, columns, why) for row, named, why in below))
    listed = [row for row, _, why in below if why not in {*LAYOUT, "other_table"}]
    return read, headings.columns(listed, columns.moments)


def _without_headings(
    rows: Sequence[SheetRow], _: _Headings, columns: Columns
) -> tuple[Iterable[ListRow], Iterable[ListColumn]]:
    """Of the one column that can be meant; or of every cell, where all of them can. Raises
    NotReadable.
    """
    alone = _column_alone(rows, columns)
    if alone is None:
        return chain.from_iterable(_each(row, columns) for row in rows), ()
    named, listed = {alone: columns.alone}, [row for row in rows if not row.why]
    cells = {n: Cell(text=_untitled(n)) for row in listed for n in row.cells}
    headings = _Headings(first=0, last=-1, cells=cells, named=named)
    read = (_row(row, named, columns, row.why) for row in rows)
    return read, headings.columns(listed, columns.moments)


def _each(row: SheetRow, columns: Columns) -> Iterator[ListRow]:
    text = _shown(row)
    for cell in row.cells.values():
        yield ListRow(number=row.number, cells={columns.alone: cell}, text=text, why=row.why)


def _headings(rows: Sequence[SheetRow], columns: Columns) -> _Headings:
    """The row that names most columns, or the two: where the lower one leaves a column out, it is
    called as above. None is named where no row names any.
    """
    none = _Headings(first=0, last=0, cells={}, named={})
    found, filled = [none], Counter(number for row in rows for number in row.cells)
    for at, row in enumerate(rows[:_HEADING_WITHIN]):
        filled.subtract(list(row.cells))
        found.append(_headings_at(rows, at, columns, +filled))
    return max(found, key=lambda one: len(set(one.named.values())))


def _headings_at(
    rows: Sequence[SheetRow], at: int, columns: Columns, filled: Mapping[int, int]
) -> _Headings:
    """`filled` is how many cells stand below, by their columns: also of those without a heading."""
    row, above = rows[at], rows[at - 1] if at else None
    untitled = {number: Cell(text=_untitled(number)) for number in filled}
    alone = _headings_in(at, at, {**untitled, **row.cells}, columns, filled)
    if above is None or above.number != row.number - 1 or not alone.named:
        return alone
    cells = {**untitled, **above.cells, **row.cells}
    both = _headings_in(at - 1, at, cells, columns, filled)
    return max((alone, both), key=lambda one: len(set(one.named.values())))


def _headings_in(
    first: int, last: int, said: Mapping[int, Cell], columns: Columns, filled: Mapping[int, int]
) -> _Headings:
    cells = _told_apart(said)
    return _Headings(first=first, last=last, cells=cells, named=_named(cells, columns, filled))


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
    cells: Mapping[int, Cell], columns: Columns, filled: Mapping[int, int]
) -> Mapping[int, str]:
    """Of two columns with a name for the same the first one counts that is not mostly empty beside
    the other; or both, where it may stand in several.
    """
    called = {number: folded_heading(cell.text) for number, cell in sorted(cells.items())}
    named: dict[int, str] = {}
    for name, known in columns.called.items():
        those = [number for number, words in called.items() if words in known]
        kept = those if name in columns.several or len(those) < 2 else [_fuller(those, filled)]
        named |= dict.fromkeys(kept, name)
    return named if not columns.alone or columns.alone in named.values() else {}


def _fuller(those: Sequence[int], filled: Mapping[int, int]) -> int:
    most = max(filled.get(number, 0) for number in those)
    return next(number for number in those if 2 * filled.get(number, 0) >= most)


def _column_alone(rows: Sequence[SheetRow], columns: Columns) -> int | None:
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


def _row(row: SheetRow, named: Mapping[int, str], columns: Columns, why: str) -> ListRow:
    found: dict[str, list[Cell]] = {}
    for number, name in sorted(named.items()):
        if number in row.cells:
            found.setdefault(name, []).append(row.cells[number])
    cells = {name: _of_most_use(those, columns.use.get(name)) for name, those in found.items()}
    return ListRow(number=row.number, cells=cells, text=_shown(row), why=why)


def _of_most_use(cells: Sequence[Cell], use: Callable[[str], int] | None) -> Cell:
    return cells[0] if use is None or len(cells) == 1 else max(cells, key=lambda c: use(c.text))


def _shown(row: SheetRow) -> str:
    """What stands in it, on one line, cut short."""
    line = _on_one_line(" · ".join(c.text for _, c in sorted(row.cells.items()) if c.text))
    return _cut(line)


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


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
