"""Each minute: wake every dossier whose instant has come."""

from datetime import datetime

from chalicelib.pipeline.ports import Dossiers, ServeQueue

#: How many dossiers one sweep wakes, and how full the queue may still be for a sweep to add to it.
SWEEP_AT_MOST = 1_000
QUEUE_IS_FULL = 2_000


def sweep_due(dossiers: Dossiers, queue: ServeQueue, now: datetime) -> int:
    """Wake what is due, oldest first, and say how many. Raises StorageUnavailable."""
    if queue.backlog() >= QUEUE_IS_FULL:
        return 0
    due = dossiers.due(now, SWEEP_AT_MOST)
    queue.wake(due)
    return len(due)
