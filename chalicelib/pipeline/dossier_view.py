"""One dossier as the desk reads it: where it stands, and its whole story."""

from datetime import datetime

from chalicelib.domain.holds import Holds
from chalicelib.domain.timeline import timeline
from chalicelib.messages.console.views import DossierView
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import EveryDossier


def dossier_view(
    dossiers: EveryDossier, planner: Planner, dossier_id: str, holds: Holds, now: datetime
) -> DossierView | None:
    """Everything about a dossier at `now`; None when there never was one of this id.

    Of a forgotten one there is nothing to see but that it was. Raises StorageUnavailable.
    """
    loaded = dossiers.load(dossier_id)
    if loaded.version == 0:
        return None
    dossier = loaded.dossier
    plan, facts = planner.plan(dossier, now, holds), dossier.facts
    story = timeline(dossier, plan, planner.plan)
    still_open = set(dossier.open_work) - set(plan.ended)  # the next serve takes those off
    return DossierView(
        dossier_id=dossier_id,
        state=plan.state,
        facts=facts,
        timeline=story,
        open_work=[e for e in story if e.attempt in still_open],
        is_forgotten=dossier.forgotten is not None,
        journal=dossiers.journal(dossier_id),
        now=now,
        card_valid_until=facts.collected.valid_until(planner.desk) if facts.collected else None,
    )
