"""A provider's receipt settles the fate of one attempt; the plan may then owe something else."""

from datetime import datetime
from enum import StrEnum

from chalicelib.domain.delivery import Attempt, DeliveryReport, settled
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.pipeline.change import change
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Dossiers, JournalLine, Loaded, ServeQueue


class Settled(StrEnum):
    """What a receipt came to."""

    SETTLED = "settled"  #: the fate of its attempt changed
    UNCHANGED = "unchanged"  #: nothing new: told before, overtaken by a later word, or forgotten
    UNMATCHED = "unmatched"  #: no attempt answers to it yet, or its dossier cannot be read now


def record_delivery(
    dossiers: Dossiers, queue: ServeQueue, planner: Planner, report: DeliveryReport, now: datetime
) -> Settled:
    """Settle the attempt a report is about. Raises LostRace and StorageUnavailable."""

    def with_report(loaded: Loaded) -> tuple[Dossier, JournalLine | None, Settled]:
        dossier = loaded.dossier
        attempt = _attempt(dossier, report)
        if attempt is None:
            # Whatever is told of a forgotten message is forgotten as well.
            return dossier, None, Settled.UNCHANGED if dossier.forgotten else Settled.UNMATCHED
        after = settled(attempt, report, now)
        if after == attempt:
            return dossier, None, Settled.UNCHANGED
        what = f"{report.notice} attempt {report.attempt} {after.fate} {after.reason}".rstrip()
        line = JournalLine(at=now, by="provider", what=what)
        return dossier.with_attempt(after), line, Settled.SETTLED

    try:
        outcome = change(dossiers, planner, report.dossier_id, with_report, now)
    except Unreadable:
        return Settled.UNMATCHED
    if outcome is Settled.SETTLED:
        queue.wake([report.dossier_id], report.receipt_id)
    return outcome


def _attempt(dossier: Dossier, report: DeliveryReport) -> Attempt | None:
    return next(
        (a for a in dossier.ledger if a.notice == report.notice and a.attempt == report.attempt),
        None,
    )
