"""The commands about the machine itself: channels, dead letters, quarantine, audit."""

from collections.abc import Callable
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Annotated, Any

import typer

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import day_of, words_of
from chalicelib.domain.audit import AuditAsked
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.quarantine import cause_words, heard_words, remedy_words
from chalicelib.messages.console.words import act_word, word
from chalicelib.pipeline.ports.desk import every_line
from chalicelib.pipeline.quarantines import AT_ONCE, Because, Chosen, Pressed, still
from cli.acting import audited
from cli.cards import Day
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

Cause = Annotated[str, typer.Option(metavar="RAISON", help="Tous ceux de cette raison.")]
#: What a student is told through; the desk itself cannot be paused.
Pausable = StrEnum("Pausable", {c.name: c.value for c in TO_STUDENTS})  # type: ignore[misc]  # ours


_AUDIT = (
    Column("at", "quand"),
    Column("by", "qui"),
    Column("action", "quoi", act_word),
    Column("object", "sur quoi"),
    Column("which", "lequel"),
    Column("result", "issue", lambda result: word("results", result)),
    Column("detail", "détail"),
    Column("source", "d’où"),
)


_GROUPS = (
    Column("cause", "raison"),
    Column("number", "combien"),
    Column("since", "depuis"),
    Column("why", "en clair"),
)
_SHOWN = ("received_at", "about", "heard", "reason")
_ROWS = (
    Column("key", "nom"),
    Column("received_at", "reçu"),
    Column("about", "dossier"),
    Column("heard", "ce qui est dit"),
    Column("reason", "détail"),
)


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("pause", help="Suspendre un canal : rien ne se perd, tout attend.")(pause)
    app.command("resume", help="Rétablir un canal.")(resume)
    app.command("dead-letters", help="Les échecs définitifs, et les remettre en file.")(
        dead_letters
    )
    app.command("quarantine", help="Ce qui est en quarantaine, par raison.")(quarantine)
    app.command("replay", help="Relire un message en quarantaine, ou tous ceux d’une raison.")(
        replay
    )
    app.command("dismiss", help="Écarter des messages en quarantaine.")(dismiss)
    app.command("audit", help="Qui a fait ou lu quoi : un jour, une personne ou un dossier.")(audit)


def pause(channel: Pausable, why: Annotated[str, typer.Option(help="Pourquoi.")]) -> None:
    """Send nothing on it until somebody resumes it."""
    with audited("pause_channel", channel) as by:
        words = words_of({"why": why}, "why", word("refusals", "why"))
        if not services().channel_pauses.pause(Channel(channel), by, words):
            raise CommandRefused(word("flashes", "paused_already"))
    say(word("flashes", "paused"))


def resume(channel: Pausable) -> None:
    """Send on it again."""
    with audited("resume_channel", channel):
        state = services().channel_pauses.resume(Channel(channel))
        if state is None:
            raise CommandRefused(word("flashes", "not_paused"))
    say(word("flashes", state.resumed))


def dead_letters(
    queue: DeadLetters,
    redrive: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="En remettre N au plus en file.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """How many there are, with ids and kinds and nothing else; or put some back."""
    if redrive is not None:
        _redrive(queue, redrive)
        return
    with audited("read_dead_letters", queue):
        view = services().dead_letters.view(queue)
    if as_json:
        show_json(asdict(view))
        return
    say(f"{word('queues', queue)} : {view.count}")
    for example in view.examples:
        say(f"  {example}")


def _redrive(queue: DeadLetters, at_most: int) -> None:
    with audited("redrive", queue):
        done = services().dead_letters.redrive(queue, at_most)
        if not done:
            raise CommandRefused("Il n’y a rien à remettre en file.")
    say(f"{done} remis en file.")


def quarantine(
    cause: Cause = "", page: Page = 1, *, as_json: AsJson = False, as_csv: AsCsv = False
) -> None:
    """The causes and how many there are of each; of one cause, what each of them seems to say."""
    with audited("list_quarantine", cause):
        found = services().quarantines.page(cause, page)
        if cause and (found.shown is None or str(found.shown.cause) != cause):
            raise CommandRefused(_UNKNOWN_CAUSE)
    if cause:
        rows = [asdict(row) | {"heard": heard_words(row.heard)} for row in found.rows]
        shown = [{name: row[name] for name in ("key", *_SHOWN)} for row in rows]
        show(_ROWS, shown, as_json=as_json, as_csv=as_csv)
        note_what_is_missing(found.page, found.pages, is_cut=found.is_cut)
        return
    groups = [
        {"cause": str(group.cause), "number": group.number, "since": group.since}
        | {"why": cause_words(group.cause), "advice": remedy_words(group.cause)}
        for group in found.groups
    ]
    show(_GROUPS, groups, as_json=as_json, as_csv=as_csv)
    note_what_is_missing(is_cut=found.is_cut)


def dismiss(
    keys: Annotated[list[str] | None, typer.Argument(help="Leurs noms.")] = None,
    cause: Cause = "",
    *,
    why: Annotated[Because, typer.Option(help="Pourquoi.")],
) -> None:
    """Have done with some, or with all of one cause; as the console does, a number at a time."""
    chosen = _chosen(keys, cause)
    with audited("dismiss_many_quarantined", cause) as by:
        pressed = _to_the_end(
            lambda some: services().quarantines.dismiss(some, why, by, None), chosen
        )
        if not pressed.done:
            raise CommandRefused(_UNKNOWN_CAUSE if cause else _UNKNOWN_KEY)
    say(f"Écartés : {pressed.done}.")


def _to_the_end(press: Callable[[Chosen], Pressed], chosen: Chosen) -> Pressed:
    """What as many presses come to as it takes; or until one does nothing any more, because another
    is at it or the index is behind.
    """
    whole = Pressed(done=0)
    while True:
        one = press(chosen)
        whole = Pressed(done=whole.done + one.done, stayed=whole.stayed + one.stayed, left=one.left)
        if not one.left or not one.done + one.stayed:
            return whole
        chosen = replace(chosen, keys=chosen.keys[AT_ONCE:], skip=chosen.skip + one.stayed)


def _chosen(keys: list[str] | None, cause: str) -> Chosen:
    """Raises a usage error unless there are either names or a cause."""
    if bool(keys) is bool(cause):
        message = "Dites lesquels : des noms, ou bien --cause."
        raise typer.BadParameter(message)
    return Chosen(keys=tuple(keys or ()), cause=cause)


def replay(
    key: Annotated[str, typer.Argument(help="Son nom dans « quarantine ».")] = "",
    cause: Cause = "",
    *,
    go: Annotated[bool, typer.Option("--go", help="L’enregistrer.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read it once more: what it would become, or make it so; or as many as have one cause."""
    chosen = _chosen([key] if key else None, cause)
    if cause:
        _replay_many(chosen, go=go)
    elif go:
        _replay(key)
    else:
        _foresee(key, as_json=as_json)


def _foresee(key: str, *, as_json: bool) -> None:
    with audited("read_quarantine", key):
        foreseen = services().quarantines.foreseen(key)
        if foreseen is None:
            raise CommandRefused(_UNKNOWN_KEY)
        if foreseen.reason:
            raise CommandRefused(f"{word('refusals', still(foreseen))} {foreseen.reason}")
    event = _told(foreseen.event) if foreseen.event else {"dossier_id": foreseen.dossier_id}
    if as_json:
        show_json(event)
        return
    for name, value in event.items():
        say(f"{name} : {plain(value)}")
    say("Rien n’est enregistré. Pour le faire : --go")


def _replay(key: str) -> None:
    with audited("replay_quarantined", key):
        replayed = services().quarantines.replay(key)
        if replayed is None:
            raise CommandRefused(_UNKNOWN_KEY)
        if replayed.outcome is Recorded.QUARANTINED:
            raise CommandRefused(f"{word('refusals', still(replayed))} {replayed.reason}")
    say(word("flashes", "readable" if replayed.dossier_id else replayed.outcome))


def _replay_many(chosen: Chosen, *, go: bool) -> None:
    """How many there are; or read them all again, each with its line in the audit."""
    if not go:
        with audited("list_quarantine", chosen.cause):
            found = services().quarantines.page()
            number = sum(group.number for group in found.groups if str(group.cause) == chosen.cause)
            if not number:
                raise CommandRefused(_UNKNOWN_CAUSE)
        note_what_is_missing(is_cut=found.is_cut)
        say(f"De cette raison : {number}. Rien n’est relu. Pour le faire : --go")
        return
    with audited("replay_many_quarantined", chosen.cause) as by:
        pressed = _to_the_end(
            lambda some: services().quarantines.replay_many(some, by, None), chosen
        )
        if not pressed.done + pressed.stayed:
            raise CommandRefused(_UNKNOWN_CAUSE)
    say(
        word("flashes", "replayed_many").format(
            n=pressed.done, stayed=pressed.stayed, left=pressed.left
        )
    )


_UNKNOWN_CAUSE = "Rien n’est en quarantaine pour cette raison."
_UNKNOWN_KEY = "Rien ne porte ce nom en quarantaine."


def _told(event: Event) -> dict[str, Any]:
    """What it says, without what only machines read."""
    said = asdict(event)
    left_out = {"digest", "received_at", "source", "version", "correction"}
    told = {n: v for n, v in said.items() if n not in left_out and v not in (None, ())}
    return told | {"contact": list(_given(said["contact"]))} if event.contact else told


def _given(contact: dict[str, Any]) -> list[str]:
    """Which parts of a contact are there; what they are is on the console's page."""
    return [name for name, value in contact.items() if value]


def audit(
    day: Day = None,
    by: Annotated[str, typer.Option(metavar="NOM", help="De cette personne.")] = "",
    about: Annotated[str, typer.Option(metavar="ID", help="Sur ce dossier.")] = "",
    *,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Who did or read what: all of a day, today unless another is asked for; or all of a person, or
    about a dossier.
    """
    given = f"{day:%Y-%m-%d}" if day else ""
    whose = f"by={by}" if by else f"on={given}" if given else ""
    with audited("read_audit", which=f"about={about}" if about else whose):
        on = day_of({"day": given}, "day", services().now())
        asked = AuditAsked(day=on, by=by, about=about)
        knocks = services().audit.page(asked, limit=1).knocks
        lines = list(every_line(services().audit, asked))
    show(_AUDIT, [asdict(line) for line in lines], as_json=as_json, as_csv=as_csv)
    for knock, count in knocks.items():
        note(f"Sans nom connu, {word('knocks', knock)} : {count}.")
