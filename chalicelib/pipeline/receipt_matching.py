"""Receipts that answered to no attempt when they came are tried again at night: by their tags, else
by the provider's id.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.decoding.receipts import Receipt, receipt_of
from chalicelib.domain.attempts import AttemptRef, DeliveryReport
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.delivery_reports import DeliveryReports, Settled
from chalicelib.pipeline.ports import UnmatchedReceipts

#: Receipts that came without the tags we sent, by the id under which their message left.
Untagged = Mapping[str, Sequence[Receipt]]


@dataclass(frozen=True, kw_only=True)
class ReceiptMatching:
    """Each receipt stands alone: `on_trouble` hears of those at which our own program fails."""

    receipts: UnmatchedReceipts
    delivery_reports: DeliveryReports
    on_trouble: Callable[[Trouble], None]

    def match_tagged(self) -> tuple[int, Untagged]:
        """Try those whose tags name an attempt: how many found it, and those without tags.

        Raises StorageUnavailable.
        """
        matched, untagged = 0, defaultdict[str, list[Receipt]](list)
        for receipt in self._waiting():
            if receipt.report:
                matched += self._is_matched(receipt, receipt.report)
            elif receipt.told:
                untagged[receipt.told.message_id].append(receipt)
        return matched, untagged

    def match_untagged(self, dossier: Dossier, untagged: Untagged) -> int:
        """Try those about a message that left for this dossier: how many there were.

        Raises StorageUnavailable.
        """
        dossier_id, matched = dossier.dossier_id, 0
        for one in dossier.ledger:
            whose = AttemptRef(dossier_id=dossier_id, notice=one.notice, attempt=one.attempt)
            for receipt in untagged.get(one.message_id, ()):
                report = receipt.report_on(whose)
                matched += report is not None and self._is_matched(receipt, report)
        return matched

    def _waiting(self) -> Iterator[Receipt]:
        for item in self.receipts.waiting():
            try:
                yield replace(receipt_of(item.body.decode()), receipt_id=item.receipt_id)
            except Exception as error:  # noqa: BLE001  it waits on, and the others are tried
                self.on_trouble(Trouble(receipt_id=item.receipt_id, error=error))

    def _is_matched(self, receipt: Receipt, report: DeliveryReport) -> bool:
        try:
            outcome = alone(report.dossier_id, lambda: self.delivery_reports.record(report))
        except LostRace:  # it waits on
            return False
        if isinstance(outcome, Trouble):
            self.on_trouble(outcome)
        if isinstance(outcome, Trouble) or outcome is Settled.UNMATCHED:
            return False
        self.receipts.drop(receipt.receipt_id)
        return True
