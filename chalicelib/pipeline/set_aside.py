"""A dossier whose serve keeps failing waits an hour, in front of a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Kind, Notice
from chalicelib.pipeline.ports import Dossiers, JournalLine, Write

WAIT = timedelta(hours=1)


def set_aside(dossiers: Dossiers, dossier_id: str, now: datetime) -> None:
    """Open a desk notice and hold the dossier back, without planning: planning may be what fails.

    Raises LostRace and StorageUnavailable.
    """
    loaded = dossiers.load(dossier_id)
    if loaded.dossier.not_before and loaded.dossier.not_before > now:
        return
    notice = Notice(
        kind=Kind.SERVE_FAILED,
        occasion=f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        channel=Channel.DESK,
    )
    opened = Attempt(notice=notice, fate=Fate.OPEN, claimed_at=now, fate_at=now)
    waiting = replace(loaded.dossier, set_aside_at=now, not_before=now + WAIT)
    write = Write(
        dossier=waiting.with_attempt(opened),
        state=loaded.state,
        next_due_at=now + WAIT,
        work_since=now,
        journal=(JournalLine(at=now, by="relance", what=f"{notice} open"),),
    )
    dossiers.write(loaded, write)
