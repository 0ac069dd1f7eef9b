"""What the desk does, what it did, and what its days came to."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.audit import AuditAsked, AuditLine, AuditPage, Knock
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.escalation import Escalation
from chalicelib.domain.operators import Account, Role

#: So many lines are on one page.
AUDIT_LINES = 100


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

    def over(self, day: date) -> Sequence[Bulk]:
        """Those that were asked for on a Paris day and are over, the earliest first; those that are
        unseen are not among them.
        """

    def forget(self, day: date) -> int:
        """Erase those that were asked for on a Paris day and are over; how many there were."""


class ListHeadings(Protocol):
    """What the headings of lists stand for, as somebody has confirmed it of all headings of one: of
    a list with others it says nothing. Raises StorageUnavailable.
    """

    def known(self, headings: AbstractSet[str]) -> Mapping[str, str]:
        """Which field each of just these stands for; an empty one counts for nothing. None of them
        where nobody has said it of them together.
        """

    def keep(self, fields: Mapping[str, str]) -> None:
        """Keep this of its headings, in the place of what was kept of them."""


class Audit(Protocol):
    """Who did or read what: added to, and once forgotten. Raises StorageUnavailable."""

    def append(self, line: AuditLine) -> None:
        """Add a line; the same one twice is there once."""

    def knock(self, at: datetime, what: Knock) -> None:
        """Count one more of somebody who has no name."""

    def page(self, asked: AuditAsked, older: str = "", limit: int = AUDIT_LINES) -> AuditPage:
        """The newest lines, or those where a page before said `older`."""

    def forget(self, day: date) -> int:
        """Erase the lines of a Paris day, and what was counted; how many lines there were."""


def every_line(audit: Audit, asked: AuditAsked) -> Iterator[AuditLine]:
    """All of them, page by page, newest first. Raises StorageUnavailable."""
    page = audit.page(asked)
    yield from page.lines
    while page.older:
        page = audit.page(asked, page.older)
        yield from page.lines


class Generations(Protocol):
    """How often each operator's sessions were ended, by their name in any letters. Raises
    StorageUnavailable.

    A count and not an instant: who ends them and who opens one need no common clock.
    """

    def of(self, name: str) -> int:
        """The generation that stands, read consistently; 0 before the first end."""

    def end(self, name: str) -> None:
        """End every session of theirs. Tried again it may count twice, which ends no more."""


class Accounts(Protocol):
    """Who may come in, where their passwords are kept. What is False found nobody of that name."""

    def everybody(self) -> Sequence[Account]:
        """All of them, by their names."""

    def find(self, name: str) -> Account | None:
        """One of them."""

    def add(self, name: str, role: Role, password: str) -> bool:
        """A new one, with a password for three days; False if there is one of this name."""

    def give_role(self, name: str, role: Role) -> bool:
        """This role and no other."""

    def disable(self, name: str) -> bool:
        """Let them in no more."""

    def enable(self, name: str) -> bool:
        """Let them in again."""

    def give_password(self, name: str, password: str) -> bool:
        """Another password for three days, in which they choose their own."""

    def remove(self, name: str) -> bool:
        """Take them away, and their telephone with them."""


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
