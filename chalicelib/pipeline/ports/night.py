"""How far a night has come, and the queue by which it hands on what is left."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.daily_figures import DailyFigures

#: More dossiers than one delivery has time for.
NO_LIMIT = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a night goes on: after the last dossier that it worked on, with so many at most. One
    that `is_alone` is about the next dossier, and about nothing behind it.

    `figures` are what it has counted so far, and when it began; the numbers are for the log.
    """

    figures: DailyFigures
    after: str = ""
    at_most: int = NO_LIMIT
    is_alone: bool = False
    repaired: int = 0
    forgotten: int = 0
    others: int = 0
    matched: int = 0


class NightQueue(Protocol):
    """What starts a night, and lets it go on."""

    def hand_on(self, progress: Progress) -> None:
        """Let the night go on from there. Raises StorageUnavailable."""
