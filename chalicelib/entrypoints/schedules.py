"""What the clock starts."""

from collections.abc import Iterable, Mapping

from chalicelib.bootstrap import services
from chalicelib.decoding.receipts import Receipt, receipt_of
from chalicelib.domain.attempts import AttemptRef
from chalicelib.domain.errors import LostRace
from chalicelib.entrypoints.counting import count_sweep
from chalicelib.observability import Metric, count, log, log_failure
from chalicelib.pipeline.back_off import Trouble, alone
from chalicelib.pipeline.delivery_reports import Settled
from chalicelib.pipeline.ports import UnmatchedReceipt


def sweep_due() -> None:
    """Wake every dossier whose instant has come."""
    now, swept = services().now(), services().sweep.run()
    count_sweep(swept, services().desk, now)
    if swept.woken:
        log("swept", count=swept.woken)
    run_bulks()


def run_bulks() -> None:
    """Apply what the desk asked for in bulk, once it can no longer be undone."""
    run = services().bulk_actions.run_due()
    if run.rows:
        log("bulk", count=run.rows, reason=f"{run.refused} refused")
    _tell_the_makers(run.troubles)


def reconcile() -> None:
    """Recompute every plan, name each dossier that nothing would ever wake again, and forget."""
    match_receipts()
    done = services().night.run()
    log("reconciled", reason=f"{done.repaired} of {done.read}")
    count(Metric.STRANDED, len(done.stranded))
    for dossier_id in done.stranded:
        log("stranded", dossier_id=dossier_id)
    _tell_the_makers(done.troubles)
    forget(done.over)


def _tell_the_makers(troubles: Iterable[Trouble]) -> None:
    """A fault of ours, or a dossier of a newer program: people have it before them, and can do
    little about it.
    """
    for trouble in troubles:
        _left(trouble.error, dossier_id=trouble.dossier_id)


def forget(dossier_ids: Iterable[str]) -> None:
    """Forget whatever was kept long enough, and count it."""
    erased, others = (
        services().eraser.forget_what_is_over(dossier_ids),
        services().eraser.forget_what_waits(),
    )
    if erased.count or others:
        reason = f"{erased.count} dossiers, {others} others"
        log("forgotten", count=erased.count + others, reason=reason)
    _tell_the_makers(erased.troubles)


def send_digest() -> None:
    """Tell the desk how its morning looks. What goes wrong is raised: the schedule has to fail."""
    if services().digest.send():
        count(Metric.DIGESTS)
        log("digest")


def match_receipts() -> None:
    """Try the receipts again that matched nothing: by their tags, else by the provider's id."""
    read = {item.receipt_id: _read_again(item) for item in services().receipts.waiting()}
    kept = {receipt_id: receipt for receipt_id, receipt in read.items() if receipt}
    untagged = {r.told.message_id for r in kept.values() if r.report is None and r.told}
    found = services().delivery_reports.find_attempts(untagged)
    matched = [receipt_id for receipt_id, receipt in kept.items() if _matches(receipt, found)]
    for receipt_id in matched:
        services().receipts.drop(receipt_id)
    if read:
        log("matched", reason=f"{len(matched)} of {len(read)}")


def _read_again(item: UnmatchedReceipt) -> Receipt | None:
    """A receipt that was kept; None for one that is no longer read as when it came."""
    try:
        return receipt_of(item.body.decode())
    except Exception as error:  # noqa: BLE001  it waits on, and the others are tried
        _left(error, event_id=item.receipt_id)
        return None


def _matches(receipt: Receipt, found: Mapping[str, AttemptRef]) -> bool:
    whose = found.get(receipt.told.message_id) if receipt.told else None
    report = receipt.report or (receipt.report_on(whose) if whose else None)
    if report is None:
        return False
    try:
        outcome = alone(report.dossier_id, lambda: services().delivery_reports.record(report))
    except LostRace:
        return False
    if isinstance(outcome, Trouble):
        _left(outcome.error, dossier_id=report.dossier_id)
        return False
    return outcome is not Settled.UNMATCHED


def _left(error: Exception, **about: str) -> None:
    """Something was left as it is, because our own program fails at it."""
    log_failure(error, "passed_over", reason=type(error).__name__, **about)
    count(Metric.PASSED_OVER)
