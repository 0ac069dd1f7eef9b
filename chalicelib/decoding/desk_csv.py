"""Lists that the desk hands in and takes away, as spreadsheets in France read and write them."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from chalicelib.decoding.desk_fields import ID
from chalicelib.domain.errors import FormRefused

#: What a column of references is called, without accents.
HEADERS = frozenset({"dossier", "reference", "dossier_id", "reference du dossier", "no de dossier"})
SEPARATORS = ";\t,"
#: So many faulty lines are named.
NAMED_AT_MOST = 10
REFERENCES_AT_MOST = 1_000

_BOM = "\ufeff"
#: What a spreadsheet takes for the beginning of a formula, the wide forms included.
#: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FIELD = "references"


def references_of(content: str | bytes) -> tuple[str, ...]:
    """The references in a file or in pasted words, each once, in their order.

    One a line, or several with `;`, `,` or a tab between them; where the first line has a heading
    for references, only what stands below that. Raises FormRefused, naming lines and no content.
    """
    lines = list(_lines(content))
    column = _column(lines[0][1]) if lines else None
    if column is None:
        cells = [(number, cell) for number, row in lines for cell in row if cell]
    else:
        cells = [(number, "".join(row[column : column + 1])) for number, row in lines[1:]]
    _refuse({number for number, cell in cells if not ID.fullmatch(cell)})
    references = tuple(dict.fromkeys(cell for _, cell in cells))
    if not references:
        raise FormRefused(_FIELD, "Cette liste ne contient aucune référence.")
    if len(references) > REFERENCES_AT_MOST:
        raise FormRefused(_FIELD, f"Cette liste dépasse {REFERENCES_AT_MOST} références.")
    return references


def csv_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table that a spreadsheet opens without asking, and in which no cell is a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([_defused(cell) for cell in row] for row in (header, *rows))
    return (_BOM + text.getvalue()).encode()


def _lines(content: str | bytes) -> Iterator[tuple[int, list[str]]]:
    """Each line's number and what stands on it; empty cells and lines are left out."""
    text = _text(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text), delimiter=separator)
    try:
        for row in reader:
            cells = [_undefused(cell.strip()) for cell in row]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise FormRefused(_FIELD, f"La ligne {reader.line_num} est illisible.") from error


def _text(content: str | bytes) -> str:
    try:
        text = content if isinstance(content, str) else content.decode()
    except UnicodeError as error:
        message = "Ce fichier est illisible : enregistrez-le en « CSV UTF-8 »."
        raise FormRefused(_FIELD, message) from error
    return text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")


def _column(first: Sequence[str]) -> int | None:
    """Where the references stand, if the first line is a heading."""
    names = [_plain(cell) for cell in first]
    return next((n for n, name in enumerate(names) if name in HEADERS), None)


def _plain(words: str) -> str:
    apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).replace("°", "o")


def _refuse(numbers: set[int]) -> None:
    if numbers:
        named = ", ".join(str(n) for n in sorted(numbers)[:NAMED_AT_MOST])
        more = "…" if len(numbers) > NAMED_AT_MOST else ""
        message = f"Référence non valable, ligne {named}{more}. Rien n’a été enregistré."
        raise FormRefused(_FIELD, message)


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _undefused(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
