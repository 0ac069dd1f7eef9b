"""Which rows of the table apply to a dossier, and what replaces what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import ARRIVED, Notice
from chalicelib.domain.dossier import Decision
from chalicelib.domain.notices import RULES, Rule
from chalicelib.domain.when import Anchor, Case


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A rule that applies, with the fact it stands on: due now, or some day."""

    rule: Rule
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
        return self.rule.end(case, self.anchor, channel)

    def is_too_old(self, case: Case) -> bool:
        """Whether it was learnt so late that a person must say if it should still be sent."""
        if not self.rule.at_once or self.rule.ever or self.tries(case):
            return False
        days = case.delays(self.anchor).at_once_too_old_days
        return self.anchor.learnt_at >= self.due_at + timedelta(days=days)

    def is_asked_again(self, case: Case) -> bool:
        """Whether a person wants it once more, whatever has replaced it, until it arrives."""
        names = {str(self.notice(channel)) for channel in self.rule.channels}
        asked = (word for word in case.facts.asked_again if word.subject in names)
        return any(not _has_arrived_since(case, word) for word in asked)

    def tries(self, case: Case) -> bool:
        """Whether anything was ever attempted for it."""
        return bool(case.tries(self.rule.kind, self.number, self.anchor))


def drafts(case: Case) -> list[Draft]:
    """Every draft that stands at `case.now`, in the order of the table."""
    standing = [draft for rule in RULES for draft in _of_rule(case, rule)]
    return [d for d in standing if d.is_asked_again(case) or not _is_replaced(case, d, standing)]


def _of_rule(case: Case, rule: Rule) -> Iterable[Draft]:
    anchor = rule.anchor(case) if case.state in rule.states else None
    if anchor is None or rule.unless(case, anchor):
        return
    for number in rule.numbers:
        due_at = rule.due(case, anchor, number)
        yield Draft(rule=rule, number=number, anchor=anchor, due_at=due_at)


def _has_arrived_since(case: Case, asked: Decision) -> bool:
    return any(
        str(a.notice) == asked.subject and a.fate in ARRIVED and a.claimed_at >= asked.at
        for a in case.ledger
    )


def _is_replaced(case: Case, draft: Draft, all_drafts: Sequence[Draft]) -> bool:
    """Of one series only the latest that is due, or was already tried, still counts."""
    return any(
        other.rule.series is draft.rule.series is not None
        and other.due_at > draft.due_at
        and (other.due_at <= case.now or other.tries(case))
        for other in all_drafts
    )
