"""What a program of the guarantee has counted, and how large a program may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Scale(StrEnum):
    """How much of a program is run."""

    QUICK = "quick"  #: seconds: a part of `make test` and `make test-long`
    CI = "ci"  #: minutes: whole where that is cheap, a sample where it is not
    FULL = "full"  #: an hour or two: every single fault in memory, samples of what is larger
    ALL = "all"  #: on demand, many hours: every pair, and every call on AWS


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The counts of one program.

    `of` says what a run was about ("crash before or after one of 87 calls"), `possible` how many
    runs there are in all, `runs` how many were made. `lost` are notices that neither arrived nor
    stand in front of a person; `stuck` are dossiers that never come to rest, or rest with nothing
    ahead that ought to be. Duplicates are messages that left twice for one attempt's worth: with
    the provider's event told none may happen, without it each must be marked.
    """

    program: str
    of: str
    possible: int
    runs: int
    lost: int = 0
    stuck: int = 0
    duplicates_with_events: int = 0
    duplicates_without_events: int = 0
    unmarked_duplicates: int = 0
    endings: Mapping[str, int] = field(default_factory=dict)  #: how many people ended how
    broken: tuple[str, ...] = field(default=())  #: each broken invariant, with what shows it again

    @property
    def holds(self) -> bool:
        """Whether the promise held in every run."""
        counts = self.lost, self.stuck, self.duplicates_with_events, self.unmarked_duplicates
        return not any(counts) and not self.broken
