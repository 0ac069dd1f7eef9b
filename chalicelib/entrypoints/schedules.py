"""What the clock starts."""

from chalicelib import wiring
from chalicelib.observability import log


def sweep_due() -> None:
    """Wake every dossier whose instant has come."""
    woken = wiring.sweep_due()
    if woken:
        log("swept", count=woken)


def replan() -> None:
    """Recompute every plan, and name each dossier that nothing would ever wake again."""
    done = wiring.replan()
    log("replanned", reason=f"{done.repaired} of {done.read}")
    for dossier_id in done.stranded:
        log("stranded", dossier_id=dossier_id)
