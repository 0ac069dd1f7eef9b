"""What a student's link is for, and what it is bound to."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """One link opens one thing."""

    CONFIRM = "confirm"
    CONVOCATION = "convocation"
    PROOF = "proof"
    DOSSIER = "dossier"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a link was made for: a dossier, and the appointment revision if it depends on one."""

    purpose: Purpose
    dossier_id: str
    revision: str | None = None
