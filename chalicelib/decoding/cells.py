"""What stands in one cell of a list, whatever file it came from, and what one row holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CellKind(StrEnum):
    """How much a cell's text can be believed."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"  #: its text is `2019-05-14`, `2019-05-14 10:30` or `10:30`
    ERROR = "error"  #: a formula that failed: `#N/A`
    GARBLED = "garbled"  #: some of its letters were lost on the way
    UNCOMPUTED = "uncomputed"  #: a formula whose result the file does not hold


#: What stands for a letter that was lost. https://www.unicode.org/charts/PDF/UFFF0.pdf
GARBLED = "\ufffd"

#: What spreadsheets write in place of a result, in French and in English; and Calc's own.
_ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#VALEUR!",
        "#VALUE!",
        "#NOM?",
        "#NAME?",
        "#DIV/0!",
        "#NUL!",
        "#NULL!",
        "#NOMBRE!",
        "#NUM!",
        "#CALC!",
        "#SPILL!",
        "#PROPAGATION!",
        "#GETTING_DATA",
        "#CHAMP!",
        "#FIELD!",
        "#BLOQUE!",
        "#BLOCKED!",
    ]
)
_CALC = ("Err:", "Erreur :")
#: An hour as a watch has it. As a day it would be one before 1910.
_WATCH = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell that is not empty. Of a formula without a result the text is empty. `moment` is what
    a number says where its column is one of days and hours: `1030` an hour, as a watch has it; any
    other what it would be shown as, where its workbook says from when it counts its days.
    """

    text: str
    kind: CellKind = CellKind.TEXT
    moment: str = field(default="", compare=False)


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row that is not empty: its number as the spreadsheet or editor shows it, its cells by
    their column from 0 on, and a code of why it cannot be read as it stands, if it cannot.
    """

    number: int
    cells: Mapping[int, Cell]
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet with its rows that are not empty; a text file is one without a name."""

    name: str
    is_hidden: bool
    rows: tuple[SheetRow, ...]


def worded(text: str) -> Cell | None:
    """A cell that holds words; None where there are none."""
    words = text.strip()
    if not words:
        return None
    if GARBLED in words:
        return Cell(text=words, kind=CellKind.GARBLED)
    is_error = words.upper() in _ERRORS or words.startswith(_CALC)
    return Cell(text=words, kind=CellKind.ERROR if is_error else CellKind.TEXT)


def numbered(text: str) -> Cell:
    """A cell that holds a number: a whole one as people write it, `1234` and not `1234.0`."""
    try:
        number = float(text)
        whole = str(int(number)) if number.is_integer() and abs(number) < 1e15 else text
    except (ValueError, OverflowError):
        whole = text
    watch = _WATCH.fullmatch(whole.strip())
    moment = f"{watch[1]}:{watch[2]}" if watch else ""
    return Cell(text=whole.strip(), kind=CellKind.NUMBER, moment=moment)
