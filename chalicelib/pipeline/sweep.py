"""Each minute: wake every dossier whose instant has come, and look how much is waiting."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.pipeline.ports import Dossiers, ServeQueue
from chalicelib.pipeline.waiting import Waiting, waiting

#: How many dossiers one sweep wakes, and how full the queue may still be for a sweep to add to it.
SWEEP_AT_MOST = 1_000
QUEUE_IS_FULL = 2_000


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many were woken, for how long the first of them has been due, and who waits for a
    person.
    """

    woken: int
    overdue: timedelta
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Wakes what is due."""

    dossiers: Dossiers
    queue: ServeQueue
    now: Callable[[], datetime]

    def run(self) -> Swept:
        """Wake what is due, oldest first, unless the queue is full. Raises StorageUnavailable."""
        now, is_full = self.now(), self.queue.backlog() >= QUEUE_IS_FULL
        due = self.dossiers.due(now, SWEEP_AT_MOST)
        woken = () if is_full else tuple(dossier_id for _, dossier_id in due)
        self.queue.wake(woken)
        overdue = now - due[0][0] if due else timedelta()
        return Swept(woken=len(woken), overdue=overdue, waiting=waiting(self.dossiers))
