"""Each minute: wake every dossier whose instant has come; every ten, look how much is waiting."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, islice

from chalicelib.pipeline.ports import Dossiers, ServeQueue, WorkItem, WorkKind
from chalicelib.pipeline.waiting import READ_AT_MOST

#: So many are woken before the queue is asked again how full it is, and from where on it is full.
WOKEN_AT_ONCE = 1_000
QUEUE_IS_FULL = 2_000

#: One that was woken and is still due is not woken again before this: its message waits its turn,
#: or is with a worker. Longer than a queue that is full takes.
AGAIN_AFTER = timedelta(minutes=10)

#: How often what waits for a person is counted, in minutes of the hour.
GAUGED_EVERY = 10


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many were woken, for how long the first of them has been due, and who waits for a person;
    None where nobody has looked.
    """

    woken: int
    overdue: timedelta
    waiting: Mapping[WorkKind, Sequence[WorkItem]] | None


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Wakes what is due.

    `woken` is what this process remembers of whom it woke: since when they were due, and when it
    woke them. A new process wakes them again, which does no harm.
    """

    dossiers: Dossiers
    queue: ServeQueue
    now: Callable[[], datetime]
    woken: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def run(self) -> Swept:
        """Wake what is due, oldest first, until the queue is full. Raises StorageUnavailable."""
        now = self.now()
        due = self.dossiers.due(now)
        first = next(due, None)
        return Swept(
            woken=self._wake(chain([first], due), now) if first else 0,
            overdue=now - first[0] if first else timedelta(),
            waiting=self._waiting() if now.minute % GAUGED_EVERY == 0 else None,
        )

    def _waiting(self) -> Mapping[WorkKind, Sequence[WorkItem]]:
        return {kind: self.dossiers.work_rows(kind, READ_AT_MOST) for kind in WorkKind}

    def _wake(self, due: Iterator[tuple[datetime, str]], now: datetime) -> int:
        """Wake the sleeping ones of these; how many there were."""
        self._forget(now)
        asleep = (one for one in due if self.woken.get(one[1], (None,))[0] != one[0])
        count = 0
        while batch := list(islice(asleep, WOKEN_AT_ONCE)):
            if self.queue.backlog() >= QUEUE_IS_FULL:
                break
            self.queue.wake([dossier_id for _, dossier_id in batch])
            self.woken.update({dossier_id: (since, now) for since, dossier_id in batch})
            count += len(batch)
        return count

    def _forget(self, now: datetime) -> None:
        """Whom it woke so long ago that something may have gone wrong."""
        late = [one for one, (_, at) in self.woken.items() if now - at >= AGAIN_AFTER]
        for dossier_id in late:
            del self.woken[dossier_id]
