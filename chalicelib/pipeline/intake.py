"""An event becomes part of its dossier, at most once, whatever the order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.decoding.naming import Body
from chalicelib.decoding.quarantined import heard_in
from chalicelib.domain.channels import TO_STUDENTS, address_on
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.desk_calendar import Desk, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import StorageUnavailable, Unreadable, Unusable
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import Facts
from chalicelib.domain.forgetting import taken_in
from chalicelib.domain.quarantine import CONFLICT, LEFT_OUT
from chalicelib.domain.recording import Recorded, become_news, record
from chalicelib.pipeline.change import Changed, change
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import (
    Addresses,
    Dossiers,
    JournalLine,
    Loaded,
    Quarantine,
    Quarantined,
    ServeQueue,
)

#: A dossier of more bytes takes no more of what its sender tells. The rest of the 400 kB that
#: DynamoDB allows an item is for the messages that are still owed, and for what becomes of them.
FULL: Mapping[Source, int] = {Source.BOOKING: 300_000, Source.DESK: 340_000}
#: A request that ends a dossier, and news of another that renews it, are taken in until there is
#: hardly more room.
FULL_FOR_THE_END = 370_000
_ENDS = frozenset({EventType.ERASURE_REQUESTED, EventType.ERASURE_WITHDRAWN})


def unreadable_because(error: Unreadable) -> str:
    """Why an event waits: for its dossier, or for the one that it renews."""
    return f"dossier {error.dossier_id} cannot be read: {error.why}"


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Takes events in. Somebody has to hear of a lost wake-up, harmless as it is."""

    dossiers: Dossiers
    addresses: Addresses
    quarantined: Quarantine
    queue: ServeQueue
    planner: Planner
    on_lost_wake: Callable[[StorageUnavailable], None]
    now: Callable[[], datetime]

    def record(self, event: Event, body: bytes) -> Recorded:
        """Store the event, and wake its dossier if something is due now; a body of which a part
        could not be read waits for a person besides.

        Raises LostRace, StorageUnavailable; Unusable where it, or the one that it renews, is full;
        Unreadable where one of them cannot be read: what is kept of the event can be recorded then.
        """
        return self.take_in(event, body).answer

    def take_in(
        self, event: Event, body: bytes, at_hand: Loaded | None = None
    ) -> Changed[Recorded]:
        """The same for a dossier that may be at hand already, and what it is from now on."""
        now, event = self.now(), _for_a_purpose(event, self.planner.desk)
        stored = self._store(event, now, at_hand=at_hand, at_most=_room(event))
        outcome, after = stored.answer, stored.now.dossier
        if outcome is Recorded.QUARANTINED:
            # Whoever pressed a button of the desk is told, and need not find it on a list.
            if event.source is not Source.DESK:
                self.quarantine(event.event_id, CONFLICT, body)
            return stored
        touched = [stored]
        # Told on a duplicate too: after a crash between the two writes the sender delivers again.
        if news := _for_the_former(after, event, now):
            touched += self._told(news, now)
        self._wake(touched, event.event_id)
        if event.unread and outcome is not Recorded.STALE and _is_kept(after, event):
            left_out = ", ".join(event.unread)
            self.quarantine(event.event_id, f"{LEFT_OUT}{left_out}", body)
        return stored

    def quarantine(self, event_id: str, reason: str, body: bytes) -> Recorded:
        """Keep something authentic that cannot be used, for a person: QUARANTINED. What is about a
        dossier that was erased on request is kept nowhere: STALE. Raises StorageUnavailable.
        """
        if self._is_about_the_erased(body):
            return Recorded.STALE
        at = self.now()
        about = heard_in(body).dossier_id
        item = Quarantined(event_id=event_id, received_at=at, reason=reason, body=body, about=about)
        self.quarantined.keep(item)
        return Recorded.QUARANTINED

    def _is_about_the_erased(self, body: bytes) -> bool:
        """One read, of the dossiers that it is about in whatever form, and none that goes on."""
        spelt = [spelling for one in Body(body).about for spelling in (one, one.upper())]
        known = self.dossiers.many(spelt)
        return bool(known) and all(map(_is_erased, known))

    def _store(
        self,
        event: Event,
        now: datetime,
        *,
        at_hand: Loaded | None = None,
        at_most: int | None = None,
    ) -> Changed[Recorded]:
        def with_event(loaded: Loaded) -> tuple[Dossier, Sequence[JournalLine], Recorded]:
            dossier = loaded.dossier
            after, outcome = record(dossier, self._with_room(dossier, event))
            if after is dossier:
                return dossier, [], outcome
            is_full = at_most is not None and loaded.size > at_most
            if outcome is Recorded.DUPLICATE:
                return dossier if is_full else after, [], outcome
            if is_full:
                message = f"dossier: holds more than {at_most:,} bytes already"
                raise Unusable(message)
            told = [
                (event, outcome),
                *((one, Recorded.RECORDED) for one in become_news(dossier, after)),
            ]
            lines = [
                JournalLine(at=now, by=one.source, what=f"{one.type} {came_to} {one.event_id}")
                for one, came_to in told
            ]
            return after, lines, outcome

        return change(
            self.dossiers, self.planner, event.dossier_id, with_event, now, at_hand=at_hand
        )

    def _with_room(self, dossier: Dossier, event: Event) -> Event:
        """The event, with the addresses marked that are those of too many dossiers already. Asked
        about are those only that this one never had; what a person at the desk says of one dossier
        is believed.
        """
        told, is_believed = event.contact, event.source is not Source.BOOKING
        is_believed = is_believed and not event.is_listed
        if told is None or is_believed or not taken_in(dossier, event):
            return event
        had = {one for e in dossier.events if e.contact for one in _addresses(e.contact)}
        new = [one for one in _addresses(told) if one not in had]
        crowded = tuple(
            channel
            for channel, address in new
            if not self.addresses.admit(self.planner.fingerprint(address), dossier.dossier_id)
        )
        return replace(event, contact=replace(told, crowded=crowded)) if crowded else event

    def _told(self, news: Event, now: datetime) -> list[Changed[Recorded]]:
        """What the former dossier makes of it. A full or unreadable one stops no student and no
        desk: what the booking system told waits in the quarantine, and tells it then.
        """
        try:
            return [self._store(news, now, at_most=FULL_FOR_THE_END)]
        except (Unreadable, Unusable):
            if news.source is Source.BOOKING:
                raise
            return []

    def _wake(self, touched: Iterable[Changed[Recorded]], event_id: str) -> None:
        """Ask for a serve now. A lost wake is repaired by the next sweep: the index knows."""
        due = [one.now.dossier_id for one in touched if one.wants_a_serve]
        if not due:
            return
        try:
            self.queue.wake(due, event_id)
        except StorageUnavailable as error:
            self.on_lost_wake(error)


def _is_erased(one: Loaded | Unreadable) -> bool:
    gone = None if isinstance(one, Unreadable) else one.dossier.forgotten
    return gone is not None and gone.on_request


def _for_a_purpose(event: Event, desk: Desk) -> Event:
    """A slot of which nobody says what it is for is for what the desk's appointments are for."""
    if event.is_purpose_said or event.starts_at is None:
        return event
    purpose, *_ = desk.terms_on(paris_day(event.starts_at)).appointments
    return replace(event, purpose=purpose)


def _is_kept(dossier: Dossier, event: Event) -> bool:
    """Whether it is part of its dossier: not as a repeat, of which a person has heard already; but
    when it is delivered again, since we may have failed before they could hear.
    """
    return any(known.event_id == event.event_id for known in dossier.events)


def _room(event: Event) -> int | None:
    """How large a dossier may be to take this in: the student, who says little, is always heard."""
    return FULL_FOR_THE_END if event.type in _ENDS else FULL.get(event.source)


def _for_the_former(dossier: Dossier, event: Event, now: datetime) -> Event | None:
    """What this event means for the dossier that this one renews.

    The former counts as renewed while the new one has a live appointment or a deposit and is not
    closed. The news are of now: they tell what follows from all that is known, whatever event was
    the last to come.
    """
    facts = dossier.facts
    if facts.renews is None or facts.renews == event.dossier_id:
        return None
    holds = _holds(facts)
    return Event(
        event_id=f"renews:{event.event_id}",
        type=EventType.RENEWAL_BOOKED if holds else EventType.WITHDRAWN,
        dossier_id=facts.renews,
        at=now,
        received_at=now,
        source=event.source,
        subject=None if holds else EventType.RENEWAL_BOOKED.value,
    )


def _holds(facts: Facts) -> bool:
    if facts.closed:
        return False
    is_expected = any(slot.is_live for slot in facts.appointments)
    return bool(is_expected or facts.deposited or facts.card_ready or facts.collected)


def _addresses(contact: Contact) -> Iterable[tuple[Channel, str]]:
    """Where messages may go, as addresses are compared."""
    given = ((channel, address_on(channel, contact)) for channel in TO_STUDENTS)
    return [(channel, address.casefold()) for channel, address in given if address]
