"""One act on many dossiers, as it is kept: its lines, and how far each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Closing, EventType


class BulkKind(StrEnum):
    """What is said of all its dossiers."""

    CARDS = "cards"  #: their cards are ready
    APPOINTMENTS = "appointments"  #: to each what its row of a list says
    TAKEOVER = "takeover"  #: the same, of dossiers in mid-procedure


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


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """One row of a list that names a dossier: its number there, the reference as it is written, the
    parts of the name beside it, and the row as one reads it.
    """

    number: int
    reference: str
    text: str = ""
    name: tuple[str, ...] = ()


#: Why a row is none of those that a list is of: it is there for whoever reads the table.
LAYOUT = frozenset({"above", "headings", "other_headings", "total"})


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """One row of a list that is not recorded: why is a code, in front of it the table of words that
    it is from if that is not `asides`, and `reference` what can be read of whose it is. Where one
    cell is the reason, it stands under this `heading`.
    """

    number: int
    text: str
    why: str
    reference: str = ""
    heading: str = ""
    cell: str = ""


@dataclass(frozen=True, kw_only=True)
class CardList:
    """A list of ready cards as it was handed in. `read` counts its rows without the `layout`,
    `sheet` names the one that was read, and `unread` those that hold something too. `ignored` are
    the headings of columns that count for nothing, each with how many cells it has.
    """

    read: int
    rows: tuple[CardRow, ...]
    aside: tuple[SetAside, ...] = ()
    sheet: str = ""
    unread: tuple[str, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    layout: tuple[SetAside, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListedStep:
    """A step that a dossier in mid-procedure has behind it, and on which day."""

    type: EventType
    day: date | None = None
    recepisse_number: str | None = None
    card_expires_on: date | None = None
    reason: Closing | None = None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What one row of a list says of one dossier: whose it is and how to reach them, as far as it
    says so, their appointment, and the steps behind it, the latest first. An appointment that
    `is_gone` stands no more on the list of its days.
    """

    dossier_id: str
    purpose: SlotPurpose = SlotPurpose.DEPOSIT
    starts_at: datetime | None = None
    contact: Contact | None = None
    is_gone: bool = False
    is_confirmed: bool = False
    steps: tuple[ListedStep, ...] = ()


#: Lines that are not at their end.
_TO_COME = frozenset({RowStand.WAITING, RowStand.RUNNING})
#: Lines by which no dossier was touched.
_UNTOUCHED = frozenset({RowStand.WAITING, RowStand.UNDONE})


@dataclass(frozen=True, kw_only=True)
class BulkRow:
    """One dossier of a bulk action. What a list `says` of it is kept until it is recorded; somebody
    has `agreed` to it in spite of these doubts.
    """

    dossier_id: str
    stand: RowStand = RowStand.WAITING
    why: str = ""
    says: Listed | None = None
    agreed: tuple[str, ...] = ()

    def ended(self, stand: RowStand, why: str = "") -> "BulkRow":
        """The same at its end: nothing of a person is kept any longer."""
        return replace(self, stand=stand, why=why, says=None)

    @property
    def is_to_come(self) -> bool:
        """Whether its dossier has still to hear of it."""
        return self.stand in _TO_COME


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """Dossiers of which something is said together: nothing happens to one before `effective_at`.

    `day` is when the cards arrived, or the list was given; `seen_at` is when a person had read
    which lines were refused. `aside` are the rows of its list that were not taken, without what is
    written there.
    """

    bulk_id: str
    by: str
    asked_at: datetime
    effective_at: datetime
    day: date
    rows: tuple[BulkRow, ...]
    kind: BulkKind = BulkKind.CARDS
    seen_at: datetime | None = None
    aside: tuple[SetAside, ...] = ()

    @property
    def stand(self) -> BulkStand:
        """How far it is, by its lines."""
        stands = {row.stand for row in self.rows}
        if stands <= {RowStand.UNDONE}:
            return BulkStand.UNDONE
        if not stands & _TO_COME:
            return BulkStand.DONE
        return BulkStand.WAITING if stands <= _UNTOUCHED else BulkStand.RUNNING

    @property
    def kept(self) -> tuple[BulkRow, ...]:
        """The lines that nobody took back."""
        return tuple(row for row in self.rows if row.stand is not RowStand.UNDONE)

    @property
    def is_finished(self) -> bool:
        """Whether nothing of it is still to come."""
        return self.stand in {BulkStand.DONE, BulkStand.UNDONE}

    @property
    def wants_to_be_seen(self) -> bool:
        """Whether it has refused lines that nobody has read."""
        is_refused = any(row.stand is RowStand.REFUSED for row in self.rows)
        return self.is_finished and is_refused and self.seen_at is None
