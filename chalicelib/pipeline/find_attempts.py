"""Whose is this message? For receipts that came without the tags we sent."""

from collections.abc import Set as AbstractSet

from chalicelib.domain.delivery import Attempt, Whose
from chalicelib.domain.errors import Unreadable
from chalicelib.pipeline.ports import EveryDossier


def find_attempts(dossiers: EveryDossier, message_ids: AbstractSet[str]) -> dict[str, Whose]:
    """The attempts that left under these ids of a provider. Reads every dossier: for repair only.

    What cannot be read answers for none: its receipts wait on. Raises StorageUnavailable.
    """
    found: dict[str, Whose] = {}
    for dossier_id in dossiers.ids() if message_ids else ():
        found |= {
            a.message_id: Whose(dossier_id=dossier_id, notice=a.notice, attempt=a.attempt)
            for a in _ledger(dossiers, dossier_id)
            if a.message_id in message_ids
        }
    return found


def _ledger(dossiers: EveryDossier, dossier_id: str) -> tuple[Attempt, ...]:
    try:
        return dossiers.load(dossier_id).dossier.ledger
    except Unreadable:
        return ()
