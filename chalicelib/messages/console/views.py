"""What the console's pages show, in the house's words. The pipeline fills these in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.delivery import Kind
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.holds import Hold
from chalicelib.domain.operators import Role
from chalicelib.domain.rules import kinds_where
from chalicelib.domain.tally import Tally
from chalicelib.domain.timeline import Entry

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
    it cannot be read.
    """

    dossier_id: str
    since: datetime
    kinds: tuple[Kind, ...]
    state: State | None
    contact: Contact | None
    appointment_at: datetime | None
    is_urgent: bool  #: its appointment is within 72 hours


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


class BulkStand(StrEnum):
    """How far a bulk action is."""

    WAITING = "waiting"  #: it can still be undone
    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"


class RowStand(StrEnum):
    """What became of one line of a bulk action."""

    WAITING = "waiting"
    RUNNING = "running"  #: taken in hand: too late to undo
    UNDONE = "undone"
    DONE = "done"
    REFUSED = "refused"  #: its dossier took no event; `why` says so


#: Lines by which no dossier was touched.
_UNTOUCHED = frozenset({RowStand.WAITING, RowStand.UNDONE})


@dataclass(frozen=True, kw_only=True)
class BulkRow:
    """One dossier of a bulk action."""

    dossier_id: str
    stand: RowStand = RowStand.WAITING
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """Cards marked ready together: nothing happens to a dossier before `effective_at`.

    `seen_at` is when a person had read which lines were refused.
    """

    bulk_id: str
    by: str
    asked_at: datetime
    effective_at: datetime
    day: date
    rows: tuple[BulkRow, ...]
    seen_at: datetime | None = None

    @property
    def stand(self) -> BulkStand:
        """How far it is, by its lines."""
        stands = {row.stand for row in self.rows}
        if stands <= {RowStand.UNDONE}:
            return BulkStand.UNDONE
        if not stands & {RowStand.WAITING, RowStand.RUNNING}:
            return BulkStand.DONE
        return BulkStand.WAITING if stands <= _UNTOUCHED else BulkStand.RUNNING

    @property
    def is_finished(self) -> bool:
        """Whether nothing of it is still to come."""
        return self.stand in {BulkStand.DONE, BulkStand.UNDONE}

    @property
    def wants_to_be_seen(self) -> bool:
        """Whether it has refused lines that nobody has read."""
        is_refused = any(row.stand is RowStand.REFUSED for row in self.rows)
        return self.is_finished and is_refused and self.seen_at is None


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
    tally: Tally | None


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


class DeadLetters(StrEnum):
    """The queues of what failed for good."""

    SERVE = "serve"  #: dossiers that could not even be set aside
    FEEDBACK = "feedback"  #: receipts that could not be read


@dataclass(frozen=True, kw_only=True)
class DeadLettersView:
    """What lies in one of them: how many about, and the first ones, as ids without a person."""

    queue: DeadLetters
    count: int
    examples: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """Who did or read what, when. `object` is an id, `detail` a code: never personal data.

    `result` is "done", "refused" or "failed".
    """

    at: datetime
    by: str
    role: Role | None
    action: str
    object: str = ""
    result: str = "done"
    detail: str = ""
