"""Why something waits in quarantine, and what it seems to say."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.events import EventType

#: Why an event waits whose body can be read, and which its dossier does not take.
CONFLICT = "the id of another event, or a time in the future"

#: What an event is recorded without; its fields follow.
LEFT_OUT = "recorded, but for "


class CauseKind(StrEnum):
    """Why something waits in quarantine; each asks for another remedy."""

    UNREADABLE = "unreadable"  #: this program cannot read the dossier itself
    ITS_DOSSIER = "its_dossier"  #: nor the one that the webhook is for
    MISSING = "missing"  #: a field that it needs is not there
    WRONG = "wrong"  #: a field that it needs cannot be read
    TYPE = "type"  #: it tells of something that no booking system can tell
    BODY = "body"  #: it is no JSON, or not of one meaning
    CONFLICT = "conflict"  #: its id was used for something else, or its time has not come
    FULL = "full"  #: its dossier holds too much already
    LEFT_OUT = "left_out"  #: it is recorded, but for these fields
    OTHER = "other"  #: whatever else; our own program may have failed


#: Of the others no second reading makes anything else.
_MAY_MEND = frozenset(
    {CauseKind.UNREADABLE, CauseKind.ITS_DOSSIER, CauseKind.CONFLICT, CauseKind.OTHER}
)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why something waits, and because of which fields: what has one cause has one remedy."""

    kind: CauseKind
    fields: tuple[str, ...] = ()

    @property
    def may_mend(self) -> bool:
        """Whether reading it again, once something else was mended, is the remedy."""
        return self.kind in _MAY_MEND

    def __str__(self) -> str:
        return f"{self.kind}:{','.join(self.fields)}" if self.fields else self.kind.value


UNREADABLE = Cause(kind=CauseKind.UNREADABLE)

#: The words of a reason by which its cause is known, the first that fit; with the fields it names.
#: Those with backticks are of programs before this one.
_CAUSES = tuple(
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        (CauseKind.LEFT_OUT, rf"{LEFT_OUT}([\w., ]+)"),
        (CauseKind.CONFLICT, CONFLICT),
        (CauseKind.ITS_DOSSIER, r"dossier [\w-]+ cannot be read: .*"),
        (CauseKind.FULL, r"dossier: .*"),
        (CauseKind.TYPE, r"type: not one .*"),
        (CauseKind.BODY, r"body: .*|Expected `object`, got `\w+`"),
        (CauseKind.MISSING, r"([\w.]+): missing|Object missing required field `(\w+)`"),
        (CauseKind.WRONG, r"(type|timestamp|data[\w.]*): .*|.* - at `([\w.]+)`"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a body seems to say, as far as anything in it can be read: nothing of it is a fact.

    `type` is one of ours, or what else was called so; `name` is whom it names.
    """

    type: EventType | str = ""
    at: datetime | None = None
    dossier_id: str = ""
    name: str = ""
    starts_at: datetime | None = None


NOTHING_HEARD = Heard()


def cause_of(reason: str) -> Cause:
    """The cause behind a reason."""
    found = ((kind, pattern.fullmatch(reason)) for kind, pattern in _CAUSES)
    kind, match = next(((k, m) for k, m in found if m), (CauseKind.OTHER, None))
    named = next(filter(None, match.groups()), "") if match else ""
    return Cause(kind=kind, fields=tuple(named.split(", ")) if named else ())
