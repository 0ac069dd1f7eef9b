"""Dossiers as they are remembered, found and listed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.deliveries import refused_addresses
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.facts import State
from chalicelib.domain.holds import Availability

#: One address is that of so many dossiers. A family of six has two each, the former one and the one
#: that renews it; whoever helps more people than that is vouched for by a person at the desk.
DOSSIERS_AT_MOST = 12


@dataclass(frozen=True, kw_only=True)
class Findable:
    """What people find a dossier by. Each of it is derived, and stands in an index of its own.

    The two whole names are folded, in both orders, and `other_first` begins with another word that
    people may look for, where there is one; `reference` is its id, and compact. `email`,
    `phone` and `recepisse` are fingerprints, never the thing itself. `work` are the kinds of its
    open desk notices. `deposit_at` and `collect_at` are the hours of its appointments, unless they
    were called off; `appointment_at` is the next of them. On `again_on` the first of what a person
    has put off comes back. Since `unanswered_since` there is an open desk notice to which nobody
    has answered.
    """

    reference: str | None = None

    family_first: str | None = None
    given_first: str | None = None
    other_first: str | None = None
    email: str | None = None
    phone: str | None = None
    recepisse: str | None = None
    work: tuple[Kind, ...] = ()
    appointment_at: datetime | None = None
    deposit_at: datetime | None = None
    collect_at: datetime | None = None
    again_on: date | None = None
    unanswered_since: datetime | None = None


#: What nobody can find any more.
UNFINDABLE = Findable()


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A dossier and the version it was read at; version 0 is a dossier that does not exist yet.

    `state`, `next_due_at` and `findable` are the derived values it was stored with; `size` is how
    many bytes it took when it was last read, journal and all.
    """

    dossier: Dossier
    version: int
    state: State = State.KNOWN
    next_due_at: datetime | None = None
    findable: Findable = UNFINDABLE
    size: int = field(default=0, compare=False)

    @property
    def dossier_id(self) -> str:
        """Whose it is."""
        return self.dossier.dossier_id

    @property
    def refused(self) -> Mapping[Channel, str]:
        """The channels whose present address a provider has refused for good, each with why."""
        addresses = {Channel.EMAIL: self.findable.email, Channel.SMS: self.findable.phone}
        return refused_addresses(self.dossier, addresses)

    def is_due(self, now: datetime) -> bool:
        """Whether something is due, by the plan that it was stored with."""
        return self.next_due_at is not None and self.next_due_at <= now


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line of a dossier's history: when, by whom, what. Never a name, address or number."""

    at: datetime
    by: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Write:
    """One conditional write: the dossier, what people list it by, what its journal gains.

    A `new_journal` takes the place of the old one.
    """

    dossier: Dossier
    state: State
    next_due_at: datetime | None
    work_since: datetime | None
    findable: Findable = UNFINDABLE
    journal: tuple[JournalLine, ...] = ()
    new_journal: bool = False


class WorkKind(StrEnum):
    """What may wait for a person. Each kind is found by itself: whatever there is of one, and
    however much, hides nothing of another.
    """

    DOSSIER = "DOSSIER"  #: it has open desk notices
    UNREADABLE = "UNREADABLE"  #: a dossier that this program cannot read
    QUARANTINE = "QUARANTINE"  #: a webhook that could not be used
    CHANNEL = "CHANNEL"  #: it refuses us, and is held
    PAUSE = "PAUSE"  #: a channel that a person has stopped


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One row of the work index: what waits for a person, since when, and enough to sort it by.

    `name` is the key of the item, without its first word. A dossier has `kinds`, and a `state`
    unless that is one of a newer program. What is quarantined, or a held channel, has a `reason`;
    what is quarantined names the dossier that it is `about`, as far as anybody can tell.
    """

    kind: WorkKind
    name: str
    since: datetime
    kinds: tuple[Kind, ...] = ()
    state: State | None = None
    appointment_at: datetime | None = None
    unanswered_since: datetime | None = None
    reason: str = ""
    about: str = ""


class Dossiers(Protocol):
    """What we remember. Raises StorageUnavailable."""

    def load(self, dossier_id: str) -> Loaded:
        """Read one dossier, consistently; an unknown one is empty, at version 0.

        Raises Unreadable.
        """

    def load_with_channels(self, dossier_id: str) -> tuple[Loaded, Availability]:
        """Read one dossier as `load` does, and how the channels behave: at one read.

        Raises Unreadable.
        """

    def many(self, dossier_ids: Sequence[str]) -> Sequence[Loaded | Unreadable]:
        """Read those of them that exist, consistently, in this order.

        One that cannot be read is the error that `load` would raise: the others are there.
        """

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        """Store it if nobody wrote since `loaded`; raises LostRace otherwise."""

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        """Since when, and the id of each dossier whose `next_due_at` has come, oldest first: read
        page by page, as far as anybody asks.
        """

    def work_rows(self, kind: WorkKind, limit: int) -> Sequence[WorkItem]:
        """What of this kind waits for a person, oldest first, as the index has it."""

    def urgent_rows(self, first: datetime, last: datetime) -> Sequence[WorkItem]:
        """The dossiers with open desk notices that have an appointment from one instant to another,
        both included, by its hour: all of them, however many others wait.
        """

    def put_off(self, dossier_id: str, until: datetime, now: datetime) -> None:
        """Let one that is due and cannot be read be due again at `until`; change nothing else."""

    def count_failed(self, dossier_id: str, by: int = 1) -> int:
        """Count one failed serve, or take one back; how many there are then: of nobody none."""

    def forget_failed(self, dossier_id: str) -> None:
        """Count from none again."""


class Addresses(Protocol):
    """Whose each address is, by its fingerprint. Raises StorageUnavailable."""

    def admit(self, fingerprint: str, dossier_id: str) -> bool:
        """Whether it may be this dossier's too, or is already: not beyond `DOSSIERS_AT_MOST`."""

    def leave(self, fingerprint: str, dossier_id: str) -> None:
        """It is not this dossier's any more; what is nobody's is not kept."""


class EveryDossier(Dossiers, Protocol):
    """The same, for those who look at all of it: repair, and people."""

    def every(self, after: str = "") -> Iterator[Loaded | Unreadable]:
        """Every dossier, or those after one of them: consistently, page by page, in an order that
        is always the same. A scan: never on the way of a message.

        One that cannot be read is the error that `load` would raise.
        """

    def journal(self, dossier_id: str) -> Sequence[str]:
        """The history of one dossier, oldest line first."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Somebody who has, or had, an appointment, as its index has it, and what work is open."""

    at: datetime
    dossier_id: str
    purpose: SlotPurpose
    work: tuple[Kind, ...] = ()


class Searchable(EveryDossier, Protocol):
    """The same, for the desk's console: a number of reads that does not grow with the dossiers."""

    def by_name(self, prefix: str, limit: int) -> Mapping[str, str]:
        """The ids of dossiers whose folded whole name begins so in one of its orders, each with
        that order of it, by the alphabet.

        A prefix has two characters at least: one alone is the whole of a name.
        """

    def by_reference(self, ending: str, limit: int) -> Sequence[str]:
        """The ids of dossiers whose compact reference ends so.

        An ending has two characters at least.
        """

    def by_recepisse(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose récépissé has a number of this fingerprint."""

    def by_email(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose e-mail address has this fingerprint."""

    def by_phone(self, fingerprint: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers whose number has this fingerprint."""

    def expected(self, first: datetime, before: datetime, limit: int) -> Sequence[Expected]:
        """Who has an appointment from one instant to another, by its hour; the first ones only.

        Whoever has one to deposit and one to collect is there twice.
        """

    def with_work_put_off(self, since: date, limit: int) -> Sequence[str]:
        """The ids of dossiers of which something comes back on that day or later, by the day."""
