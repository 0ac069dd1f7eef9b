"""What a list says of dossiers, beside what is known of them: news, the same, or a doubt.

Each row becomes the events that a booking system would have told, with the desk as their source.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.bulk import Listed, ListedStep, SetAside
from chalicelib.domain.channels import TO_STUDENTS, address_on
from chalicelib.domain.contact import Contact, same_mailbox
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import BACK_AT_MOST, SLOTS, Event, EventType, Source
from chalicelib.domain.facts import Facts, State
from chalicelib.domain.names import are_among, are_same, is_another, names_in
from chalicelib.domain.recording import Recorded, record


class Doubt(StrEnum):
    """Why a row is not taken as it stands."""

    UNREADABLE = "unreadable"  #: this program cannot read its dossier
    DISAGREES = "disagrees"  #: another row says something else of the same dossier
    TWICE = "twice"  #: another row says the same
    PAST = "past"  #: its hour has passed
    REFUSED = "refused"  #: its dossier takes no such event
    STATE = "state"  #: nobody expects an appointment there any more
    CALLED_OFF = "called_off"  #: this very appointment was cancelled, or missed
    NAME = "name"  #: it names somebody else
    BACK = "back"  #: its dossier had this hour or address before, and was told another since
    NO_CARD = "no_card"  #: it hands over a card that nobody has told is ready
    PART = "part"  #: its reference may be the end of that of a dossier
    UNREAD = "unread"  #: a cell of it is an error
    ADDRESS = "address"  #: an address or a number that is none
    SHARED = "shared"  #: an address or a number that too many rows have
    AHEAD = "ahead"  #: it is taken over, and has an appointment ahead of it here
    STEP_DAY = "step_day"  #: a step on a day that cannot be, or before the one before it
    SHUT = "shut"  #: nobody is at the counter then
    FAR = "far"  #: nobody books so long before


#: A person may know better than what is known here.
CAN_BE_TICKED = frozenset(Doubt) - {
    *(Doubt.UNREADABLE, Doubt.DISAGREES, Doubt.TWICE, Doubt.PAST, Doubt.REFUSED),
    Doubt.STEP_DAY,
}

#: Where no appointment for that purpose is expected any more.
_BEYOND: Mapping[SlotPurpose, Collection[State]] = {
    SlotPurpose.DEPOSIT: {State.DEPOSITED, State.CARD_READY, State.COLLECTED, State.CLOSED},
    SlotPurpose.COLLECT: {State.COLLECTED, State.CLOSED},
}


#: Of so many rows one may have a cell in a column that is nearly empty.
_NEARLY_EMPTY = 5


class ListKind(StrEnum):
    """What a list is of."""

    APPOINTMENTS = "appointments"
    TAKEOVER = "takeover"  #: dossiers in mid-procedure, on the first day


class Standing(StrEnum):
    """What a row comes to beside its dossier."""

    NEW = "new"  #: nothing is known of the dossier
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class ListedRow:
    """One row that names a dossier: its number there, the row as one reads it, what it says, and
    the fields without which it says it, since their cells are an error.
    """

    number: int
    text: str
    says: Listed
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """One column: its heading as it is written, what it was taken for, its first cells, and how
    many of the rows below it have one.
    """

    heading: str
    field: str = ""
    examples: tuple[str, ...] = ()
    filled: int = 0
    of: int = 0

    @property
    def is_nearly_empty(self) -> bool:
        """Whether most rows say nothing of what somebody may take for said."""
        return _NEARLY_EMPTY * self.filled < self.of


def ignored(columns: Iterable[ListColumn]) -> Mapping[str, int]:
    """By its heading, how many cells a column has that hold something and count for nothing."""
    return {one.heading: one.filled for one in columns if one.filled and not one.field}


@dataclass(frozen=True, kw_only=True)
class DossierList:
    """A list as it was handed in. `read` counts its rows without the `layout`, `sheet` names the
    one that was read, and `unread` those that hold something too. Rows that say nothing we could
    read are `aside`: whom they name is on the list all the same.
    """

    kind: ListKind = ListKind.APPOINTMENTS
    read: int
    columns: tuple[ListColumn, ...]
    rows: tuple[ListedRow, ...]
    aside: tuple[SetAside, ...] = ()
    sheet: str = ""
    unread: tuple[str, ...] = ()
    layout: tuple[SetAside, ...] = ()

    @property
    def ignored(self) -> Mapping[str, int]:
        """The columns that hold something and count for nothing."""
        return ignored(self.columns)

    @property
    def nearly_empty(self) -> Sequence[ListColumn]:
        """The columns that are read and say little, where no other one stands for the same."""
        fields = Counter(column.field for column in self.columns)
        read = (column for column in self.columns if fields[column.field] == 1 and column.field)
        return [column for column in read if column.is_nearly_empty]

    @property
    def mostly_aside(self) -> str:
        """Why most of its rows say nothing that we could read, where one reason is that of most."""
        counted = Counter(one.why for one in self.aside)
        return next((why for why, number in counted.items() if 2 * number > self.read), "")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Who hands a list in, when, and what its events are called: `name` begins their ids.

    `at` is when it was asked for, `received_at` when it takes effect. Both are aware.
    """

    name: str
    by: str
    at: datetime
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a row changes: a code, what was known, and what is known from now on."""

    field: str
    was: str | date | None
    now: str | date | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One row beside its dossier: the events that it comes to, in the order in which they are to be
    recorded, what they change, what the dossier would be, and why somebody should look first.
    """

    standing: Standing
    events: tuple[Event, ...]
    after: Dossier
    differences: tuple[Difference, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def beside(listed: Listed, dossier: Dossier, telling: Telling, desk: Desk) -> Comparison:
    """What a row says of its dossier, which has no events where nothing is known of it."""
    events = events_of(listed, dossier, telling)
    facts = dossier.facts if dossier.events else None
    after, is_taken = _recorded(dossier, events)
    doubts = _doubts(listed, facts, dossier, telling, desk) if events else ()
    return Comparison(
        standing=_standing(facts, events),
        events=events,
        after=after,
        differences=tuple(_differences(listed, facts)) if events else (),
        doubts=tuple(doubts) if is_taken else (Doubt.REFUSED,),
    )


def unforeseen(compared: Comparison, agreed: Collection[str]) -> Doubt | None:
    """A doubt that nobody had when the row was agreed to: what is known is not what it was. Which
    events its dossier takes, their recording says.
    """
    new = (one for one in compared.doubts if one not in agreed and one is not Doubt.REFUSED)
    return next(new, None)


def _standing(facts: Facts | None, events: Sequence[Event]) -> Standing:
    if not events:
        return Standing.UNCHANGED
    return Standing.CHANGED if facts else Standing.NEW


def _recorded(dossier: Dossier, events: Iterable[Event]) -> tuple[Dossier, bool]:
    """The dossier with these events, and whether it took them all."""
    is_taken = True
    for event in events:
        dossier, outcome = record(dossier, event)
        is_taken = is_taken and outcome is Recorded.RECORDED
    return dossier, is_taken


# From a row to its events


def events_of(listed: Listed, dossier: Dossier, telling: Telling) -> tuple[Event, ...]:
    """What a row says that is not known yet; nothing, where all of it is.

    The latest step comes first and the appointment last: of what is told of one dossier one by one,
    no message speaks of a step that the next event leaves behind.
    """
    facts = dossier.facts if dossier.events else None
    told = list(_told(listed, facts, telling))
    contact = _contact(listed.contact, facts.contact if facts else None)
    if contact and told:
        told[0] = replace(told[0], contact=contact)
    elif contact:
        told = [_event(EventType.CONTACT_UPDATED, listed, telling, contact=contact)]
    return tuple(told)


def _told(listed: Listed, facts: Facts | None, telling: Telling) -> Iterator[Event]:
    yield from _steps(listed, facts, telling)
    slot, starts_at = _slot_of(listed, facts), listed.starts_at
    if starts_at is None:
        return
    stands = slot is not None and slot.is_live and slot.starts_at == starts_at
    if listed.is_gone:
        if slot and stands:
            yield _event(EventType.CANCELLED, listed, telling, appointment_id=slot.appointment_id)
        return
    is_moved = slot is not None and slot.is_live and slot.starts_at > telling.received_at
    is_back = slot is not None and slot.starts_at == starts_at
    named = slot.appointment_id if slot and (is_moved or is_back) else telling.name
    if listed.is_confirmed and not (slot and stands and slot.confirmed_at):
        yield _event(EventType.CONFIRMED, listed, telling, appointment_id=named)
    if not stands:
        yield _event(
            EventType.RESCHEDULED if is_moved else EventType.SELECTED,
            listed,
            telling,
            appointment_id=named,
            starts_at=starts_at,
            purpose=listed.purpose,
            is_purpose_said=True,
        )


def _steps(listed: Listed, facts: Facts | None, telling: Telling) -> Iterator[Event]:
    """Those that nobody has told of, the latest first: on the way there nothing is owed."""
    for step in _new_steps(listed, facts):
        yield _event(
            step.type,
            listed,
            telling,
            day=step.day,
            recepisse_number=step.recepisse_number,
            card_expires_on=step.card_expires_on,
            reason=step.reason,
            is_taken_over=True,
        )


def _new_steps(listed: Listed, facts: Facts | None) -> Sequence[ListedStep]:
    known = facts.steps if facts else {}
    return [step for step in listed.steps if step.type not in known]


def _slot_of(listed: Listed, facts: Facts | None) -> Appointment | None:
    return facts.about(listed.purpose).appointment if facts else None


def _event(kind: EventType, listed: Listed, telling: Telling, **more: Any) -> Event:
    return Event(
        event_id=f"{telling.name}-{kind.value.partition('.')[2]}",
        type=kind,
        dossier_id=listed.dossier_id,
        at=telling.at,
        received_at=telling.received_at,
        source=Source.DESK,
        by=telling.by,
        is_listed=True,
        **more,
    )


def _contact(said: Contact | None, known: Contact | None) -> Contact | None:
    """The contact with what a row says otherwise; None where it says nothing new.

    An empty cell takes nothing away, and another spelling is no news: of a name, of a number, of an
    address.
    """
    if said is None or known is None:
        return said
    merged = known
    if _is_another_name(said, known):
        merged = _renamed(known, said)
    if said.email and not same_mailbox(said, known):
        merged = replace(merged, email=said.email)
    if said.phone and (said.number or said.phone) != (known.number or known.phone):
        merged = replace(merged, phone=said.phone, number=said.number, mobile=said.mobile)
    if _language(said) and _language(said) != _language(known):
        merged = replace(merged, language=said.language, language_given=said.language_given)
    return merged if merged != known else None


def _is_another_name(said: Contact, known: Contact) -> bool:
    """Another spelling, order or column is none, nor is one part of it, where a row has no more."""
    parts, those = _parts(said), _parts(known)
    is_known = are_same(parts, those) if all(parts) else are_among(parts, those)
    return bool(names_in(*parts)) and not is_known


def _renamed(known: Contact, said: Contact) -> Contact:
    """With the name that is said. A cell alone is one part of it, and takes the other not away; but
    of several words, not parted, it may be a whole name.
    """
    is_family_alone = not said.given_name and " " not in said.family_name
    return replace(
        known,
        family_name=said.family_name or known.family_name,
        given_name=known.given_name if is_family_alone else said.given_name,
    )


def _parts(contact: Contact) -> tuple[str, ...]:
    return contact.family_name, contact.given_name


def _language(contact: Contact) -> str | None:
    return contact.language or contact.language_given


# What a row changes


def _differences(listed: Listed, facts: Facts | None) -> Iterator[Difference]:
    slot = _slot_of(listed, facts)
    was = slot.starts_at if slot and slot.is_live else None
    now = None if listed.is_gone else listed.starts_at
    if listed.starts_at and was != now:
        yield Difference(field="starts_at", was=was, now=now)
    yield from (Difference(field=s.type, was=None, now=s.day) for s in _new_steps(listed, facts))
    known = facts.contact if facts else None
    contact = _contact(listed.contact, known)
    if contact and known:
        for field, one, other in (
            ("name", _name(known), _name(contact)),
            ("email", known.email, contact.email),
            ("phone", known.number or known.phone, contact.number or contact.phone),
            ("language", _language(known), _language(contact)),
        ):
            if one != other:
                yield Difference(field=field, was=one, now=other)


def _name(contact: Contact) -> str:
    return f"{contact.family_name} {contact.given_name}".strip()


# Why somebody should look first


def _doubts(
    listed: Listed, facts: Facts | None, dossier: Dossier, telling: Telling, desk: Desk
) -> Iterator[Doubt]:
    yield from _doubts_about_the_slot(listed, facts, dossier, telling, desk)
    if facts and _new_steps(listed, facts) and _is_ahead(facts, telling.received_at):
        yield Doubt.AHEAD
    if not _are_possible(listed.steps, telling):
        yield Doubt.STEP_DAY
    if _is_back(listed, facts, dossier):
        yield Doubt.BACK
    said, known = listed.contact, facts.contact if facts else None
    if said and known and is_another(_parts(said), _parts(known)):
        yield Doubt.NAME
    if said and (said.no_mail or (said.phone and not said.number)):
        yield Doubt.ADDRESS


def _is_ahead(facts: Facts, now: datetime) -> bool:
    slots = (facts.about(purpose).appointment for purpose in SlotPurpose)
    return any(slot is not None and slot.is_live and slot.starts_at > now for slot in slots)


def _are_possible(steps: Sequence[ListedStep], telling: Telling) -> bool:
    """Whether each is of a day that can be, and none before the one that comes before it."""
    today, days = paris_day(telling.at), [step.day for step in steps if step.day]
    in_order = all(later >= earlier for later, earlier in pairwise(days))
    return in_order and all(today - BACK_AT_MOST <= day <= today for day in days)


def _is_back(listed: Listed, facts: Facts | None, dossier: Dossier) -> bool:
    """Whether what a row says otherwise was so before: its list may be older than what is known."""
    slot = _slot_of(listed, facts)
    said = [e for e in dossier.events if e.type in SLOTS and e.purpose is listed.purpose]
    was_at = {e.starts_at for e in said if slot and slot.starts_at != listed.starts_at}
    if listed.starts_at in was_at and not listed.is_gone:
        return True
    known = facts.contact if facts else None
    told = _contact(listed.contact, known)
    before = [e.contact for e in dossier.events if e.contact]
    return bool(told and known) and any(
        getattr(told, name) in {getattr(one, name) for one in before} - {getattr(known, name), None}
        for name in ("email", "number")
    )


def _doubts_about_the_slot(
    listed: Listed, facts: Facts | None, dossier: Dossier, telling: Telling, desk: Desk
) -> Iterator[Doubt]:
    starts_at, slot = listed.starts_at, _slot_of(listed, facts)
    is_known = slot is not None and slot.starts_at == starts_at
    if starts_at is None or listed.is_gone or (is_known and slot and slot.is_live):
        return
    today = paris_day(telling.at)
    most = timedelta(days=desk.terms_on(today).delays.appointment_ahead_days)
    is_past = starts_at <= telling.received_at
    said = {
        Doubt.PAST: is_past,
        Doubt.STATE: dossier.events and dossier.state in _BEYOND[listed.purpose],
        Doubt.CALLED_OFF: is_known,
        Doubt.NO_CARD: listed.purpose is SlotPurpose.COLLECT and not _has_a_card(listed, facts),
        Doubt.SHUT: not is_past and not desk.is_staffed(starts_at),
        Doubt.FAR: paris_day(starts_at) > today + most,
    }
    yield from (doubt for doubt, holds in said.items() if holds)


def _has_a_card(listed: Listed, facts: Facts | None) -> bool:
    """Whether it is known to be there, or its row says so."""
    told = {step.type for step in listed.steps} | set(facts.steps if facts else ())
    return bool(told & {EventType.CARD_READY, EventType.COLLECTED})


def doubts_among(rows: Sequence[ListedRow], shared_by_at_most: int) -> Mapping[int, Doubt]:
    """What rows are in doubt for because of each other, by their place in the list: several of one
    dossier, or an address that more of them have than one person helps.
    """
    found = dict(_of_one_address(rows, shared_by_at_most))
    by_dossier = defaultdict[tuple[str, SlotPurpose], list[int]](list)
    for place, row in enumerate(rows):
        by_dossier[row.says.dossier_id, row.says.purpose].append(place)
    for places in by_dossier.values():
        first, *others = places
        if any(rows[place].says != rows[first].says for place in others):
            found |= dict.fromkeys(places, Doubt.DISAGREES)
        else:
            found |= dict.fromkeys(others, Doubt.TWICE)
    return found


def _of_one_address(rows: Sequence[ListedRow], at_most: int) -> Iterable[tuple[int, Doubt]]:
    had = [_addresses(row.says.contact) for row in rows]
    whose = {row.says.dossier_id: those for row, those in zip(rows, had, strict=True)}
    counted = Counter(one for those in whose.values() for one in those)
    crowded = {one for one, number in counted.items() if number > at_most}
    return [(place, Doubt.SHARED) for place, those in enumerate(had) if those & crowded]


def _addresses(contact: Contact | None) -> frozenset[str]:
    given = (address_on(channel, contact) for channel in TO_STUDENTS) if contact else ()
    return frozenset(address.casefold() for address in given if address)


def days_of(rows: Iterable[ListedRow], now: datetime) -> tuple[datetime, datetime] | None:
    """From the first to the last of the hours ahead that a list names; None where it names none."""
    ahead = [at for row in rows if (at := row.says.starts_at) and at > now]
    return (min(ahead), max(ahead)) if ahead else None
