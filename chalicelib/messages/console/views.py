"""What the console's pages show, in the product's words. The pipeline fills these in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind, Notice, Status
from chalicelib.domain.bulk import Bulk, BulkRow, CardList, CardRow, SetAside
from chalicelib.domain.consequences import Forecast
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.daily_figures import DailyFigures
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Event
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.feeds import Silence
from chalicelib.domain.holds import Hold, Holds, Pause
from chalicelib.domain.names import are_same
from chalicelib.domain.quarantine import NOTHING_HEARD, UNREADABLE, Cause, Heard, cause_of
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.timeline import Entry
from chalicelib.domain.work import Answer
from chalicelib.messages.console.words import Refused
from chalicelib.messages.letter import Letter

#: Of what nobody has thought of.
NO_FORECAST = Forecast()

#: What would follow from an event of a dossier, if it were recorded at an instant.
Foresee = Callable[[Event, datetime], Forecast]

#: Where a dossier stands by its appointment to deposit.
_OF_A_SLOT = frozenset({State.BOOKED, State.CONFIRMED, State.MISSED, State.CANCELLED})

#: A list of one of these is a list of appointments, in the order of their hours.
_OF_APPOINTMENTS = kinds_where(lambda rule: rule.by_hour)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What of the work list is shown; each is a parameter of the address."""

    kind: Kind | None = None
    urgent: bool = False
    page: int = 1

    def __str__(self) -> str:
        """As the audit says it."""
        urgent = "urgent " if self.urgent else ""
        return f"{self.kind or ''} {urgent}page={self.page}".strip()

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
    refused: Refused = field(default_factory=dict)
    answered: Answer | None = None  #: nothing of it waits for a first answer
    told_at: datetime | None = None  #: when the second person was last told: nobody had answered


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """One page of those whom only a telephone or a letter reaches. `total` is how many there are on
    all `pages`; `is_cut` says that not all of the work list was read.
    """

    rows: Sequence[WorkRow]
    total: int
    page: int
    pages: int
    is_cut: bool = False


@dataclass(frozen=True, kw_only=True)
class QuarantineRow:
    """One webhook that could not be used, or the dossier `unreadable`; `key` names it in links.

    `about` is the dossier that it names. `heard` and the beginning of its `body` are there where it
    was read; `is_known` says that there is such a dossier, whose student is `contact`, as far as it
    can be read.
    """

    key: str
    event_id: str
    received_at: datetime
    reason: str
    unreadable: str = ""
    about: str = ""
    heard: Heard = NOTHING_HEARD
    body: str = ""
    is_known: bool = False
    contact: Contact | None = None

    @property
    def cause(self) -> Cause:
        """Why it is there."""
        return UNREADABLE if self.unreadable else cause_of(self.reason)


@dataclass(frozen=True, kw_only=True)
class QuarantineGroup:
    """What is in quarantine for one cause: how many, since when."""

    cause: Cause
    number: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class QuarantineList:
    """What is in quarantine, by cause, and one page of the group that is `shown`, if one is.

    `is_cut` says that there is more than was read.
    """

    groups: Sequence[QuarantineGroup]
    shown: QuarantineGroup | None = None
    rows: Sequence[QuarantineRow] = ()
    page: int = 1
    pages: int = 1
    is_cut: bool = False

    @property
    def total(self) -> int:
        """How many there are, of all causes."""
        return sum(group.number for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """How a channel is: held by its provider's word, paused by a person's, both or neither."""

    channel: Channel
    hold: Hold | None = None
    pause: Pause | None = None

    @property
    def resumed(self) -> str:
        """What is said once nobody stops it any more: a code of `flashes` in `words.toml`."""
        return "resumed_held" if self.hold else "resumed"


class Unlikely(StrEnum):
    """Why a row of a list of ready cards is not taken as it stands."""

    UNKNOWN = "unknown"
    PART = "part"  #: nobody has this reference, and a longer one ends so
    AMBIGUOUS = "ambiguous"  #: two dossiers are called so, but for capitals, blanks and dashes
    UNREADABLE = "unreadable"  #: this program cannot read its dossier
    DOUBLE = "double"  #: its dossier is on the list already
    WAITING = "waiting"  #: another list is about to say the same of it
    ANNOUNCED = "announced"  #: its card is ready, or collected
    STATE = "state"  #: it is not deposited: no card can be expected
    NAME = "name"  #: the list names somebody else


#: A person may know better than what is recorded.
_CAN_BE_TICKED = frozenset({Unlikely.WAITING, Unlikely.ANNOUNCED, Unlikely.STATE, Unlikely.NAME})


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """One row of a list of ready cards, with its dossier if there is one, and what would follow."""

    row: CardRow
    found: "FoundRow | None"
    why: Unlikely | None = None
    forecast: Forecast = NO_FORECAST

    @property
    def can_be_ticked(self) -> bool:
        """Whether a person can say that it is meant all the same."""
        return self.why in _CAN_BE_TICKED

    @property
    def can_be_taken(self) -> bool:
        """Whether it is recorded if it is ticked."""
        return self.why is None or self.can_be_ticked

    def left(self, why: str) -> SetAside:
        """What is kept of it, where it is not recorded."""
        row = self.row
        return SetAside(number=row.number, text=row.text, why=why, reference=row.reference)

    @property
    def said(self) -> str:
        """The name on the list, where it is not quite the one that is known."""
        contact = self.found.contact if self.found else None
        if contact is None or are_same(self.row.name, (contact.family_name, contact.given_name)):
            return ""
        return " ".join(self.row.name)


@dataclass(frozen=True, kw_only=True)
class BulkPreview:
    """What a list of ready cards would do, before anybody agrees to it."""

    day: date
    cards: CardList
    rows: tuple[PreviewRow, ...]
    holds: Holds = field(default_factory=dict)

    @property
    def fit(self) -> tuple[PreviewRow, ...]:
        """Rows that are as one expects."""
        return tuple(one for one in self.rows if one.why is None)

    @property
    def unlikely(self) -> tuple[PreviewRow, ...]:
        """The others, by what is unlikely about them."""
        return tuple(one for why in Unlikely for one in self.rows if one.why is why)

    @property
    def proposed(self) -> frozenset[str]:
        """The dossiers that are ticked before anybody ticks any: those that fit."""
        return frozenset(one.found.dossier_id for one in self.fit if one.found)

    def chosen(self, ticked: Collection[str]) -> tuple[str, ...]:
        """The dossiers that a person has left ticked, or has ticked; each once."""
        ids = (one.found.dossier_id for one in self.rows if one.found and one.can_be_taken)
        return tuple(i for i in ids if i in ticked)

    def left(self, ticked: Collection[str]) -> tuple[SetAside, ...]:
        """The rows that are not recorded, in their order: without a reference, or not ticked."""
        rows = (
            one.left(f"unlikely.{one.why}" if one.why else "skipped")
            for one in self.rows
            if one.why is not Unlikely.DOUBLE
            and not (one.can_be_taken and one.found and one.found.dossier_id in ticked)
        )
        return tuple(sorted((*self.cards.aside, *rows), key=lambda row: row.number))


@dataclass(frozen=True, kw_only=True)
class BulkRowView:
    """What became of one row: of its dossier, and of the messages that left because of it."""

    row: BulkRow
    found: "FoundRow | None"
    messages: Mapping[Channel, Status]


@dataclass(frozen=True, kw_only=True)
class BulkView:
    """A list of ready cards on its way, with names."""

    bulk: Bulk
    rows: tuple[BulkRowView, ...]


@dataclass(frozen=True, kw_only=True)
class WorkList:
    """The console's first page. `total` counts all open dossiers; `is_cut` says that there are more
    than were read. Of the `unreadable_total` dossiers that cannot be read the first ones are there.
    Since `failing_since` what nobody answers could not be told to the second person. `silences` are
    the feeds that were silent when the `figures` were counted.
    """

    rows: Sequence[WorkRow]
    counts: Mapping[Kind, int]
    urgent: int
    total: int
    pages: int
    unreadable: Sequence[QuarantineRow]
    unreadable_total: int
    channels: Sequence[ChannelState]
    bulks: Sequence[Bulk]
    figures: DailyFigures | None
    is_cut: bool = False
    failing_since: datetime | None = None
    silences: Sequence[Silence] = ()


@dataclass(frozen=True, kw_only=True)
class FoundRow:
    """One dossier that a search has found; `state` is None where it cannot be read."""

    dossier_id: str
    state: State | None
    contact: Contact | None
    appointment_at: datetime | None
    refused: Refused = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search has found; `more` says that there was more than is shown, `is_nearest` that
    nobody has all that was asked, and these have most of its words.
    """

    asked: str
    rows: Sequence[FoundRow]
    more: bool
    is_nearest: bool = False


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
    has said yet what came of it, and `foresee` what would follow from an answer.
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
    refused: Refused = field(default_factory=dict)
    foresee: Foresee | None = field(default=None, compare=False, repr=False)

    @property
    def is_told_by_its_state(self) -> bool:
        """Whether the dossier's state says what became of this very appointment."""
        return self.purpose is SlotPurpose.DEPOSIT and self.state in _OF_A_SLOT


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
    holds: Holds = field(default_factory=dict)


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

    `card_valid_until` is the last day of the collected card, if it can be what was said; `holds`
    are the channels that are held, and `foresee` says what would follow from an event. While it
    `is_moving`, something of it is about to change by itself.
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
    is_moving: bool = False
    holds: Holds = field(default_factory=dict)
    refused: Refused = field(default_factory=dict)
    foresee: Foresee = field(compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class QuarantineView:
    """One webhook in quarantine, as it came. `dossier_id` is the dossier that it is about, if there
    is one; `is_recorded` says that it is part of that, but for what could not be read, and
    `is_unreadable` that the dossier itself cannot be read. It may be about one of the `erased`.
    """

    row: QuarantineRow
    body: str
    seen_at: datetime | None
    dossier_id: str | None = None
    is_recorded: bool = False
    is_unreadable: bool = False
    erased: tuple[str, ...] = ()
