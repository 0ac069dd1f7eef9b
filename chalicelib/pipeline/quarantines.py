"""What a person does with a webhook that could not be used: look, or have done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.audit import AuditLine
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.operators import Operator
from chalicelib.messages.console.views import QuarantineRow, QuarantineView
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


@dataclass(frozen=True, kw_only=True)
class Quarantines:
    """What waits in quarantine, one at a time."""

    quarantine: Quarantine
    audit: Audit
    dossiers: Dossiers
    planner: Planner
    now: Callable[[], datetime]

    def view(self, key: str) -> QuarantineView | None:
        """One of them, as it came; None if there is none of this name.

        Raises StorageUnavailable.
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
        return QuarantineView(row=row, body=body, seen_at=item.seen_at)

    def unreadable_still(self, dossier_id: str) -> str:
        """Why a dossier cannot be read now; nothing if it can be planned.

        Raises StorageUnavailable.
        """
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
