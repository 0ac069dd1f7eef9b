"""What the pipeline needs from the world, as protocols. Only `bootstrap` knows who stands behind.

`dossiers` is what is remembered, `unplaced` what came in and belongs to no dossier, `sending` who
speaks and what may stop it, and `documents` what is handed over. These are for all functions; what
only some need is imported from its own module: `desk` is what the desk does, `secret_versions` what
keys are rotated in, and `night` how far a night has come.
"""

from chalicelib.pipeline.ports.documents import EveryDocument, Links, Paper, Vault
from chalicelib.pipeline.ports.dossiers import (
    DOSSIERS_AT_MOST,
    UNFINDABLE,
    Addresses,
    Dossiers,
    EveryDossier,
    Expected,
    Findable,
    JournalLine,
    Loaded,
    Searchable,
    WorkItem,
    WorkKind,
    Write,
)
from chalicelib.pipeline.ports.sending import DIGEST_TAG, Channels, Mailer, ServeQueue, Speaker
from chalicelib.pipeline.ports.unplaced import (
    Quarantine,
    Quarantined,
    UnmatchedReceipt,
    UnmatchedReceipts,
    dossier_of,
)

__all__ = [
    "DIGEST_TAG",
    "DOSSIERS_AT_MOST",
    "UNFINDABLE",
    "Addresses",
    "Channels",
    "Dossiers",
    "EveryDocument",
    "EveryDossier",
    "Expected",
    "Findable",
    "JournalLine",
    "Links",
    "Loaded",
    "Mailer",
    "Paper",
    "Quarantine",
    "Quarantined",
    "Searchable",
    "ServeQueue",
    "Speaker",
    "UnmatchedReceipt",
    "UnmatchedReceipts",
    "Vault",
    "WorkItem",
    "WorkKind",
    "Write",
    "dossier_of",
]
