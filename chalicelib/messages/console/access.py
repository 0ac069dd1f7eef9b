"""What somebody is handed who asks what is known of them: a page that opens anywhere, or JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import msgspec

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt
from chalicelib.domain.contact import Contact
from chalicelib.domain.events import Event, Repetition
from chalicelib.domain.facts import State
from chalicelib.domain.operators import Role
from chalicelib.messages.console.frame import Frame
from chalicelib.messages.console.pages import console_page
from chalicelib.messages.console.story import Line
from chalicelib.messages.console.views import FoundRow


@dataclass(frozen=True, kw_only=True)
class Kin:
    """Another dossier that may be of the same person; `by` are codes of what they share."""

    row: FoundRow
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """Whose file it is to be. `perhaps` are quarantined bodies that may be another's; `more` says
    that more dossiers may be theirs than are named.
    """

    row: FoundRow
    kin: tuple[Kin, ...] = ()
    perhaps: tuple[str, ...] = ()
    more: bool = False

    @property
    def dossier_id(self) -> str:
        """The dossier that somebody asked at."""
        return self.row.dossier_id

    @property
    def may_be_theirs(self) -> Sequence[str]:
        """The other dossiers, of which a person has to say that they are."""
        return [one.row.dossier_id for one in self.kin]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A message as it was received."""

    at: datetime
    notice: str
    medium: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class KeptBody:
    """What came in and has no place in a dossier; `reason` is a code, empty for a receipt."""

    at: datetime
    reason: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody did or read something: in which role, and when."""

    at: datetime
    role: Role | None
    action: str
    result: str


@dataclass(frozen=True, kw_only=True)
class DossierFile:
    """All that is known by one dossier; without `kept_until` it is for reminders only."""

    dossier_id: str
    state: State
    contact: Contact | None
    appointments: tuple[Appointment, ...]
    lines: Sequence[Line]
    events: tuple[Event, ...]
    repetitions: tuple[Repetition, ...]
    attempts: tuple[Attempt, ...]
    messages: tuple[Sent, ...]
    bodies: tuple[KeptBody, ...]
    looks: tuple[Look, ...]
    journal: tuple[str, ...]
    kept_until: date | None
    erasure_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AccessFile:
    """All that is known of somebody, over their dossiers."""

    made_at: datetime
    dossiers: tuple[DossierFile, ...]


def access(asked: AskedFor, frame: Frame) -> str:
    """Which dossiers are of the person who asks; raises TextFailed."""
    return console_page("access", frame, asked=asked, row=asked.row)


def as_html(file: AccessFile, desk_name: str) -> str:
    """The file to read: no script, nothing from elsewhere. Raises TextFailed."""
    return console_page("access_file", Frame(), file=file, desk_name=desk_name)


def as_json(file: AccessFile) -> str:
    """The same for a program. Of each line, what people read of it."""
    content = asdict(file)
    for dossier, told in zip(content["dossiers"], file.dossiers, strict=True):
        dossier["lines"] = [
            {"at": line.at, "what": line.what, "title": line.title, "status": line.status}
            for line in told.lines
        ]
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"
