"""One dossier as people read it: where it stands, and its whole story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.attempts import Status
from chalicelib.domain.deliveries import refused_addresses
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts
from chalicelib.domain.plan import Plan
from chalicelib.domain.timeline import timeline
from chalicelib.messages.console.views import DossierView
from chalicelib.pipeline.desk_actions import foresee
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, EveryDossier


@dataclass(frozen=True, kw_only=True)
class DossierReport:
    """Everything about one dossier: what is kept, what follows from it, what was recorded."""

    dossier: Dossier
    facts: Facts
    plan: Plan
    journal: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DossierViews:
    """Shows one dossier: to the desk, and to whoever looks after the machine."""

    dossiers: EveryDossier
    channels: Channels
    planner: Planner
    now: Callable[[], datetime]

    def view(self, dossier_id: str) -> DossierView | None:
        """Everything about a dossier; None when there never was one of this id.

        Of a forgotten one there is nothing to see but that it was. Raises StorageUnavailable.
        """
        loaded = self.dossiers.load(dossier_id)
        return self.of(loaded.dossier) if loaded.version else None

    def of(self, dossier: Dossier) -> DossierView:
        """The same of one that is at hand. Raises StorageUnavailable."""
        now, holds = self.now(), self.channels.holds()
        plan, facts = self.planner.plan(dossier, now, holds), dossier.facts
        story = timeline(dossier, plan, self.planner.plan)
        still_open = set(dossier.open_work) - set(plan.ended)  # the next serve takes those off
        card = facts.collected
        return DossierView(
            dossier_id=dossier.dossier_id,
            state=plan.state,
            facts=facts,
            timeline=story,
            open_work=[e for e in story if e.attempt in still_open],
            is_forgotten=dossier.forgotten is not None,
            journal=self.dossiers.journal(dossier.dossier_id),
            now=now,
            is_moving=_is_moving(dossier, plan),
            card_valid_until=card.valid_until(self.planner.desk) if card else None,
            holds=holds,
            refused=refused_addresses(dossier, self.planner.addresses(facts.contact)),
            foresee=partial(foresee, dossier, self.planner, holds),
        )

    def report(self, dossier_id: str) -> DossierReport | None:
        """What is kept of a dossier and what follows from it; None when there is none.

        Raises StorageUnavailable.
        """
        dossier = self.dossiers.load(dossier_id).dossier
        if not dossier.events:
            return None
        return DossierReport(
            dossier=dossier,
            facts=dossier.facts,
            plan=self.planner.plan(dossier, self.now()),
            journal=tuple(self.dossiers.journal(dossier_id)),
        )


def _is_moving(dossier: Dossier, plan: Plan) -> bool:
    """Whether the next serve, or the one that is at it, changes what the desk reads of it."""
    is_leaving = any(attempt.status is Status.CLAIMED for attempt in dossier.ledger)
    return dossier.backed_off_at is None and bool(plan.due or plan.ended or is_leaving)
