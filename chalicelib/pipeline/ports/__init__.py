"""What the pipeline needs from the world, as protocols. Only `bootstrap` knows who stands behind.

`dossiers` is what is remembered, `unplaced` what came in and belongs to no dossier, `desk` what the
desk does, `sending` who speaks and what may stop it, `documents` what is handed over, and
`secret_versions` what keys are rotated in. `night` is how far a night has come.
"""

from chalicelib.pipeline.ports.desk import (
    AUDIT_LINES,
    Accounts,
    Audit,
    Bulks,
    DailyFiguresStore,
    EscalationStore,
    Generations,
    KeptBulk,
    ListHeadings,
    every_line,
)
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
from chalicelib.pipeline.ports.night import NO_LIMIT, NightQueue, Progress
from chalicelib.pipeline.ports.secret_versions import CurrentSecret, SecretVersions, VersionStage
from chalicelib.pipeline.ports.sending import Channels, Mailer, ServeQueue, Speaker
from chalicelib.pipeline.ports.unplaced import (
    Quarantine,
    Quarantined,
    UnmatchedReceipt,
    UnmatchedReceipts,
    dossier_of,
)

__all__ = [
    "AUDIT_LINES",
    "DOSSIERS_AT_MOST",
    "NO_LIMIT",
    "UNFINDABLE",
    "Accounts",
    "Addresses",
    "Audit",
    "Bulks",
    "Channels",
    "CurrentSecret",
    "DailyFiguresStore",
    "Dossiers",
    "EscalationStore",
    "EveryDocument",
    "EveryDossier",
    "Expected",
    "Findable",
    "Generations",
    "JournalLine",
    "KeptBulk",
    "Links",
    "ListHeadings",
    "Loaded",
    "Mailer",
    "NightQueue",
    "Paper",
    "Progress",
    "Quarantine",
    "Quarantined",
    "Searchable",
    "SecretVersions",
    "ServeQueue",
    "Speaker",
    "UnmatchedReceipt",
    "UnmatchedReceipts",
    "Vault",
    "VersionStage",
    "WorkItem",
    "WorkKind",
    "Write",
    "dossier_of",
    "every_line",
]
