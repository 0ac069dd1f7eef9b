"""What a person does with a webhook that could not be used: look, read it again, or have done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.decoding.booking_events import booking_event, digest_of, dossier_named
from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import Unreadable, Unusable
from chalicelib.domain.events import Event
from chalicelib.domain.operators import Operator
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.views import QuarantineRow, QuarantineView
from chalicelib.pipeline.intake import CONFLICT, Intake
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Audit, Dossiers, Quarantine, Quarantined

#: The act, as the audit calls it.
DISMISSED = "quarantine.dismissed"


class Because(StrEnum):
    """Why nothing is to come of it. A choice, not free words: the audit holds no personal data."""

    SENT_AGAIN = "sent_again"  #: its sender has put it right and sent it anew
    KNOWN = "known"  #: what it says is recorded by other means
    NOT_OURS = "not_ours"  #: it is about nothing that this desk does
    TRIAL = "trial"  #: somebody has tried something out


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What it came to; QUARANTINED stays where it is, and `reason` names the field or the fact.

    `dossier_id` is which dossier was read again, where it was not a webhook.
    """

    event_id: str
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


def unreadable_because(error: Unreadable) -> str:
    """Why an event waits: for its dossier, or for the one that it renews."""
    return f"dossier {error.dossier_id} cannot be read: {error.why}"


@dataclass(frozen=True, kw_only=True)
class Quarantines:
    """What waits in quarantine, one at a time."""

    quarantine: Quarantine
    audit: Audit
    dossiers: Dossiers
    planner: Planner
    intake: Intake
    now: Callable[[], datetime]

    def view(self, key: str) -> QuarantineView | None:
        """It as it came, and the dossier where a person can settle it; None if there is none of
        this name. Raises StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        row = QuarantineRow(
            key=key,
            event_id=item.event_id,
            received_at=item.received_at,
            reason=item.reason,
            unreadable=item.dossier_id,
        )
        body = item.body.decode(errors="replace")
        view = QuarantineView(row=row, body=body, seen_at=item.seen_at, erased=item.erased)
        return view if item.dossier_id else self._with_dossier(view, item)

    def _with_dossier(self, view: QuarantineView, item: Quarantined) -> QuarantineView:
        try:
            loaded = self.dossiers.load(dossier_named(item.body) or "")
        except Unreadable as error:
            return replace(view, dossier_id=error.dossier_id, is_unreadable=True)
        if not loaded.version:
            return view
        itself = (item.event_id, digest_of(item.body))
        is_recorded = any((e.event_id, e.digest) == itself for e in loaded.dossier.events)
        return replace(view, dossier_id=loaded.dossier_id, is_recorded=is_recorded)

    def foreseen(self, key: str) -> Foreseen | None:
        """What reading it again would record; None if there is none of this name.

        Raises StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        if item.dossier_id:
            reason = self._unreadable_still(item.dossier_id)
            return Foreseen(dossier_id=item.dossier_id, reason=reason)
        try:
            return Foreseen(event=booking_event(item.event_id, item.body, self.now()))
        except Unusable as error:
            return Foreseen(reason=str(error))

    def replay(self, key: str) -> Replayed | None:
        """Read a webhook as if it came now, a dossier as it lies; None if there is none of this
        name. Raises LostRace, StorageUnavailable.
        """
        item = self.quarantine.find(key)
        if item is None:
            return None
        replayed = self._replayed(item)
        if replayed.outcome is not Recorded.QUARANTINED:
            self.quarantine.see(item, self.now())
        return replayed

    def _replayed(self, item: Quarantined) -> Replayed:
        if item.dossier_id:
            reason = self._unreadable_still(item.dossier_id)
            outcome = Recorded.QUARANTINED if reason else Recorded.RECORDED
        else:
            outcome, reason = self._recorded(item)
        return Replayed(
            event_id=item.event_id, outcome=outcome, reason=reason, dossier_id=item.dossier_id
        )

    def _recorded(self, item: Quarantined) -> tuple[Recorded, str]:
        try:
            event = booking_event(item.event_id, item.body, self.now())
            outcome = self.intake.record(event, item.body)
        except Unusable as error:
            return Recorded.QUARANTINED, str(error)
        except Unreadable as error:
            return Recorded.QUARANTINED, unreadable_because(error)
        return outcome, CONFLICT if outcome is Recorded.QUARANTINED else ""

    def _unreadable_still(self, dossier_id: str) -> str:
        """Why a dossier cannot be read now; nothing if it can be planned."""
        try:
            self.planner.plan(self.dossiers.load(dossier_id).dossier, self.now())
        except Unreadable as error:
            return error.why
        return ""

    def dismiss(self, key: str, why: Because, by: Operator) -> bool:
        """Have done with one; False if there is none of this name. Raises StorageUnavailable.

        First it is said who did it: nothing disappears from the work list without a name.
        """
        now, item = self.now(), self.quarantine.find(key)
        if item is None:
            return False
        self.audit.append(
            AuditLine(at=now, by=by.name, role=by.role, action=DISMISSED, object=key, detail=why)
        )
        self.quarantine.see(item, now)
        return True
