"""What a queue has given up: where it lies, and how much of it there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class DeadLetters(StrEnum):
    """The queues of what failed for good."""

    SERVE = "serve"  #: dossiers that could not even be set aside
    FEEDBACK = "feedback"  #: receipts that could not be read
    NIGHT = "night"  #: where a night stopped


@dataclass(frozen=True, kw_only=True)
class DeadLettersView:
    """What lies in one of them: how many about, and the first ones, as ids without a person."""

    queue: DeadLetters
    count: int
    examples: Sequence[str]
