"""The world's clock: it starts where it is told, and travels forward only."""

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import time_machine

from local.clock.paris import iso


class CannotGoBack(ValueError):
    """The clock cannot go back: what has happened has happened."""

    def __init__(self, instant: datetime, now: datetime) -> None:
        super().__init__(f"it is {iso(now)} already: the clock cannot go back to {iso(instant)}")


class Clock:
    """The time of everything in this process: product, embedded AWS, logs, signatures.

    It ticks like any clock, or stands still between two moves so that a story is the same each
    time it is told.
    """

    def __init__(self, start: datetime | None = None, *, ticks: bool = True) -> None:
        self._travel = time_machine.travel(_aware(start or datetime.now(UTC)), tick=ticks)
        self._traveller: time_machine.Traveller | None = None

    def __enter__(self) -> Self:
        self._traveller = self._travel.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._traveller = None
        self._travel.stop()

    def now(self) -> datetime:
        """The world's time, aware, in UTC."""
        return datetime.now(UTC)

    def move_to(self, instant: datetime) -> None:
        """Jump forward to an instant; nothing runs on the way. Raises CannotGoBack."""
        assert self._traveller is not None, "the clock has not been started"
        if _aware(instant) < self.now():
            raise CannotGoBack(instant, self.now())
        self._traveller.move_to(instant.astimezone(UTC))


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        message = f"{instant.isoformat()} has no time zone"
        raise ValueError(message)
    return instant.astimezone(UTC)
