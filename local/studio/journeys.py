"""What happened on the way: whatever left, was lost, or came before a person, as a list."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.attempts import Attempt
from chalicelib.domain.contact import Channel
from local.faults.switches import Mishap
from local.studio.outbox import Message
from local.world import World

#: How often it is looked whether anything happens, on the way to the next thing that does.
MOST_LOOKS = 40
#: So long after something left its receipts are back.
RECEIPTS_BACK = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing on the way: a message, a mishap, or a line of work. `number` is the place of the
    message in the outbox, or how often the same mishap came back.
    """

    at: datetime
    message: Message | None = None
    number: int = 0
    mishap: Mishap | None = None
    work: Attempt | None = None
    dossier_id: str = ""


@dataclass(kw_only=True)
class Journey:
    """From one instant to another, oldest first."""

    since: datetime
    until: datetime
    happened: Sequence[Happening] = field(default=())
    failures: int = 0


class Journeys:
    """Travels, and remembers the last journey."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.last: Journey | None = None

    @contextmanager
    def journey(self, *, goes_on: bool = False) -> Iterator[None]:
        """Whatever happens inside is what happened on the way; or the last one goes on."""
        earlier = self.last if goes_on else None
        world, since = self._world, self._world.now()
        sent, mishaps, failures = len(world.sent), len(world.faults.done), len(world.failures)
        try:
            yield
        finally:
            found = [
                *self._messages(sent),
                *_once_each(world.faults.done[mishaps:]),
                *self._work(since),
            ]
            found.sort(key=lambda one: one.at)
            self.last = Journey(
                since=earlier.since if earlier else since,
                until=world.now(),
                happened=[*(earlier.happened if earlier else ()), *found],
                failures=len(world.failures) - failures + (earlier.failures if earlier else 0),
            )

    def to(self, instant: datetime) -> None:
        """Raises CannotGoBack, StillDue."""
        with self.journey():
            self._world.travel(instant)

    def to_next(self) -> None:
        """To the next thing that leaves or comes before a person; nowhere if nothing is due."""
        world = self._world
        with self.journey():
            before = self._seen()
            for _ in range(MOST_LOOKS):
                due = world.next_due()
                if due is None or self._seen() != before:
                    return
                world.travel(max(due, world.now()) + timedelta(minutes=1))
                world.travel(world.now() + RECEIPTS_BACK)

    def _seen(self) -> tuple[int, int]:
        work = (one for d in self._world.dossiers() for one in d.open_work)
        return len(self._world.sent), sum(1 for _ in work)

    def _messages(self, before: int) -> Iterator[Happening]:
        for number, (message, _) in enumerate(self._world.sent[before:], start=before + 1):
            dossier = message.tags.get("dossier", "")
            yield Happening(at=message.at, message=message, number=number, dossier_id=dossier)

    def _work(self, since: datetime) -> Iterator[Happening]:
        for dossier in self._world.dossiers():
            for line in dossier.ledger:
                if line.notice.channel is Channel.DESK and line.claimed_at >= since:
                    about = dossier.dossier_id
                    yield Happening(at=line.claimed_at, work=line, dossier_id=about)


def _once_each(mishaps: Iterable[Mishap]) -> Iterator[Happening]:
    """What is tried again each minute fails each minute: that is one line."""
    same: dict[Mishap, list[Mishap]] = {}
    for mishap in mishaps:
        first = next((one for one in same if replace(mishap, at=one.at) == one), mishap)
        same.setdefault(first, []).append(mishap)
    for one, found in same.items():
        yield Happening(at=one.at, mishap=one, number=len(found), dossier_id=one.dossier_id)
