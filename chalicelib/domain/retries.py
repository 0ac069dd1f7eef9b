"""What the attempts on one channel let us expect: try, wait, rest, or give up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.attempts import ARRIVED, FIRST_TRY, Attempt, FailureClass, NextTry, Status
from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Delays

#: A worker's hold on an attempt; longer than the function's timeout and the providers' together.
LEASE = timedelta(minutes=5)
#: How long a provider may say "not now" before a person hears of it. The tries go on.
HELD, HELD_AT_MOST = "held", timedelta(hours=24)
#: After an answer was lost: the attempts we make before a person decides.
UNKNOWN_ATTEMPTS = 3
UNKNOWN_EXHAUSTED = "unknown_exhausted"
#: However near the end of a notice is, a receipt gets this long to come.
GRACE = timedelta(minutes=15)


class Standing(StrEnum):
    """Where one channel of one notice stands."""

    READY = "ready"  #: to be tried, from `at` on
    WAITING = "waiting"  #: somebody else's turn, judged again at `at`
    ARRIVED = "arrived"  #: since `at`
    SPENT = "spent"  #: nothing more will be tried, since `at`


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Where one channel stands, and which try would be next.

    `since` is when it came to stand there. From `lost_at` on the desk has to count this channel
    as lost, although a try may still be ahead; a receipt takes that back.
    """

    stand: Standing
    at: datetime
    since: datetime
    lost_at: datetime | None = None
    next_try: NextTry = FIRST_TRY

    @property
    def why(self) -> str:
        """What makes a try owed once more, or keeps it from leaving: a short code."""
        return self.next_try.why

    def because(self, why: str) -> "Outlook":
        """The same, for another reason."""
        return replace(self, next_try=replace(self.next_try, why=why))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long silence may last; `deadline` is when the desk must know at the latest.

    `sms_attempts` is how often an SMS is tried that did not arrive and may another time.
    """

    delays: Delays
    deadline: datetime | None
    sms_attempts: int

    def desk_at(self, since: datetime) -> datetime | None:
        """When the desk must hear of it: never before a receipt could have come."""
        return self.deadline and max(self.deadline, since + GRACE)

    def silence(self, channel: Channel) -> timedelta:
        """How long a provider may stay silent after accepting."""
        return CHANNELS[channel].silence(self.delays)


@dataclass(frozen=True, kw_only=True)
class History:
    """The attempts that count on one channel, oldest first, and the one that would be next."""

    tries: Sequence[Attempt]
    next_try: NextTry
    limits: Limits
    now: datetime

    @property
    def last(self) -> Attempt:
        """The attempt that says most: one that arrived, else the latest; a claim may be over."""
        last = next((a for a in self.tries if a.status in ARRIVED), self.tries[-1])
        if last.status is Status.CLAIMED and last.until and last.until <= self.now:
            return replace(last, status=Status.UNKNOWN, status_at=last.until)
        return last


def outlook(history: History, due_at: datetime) -> Outlook:
    """Where a channel stands, whose notice is due at `due_at`."""
    if history.tries:
        return _AFTER[history.last.status](history)
    return Outlook(
        stand=Standing.READY,
        at=due_at,
        since=due_at,
        lost_at=history.limits.desk_at(due_at),
        next_try=history.next_try,
    )


def spent(stands: Outlook, at: datetime, why: str) -> Outlook:
    """The same channel with nothing more to try, which the desk has to know from `at` on."""
    return replace(stands.because(why), stand=Standing.SPENT, at=at, lost_at=at)


def _claimed(history: History) -> Outlook:
    last = history.last
    return Outlook(
        stand=Standing.WAITING,
        at=last.until or history.now,
        since=last.status_at,
        lost_at=history.limits.desk_at(last.begun),
    )


def _postponed(history: History) -> Outlook:
    """No attempt was consumed: the same number again, for as long as the notice is owed."""
    last = history.last
    held_too_long, late = last.begun + HELD_AT_MOST, history.limits.desk_at(last.begun)
    return Outlook(
        stand=Standing.READY,
        at=last.until or history.now,
        since=last.status_at,
        lost_at=min(held_too_long, late or held_too_long),
        next_try=history.next_try.resuming(last),
    ).because(HELD)


def _accepted(history: History) -> Outlook:
    last = history.last
    silent_at = last.status_at + history.limits.silence(last.notice.channel)
    if history.now < silent_at:
        late = history.limits.desk_at(last.status_at)
        return Outlook(stand=Standing.WAITING, at=silent_at, since=last.status_at, lost_at=late)
    return _again(history, silent_at, "silent")


def _unknown(history: History) -> Outlook:
    last = history.last
    judged_at = last.status_at + timedelta(minutes=history.limits.delays.unknown_minutes)
    if len(history.tries) < UNKNOWN_ATTEMPTS:
        again = replace(history.next_try, possible_duplicate=True)
        return replace(_next(history, judged_at), next_try=again)
    late = history.limits.desk_at(last.status_at)
    if history.now < judged_at:
        return Outlook(stand=Standing.WAITING, at=judged_at, since=last.status_at, lost_at=late)
    return spent(_next(history, judged_at), judged_at, UNKNOWN_EXHAUSTED)


def _arrived(history: History) -> Outlook:
    return Outlook(stand=Standing.ARRIVED, at=history.last.status_at, since=history.last.status_at)


def _failed(history: History) -> Outlook:
    last = history.last
    if last.failure_class in {FailureClass.PASSING, FailureClass.NOTHING}:
        return _again(history, last.status_at, last.reason)
    return spent(_next(history, last.status_at), last.status_at, last.reason)


def _again(history: History, at: datetime, why: str) -> Outlook:
    """Another attempt after silence or a passing failure, where the rules grant one."""
    last, limits = history.last, history.limits
    again = CHANNELS[last.notice.channel].again
    most, again_at = again(last, at, limits.delays, limits.sms_attempts)
    if len(history.tries) < most:
        return _next(history, again_at).because(why)
    return spent(_next(history, at), at, why)


def _next(history: History, at: datetime) -> Outlook:
    since = history.last.status_at
    return Outlook(
        stand=Standing.READY,
        at=at,
        since=since,
        lost_at=history.limits.desk_at(since),
        next_try=history.next_try,
    )


_AFTER: dict[Status, Callable[[History], Outlook]] = {
    Status.CLAIMED: _claimed,
    Status.POSTPONED: _postponed,
    Status.ACCEPTED: _accepted,
    Status.UNKNOWN: _unknown,
    Status.DELIVERED: _arrived,
    Status.COMPLAINED: _arrived,
    Status.BOUNCED: _failed,
    Status.FAILED: _failed,
}
