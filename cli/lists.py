"""Appointments by list: what one would do, beside what is known, and its beginning."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib.bootstrap import services
from chalicelib.decoding.list_columns import COLUMN, FIELDS, chosen_headings, headings_of, wanting
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier_lists import DossierList, ListKind, Standing
from chalicelib.messages.console.consequences import consequence_words, following_words
from chalicelib.messages.console.list_pages import change_words, doubt_words, remedy_words
from chalicelib.messages.console.list_views import ComparedRow, GoneRow, ListPreview
from chalicelib.messages.console.pages import name_of
from chalicelib.messages.console.words import unread_columns, word
from cli.acting import audited
from cli.cards import NAMED_AT_MOST, show_begun
from cli.endings import CommandRefused
from cli.tables import AsJson, plain, say, show_json


def add_to(app: typer.Typer) -> None:
    """The command of this file."""
    app.command(
        "appointments", help="Rendez-vous par liste : ce qu’elle changerait ; --go le fait."
    )(appointments)


def appointments(
    file: Annotated[
        Path, typer.Argument(metavar="FICHIER", exists=True, dir_okay=False, readable=True)
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TITRE=CHAMP",
            help=f"Ce que contient une colonne : {', '.join(FIELDS[ListKind.TAKEOVER])}. "
            "Rien après = : elle n’est pas lue.",
        ),
    ] = None,
    purpose: Annotated[
        SlotPurpose | None, typer.Option(help="Pour quoi, si aucune colonne ne le dit.")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIGNE",
            help="Une ligne à vérifier, à enregistrer quand même ; avec --go, comme l’aperçu "
            "l’écrit.",
        ),
    ] = None,
    gone: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOSSIER",
            help="Absent de la liste : son rendez-vous est annulé ; avec --go, comme l’aperçu "
            "l’écrit.",
        ),
    ] = None,
    go: Annotated[
        int | None, typer.Option(metavar="N", help="Le faire, pour ces N rendez-vous exactement.")
    ] = None,
    *,
    takeover: Annotated[
        bool,
        typer.Option("--takeover", help="Des dossiers déjà en cours : rien de passé n’est dit."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Nothing is changed without the right number; what is begun can be undone for ten minutes."""
    with audited("preview_list" if go is None else "begin_list") as by:
        kind = ListKind.TAKEOVER if takeover else ListKind.APPOINTMENTS
        given = _read(file.read_bytes(), column or (), purpose, kind)
        found = services().appointment_lists.judge(given, by, foresees=go is None)
        if go is None:
            _look_for(found, also or (), gone or ())
        begun = None if go is None else _begun(found, go, also or (), gone or (), by)
    if begun:
        show_begun(begun, as_json=as_json)
    elif as_json:
        show_json(_whole(found))
    else:
        _show(found, also or (), gone or ())


def _read(
    content: bytes, columns: Collection[str], purpose: SlotPurpose | None, kind: ListKind
) -> DossierList:
    said = {COLUMN + heading: field for heading, _, field in (c.rpartition("=") for c in columns)}
    if unknown := set(said.values()) - {*FIELDS[kind], ""}:
        raise CommandRefused(f"--column ne connaît pas : {', '.join(sorted(unknown))}.")
    lists = services().appointment_lists
    given, _ = lists.read(content, purpose or lists.purposes[0], chosen_headings(said), kind)
    there = headings_of(given)
    if absent := [one for one in said if not chosen_headings({one: ""}).keys() <= there.keys()]:
        names = ", ".join(one.removeprefix(COLUMN) for one in absent)
        raise CommandRefused(f"--column : aucune colonne de cette liste ne s’appelle {names}.")
    if missing := list(wanting(given)):
        wanted = word("lists", "column_wanting").format(field=word("columns", missing[0]))
        raise CommandRefused(f"{wanted} (--column TITRE={missing[0]})")
    return given


def _begun(
    found: ListPreview, go: int, also: Collection[str], gone: Collection[str], by: str
) -> Bulk:
    chosen = found.chosen(also, gone)
    if len(chosen) < len(found.fit) + len(set(also)) + len(set(gone)):
        raise CommandRefused(
            "Une ligne de --also ou de --gone n’est pas de celles qui se cochent, ou elle a changé "
            "depuis l’aperçu : reprenez les options qu’il écrit."
        )
    if not chosen:
        raise CommandRefused("Il n’y a rien à enregistrer : tout ce que dit la liste est connu.")
    if go != len(chosen):
        raise CommandRefused(word("refusals", "number"))
    # Whoever has seen what the columns were taken for, and goes on, confirms it.
    services().appointment_lists.remember(headings_of(found.given))
    return services().appointment_lists.begin(
        services().nonce(), by, chosen, found.given.kind, found.left(also)
    )


def _names(those: Iterable[ComparedRow | GoneRow], said: Collection[str]) -> Sequence[str]:
    """What a form calls those that are said in short: by the number of a row, or a dossier."""
    return [one.name for one in those if {one.name, one.name.partition(".")[0]} & {*said}]


def _look_for(found: ListPreview, also: Collection[str], gone: Collection[str]) -> None:
    """Raises CommandRefused where one of them is nothing that can be ticked on this list."""
    rows = [one for one in found.doubtful if one.can_be_ticked]
    for option, those, said in (("--also", rows, also), ("--gone", found.gone, gone)):
        if absent := [one for one in said if not _names(those, [one])]:
            raise CommandRefused(f"{option} : rien à cocher ne s’appelle {', '.join(absent)}.")


def _show(found: ListPreview, also: Collection[str], gone: Collection[str]) -> None:
    for line in (*_counts(found), *_to_look_at(found), *_examples(found)):
        say(line)
    rows, left = _names(found.doubtful, also), _names(found.gone, gone)
    chosen = found.chosen(rows, left)
    say(f"Rendez-vous à enregistrer : {len(chosen)}.")
    if chosen:
        options = "".join(f" --also {name}" for name in rows)
        options += "".join(f" --gone {name}" for name in left)
        say(f"Rien n’est enregistré. Pour le faire :{options} --go {len(chosen)}")


def _counts(found: ListPreview) -> Iterator[str]:
    yield f"Lignes lues : {found.given.read}."
    read = (f"{c.heading} = {c.field}" for c in found.given.columns if c.field)
    yield f"Colonnes : {', '.join(read)}."
    if ignored := found.given.ignored:
        yield f"Colonnes non lues : {unread_columns(ignored)}."
    for bulk in found.waiting:
        yield f"Une liste attend encore (bulk {bulk.bulk_id}) : ce qu’elle dit compte comme connu."
    if remedy := remedy_words(found.given):
        yield remedy
    yield (
        f"Nouveaux : {len(found.standing(Standing.NEW))}. "
        f"Modifiés : {len(found.standing(Standing.CHANGED))}. "
        f"Inchangés : {len(found.standing(Standing.UNCHANGED))}. "
        f"À vérifier : {len(found.doubtful)}. Absents de la liste : {len(found.gone)}. "
        f"Lignes inutilisables : {len(found.given.aside)}."
    )
    for one in found.announcements:
        what = following_words(one.kind, one.channels)
        yield f"{what} : {one.now} dès la prise d’effet, {one.later} plus tard."
    for kind, number in found.tasks.items():
        yield f"Tâche qui s’ouvrira : {following_words(kind, ())} ({number})."


def _to_look_at(found: ListPreview) -> Iterator[str]:
    for name in found.given.unread:
        yield f"Feuille non lue : {name}."
    for one in found.doubtful:
        doubts = "".join(f" {doubt}." for doubt in doubt_words(one))
        yield f"À vérifier, ligne {one.row.number} : {_who(one)}.{doubts}"
    for left in found.gone:
        when = plain(left.says.starts_at)
        yield f"Absent : {left.found.dossier_id} : {name_of(left.found.contact)}, le {when}."
    for row in found.given.layout:
        yield f"Non comptée, ligne {row.number} : {word('layouts', row.why)} ({row.text})."
    for row in found.given.aside:
        yield f"Laissée de côté, ligne {row.number} : {word('asides', row.why)} ({row.text})."


def _examples(found: ListPreview) -> Iterator[str]:
    for one in found.fit[:NAMED_AT_MOST]:
        said = " ; ".join(map(change_words, one.differences))
        yield f"  {_who(one)}. {said}. {' '.join(_follows(one, found))}"
    if len(found.fit) > NAMED_AT_MOST:
        yield f"  … et {len(found.fit) - NAMED_AT_MOST} de plus."


def _follows(one: ComparedRow | GoneRow, found: ListPreview) -> Sequence[str]:
    return consequence_words(one.forecast.consequence, found.holds)


def _who(one: ComparedRow) -> str:
    known = one.found.contact if one.found and one.found.contact else one.row.says.contact
    return f"{one.row.says.dossier_id} : {name_of(known)}"


def _whole(found: ListPreview) -> Mapping[str, Any]:
    rows = [
        {"row": one.row.number, "name": one.name, "dossier_id": one.row.says.dossier_id}
        | {"starts_at": one.row.says.starts_at, "standing": one.standing, "doubts": one.doubts}
        | {"can_be_ticked": one.can_be_ticked, "follows": _follows(one, found)}
        for one in found.rows
    ]
    gone = [
        {"name": one.name, "dossier_id": one.says.dossier_id, "starts_at": one.says.starts_at}
        | {"follows": _follows(one, found)}
        for one in found.gone
    ]
    aside = [{"row": row.number, "why": row.why} for row in found.given.aside]
    sent = [
        {"notice": one.kind, "channels": one.channels, "now": one.now, "later": one.later}
        for one in found.announcements
    ]
    columns = {one.heading: one.field for one in found.given.columns}
    return {"read": found.given.read, "columns": columns, "unread": found.given.unread} | {
        "rows": rows,
        "gone": gone,
        "aside": aside,
        "sent": sent,
    }
