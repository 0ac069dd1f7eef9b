"""One notice on one channel: which attempts count for it, and where that leaves it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import Attempt, Fate, Notice
from chalicelib.domain.desk_calendar import Desk, at_paris, paris_day
from chalicelib.domain.drafts import Draft
from chalicelib.domain.outlook import Limits, Outlook, Stand, outlook
from chalicelib.domain.when import Case

NO_ADDRESS, DEAD_ADDRESS = "no_address", "dead_address"


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A draft on one channel: the notice its next attempt would carry, and where it stands."""

    draft: Draft
    notice: Notice
    end_at: datetime | None
    outlook: Outlook


def legs_of(case: Case, draft: Draft, addresses: Mapping[Channel, str]) -> Iterable[Leg]:
    """The legs of a message; a desk notice and one learnt too late have none."""
    if draft.is_too_old(case):
        return
    for channel in draft.rule.channels:
        if channel is not Channel.DESK and _is_open(case, draft, channel, addresses):
            yield _leg(case, draft, channel, addresses.get(channel))


def dead_addresses(ledger: Iterable[Attempt]) -> frozenset[str]:
    """Addresses that a provider has refused for good."""
    refused = (a for a in ledger if a.fate in {Fate.BOUNCED, Fate.FAILED} and not a.passing)
    return frozenset(a.address for a in refused if a.address)


def complaints(ledger: Iterable[Attempt]) -> frozenset[str]:
    """Addresses whose owners called a message of ours unwanted."""
    return frozenset(a.address for a in ledger if a.fate is Fate.COMPLAINED)


def _is_open(case: Case, draft: Draft, channel: Channel, addresses: Mapping[Channel, str]) -> bool:
    """An SMS is owed only to a mobile number, a reminder only to who did not complain."""
    address = addresses.get(channel)
    if channel is Channel.SMS and address is None:
        return False
    return not (draft.rule.reminder and address in complaints(case.ledger))


def _leg(case: Case, draft: Draft, channel: Channel, address: str | None) -> Leg:
    every = _on(case, draft, channel)
    tries = _that_count(case, draft, every, address)
    end_at = draft.end_at(case, channel)
    limits = Limits(
        delays=case.delays(draft.anchor), deadline=end_at and _open_day_before(case.desk, end_at)
    )
    stands = outlook(tries, draft.due_at, limits, case.now)
    if not tries:
        stands = replace(stands, attempt=max((a.attempt for a in every), default=0) + 1)
    return Leg(
        draft=draft,
        notice=tries[-1].notice if tries else draft.notice(channel),
        end_at=end_at,
        outlook=_if_reachable(case, stands, address),
    )


def _on(case: Case, draft: Draft, channel: Channel) -> list[Attempt]:
    tries = case.tries(draft.rule.kind, draft.number, draft.anchor)
    return [a for a in tries if a.notice.channel is channel]


def _that_count(
    case: Case, draft: Draft, every: Sequence[Attempt], address: str | None
) -> list[Attempt]:
    """Without those that a person asked to repeat, or that went to an address since replaced."""
    again = {d.subject: d.at for d in case.facts.asked_again}
    asked = [a for a in every if not _was_before(a, again.get(str(a.notice)))]
    if draft.rule.fresh_address and address and asked and _is_elsewhere(asked[-1], address):
        return [a for a in asked if a.address == address]
    return asked


def _is_elsewhere(attempt: Attempt, address: str) -> bool:
    """Whether it went to another address; one whose text failed went to none."""
    return attempt.address not in ("", address)


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
        return replace(stands, stand=Stand.SPENT, why=NO_ADDRESS)
    if address in dead_addresses(case.ledger):
        return replace(stands, stand=Stand.SPENT, why=DEAD_ADDRESS)
    return stands
