"""One notice on one channel: which attempts count for it, and where that leaves it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import ARRIVED, Attempt, Blame, Fate, Notice
from chalicelib.domain.desk_calendar import Desk, at_paris, paris_day
from chalicelib.domain.drafts import Draft
from chalicelib.domain.holds import Holds
from chalicelib.domain.hours import Hours
from chalicelib.domain.outlook import (
    HELD,
    HELD_AT_MOST,
    Course,
    Limits,
    Outlook,
    Stand,
    outlook,
    spent,
)
from chalicelib.domain.when import Case

NO_ADDRESS, DEAD_ADDRESS, TOO_MANY, TOO_LATE = "no_address", "dead_address", "too_many", "too_late"


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A draft on one channel: the notice its next attempt would carry, and where it stands.

    `ready_at` is when a next try may leave, by the channel's hours.
    """

    draft: Draft
    notice: Notice
    end_at: datetime | None
    outlook: Outlook
    ready_at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether its end has passed."""
        return self.end_at is not None and self.end_at <= now

    def is_lost(self, now: datetime) -> bool:
        """Whether the desk has to count this channel as lost."""
        return self.outlook.lost_at is not None and self.outlook.lost_at <= now


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What bounds every message of one dossier: the sealed addresses there are, and the hours."""

    addresses: Mapping[Channel, str]
    hours: Hours


def legs_of(case: Case, draft: Draft, reach: Reach) -> Iterable[Leg]:
    """The legs of a message; a desk notice and one learnt too late have none."""
    if draft.is_too_old(case):
        return
    for channel in draft.rule.channels:
        if channel is not Channel.DESK and _is_open(case, draft, channel, reach.addresses):
            yield _leg(case, draft, channel, reach)


def dead_addresses(ledger: Iterable[Attempt]) -> frozenset[str]:
    """Addresses that a provider has refused for good."""
    refused = (a for a in ledger if a.fate in {Fate.BOUNCED, Fate.FAILED})
    return frozenset(a.address for a in refused if a.address and a.blame is Blame.ADDRESS)


def complaints(ledger: Iterable[Attempt]) -> frozenset[str]:
    """Addresses whose owners called a message of ours unwanted."""
    return frozenset(a.address for a in ledger if a.fate is Fate.COMPLAINED)


def _is_open(case: Case, draft: Draft, channel: Channel, addresses: Mapping[Channel, str]) -> bool:
    """An SMS is owed only to a mobile number, a reminder only to who did not complain."""
    address = addresses.get(channel)
    if channel is Channel.SMS and address is None:
        return False
    return not (draft.rule.reminder and address in complaints(case.ledger))


def _leg(case: Case, draft: Draft, channel: Channel, reach: Reach) -> Leg:
    address, end_at = reach.addresses.get(channel), draft.end_at(case, channel)
    course = _course(case, draft, channel, address)
    notice = course.tries[-1].notice if course.tries else draft.notice(channel)
    stands = _if_reachable(case, outlook(course, draft.due_at), address)
    ready_at = reach.hours.for_message(stands.at, channel, reminder=draft.rule.reminder)
    leg = Leg(draft=draft, notice=notice, end_at=end_at, outlook=stands, ready_at=ready_at)
    return _in_time(_if_not_held(_if_not_too_many(leg, reach.hours), reach.hours.holds))


def _course(case: Case, draft: Draft, channel: Channel, address: str | None) -> Course:
    every = [
        a
        for a in case.tries(draft.rule.kind, draft.number, draft.anchor)
        if a.notice.channel is channel
    ]
    end_at = draft.end_at(case, channel)
    return Course(
        tries=_that_count(case, draft, every, address),
        number=max((a.attempt for a in every), default=0) + 1,
        limits=Limits(
            delays=case.delays(draft.anchor),
            deadline=end_at and _open_day_before(case.desk, end_at),
        ),
        now=case.now,
    )


def _that_count(
    case: Case, draft: Draft, every: Sequence[Attempt], address: str | None
) -> list[Attempt]:
    """Without those that a person asked to repeat, or that went to an address since replaced.

    What arrived somewhere is not repeated elsewhere, unless the student still needs it.
    """
    again = {d.subject: d.at for d in case.facts.asked_again}
    asked = [a for a in every if not _was_before(a, again.get(str(a.notice)))]
    is_done = any(a.fate in ARRIVED for a in asked) and not draft.rule.fresh_address
    if address is None or is_done:
        return asked
    return [a for a in asked if a.address in ("", address)]  # a text that failed went nowhere


def _was_before(attempt: Attempt, instant: datetime | None) -> bool:
    return instant is not None and attempt.claimed_at < instant


def _open_day_before(desk: Desk, end_at: datetime) -> datetime:
    """The last moment at which the desk can still do something about a notice."""
    day = paris_day(end_at) - timedelta(days=1)
    week = (day - timedelta(days=n) for n in range(60))
    chosen = next((d for d in week if desk.is_open(d)), day)
    return at_paris(chosen, desk.terms_on(chosen).delays.send_at)


def _if_reachable(case: Case, stands: Outlook, address: str | None) -> Outlook:
    if stands.stand is not Stand.READY:
        return stands
    if address is None:
        return spent(stands, stands.since, NO_ADDRESS)
    if address in dead_addresses(case.ledger):
        return spent(stands, stands.since, DEAD_ADDRESS)
    return stands


def _if_not_too_many(leg: Leg, hours: Hours) -> Leg:
    """A flood waits for tomorrow, and a person hears of it today."""
    flooded_at = hours.flooded_at(leg.outlook.at)
    if leg.outlook.stand is not Stand.READY or leg.draft.rule.reminder or flooded_at is None:
        return leg
    lost_at = max(leg.outlook.since, flooded_at)
    return replace(leg, outlook=replace(leg.outlook, lost_at=lost_at, why=TOO_MANY))


def _if_not_held(leg: Leg, holds: Holds) -> Leg:
    """What waits for a held channel is told to the desk after a day, whoever was refused."""
    held, stands = holds.get(leg.notice.channel), leg.outlook
    if held is None or stands.stand is not Stand.READY:
        return leg
    too_long = max(held.since, stands.since) + HELD_AT_MOST
    lost_at = min(too_long, stands.lost_at or too_long)
    return replace(leg, outlook=replace(stands, lost_at=lost_at, why=HELD))


def _in_time(leg: Leg) -> Leg:
    """What may leave only after its end will not leave; and after it nothing can be lost."""
    stands, end_at = leg.outlook, leg.end_at
    if end_at is None:
        return leg
    if stands.stand is Stand.READY and leg.ready_at >= end_at:
        stands = spent(stands, stands.since, stands.why or TOO_LATE)
    if stands.lost_at and stands.lost_at >= end_at:
        stands = replace(stands, lost_at=None)
    return replace(leg, outlook=stands)
