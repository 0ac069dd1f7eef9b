"""What a person does with a webhook that could not be used: look, or have done with it."""

from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import Unreadable
from chalicelib.domain.operators import Operator
from chalicelib.messages.console.views import AuditLine, QuarantineRow, QuarantineView
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Audit, Dossiers, Quarantine

#: The act, as the audit calls it.
DISMISSED = "quarantine.dismissed"


class Because(StrEnum):
    """Why nothing is to come of it. A choice, not free words: the audit holds no personal data."""

    SENT_AGAIN = "sent_again"  #: its sender has put it right and sent it anew
    KNOWN = "known"  #: what it says is recorded by other means
    NOT_OURS = "not_ours"  #: it is about nothing that this desk does
    TRIAL = "trial"  #: somebody has tried something out


def view(quarantine: Quarantine, key: str) -> QuarantineView | None:
    """One of them, as it came; None if there is none of this name. Raises StorageUnavailable."""
    item = quarantine.find(key)
    if item is None:
        return None
    row = QuarantineRow(
        key=key,
        event_id=item.event_id,
        received_at=item.received_at,
        reason=item.reason,
        unreadable=item.dossier_id,
    )
    return QuarantineView(row=row, body=item.body.decode(errors="replace"), seen_at=item.seen_at)


def unreadable_still(dossiers: Dossiers, planner: Planner, dossier_id: str, now: datetime) -> str:
    """Why a dossier cannot be read now; nothing if it can be planned. Raises StorageUnavailable."""
    try:
        planner.plan(dossiers.load(dossier_id).dossier, now)
    except Unreadable as error:
        return error.why
    return ""


def dismiss(
    quarantine: Quarantine, audit: Audit, key: str, why: Because, by: Operator, now: datetime
) -> bool:
    """Have done with one; False if there is none of this name. Raises StorageUnavailable.

    First it is said who did it: nothing disappears from the work list without a name.
    """
    item = quarantine.find(key)
    if item is None:
        return False
    audit.append(
        AuditLine(at=now, by=by.name, role=by.role, action=DISMISSED, object=key, detail=why)
    )
    quarantine.see(item, now)
    return True
