"""What waits for a person, whatever it is: one read of one index."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.pipeline.ports import Dossiers, dossier_of

#: More than these are not counted: by then it does not matter how many more.
COUNTED_AT_MOST = 1_000


class WorkKind(StrEnum):
    """The kinds of items on the work list, by the first word of their keys."""

    DOSSIER = "DOSSIER"  #: it has open desk notices
    QUARANTINE = "QUARANTINE"  #: a webhook that could not be used
    CHANNEL = "CHANNEL"  #: it refuses us, and is held
    PAUSE = "PAUSE"  #: a channel that a person has stopped
    OTHER = ""  #: written by a newer program: it counts, and stops nobody

    @classmethod
    def _missing_(cls, _value: object) -> "WorkKind":
        return cls.OTHER


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One item that waits for a person, and since when. `name` is its key without the kind."""

    since: datetime
    what: WorkKind
    name: str

    @property
    def unreadable(self) -> str:
        """The id of the dossier that waits because it cannot be read; else empty."""
        is_held = self.what is WorkKind.QUARANTINE
        return dossier_of(self.name.rpartition("#")[0]) if is_held else ""


def waiting(dossiers: Dossiers, at_most: int = COUNTED_AT_MOST) -> tuple[Waiting, ...]:
    """The work list, oldest first, so many lines of it. Raises StorageUnavailable."""
    return tuple(_waiting(since, key) for since, key in dossiers.open_work(at_most))


def _waiting(since: datetime, key: str) -> Waiting:
    what, _, name = key.partition("#")
    return Waiting(since=since, what=WorkKind(what), name=name)
