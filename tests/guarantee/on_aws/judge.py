"""What one telling of the story came to: every promise, and what the undisturbed telling sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from chalicelib.bootstrap import services
from chalicelib.domain import attempts
from chalicelib.pipeline.ports import WorkKind
from local.studio.outbox import ARRIVED, Message
from local.world import World
from tests.guarantee.history import History, Kept, Left, Told
from tests.guarantee.invariants import Promise, broken, count, doubles, marked_doubles
from tests.guarantee.on_aws.story import PRIVATE, STUDENT, Telling


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run came to. `arrived` are the notices that reached the student."""

    lost: int = 0
    stuck: int = 0
    doubled: int = 0
    marked: int = 0
    unmarked: int = 0
    words: tuple[str, ...] = ()
    arrived: tuple[str, ...] = field(default=())


def judged(world: World, telling: Telling, wanted: Iterable[str]) -> Outcome:
    """The outcome of a world at rest; `wanted` is what arrives if nothing goes wrong."""
    history = _history(world, telling)
    found, arrived = broken(history), _arrived(world)
    missing = sorted(set(wanted) - set(arrived) - _named(history))
    leaks = _leaks(world)
    marked, doubled = marked_doubles(history), count(found, Promise.ONCE)
    return Outcome(
        lost=count(found, Promise.NOT_LOST) + count(found, Promise.REMEMBERED) + len(missing),
        stuck=count(found, Promise.NOT_STUCK),
        doubled=doubled,
        marked=marked,
        unmarked=max(doubles(history) - marked - doubled, 0),
        words=(*(f"missing: {notice}" for notice in missing), *leaks, *map(str, found)),
        arrived=tuple(arrived),
    )


def _arrived(world: World) -> list[str]:
    return sorted({_name(message) for message, status in world.sent if status in ARRIVED})


def _name(message: Message) -> str:
    """A notice, whatever channel it took."""
    return f"{message.notice}.{message.number}.{message.tags['occasion']}"


def _named(history: History) -> set[str]:
    """What a line of the work list has named to a person, then or now."""
    ledgers = (kept.dossier.ledger for kept in history.kept.values())
    names = (loss.partition("#")[0] for line in chain(*ledgers) for loss in line.losses)
    return {name.rpartition(".")[0] for name in names}


def _leaks(world: World) -> list[str]:
    """What nobody may read in a log: who somebody is, how to reach them, what opens their pages."""
    log = world.log.getvalue()  # type: ignore[attr-defined]  # a StringIO, unless told otherwise
    links = {link for message, _ in world.sent for link in message.links}
    ours = (link.split("/") for link in links if link.startswith(world.public_url))
    tokens = {parts[4] for parts in ours if len(parts) > 4}  # some lead to what is told to all
    secret = world.settings()["webhook_secret"]
    return [f"a log line names {word!r}" for word in (*PRIVATE, *tokens, secret) if word in log]


def _history(world: World, telling: Telling) -> History:
    made = services()
    ids = [STUDENT.dossier_id] if world.sheet(STUDENT.dossier_id) else []
    return History(
        desk=made.desk,
        now=world.now(),
        kept={dossier_id: _kept(world, dossier_id) for dossier_id in ids},
        left=[_left(message) for message, _ in world.sent],
        told=[
            Told(tags=told.message.tags, status=attempts.Status(told.status), at=told.at)
            for told in world.told
        ],
        acknowledged=telling.acknowledged,
        private=PRIVATE,
    )


def _left(message: Message) -> Left:
    return Left(tags=dict(message.tags), to=message.to, at=message.at)


def _kept(world: World, dossier_id: str) -> Kept:
    made = services()
    loaded = made.dossiers.load(dossier_id)
    waits = made.dossiers.work_rows(WorkKind.DOSSIER, 100)
    since = {row.name: row.since for row in waits}
    return Kept(
        dossier=loaded.dossier,
        state=loaded.state,
        next_due_at=loaded.next_due_at,
        work_since=since.get(dossier_id),
        journal=made.dossiers.journal(dossier_id),
        plan=made.planner.plan(loaded.dossier, world.now(), made.channels.holds()),
        addresses=made.planner.addresses(loaded.dossier.facts.contact),
    )
