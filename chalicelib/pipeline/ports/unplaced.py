"""What came in and has no place in a dossier, or none yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from chalicelib.domain.errors import Unreadable

#: Before the ids of the dossiers that a body may be about, once they are erased, and after them.
_PERHAPS, _REASON = "perhaps about the erased ", "; "

#: Before the id of a dossier that cannot be read. No webhook's id has a colon.
_DOSSIER = "dossier:"


def dossier_of(event_id: str) -> str:
    """Which dossier a quarantined item is about that is no webhook; empty for a webhook."""
    return event_id.removeprefix(_DOSSIER) if event_id.startswith(_DOSSIER) else ""


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """Something authentic that cannot be used: kept whole, shown to the desk, replayable.

    A webhook; or a dossier that cannot be read, of which there is only the id here. `about` is the
    dossier that it names, as far as anybody can tell; `seen_at` is when a person was done with it.
    """

    event_id: str
    received_at: datetime
    reason: str
    body: bytes
    about: str = ""
    seen_at: datetime | None = None

    @classmethod
    def of_dossier(cls, error: Unreadable, now: datetime) -> "Quarantined":
        """A dossier that cannot be read: whenever it is told, it is the same item."""
        return cls(
            event_id=f"{_DOSSIER}{error.dossier_id}",
            received_at=now,
            reason=error.why,
            body=f'{{"dossier_id":"{error.dossier_id}"}}'.encode(),
            about=error.dossier_id,
        )

    @property
    def dossier_id(self) -> str:
        """Which dossier it is that cannot be read; empty for a webhook."""
        return dossier_of(self.event_id)

    @property
    def erased(self) -> tuple[str, ...]:
        """The dossiers that it may be about although all that is known of them is erased."""
        if not self.reason.startswith(_PERHAPS):
            return ()
        return tuple(self.reason.removeprefix(_PERHAPS).partition(_REASON)[0].split(", "))

    def perhaps_about(self, dossier_id: str) -> str:
        """The reason why a person looks at it once more, before the one why it waits."""
        reason = self.reason.partition(_REASON)[2] if self.erased else self.reason
        return f"{_PERHAPS}{', '.join((*self.erased, dossier_id))}{_REASON}{reason}"

    @property
    def key(self) -> str:
        """Its name on the work list: one for each id and body."""
        return f"{self.event_id}#{sha256(self.body).hexdigest()[:16]}"


class Quarantine(Protocol):
    """Where unusable webhooks wait for a person. Raises StorageUnavailable."""

    def find(self, key: str) -> Quarantined | None:
        """The one of this name, read consistently."""

    def many(self, keys: Sequence[str]) -> Sequence[Quarantined]:
        """Those of these names that exist, read consistently, in this order."""

    def keep(self, item: Quarantined) -> bool:
        """Keep it; False if the same body was already kept under this id."""

    def everything(self) -> Iterator[Quarantined]:
        """Whatever is kept, oldest first: for repair, and to forget."""

    def see(self, item: Quarantined, now: datetime) -> None:
        """A person is done with it: off the work list, and kept a while longer."""

    def reopen(self, item: Quarantined, reason: str) -> None:
        """A person looks at it, for the first time or again, for another reason."""

    def drop(self, item: Quarantined) -> None:
        """Forget it."""


@dataclass(frozen=True, kw_only=True)
class UnmatchedReceipt:
    """A provider's event that no attempt answers to yet."""

    receipt_id: str
    received_at: datetime
    body: bytes


class UnmatchedReceipts(Protocol):
    """Where receipts wait that match nothing. Raises StorageUnavailable."""

    def keep(self, item: UnmatchedReceipt) -> None:
        """Keep it, to be matched later."""

    def waiting(self) -> Iterator[UnmatchedReceipt]:
        """Every receipt that was kept, oldest first: for repair only."""

    def drop(self, receipt_id: str) -> None:
        """Forget one: it was matched, or never will be."""
