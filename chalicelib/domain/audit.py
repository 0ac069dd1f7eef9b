"""Who did or read what at the desk, a line each; and who knocked in vain, as a number."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.operators import Role

#: What names a dossier or another item.
_ID = re.compile(r"[\w#:.=-]{1,100}", re.ASCII)


def coded(text: str) -> str:
    """An id or a code as it is. Whatever else somebody typed may be a name."""
    return text if _ID.fullmatch(text) else "…"


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """Who did or read what, when, and from where.

    `object` is an id; `which` says more of it, as a page, a day, a message, or the fingerprint of
    what was searched; `detail` is a code. None of them is ever personal data. `source` is the
    address that the request came from, empty on the command line. `result` is "done", "refused" or
    "failed".
    """

    at: datetime
    by: str
    role: Role | None
    action: str
    object: str = ""
    which: str = ""
    result: str = "done"
    detail: str = ""
    source: str = ""


class Knock(StrEnum):
    """What somebody without a name tried in vain: counted by the day, and never listed, or whoever
    knocks often would hide what others did.
    """

    #: a name or a password that is wrong
    SIGN_IN = "refused_sign_ins"
    #: a page of the console, without a session or with one that is over
    SESSION = "without_session"


@dataclass(frozen=True, kw_only=True)
class AuditAsked:
    """Which lines: all that are about a dossier, else those of a person, else those of a day."""

    day: date
    by: str = ""
    about: str = ""

    def __str__(self) -> str:
        """As the audit itself says it."""
        whose = f"by={self.by}" if self.by else f"on={self.day}"
        return f"about={self.about}" if self.about else whose


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """So many lines, newest first. `older` leads to those before them; empty where these are all.

    `knocks` are those of the day, if a day was asked for.
    """

    lines: Sequence[AuditLine]
    older: str = ""
    knocks: Mapping[Knock, int] = field(default_factory=dict)
