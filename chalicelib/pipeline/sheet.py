"""One dossier as people read it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import Facts
from chalicelib.domain.plan import Plan
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import EveryDossier


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Everything about one dossier: what is kept, what follows from it, what was recorded."""

    dossier: Dossier
    facts: Facts
    plan: Plan
    journal: tuple[str, ...]


def sheet(dossiers: EveryDossier, planner: Planner, dossier_id: str, now: datetime) -> Sheet | None:
    """The sheet of a dossier at `now`; None when there is none."""
    dossier = dossiers.load(dossier_id).dossier
    if not dossier.events:
        return None
    return Sheet(
        dossier=dossier,
        facts=dossier.facts,
        plan=planner.plan(dossier, now),
        journal=tuple(dossiers.journal(dossier_id)),
    )
