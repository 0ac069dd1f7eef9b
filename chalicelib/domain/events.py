"""What happened: the booking system, the student and the desk all raise these."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose, paris_day


class EventType(StrEnum):
    """Everything that can happen to a dossier, in the order in which it ordinarily does."""

    SELECTED = "appointment.selected"  #: a slot was chosen; it still has to be confirmed
    CONFIRMED = "appointment.confirmed"  #: by the student's link, the booking system or the desk
    RESCHEDULED = "appointment.rescheduled"  #: another slot
    CANCELLED = "appointment.cancelled"  #: no slot any more
    MISSED = "appointment.missed"  #: the student did not come
    CHECKED = "dossier.checked"  #: the helper has checked the papers
    INCOMPLETE = "dossier.incomplete"  #: refused at the counter: papers are missing
    DEPOSITED = "dossier.deposited"  #: complete; the student holds a récépissé
    CARD_READY = "card.ready"  #: the permit can be fetched
    COLLECTED = "card.collected"  #: the permit is in the student's hands
    CLOSED = "dossier.closed"  #: it goes no further at this desk
    CONTACT_UPDATED = "contact.updated"  #: address, number, name or language changed
    RENEWAL_BOOKED = "renewal.booked"  #: a later dossier renews this one
    UNSUBSCRIBED = "renewal.unsubscribed"  #: no renewal reminders, by the student's link
    WITHDRAWN = "milestone.withdrawn"  #: the desk takes a milestone back
    ASKED_AGAIN = "notice.asked_again"  #: the desk wants a notice sent once more
    WORK_CLOSED = "work.closed"  #: a person ended a desk notice, or put it off
    ERASURE_REQUESTED = "erasure.requested"  #: whoever it is about wants nothing kept of them
    ERASURE_WITHDRAWN = "erasure.withdrawn"  #: that was taken back, or a mistake
    LINKS_RENEWED = "links.renewed"  #: whoever reads the mails of before opens nothing any more
    NOTED = "dossier.noted"  #: somebody at the desk wrote a note, from which nothing follows


class Closing(StrEnum):
    """Why a dossier goes no further at this desk."""

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  #: by the student
    TRANSFERRED = "transferred"  #: to another office
    OTHER = "other"  #: or nobody said why


class Source(StrEnum):
    """Who says so."""

    BOOKING = "booking"
    STUDENT = "student"
    DESK = "desk"


#: Raised by the desk's own console only; a webhook that names one is not usable.
DESK_ONLY = frozenset(
    {
        EventType.WITHDRAWN,
        EventType.ASKED_AGAIN,
        EventType.WORK_CLOSED,
        EventType.ERASURE_REQUESTED,
        EventType.ERASURE_WITHDRAWN,
        EventType.LINKS_RENEWED,
        EventType.NOTED,
    }
)

#: The two events that say when an appointment is.
SLOTS = frozenset({EventType.SELECTED, EventType.RESCHEDULED})

#: The steps of a dossier that are dated by a Paris day, and may come in any order.
MILESTONES = frozenset(
    {
        EventType.INCOMPLETE,
        EventType.DEPOSITED,
        EventType.CARD_READY,
        EventType.COLLECTED,
        EventType.CLOSED,
    }
)


#: No application of today has a step further back than that: it is a slip of the year.
BACK_AT_MOST = timedelta(days=3 * 366)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to one dossier, as a dossier keeps it for ever.

    `at` is when it happened, by its sender; `received_at` when we learnt it. Both are aware.
    `digest` identifies the body, to tell a repeated delivery from another body under the same id.
    `day` is the Paris day of a milestone, as it was said; `reason` is why a dossier was closed.
    `purpose` is what its appointment is for: as its sender says where `is_purpose_said`, else what
    the desk's appointments were for when we learnt of it.
    `revision` is the appointment revision that a student's link was made for. `subject` names what
    a desk event is about: a milestone's type, or a notice as `kind.number.occasion.channel`;
    `until` is the day on which closed work is looked at again. `by` is the operator who raised it,
    by the name of their sign-in. `unread` are the fields that could not be taken as their sender
    wrote them, and were left out or cut short. What `is_listed` was a row of a list,
    of cards too: nobody has vouched for its addresses one by one. A step that `is_taken_over` was
    reached before this desk began with Relance: its student has heard of it elsewhere.
    """

    event_id: str
    type: EventType
    dossier_id: str
    at: datetime
    received_at: datetime
    source: Source = Source.BOOKING
    version: int | None = None
    digest: str = ""
    contact: Contact | None = None
    appointment_id: str | None = None
    starts_at: datetime | None = None
    purpose: SlotPurpose = SlotPurpose.DEPOSIT
    is_purpose_said: bool = False
    revision: str | None = None
    permit_expires_on: date | None = None
    day: date | None = None
    correction: bool = False
    recepisse_number: str | None = None
    missing_documents: tuple[str, ...] = ()
    card_expires_on: date | None = None
    renews: str | None = None
    reason: Closing | None = None
    subject: str | None = None
    until: date | None = None
    why: str | None = None
    by: str | None = None
    unread: tuple[str, ...] = ()
    is_listed: bool = False
    is_taken_over: bool = False

    def __post_init__(self) -> None:
        """Refuse naive instants: a Paris hour taken for UTC is a missed appointment."""
        for instant in (self.at, self.received_at, self.starts_at):
            if instant is not None and instant.tzinfo is None:
                message = f"{self.type}: an instant has no time zone"
                raise ValueError(message)

    @property
    def known_at(self) -> datetime:
        """When it counts from: a sender's clock may run a little ahead of our arrival."""
        return min(self.at, self.received_at)

    @property
    def happened_on(self) -> date:
        """The Paris day that a milestone counts for: the one that was said, if it can be."""
        return self.day if self.day and self.doubted_day is None else paris_day(self.known_at)

    @property
    def doubted_day(self) -> date | None:
        """The day that was said, if it cannot be: ahead of the event that tells of it, or more
        than `BACK_AT_MOST` behind.
        """
        told_on = paris_day(self.known_at)
        is_possible = self.day is None or told_on - BACK_AT_MOST <= self.day <= told_on
        return None if is_possible else self.day


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """That its sender said again what a kept event says, word for word: when, and under which id.

    `of` is the id of the kept event; the others are as an event has them.
    """

    of: str
    event_id: str
    at: datetime
    received_at: datetime
    version: int | None = None
    digest: str = ""


_ORDER_OF_LIFE = {kind: place for place, kind in enumerate(EventType)}


def by_time(event: Event) -> tuple[datetime, int, str]:
    """When it counts from; within one instant the order of life, then ids: a total order.

    A slot that is chosen and moved within a second was chosen first, whatever the ids say. A clock
    that runs ahead of ours beats nobody: its events count from their arrival.
    """
    return event.known_at, _ORDER_OF_LIFE[event.type], event.event_id


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events of one fact, oldest first: by version if every one has it, else by time."""
    ordered = sorted(events, key=by_time)
    if any(e.version is None for e in ordered):
        return ordered
    return sorted(ordered, key=lambda e: e.version or 0)
