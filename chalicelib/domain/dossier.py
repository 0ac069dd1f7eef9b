"""One application of one student: what is kept of it, and what is worked out of that once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from chalicelib.domain.appointments import SlotChange, slot_changes
from chalicelib.domain.attempts import Attempt, Status, open_line
from chalicelib.domain.events import Event, Repetition
from chalicelib.domain.facts import Facts, State, facts_of, state_of

#: Of one event so many repetitions are kept, the last ones: a week of nightly resyncs.
REPETITIONS_AT_MOST = 7

#: What is worked out of the events alone, by its name.
_OF_THE_EVENTS = ("facts", "slot_changes")


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """What was known at `at` was erased: its time was over, or somebody asked: then for good."""

    at: datetime
    on_request: bool = False


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything kept about one application: its events, in order, and its ledger, oldest first.

    From its `repetitions` nothing follows, unless something comes late that belongs before them.
    `not_before` holds every sending back after a serve that failed at `backed_off_at`. What
    is `forgotten` keeps its id, so that nothing that comes late can begin it again.
    """

    dossier_id: str
    events: tuple[Event, ...] = ()
    ledger: tuple[Attempt, ...] = ()
    backed_off_at: datetime | None = None
    not_before: datetime | None = None
    forgotten: Forgotten | None = None
    repetitions: tuple[Repetition, ...] = ()

    @cached_property
    def facts(self) -> Facts:
        """What its events leave: worked out once, when somebody first asks."""
        return facts_of(self.events)

    @cached_property
    def slot_changes(self) -> tuple[SlotChange, ...]:
        """The hours that were set or taken away, of every application that ever had this id."""
        return slot_changes(self.events)

    @property
    def state(self) -> State:
        """Where it stands by its facts."""
        return state_of(self.facts)

    @property
    def open_work(self) -> tuple[Attempt, ...]:
        """The desk notices by which it stands on the work list."""
        return tuple(a for a in self.ledger if a.status is Status.OPEN)

    def open_line(self, name: str) -> Attempt | None:
        """The line by which the notice of this name stands on the work list, if it does."""
        return open_line(self.ledger, name)

    def with_attempt(self, attempt: Attempt) -> "Dossier":
        """The same dossier with this attempt added, or put in the place of its earlier self."""
        if any(a.is_same_try(attempt) for a in self.ledger):
            ledger = tuple(attempt if a.is_same_try(attempt) else a for a in self.ledger)
        else:
            ledger = (*self.ledger, attempt)
        return self._with_the_same_facts(replace(self, ledger=ledger))

    @cached_property
    def said_again(self) -> Sequence[Event]:
        """Its repetitions, as the events that they are."""
        kept = {e.event_id: e for e in self.events}
        return [
            replace(
                kept[one.of],
                event_id=one.event_id,
                at=one.at,
                received_at=one.received_at,
                version=one.version,
                digest=one.digest,
            )
            for one in self.repetitions
        ]

    def with_repetition(self, event: Event, of: Event) -> "Dossier":
        """The same dossier, in which this event says again what the kept one says."""
        new = Repetition(
            of=of.event_id,
            event_id=event.event_id,
            at=event.at,
            received_at=event.received_at,
            version=event.version,
            digest=event.digest,
        )
        others = (one for one in self.repetitions if one.of != new.of)
        mine = (new, *(one for one in self.repetitions if one.of == new.of))
        last = sorted(mine, key=lambda one: one.at)[-REPETITIONS_AT_MOST:]
        return self._with_the_same_facts(replace(self, repetitions=(*others, *last)))

    def _with_the_same_facts(self, other: "Dossier") -> "Dossier":
        """Another dossier of the same events: what is worked out already stays worked out."""
        known = {name: vars(self)[name] for name in _OF_THE_EVENTS if name in vars(self)}
        vars(other).update(known)
        return other
