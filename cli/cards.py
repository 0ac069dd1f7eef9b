"""Cards that have arrived together: a list, its preview, ten minutes to undo it, its progress."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_csv import references_of
from chalicelib.decoding.desk_fields import day_of
from chalicelib.domain.bulk import Bulk, RowStand
from chalicelib.messages.console.pages import name_of
from chalicelib.messages.console.views import BulkPreview
from chalicelib.messages.console.words import state_word, word
from cli.acting import audited
from cli.endings import CommandRefused
from cli.tables import AsCsv, AsJson, Column, plain, say, show, show_json, terminal

Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Le jour ; sans lui, aujourd’hui."),
]

#: So many references of each sort are named; --json has them all.
NAMED_AT_MOST = 10
#: Seconds between two looks.
GLANCE = 5

_WAITS = frozenset({RowStand.WAITING, RowStand.RUNNING})
_ROWS = (
    Column("dossier_id", "dossier"),
    Column("stand", "où en est-on", lambda stand: word("rows", stand)),
    Column("why", "motif"),
)


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("card-ready", help="Cartes prêtes : ce que ferait une liste ; --go le fait.")(
        card_ready
    )
    app.command("bulk", help="Une liste de cartes : où elle en est, et l’annuler.")(bulk)


def card_ready(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER.csv", exists=True, dir_okay=False, readable=True)
    ],
    day: Day = None,
    go: Annotated[
        int | None, typer.Option(metavar="N", help="Le faire, pour ces N dossiers exactement.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Nothing is changed without the right number; what is begun can be undone for ten minutes."""
    with audited("preview_cards" if go is None else "begin_cards") as by:
        on = day_of({"day": f"{day:%Y-%m-%d}" if day else ""}, "day", services().now())
        found = services().bulk_actions.preview(references_of(file.read_bytes()), on)
        begun = None if go is None else _begun(found, go, by)
    if begun:
        _show_begun(begun, as_json=as_json)
    else:
        _show_preview(found, as_json=as_json)


def _begun(found: BulkPreview, go: int, by: str) -> Bulk:
    if not found.fit:
        raise CommandRefused("Aucun dossier de cette liste n’attend sa carte.")
    if go != len(found.fit):
        raise CommandRefused(word("refusals", "number"))
    return services().bulk_actions.begin(services().nonce(), by, found.day, found.fit)


def _show_preview(found: BulkPreview, *, as_json: bool) -> None:
    if as_json:
        sorts = {"fit": found.fit, "unknown": found.unknown, "already": found.already}
        show_json({"day": found.day, **sorts, "unreadable": found.unreadable})
        return
    say(f"Cartes prêtes le {plain(found.day)}. Dossiers à enregistrer : {len(found.fit)}.")
    for row in found.examples:
        say(f"  {row.dossier_id} : {name_of(row.contact)}. {state_word(row.state)}.")
    _say_named("Inconnus", found.unknown)
    _say_named("Déjà prêts ou remis", found.already)
    _say_named("Illisibles", found.unreadable)
    if found.fit:
        say(f"Rien n’est enregistré. Pour le faire : --go {len(found.fit)}")


def _say_named(what: str, references: tuple[str, ...]) -> None:
    if references:
        more = ", …" if len(references) > NAMED_AT_MOST else ""
        named = ", ".join(references[:NAMED_AT_MOST])
        say(f"{what} : {len(references)} ({named}{more})")


def _show_begun(begun: Bulk, *, as_json: bool) -> None:
    if as_json:
        show_json({"bulk_id": begun.bulk_id, "effective_at": begun.effective_at})
        return
    say(f"Dossiers : {len(begun.rows)}. Rien ne part avant le {plain(begun.effective_at)}.")
    say(f"Pour annuler : bulk {begun.bulk_id} --undo")


def bulk(
    bulk_id: Annotated[str, typer.Argument(metavar="LISTE")],
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[DOSSIER]...", help="Avec --undo : eux seuls.")
    ] = None,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Annuler ce qui attend encore.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Suivre jusqu’à la fin.")] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """How far it is, after what was to be undone."""
    with audited("undo_cards" if undo else "read_bulk", bulk_id):
        found = _undone(bulk_id, only) if undo else _found(bulk_id)
    if watch:
        found = watched(found, lambda: sleep(GLANCE))
    rows = [{"dossier_id": r.dossier_id, "stand": r.stand, "why": r.why} for r in found.rows]
    if not (as_json or as_csv):
        say(f"Cartes prêtes le {plain(found.day)}, par {found.by} : {word('bulks', found.stand)}.")
    show(_ROWS, rows, as_json=as_json, as_csv=as_csv)


def _found(bulk_id: str) -> Bulk:
    found = services().bulk_actions.find(bulk_id)
    if found is None:
        raise CommandRefused("Aucune liste ne porte ce nom.")
    return found


def _undone(bulk_id: str, only: list[str] | None) -> Bulk:
    """Raises CommandRefused where nothing could be taken back: too late, or on another list."""
    before = _found(bulk_id)
    waiting = {row.dossier_id for row in before.rows if row.stand is RowStand.WAITING}
    if not waiting & set(only or waiting):
        raise CommandRefused(
            "Il n’y a rien à annuler : c’est fait, ou ce n’est pas de cette liste."
        )
    return services().bulk_actions.undo(bulk_id, only or None) or before


def watched(found: Bulk, wait: Callable[[], None]) -> Bulk:
    """The same at its end, or when its watcher has seen enough (Ctrl-C); a bar meanwhile."""
    words, count = TextColumn("{task.description}"), MofNCompleteColumn()
    with Progress(words, BarColumn(), count, console=terminal()) as progress:
        bar = progress.add_task("", total=len(found.rows))
        try:
            while True:
                over = sum(row.stand not in _WAITS for row in found.rows)
                progress.update(bar, completed=over, description=word("bulks", found.stand))
                if found.is_finished:
                    return found
                wait()
                found = _found(found.bulk_id)
        except KeyboardInterrupt:
            return found
