"""Once a day: recompute every plan, name the dossiers that nothing will ever wake, and count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.daily_figures import Counted, DailyFigures, count_ledger, figures
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.domain.facts import ENDS, State
from chalicelib.domain.forgetting import may_have_left_overs, what_remains
from chalicelib.domain.holds import Holds
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.back_off import Backoff, Trouble, alone
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Channels,
    DailyFiguresStore,
    EveryDossier,
    Findable,
    Loaded,
    Write,
)

#: One night forgets no more dossiers than fit into the time of its function; the next goes on. As
#: many again are looked at once more, for documents that somebody kept meanwhile.
FORGOTTEN_AT_MOST = 300


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """How many dossiers were read, how many were put right, and the ids that nothing will wake.

    Whoever reads every ledger can count the days as well, at no further read: `figures`.
    `over` are the ids of those whose time is over, and of those whose documents have to be looked
    for once more; both the first ones only. `troubles` are those that could not be read or planned.
    """

    read: int
    repaired: int
    stranded: tuple[str, ...]
    figures: DailyFigures
    over: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What one look at a dossier found; without events, only whether documents may be left."""

    dossier_id: str
    has_life: bool = False
    is_over: bool = False
    is_left_over: bool = False
    is_repaired: bool = False
    is_stranded: bool = False


@dataclass(frozen=True, kw_only=True)
class Night:
    """Looks at every dossier once: the repair of whatever is derived."""

    dossiers: EveryDossier
    channels: Channels
    daily_figures: DailyFiguresStore
    planner: Planner
    backoff: Backoff
    now: Callable[[], datetime]

    def run(self) -> Reconciled:
        """Rewrite whatever is derived and differs: after a change of rules, of the calendar, or of
        what dossiers are found by. Each dossier stands alone.

        Who reads them all counts the last days too, for the digest. What could not be read or
        planned is put before a person. Raises StorageUnavailable.
        """
        counted, now, holds = Counted(), self.now(), self.channels.holds()
        looks = [
            alone(dossier_id, partial(self._look, dossier_id, now, holds, counted))
            for dossier_id in self.dossiers.ids()
        ]
        done = _summed(looks, figures(counted, now))
        self.daily_figures.keep(done.figures)
        self.backoff.settle(done.troubles)
        return done

    def _look(self, dossier_id: str, now: datetime, holds: Holds, counted: Counted) -> _Seen:
        loaded = self.dossiers.load(dossier_id)
        dossier, is_left_over = loaded.dossier, may_have_left_overs(loaded.dossier, now)
        if not dossier.events:
            return _Seen(dossier_id=dossier_id, is_left_over=is_left_over)
        count_ledger(counted, dossier.ledger, now)
        plan = self.planner.plan(dossier, now, holds)
        write = self.planner.write_of(dossier, plan, now)
        is_wrong = _derived(write) != _derived(loaded)
        is_ours = not is_wrong or self._has_written(loaded, write)
        return _Seen(
            dossier_id=dossier_id,
            has_life=True,
            is_over=what_remains(dossier, plan, self.planner.desk, now) != dossier,
            is_left_over=is_left_over,
            is_repaired=is_wrong and is_ours,
            is_stranded=is_ours and write.next_due_at is None and not _has_an_end(dossier, plan),
        )

    def _has_written(self, loaded: Loaded, write: Write) -> bool:
        """False where somebody else was first: whoever won has just written a fresh plan."""
        try:
            self.dossiers.write(loaded, write)
        except LostRace:
            return False
        return True


def _summed(looks: Sequence[_Seen | Trouble], counted: DailyFigures) -> Reconciled:
    seen = [one for one in looks if isinstance(one, _Seen)]
    left_over = [one.dossier_id for one in seen if one.is_left_over]
    over = [one.dossier_id for one in seen if one.is_over and not one.is_left_over]
    return Reconciled(
        read=sum(one.has_life for one in seen),
        repaired=sum(one.is_repaired for one in seen),
        stranded=tuple(one.dossier_id for one in seen if one.is_stranded),
        over=(*left_over[:FORGOTTEN_AT_MOST], *over[:FORGOTTEN_AT_MOST]),
        figures=counted,
        troubles=tuple(one for one in looks if isinstance(one, Trouble)),
    )


def _derived(stored: Loaded | Write) -> tuple[datetime | None, State, Findable]:
    return stored.next_due_at, stored.state, stored.findable


def _has_an_end(dossier: Dossier, plan: Plan) -> bool:
    """Collected or closed, or in front of a person, or ended by a person's word, or never ours."""
    is_open = bool(dossier.open_work)
    is_ours = dossier.facts.known_since is not None
    return plan.state in ENDS or is_open or bool(plan.settled) or not is_ours
