"""The story of one dossier on one line: what happened, what left, what was decided, what comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.delivery import Attempt, Notice
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event
from chalicelib.domain.plan import Owed, Plan


class What(StrEnum):
    """The kinds of entries."""

    EVENT = "event"  #: something happened: `event`
    ATTEMPT = "attempt"  #: a message was tried: `attempt`, with its fate
    WORK = "work"  #: a desk notice, open or closed: `attempt`
    NOT_SENT = "not_sent"  #: `notice` was foreseen and never left, for `why`
    PLANNED = "planned"  #: `owed` is foreseen


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the story, at an instant; which of the others is given follows from `what`.

    `why` is a short code.
    """

    at: datetime
    what: What
    event: Event | None = None
    attempt: Attempt | None = None
    notice: Notice | None = None
    owed: Owed | None = None
    why: str = ""


def timeline(dossier: Dossier, plan: Plan) -> Sequence[Entry]:
    """Everything about a dossier, oldest first; what is planned comes last."""
    raise NotImplementedError
