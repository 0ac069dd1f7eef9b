"""Give a dossier what it is owed now: load, compose, claim, send, record; then rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.attempts import Attempt, Notice, Status
from chalicelib.domain.channels import CHANNELS, address_on, may_be_suppressed
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
from chalicelib.pipeline.ports import Channels, Dossiers, JournalLine, Loaded, Write
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
class _Claimed:
    """A message that is ours to send since `at`; the `others` were due as well by then."""

    owed: Owed
    outgoing: Outgoing
    at: datetime
    others: Sequence[Notice]


@dataclass(frozen=True, kw_only=True)
class _NextLetter:
    """What is likely to leave after a message that is being sent."""

    notice: Notice
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class _AtHand:
    """A dossier as it was read or as we wrote it, and how the channels behaved when it was read.

    `claimed` is the message that leaves next. `is_settled` says that its `next_due_at` can be
    believed: no channel was held, and serving it had not failed, when it was planned.
    """

    loaded: Loaded
    channels: Availability
    claimed: _Claimed | None = None
    is_settled: bool = False

    def written(self, loaded: Loaded, claimed: _Claimed | None = None) -> "_AtHand":
        """The same after a write of ours."""
        is_settled = not self.channels.holds and loaded.dossier.backed_off_at is None
        return replace(self, loaded=loaded, claimed=claimed, is_settled=is_settled)

    def rests(self, now: datetime) -> bool:
        """Whether nothing is to be done for it now."""
        is_settled = self.is_settled and not self.claimed and not self.loaded.is_due(now)
        return is_settled or not self.loaded.dossier.events


#: Of a step: what is at hand after it, if that need not be read again, and what it did.
_Step = tuple[_AtHand | None, Sequence[Served]]


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

        A message costs a read, the write of its claim, the sending, and the write of the answer;
        the next one's claim is part of that write, and nothing is read after a write of our own.

        Raises StorageUnavailable, NotAtRest.
        """
        done: list[Served] = []
        at_hand: _AtHand | None = None
        for _ in range(STEPS_AT_MOST):
            at_hand = at_hand or self._read(dossier_id)
            if at_hand.rests(self.now()):
                return done
            try:
                at_hand, served = self._step(at_hand)
            except LostRace:
                at_hand = None
                continue
            done += served
        raise NotAtRest

    def _read(self, dossier_id: str) -> _AtHand:
        loaded, channels = self.dossiers.load_with_channels(dossier_id)
        return _AtHand(loaded=loaded, channels=channels)

    def _step(self, at_hand: _AtHand) -> _Step:
        """The next thing to do for this version of the dossier."""
        if at_hand.claimed:
            return self._send(at_hand, at_hand.claimed)
        now = self.now()
        plan = self.planner.plan(at_hand.loaded.dossier, now, at_hand.channels.holds)
        if messages := _messages(plan):
            return self._claim(at_hand, messages, now)
        if plan.ended or plan.due:
            return self._settle_desk(at_hand, plan, now)
        return self._rest(at_hand, plan, now)

    def _rest(self, at_hand: _AtHand, plan: Plan, now: datetime) -> _Step:
        """Refresh the cached instant, and forget that serving failed, now that it did not."""
        loaded = at_hand.loaded
        dossier = loaded.dossier
        if dossier.backed_off_at and dossier.not_before and dossier.not_before <= now:
            calm = replace(dossier, backed_off_at=None, not_before=None)
            return at_hand.written(self.dossiers.write(loaded, self.planner.write(calm, now))), ()
        if loaded.next_due_at != plan.next_change_at:
            loaded = self.dossiers.write(loaded, self.planner.write_of(dossier, plan, now))
        return replace(at_hand, loaded=loaded, is_settled=True), ()

    def _settle_desk(self, at_hand: _AtHand, plan: Plan, now: datetime) -> _Step:
        """Put what is due for the desk on its work list, and take off what no longer stands."""
        due = [o for o in plan.due if o.notice.channel is Channel.DESK]
        dossier, lines = at_hand.loaded.dossier, []
        for attempt in plan.ended:
            dossier = dossier.with_attempt(replace(attempt, status=Status.CLOSED, status_at=now))
            lines.append(_line(now, f"{attempt.notice} closed"))
        for owed in due:
            dossier = dossier.with_attempt(owed.opened(now))
            lines.append(_line(now, f"{owed.notice} open {owed.why}".rstrip()))
        loaded = self.dossiers.write(at_hand.loaded, self.planner.write(dossier, now, lines))
        served = [Served(owed=owed, status=Status.OPEN, reason=owed.why) for owed in due]
        return at_hand.written(loaded), served

    def _claim(self, at_hand: _AtHand, due: Sequence[Owed], now: datetime) -> _Step:
        owed, dossier = due[0], at_hand.loaded.dossier
        try:
            letter = self.composer.compose(dossier, dossier.facts, owed.notice, now)
        except TextFailed:
            return self._text_failed(at_hand, owed, now)
        held = at_hand.channels.holds.get(owed.notice.channel)
        if held and not self.channels.probe(held, now):
            raise LostRace
        claimed = self._claimed(dossier, due, letter, now)
        write = self._claiming(dossier, claimed, ())
        return at_hand.written(self.dossiers.write(at_hand.loaded, write), claimed), ()

    def _claimed(
        self, dossier: Dossier, due: Sequence[Owed], letter: Letter, now: datetime
    ) -> _Claimed:
        owed, facts = due[0], dossier.facts
        addresses = self.planner.addresses(facts.contact)
        attempt = replace(
            owed.next_try.claimed(owed.notice, now, now + LEASE),
            token=self.token(),
            address=addresses[owed.notice.channel],
            vouched=facts.vouched.count(owed.notice.channel),
            links=facts.links.name if CHANNELS[owed.notice.channel].carries_links else "",
        )
        outgoing = _outgoing(dossier, facts, attempt, letter)
        others = [other.notice for other in due[1:]]
        return _Claimed(owed=owed, outgoing=outgoing, at=now, others=others)

    def _claiming(self, dossier: Dossier, claimed: _Claimed, lines: Sequence[JournalLine]) -> Write:
        attempt = claimed.outgoing.attempt
        line = _line(claimed.at, f"{attempt.notice} attempt {attempt.attempt} claimed")
        return self.planner.claim(dossier.with_attempt(attempt), claimed.at, (*lines, line))

    def _send(self, at_hand: _AtHand, claimed: _Claimed) -> _Step:
        # Composed now: no other message's words can fail between this one's answer and its record.
        following = self._following(at_hand, claimed)
        outgoing, channels = claimed.outgoing, at_hand.channels
        reply = self.providers.send(outgoing, partial(_is_about_us, channels, outgoing))
        after, attempt = self._record(at_hand, outgoing, reply, following)
        served = Served(
            owed=claimed.owed,
            status=attempt.status,
            claimed_at=claimed.at,
            reason=attempt.reason,
            channel=self._of_the_channel(channels, outgoing, reply),
        )
        return after, [served]

    def _following(self, at_hand: _AtHand, claimed: _Claimed) -> _NextLetter | None:
        """What leaves after this message, unless it needs a document or a channel gives trouble."""
        notice, dossier = next(iter(claimed.others), None), at_hand.loaded.dossier
        if notice is None or not at_hand.channels.are_free or self.composer.keeps(notice):
            return None
        try:
            letter = self.composer.compose(dossier, dossier.facts, notice, claimed.at)
        except TextFailed:
            return None
        return _NextLetter(notice=notice, letter=letter)

    def _record(
        self,
        at_hand: _AtHand,
        outgoing: Outgoing,
        reply: ProviderReply,
        following: _NextLetter | None,
    ) -> tuple[_AtHand | None, Attempt]:
        """Store the answer; and in the same write claim what follows, if it is still what is due.

        Where somebody wrote meanwhile, or a channel gives trouble, all of it is read again.
        """
        now, attempt = self.now(), reply.answer(outgoing.attempt)
        dossier, line = at_hand.loaded.dossier.with_attempt(attempt), _answer_line(attempt, now)
        plan, claimed = self.planner.plan(dossier, now), None
        due = _messages(plan)
        if following and reply.has_taken and due and due[0].notice == following.notice:
            claimed = self._claimed(dossier, due, following.letter, now)
            write = self._claiming(dossier, claimed, [line])
        else:
            write = self.planner.write_of(dossier, plan, now, [line])
        try:
            after = at_hand.written(self.dossiers.write(at_hand.loaded, write), claimed)
        except LostRace:
            return None, self._recorded_anew(outgoing, reply)
        is_calm = reply.has_taken and at_hand.channels.are_free
        return after if is_calm else None, attempt

    def _recorded_anew(self, outgoing: Outgoing, reply: ProviderReply) -> Attempt:
        """The answer becomes part of whatever the others have written meanwhile."""
        claimed = outgoing.attempt

        def with_answer(loaded: Loaded) -> tuple[Dossier, Sequence[JournalLine], Attempt]:
            current = loaded.dossier
            kept = next((a for a in current.ledger if a.is_same_try(claimed)), None)
            if kept is None:  # forgotten while the message was on its way
                return current, [], reply.answer(claimed)
            after = reply.answer(kept)
            return current.with_attempt(after), [_answer_line(after, self.now())], after

        now, dossier_id = self.now(), outgoing.dossier_id
        return change(self.dossiers, self.planner, dossier_id, with_answer, now).answer

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

    def _text_failed(self, at_hand: _AtHand, owed: Owed, now: datetime) -> _Step:
        """A text that fails to compose stops this notice only, and a person hears of it."""
        attempt = replace(owed.next_try.ended(owed.notice, Status.FAILED, now), reason=TEXT_FAILED)
        dossier = at_hand.loaded.dossier.with_attempt(attempt)
        write = self.planner.write(dossier, now, [_answer_line(attempt, now)])
        served = Served(owed=owed, status=Status.FAILED, reason=TEXT_FAILED)
        return at_hand.written(self.dossiers.write(at_hand.loaded, write)), [served]


def _messages(plan: Plan) -> Sequence[Owed]:
    """The messages that are due, once the desk's work list says what it should."""
    is_of_the_desk = any(owed.notice.channel is Channel.DESK for owed in plan.due)
    return () if plan.ended or is_of_the_desk else plan.due


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


def _answer_line(attempt: Attempt, at: datetime) -> JournalLine:
    words = f"{attempt.notice} attempt {attempt.attempt} {attempt.status} {attempt.reason}"
    return _line(at, words.rstrip())


def _line(at: datetime, what: str) -> JournalLine:
    return JournalLine(at=at, by="relance", what=what)
