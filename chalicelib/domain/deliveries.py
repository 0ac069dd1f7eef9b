"""One notice on one channel: which attempts count for it, and where that leaves it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.attempts import ARRIVED, Attempt, NextTry, Notice
from chalicelib.domain.candidates import Candidate
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk, at_paris, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.holds import PAUSED
from chalicelib.domain.hours import Hours
from chalicelib.domain.retries import (
    HELD,
    HELD_AT_MOST,
    History,
    Limits,
    Outlook,
    Standing,
    outlook,
    spent,
)
from chalicelib.domain.rules import Case, Rule

NO_ADDRESS, DEAD_ADDRESS, TOO_MANY, TOO_LATE = "no_address", "dead_address", "too_many", "too_late"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A candidate on one channel: the notice its next attempt would carry, and where it stands.

    `ready_at` is when a next try may leave, by the channel's hours. `is_wanted` says that a person
    has asked for it here and no attempt has answered them yet; `tries` is how many attempts there
    were, whoever they went to.
    """

    candidate: Candidate
    notice: Notice
    end_at: datetime | None
    outlook: Outlook
    ready_at: datetime
    is_wanted: bool
    tries: int

    @property
    def loss(self) -> str:
        """What a line of the work list calls it if it is lost: another try is another loss."""
        return f"{self.notice}#{self.tries}"

    def is_over(self, now: datetime) -> bool:
        """Whether its end has passed."""
        return self.end_at is not None and self.end_at <= now

    def is_lost(self, now: datetime) -> bool:
        """Whether the desk has to count this channel as lost."""
        return self.outlook.lost_at is not None and self.outlook.lost_at <= now


def deliveries_of(case: Case, candidate: Candidate, hours: Hours) -> Iterable[Delivery]:
    """The deliveries of a message; a desk notice and one learnt too late have none."""
    if candidate.is_too_old(case):
        return
    for channel in candidate.open_channels(case):
        if channel is not Channel.DESK:
            yield _delivery(case, candidate, channel, hours)


def refused_addresses(
    dossier: Dossier, addresses: Mapping[Channel, str | None]
) -> Mapping[Channel, str]:
    """The channels whose present address a provider has refused for good, each with its code.
    `addresses` are their fingerprints. Where a person has vouched for it since, it is none of them.
    """
    vouched = dossier.facts.vouched
    return {
        a.notice.channel: a.reason or DEAD_ADDRESS
        for a in dossier.ledger
        if a.is_refused_address
        and a.address == addresses.get(a.notice.channel)
        and a.vouched >= vouched.count(a.notice.channel)
    }


def is_refused(case: Case, channel: Channel, notice: Notice | None = None) -> bool:
    """Whether a provider has refused the present address on a channel for good.

    A person who vouches for it after that earns it one more try: the first that leaves, or the
    notice they asked for. While that is under way the others wait for what becomes of it.
    """
    address, vouched = case.addresses.get(channel), case.facts.vouched.count(channel)
    there = [a for a in case.ledger if address and a.address == address]
    if not any(a.is_refused_address for a in there):
        return False
    since = [a for a in there if a.vouched >= vouched]
    is_tried = any(a.notice != notice for a in since) and not any(
        a.status in ARRIVED for a in since
    )
    return is_tried or any(a.is_refused_address for a in since)


def _delivery(case: Case, candidate: Candidate, channel: Channel, hours: Hours) -> Delivery:
    every = [a for a in candidate.tries(case) if a.notice.channel is channel]
    end_at = candidate.end_at(case, channel)
    history = _history(case, candidate, channel, every, end_at)
    notice = history.tries[-1].notice if history.tries else candidate.notice(channel)
    is_wanted = history.next_try.asked > max((a.asked for a in every), default=0)
    stands = _if_reachable(case, outlook(history, candidate.due_at), notice, is_wanted=is_wanted)
    delivery = Delivery(
        candidate=candidate,
        notice=notice,
        end_at=end_at,
        outlook=stands,
        ready_at=hours.for_message(stands.at, channel, candidate.rule, candidate.purpose, end_at),
        is_wanted=is_wanted,
        tries=len(every),
    )
    return _in_time(_if_not_held(_if_not_too_many(delivery, hours), hours))


def _history(
    case: Case,
    candidate: Candidate,
    channel: Channel,
    every: Sequence[Attempt],
    end_at: datetime | None,
) -> History:
    asked = candidate.asked(case, channel)
    number = max((a.attempt for a in every), default=0) + 1
    return History(
        tries=_that_count(case, channel, [a for a in every if a.asked >= asked], candidate.rule),
        next_try=NextTry(attempt=number, asked=asked),
        limits=Limits(
            delays=case.delays(candidate.anchor),
            deadline=end_at and _open_day_before(case.desk, end_at),
            sms_attempts=candidate.rule.sms_attempts,
        ),
        now=case.now,
    )


def _that_count(
    case: Case, channel: Channel, asked: Sequence[Attempt], rule: Rule
) -> Sequence[Attempt]:
    """Without those that went to an address since replaced, or that were refused for an address of
    which a person has said since that it is good; those that a person asked to repeat are gone.

    What arrived somewhere is not repeated elsewhere, unless the student still needs it: then it is
    not enough either that it arrived here with links that open nothing any more.
    """
    address, vouched = case.addresses.get(channel), case.facts.vouched.count(channel)
    is_done = any(a.status in ARRIVED for a in asked) and not rule.fresh_address
    if address is None or is_done:
        return asked
    here = (a for a in asked if a.address in ("", address))  # a text that failed went nowhere
    links = {"", *case.facts.links.names}
    current = (a for a in here if a.links in links or not rule.fresh_address)
    return [a for a in current if not (a.is_refused_address and a.vouched < vouched)]


def _open_day_before(desk: Desk, end_at: datetime) -> datetime:
    """The last moment at which the desk can still do something about a notice."""
    day = paris_day(end_at) - timedelta(days=1)
    week = (day - timedelta(days=n) for n in range(60))
    chosen = next((d for d in week if desk.is_open(d)), day)
    return at_paris(chosen, desk.terms_on(chosen).delays.send_at)


def _if_reachable(case: Case, stands: Outlook, notice: Notice, *, is_wanted: bool) -> Outlook:
    if stands.stand is not Standing.READY:
        return stands
    if notice.channel not in case.addresses:
        contact = case.facts.contact
        return spent(stands, stands.since, (contact and contact.no_mail) or NO_ADDRESS)
    if not is_wanted and is_refused(case, notice.channel, notice):
        return spent(stands, stands.since, DEAD_ADDRESS)
    return stands


def _if_not_too_many(delivery: Delivery, hours: Hours) -> Delivery:
    """A flood waits for tomorrow, and a person hears of it today."""
    flooded_at = hours.flooded_at(delivery.outlook.at)
    if (
        delivery.outlook.stand is not Standing.READY
        or delivery.candidate.rule.reminder
        or flooded_at is None
    ):
        return delivery
    lost_at = max(delivery.outlook.since, flooded_at)
    return replace(delivery, outlook=replace(delivery.outlook.because(TOO_MANY), lost_at=lost_at))


def _if_not_held(delivery: Delivery, hours: Hours) -> Delivery:
    """What waits for a held channel is told to the desk after a day, whoever was refused. What is
    due only after its turn there does not wait for it yet.
    """
    held, stands = hours.holds.get(delivery.notice.channel), delivery.outlook
    if held is None or stands.stand is not Standing.READY:
        return delivery
    too_long = max(held.since, stands.since) + HELD_AT_MOST
    stands = replace(stands, lost_at=min(too_long, stands.lost_at or too_long))
    if stands.at <= max(hours.now, held.turn_of(hours.dossier_id, hours.now)):
        stands = stands.because(PAUSED if held.pause else HELD)
    return replace(delivery, outlook=stands)


def _in_time(delivery: Delivery) -> Delivery:
    """What may leave only after its end will not leave; and after it nothing can be lost."""
    stands, end_at = delivery.outlook, delivery.end_at
    if end_at is None:
        return delivery
    if stands.stand is Standing.READY and delivery.ready_at >= end_at:
        stands = spent(stands, stands.since, stands.why or TOO_LATE)
    if stands.lost_at and stands.lost_at >= end_at:
        stands = replace(stands, lost_at=None)
    return replace(delivery, outlook=stands)
