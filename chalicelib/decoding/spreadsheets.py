"""What stands in the sheets of a spreadsheet, .xlsx or .ods: read as a stream, within bounds.

Nothing is computed and nothing is fetched. Why no library does it: see decision 0054.
"""

import posixpath
import re
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chalicelib.decoding.cells import Cell, CellKind, Sheet, SheetRow, numbered, worded

#: What the library raises at a file that was damaged, or asks for what it cannot do: a later
#: version of the format (NotImplementedError), a password that only a part has (RuntimeError).
_DAMAGED = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError)

#: So much is unpacked of one file, of whatever it promises; the list of a whole year is a tenth.
UNPACKED_AT_MOST = 16 * 1_048_576
#: And of so many parts: a workbook of a hundred sheets has some four hundred.
PARTS_AT_MOST = 2_000
ROWS_AT_MOST, COLUMNS_AT_MOST = 5_000, 256
_ELEMENTS_AT_MOST, _DEPTH_AT_MOST, _CHUNK = 200_000, 50, 65_536

_DAY = 86_400
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  of no zone
#: The formats of dates and hours that have a number and no text.
#: https://learn.microsoft.com/dotnet/api/documentformat.openxml.spreadsheet.numberingformat
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
#: What of a format is shown as it stands, or is a colour, a condition or a language.
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
#: A format of Excel has no more characters.
FORMAT_AT_MOST = 255
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_RANGE = re.compile("([A-Z]{1,3})([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})")
_TRUTH = {"1": "VRAI", "true": "VRAI", "0": "FAUX", "false": "FAUX"}


class NotReadable(Exception):
    """This is no spreadsheet that we read; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def sheets_of(content: bytes) -> tuple[Sheet, ...]:
    """Every sheet of a spreadsheet, in its order. Raises NotReadable."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            return _sheets(_Parts(archive))
    except (*_DAMAGED, ParseError) as error:
        raise NotReadable("broken") from error
    except (LookupError, ValueError, OverflowError) as error:
        raise NotReadable("broken") from error  # it does not hold what it says of itself


class _Parts:
    """The files inside, by their names in small letters, and how much of them may still be read."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._left = UNPACKED_AT_MOST
        if len(archive.infolist()) > PARTS_AT_MOST:
            raise NotReadable("too_large")
        self._known = {_plain(info.filename): info for info in archive.infolist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._known

    def each(
        self, name: str, wanted: Iterable[str], enter: Callable[[Element], None] | None = None
    ) -> Iterator[Element]:
        """Every element of these names, whole; `enter` is told of those around them as they begin.

        Raises NotReadable.
        """
        finder = _Finder(frozenset(wanted), enter or (lambda _: None))
        parser = XMLParser(target=finder)  # noqa: S314  bounded, and without a DOCTYPE
        for chunk in self._chunks(self._known[_plain(name)]):
            parser.feed(chunk)
            yield from finder.taken()
        parser.close()
        yield from finder.taken()

    def _chunks(self, info: ZipInfo) -> Iterator[bytes]:
        """What is unpacked is counted, not what the file says of its size."""
        if info.flag_bits & 1:
            raise NotReadable("password")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise NotReadable("broken")  # the others are unpacked without a bound
        with self._archive.open(info) as part:
            while chunk := part.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise NotReadable("too_large")
                yield chunk


class _Finder:
    """Takes whole elements of some names out of a document, and keeps nothing else of it."""

    def __init__(self, wanted: frozenset[str], enter: Callable[[Element], None]) -> None:
        self._wanted, self._enter = wanted, enter
        self._found: list[Element] = []
        self._builder = TreeBuilder()
        self._depth = self._size = 0

    def taken(self) -> list[Element]:
        """What was found since it was last asked."""
        found, self._found = self._found, []
        return found

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, said = _local(tag), {_local(key): value for key, value in attributes.items()}
        if not self._depth and name not in self._wanted:
            self._enter(Element(name, said))
            return
        self._depth += 1
        self._size += 1
        if self._size > _ELEMENTS_AT_MOST or self._depth > _DEPTH_AT_MOST:
            raise NotReadable("too_large")
        self._builder.start(name, said)

    def data(self, text: str) -> None:
        if self._depth:
            self._builder.data(text)

    def end(self, tag: str) -> None:
        if not self._depth:
            return
        self._builder.end(_local(tag))
        self._depth -= 1
        if not self._depth:
            self._found.append(self._builder.close())
            self._builder, self._size = TreeBuilder(), 0

    def doctype(self, *_: object) -> None:
        """No spreadsheet has one; what has one may want entities that grow without end."""
        raise NotReadable("broken")

    def close(self) -> None:
        """Nothing is left."""


def _sheets(parts: _Parts) -> tuple[Sheet, ...]:
    if "EncryptedPackage" in parts or "encrypted-package" in parts:
        raise NotReadable("password")
    if "content.xml" in parts:
        return _ods(parts)
    books = _related(parts, "")
    book = next((part for kind, part in books.values() if kind == "officeDocument"), "")
    if not book.endswith(".xml") or "xl/" not in book:
        raise NotReadable("xlsb" if book.endswith(".bin") else "no_table")
    return _xlsx(parts, book)


# Excel: https://learn.microsoft.com/openspecs/office_standards/ms-oe376


def _xlsx(parts: _Parts, book: str) -> tuple[Sheet, ...]:
    related = _related(parts, book)
    named = dict(related.values())
    strings = [_words(si) for si in _each_of(parts, named.get("sharedStrings"), "si")]
    dates = _date_styles(parts, named.get("styles"))
    listed = list(parts.each(book, ("sheet", "workbookPr")))
    is_1904 = any(_is_true(one, "date1904") for one in listed)
    read = _XlsxCells(strings, dates, _EPOCH_1904 if is_1904 else _EPOCH)
    sheets = [(one, *related[one.attrib["id"]]) for one in listed if one.tag == "sheet"]
    return tuple(
        Sheet(
            name=sheet.get("name", ""),
            is_hidden=sheet.get("state", "visible") != "visible",
            rows=_xlsx_rows(parts, part, read),
        )
        for sheet, kind, part in sheets
        if kind == "worksheet"
    )


def _related(parts: _Parts, name: str) -> Mapping[str, tuple[str, str]]:
    """By its id, what kind of part belongs to this one, and its name."""
    folder, file = posixpath.split(name)
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if rels not in parts:
        raise NotReadable("no_table")
    return {
        one.attrib["Id"]: (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))),
        )
        for one in parts.each(rels, ("Relationship",))
    }


def _each_of(parts: _Parts, name: str | None, *wanted: str) -> Iterable[Element]:
    return parts.each(name, wanted) if name and name in parts else ()


def _words(string: Element) -> str:
    """Its runs, and not how they are pronounced."""
    runs = [one if one.tag == "t" else one.find("t") for one in string if one.tag in {"t", "r"}]
    return _unescaped("".join(run.text or "" for run in runs if run is not None))


def _unescaped(text: str) -> str:
    """With the characters that XML cannot hold, which Excel writes as `_x000D_`."""
    whole = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _date_styles(parts: _Parts, name: str | None) -> frozenset[int]:
    """The numbers of the styles by which a number is shown as a day or an hour."""
    found = {one.tag: one for one in _each_of(parts, name, "numFmts", "cellXfs")}
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in found.get("numFmts", ())}
    return frozenset(
        number
        for number, style in enumerate(found.get("cellXfs", ()))
        if _is_date(style.get("numFmtId", "0"), own)
    )


def _is_date(number: str, own: Mapping[str | None, str]) -> bool:
    if number not in own:
        return int(number) in _DATE_FORMATS
    shown = _NOT_FORMAT.sub("", own[number][:FORMAT_AT_MOST]).lower().partition(";")[0]
    return shown not in {"general", "standard"} and any(letter in shown for letter in "ymdhs")


def _xlsx_rows(parts: _Parts, name: str, read: "_XlsxCells") -> tuple[SheetRow, ...]:
    merged: list[str] = []

    def each() -> Iterator[SheetRow]:
        number = 0
        for one in parts.each(name, ("row", "mergeCell")):
            if one.tag == "mergeCell":
                merged.append(one.get("ref", ""))
                continue
            number = int(one.get("r", number + 1))
            why = "hidden" if _is_true(one, "hidden") else ""
            yield SheetRow(number=number, cells=read.of(one), why=why)

    return _as_merged(bounded(each()), merged)


def _as_merged(rows: tuple[SheetRow, ...], merged: Sequence[str]) -> tuple[SheetRow, ...]:
    """With what a cell over several rows says in each of them: the file has it in the first."""
    filled = {row.number: dict(row.cells) for row in rows}
    if len(filled) < len(rows):
        raise NotReadable("broken")  # two rows at one place: no program shows both
    numbers, looked = sorted(filled), 0
    for found in filter(None, map(_RANGE.fullmatch, merged)):
        column, first, last = _column(found[1]), int(found[2]), int(found[3])
        if cell := filled.get(first, {}).get(column):
            below = numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]
            looked += len(below)
            if looked > _ELEMENTS_AT_MOST:
                raise NotReadable("too_large")
            for number in below:
                filled[number].setdefault(column, cell)
    return tuple(replace(row, cells=filled[row.number]) for row in rows)


class _XlsxCells:
    """Reads the cells of a row by what their workbook says of texts and of dates."""

    def __init__(self, strings: list[str], dates: frozenset[int], epoch: datetime) -> None:
        self._strings, self._dates, self._epoch = strings, dates, epoch

    def of(self, row: Element) -> Mapping[int, Cell]:
        cells, column = {}, -1
        for one in row.iter("c"):
            place = _PLACE.fullmatch(one.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if cell := self._cell(one):
                cells[column] = cell
        return cells

    def _cell(self, cell: Element) -> Cell | None:
        value, inline = cell.find("v"), cell.find("is")
        if inline is not None:
            return worded(_words(inline))
        text = "" if value is None else (value.text or "").strip()
        is_empty_text = value is not None and cell.get("t") == "str"
        if cell.find("f") is not None and not text and not is_empty_text:
            return Cell(text="", kind=CellKind.UNCOMPUTED)  # as programs write it that do not count
        return self._valued(cell, text) if text else None

    def _valued(self, cell: Element, text: str) -> Cell | None:
        match cell.get("t", "n"):
            case "s":
                return worded(self._strings[int(text)])
            case "e":
                return Cell(text=text, kind=CellKind.ERROR)
            case "b":
                return worded(_TRUTH.get(text, text))
            case "d":
                return Cell(text=_moment(text), kind=CellKind.DATE)
            case "n":
                return self._number(cell, text)
            case _:
                return worded(_unescaped(text))

    def _number(self, cell: Element, text: str) -> Cell:
        """A number is a day or an hour by how it is shown, and might be one however that is."""
        moment = self._as_moment(text)
        if moment and int(cell.get("s", 0)) in self._dates:
            return Cell(text=moment, kind=CellKind.DATE)
        number = numbered(text)
        return number if number.moment else replace(number, moment=moment)

    def _as_moment(self, text: str) -> str:
        """Empty where Excel would show #####."""
        try:
            days = float(text)
            at = self._epoch + timedelta(seconds=round(days * _DAY))
        except (ValueError, OverflowError):
            return ""
        return _moment(at.isoformat()[11:] if 0 <= days < 1 else at.isoformat())


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


# OpenDocument: https://docs.oasis-open.org/office/OpenDocument/v1.3/


def _ods(parts: _Parts) -> tuple[Sheet, ...]:
    if any(True for _ in _each_of(parts, "META-INF/manifest.xml", "encryption-data")):
        raise NotReadable("password")
    tables = _OdsTables()
    for one in parts.each("content.xml", ("style", "table-row"), tables.enter):
        tables.take(one)
    if not tables.begun:
        raise NotReadable("no_table")
    return tables.sheets()


@dataclass(kw_only=True)
class _OdsTable:
    """One sheet, as far as it has been read: of the rows those that are not empty."""

    said: Mapping[str, str]
    rows: list[SheetRow] = field(default_factory=list)
    number: int = 0
    spans: dict[int, tuple[int, Cell]] = field(default_factory=dict)

    def take(self, row: Element) -> None:
        """With what a cell over several rows says in each of them, by the last of these."""
        again = _times(row, "rows")
        above = {n: cell for n, (last, cell) in self.spans.items() if last > self.number}
        for one in _ods_rows(row, self.number + 1, again):
            self.rows.append(replace(one, cells={**above, **one.cells}))
        self.spans |= _spans(row, self.number)
        self.number += again
        _bound(self.rows)


class _OdsTables:
    """The sheets of a document, which follow one another in it, and the styles that hide some."""

    def __init__(self) -> None:
        self.begun: list[_OdsTable] = []
        self._hidden = set[str]()

    def enter(self, element: Element) -> None:
        if element.tag == "table":
            self.begun.append(_OdsTable(said=element.attrib))

    def take(self, element: Element) -> None:
        if element.tag == "style":
            self._hidden |= _hidden_style(element)
        else:
            self.begun[-1].take(element)

    def sheets(self) -> tuple[Sheet, ...]:
        return tuple(
            Sheet(
                name=one.said.get("name", ""),
                is_hidden=one.said.get("style-name") in self._hidden,
                rows=tuple(one.rows),
            )
            for one in self.begun
        )


def _hidden_style(style: Element) -> set[str]:
    shown = style.find("table-properties")
    is_hidden = shown is not None and shown.get("display") == "false"
    return {style.get("name", "")} if is_hidden else set()


def _ods_rows(row: Element, number: int, again: int) -> Iterator[SheetRow]:
    """One row or, where it is repeated, several; of an empty one none."""
    cells, column = dict[int, Cell](), 0
    for one in row:
        times = _times(one, "columns")
        if cell := _ods_cell(one):
            cells |= dict.fromkeys(range(column, column + min(times, COLUMNS_AT_MOST + 1)), cell)
        column += times
    why = "" if row.get("visibility", "visible") == "visible" else "hidden"
    if cells:
        for more in range(min(again, ROWS_AT_MOST + 1)):
            yield _within(SheetRow(number=number + more, cells=cells, why=why))


def _spans(row: Element, above: int) -> Iterator[tuple[int, tuple[int, Cell]]]:
    """By its column, until which row a cell that stands over several of them does."""
    column = 0
    for one in row:
        rows = int(one.get("number-rows-spanned", 1))
        if rows > 1 and (cell := _ods_cell(one)):
            yield column, (above + rows, cell)
        column += _times(one, "columns")


def _ods_cell(cell: Element) -> Cell | None:
    text = "\n".join("".join(_spoken(p)) for p in cell if p.tag == "p")
    if cell.get("calcext:value-type") == "error":
        return Cell(text=text, kind=CellKind.ERROR)
    match cell.get("value-type"):
        case "float" | "currency" | "percentage":
            return numbered(cell.attrib["value"])
        case "date":
            return Cell(text=_moment(cell.attrib["date-value"]), kind=CellKind.DATE)
        case None if cell.get("formula") and not text:
            return Cell(text="", kind=CellKind.UNCOMPUTED)
        case _:
            return worded(cell.get("string-value", text))


def _spoken(element: Element) -> Iterator[str]:
    """The text of a paragraph: several blanks and breaks are elements of their own."""
    marks = {"s": " " * min(int(element.get("c", 1)), 99), "tab": "\t", "line-break": "\n"}
    yield marks.get(element.tag, element.text or "")
    for child in element:
        yield from () if child.tag == "annotation" else _spoken(child)
        yield child.tail or ""


def _times(element: Element, what: str) -> int:
    return max(1, int(element.get(f"number-{what}-repeated", 1)))


# Both


def bounded(rows: Iterable[SheetRow]) -> tuple[SheetRow, ...]:
    """Those that are not empty. Raises NotReadable where there are too many, or too far out."""
    kept: list[SheetRow] = []
    for row in rows:
        if row.cells:
            kept.append(_within(row))
            _bound(kept)
    return tuple(kept)


def _bound(rows: Sequence[SheetRow]) -> None:
    if len(rows) > ROWS_AT_MOST:
        raise NotReadable("too_many_rows")


def _within(row: SheetRow) -> SheetRow:
    if max(row.cells) >= COLUMNS_AT_MOST:
        raise NotReadable("too_many_columns")
    return row


def _moment(text: str) -> str:
    """A day, an hour, or both: `2019-05-14`, `10:30`, `2019-05-14 10:30`."""
    day, _, hour = text.rstrip("Z").rpartition("T")
    if not day and "-" in hour:
        return hour
    minutes = hour.partition(".")[0].removesuffix(":00") if hour.count(":") > 1 else hour
    return f"{day} {minutes}".strip().removesuffix(" 00:00")


def _is_true(element: Element, name: str) -> bool:
    return element.get(name) in {"1", "true"}


def _local(name: str) -> str:
    """A name without its namespace. Calc says twice of what type a cell is: the second one says
    what is an error, and keeps its prefix.
    """
    space, _, local = name.rpartition("}")
    return f"calcext:{local}" if space.endswith(":calcext:1.0") else local


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
