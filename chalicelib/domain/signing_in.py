"""Coming in: what stands between a name and a session, and how long each of them holds."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.operators import Operator

#: A sign-in that stands still for so long begins anew.
HALF_WAY_AT_MOST = timedelta(minutes=5)
#: Whoever does nothing for so long has left the counter.
IDLE_AT_MOST = timedelta(minutes=30)
#: Nobody works longer than this without saying again who they are.
SESSION_AT_MOST = timedelta(hours=8)

#: What is guessed first of whoever works here, as it is compared (docs/security.md).
GUESSED = (
    *("administrateur", "azerty", "bienvenue", "etudiant", "guichet", "motdepasse"),
    *("password", "prefecture", "qwerty", "relance", "sejour", "titre", "123456"),
)
#: Without those, a password has so many characters that differ.
DISTINCT_AT_LEAST = 6

#: Where whoever comes in goes first.
HOME = "/desk"


class SignInStep(StrEnum):
    """What is asked of somebody whose name and password were right."""

    #: a password of their own, at the first sign-in
    PASSWORD = "password"  # noqa: S105  the name of a step
    #: their telephone, which will give the codes
    ENROL = "enrol"
    #: a code from it
    CODE = "code"


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """The next step of one sign-in. `ticket` is how the keeper of the passwords knows it again."""

    step: SignInStep
    name: str
    ticket: str


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A secret for a telephone to make codes from, in base32; and the same as a square for its
    camera: an SVG element.
    """

    challenge: Challenge
    secret: str
    picture: str


@dataclass(frozen=True, kw_only=True)
class HalfWay:
    """A sign-in between two of our pages. `onwards` is the path of the page that was asked for."""

    challenge: Challenge
    since: datetime
    onwards: str = HOME

    def holds(self, now: datetime) -> bool:
        """Whether it can still be gone on with."""
        return now - self.since < HALF_WAY_AT_MOST


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who is in. All instants are aware, in UTC.

    It is of the generation of their sessions that stood before they gave their code, and over once
    there is another.
    """

    session_id: str
    operator: Operator
    generation: int = 0
    signed_in_at: datetime
    seen_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether they are still in."""
        is_awake = now - self.seen_at < IDLE_AT_MOST
        return is_awake and now - self.signed_in_at < SESSION_AT_MOST

    def seen(self, now: datetime) -> "Session":
        """The same, now that they have done something."""
        return replace(self, seen_at=now)


def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Whether little is left of a password without what is guessed first, such as these `words`."""
    left = _compared(password)
    for word in (*GUESSED, *map(_compared, words)):
        left = left.replace(word, "") if word else left
    return len(set(left)) < DISTINCT_AT_LEAST


def _compared(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
