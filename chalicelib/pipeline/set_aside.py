"""A dossier whose serve keeps failing waits an hour, in front of a person."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.delivery import Attempt, Fate
from chalicelib.domain.work import serve_failed
from chalicelib.pipeline.planning import kinds_of
from chalicelib.pipeline.ports import Dossiers, JournalLine, Write

WAIT = timedelta(hours=1)


def set_aside(dossiers: Dossiers, dossier_id: str, now: datetime) -> None:
    """Open a desk notice and hold the dossier back, without planning: planning may be what fails.

    Raises LostRace and StorageUnavailable.
    """
    loaded = dossiers.load(dossier_id)
    if not loaded.dossier.events:
        return
    if loaded.dossier.not_before and loaded.dossier.not_before > now:
        return
    since = loaded.dossier.set_aside_at or now
    dossier = replace(loaded.dossier, set_aside_at=since, not_before=now + WAIT)
    opened = Attempt(notice=serve_failed(since), fate=Fate.OPEN, claimed_at=since, fate_at=since)
    kept = dossier.with_attempt(opened)
    write = Write(
        dossier=kept,
        state=loaded.state,
        next_due_at=now + WAIT,
        work_since=min(a.claimed_at for a in kept.open_work),
        findable=replace(loaded.findable, work=kinds_of(kept)),
        journal=(JournalLine(at=now, by="relance", what=f"{opened.notice} set aside"),),
    )
    dossiers.write(loaded, write)
