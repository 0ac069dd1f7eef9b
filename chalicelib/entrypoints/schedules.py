"""What the clock starts."""

from collections.abc import Iterable, Mapping

from chalicelib import wiring
from chalicelib.domain.delivery import Whose
from chalicelib.entrypoints.counting import count_sweep
from chalicelib.entrypoints.provider_feedback import Receipt, receipt_of
from chalicelib.observability import Metric, count, log
from chalicelib.pipeline.record_delivery import Settled
from chalicelib.wiring import machine


def sweep_due() -> None:
    """Wake every dossier whose instant has come."""
    now, swept = wiring.now(), machine.sweep_due()
    count_sweep(swept, wiring.desk(), now)
    if swept.woken:
        log("swept", count=swept.woken)
    run_bulks()


def run_bulks() -> None:
    """Apply what the desk asked for in bulk, once it can no longer be undone."""
    run = machine.run_bulks()
    if run.rows:
        log("bulk", count=run.rows, reason=f"{run.refused} refused")


def replan() -> None:
    """Recompute every plan, name each dossier that nothing would ever wake again, and forget."""
    match_receipts()
    done = machine.replan()
    log("replanned", reason=f"{done.repaired} of {done.read}")
    count(Metric.STRANDED, len(done.stranded))
    for dossier_id in done.stranded:
        log("stranded", dossier_id=dossier_id)
    forget(done.over)


def forget(dossier_ids: Iterable[str]) -> None:
    """Forget whatever was kept long enough, and count it."""
    dossiers, others = machine.forget_what_is_over(dossier_ids), machine.forget_what_waits()
    if dossiers or others:
        log("forgotten", count=dossiers + others, reason=f"{dossiers} dossiers, {others} others")


def send_digest() -> None:
    """Tell the desk how its morning looks. What goes wrong is raised: the schedule has to fail."""
    if machine.send_digest():
        count(Metric.DIGESTS)
        log("digest")


def match_receipts() -> None:
    """Try the receipts again that matched nothing: by their tags, else by the provider's id."""
    kept = {item.receipt_id: receipt_of(item.body.decode()) for item in machine.waiting_receipts()}
    untagged = {r.told.message_id for r in kept.values() if r.report is None and r.told}
    found = machine.find_attempts(untagged)
    matched = [receipt_id for receipt_id, receipt in kept.items() if _matches(receipt, found)]
    for receipt_id in matched:
        machine.drop_receipt(receipt_id)
    if kept:
        log("matched", reason=f"{len(matched)} of {len(kept)}")


def _matches(receipt: Receipt, found: Mapping[str, Whose]) -> bool:
    whose = found.get(receipt.told.message_id) if receipt.told else None
    report = receipt.report or (receipt.report_on(whose) if whose else None)
    return report is not None and machine.record_delivery(report) is not Settled.UNMATCHED
