"""What the console's pages show, in the product's words. The pipeline fills these in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind, Notice, Status
from chalicelib.domain.bulk import Bulk
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.holds import Hold
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.timeline import Entry
from chalicelib.messages.letter import Letter

#: A list of one of these is a list of appointments, in the order of their hours.
_OF_APPOINTMENTS = kinds_where(lambda rule: rule.by_hour)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What of the work list is shown; each is a parameter of the address."""

    kind: Kind | None = None
    urgent: bool = False
    page: int = 1

    @property
    def is_of_appointments(self) -> bool:
        """Whether the hour of the appointment orders what is shown."""
        return self.kind in _OF_APPOINTMENTS


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """One dossier of the work list. `contact` is None where nothing is known of it, `state` where
    it cannot be read. Those of its `kinds` that are only about an appointment to collect the card
    are `to_collect`.
    """

    dossier_id: str
    since: datetime
    kinds: tuple[Kind, ...]
    state: State | None
    contact: Contact | None
    appointment_at: datetime | None
    is_urgent: bool  #: its appointment is within 72 hours
    to_collect: tuple[Kind, ...] = ()


@dataclass(frozen=True, kw_only=True)
class QuarantineRow:
    """One webhook that could not be used, or the dossier `unreadable`; `key` names it in links."""

    key: str
    event_id: str
    received_at: datetime
    reason: str
    unreadable: str = ""


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """How a channel is: held by its provider's word, paused by a person's, both or neither."""

    channel: Channel
    hold: Hold | None = None
    paused_by: str | None = None
    paused_at: datetime | None = None
    pause_why: str = ""


@dataclass(frozen=True, kw_only=True)
class BulkPreview:
    """What a list of references would do, before anybody agrees to it."""

    day: date
    fit: tuple[str, ...]
    unknown: tuple[str, ...]
    already: tuple[str, ...]  #: their card is ready, or collected
    unreadable: tuple[str, ...]  #: this program cannot read them
    examples: tuple["FoundRow", ...]


@dataclass(frozen=True, kw_only=True)
class WorkList:
    """The console's first page. `total` counts all open dossiers up to `counted_at_most`."""

    rows: Sequence[WorkRow]
    counts: Mapping[Kind, int]
    urgent: int
    total: int
    counted_at_most: int
    pages: int
    quarantined: Sequence[QuarantineRow]
    channels: Sequence[ChannelState]
    bulks: Sequence[Bulk]
    figures: DailyFigures | None


@dataclass(frozen=True, kw_only=True)
class FoundRow:
    """One dossier that a search has found; `state` is None where it cannot be read."""

    dossier_id: str
    state: State | None
    contact: Contact | None
    appointment_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search has found; `more` says that there was more than is shown."""

    asked: str
    rows: Sequence[FoundRow]
    more: bool


@dataclass(frozen=True, kw_only=True)
class PutOffRow:
    """A task that a person has put off: `by` whom, `why`, and the day on which it comes back."""

    dossier_id: str
    contact: Contact | None
    kind: Kind
    until: date
    by: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """Somebody who has an appointment on a day; `slot` is None where the dossier cannot be read.

    `missing` are the papers that were missing at the last visit; `is_unanswered` says that nobody
    has said yet what came of it.
    """

    dossier_id: str
    at: datetime
    purpose: SlotPurpose
    kinds: tuple[Kind, ...]
    state: State | None = None
    contact: Contact | None = None
    slot: Appointment | None = None
    missing: tuple[str, ...] = ()
    is_unanswered: bool = False


@dataclass(frozen=True, kw_only=True)
class DayView:
    """The appointments of a Paris day, by the hour; `more` says that there were more than is shown.

    `papers` are what everybody brings, for each purpose of that day's appointments; `before` and
    `after` the days next to it on which the desk is open, if there is one within weeks.
    """

    day: date
    rows: Sequence[DayRow]
    more: bool
    is_open: bool
    papers: Mapping[SlotPurpose, Sequence[str]]
    before: date | None
    after: date | None


@dataclass(frozen=True, kw_only=True)
class MessageStep:
    """What became of a message at an instant, and why, as a code."""

    at: datetime
    status: Status
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """One attempt as its student received it: to which address, and what became of it."""

    dossier_id: str
    notice: Notice
    attempt: int
    claimed_at: datetime
    letter: Letter
    to: str = field(repr=False)
    course: tuple[MessageStep, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DossierView:
    """Everything about one dossier. `timeline` is oldest first; what is planned comes last.

    `card_valid_until` is the last day of the collected card, if it can be what was said.
    """

    dossier_id: str
    state: State
    facts: Facts
    timeline: Sequence[Entry]
    open_work: Sequence[Entry]
    is_forgotten: bool
    journal: Sequence[str]
    now: datetime
    card_valid_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class QuarantineView:
    """One webhook in quarantine, as it came. `dossier_id` is the dossier that it is about, if there
    is one; `is_recorded` says that it is part of that, but for what could not be read, and
    `is_unreadable` that the dossier itself cannot be read.
    """

    row: QuarantineRow
    body: str
    seen_at: datetime | None
    dossier_id: str | None = None
    is_recorded: bool = False
    is_unreadable: bool = False
