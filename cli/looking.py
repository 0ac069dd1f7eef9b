"""The commands that look: the work list, whom to reach, one dossier, a message, a search."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from chalicelib.bootstrap import services
from chalicelib.domain.attempts import Kind
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.contact import Contact
from chalicelib.messages.console.pages import name_of, number_in_a_cell
from chalicelib.messages.console.story import Line, lines_of, task_of
from chalicelib.messages.console.views import DossierView, Filters, FoundRow, WorkList, WorkRow
from chalicelib.messages.console.words import (
    became_of,
    dead,
    pause_words,
    probe_words,
    silence_words,
    state_word,
    tasks_of,
    useless,
    word,
)
from chalicelib.messages.letter import Email, Letter
from chalicelib.pipeline.search import says_enough
from cli.acting import audited
from cli.dossiers import DossierId, dossier_of, notice_of
from cli.endings import CommandRefused
from cli.tables import (
    AsCsv,
    AsJson,
    Column,
    Page,
    note,
    note_what_is_missing,
    plain,
    say,
    show,
    show_json,
)

_DOSSIER = Column("dossier_id", "dossier")
_STATE = Column("state", "état", state_word)
_APPOINTMENT = Column("appointment_at", "rendez-vous")
_PERSON = (
    Column("family_name", "nom"),
    Column("given_name", "prénom"),
    Column("phone", "téléphone", number_in_a_cell),
    Column("email", "e-mail"),
    Column("does_not_work", "ne fonctionne pas"),
)
_WHY = Column("tasks", "pourquoi")

_WORK = (
    _DOSSIER,
    Column("since", "depuis"),
    Column("is_urgent", "urgent"),
    _WHY,
    *_PERSON[:2],
    _STATE,
    _APPOINTMENT,
)
_UNREACHED = (_DOSSIER, *_PERSON, _WHY, _STATE, _APPOINTMENT)
_FOUND = (_DOSSIER, *_PERSON[:2], _STATE, _APPOINTMENT)
_STORY = (
    Column("at", "quand"),
    Column("title", "quoi"),
    Column("fate", "issue"),
    Column("told", "précisions"),
    Column("notice", "nom du message ou de la tâche"),
    Column("attempt", "essai"),
)


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("worklist", help="Les dossiers à traiter, le plus urgent d’abord.")(worklist)
    app.command("list", help="Les personnes à joindre par téléphone ou par courrier.")(unreached)
    app.command(
        "find", help="Chercher un nom, une référence, un récépissé, un e-mail, un téléphone."
    )(find)
    app.command("show", help="Tout sur un dossier, ligne par ligne.")(dossier)
    app.command("message", help="Un message, tel qu’il est parti.")(message)


def worklist(
    kind: Annotated[Kind | None, typer.Option(metavar="GENRE", help="Ce genre de tâche.")] = None,
    page: Page = 1,
    *,
    urgent: Annotated[bool, typer.Option("--urgent", help="L’urgent seulement.")] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """One page of what waits for a person, and what holds everybody up."""
    filters = Filters(kind=kind, urgent=urgent, page=page)
    with audited("read_home", which=str(filters)):
        work = services().work_lists.page(
            filters, services().channel_pauses.states(), services().bulk_actions.pending()
        )
        quarantined = services().quarantines.count()
    if as_json:
        show_json(_whole(work, quarantined))
        _note_unnamed(work)
    else:
        show(_WORK, _rows(work.rows), as_csv=as_csv)
    if as_json or as_csv:
        note_what_is_missing(page, work.pages, is_cut=work.is_cut)
    else:
        _say_what_else(work, page, quarantined)


def _whole(work: WorkList, quarantined: int) -> dict[str, Any]:
    """All of it but the figures, which are for the console's first page."""
    held = [asdict(state) for state in work.channels]
    bulks = [{"bulk_id": bulk.bulk_id, "stand": bulk.stand} for bulk in work.bulks]
    return {
        "rows": _rows(work.rows),
        "counts": dict(work.counts),
        "total": work.total,
        "urgent": work.urgent,
        "pages": work.pages,
        "is_cut": work.is_cut,
        "unreadable": [asdict(row) for row in work.unreadable],
        "unreadable_total": work.unreadable_total,
        "quarantined": quarantined,
        "channels": held,
        "silences": [asdict(one) for one in work.silences],
        "bulks": bulks,
    }


def _note_unnamed(work: WorkList) -> None:
    named, total = len(work.unreadable), work.unreadable_total
    if named < total:
        note(
            f"Dossiers illisibles : {total}, dont {named} ici. Tous : quarantine --cause unreadable"
        )


def _say_what_else(work: WorkList, page: int, quarantined: int) -> None:
    total = f"{work.total}{'+' if work.is_cut else ''}"
    say(f"Dossiers : {total} ; urgents : {work.urgent} ; page {page} sur {work.pages}.")
    for row in work.unreadable:
        say(f"Dossier illisible : {row.unreadable}, {row.key} ({row.reason})")
    say(f"Dossiers illisibles : {work.unreadable_total} ; messages en quarantaine : {quarantined}.")
    for state in work.channels:
        if state.pause:
            say(pause_words(state.pause))
        if state.hold:
            since, channel = plain(state.hold.since), word("channels", state.channel)
            tried = probe_words(state.hold, state.pause)
            say(f"Canal {channel} : bloqué par le service d’envoi depuis le {since}. {tried}")
    for said in (*map(silence_words, work.silences), *map(_bulk_words, work.bulks)):
        say(said)


def _bulk_words(bulk: Bulk) -> str:
    return f"{word('bulk_kinds', bulk.kind)} : {bulk.bulk_id}, {word('bulks', bulk.stand)}"


def unreached(page: Page = 1, *, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Whom to call or write to. Taking it away is another word in the audit than reading it."""
    with audited("export_list" if as_csv else "read_list", which=f"page={page}"):
        found = services().work_lists.unreached(page)
    show(_UNREACHED, _rows(found.rows), as_json=as_json, as_csv=as_csv)
    note_what_is_missing(page, found.pages, total=found.total, is_cut=found.is_cut)


def find(
    text: Annotated[
        str,
        typer.Argument(
            help="Au moins deux caractères. Demandé s’il manque : aux autres de la "
            "machine, la liste des processus montre ce qui est sur la ligne de commande."
        ),
    ] = "",
    *,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """The dossiers that somebody may have meant."""
    asked = (text or typer.prompt("Chercher", err=True)).strip()
    with audited("find_students", which=services().search.traced(asked)):
        if not says_enough(asked):
            raise CommandRefused(word("refusals", "asked"))
        found = services().search.find(asked)
        if not found.rows:
            raise CommandRefused("Aucun dossier trouvé : essayez le nom de famille seul.")
    if found.is_nearest:
        note("Aucun dossier ne porte tous ces mots ; voici ceux qui en portent le plus.")
    show(_FOUND, _rows(found.rows), as_json=as_json, as_csv=as_csv)
    if found.more:
        tell = note if as_json or as_csv else say
        tell("Il y en a d’autres : précisez.")


def dossier(dossier_id: DossierId, *, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Everything about one dossier."""
    with audited("read_dossier", dossier_id):
        view = dossier_of(dossier_id)
    tasks = [task_of(entry, view.facts, view.holds) for entry in view.open_work]
    story = [_told(line) for line in lines_of(view.timeline, view.facts, view.holds)]
    if as_json:
        show_json(_head(view) | {"open_work": list(map(_told, tasks)), "timeline": story})
        return
    if as_csv:
        show(_STORY, story, as_csv=True)
        return
    _say_head(view, tasks)
    for line in story:
        _say_line(line)


def _head(view: DossierView) -> dict[str, Any]:
    row = {"dossier_id": view.dossier_id, "state": view.state, "is_forgotten": view.is_forgotten}
    return row | _person(view.facts.contact)


def _say_head(view: DossierView, tasks: Iterable[Line]) -> None:
    if view.is_forgotten:
        say(f"{view.dossier_id} : effacé.")
        return
    who = view.facts.contact
    reached = [who.phone or who.mobile, who.email] if who else []
    say(f"{view.dossier_id} : {name_of(who)}. {state_word(view.state)}.")
    say(" ; ".join(filter(None, reached)) or "Ni e-mail ni téléphone.")
    for said in useless(who, view.refused):
        say(said)
    for slot in view.facts.appointments:
        became = became_of(slot, view.state)
        say(f"{word('slots', slot.purpose)} : {plain(slot.starts_at)} ({became}).")
    for task in tasks:
        say(f"\nÀ faire depuis le {plain(task.at)} : {task.title}. {task.advice}")
        say(f"  {task.subject}")
    say()


def _say_line(line: Mapping[str, Any]) -> None:
    """What happened, when; below it what else is to be said, and its name if a command takes it."""
    status = f" : {line['fate']}" if line["fate"] else ""
    say(f"{plain(line['at']):16}  {line['title']}{status}")
    is_first = line["attempt"] in (None, 1)
    name = line["notice"] + ("" if is_first else f" {line['attempt']}")
    for more in [*line["told"], *([name] if line["attempt"] else [])]:
        say(f"{' ' * 18}{more}")


def _told(line: Line) -> dict[str, Any]:
    """A line of the story: what people read, and the names that the other commands take."""
    means = [trouble.means for trouble in line.troubles]
    return {
        "at": line.at,
        "what": line.what,
        "title": line.title,
        "fate": line.status,
        "told": [*line.told, *means],
        "notice": line.subject,
        "attempt": line.attempt if line.letter else None,
    }


def message(
    dossier_id: DossierId,
    notice: Annotated[str, typer.Argument(help="Son nom, ou le début de son nom.")],
    attempt: Annotated[int, typer.Argument(min=1, help="Quel essai.")] = 1,
    *,
    as_json: AsJson = False,
) -> None:
    """A message as its student received it; its links open nothing."""
    with audited("read_message", dossier_id, f"{notice} attempt={attempt}"):
        view = dossier_of(dossier_id)
        letters = [line.subject for line in lines_of(view.timeline, view.facts) if line.letter]
        found = services().sent_messages.find(dossier_id, notice_of(letters, notice), attempt)
        if found is None:
            raise CommandRefused("Ce message n’existe pas, ou plus.")
    if as_json:
        show_json(_letter(found.letter))
        return
    if isinstance(found.letter, Email):
        say(f"Objet : {found.letter.subject}\n")
    say(found.letter.text.strip())


def _letter(found: Letter) -> dict[str, str]:
    subject = {"subject": found.subject} if isinstance(found, Email) else {}
    return {"language": found.language, **subject, "text": found.text}


def _rows(rows: Iterable[WorkRow | FoundRow]) -> list[dict[str, Any]]:
    """Each row flat, its person beside it."""
    told = [
        asdict(row)
        | _tasks(row)
        | _person(row.contact)
        | {"does_not_work": " ".join(dead(row.contact, row.refused))}
        for row in rows
    ]
    return [{name: value for name, value in row.items() if name != "contact"} for row in told]


def _tasks(row: WorkRow | FoundRow) -> dict[str, str]:
    """What it asks for, in words; of what was found nobody asks."""
    return {"tasks": tasks_of(row.kinds, row.to_collect)} if isinstance(row, WorkRow) else {}


def _person(contact: Contact | None) -> dict[str, str]:
    if contact is None:
        return {}
    return {
        "family_name": contact.family_name,
        "given_name": contact.given_name,
        "phone": contact.phone or contact.mobile or "",
        "email": contact.email or "",
        "language": contact.language or "",
    }
