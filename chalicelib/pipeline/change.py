"""The one way to change a dossier: read, apply a pure function, write if nobody else did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Dossiers, JournalLine, Loaded

T = TypeVar("T")

#: Another write between our read and ours is rare; five in a row are a fault.
RACES_AT_MOST = 5

#: A pure change: the new dossier, its journal lines, an answer. Without a line the same dossier is
#: not written, and of another one nobody is told.
Change = Callable[[Loaded], tuple[Dossier, Sequence[JournalLine], T]]


@dataclass(frozen=True, kw_only=True)
class Changed(Generic[T]):
    """What a change came to: its `answer`, and the dossier as it is `now` stored.

    `wants_a_serve` says that something was written by which something is due now: whoever wrote it
    wakes the dossier. What is due later, the sweep finds.
    """

    answer: T
    now: Loaded
    wants_a_serve: bool = False


def change(
    dossiers: Dossiers,
    planner: Planner,
    dossier_id: str,
    fn: Change[T],
    now: datetime,
    *,
    at_hand: Loaded | None = None,
    new_journal: bool = False,
) -> Changed[T]:
    """Apply `fn` to a dossier, as it is `at_hand` or is read now, and store the result.

    Raises LostRace, StorageUnavailable, Unreadable.
    """
    for _ in range(RACES_AT_MOST):
        loaded, at_hand = at_hand or dossiers.load(dossier_id), None
        dossier, lines, answer = fn(loaded)
        if not lines and dossier is loaded.dossier:
            return Changed(answer=answer, now=loaded)
        try:
            write = planner.write(dossier, now, lines)
            written = dossiers.write(loaded, replace(write, new_journal=new_journal))
        except LostRace:
            continue
        is_told = bool(lines) and written.is_due(now)
        return Changed(answer=answer, now=written, wants_a_serve=is_told)
    raise LostRace
