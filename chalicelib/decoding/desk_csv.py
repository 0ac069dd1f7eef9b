"""Lists that the desk takes away, as spreadsheets in France read them."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from chalicelib.decoding.delimited_text import FORMULA

_BOM = "\ufeff"


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table that a spreadsheet opens without asking, and in which no cell is a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_defused(cell) for cell in row] for row in (header, *rows))
    return (_BOM + text.getvalue()).encode()


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
