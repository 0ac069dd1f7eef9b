"""Who did or read what at the desk, a line each."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.operators import Role


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """Who did or read what, when. `object` is an id, `detail` a code: never personal data.

    `result` is "done", "refused" or "failed".
    """

    at: datetime
    by: str
    role: Role | None
    action: str
    object: str = ""
    result: str = "done"
    detail: str = ""
