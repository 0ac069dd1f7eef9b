"""What is in quarantine is read once more: a webhook as if it came now, a dossier as it lies."""

from dataclasses import dataclass, replace

from chalicelib.bootstrap import services
from chalicelib.domain.errors import Unreadable, Unusable
from chalicelib.domain.events import Event
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.booking_events import booking_event, digest_of, dossier_named
from chalicelib.entrypoints.booking_webhooks import unreadable_because
from chalicelib.messages.console.views import QuarantineView
from chalicelib.observability import log
from chalicelib.pipeline.ports import Quarantined

#: Why it stays, where its content can be read and the dossier does not take it.
CONFLICT = "the id of another event, or a time in the future"


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What it came to; QUARANTINED stays where it is, and `reason` names the field or the fact.

    `dossier_id` is which dossier was read again, where it was not a webhook.
    """

    outcome: Recorded
    reason: str = ""
    dossier_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a body would become: an event, or none for a `reason` that names the field.

    Of the dossier `dossier_id` there is no event: without a `reason` it can be read again.
    """

    event: Event | None = None
    reason: str = ""
    dossier_id: str = ""


def still(tried: Replayed | Foreseen) -> str:
    """The code of what is said where it stays in quarantine."""
    return "still_unreadable" if tried.dossier_id else "still_unusable"


def foreseen(key: str) -> Foreseen | None:
    """What reading it again would record; None if there is none of this name.

    Raises StorageUnavailable.
    """
    item = services().quarantine.find(key)
    if item is None:
        return None
    if item.dossier_id:
        return Foreseen(
            dossier_id=item.dossier_id,
            reason=services().quarantines.unreadable_still(item.dossier_id),
        )
    try:
        return Foreseen(event=booking_event(item.event_id, item.body, services().now()))
    except Unusable as error:
        return Foreseen(reason=str(error))


def shown(key: str) -> QuarantineView | None:
    """It as it came, and the dossier where a person can settle it; None if there is none of this
    name. Raises StorageUnavailable.
    """
    item, view = services().quarantine.find(key), services().quarantines.view(key)
    if item is None or view is None:
        return None
    if item.dossier_id:
        return view
    try:
        loaded = services().dossiers.load(dossier_named(item.body) or "")
    except Unreadable as error:
        return replace(view, dossier_id=error.dossier_id, is_unreadable=True)
    if not loaded.version:
        return view
    itself = (item.event_id, digest_of(item.body))
    is_recorded = any((event.event_id, event.digest) == itself for event in loaded.dossier.events)
    return replace(view, dossier_id=loaded.dossier_id, is_recorded=is_recorded)


def replay(key: str) -> Replayed | None:
    """Read it again; None if there is none of this name. Raises LostRace, StorageUnavailable."""
    item = services().quarantine.find(key)
    if item is None:
        return None
    replayed = _recorded(item)
    if replayed.outcome is not Recorded.QUARANTINED:
        services().quarantine.see(item, services().now())
    log("replayed", event_id=item.event_id, reason=replayed.reason or replayed.outcome)
    return replayed


def _recorded(item: Quarantined) -> Replayed:
    if item.dossier_id:
        reason = services().quarantines.unreadable_still(item.dossier_id)
        outcome = Recorded.QUARANTINED if reason else Recorded.RECORDED
        return Replayed(outcome=outcome, reason=reason, dossier_id=item.dossier_id)
    try:
        event = booking_event(item.event_id, item.body, services().now())
        outcome = services().intake.record(event, item.body)
    except Unusable as error:
        return Replayed(outcome=Recorded.QUARANTINED, reason=str(error))
    except Unreadable as error:
        return Replayed(outcome=Recorded.QUARANTINED, reason=unreadable_because(error))
    return Replayed(outcome=outcome, reason=CONFLICT if outcome is Recorded.QUARANTINED else "")
