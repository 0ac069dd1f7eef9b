"""Which dated steps were reached, and which were taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from chalicelib.domain.desk_calendar import Desk, believable_expiry
from chalicelib.domain.events import MILESTONES, Closing, Event, EventType, in_order

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A dated step. `at` is the earlier of its event time and its arrival, `learnt_at` when we
    first heard of that day; both are aware instants.

    `days` are all the days it was ever believed to have happened on: what was sent for one of them
    is not sent again when an earlier or a corrected one becomes known. `withdrawals` is how often
    this step had been taken back before: what was sent for one of those is sent anew. `doubted` is
    the day that was said last, if it cannot be. What was due before we heard of one that
    `is_taken_over` was not for us to say.
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
    is_taken_over: bool = False

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
class Spell:
    """What was said of a step between two withdrawals, and which of them ended it."""

    said: tuple[Event, ...]
    ended_by: Event | None = None


#: What was said of each step, spell by spell.
Spells = Mapping[EventType, Sequence[Spell]]

_CAN_BE_WITHDRAWN = MILESTONES | {EventType.RENEWAL_BOOKED}


def spells_of(events: Iterable[Event]) -> Spells:
    """What was said of each step, by time and parted by its withdrawals; the last spell goes on.

    A withdrawal that found nothing to end counts as well: what it took back may yet be told.
    """
    said = {kind: list[Event]() for kind in _CAN_BE_WITHDRAWN}
    ended = {kind.value: list[Spell]() for kind in _CAN_BE_WITHDRAWN}
    for event in events:
        if event.type in said:
            said[event.type].append(event)
        elif event.type is EventType.WITHDRAWN and event.subject in ended:
            kind = EventType(event.subject)
            ended[kind].append(Spell(said=tuple(said[kind]), ended_by=event))
            said[kind] = []
    return {kind: (*ended[kind], Spell(said=tuple(last))) for kind, last in said.items()}


def stands(spells: Spells, kind: EventType) -> Sequence[Event]:
    """What was said of a step and was not withdrawn since."""
    return spells[kind][-1].said


def milestone(spells: Spells, kind: EventType) -> Milestone | None:
    """A step as it stands, if it was reached."""
    *before, last = spells[kind]
    return _stood(last, kind, len(before)) if last.said else None


def withdrawals(spells: Spells) -> Iterable[Withdrawal]:
    """What was taken back, by steps in the order of life."""
    for kind in EventType:
        if kind in MILESTONES:
            yield from _taken(spells[kind], kind)


def _taken(spells: Iterable[Spell], kind: EventType) -> Iterable[Withdrawal]:
    """What was taken back of a step. Its reminders bear the day on which the card ends."""
    for earlier, spell in enumerate(spells):
        if spell.ended_by and spell.said:
            step = _stood(spell, kind, earlier)
            expiries = (e.card_expires_on for e in spell.said)
            yield Withdrawal(
                step=kind,
                event_id=spell.ended_by.event_id,
                at=spell.ended_by.known_at,
                learnt_at=spell.ended_by.received_at,
                occasions=step.occasions | {step.named(day) for day in expiries if day},
            )


def _stood(spell: Spell, kind: EventType, earlier: int) -> Milestone:
    said = in_order(spell.said)
    chosen = _chosen(_believable(said, kind), kind)
    visits = [chosen] if kind is EventType.INCOMPLETE else said
    return Milestone(
        day=chosen.happened_on,
        at=chosen.known_at,
        learnt_at=min(e.received_at for e in said if e.happened_on == chosen.happened_on),
        event_id=chosen.event_id,
        days=frozenset(e.happened_on for e in visits),
        withdrawals=earlier,
        doubted=_last([e.doubted_day for e in said if e.day]),
        recepisse_number=_last([e.recepisse_number for e in said if e.recepisse_number]),
        missing_documents=chosen.missing_documents,
        card_expires_on=_last([e.card_expires_on for e in said if e.card_expires_on]),
        reason=_last([e.reason for e in said if e.reason]),
        is_taken_over=chosen.is_taken_over,
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


def _last(values: Sequence[T]) -> T | None:
    return values[-1] if values else None
