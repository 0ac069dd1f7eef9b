"""The commands that act on one dossier: send again, close a task or it all, correct an address."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_forms import AGAIN, ENDED, desk_event
from chalicelib.domain.consequences import Consequence
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import WithoutEffect
from chalicelib.domain.events import Closing, Event
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.access import as_html, as_json
from chalicelib.messages.console.consequences import consequence_words
from chalicelib.messages.console.pages import name_of
from chalicelib.messages.console.story import lines_of, task_of
from chalicelib.messages.console.views import DossierView
from chalicelib.messages.console.words import word
from cli.acting import audited
from cli.endings import CommandRefused
from cli.tables import say

DossierId = Annotated[str, typer.Argument(metavar="DOSSIER", help="La référence du dossier.")]
_Notice = Annotated[str, typer.Argument(help="Son nom dans « show », ou le début de son nom.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Dire ce qui suivrait, sans rien enregistrer.")
]
_Why = Annotated[str, typer.Option(help="Pourquoi, en quelques mots, sans nom ni adresse.")]


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("resend", help="Demander qu’un message parte une fois de plus.")(resend)
    app.command("close", help="Traiter une tâche : terminée, ou à revoir un jour.")(close)
    app.command("close-dossier", help="Clore un dossier : il ne se poursuit pas ici.")(
        close_dossier
    )
    app.command(
        "new-links", help="Remplacer les liens de la personne : les anciens n’ouvrent rien."
    )(new_links)
    app.command("note", help="Ajouter une note, que les autres agents lisent.")(note)
    app.command("contact", help="Corriger les coordonnées ; le reste ne change pas.")(contact)
    app.command("forget", help="Faire effacer un dossier la nuit prochaine, sur demande.")(forget)
    app.command("access", help="Tout ce qui est connu d’une personne, dans un fichier pour elle.")(
        access
    )


def resend(
    dossier_id: DossierId,
    notice: _Notice,
    why: _Why,
    *,
    even_so: Annotated[
        bool, typer.Option("--even-so", help="Même s’il est parti il y a moins de 24 heures.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Ask for a message once more. What left today leaves again only if somebody means it."""
    with _acting("dossier_resend", dossier_id, notice, dry_run=dry_run) as by:
        view = dossier_of(dossier_id)
        lines = lines_of(view.timeline, view.facts)
        tasks = [task_of(entry, view.facts) for entry in view.open_work]
        known = [line.subject for line in lines if line.letter]
        subject = notice_of([*known, *(one for task in tasks for one in task.may_leave)], notice)
        recently = (
            None
            if even_so or dry_run
            else services().desk_actions.sent_recently(dossier_id, subject)
        )
        if recently:
            raise CommandRefused(
                "Il est déjà parti il y a moins de 24 heures : --even-so l’envoie encore."
            )
        form = {"subject": subject, "why": why}
        outcome = _act("resend", form, dossier_id, by, dry_run=dry_run)
    say(outcome)


def close(
    dossier_id: DossierId,
    notice: _Notice,
    why: _Why,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="La revoir ce jour.")
    ] = None,
    *,
    dry_run: _DryRun = False,
) -> None:
    """End a task, or put it off until a day."""
    with _acting("dossier_close", dossier_id, notice, dry_run=dry_run) as by:
        tasks = [str(entry.notice) for entry in dossier_of(dossier_id).open_work]
        day = {"outcome": AGAIN, "until": f"{until:%Y-%m-%d}"} if until else {"outcome": ENDED}
        form = {"subject": notice_of(tasks, notice), "why": why, **day}
        outcome = _act("close", form, dossier_id, by, dry_run=dry_run)
    say(outcome)


def close_dossier(
    dossier_id: DossierId,
    reason: Annotated[Closing, typer.Option(help="Pourquoi ; la personne le lira.")],
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Depuis ce jour.")
    ] = None,
    *,
    dry_run: _DryRun = False,
) -> None:
    """It goes no further here: nothing more is sent, and nobody is asked about it any more."""
    with _acting("dossier_closed", dossier_id, dry_run=dry_run) as by:
        dossier_of(dossier_id)
        on = {"day": f"{day:%Y-%m-%d}"} if day else {}
        form = {"reason": reason.value, **on}
        outcome = _act("closed", form, dossier_id, by, dry_run=dry_run)
    say(outcome)


def new_links(dossier_id: DossierId, why: _Why) -> None:
    """Whoever reads the messages of before opens nothing any more; the student gets new links."""
    with audited("dossier_new_links", dossier_id) as by:
        outcome = _act("new_links", {"why": why}, dossier_id, by)
    say(outcome)


def note(dossier_id: DossierId) -> None:
    """Keep a note, which is asked for: the command line would show it in the list of processes."""
    text = typer.prompt("Note", err=True)
    with audited("dossier_note", dossier_id) as by:
        outcome = _act("note", {"why": text}, dossier_id, by)
    say(outcome)


def contact(
    dossier_id: DossierId,
    family_name: Annotated[str | None, typer.Option()] = None,
    given_name: Annotated[str | None, typer.Option()] = None,
    email: Annotated[str | None, typer.Option()] = None,
    phone: Annotated[str | None, typer.Option()] = None,
    language: Annotated[Language | None, typer.Option()] = None,
    *,
    dry_run: _DryRun = False,
) -> None:
    """Correct what is given; an empty word takes out what was there."""
    asked = {
        "family_name": family_name,
        "given_name": given_name,
        "email": email,
        "phone": phone,
        "language": language,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    with _acting("dossier_contact", dossier_id, dry_run=dry_run) as by:
        known = dossier_of(dossier_id).facts.contact
        if not given:
            raise CommandRefused("Rien à corriger : indiquez au moins une option.")
        form = {**_form_of(known), **given}
        outcome = _act("contact", form, dossier_id, by, known, dry_run=dry_run)
    say(outcome)


def _form_of(known: Contact | None) -> dict[str, str]:
    return {name: value or "" for name, value in asdict(known).items()} if known else {}


def forget(
    dossier_id: DossierId,
    *,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Annuler la demande, tant que rien n’est effacé.")
    ] = False,
    dry_run: _DryRun = False,
) -> None:
    """Ask for it: nothing more leaves, and the night erases. Until then it can be taken back."""
    action = "erasure_withdrawn" if take_back else "erasure"
    with _acting(f"dossier_{action}", dossier_id, dry_run=dry_run) as by:
        outcome = _act(action, {"reference": dossier_id}, dossier_id, by, dry_run=dry_run)
    say(outcome)


def access(
    dossier_id: DossierId,
    also: Annotated[
        list[str] | None, typer.Argument(metavar="[DOSSIER]...", help="Ses autres dossiers.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FICHIER", help="Où l’écrire : en .html pour la lire, ou en .json."),
    ] = None,
) -> None:
    """Without a file: which other dossiers may be of the same person, and by what."""
    if out is None:
        _say_kin(dossier_id)
        return
    if out.suffix not in {".html", ".json"}:
        message = "Le nom du fichier finit par .html ou .json."
        raise typer.BadParameter(message)
    ids = list(dict.fromkeys([dossier_id, *(also or ())]))
    with ExitStack() as acts:
        for one in ids:
            acts.enter_context(audited("make_access_file", one))
        asked = services().access_files.asked_for(dossier_id)
        if asked is None:
            raise CommandRefused("Rien n’est connu sous cette référence.")
        if set(ids) - {dossier_id, *asked.may_be_theirs}:
            raise CommandRefused("Un de ces dossiers n’a rien en commun avec le premier.")
        made = services().access_files.make(ids)
    text = (
        as_json(made) if out.suffix == ".json" else as_html(made, services().desk.name[Language.FR])
    )
    out.touch(mode=0o600)  # it is for one person
    out.write_text(text, encoding="utf-8")
    say(f"Dossiers : {', '.join(ids)}. Remettez ce fichier à cette personne seule.")


def _say_kin(dossier_id: str) -> None:
    with audited("read_access", dossier_id):
        asked = services().access_files.asked_for(dossier_id)
        if asked is None:
            raise CommandRefused("Rien n’est connu sous cette référence.")
    for one in asked.kin:
        by = ", ".join(word("kin", code) for code in one.by)
        say(f"{one.row.dossier_id} : {name_of(one.row.contact)}. {by}.")
    if asked.more:
        say("Il y en a d’autres, qui ne sont pas nommés : cherchez-les par « find ».")
    for key in asked.perhaps:
        say(f"Nomme peut-être quelqu’un d’autre, et n’y sera pas : {key}")
    say("Pour l’écrire, avec ceux qui sont bien les siens : --out FICHIER.html")


def dossier_of(dossier_id: str) -> DossierView:
    """One dossier. Raises CommandRefused: whoever types a reference may miss a letter."""
    view = services().dossier_views.view(dossier_id)
    if view is None:
        raise CommandRefused("Aucun dossier ne porte cette référence.")
    return view


def notice_of(known: Iterable[str], named: str) -> str:
    """The one of these notices that is named, or begins so. Raises CommandRefused."""
    names = dict.fromkeys(known)
    if named in names:
        return named
    fit = [name for name in names if name.startswith(f"{named}.")]
    if not fit:
        raise CommandRefused("Ce dossier n’a rien de ce nom : voyez « show ».")
    if len(fit) > 1:
        raise CommandRefused(f"Plusieurs ont ce nom : {', '.join(fit)}")
    return fit[0]


def _acting(
    action: str, dossier_id: str, which: str = "", *, dry_run: bool
) -> AbstractContextManager[str]:
    """Whoever only asks what would follow has read the dossier."""
    return audited("read_dossier" if dry_run else action, dossier_id, which)


def _act(
    action: str,
    form: dict[str, Any],
    dossier_id: str,
    by: str,
    known: Contact | None = None,
    *,
    dry_run: bool = False,
) -> str:
    """What it came to and what follows, in words. Raises CommandRefused where nothing is recorded,
    for a reason.
    """
    filled, now = {**form, "nonce": services().nonce()}, services().now()
    delays = services().desk.terms_on(paris_day(now)).delays
    event = desk_event(action, filled, dossier_id, by, now, delays, known)
    said, consequence = _foreseen(event, now) if dry_run else _recorded(event)
    follows = consequence_words(consequence, services().channels.holds())
    return "\n".join([said, *follows])


def _foreseen(event: Event, now: datetime) -> tuple[str, Consequence]:
    forecast = dossier_of(event.dossier_id).foresee(event, now)
    if forecast.refusal:
        raise CommandRefused(word("refusals", forecast.refusal))
    return "Rien n’est enregistré. Ce qui suivrait :", forecast.consequence


def _recorded(event: Event) -> tuple[str, Consequence]:
    try:
        acted = services().desk_actions.act(event)
    except WithoutEffect as error:
        raise CommandRefused(word("refusals", error.reason)) from error
    if acted.outcome is Recorded.QUARANTINED:
        raise CommandRefused("Ce dossier ne prend plus rien de nouveau.")
    return word("flashes", acted.outcome), acted.consequence
