"""Which rows of the table apply to a dossier, and what replaces what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.attempts import ARRIVED, UNDECIDED, Attempt, Notice, Status
from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose, paris_day
from chalicelib.domain.rules import RULES, Anchor, Case, Rule


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A rule that applies, with the fact it stands on: due now, or some day; of one about an
    appointment, for which purpose that is.
    """

    rule: Rule
    purpose: SlotPurpose = SlotPurpose.DEPOSIT
    number: int
    anchor: Anchor
    due_at: datetime

    def notice(self, channel: Channel) -> Notice:
        """Its identity on one channel."""
        return Notice(
            kind=self.rule.kind,
            number=self.number,
            occasion=self.anchor.occasion,
            channel=channel,
        )

    def end_at(self, case: Case, channel: Channel) -> datetime | None:
        """From when on it is pointless on that channel."""
        return self.rule.end(case.about(self.purpose), self.anchor, channel)

    def is_too_old(self, case: Case) -> bool:
        """Whether it was learnt so late that a person must say if it should still be sent."""
        if not self.rule.at_once or self.rule.ever or self.tries(case):
            return False
        if any(self.asked(case, channel) for channel in self.rule.channels):
            return False
        days = case.delays(self.anchor).at_once_too_old_days
        return self.anchor.learnt_at >= self.due_at + timedelta(days=days)

    def is_old_news(self, case: Case) -> bool:
        """Whether its student was to be told before this dossier was taken over, and nobody has
        asked us to.
        """
        if self.rule.is_for_the_desk or not self.anchor.is_taken_over:
            return False
        return self.due_at <= self.anchor.learnt_at and not self.is_asked_again(case)

    def is_asked_again(self, case: Case) -> bool:
        """Whether a person wants it once more, whatever has replaced it, until it arrives."""
        return any(self._is_wanted_on(case, channel) for channel in self.rule.channels)

    def _is_wanted_on(self, case: Case, channel: Channel) -> bool:
        asked = self.asked(case, channel)
        arrived = (a for a in self.tries(case) if a.status in ARRIVED)
        answered = any(a.notice.channel is channel and a.asked >= asked for a in arrived)
        return asked > 0 and not answered

    def asked(self, case: Case, channel: Channel) -> int:
        """How often a person has asked for it on a channel."""
        return case.asked(self.rule.kind, self.number, self.anchor, channel)

    def tries(self, case: Case) -> Sequence[Attempt]:
        """Whatever was attempted for it, oldest first."""
        return case.tries(self.rule.kind, self.number, self.anchor)

    def open_channels(self, case: Case) -> Sequence[Channel]:
        """Where it can go, or is going: by an optional channel to whoever has an address there, a
        reminder to whoever did not complain.
        """
        unwanted = complaints(case.ledger) if self.rule.reminder else frozenset[str]()
        return [
            channel
            for channel in self.rule.channels
            if self.rule.goes_by(case, self.anchor, channel)
            and (not CHANNELS[channel].is_optional or self._has_an_address(case, channel))
            and case.addresses.get(channel) not in unwanted
        ]

    def _has_an_address(self, case: Case, channel: Channel) -> bool:
        """Whether there is an address, or was when a message left there that may still arrive."""
        sent = (a for a in self.tries(case) if a.notice.channel is channel)
        return channel in case.addresses or any(a.status in UNDECIDED for a in sent)


def candidates(case: Case) -> list[Candidate]:
    """Every candidate that stands at `case.now`, in the order of the table.

    Of whoever asks for erasure nothing is owed any more, whatever a person asked for before.
    """
    is_to_be_erased = case.facts.erasure is not None
    cases = {p: case.about(p) for p in _purposes(case)}
    standing = [
        candidate
        for rule in RULES
        if rule.while_erased or not is_to_be_erased
        for purpose in rule.purposes
        if purpose in cases
        for candidate in _of_rule(cases[purpose], rule, purpose)
    ]
    standing = [candidate for candidate in standing if not candidate.is_old_news(case)]
    said = [c for c in standing if c.is_asked_again(case) or not _is_silenced(case, c, standing)]
    return [
        candidate
        for place, candidate in enumerate(said)
        if candidate.is_asked_again(case) or not _is_replaced(case, candidate, said, place)
    ]


def _purposes(case: Case) -> Iterable[SlotPurpose]:
    """The appointments that rules can speak of: whoever has none to collect is spared the look."""
    is_to_collect = case.facts.to_collect.appointment is not None
    return SlotPurpose if is_to_collect else (SlotPurpose.DEPOSIT,)


def complaints(ledger: Iterable[Attempt]) -> frozenset[str]:
    """Addresses whose owners called a message of ours unwanted."""
    return frozenset(a.address for a in ledger if a.status is Status.COMPLAINED)


def _of_rule(case: Case, rule: Rule, purpose: SlotPurpose) -> Iterable[Candidate]:
    anchor = rule.anchor(case) if case.state in rule.states else None
    if anchor is None or rule.unless(case, anchor):
        return
    for number in rule.numbers:
        due_at = rule.due(case, anchor, number)
        yield Candidate(rule=rule, purpose=purpose, number=number, anchor=anchor, due_at=due_at)


def _is_silenced(case: Case, candidate: Candidate, standing: Sequence[Candidate]) -> bool:
    """What was due until the day of its contrary, and has not begun to leave, is not said."""
    contrary = (other for other in standing if candidate.rule.kind in other.rule.silences)
    is_too_late = any(paris_day(candidate.due_at) <= paris_day(c.due_at) for c in contrary)
    return is_too_late and not candidate.tries(case)


def _is_replaced(case: Case, candidate: Candidate, said: Sequence[Candidate], place: int) -> bool:
    """Of one series only the latest that is due, or was already tried, still counts: of one about
    appointments, for each of their purposes.

    Of two due at one instant the later row or number is the latest. What is silenced, or has
    nowhere to go, takes the place of nothing: whoever waits for the earlier one would hear of
    neither.
    """
    return any(
        other.rule.series is candidate.rule.series is not None
        and other.purpose is candidate.purpose
        and (other.due_at, n) > (candidate.due_at, place)
        and (other.tries(case) or (other.due_at <= case.now and other.open_channels(case)))
        for n, other in enumerate(said)
    )
