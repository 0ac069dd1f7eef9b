"""Whose is this message? For receipts that came without the tags we sent."""

from collections.abc import Set as AbstractSet

from chalicelib.domain.delivery import Whose
from chalicelib.pipeline.ports import EveryDossier
from chalicelib.pipeline.set_aside import if_readable


def find_attempts(dossiers: EveryDossier, message_ids: AbstractSet[str]) -> dict[str, Whose]:
    """The attempts that left under these ids of a provider. Reads every dossier: for repair only.

    What cannot be read answers for none: its receipts wait on. Raises StorageUnavailable.
    """
    found: dict[str, Whose] = {}
    for dossier_id in dossiers.ids() if message_ids else ():
        found |= {
            a.message_id: Whose(dossier_id=dossier_id, notice=a.notice, attempt=a.attempt)
            for a in if_readable(dossiers, dossier_id).ledger
            if a.message_id in message_ids
        }
    return found
