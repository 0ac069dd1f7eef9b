"""One application of one student: what is kept of it, and the facts and state derived from that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.delivery import Attempt, Fate, Notice
from chalicelib.domain.desk_calendar import Desk, months_after, paris_day
from chalicelib.domain.events import Closing, Event, EventType


class State(StrEnum):
    """Where a dossier stands. Derived from the facts, never set."""

    KNOWN = "known"  #: a contact, and nothing else yet
    BOOKED = "booked"  #: an appointment that the student has not confirmed
    CONFIRMED = "confirmed"
    MISSED = "missed"
    CANCELLED = "cancelled"
    INCOMPLETE = "incomplete"  #: seen at the counter, papers are missing
    DEPOSITED = "deposited"
    CARD_READY = "card_ready"
    COLLECTED = "collected"
    CLOSED = "closed"  #: refused, withdrawn, or with another office


#: Where a dossier may rest with nothing ahead and nobody who knows.
ENDS = frozenset({State.COLLECTED, State.CLOSED})


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How an appointment ended before its time: the event that says so, and since when."""

    event_id: str
    at: datetime
    learnt_at: datetime


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """The current appointment, in its current revision.

    A revision is a run of equal starts; `revision` is the id of the event that began it and
    `revision_events` the ids of all events of the run, so that a link or an attempt made for any
    of them still finds it when an earlier one arrives late. What a newer appointment had
    superseded comes back with the cancellation of that one, which begins another revision.
    `appointment_events` are all event ids of this appointment, of every revision. `made_at` is
    when this revision was set, `booked_at` when this appointment was first chosen; both are the
    earlier of event time and arrival, and `learnt_at` is when we first heard of this revision.
    `moves` counts the revisions before this one, which is the SEQUENCE of a calendar invite;
    `was_moved` says that one of them, or the appointment it comes back from, was at another hour.
    `missed_early` is a miss of which we were told before the hour, and which cannot be. `closed` is
    the end of the whole dossier, if it came before this hour.
    """

    appointment_id: str
    starts_at: datetime
    revision: str
    revision_events: frozenset[str]
    appointment_events: frozenset[str]
    made_at: datetime
    booked_at: datetime
    learnt_at: datetime
    moves: int
    was_moved: bool = False
    confirmed_at: datetime | None = None
    cancelled: Ending | None = None
    missed: Ending | None = None
    missed_early: Ending | None = None
    closed: Ending | None = None
    permit_expires_on: date | None = None

    @property
    def is_live(self) -> bool:
        """Whether the student is still expected."""
        return self.cancelled is None and self.missed is None and self.closed is None

    @property
    def is_called_off(self) -> bool:
        """Whether it was cancelled before it began. What is tidied away later was booked once."""
        return self.cancelled is not None and self.cancelled.at < self.starts_at

    def is_too_far_ahead(self, desk: Desk) -> bool:
        """Whether nobody books so long before: its year was mistyped, or its month."""
        made_on = paris_day(self.made_at)
        most = timedelta(days=desk.terms_on(made_on).delays.appointment_ahead_days)
        return paris_day(self.starts_at) > made_on + most

    def permit_valid_until(self, desk: Desk) -> date | None:
        """The last day of the permit that the student holds, if it can be what was said."""
        return believable_expiry(self.permit_expires_on, paris_day(self.booked_at), desk)

    def is_over_on(self, day: date) -> bool:
        """Whether it summons nobody any more on a Paris day: it ended, or its own day has passed.

        All of its own day it still does: whoever waits in the queue is not late.
        """
        return not self.is_live or paris_day(self.starts_at) < day


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A dated step. `at` is the earlier of its event time and its arrival, `learnt_at` when we
    first heard of that day; both are aware instants.

    `days` are all the days it was ever believed to have happened on: what was sent for one of them
    is not sent again when an earlier or a corrected one becomes known. `withdrawals` is how often
    this step had been taken back before: what was sent for one of those is sent anew. `doubted` is
    the day that was said last, if it cannot be.
    """

    day: date
    at: datetime
    learnt_at: datetime
    event_id: str
    days: frozenset[date]
    withdrawals: int = 0
    doubted: date | None = None
    recepisse_number: str | None = None
    missing_documents: tuple[str, ...] = ()
    card_expires_on: date | None = None
    reason: Closing | None = None

    @property
    def occasion(self) -> str:
        """Under which name its notices are owed."""
        return self.named(self.day)

    @property
    def occasions(self) -> frozenset[str]:
        """Every name under which they may have left."""
        return frozenset(map(self.named, self.days))

    def named(self, day: date) -> str:
        """The occasion of a day of this step: another one after each withdrawal."""
        return f"{day}-{self.withdrawals + 1}" if self.withdrawals else f"{day}"

    def valid_until(self, desk: Desk) -> date | None:
        """The last day of the collected card, if it can be what was said: no card is handed over
        on its last day, or after it.
        """
        expiry = believable_expiry(self.card_expires_on, self.day, desk)
        return expiry if expiry and expiry > self.day else None


def believable_expiry(said: date | None, held_on: date, desk: Desk) -> date | None:
    """The last day of a card that somebody held on a day; None if no card is made for so long."""
    years = desk.terms_on(held_on).delays.card_valid_years
    return said if said and said <= months_after(held_on, 12 * years) else None


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A step that the desk took back, by which event and when, as for a milestone.

    `occasions` are the names under which messages may have told of it.
    """

    step: EventType
    event_id: str
    at: datetime
    learnt_at: datetime
    occasions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A person's word on a notice; `until`, if given, is when to look again."""

    event_id: str
    notice: Notice
    at: datetime
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the events leave, whatever the order they arrived in.

    `known_since` is empty while all we heard is that another dossier renews this one.
    `slot_events` are the ids of every event that ever set an appointment of this application,
    and `first_booked_at` is when the first of them did, whatever became of that appointment.
    `vouched` holds a channel once for each time that a person said the present address is good.
    `withdrawn` are the steps that were taken back, each step's oldest first.
    """

    known_since: datetime | None
    appointment: Appointment | None = None
    slot_events: frozenset[str] = frozenset()
    first_booked_at: datetime | None = None
    contact: Contact | None = None
    vouched: tuple[Channel, ...] = ()
    checked: bool = False
    incomplete: Milestone | None = None
    deposited: Milestone | None = None
    card_ready: Milestone | None = None
    collected: Milestone | None = None
    closed: Milestone | None = None
    withdrawn: tuple[Withdrawal, ...] = ()
    renews: str | None = None
    renewal_booked: bool = False
    unsubscribed: bool = False
    asked_again: tuple[Decision, ...] = ()
    work_closed: tuple[Decision, ...] = ()

    @property
    def steps(self) -> Mapping[EventType, Milestone]:
        """The milestones that were reached, in the order of life, by the events that tell them."""
        every = {
            EventType.INCOMPLETE: self.incomplete,
            EventType.DEPOSITED: self.deposited,
            EventType.CARD_READY: self.card_ready,
            EventType.COLLECTED: self.collected,
            EventType.CLOSED: self.closed,
        }
        return {kind: step for kind, step in every.items() if step}


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was known at `at` was erased: its time was over, or somebody asked: then for good."""

    at: datetime
    on_request: bool = False


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything kept about one application: its events, in order, and its ledger, oldest first.

    `not_before` holds every sending back after a serve failed three times at `set_aside_at`. What
    is `forgotten` keeps its id, so that nothing that comes late can begin it again.
    """

    dossier_id: str
    events: tuple[Event, ...] = ()
    ledger: tuple[Attempt, ...] = ()
    set_aside_at: datetime | None = None
    not_before: datetime | None = None
    forgotten: Forgotten | None = None

    @property
    def open_work(self) -> tuple[Attempt, ...]:
        """The desk notices by which it stands on the work list."""
        return tuple(a for a in self.ledger if a.fate is Fate.OPEN)

    def with_attempt(self, attempt: Attempt) -> "Dossier":
        """The same dossier with this attempt added, or put in the place of its earlier self."""
        if any(a.is_same_try(attempt) for a in self.ledger):
            ledger = tuple(attempt if a.is_same_try(attempt) else a for a in self.ledger)
            return replace(self, ledger=ledger)
        return replace(self, ledger=(*self.ledger, attempt))
