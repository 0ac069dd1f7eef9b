"""All that can be known of a run: what was stored, what left, what was told, what was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import SLOTS, Event, EventType
from chalicelib.domain.facts import ENDS, Decision, Facts, State, facts_of, state_of
from chalicelib.domain.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Left:
    """One message that a provider took: the tags on it, where to, when."""

    tags: Mapping[str, str]
    to: str
    at: datetime

    @property
    def dossier_id(self) -> str:
        """Whose it is."""
        return self.tags["dossier"]

    @property
    def notice(self) -> Notice:
        """What it is."""
        kind, _, number = self.tags["notice"].rpartition("-")
        channel = Channel(self.tags["channel"])
        occasion = self.tags["occasion"]
        return Notice(kind=Kind(kind), number=int(number), occasion=occasion, channel=channel)

    @property
    def attempt(self) -> int:
        """Which try."""
        return int(self.tags["attempt"])


@dataclass(frozen=True, kw_only=True)
class Told:
    """A receipt that we took in, and when; of a message with these tags."""

    tags: Mapping[str, str]
    status: Status
    at: datetime
    failure_class: FailureClass | None = None


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """A webhook or a click that we answered with a success; `told` is the event, if it is known."""

    event_id: str
    dossier_id: str
    told: Event | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a journal: which one, when by the clock of whoever wrote it, and its words."""

    number: int
    at: datetime
    words: Sequence[str]

    @property
    def notice(self) -> str:
        """The notice it is about, if it is about one."""
        return self.words[0]

    @property
    def status(self) -> str:
        """What it says of a try: "convocation.1.s.email attempt 2 bounced General"."""
        return self.words[3] if self.attempt else ""

    @property
    def attempt(self) -> int:
        """Which try it is about; 0 for none."""
        is_try = len(self.words) > 3 and self.words[1] == "attempt"
        return int(self.words[2]) if is_try else 0


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A message as it was claimed: what, when, and the facts that were stored by then. `purpose` is
    that of the appointment that it is about, if it is about one.
    """

    number: int
    notice: Notice
    attempt: int
    at: datetime
    facts: Facts
    purpose: SlotPurpose

    @property
    def slot(self) -> Appointment | None:
        """The appointment for that purpose at that moment."""
        return self.facts.about(self.purpose).appointment

    @property
    def standing(self) -> State:
        """Where the dossier stood, or the appointment that it is about."""
        return standing(self.facts, self.purpose)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One dossier at rest: what is stored of it, and its plan computed anew.

    `asleep` are its plans at some instants before it is looked at again. `addresses` are the
    fingerprints of the ones that the student has now.
    """

    dossier: Dossier
    state: State
    next_due_at: datetime | None
    work_since: datetime | None
    journal: Sequence[str]
    plan: Plan
    asleep: Sequence[Plan] = ()
    addresses: Mapping[Channel, str] = field(default_factory=dict)

    @property
    def is_forgotten(self) -> bool:
        """Whether a part of its history is gone, as it should be."""
        return self.dossier.forgotten is not None

    @cached_property
    def facts(self) -> Facts:
        """What its events leave; there must be one."""
        return self.dossier.facts

    def is_one_occasion(self, one: str, other: str) -> bool:
        """Whether both are names of one occasion: an appointment told twice, a day put right."""
        return one == other or any({one, other} <= names for names in self._occasions)

    @cached_property
    def _occasions(self) -> Sequence[frozenset[str]]:
        facts = self.facts
        slots = [slot.revision_events for slot in self.slots]
        steps = (facts.incomplete, facts.deposited, facts.card_ready)
        return [*slots, *(frozenset(day.isoformat() for day in s.days) for s in steps if s)]

    @property
    def slots(self) -> Sequence[Appointment]:
        """The current appointments: to deposit the file, and to collect the card."""
        both = (self.facts.about(purpose).appointment for purpose in SlotPurpose)
        return [slot for slot in both if slot] if self.dossier.events else []

    @cached_property
    def purposes(self) -> Mapping[str | None, SlotPurpose]:
        """What each of its appointments is for, by all that was told."""
        return purposes_of(self.dossier.events)

    def purpose_of(self, notice: Notice) -> SlotPurpose:
        """What the appointment is for that a notice is about; to deposit, if it is about none."""
        return _purpose_of(notice, self.dossier.events)

    @cached_property
    def events(self) -> Mapping[str, Event]:
        """Its events by their ids."""
        return {event.event_id: event for event in self.dossier.events}

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The journal: it is in the order of the writes, whatever the clocks said."""
        return [_line(number, text) for number, text in enumerate(self.journal)]

    @cached_property
    def claims(self) -> Sequence[Claim]:
        """Every message that was claimed, with the facts of then."""
        return list(_claims(self))

    def written(self, event: Event | Decision) -> int:
        """The number of the line with which an event was recorded; before all, if it is gone."""
        told = (line.number for line in self.lines if line.words[-1] == event.event_id)
        return next(told, -1)

    def claimed(self, left: Left) -> int:
        """The number of the line with which a message was claimed, the last time."""
        mine = (
            c.number for c in self.claims if (c.notice, c.attempt) == (left.notice, left.attempt)
        )
        return max(mine, default=-1)

    def said(self, kind: EventType) -> list[Event]:
        """Its events of a type, in the order in which they were recorded."""
        return sorted((e for e in self.dossier.events if e.type is kind), key=self.written)


@dataclass(frozen=True, kw_only=True)
class History:
    """All that can be known of a run, once it rests at `now`. `private` must never be written.

    `documents` are the keys of those that are kept. `unread` are messages that certainly arrived
    nowhere, and of which everything was told that there is to tell.
    """

    desk: Desk
    now: datetime
    kept: Mapping[str, Kept]
    left: Sequence[Left]
    told: Sequence[Told]
    acknowledged: Sequence[Acknowledged]
    quarantined: frozenset[str] = frozenset()
    private: Sequence[str] = ()
    documents: Sequence[str] = ()
    unread: Sequence[Left] = ()

    def attempt(self, left: Left) -> Attempt | None:
        """The try behind a message, as the ledger has it."""
        kept = self.kept.get(left.dossier_id)
        ledger = kept.dossier.ledger if kept else ()
        mine = (a for a in ledger if a.notice == left.notice and a.attempt == left.attempt)
        return next(mine, None)


def purposes_of(events: Iterable[Event]) -> Mapping[str | None, SlotPurpose]:
    """What each appointment is for: as was said of it first; where nobody said it, what its first
    slot was taken for (docs/decisions/0051).
    """
    newest_first = sorted(events, key=lambda event: event.known_at, reverse=True)
    said = [e for e in newest_first if e.is_purpose_said]
    presumed = [e for e in newest_first if e.type in SLOTS and not e.is_purpose_said]
    return {e.appointment_id: e.purpose for e in (*presumed, *said)}


def _purpose_of(notice: Notice, events: Sequence[Event]) -> SlotPurpose:
    its = next((e.appointment_id for e in events if e.event_id == notice.occasion), None)
    return purposes_of(events).get(its, SlotPurpose.DEPOSIT)


def standing(facts: Facts, purpose: SlotPurpose) -> State:
    """Where the dossier stands; of an appointment to collect, until the end, where that stands."""
    state, slot = state_of(facts), facts.to_collect.appointment
    if purpose is SlotPurpose.DEPOSIT or slot is None or state in ENDS:
        return state
    if slot.cancelled or slot.missed:
        return State.CANCELLED if slot.cancelled else State.MISSED
    return State.CONFIRMED if slot.confirmed_at else State.BOOKED


def _line(number: int, text: str) -> Line:
    at, _by, *words = text.split(" ")
    return Line(number=number, at=datetime.fromisoformat(at), words=words)


def _claims(kept: Kept) -> list[Claim]:
    so_far: list[Event] = []
    found = []
    for line in kept.lines:
        if line.words[0].startswith("forgotten"):
            so_far = [e for name, e in kept.events.items() if name == "relance:forgotten"]
        elif line.words[-1] in kept.events:
            so_far.append(kept.events[line.words[-1]])
        elif line.status == "claimed" and so_far:
            found.append(_claim(line, so_far))
    return found


def _claim(line: Line, so_far: Sequence[Event]) -> Claim:
    notice = Notice.named(line.notice)
    return Claim(
        number=line.number,
        notice=notice,
        attempt=line.attempt,
        at=line.at,
        facts=facts_of(so_far),
        purpose=_purpose_of(notice, so_far),
    )
