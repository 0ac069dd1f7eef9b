"""The commands about the machine itself: channels, dead letters, quarantine, audit."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import day_of, words_of
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.contact import Channel
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.words import act_word, word
from chalicelib.pipeline.quarantines import still
from cli.acting import audited
from cli.cards import Day
from cli.endings import CommandRefused
from cli.tables import AsCsv, AsJson, Column, plain, say, show, show_json

#: What a student is told through; the desk itself cannot be paused.
Pausable = StrEnum("Pausable", {c.name: c.value for c in TO_STUDENTS})  # type: ignore[misc]  # ours


_AUDIT = (
    Column("at", "quand"),
    Column("by", "qui"),
    Column("action", "quoi", act_word),
    Column("object", "sur quoi"),
    Column("result", "issue", lambda result: word("results", result)),
    Column("detail", "détail"),
)


def add_to(app: typer.Typer) -> None:
    """The commands of this file."""
    app.command("pause", help="Suspendre un canal : rien ne se perd, tout attend.")(pause)
    app.command("resume", help="Rétablir un canal.")(resume)
    app.command("dead-letters", help="Ce qui a échoué pour de bon, et le remettre en file.")(
        dead_letters
    )
    app.command("replay", help="Relire un message en quarantaine : à blanc, ou avec --go.")(replay)
    app.command("audit", help="Qui a fait ou lu quoi, un jour donné.")(audit)


def pause(channel: Pausable, why: Annotated[str, typer.Option(help="Pourquoi.")]) -> None:
    """Send nothing on it until somebody resumes it."""
    with audited("pause_channel", channel) as by:
        words = words_of({"why": why}, "why", word("refusals", "why"))
        if not services().channel_pauses.pause(Channel(channel), by, words):
            raise CommandRefused("Ce canal est déjà suspendu.")
    say(word("flashes", "paused"))


def resume(channel: Pausable) -> None:
    """Send on it again."""
    with audited("resume_channel", channel):
        if not services().channels.resume(Channel(channel)):
            raise CommandRefused("Ce canal n’est pas suspendu.")
    say(word("flashes", "resumed"))


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


def replay(
    key: Annotated[str, typer.Argument(help="Son nom dans « worklist ».")],
    *,
    go: Annotated[bool, typer.Option("--go", help="L’enregistrer.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read it once more: what it would become, or make it so."""
    if go:
        _replay(key)
        return
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


def audit(day: Day = None, *, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Who did or read what on a day; today, unless another is asked for."""
    with audited("read_audit"):
        on = day_of({"day": f"{day:%Y-%m-%d}" if day else ""}, "day", services().now())
        lines = services().audit.of_day(on)
    show(_AUDIT, [asdict(line) for line in lines], as_json=as_json, as_csv=as_csv)
