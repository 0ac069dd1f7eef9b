"""From events to facts, and from facts to the state. The order of arrival plays no part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from chalicelib.domain.appointments import current_appointment
from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.delivery import Notice
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import (
    Appointment,
    Decision,
    Ending,
    Facts,
    Milestone,
    State,
    Withdrawal,
)
from chalicelib.domain.events import MILESTONES, SLOTS, Event, EventType, Source, by_time, in_order

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Spell:
    """What was said of a step between two withdrawals, and which of them ended it."""

    said: tuple[Event, ...]
    ended_by: Event | None = None


def facts_of(events: Iterable[Event]) -> Facts:
    """The facts that these events leave; there must be at least one event."""
    everything = sorted(events, key=by_time)
    ours = _this_application(everything)
    incomplete, contact = _milestone(ours, EventType.INCOMPLETE), _contact(everything)
    closed = _milestone(ours, EventType.CLOSED)
    slot = _until(closed, current_appointment(ours))
    return Facts(
        known_since=min((e.known_at for e in everything if not _is_hearsay(e)), default=None),
        appointment=slot,
        slot_events=frozenset(
            [
                *(slot.revision_events if slot else ()),
                *(e.event_id for e in ours if e.type in SLOTS),
            ]
        ),
        first_booked_at=min((e.known_at for e in ours if e.type in SLOTS), default=None),
        contact=contact,
        vouched=tuple(_vouched(everything, contact)),
        checked=_is_checked(ours, incomplete),
        incomplete=incomplete,
        deposited=_milestone(ours, EventType.DEPOSITED),
        card_ready=_milestone(ours, EventType.CARD_READY),
        collected=_milestone(ours, EventType.COLLECTED),
        closed=closed,
        withdrawn=tuple(w for kind in EventType if kind in MILESTONES for w in _taken(ours, kind)),
        renews=_last([e.renews for e in ours if e.renews]),
        renewal_booked=bool(_not_withdrawn(ours, EventType.RENEWAL_BOOKED)),
        unsubscribed=any(e.type is EventType.UNSUBSCRIBED for e in ours),
        asked_again=_decisions(ours, EventType.ASKED_AGAIN),
        work_closed=_decisions(ours, EventType.WORK_CLOSED),
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
    appointment = facts.appointment
    if facts.incomplete and _is_the_last_word(facts.incomplete, appointment):
        return State.INCOMPLETE
    if appointment is None:
        return State.KNOWN
    if appointment.cancelled:
        return State.CANCELLED
    if appointment.missed:
        return State.MISSED
    return State.CONFIRMED if appointment.confirmed_at else State.BOOKED


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
    end = Ending(event_id=closed.event_id, at=closed.at, learnt_at=closed.learnt_at)
    return replace(slot, closed=end)


def _is_hearsay(event: Event) -> bool:
    """News of another dossier: that it renews this one, or no longer does."""
    is_withdrawn = event.type is EventType.WITHDRAWN
    return event.type is EventType.RENEWAL_BOOKED or (
        is_withdrawn and event.subject == EventType.RENEWAL_BOOKED
    )


def _this_application(events: Sequence[Event]) -> list[Event]:
    """Without a former application under this id: after its end, what is later begins anew."""
    ends = {kind: _not_withdrawn(events, kind) for kind in (EventType.COLLECTED, EventType.CLOSED)}
    ours: list[Event] = []
    end: Event | None = None
    for event in events:
        if end and _begins_anew(event, end, ours):
            ours, end = [], None
        ours.append(event)
        if event in ends.get(event.type, ()):
            end = _first_end(end, event)
    return ours


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


def _contact(events: Iterable[Event]) -> Contact | None:
    """The newest block that its sender changed: repeating an old one undoes nobody's correction,
    nor does another spelling of the same number.
    """
    given = [e for e in events if e.contact]
    changes = [e for source in Source for e in _changes(e for e in given if e.source is source)]
    return in_order(changes)[-1].contact if changes else None


def _changes(events: Iterable[Event]) -> list[Event]:
    ordered = in_order(events)
    read = [e.contact and e.contact.as_read for e in ordered]
    pairs = zip(ordered, read, [None, *read], strict=False)
    return [event for event, given, before in pairs if given != before]


def _vouched(events: Iterable[Event], contact: Contact | None) -> Iterable[Channel]:
    """A person asked for a message on a channel, or saved the address that it has now."""
    for event in events:
        if word := _decision(event, EventType.ASKED_AGAIN):
            yield word.notice.channel
        if event.source is Source.DESK and event.contact and contact:
            saved = ((c, address_on(c, event.contact), address_on(c, contact)) for c in Channel)
            yield from (channel for channel, given, now in saved if given and given == now)


def _is_checked(events: Iterable[Event], incomplete: Milestone | None) -> bool:
    """A refusal at the counter makes an earlier check worthless."""
    checks = (e for e in events if e.type is EventType.CHECKED)
    return any(incomplete is None or e.known_at > incomplete.at for e in checks)


def _milestone(events: Iterable[Event], kind: EventType) -> Milestone | None:
    *before, last = _spells(events, kind)
    return _stood(last, kind, len(before)) if last.said else None


def _taken(events: Iterable[Event], kind: EventType) -> Iterable[Withdrawal]:
    """What was taken back of a step. Its reminders bear the day on which the card ends."""
    for withdrawals, spell in enumerate(_spells(events, kind)):
        if spell.ended_by and spell.said:
            step = _stood(spell, kind, withdrawals)
            expiries = (e.card_expires_on for e in spell.said)
            yield Withdrawal(
                step=kind,
                event_id=spell.ended_by.event_id,
                at=spell.ended_by.known_at,
                learnt_at=spell.ended_by.received_at,
                occasions=step.occasions | {step.named(day) for day in expiries if day},
            )


def _stood(spell: _Spell, kind: EventType, withdrawals: int) -> Milestone:
    said = in_order(spell.said)
    chosen = _chosen(_believable(said, kind), kind)
    visits = [chosen] if kind is EventType.INCOMPLETE else said
    return Milestone(
        day=chosen.happened_on,
        at=chosen.known_at,
        learnt_at=min(e.received_at for e in said if e.happened_on == chosen.happened_on),
        event_id=chosen.event_id,
        days=frozenset(e.happened_on for e in visits),
        withdrawals=withdrawals,
        doubted=_last([e.doubted_day for e in said if e.day]),
        recepisse_number=_last([e.recepisse_number for e in said if e.recepisse_number]),
        missing_documents=chosen.missing_documents,
        card_expires_on=_last([e.card_expires_on for e in said if e.card_expires_on]),
        reason=_last([e.reason for e in said if e.reason]),
    )


def _believable(said: Sequence[Event], kind: EventType) -> Sequence[Event]:
    """Without the days that cannot be, where there is another: any word can name the true one.

    A visit to the counter stays, for it took place; a correction of one that cannot be does not.
    """
    is_visit = kind is EventType.INCOMPLETE
    sure = [e for e in said if e.doubted_day is None or (is_visit and not e.correction)]
    return sure or said


def _chosen(said: Sequence[Event], kind: EventType) -> Event:
    """The last correction, else the first date that was given; of visits to the counter, the last.

    A correction replaces what was said before it, not a visit that follows.
    """
    last = max((n for n, e in enumerate(said) if e.correction), default=None)
    if kind is EventType.INCOMPLETE:
        return max(said[last or 0 :], key=lambda visit: visit.happened_on)
    return said[last or 0]


def _not_withdrawn(events: Iterable[Event], kind: EventType) -> Sequence[Event]:
    return _spells(events, kind)[-1].said


def _spells(events: Iterable[Event], kind: EventType) -> list[_Spell]:
    """Events by time, parted by the withdrawals; the last spell goes on.

    A withdrawal that found nothing to end counts as well: what it took back may yet be told.
    """
    spells, said = [], list[Event]()
    for event in events:
        if event.type is kind:
            said.append(event)
        elif event.type is EventType.WITHDRAWN and event.subject == kind:
            spells.append(_Spell(said=tuple(said), ended_by=event))
            said = []
    return [*spells, _Spell(said=tuple(said))]


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


def _last(values: Sequence[T]) -> T | None:
    return values[-1] if values else None
