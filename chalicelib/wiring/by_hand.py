"""What people ask for, who have no door: to look at one dossier whole, and to forget it."""

from collections.abc import Iterator

from chalicelib import wiring
from chalicelib.pipeline import forget as forgetting
from chalicelib.pipeline import sheet as sheets


def forget(dossier_id: str) -> bool:
    """Forget all of a dossier at once and for good; False if there is none of this id.

    Raises StillSending, LostRace and StorageUnavailable: then ask again.
    """
    return forgetting.forget(wiring.house().memory, dossier_id, wiring.now())


def sheet(dossier_id: str) -> sheets.Sheet | None:
    """One dossier as people read it: facts, ledger, plan, journal."""
    at_home = wiring.house()
    return sheets.sheet(at_home.dossiers, at_home.planner, dossier_id, wiring.now())


def dossier_ids() -> Iterator[str]:
    """Every dossier there is. A scan: for small worlds and for repair only."""
    return wiring.house().dossiers.ids()
