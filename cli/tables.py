"""What was found: a table on a terminal, JSON for programs, CSV for spreadsheets."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chalicelib.decoding.desk_csv import csv_of
from chalicelib.domain.desk_calendar import PARIS

AsJson = Annotated[bool, typer.Option("--json", help="En JSON, pour un programme.")]
Page = Annotated[int, typer.Option(metavar="N", min=1, help="Quelle page.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="En CSV, pour un tableur.")]

Row = Mapping[str, Any]

#: Where nothing says how wide the reader is, such as in a pipe.
WIDE = 200

#: What a terminal may take for an order; JSON escapes the others itself.
_CONTROLS = re.compile("[\x7f-\x9f]")


def plain(value: Any) -> str:
    """A value as people read it: instants by Paris' clocks."""
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case datetime():
            return f"{value.astimezone(PARIS):%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case tuple() | list():
            return ", ".join(map(plain, value))
        case _:
            return str(value)


@dataclass(frozen=True)
class Column:
    """One column: its key in JSON, its French heading, and how people read its values."""

    key: str
    heading: str
    words: Callable[[Any], str] = plain


def show(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    as_json: bool = False,
    as_csv: bool = False,
) -> None:
    """Rows in the form that was asked for. JSON has all that a row holds, codes as they are."""
    if as_json:
        show_json(rows)
        return
    cells = [[column.words(row.get(column.key)) for column in columns] for row in rows]
    headings = [column.heading for column in columns]
    if as_csv:
        typer.echo(csv_of(headings, [[*map(printable, line)] for line in cells]), nl=False)
        return
    if cells:
        _draw(headings, cells)
    else:
        say("Rien.")


def show_json(value: object) -> None:
    """One JSON value; instants in ISO 8601, in UTC."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_as_json)
    typer.echo(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def say(words: str = "") -> None:
    """One line for people."""
    typer.echo(printable(words))


def note(words: str) -> None:
    """One line for people, beside what was asked for: a program that reads that does not see it."""
    typer.echo(printable(words), err=True)


def note_what_is_missing(
    page: int = 1, pages: int = 1, *, total: int | None = None, is_cut: bool = False
) -> None:
    """Of a list that is not shown whole, which part of it this is, of how many rows in `total`, and
    how to see the next one; or that it was not even read to its end. Nothing of a whole one.
    """
    if pages > 1:
        of_all = "" if total is None else f" ; en tout : {total}"
        rest = f" La suite : --page {page + 1}." if page < pages else ""
        note(f"Page {page} sur {pages}{of_all}.{rest}")
    if is_cut:
        note("Il y en a plus : les plus récents manquent.")


def printable(words: str) -> str:
    """Somebody's words, without what a terminal would take for an order."""
    return "".join(
        c if c.isprintable() or c in "\t\n\N{NO-BREAK SPACE}" else "\ufffd" for c in words
    )


def terminal() -> Console:
    """Where tables are drawn. It heeds NO_COLOR, and is not cut in a pipe."""
    console = Console(file=sys.stdout, highlight=False)
    return console if console.is_terminal else Console(file=sys.stdout, width=WIDE, highlight=False)


def _draw(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for line in cells:
        table.add_row(*(Text(printable(cell)) for cell in line))
    terminal().print(table)


def _as_json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    message = f"{type(value).__name__} has no form in JSON"
    raise TypeError(message)
