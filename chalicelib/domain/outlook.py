"""What the attempts on one channel let us expect: try, wait, rest, or give up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.contact import Channel
from chalicelib.domain.delivery import ARRIVED, Attempt, Fate, Kind
from chalicelib.domain.desk_calendar import Delays

#: A worker's hold on an attempt; longer than the function's timeout and the providers' together.
LEASE = timedelta(minutes=5)
#: How long a provider may say "not now" before a person hears of it.
HELD_AT_MOST = timedelta(hours=24)
#: After an answer was lost: the attempts we make before a person decides.
UNKNOWN_ATTEMPTS = 3
UNKNOWN_EXHAUSTED = "unknown_exhausted"
#: An e-mail that came back for a passing reason: again after this wait, so often in all.
BOUNCE_WAIT, BOUNCE_ATTEMPTS = timedelta(hours=24), 3
#: The SMS that this whole program exists for gets a second attempt.
CARD_SMS_ATTEMPTS = 2
#: A limit that the end of a notice has already cut: the receipt still gets this long to come.
GRACE = timedelta(minutes=15)


class Stand(StrEnum):
    """Where one channel of one notice stands."""

    READY = "ready"  #: to be tried, from `at` on
    WAITING = "waiting"  #: somebody else's turn, judged again at `at`
    ARRIVED = "arrived"  #: since `at`
    SPENT = "spent"  #: nothing more will be tried, since `at`


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Where one channel stands, and which try would be next. `why` is a short code."""

    stand: Stand
    at: datetime
    attempt: int = 1
    tries: int = 0
    possible_duplicate: bool = False
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long silence may last; `deadline` is when the desk must know at the latest."""

    delays: Delays
    deadline: datetime | None

    def cut(self, limit: datetime, since: datetime) -> datetime:
        """The limit, or the deadline if that is earlier, but never before a receipt could come."""
        if self.deadline is None:
            return limit
        return min(limit, max(self.deadline, since + GRACE))

    def silence(self, channel: Channel) -> timedelta:
        """How long a provider may stay silent after accepting."""
        is_sms = channel is Channel.SMS
        hours = self.delays.sms_silence_hours if is_sms else self.delays.email_silence_hours
        return timedelta(hours=hours)


def outlook(tries: Sequence[Attempt], due_at: datetime, limits: Limits, now: datetime) -> Outlook:
    """Where a channel stands after these attempts, oldest first, at its notice."""
    if not tries:
        return Outlook(stand=Stand.READY, at=due_at)
    last, made = next((a for a in tries if a.fate in ARRIVED), tries[-1]), len(tries)
    if last.fate is Fate.CLAIMED and last.until and last.until <= now:
        last = replace(last, fate=Fate.UNKNOWN, fate_at=last.until)
    return _AFTER[last.fate](last, made, limits, now)


def _claimed(last: Attempt, _made: int, _limits: Limits, now: datetime) -> Outlook:
    return Outlook(stand=Stand.WAITING, at=last.until or now)


def _postponed(last: Attempt, _made: int, limits: Limits, now: datetime) -> Outlook:
    gives_up_at = limits.cut(last.claimed_at + HELD_AT_MOST, last.claimed_at)
    if now >= gives_up_at:
        return Outlook(stand=Stand.SPENT, at=gives_up_at, why="held")
    return Outlook(
        stand=Stand.READY,
        at=last.until or now,
        attempt=last.attempt,
        tries=last.tries,
        possible_duplicate=last.possible_duplicate,
    )


def _accepted(last: Attempt, made: int, limits: Limits, now: datetime) -> Outlook:
    silent_at = limits.cut(last.fate_at + limits.silence(last.notice.channel), last.fate_at)
    if now < silent_at:
        return Outlook(stand=Stand.WAITING, at=silent_at)
    return _again(last, made, silent_at, "silent")


def _unknown(last: Attempt, made: int, limits: Limits, now: datetime) -> Outlook:
    wait = timedelta(minutes=limits.delays.unknown_minutes)
    judged_at = limits.cut(last.fate_at + wait, last.fate_at)
    if made < UNKNOWN_ATTEMPTS:
        return replace(_next(last, judged_at), possible_duplicate=True)
    stand = Stand.WAITING if now < judged_at else Stand.SPENT
    return Outlook(stand=stand, at=judged_at, why=UNKNOWN_EXHAUSTED)


def _arrived(last: Attempt, _made: int, _limits: Limits, _now: datetime) -> Outlook:
    return Outlook(stand=Stand.ARRIVED, at=last.fate_at)


def _failed(last: Attempt, made: int, _limits: Limits, _now: datetime) -> Outlook:
    if last.passing:
        return _again(last, made, last.fate_at, last.reason)
    return Outlook(stand=Stand.SPENT, at=last.fate_at, why=last.reason)


def _again(last: Attempt, made: int, at: datetime, why: str) -> Outlook:
    """Another attempt after silence or a passing failure, where the rules grant one."""
    notice = last.notice
    if notice.kind is Kind.CARD_READY and notice.channel is Channel.SMS:
        most, wait = CARD_SMS_ATTEMPTS, timedelta()
    elif last.fate is Fate.BOUNCED:
        most, wait = BOUNCE_ATTEMPTS, BOUNCE_WAIT
    else:
        most, wait = 1, timedelta()
    if made >= most:
        return Outlook(stand=Stand.SPENT, at=at, why=why)
    return _next(last, at + wait)


def _next(last: Attempt, at: datetime) -> Outlook:
    return Outlook(stand=Stand.READY, at=at, attempt=last.attempt + 1)


_AFTER: dict[Fate, Callable[[Attempt, int, Limits, datetime], Outlook]] = {
    Fate.CLAIMED: _claimed,
    Fate.POSTPONED: _postponed,
    Fate.ACCEPTED: _accepted,
    Fate.UNKNOWN: _unknown,
    Fate.DELIVERED: _arrived,
    Fate.COMPLAINED: _arrived,
    Fate.BOUNCED: _failed,
    Fate.FAILED: _failed,
}
