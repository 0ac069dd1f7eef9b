"""A webhook in quarantine is read once more, as if it came now."""

from dataclasses import dataclass, replace

from chalicelib import wiring
from chalicelib.domain.errors import Unusable
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.booking_events import booking_event, digest_of, dossier_named
from chalicelib.messages.console.views import QuarantineView
from chalicelib.observability import log
from chalicelib.pipeline.ports import Quarantined
from chalicelib.wiring import booking, console

#: Why it stays, where its content can be read and the dossier does not take it.
CONFLICT = "the id of another event, or a time in the future"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What it came to; QUARANTINED stays where it is, and `reason` names the field or the fact."""

    outcome: Recorded
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a body would become: an event, or none for a `reason` that names the field."""

    event: Event | None = None
    reason: str = ""


def foreseen(key: str) -> Foreseen | None:
    """What reading it again would record; None if there is none of this name.

    Raises StorageUnavailable.
    """
    item = console.find_quarantined(key)
    if item is None:
        return None
    try:
        return Foreseen(event=booking_event(item.event_id, item.body, wiring.now()))
    except Unusable as error:
        return Foreseen(reason=str(error))


def shown(key: str) -> QuarantineView | None:
    """It as it came, and the dossier where a person can settle it; None if there is none of this
    name. Raises StorageUnavailable.
    """
    item, view = console.find_quarantined(key), console.quarantined(key)
    if item is None or view is None:
        return None
    dossier = console.dossier(dossier_named(item.body) or "")
    if dossier is None:
        return view
    itself = (item.event_id, digest_of(item.body))
    is_recorded = any((event.event_id, event.digest) == itself for event in dossier.events)
    return replace(view, dossier_id=dossier.dossier_id, is_recorded=is_recorded)


def replay(key: str) -> Replayed | None:
    """Read it again; None if there is none of this name. Raises LostRace, StorageUnavailable."""
    item = console.find_quarantined(key)
    if item is None:
        return None
    replayed = _recorded(item)
    if replayed.outcome is not Recorded.QUARANTINED:
        console.leave_quarantine(item)
    log("replayed", event_id=item.event_id, reason=replayed.reason or replayed.outcome)
    return replayed


def _recorded(item: Quarantined) -> Replayed:
    try:
        event = booking_event(item.event_id, item.body, wiring.now())
        outcome = booking.record_event(event, item.body)
    except Unusable as error:
        return Replayed(outcome=Recorded.QUARANTINED, reason=str(error))
    return Replayed(outcome=outcome, reason=CONFLICT if outcome is Recorded.QUARANTINED else "")
