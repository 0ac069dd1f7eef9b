"""Once a day: recompute every plan, name the dossiers that nothing will ever wake, and count."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.domain.facts import ENDS, State
from chalicelib.domain.forgetting import may_have_left_overs, what_remains
from chalicelib.domain.holds import NO_HOLDS, Holds
from chalicelib.domain.plan import Plan
from chalicelib.domain.tally import Counted, Tally, count_ledger, tally
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import EveryDossier, Findable, Loaded, Write
from chalicelib.pipeline.set_aside import Trouble, alone

#: One night forgets no more dossiers than fit into the time of its function; the next goes on. As
#: many again are looked at once more, for documents that somebody kept meanwhile.
FORGOTTEN_AT_MOST = 300


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """How many dossiers were read, how many were put right, and the ids that nothing will wake.

    Whoever reads every ledger can count the days as well, at no further read: `tally`.
    `over` are the ids of those whose time is over, and of those whose documents have to be looked
    for once more; both the first ones only. `troubles` are those that could not be read or planned.
    """

    read: int
    repaired: int
    stranded: tuple[str, ...]
    tally: Tally
    over: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


def replan(
    dossiers: EveryDossier, planner: Planner, now: datetime, holds: Holds = NO_HOLDS
) -> Replanned:
    """Rewrite whatever is derived and differs: after a change of rules, of the calendar, or of what
    dossiers are found by. Each dossier stands alone. Raises StorageUnavailable.
    """
    counted = Counted()
    looks = [
        alone(dossier_id, partial(_look, dossiers, planner, dossier_id, now, holds, counted))
        for dossier_id in dossiers.ids()
    ]
    seen = [one for one in looks if isinstance(one, _Seen)]
    left_over = [one.dossier_id for one in seen if one.is_left_over]
    over = [one.dossier_id for one in seen if one.is_over and not one.is_left_over]
    return Replanned(
        read=sum(one.has_life for one in seen),
        repaired=sum(one.is_repaired for one in seen),
        stranded=tuple(one.dossier_id for one in seen if one.is_stranded),
        over=(*left_over[:FORGOTTEN_AT_MOST], *over[:FORGOTTEN_AT_MOST]),
        tally=tally(counted, now),
        troubles=tuple(one for one in looks if isinstance(one, Trouble)),
    )


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one look at a dossier found; without events, only whether documents may be left."""

    dossier_id: str
    has_life: bool = False
    is_over: bool = False
    is_left_over: bool = False
    is_repaired: bool = False
    is_stranded: bool = False


def _look(
    dossiers: EveryDossier,
    planner: Planner,
    dossier_id: str,
    now: datetime,
    holds: Holds,
    counted: Counted,
) -> _Seen:
    loaded = dossiers.load(dossier_id)
    dossier, is_left_over = loaded.dossier, may_have_left_overs(loaded.dossier, now)
    if not dossier.events:
        return _Seen(dossier_id=dossier_id, is_left_over=is_left_over)
    count_ledger(counted, dossier.ledger, now)
    plan = planner.plan(dossier, now, holds)
    write = planner.write_of(dossier, plan, now)
    is_wrong = _derived(write) != _derived(loaded)
    is_ours = not is_wrong or _has_written(dossiers, loaded, write)
    return _Seen(
        dossier_id=dossier_id,
        has_life=True,
        is_over=what_remains(dossier, plan, planner.desk, now) != dossier,
        is_left_over=is_left_over,
        is_repaired=is_wrong and is_ours,
        is_stranded=is_ours and write.next_due_at is None and not _has_an_end(dossier, plan),
    )


def _derived(stored: Loaded | Write) -> tuple[datetime | None, State, Findable]:
    return stored.next_due_at, stored.state, stored.findable


def _has_written(dossiers: EveryDossier, loaded: Loaded, write: Write) -> bool:
    """False where somebody else was first: whoever won has just written a fresh plan."""
    try:
        dossiers.write(loaded, write)
    except LostRace:
        return False
    return True


def _has_an_end(dossier: Dossier, plan: Plan) -> bool:
    """Collected or closed, or in front of a person, or ended by a person's word, or never ours."""
    is_open = bool(dossier.open_work)
    is_ours = dossier.facts.known_since is not None
    return plan.state in ENDS or is_open or bool(plan.settled) or not is_ours
