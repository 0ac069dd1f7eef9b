"""A table as text: CSV as French and English programs save it, or columns that were pasted."""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from chalicelib.decoding.cells import GARBLED, Cell, SheetRow, worded

SEPARATORS = ";\t,"
#: A quoted cell has so many lines at most: an address does; a forgotten mark goes on for ever.
LINES_AT_MOST = 20

#: The first line of a file in which Excel says what stands between two cells.
_SAYS = re.compile(r"\ufeff?\"?sep=(?P<separator>[;,\t|])\"?", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"?')
_BREAK = re.compile(r"\r\n|\r|\n")
#: A text as Excel is told to keep it: `="0612345678"`.
_KEPT_AS_TEXT = re.compile(r'="(?P<text>(?:[^"]|"")*)"')

#: What begins a formula, the wide forms included: a cell that begins so is written with an
#: apostrophe before it. https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def decoded(content: bytes) -> str:
    """Bytes as the text that they are: UTF-8, UTF-16 with its mark, or Windows-1252.

    A few bytes that are none of UTF-8 do not make another encoding of the others: they are
    `GARBLED`. Raises UnicodeError.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeError:
        text = content.decode("utf-8-sig", "replace")
    bad = text.count(GARBLED)
    if content.startswith(BOM_UTF8) or sum(not c.isascii() for c in text) >= 2 * bad:
        return text
    return content.decode("cp1252")  # what Excel calls "CSV" in France


def rows_of(text: str) -> Iterator[SheetRow]:
    """The rows that are not empty, by the number of the line on which each begins.

    Where a quotation mark is not closed, or closes only after what looks like other rows, its line
    alone is set aside as `quote`: it swallows no other.
    """
    lines = _BREAK.split(text)
    said = _SAYS.fullmatch(lines[0].strip(" "))
    separator = said["separator"] if said else _separator(lines)
    at = 1 if said else 0
    nothing = f"{separator} "
    while at < len(lines):
        if not lines[at].strip(nothing):
            at += 1
            continue
        fields, taken = _record(lines, at, separator)
        cells = {n: cell for n, field in enumerate(fields or [lines[at]]) if (cell := _cell(field))}
        if cells:
            yield SheetRow(number=at + 1, cells=cells, why="" if fields else "quote")
        at += taken


def _separator(lines: Sequence[str]) -> str:
    """What the first line with any of them has most of, outside quotation marks, if the next line
    has it too: otherwise it may be a title.
    """
    plain = (plain for line in lines if (plain := _QUOTED.sub("", line)).strip())
    with_any = ((one, next_one) for one, next_one in pairwise(chain(plain, ("",))) if _most(one))
    first = next(with_any, ("", ""))
    of_a_table = (one for one, next_one in chain((first,), with_any) if _most(one) in next_one)
    return _most(next(of_a_table, first[0])) or SEPARATORS[0]


def _most(line: str) -> str:
    """Which of them a line has most of; empty where it has none."""
    most = max(SEPARATORS, key=line.count)
    return most if most in line else ""


def _record(lines: Sequence[str], at: int, separator: str) -> tuple[list[str], int]:
    """The cells of the row that begins on this line, and how many lines it takes; none if its
    quotation marks do not fit.
    """
    ahead = lines[at : at + LINES_AT_MOST]
    reader = csv.reader((f"{line}\n" for line in ahead), delimiter=separator, strict=True)
    try:
        fields = next(reader)
    except csv.Error:
        return ([], 1) if '"' in lines[at] else ([lines[at]], 1)
    if reader.line_num > 1 and (len(fields) == 1 or any(_swallows(f, separator) for f in fields)):
        return [], 1
    return fields or [""], reader.line_num


def _swallows(field: str, separator: str) -> bool:
    return "\n" in field and separator in field


def _cell(field: str) -> Cell | None:
    """As it was meant: without the apostrophe by which our own lists keep it from being run, and
    without what keeps Excel from making a number of it.
    """
    words = field.strip()
    if kept := _KEPT_AS_TEXT.fullmatch(words):
        return worded(kept["text"].replace('""', '"'))
    is_defused = words.startswith("'") and words[1:].startswith(FORMULA)
    return worded(words[1:] if is_defused else words)
