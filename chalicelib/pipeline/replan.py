"""Once a day: recompute every plan, name the dossiers that nothing will ever wake, and count."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.delivery import Fate
from chalicelib.domain.dossier import Dossier, State
from chalicelib.domain.errors import LostRace
from chalicelib.domain.facts import facts_of
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.plan import Plan
from chalicelib.domain.tally import Counted, Tally, count_ledger, tally
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import EveryDossier


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """How many dossiers were read, how many were put right, and the ids that nothing will wake.

    Whoever reads every ledger can count the days as well, at no further read: `tally`.
    """

    read: int
    repaired: int
    stranded: tuple[str, ...]
    tally: Tally


def replan(
    dossiers: EveryDossier, planner: Planner, now: datetime, holds: Holds = NO_HOLDS
) -> Replanned:
    """Rewrite each cached instant that differs: after a change of rules, or of the calendar."""
    read, repaired, stranded, counted = 0, 0, [], Counted()
    for dossier_id in dossiers.ids():
        loaded = dossiers.load(dossier_id)
        if not loaded.dossier.events:
            continue
        plan = planner.plan(loaded.dossier, now, holds)
        write = planner.write_of(loaded.dossier, plan, now)
        read += 1
        count_ledger(counted, loaded.dossier.ledger, now)
        if (write.next_due_at, write.state) != (loaded.next_due_at, loaded.state):
            try:
                dossiers.write(loaded, write)
            except LostRace:
                continue  # whoever won has just written a fresh plan
            repaired += 1
        if write.next_due_at is None and not _has_an_end(loaded.dossier, plan):
            stranded.append(dossier_id)
    return Replanned(
        read=read, repaired=repaired, stranded=tuple(stranded), tally=tally(counted, now)
    )


def _has_an_end(dossier: Dossier, plan: Plan) -> bool:
    """Collected, or in front of a person, or ended by a person's word, or never ours."""
    is_open = any(a.fate is Fate.OPEN for a in dossier.ledger)
    is_ours = facts_of(dossier.events).known_since is not None
    return plan.state is State.COLLECTED or is_open or bool(plan.settled) or not is_ours
