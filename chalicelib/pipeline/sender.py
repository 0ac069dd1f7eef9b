"""Give a dossier what it is owed now: load, compose, claim, send, record; then rest."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.attempts import Attempt, Status
from chalicelib.domain.channels import address_on, may_be_suppressed
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import LostRace, Never, TextFailed
from chalicelib.domain.facts import Facts
from chalicelib.domain.holds import Availability, hold
from chalicelib.domain.plan import Owed, Plan
from chalicelib.domain.retries import LEASE
from chalicelib.domain.work import TEXT_FAILED
from chalicelib.messages.letter import Letter
from chalicelib.pipeline.change import change
from chalicelib.pipeline.composer import Composer
from chalicelib.pipeline.planning import Planner
from chalicelib.pipeline.ports import Channels, Dossiers, JournalLine, Loaded
from chalicelib.pipeline.providers import Outgoing, ProviderReply, Providers

#: A dossier that still wants something after this many steps is caught in a loop.
STEPS_AT_MOST = 40


class NotAtRest(Never):
    """A dossier was still owed something after every step of its serve."""


class ChannelNews(StrEnum):
    """What became of a channel."""

    HELD = "channel_held"  #: it refuses us: from now on nobody tries but one, now and then
    RELEASED = "channel_released"  #: it takes messages again


@dataclass(frozen=True, kw_only=True)
class Served:
    """One thing a serve did, for the log, and what that said of its channel.

    `claimed_at` is when its message was claimed; a notice for the desk never is.
    """

    owed: Owed
    status: Status
    claimed_at: datetime | None = None
    reason: str = ""
    channel: ChannelNews | None = None


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Serves dossiers. `now` is the clock, `token` makes a fresh claim token."""

    dossiers: Dossiers
    channels: Channels
    planner: Planner
    composer: Composer
    providers: Providers
    now: Callable[[], datetime]
    token: Callable[[], str]

    def serve(self, dossier_id: str) -> list[Served]:
        """Serve until nothing is owed before `next_due_at`.

        Raises StorageUnavailable, NotAtRest.
        """
        done: list[Served] = []
        for _ in range(STEPS_AT_MOST):
            loaded = self.dossiers.load(dossier_id)
            if not loaded.dossier.events:
                return done
            try:
                step = self._step(loaded, has_just_written=bool(done))
            except LostRace:
                continue
            if step is None:
                return done
            done += step
        raise NotAtRest

    def _step(self, loaded: Loaded, *, has_just_written: bool) -> list[Served] | None:
        """The next thing to do for this version of the dossier; None when it is at rest."""
        now = self.now()
        channels = self.channels.availability()
        if has_just_written and not channels.holds and _sleeps(loaded, now):
            return None
        plan = self.planner.plan(loaded.dossier, now, channels.holds)
        messages = [o for o in plan.due if o.notice.channel is not Channel.DESK]
        if plan.ended or len(plan.due) > len(messages):
            return self._settle_desk(loaded, plan, now)
        if messages:
            return [self._send(loaded, messages[0], channels, now)]
        return self._rest(loaded, plan, now)

    def _rest(self, loaded: Loaded, plan: Plan, now: datetime) -> list[Served] | None:
        """Refresh the cached instant, and forget that serving failed, now that it did not."""
        dossier = loaded.dossier
        if dossier.backed_off_at and dossier.not_before and dossier.not_before <= now:
            calm = replace(dossier, backed_off_at=None, not_before=None)
            self.dossiers.write(loaded, self.planner.write(calm, now))
            return []
        if loaded.next_due_at != plan.next_change_at:
            self.dossiers.write(loaded, self.planner.write_of(dossier, plan, now))
        return None

    def _settle_desk(self, loaded: Loaded, plan: Plan, now: datetime) -> list[Served]:
        """Put what is due for the desk on its work list, and take off what no longer stands."""
        due = [o for o in plan.due if o.notice.channel is Channel.DESK]
        dossier, lines = loaded.dossier, []
        for attempt in plan.ended:
            dossier = dossier.with_attempt(replace(attempt, status=Status.CLOSED, status_at=now))
            lines.append(_line(now, f"{attempt.notice} closed"))
        for owed in due:
            dossier = dossier.with_attempt(owed.opened(now))
            lines.append(_line(now, f"{owed.notice} open {owed.why}".rstrip()))
        self.dossiers.write(loaded, self.planner.write(dossier, now, lines))
        return [Served(owed=owed, status=Status.OPEN, reason=owed.why) for owed in due]

    def _send(self, loaded: Loaded, owed: Owed, channels: Availability, now: datetime) -> Served:
        facts = loaded.dossier.facts
        try:
            letter = self.composer.compose(loaded.dossier, facts, owed.notice, now)
        except TextFailed:
            return self._text_failed(loaded, owed, now)
        held = channels.holds.get(owed.notice.channel)
        if held and not self.channels.probe(held, now):
            raise LostRace
        attempt = self._claimed(facts, owed, now)
        line = _line(now, f"{owed.notice} attempt {attempt.attempt} claimed")
        dossier = loaded.dossier.with_attempt(attempt)
        self.dossiers.write(loaded, self.planner.claim(dossier, now, line))
        outgoing = _outgoing(loaded.dossier, facts, attempt, letter)
        is_about_us = partial(_is_about_us, channels, outgoing)
        reply = self.providers.send(outgoing, is_about_us)
        after = self._recorded(outgoing, reply)
        return Served(
            owed=owed,
            status=after.status,
            claimed_at=now,
            reason=after.reason,
            channel=self._of_the_channel(channels, outgoing, reply),
        )

    def _of_the_channel(
        self, channels: Availability, outgoing: Outgoing, reply: ProviderReply
    ) -> ChannelNews | None:
        """One refusal of us holds the channel for everybody; one message taken ends that."""
        channel = outgoing.attempt.notice.channel
        if held := channels.holds.get(channel):
            is_over = reply.takes_messages and self.channels.release(held)
            return ChannelNews.RELEASED if is_over else None
        if reply.refuses_us:
            begun = hold(channel, reply.refuses_us, self.now())
            return ChannelNews.HELD if self.channels.hold(begun) else None
        self._count_refusals(channels, outgoing, reply)
        return None

    def _count_refusals(
        self, channels: Availability, outgoing: Outgoing, reply: ProviderReply
    ) -> None:
        """Refused requests in a row are counted until one is taken. Most messages meet no row."""
        channel = outgoing.attempt.notice.channel
        row = channels.refusals.get(channel)
        if reply.refuses_this:
            more = channels.refused(channel, reply.refuses_this, outgoing.dossier_id)
            self.channels.remember(more)
        elif reply.has_taken and row:
            self.channels.take_back(row)

    def _claimed(self, facts: Facts, owed: Owed, now: datetime) -> Attempt:
        addresses = self.planner.addresses(facts.contact)
        return replace(
            owed.next_try.claimed(owed.notice, now, now + LEASE),
            token=self.token(),
            address=addresses[owed.notice.channel],
            vouched=facts.vouched.count(owed.notice.channel),
        )

    def _recorded(self, outgoing: Outgoing, reply: ProviderReply) -> Attempt:
        claimed = outgoing.attempt

        def with_answer(loaded: Loaded) -> tuple[Dossier, JournalLine | None, Attempt]:
            current = loaded.dossier
            kept = next((a for a in current.ledger if a.is_same_try(claimed)), None)
            if kept is None:  # forgotten while the message was on its way
                return current, None, reply.answer(claimed)
            after = reply.answer(kept)
            words = f"{after.notice} attempt {after.attempt} {after.status} {after.reason}".rstrip()
            return current.with_attempt(after), _line(self.now(), words), after

        return change(self.dossiers, self.planner, outgoing.dossier_id, with_answer, self.now())

    def _text_failed(self, loaded: Loaded, owed: Owed, now: datetime) -> Served:
        """A text that fails to compose stops this notice only, and a person hears of it."""
        attempt = replace(owed.next_try.ended(owed.notice, Status.FAILED, now), reason=TEXT_FAILED)
        line = _line(now, f"{owed.notice} attempt {attempt.attempt} failed {TEXT_FAILED}")
        dossier = loaded.dossier.with_attempt(attempt)
        self.dossiers.write(loaded, self.planner.write(dossier, now, [line]))
        return Served(owed=owed, status=Status.FAILED, reason=TEXT_FAILED)


def _sleeps(loaded: Loaded, now: datetime) -> bool:
    """Whether the plan of its last write, for which no channel was held, still says: later."""
    is_due = loaded.next_due_at is not None and loaded.next_due_at <= now
    return not is_due and loaded.dossier.backed_off_at is None


def _is_about_us(channels: Availability, outgoing: Outgoing, reason: str) -> bool:
    return channels.is_about_us(outgoing.attempt.notice.channel, reason, outgoing.dossier_id)


def _outgoing(dossier: Dossier, facts: Facts, attempt: Attempt, letter: Letter) -> Outgoing:
    assert facts.contact is not None
    to = address_on(attempt.notice.channel, facts.contact)
    assert to is not None
    return Outgoing(
        dossier_id=dossier.dossier_id,
        attempt=attempt,
        letter=letter,
        to=to,
        is_suppressed=may_be_suppressed(dossier.ledger, attempt),
    )


def _line(at: datetime, what: str) -> JournalLine:
    return JournalLine(at=at, by="relance", what=what)
