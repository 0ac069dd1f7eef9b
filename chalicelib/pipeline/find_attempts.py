"""Whose is this message? For receipts that came without the tags we sent."""

from collections.abc import Set as AbstractSet

from chalicelib.domain.delivery import Whose
from chalicelib.pipeline.ports import EveryDossier


def find_attempts(dossiers: EveryDossier, message_ids: AbstractSet[str]) -> dict[str, Whose]:
    """The attempts that left under these ids of a provider. Reads every dossier: for repair only.

    Raises StorageUnavailable.
    """
    found: dict[str, Whose] = {}
    for dossier_id in dossiers.ids() if message_ids else ():
        ledger = dossiers.load(dossier_id).dossier.ledger
        found |= {
            a.message_id: Whose(dossier_id=dossier_id, notice=a.notice, attempt=a.attempt)
            for a in ledger
            if a.message_id in message_ids
        }
    return found
