"""From events to facts, and from facts to the state. The order of arrival plays no part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from itertools import groupby, takewhile

from chalicelib.domain.appointments import (
    Appointment,
    EarlyEnd,
    Purposes,
    current_appointment,
    purpose_of,
    purposes_of,
    told_of,
)
from chalicelib.domain.attempts import Notice
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel, Contact, same_mailbox
from chalicelib.domain.desk_calendar import SlotPurpose, paris_day
from chalicelib.domain.events import SLOTS, Event, EventType, Source, by_time, in_order
from chalicelib.domain.milestones import (
    Milestone,
    Spells,
    Withdrawal,
    milestone,
    spells_of,
    stands,
    withdrawals,
)


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
class Decision:
    """A person's word on a notice; `until`, if given, is when to look again."""

    event_id: str
    notice: Notice
    at: datetime
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Bookings:
    """The current appointment for one purpose. `slot_events` are the ids of every event that ever
    told of one for it in this application, as that it was set, cancelled or missed;
    `first_booked_at` is when the first was set, whatever became of it.
    """

    appointment: Appointment | None = None
    slot_events: frozenset[str] = frozenset()
    first_booked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ErasureRequest:
    """What is known is to be erased: who recorded at the desk that somebody asks for it, and when.

    Until a night has done it, nothing is owed and no link opens; and it can be taken back.
    """

    event_id: str
    at: datetime
    by: str | None


@dataclass(frozen=True, kw_only=True)
class LinkGeneration:
    """The links that open: those sent since the e-mail address is what it is, and since somebody at
    the desk last wanted new ones.

    `name` is what links are made with, and `names` all that they may have been made with: what came
    late may tell of the same address earlier. Another address, or the old one again, is another.
    """

    name: str
    names: frozenset[str]


#: Of whoever has no contact: nothing was ever sent.
NO_LINKS = LinkGeneration(name="", names=frozenset())


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the events leave, whatever the order they arrived in.

    `known_since` is empty while all we heard is that another dossier renews this one.
    `to_deposit` and `to_collect` are the bookings for each purpose; `purpose` says which of them is
    spoken of, as in a message that is about its appointment.
    `vouched` holds a channel once for each time that a person said the present address is good.
    `withdrawn` are the steps that were taken back, each step's oldest first.
    """

    known_since: datetime | None
    purpose: SlotPurpose = SlotPurpose.DEPOSIT
    to_deposit: Bookings = Bookings()
    to_collect: Bookings = Bookings()
    contact: Contact | None = None
    links: LinkGeneration = NO_LINKS
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
    erasure: ErasureRequest | None = None

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

    @property
    def appointments(self) -> tuple[Appointment, ...]:
        """The current ones, one for each purpose: first the one to deposit."""
        return tuple(filter(None, (self.to_deposit.appointment, self.to_collect.appointment)))

    @property
    def bookings(self) -> Bookings:
        """Those that are spoken of."""
        return self.to_collect if self.purpose is SlotPurpose.COLLECT else self.to_deposit

    @property
    def appointment(self) -> Appointment | None:
        """The current one of those that are spoken of."""
        return self.bookings.appointment

    def about(self, purpose: SlotPurpose) -> "Facts":
        """The same facts, of which the appointment for that purpose is spoken of."""
        return replace(self, purpose=purpose)

    def purpose_of(self, occasion: str | None) -> SlotPurpose:
        """What the appointment is for that an event told of; to deposit, if it told of none."""
        is_to_collect = occasion in self.to_collect.slot_events
        return SlotPurpose.COLLECT if is_to_collect else SlotPurpose.DEPOSIT


def facts_of(events: Iterable[Event]) -> Facts:
    """The facts that these events leave; there must be at least one event."""
    everything = sorted(events, key=by_time)
    spells, purposes = spells_of(everything), purposes_of(everything)
    ours = _this_application(everything, spells, purposes)
    if len(ours) < len(everything):
        spells = spells_of(ours)
    incomplete, told = milestone(spells, EventType.INCOMPLETE), _contacts(everything)
    contact = told[-1][0].contact if told else None
    closed = milestone(spells, EventType.CLOSED)
    return Facts(
        known_since=min((e.known_at for e in everything if not _is_hearsay(e)), default=None),
        to_deposit=_bookings(ours, purposes, SlotPurpose.DEPOSIT, closed),
        to_collect=_bookings(ours, purposes, SlotPurpose.COLLECT, closed),
        contact=contact,
        links=_links(everything, told),
        vouched=tuple(_vouched(everything, contact)),
        checked=_is_checked(ours, incomplete),
        incomplete=incomplete,
        deposited=milestone(spells, EventType.DEPOSITED),
        card_ready=milestone(spells, EventType.CARD_READY),
        collected=milestone(spells, EventType.COLLECTED),
        closed=closed,
        withdrawn=tuple(withdrawals(spells)),
        renews=next((e.renews for e in reversed(ours) if e.renews), None),
        renewal_booked=bool(stands(spells, EventType.RENEWAL_BOOKED)),
        unsubscribed=any(e.type is EventType.UNSUBSCRIBED for e in ours),
        asked_again=_decisions(ours, EventType.ASKED_AGAIN),
        work_closed=_decisions(ours, EventType.WORK_CLOSED),
        erasure=_erasure(everything),
    )


def _erasure(events: Iterable[Event]) -> ErasureRequest | None:
    """Of several requests the first since the last one was taken back: since then nothing leaves.

    It is about the dossier, whatever application begins or ends in it.
    """
    asked: Event | None = None
    for event in events:
        if event.type is EventType.ERASURE_WITHDRAWN:
            asked = None
        elif event.type is EventType.ERASURE_REQUESTED:
            asked = asked or event
    if asked is None:
        return None
    return ErasureRequest(event_id=asked.event_id, at=asked.known_at, by=asked.by)


def _bookings(
    events: Sequence[Event], purposes: Purposes, purpose: SlotPurpose, closed: Milestone | None
) -> Bookings:
    told = told_of(events, purposes, purpose)
    return Bookings(
        appointment=_until(closed, current_appointment(events, purposes, purpose)),
        slot_events=frozenset(e.event_id for e in told),
        first_booked_at=min((e.known_at for e in told if e.type in SLOTS), default=None),
    )


def state_of(facts: Facts) -> State:
    """Where the dossier stands: the furthest milestone, and before any the current appointment."""
    reached = (
        (State.CLOSED, facts.closed),
        (State.COLLECTED, facts.collected),
        (State.CARD_READY, facts.card_ready),
        (State.DEPOSITED, facts.deposited),
    )
    furthest = next((state for state, milestone in reached if milestone), None)
    return furthest or _state_before_deposit(facts)


def _state_before_deposit(facts: Facts) -> State:
    appointment = facts.to_deposit.appointment
    if facts.incomplete and _is_the_last_word(facts.incomplete, appointment):
        return State.INCOMPLETE
    return _state_of_a_slot(appointment) if appointment else State.KNOWN


def _state_of_a_slot(appointment: Appointment) -> State:
    if appointment.cancelled:
        return State.CANCELLED
    if appointment.missed:
        return State.MISSED
    return State.CONFIRMED if appointment.confirmed_at else State.BOOKED


def state_about(facts: Facts) -> State:
    """Where the dossier stands; until its end, where its appointment to collect stands, if that is
    spoken of: no state of the dossier follows from one.
    """
    state, slot = state_of(facts), facts.appointment
    if facts.purpose is SlotPurpose.DEPOSIT or slot is None or state in ENDS:
        return state
    return _state_of_a_slot(slot)


def _is_the_last_word(visit: Milestone, appointment: Appointment | None) -> bool:
    """Whether nothing came after the visit: no later slot, and no end of one."""
    if appointment is None or paris_day(appointment.starts_at) <= visit.day:
        return True
    ends = [end.at for end in (appointment.cancelled, appointment.missed) if end]
    return bool(ends) and max(ends) < visit.at


def _until(closed: Milestone | None, slot: Appointment | None) -> Appointment | None:
    """The appointment, which the end of its dossier takes away if its hour is still ahead."""
    if closed is None or slot is None or slot.starts_at <= closed.at:
        return slot
    end = EarlyEnd(event_id=closed.event_id, at=closed.at, learnt_at=closed.learnt_at)
    return replace(slot, closed=end)


def _is_hearsay(event: Event) -> bool:
    """News of another dossier: that it renews this one, or no longer does."""
    is_withdrawn = event.type is EventType.WITHDRAWN
    return event.type is EventType.RENEWAL_BOOKED or (
        is_withdrawn and event.subject == EventType.RENEWAL_BOOKED
    )


def _this_application(
    events: Sequence[Event], spells: Spells, purposes: Purposes
) -> Sequence[Event]:
    """Without a former application under this id: after its end, what is later begins anew. No
    application begins with an appointment to collect its card.
    """
    ends = {kind: stands(spells, kind) for kind in (EventType.COLLECTED, EventType.CLOSED)}
    ours: list[Event] = []
    end: Event | None = None
    for event in events:
        if end and not _is_to_collect(event, purposes) and _begins_anew(event, end, ours):
            ours, end = [], None
        ours.append(event)
        if event in ends.get(event.type, ()):
            end = _first_end(end, event)
    return ours


def _is_to_collect(event: Event, purposes: Purposes) -> bool:
    return event.type in SLOTS and purpose_of(event, purposes) is SlotPurpose.COLLECT


def _first_end(end: Event | None, event: Event) -> Event:
    """A closing outweighs a collection: after it a card is no beginning."""
    is_stronger = end and end.type is EventType.COLLECTED and event.type is EventType.CLOSED
    return event if end is None or is_stronger else end


#: After which end which steps begin a new application. What else is told of a closed one is for a
#: person to explain.
_BEGIN_ANEW = {
    EventType.COLLECTED: {EventType.INCOMPLETE, EventType.DEPOSITED, EventType.CARD_READY},
    EventType.CLOSED: {EventType.INCOMPLETE, EventType.DEPOSITED},
}


def _begins_anew(event: Event, end: Event, ours: Sequence[Event]) -> bool:
    """A later slot, or a later step; not a repeat of what is known."""
    if event.type in SLOTS:
        assert event.starts_at is not None
        if end.type is EventType.CLOSED:
            return event.starts_at > end.known_at and not _is_known_slot(event, ours)
        return paris_day(event.starts_at) > end.happened_on
    if event.type not in _BEGIN_ANEW[end.type]:
        return False
    is_repeat = event.day is None and any(e.type is event.type for e in ours)
    return not is_repeat and event.happened_on > end.happened_on


def _is_known_slot(event: Event, ours: Iterable[Event]) -> bool:
    """Whether it says what was said last of that appointment, as a nightly resync does."""
    kinds = SLOTS | {EventType.CANCELLED}
    said = [e for e in ours if e.appointment_id == event.appointment_id and e.type in kinds]
    return bool(said) and said[-1].starts_at == event.starts_at and said[-1].type in SLOTS


def _contacts(events: Iterable[Event]) -> Sequence[Sequence[Event]]:
    """What its sender changed, the newest last, each with its repeats: repeating an old block
    undoes nobody's correction, nor does another spelling of the same number.
    """
    given = [e for e in events if e.contact]
    each = [run for source in Source for run in _runs(e for e in given if e.source is source)]
    told = {run[0].event_id: run for run in each}
    return [told[first.event_id] for first in in_order(run[0] for run in each)]


def _runs(events: Iterable[Event]) -> Iterable[Sequence[Event]]:
    for _, run in groupby(in_order(events), key=lambda e: e.contact and e.contact.as_read):
        yield tuple(run)


def _links(events: Iterable[Event], told: Sequence[Sequence[Event]]) -> LinkGeneration:
    """Named by the event that began the run of equal addresses, and by the last wish for new ones:
    what comes late can change neither into those of another address.
    """
    current = told[-1][0].contact if told else None
    if current is None:
        return NO_LINKS
    since = takewhile(lambda run: _is_at(run[0], current), reversed(told))
    wish = [e.event_id for e in events if e.type is EventType.LINKS_RENEWED][-1:]
    names = [_named(e, *wish) for run in since for e in reversed(run)]
    return LinkGeneration(name=names[-1], names=frozenset(names))


def _is_at(event: Event, contact: Contact) -> bool:
    return event.contact is not None and same_mailbox(event.contact, contact)


def _named(event: Event, *wish: str) -> str:
    """Short: it stands in every link."""
    return sha256(" ".join([event.event_id, *wish]).encode()).hexdigest()[:8]


def _vouched(events: Iterable[Event], contact: Contact | None) -> Iterable[Channel]:
    """A person asked for a message on a channel, or saved the address that it has now."""
    for event in events:
        if word := _decision(event, EventType.ASKED_AGAIN):
            yield word.notice.channel
        is_a_word = event.source is Source.DESK and not event.is_listed
        if is_a_word and event.contact and contact:
            saved = ((c, address_on(c, event.contact), address_on(c, contact)) for c in Channel)
            yield from (channel for channel, given, now in saved if given and given == now)


def _is_checked(events: Iterable[Event], incomplete: Milestone | None) -> bool:
    """A refusal at the counter makes an earlier check worthless."""
    checks = (e for e in events if e.type is EventType.CHECKED)
    return any(incomplete is None or e.known_at > incomplete.at for e in checks)


def _decisions(events: Iterable[Event], kind: EventType) -> tuple[Decision, ...]:
    return tuple(word for e in events if (word := _decision(e, kind)))


def _decision(event: Event, kind: EventType) -> Decision | None:
    if event.type is not kind:
        return None
    try:
        notice = Notice.named(event.subject or "")
    except ValueError:
        return None  # about nothing that we know
    return Decision(event_id=event.event_id, notice=notice, at=event.known_at, until=event.until)
