"""What the desk does, what it did, and what its days came to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.escalation import Escalation

#: So many lines of a day are shown.
AUDIT_LINES = 500


@dataclass(frozen=True, kw_only=True)
class KeptBulk:
    """A bulk action and the version it was read at."""

    bulk: Bulk
    version: int


class Bulks(Protocol):
    """What the desk does to many dossiers at once. Raises StorageUnavailable."""

    def begin(self, bulk: Bulk) -> bool:
        """Keep a new one; False if there is one of this id already."""

    def find(self, bulk_id: str) -> KeptBulk | None:
        """One of them, read consistently."""

    def write(self, kept: KeptBulk, bulk: Bulk) -> None:
        """Store it if nobody wrote since `kept`; raises LostRace otherwise."""

    def unfinished(self) -> Sequence[Bulk]:
        """Those of which something is still to come, the earliest first."""

    def unseen(self) -> Sequence[Bulk]:
        """Those that are over and have refused lines which nobody has read, the earliest first."""

    def forget(self, day: date) -> int:
        """Erase those that were asked for on a Paris day and are over; how many there were."""


class Audit(Protocol):
    """Who did or read what: added to, and once forgotten. Raises StorageUnavailable."""

    def append(self, line: AuditLine) -> None:
        """Add a line; the same one twice is there once."""

    def of_day(self, day: date, limit: int = AUDIT_LINES) -> Sequence[AuditLine]:
        """The newest lines of a Paris day, newest first."""

    def about(self, subject: str, days: Iterable[date]) -> Sequence[AuditLine]:
        """The lines of these Paris days whose object is this one, in the order of the days."""

    def forget(self, day: date) -> int:
        """Erase the lines of a Paris day; how many there were."""


class DailyFiguresStore(Protocol):
    """What the last days came to. Raises StorageUnavailable."""

    def keep(self, figures: DailyFigures) -> None:
        """Keep it in the place of the former one."""

    def last(self) -> DailyFigures | None:
        """The newest one; None before the first night."""


class EscalationStore(Protocol):
    """What a second person was told of. Raises StorageUnavailable."""

    def last(self) -> Escalation:
        """What is kept, read consistently; before anything is, nobody was told."""

    def write(self, before: Escalation, after: Escalation) -> None:
        """Keep this in the place of what was read; raises LostRace if something else is kept."""
