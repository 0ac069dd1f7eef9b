"""What a rule may look at, and the fact it stands on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chalicelib.domain.attempts import Attempt, Kind, Notice
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Delays, Desk, SlotPurpose, at_paris
from chalicelib.domain.facts import Facts, State, state_about


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The fact that makes a notice owed.

    `occasion` names it; `same` are its other names, under which a notice may have left before.
    `at` is when it became known or happened, whichever is earlier; `learnt_at` when it became
    known; `day` the Paris day it counts from. `why`, a short code, is for the desk. Of a fact that
    `is_taken_over` nobody is told what was due before we heard of it.
    """

    occasion: str
    same: frozenset[str]
    at: datetime
    learnt_at: datetime
    day: date
    why: str = ""
    is_taken_over: bool = False

    def is_behind(self, notice: Notice, kind: Kind, number: int) -> bool:
        """Whether this is that notice about this fact, under any of the fact's names."""
        is_same = notice.occasion == self.occasion or notice.occasion in self.same
        return is_same and notice.kind is kind and notice.number == number


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a rule may look at.

    `addresses` holds a keyed hash of the address the student has now on each channel, if any.
    """

    facts: Facts
    state: State
    ledger: Sequence[Attempt]
    desk: Desk
    now: datetime
    addresses: Mapping[Channel, str] = field(default_factory=dict)

    def about(self, purpose: SlotPurpose) -> "Case":
        """The same case, as a rule sees it that speaks of the appointment for that purpose."""
        if purpose is self.facts.purpose:
            return self
        facts = self.facts.about(purpose)
        return replace(self, facts=facts, state=state_about(facts))

    def delays(self, anchor: Anchor) -> Delays:
        """The delays in force on the day the anchor counts from."""
        return self.desk.terms_on(anchor.day).delays

    def nine(self, anchor: Anchor, day: date) -> datetime:
        """The hour at which dated notices leave, on that day."""
        return at_paris(day, self.delays(anchor).send_at)

    def tries(self, kind: Kind, number: int, anchor: Anchor) -> list[Attempt]:
        """Every attempt at a notice about this anchor, under any of its names, on any channel."""
        return [a for a in self.ledger if anchor.is_behind(a.notice, kind, number)]

    def asked(self, kind: Kind, number: int, anchor: Anchor, channel: Channel) -> int:
        """How often a person has asked for a notice about this anchor on a channel."""
        words = (word.notice for word in self.facts.asked_again)
        mine = (n for n in words if n.channel is channel and anchor.is_behind(n, kind, number))
        return sum(1 for _ in mine)

    @property
    def starts_at(self) -> datetime:
        """The hour of the current appointment, where there is one."""
        assert self.facts.appointment is not None
        return self.facts.appointment.starts_at
