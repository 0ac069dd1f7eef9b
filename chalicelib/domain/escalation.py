"""The urgent lines of the work list that a second person was told of, because nobody answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: How long a mail may be under way before another is sent in its place: longer than a sweep lives.
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Since when nobody has answered a dossier, and when the second person was last told."""

    since: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """What the second person was told of, by dossier.

    Until `claimed_until` a mail may be under way, and nobody sends another. `failing_since` is when
    one first did not leave, until one has.
    """

    told: Mapping[str, Told] = field(default_factory=dict)
    claimed_until: datetime | None = None
    failing_since: datetime | None = None


NOBODY_TOLD = Escalation()
