"""The operators of the local world. Their passwords open nothing anywhere else."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from local.studio.one_time_codes import code, step_at

PASSWORD = "Prefecture-2019!"  # noqa: S105  of a world that is gone when its process ends
TEMPORARY = "Provisoire-2019!"

#: Cognito takes a code of the step before or after.
_DRIFT = (-1, 0, 1)


@dataclass(kw_only=True)
class LocalOperator:
    """Somebody of the desk. Without a secret they have no telephone yet."""

    name: str
    role: str
    password: str = PASSWORD
    is_temporary: bool = False
    is_enabled: bool = True
    secret: str = ""
    last_step: int = 0
    failures: int = 0
    locked_until: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    def step_of(self, given: str, now: datetime) -> int | None:
        """Which step a code is of; None when it is of none."""
        steps = (step_at(now) + drift for drift in _DRIFT)
        return next((step for step in steps if code(self.secret, step) == given), None)

    def next_code(self, now: datetime) -> str:
        """What their telephone shows, or is about to show: one that has not been used."""
        step = max(step_at(now) - 1, self.last_step + 1)
        return code(self.secret, step)


def seeded() -> dict[str, LocalOperator]:
    """One of each role, and one who comes for the first time."""
    known = [
        LocalOperator(name="lecture", role="read"),
        LocalOperator(name="agent", role="act"),
        LocalOperator(name="admin", role="admin"),
    ]
    for operator in known:
        operator.secret = _secret(operator.name)
    new = LocalOperator(name="nouveau", role="act", password=TEMPORARY, is_temporary=True)
    return {operator.name: operator for operator in [*known, new]}


def _secret(name: str) -> str:
    """The same each time, so that a telephone that was enrolled once stays enrolled."""
    return base64.b32encode(hashlib.sha256(f"relance {name}".encode()).digest()[:20]).decode()
