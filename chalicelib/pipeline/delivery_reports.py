"""A provider's receipt settles the status of one attempt; the plan may then owe something else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.attempts import Attempt, DeliveryReport, settled
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import StorageUnavailable, Unreadable
from chalicelib.pipeline.change import change
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Dossiers,
    JournalLine,
    Loaded,
    ServeQueue,
    UnmatchedReceipt,
    UnmatchedReceipts,
)

#: Dossiers as they were just read or written, by their ids.
AtHand = dict[str, Loaded]


class Settled(StrEnum):
    """What a receipt came to."""

    SETTLED = "settled"  #: the status of its attempt changed
    UNCHANGED = "unchanged"  #: nothing new: told before, overtaken by a later word, or forgotten
    UNMATCHED = "unmatched"  #: no attempt answers to it yet, or its dossier cannot be read now


@dataclass(frozen=True, kw_only=True)
class DeliveryReports:
    """Settle attempts by what the providers say of them."""

    dossiers: Dossiers
    queue: ServeQueue
    planner: Planner
    receipts: UnmatchedReceipts
    now: Callable[[], datetime]

    def read_together(self, reports: Iterable[DeliveryReport]) -> AtHand:
        """The dossiers that these are about, at one read. What is not there is read by itself."""
        ids = [report.dossier_id for report in reports]
        try:
            read = self.dossiers.many(ids)
        except StorageUnavailable:
            return {}
        return {one.dossier_id: one for one in read if isinstance(one, Loaded)}

    def record(self, report: DeliveryReport, at_hand: AtHand | None = None) -> Settled:
        """Settle the attempt a report is about, and wake its dossier if something is due now.

        What is at hand of its dossier is not read again, and is at hand after it as it is then.
        Raises LostRace and StorageUnavailable.
        """
        now, known = self.now(), {} if at_hand is None else at_hand

        def with_report(loaded: Loaded) -> tuple[Dossier, Sequence[JournalLine], Settled]:
            dossier = loaded.dossier
            attempt = _attempt(dossier, report)
            if attempt is None:
                # Whatever is told of a forgotten message is forgotten as well.
                return dossier, [], Settled.UNCHANGED if dossier.forgotten else Settled.UNMATCHED
            after = settled(attempt, report, now)
            if after == attempt:
                return dossier, [], Settled.UNCHANGED
            what = (
                f"{report.notice} attempt {report.attempt} {after.status} {after.reason}".rstrip()
            )
            line = JournalLine(at=now, by="provider", what=what)
            return dossier.with_attempt(after), [line], Settled.SETTLED

        try:
            done = change(
                self.dossiers,
                self.planner,
                report.dossier_id,
                with_report,
                now,
                at_hand=known.pop(report.dossier_id, None),
            )
        except Unreadable:
            return Settled.UNMATCHED
        known[report.dossier_id] = done.now
        if done.wants_a_serve:
            self.queue.wake([report.dossier_id], report.receipt_id)
        return done.answer

    def keep(self, receipt_id: str, body: bytes) -> None:
        """Keep a receipt that matches nothing yet. Raises StorageUnavailable."""
        item = UnmatchedReceipt(receipt_id=receipt_id, received_at=self.now(), body=body)
        self.receipts.keep(item)


def _attempt(dossier: Dossier, report: DeliveryReport) -> Attempt | None:
    return next(
        (a for a in dossier.ledger if a.notice == report.notice and a.attempt == report.attempt),
        None,
    )
