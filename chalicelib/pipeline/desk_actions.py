"""What a person at the desk should know before acting."""

from datetime import datetime, timedelta

from chalicelib.domain.delivery import Fate
from chalicelib.domain.dossier import Dossier

#: Whoever asks for a message again within this time is asked whether they mean it.
RECENTLY = timedelta(hours=24)

#: Nothing has left, or nothing will arrive of it.
_NOT_SENT = frozenset({Fate.POSTPONED, Fate.FAILED, Fate.BOUNCED})


def sent_recently(dossier: Dossier, subject: str, now: datetime) -> datetime | None:
    """When this notice (`kind.number.occasion.channel`) last left, if that was just now.

    A claim counts: it may be leaving at this moment.
    """
    left = [
        a.claimed_at
        for a in dossier.ledger
        if str(a.notice) == subject and a.fate not in _NOT_SENT and now - a.claimed_at < RECENTLY
    ]
    return max(left, default=None)
