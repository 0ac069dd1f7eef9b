"""Cards that have arrived together: a list, its preview, ten minutes to undo it, its progress."""

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from chalicelib.bootstrap import services
from chalicelib.decoding.card_lists import card_list
from chalicelib.decoding.desk_fields import day_of
from chalicelib.domain.attempts import Status
from chalicelib.domain.bulk import Bulk, RowStand
from chalicelib.domain.contact import Channel
from chalicelib.messages.console.pages import name_of
from chalicelib.messages.console.views import BulkPreview, BulkRowView, PreviewRow
from chalicelib.messages.console.words import state_word, unread_columns, word
from cli.acting import audited
from cli.endings import CommandRefused
from cli.tables import AsCsv, AsJson, Column, plain, say, show, show_json, terminal

Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Le jour ; sans lui, aujourd’hui."),
]

#: So many of those that fit are named; --json has them all, and whatever surprises is named whole.
NAMED_AT_MOST = 10
#: Seconds between two looks.
GLANCE = 5


def _told(messages: Mapping[Channel, Status]) -> str:
    said = (f"{word('channels', on)} : {word('fates', how)}" for on, how in messages.items())
    return ", ".join(said)


_ROWS = (
    Column("dossier_id", "dossier"),
    Column("name", "nom"),
    Column("stand", "où en est-on", lambda stand: word("rows", stand)),
    Column("why", "motif", lambda why: word("refused_rows", why) if why else ""),
    Column("messages", "messages", _told),
)


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("card-ready", help="Titres prêts : ce que ferait une liste ; --go le fait.")(
        card_ready
    )
    app.command("bulk", help="Une liste : où elle en est, et l’annuler.")(bulk)


def card_ready(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, readable=True)
    ],
    day: Day = None,
    go: Annotated[
        int | None, typer.Option(metavar="N", help="Le faire, pour ces N dossiers exactement.")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="DOSSIER", help="Une ligne à vérifier, à enregistrer quand même."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Nothing is changed without the right number; what is begun can be undone for ten minutes."""
    with audited("preview_cards" if go is None else "begin_cards") as by:
        on = day_of({"day": f"{day:%Y-%m-%d}" if day else ""}, "day", services().now())
        found = services().bulk_actions.preview(card_list(file.read_bytes()), on)
        if absent := sorted({*(also or ())} - {*found.chosen({*found.proposed, *(also or ())})}):
            raise CommandRefused(f"--also : aucune ligne à cocher n’est de {', '.join(absent)}.")
        begun = None if go is None else _begun(found, go, also or (), by)
    if begun:
        show_begun(begun, as_json=as_json)
    else:
        _show_preview(found, also or (), as_json=as_json)


def _begun(found: BulkPreview, go: int, also: Collection[str], by: str) -> Bulk:
    chosen = found.chosen({*found.proposed, *also})
    if not chosen:
        raise CommandRefused("Aucun dossier de cette liste n’attend sa carte.")
    if go != len(chosen):
        raise CommandRefused(word("refusals", "number"))
    left = found.left(chosen)
    return services().bulk_actions.begin(services().nonce(), by, found.day, chosen, left)


def _show_preview(found: BulkPreview, also: Collection[str], *, as_json: bool) -> None:
    if as_json:
        show_json(_whole(found))
        return
    chosen = found.chosen({*found.proposed, *also})
    say(f"Titres prêts le {plain(found.day)}. Lignes lues : {found.cards.read}.")
    for line in (*_surprises(found, set(also)), *_examples(found)):
        say(line)
    say(f"Dossiers à enregistrer : {len(chosen)}.")
    if chosen:
        options = "".join(f" --also {dossier_id}" for dossier_id in also)
        say(f"Rien n’est enregistré. Pour le faire :{options} --go {len(chosen)}")


def _surprises(found: BulkPreview, also: Container[str]) -> Iterator[str]:
    for name in found.cards.unread:
        yield f"Feuille non lue : {name}."
    if ignored := found.cards.ignored:
        yield f"Colonnes non lues : {unread_columns(ignored)}."
    for one in found.unlikely:
        surprise = word("unlikely", one.why or "")
        meant = " Enregistré quand même." if one.can_be_ticked and _id(one) in also else ""
        yield f"À vérifier, ligne {one.row.number} : {_who(one)} {surprise}.{meant}"
    for row in found.cards.layout:
        yield f"Non comptée, ligne {row.number} : {word('layouts', row.why)} ({row.text})."
    for row in found.cards.aside:
        yield f"Laissée de côté, ligne {row.number} : {word('asides', row.why)} ({row.text})."


def _examples(found: BulkPreview) -> Iterator[str]:
    yield from (f"  {_who(one)}" for one in found.fit[:NAMED_AT_MOST])
    if len(found.fit) > NAMED_AT_MOST:
        yield f"  … et {len(found.fit) - NAMED_AT_MOST} de plus."


def _whole(found: BulkPreview) -> dict[str, Any]:
    unlikely = [
        {"row": one.row.number, "reference": one.row.reference, "why": one.why}
        | {"dossier_id": _id(one) or None, "can_be_ticked": one.can_be_ticked}
        for one in found.unlikely
    ]
    aside = [{"row": row.number, "why": row.why} for row in found.cards.aside]
    fit = {"fit": found.chosen(found.proposed), "unlikely": unlikely, "aside": aside}
    unread = {"unread": found.cards.unread, "ignored": found.cards.ignored}
    return {"day": found.day, "read": found.cards.read, **unread, **fit}


def _id(one: PreviewRow) -> str:
    return one.found.dossier_id if one.found else ""


def _who(one: PreviewRow) -> str:
    """Its dossier, whose it is and where it stands; of an unknown one what is written."""
    if one.found is None:
        return f"{one.row.text}."
    name = name_of(one.found.contact) if one.found.state else "Dossier illisible"
    said = f" Dans la liste : {one.said}." if one.said else ""
    return f"{one.found.dossier_id} : {name}. {state_word(one.found.state)}.{said}"


def show_begun(begun: Bulk, *, as_json: bool) -> None:
    """What was asked for together, since when it counts, and how to undo it."""
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
    with audited("undo_bulk" if undo else "read_bulk", bulk_id) as by:
        found = _undone(bulk_id, by, only) if undo else _found(bulk_id)
    if watch:
        found = watched(found, lambda: sleep(GLANCE))
    view = services().bulk_actions.view(bulk_id)
    rows = [_row(one) for one in view.rows] if view else []
    if not (as_json or as_csv):
        kind = word("bulk_kinds", found.kind)
        say(f"{kind}, le {plain(found.day)}, par {found.by} : {word('bulks', found.stand)}.")
    show(_ROWS, rows, as_json=as_json, as_csv=as_csv)


def _row(one: BulkRowView) -> dict[str, Any]:
    """What became of one row, as JSON and tables have it."""
    said = one.row.says.contact if one.row.says else None
    contact = one.found.contact if one.found else said
    return {
        "dossier_id": one.row.dossier_id,
        "name": name_of(contact) if contact else "",
        "stand": one.row.stand,
        "why": one.row.why,
        "messages": dict(one.messages),
    }


def _found(bulk_id: str) -> Bulk:
    found = services().bulk_actions.find(bulk_id)
    if found is None:
        raise CommandRefused("Aucune liste ne porte ce nom.")
    return found


def _undone(bulk_id: str, by: str, only: list[str] | None) -> Bulk:
    """Raises CommandRefused where nothing could be taken back: too late, or on another list."""
    before = _found(bulk_id)
    waiting = {row.dossier_id for row in before.rows if row.stand is RowStand.WAITING}
    if not waiting & set(only or waiting):
        raise CommandRefused(
            "Il n’y a rien à annuler : c’est fait, ou ce n’est pas de cette liste."
        )
    return services().bulk_actions.undo(bulk_id, by, only or None) or before


def watched(found: Bulk, wait: Callable[[], None]) -> Bulk:
    """The same at its end, or when its watcher has seen enough (Ctrl-C); a bar meanwhile."""
    words, count = TextColumn("{task.description}"), MofNCompleteColumn()
    with Progress(words, BarColumn(), count, console=terminal()) as progress:
        bar = progress.add_task("", total=len(found.rows))
        try:
            while True:
                over = sum(not row.is_to_come for row in found.rows)
                progress.update(bar, completed=over, description=word("bulks", found.stand))
                if found.is_finished:
                    return found
                wait()
                found = _found(found.bulk_id)
        except KeyboardInterrupt:
            return found
