"""The one way to change a dossier: read, apply a pure function, write if nobody else did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Dossiers, JournalLine, Loaded

T = TypeVar("T")

#: Another write between our read and ours is rare; five in a row are a fault.
RACES_AT_MOST = 5

#: A pure change: the new dossier, its journal line (none: nothing is written), an answer.
Change = Callable[[Loaded], tuple[Dossier, JournalLine | None, T]]


def change(
    dossiers: Dossiers,
    planner: Planner,
    dossier_id: str,
    fn: Change[T],
    now: datetime,
    *,
    new_journal: bool = False,
) -> T:
    """Apply `fn` to a dossier and store the result; raises LostRace, StorageUnavailable."""
    for _ in range(RACES_AT_MOST):
        loaded = dossiers.load(dossier_id)
        dossier, line, answer = fn(loaded)
        if line is None:
            return answer
        try:
            write = planner.write(dossier, now, [line])
            dossiers.write(loaded, replace(write, new_journal=new_journal))
        except LostRace:
            continue
        return answer
    raise LostRace
