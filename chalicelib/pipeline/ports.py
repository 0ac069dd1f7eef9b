"""What the pipeline needs from the world, as protocols. Only `house` knows who stands behind."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Kind
from chalicelib.domain.dossier import Appointment, Dossier, Facts, State
from chalicelib.domain.holds import Hold, Holds, Pause
from chalicelib.domain.keys import Content
from chalicelib.domain.tally import Tally
from chalicelib.messages.console.views import AuditLine, Bulk
from chalicelib.messages.letter import Email, Sms


@dataclass(frozen=True, kw_only=True)
class Findable:
    """What people find a dossier by. Each of it is derived, and stands in an index of its own.

    The two whole names are folded, in both orders; `email` and `phone` are seals, never the
    address. `work` are the kinds of its open desk notices.
    """

    family_first: str | None = None
    given_first: str | None = None
    email: str | None = None
    phone: str | None = None
    work: tuple[Kind, ...] = ()
    appointment_at: datetime | None = None


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


class Dossiers(Protocol):
    """What we remember. Raises StorageUnavailable."""

    def load(self, dossier_id: str) -> Loaded:
        """Read one dossier, consistently; an unknown one is empty, at version 0."""

    def write(self, loaded: Loaded, write: Write) -> Loaded:
        """Store it if nobody wrote since `loaded`; raises LostRace otherwise."""

    def due(self, now: datetime, limit: int) -> Sequence[tuple[datetime, str]]:
        """Since when, and the id of each dossier whose `next_due_at` has come, oldest first."""

    def open_work(self, limit: int) -> Sequence[tuple[datetime, str]]:
        """Since when, and the full key of each item that waits for a person, oldest first."""


class EveryDossier(Dossiers, Protocol):
    """The same, for those who look at all of it: repair, and people."""

    def ids(self) -> Iterator[str]:
        """The id of every dossier. A scan: never on the way of a message."""

    def journal(self, dossier_id: str) -> Sequence[str]:
        """The history of one dossier, oldest line first."""


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One row of the work index: what waits for a person, since when, and enough to sort it by.

    `key` is the full key of the item. A dossier has `kinds` and a `state`; what is quarantined, or
    a held channel, has a `reason`.
    """

    since: datetime
    key: str
    kinds: tuple[Kind, ...] = ()
    state: State | None = None
    appointment_at: datetime | None = None
    reason: str = ""


class Searchable(EveryDossier, Protocol):
    """The same, for the desk's console: a number of reads that does not grow with the dossiers."""

    def many(self, dossier_ids: Sequence[str]) -> Sequence[Loaded]:
        """Read those of them that exist, consistently, in this order."""

    def by_name(self, prefix: str, limit: int) -> Sequence[str]:
        """The ids of dossiers whose folded name begins so, in either order, by the alphabet.

        A prefix has two characters at least.
        """

    def by_email(self, seal: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers with this sealed e-mail address."""

    def by_phone(self, seal: str, limit: int) -> Sequence[str]:
        """The ids of the dossiers with this sealed number."""

    def work_rows(self, limit: int) -> Sequence[WorkItem]:
        """What waits for a person, oldest first, as the index has it."""


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """Something authentic that cannot be used: kept whole, shown to the desk, replayable.

    `seen_at` is when a person was done with it.
    """

    event_id: str
    received_at: datetime
    reason: str
    body: bytes
    seen_at: datetime | None = None

    @property
    def key(self) -> str:
        """Its name on the work list: one for each id and body."""
        return f"{self.event_id}#{sha256(self.body).hexdigest()[:16]}"


class Quarantine(Protocol):
    """Where unusable webhooks wait for a person. Raises StorageUnavailable."""

    def find(self, key: str) -> Quarantined | None:
        """The one of this name, read consistently."""

    def keep(self, item: Quarantined) -> bool:
        """Keep it; False if the same body was already kept under this id."""

    def everything(self) -> Iterator[Quarantined]:
        """Whatever is kept. A scan: for repair, and to forget."""

    def see(self, item: Quarantined, now: datetime) -> None:
        """A person is done with it: off the work list, and kept a while longer."""

    def drop(self, item: Quarantined) -> None:
        """Forget it."""


@dataclass(frozen=True, kw_only=True)
class UnmatchedReceipt:
    """A provider's event that no attempt answers to yet."""

    receipt_id: str
    received_at: datetime
    body: bytes


class Receipts(Protocol):
    """Where receipts wait that match nothing. Raises StorageUnavailable."""

    def keep(self, item: UnmatchedReceipt) -> None:
        """Keep it, to be matched later."""

    def waiting(self) -> Iterator[UnmatchedReceipt]:
        """Every receipt that was kept. A scan: for repair only."""

    def drop(self, receipt_id: str) -> None:
        """Forget one: it was matched, or never will be."""


@dataclass(frozen=True, kw_only=True)
class KeptBulk:
    """A bulk action and the version it was read at."""

    bulk: Bulk
    version: int


class Bulks(Protocol):
    """What the desk does to many dossiers at once. Raises StorageUnavailable."""

    def begin(self, bulk: Bulk) -> bool:
        """Keep a new one; False if there is one of this id already."""

    def find(self, bulk_id: str) -> KeptBulk | None:
        """One of them, read consistently."""

    def write(self, kept: KeptBulk, bulk: Bulk) -> None:
        """Store it if nobody wrote since `kept`; raises LostRace otherwise."""

    def unfinished(self) -> Sequence[Bulk]:
        """Those of which something is still to come, the earliest first."""

    def unseen(self) -> Sequence[Bulk]:
        """Those that are over and have refused lines which nobody has read, the earliest first."""

    def forget(self, day: date) -> int:
        """Erase those that were asked for on a Paris day and are over; how many there were."""


class Audit(Protocol):
    """Who did or read what: added to, and once forgotten. Raises StorageUnavailable."""

    def append(self, line: AuditLine) -> None:
        """Add a line; the same one twice is there once."""

    def of_day(self, day: date, limit: int) -> Sequence[AuditLine]:
        """The newest lines of a Paris day, newest first."""

    def forget(self, day: date) -> int:
        """Erase the lines of a Paris day; how many there were."""


class Channels(Protocol):
    """Which channels refuse us, or were stopped by a person. Raises StorageUnavailable."""

    def holds(self) -> Holds:
        """The channels that are held, whoever holds them."""

    def refused(self) -> Holds:
        """The channels that a provider refuses us."""

    def pauses(self) -> Mapping[Channel, Pause]:
        """The channels that a person has stopped."""

    def pause(self, pause: Pause) -> bool:
        """Stop a channel; False if it is stopped already, by another word than this."""

    def resume(self, channel: Channel) -> bool:
        """Let it go on; False if it was not stopped."""

    def hold(self, hold: Hold) -> bool:
        """Hold a channel; False if it is held already."""

    def probe(self, hold: Hold, now: datetime) -> bool:
        """Take the turn to ask a held channel; False if another has, or the hold is over."""

    def release(self, hold: Hold) -> bool:
        """End this hold; False if it was over."""


class ServeQueue(Protocol):
    """What wakes the sender."""

    def wake(self, dossier_ids: Sequence[str], event_id: str = "") -> None:
        """Ask for these dossiers to be served soon, because of an event: a webhook's, a student's
        or a provider's. Raises StorageUnavailable.
        """

    def backlog(self) -> int:
        """About how many are still waiting."""


class Tallies(Protocol):
    """What the last days came to. Raises StorageUnavailable."""

    def keep(self, tally: Tally) -> None:
        """Keep it in the place of the former one."""

    def last(self) -> Tally | None:
        """The newest one; None before the first night."""


class Mailer(Protocol):
    """Speaks e-mail."""

    def send(self, email: Email, *, to: str, tags: Mapping[str, str]) -> str:
        """Send once and return the provider's message id. Raises NotSent."""


class Texter(Protocol):
    """Speaks SMS."""

    def send(self, sms: Sms, *, to: str, tags: Mapping[str, str]) -> str:
        """Send once and return the provider's message id. Raises NotSent."""


class Links(Protocol):
    """The student's pages, as signed absolute addresses."""

    def confirm(self, dossier_id: str, revision: str) -> str: ...
    def convocation(self, dossier_id: str, revision: str) -> str: ...
    def proof(self, dossier_id: str, revision: str) -> str: ...
    def dossier(self, dossier_id: str) -> str: ...
    def unsubscribe(self, dossier_id: str) -> str: ...


class Vault(Protocol):
    """Where documents are kept. Raises StorageUnavailable."""

    def keep(self, key: str, content: bytes, media_type: str) -> None:
        """Store a document under a key; storing the same again is harmless."""

    def has(self, key: str) -> bool:
        """Whether a document is there."""

    def open_link(self, key: str, filename: str) -> str:
        """An address that opens the document for at most 300 seconds."""


class EveryDocument(Vault, Protocol):
    """The same, for those who look at all of it: to forget."""

    def forget(self, prefix: str) -> int:
        """Erase every document whose key begins so, in all its versions; how many there were."""


class Paper(Protocol):
    """Makes the documents of one appointment."""

    def convocation_pdf(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, proof_url: str
    ) -> bytes:
        """The convocation as a tagged PDF. Raises TextFailed."""

    def print_id(self, dossier: Dossier, facts: Facts, appointment: Appointment) -> str:
        """Tells one print from another: whatever it says differently makes a new document."""

    def invite(
        self, dossier: Dossier, facts: Facts, appointment: Appointment, now: datetime
    ) -> bytes:
        """The appointment, or its cancellation, for a calendar. Raises TextFailed."""


class Standing(StrEnum):
    """What a version of the secret is."""

    #: what everybody reads
    CURRENT = "current"
    #: what is to take its place
    WAITING = "waiting"
    #: neither: an older one, or none at all
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class CurrentSecret:
    """What everybody reads, and under which version."""

    version: str
    content: Content = field(repr=False)


class SecretVersions(Protocol):
    """The secret of a stage, in its versions. Raises StorageUnavailable, and RotationRefused for
    what is no JSON object.
    """

    @property
    def secret_id(self) -> str:
        """What Secrets Manager calls it by."""

    def standing(self, version: str) -> Standing:
        """What this version is."""

    def current(self) -> CurrentSecret:
        """What everybody reads; raises RotationRefused while the secret is empty."""

    def content(self, version: str) -> Content | None:
        """What is in a version that waits; None while it is empty."""

    def keep(self, version: str, content: Content) -> None:
        """Fill a version that waits. A filled one is not written over."""

    def promote(self, version: str, instead_of: str) -> None:
        """Let everybody read this version, if that is what they read until now."""
