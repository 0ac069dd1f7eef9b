"""What a program of the guarantee has counted, and how large a program may be."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """How much of a program is run."""

    QUICK = "quick"  #: seconds: a part of `make test` and `make test-long`
    CI = "ci"  #: minutes: whole where that is cheap, a sample where it is not
    FULL = "full"  #: about an hour: every single fault in memory, samples of what is larger
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


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of so many parts of a program's cases, from 1: for whoever has not the time for all."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def share(self, cases: Sequence[T]) -> Sequence[T]:
        """The cases of this part."""
        return cases[self.number - 1 :: self.of]


WHOLE = Part()


def part_of(text: str) -> Part:
    """A part by its words: "3/10". Raises ValueError."""
    found = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of:
        message = f"{text} is no part: 3/10 is"
        raise ValueError(message)
    return Part(number=number, of=of)


def added(parts: Sequence[Figures]) -> Figures:
    """The figures of a program whose parts were counted one by one; there is at least one."""
    return replace(
        parts[0],
        runs=sum(one.runs for one in parts),
        lost=sum(one.lost for one in parts),
        stuck=sum(one.stuck for one in parts),
        duplicates_with_events=sum(one.duplicates_with_events for one in parts),
        duplicates_without_events=sum(one.duplicates_without_events for one in parts),
        unmarked_duplicates=sum(one.unmarked_duplicates for one in parts),
        endings=dict(sum((Counter(one.endings) for one in parts), Counter())),
        broken=tuple(words for one in parts for words in one.broken),
    )
