"""What follows from an event: the plan with it beside the plan without it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.attempts import ARRIVED, UNDECIDED, Kind, Notice
from chalicelib.domain.contact import Channel
from chalicelib.domain.deliveries import NO_ADDRESS, TOO_MANY
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.facts import State
from chalicelib.domain.holds import PAUSED
from chalicelib.domain.plan import Owed, Plan
from chalicelib.domain.retries import HELD

#: What can put off a message that is due: whoever hears when it leaves should hear why not now.
_WAITS_FOR = frozenset({PAUSED, HELD, TOO_MANY})

#: A notice without its occasion: when an appointment moves, the same reminder has another one.
_Same = tuple[Kind, int, Channel]


class Effect(StrEnum):
    """What can follow."""

    LEAVES = "leaves"  #: a message: at `at`, or now
    WAITS = "waits"  #: a message, until a person lets go of its channel
    STUCK = "stuck"  #: a message is owed and cannot leave, for `why`
    WITHDRAWN = "withdrawn"  #: a message that was foreseen is so no more
    OPENS = "opens"  #: a task
    COMES_BACK = "comes_back"  #: a task that stands now, at `at`
    ENDS = "ends"  #: a task that stands now
    ENDS_ONCE_ARRIVED = "ends_once_arrived"  #: a task that stands until what leaves now arrives


@dataclass(frozen=True, kw_only=True)
class Following:
    """One thing that follows, of a message by these channels. `at` is None where that is now, or
    nobody can say when; `why` is a short code.
    """

    effect: Effect
    kind: Kind
    channels: tuple[Channel, ...] = ()
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """All that follows, what is first to be known first. `state` is the new one, if it is new."""

    state: State | None = None
    following: tuple[Following, ...] = ()

    def said_before(self, at: datetime) -> "Consequence":
        """The same, told ahead of the instant at which it comes to pass."""
        following = tuple(
            replace(one, at=at) if one.effect is Effect.LEAVES and one.at is None else one
            for one in self.following
        )
        return replace(self, following=following)


NO_CONSEQUENCE = Consequence()


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What would follow from saying something now; or why it would have no effect, as a code."""

    consequence: Consequence = NO_CONSEQUENCE
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A dossier as it would be or is, with its plan."""

    dossier: Dossier
    plan: Plan


def consequence(
    before: Planned | None, after: Planned, now: datetime, arrived: Planned | None = None
) -> Consequence:
    """What the one that comes after has and the other had not, both planned for `now`. `before` is
    None where nothing was known; `arrived` is how it will be once what leaves now has arrived, if
    anything does.
    """
    gone = _gone(before, after)
    messages = [*_leaving(before, after, now), *_stuck(before, after, now)]
    spoken_of = {(one.kind, channel) for one in messages for channel in one.channels}
    messages += [one for one in gone if (one.kind, *one.channels) not in spoken_of]
    was = before.plan.state if before else None
    state = after.plan.state
    return Consequence(
        state=state if state is not was else None,
        following=(*_by_channels(_first_of_each(messages)), *_tasks(before, after, arrived)),
    )


def dropped(before: Plan, after: Plan) -> Iterable[Notice]:
    """The messages that are foreseen no more, in the order in which they were due; but for what
    only has another name, due as before.
    """
    was, known = _foreseen(before), _foreseen(after)
    renamed = {(_same(n), due_at) for n, due_at in known.items() if n not in was}
    lost = (n for n in was if n not in known and (_same(n), was[n]) not in renamed)
    return sorted(lost, key=lambda notice: was[notice])


def _foreseen(plan: Plan) -> Mapping[Notice, datetime]:
    """The messages of a plan, and when each is due by its rule."""
    return {owed.notice: owed.due_at for owed in _messages(plan)}


def _same(notice: Notice) -> _Same:
    return notice.kind, notice.number, notice.channel


def _messages(plan: Plan) -> Iterable[Owed]:
    return (o for o in (*plan.due, *plan.later) if o.notice.channel is not Channel.DESK)


def _desk_notices(owed: Iterable[Owed]) -> Iterable[Owed]:
    return (o for o in owed if o.notice.channel is Channel.DESK)


def _leaving(before: Planned | None, after: Planned, now: datetime) -> Iterator[Following]:
    """Messages that nobody foresaw, or not for then."""
    known = {_as_foreseen(owed) for owed in _messages(before.plan)} if before else set()
    for owed in sorted(_messages(after.plan), key=lambda owed: owed.ready_at):
        if _as_foreseen(owed) not in known:
            is_paused = owed.why == PAUSED
            yield Following(
                effect=Effect.WAITS if is_paused else Effect.LEAVES,
                kind=owed.notice.kind,
                channels=(owed.notice.channel,),
                at=None if is_paused or owed.ready_at <= now else owed.ready_at,
                why=owed.why if owed.why in _WAITS_FOR else "",
            )


def _as_foreseen(owed: Owed) -> tuple[_Same, datetime, datetime, int]:
    return _same(owed.notice), owed.due_at, owed.ready_at, owed.next_try.asked


def _stuck(before: Planned | None, after: Planned, now: datetime) -> Iterator[Following]:
    """What is due, and cannot leave: of what is due some day nobody knows that yet."""
    known = {(_same(o.notice), o.why) for o in before.plan.stuck} if before else set()
    for owed in after.plan.stuck:
        notice = owed.notice
        is_news = owed.due_at <= now and (_same(notice), owed.why) not in known
        if is_news and not (owed.why == NO_ADDRESS and _goes_elsewhere(notice, after)):
            yield Following(
                effect=Effect.STUCK, kind=notice.kind, channels=(notice.channel,), why=owed.why
            )


def _goes_elsewhere(notice: Notice, after: Planned) -> bool:
    """Whether another channel carries the same message: whoever has one address only lacks nothing
    of what reaches them there.
    """
    on_its_way = UNDECIDED | ARRIVED
    sent = (a.notice for a in after.dossier.ledger if a.status in on_its_way)
    others = (*(owed.notice for owed in _messages(after.plan)), *sent)
    return any(replace(other, channel=notice.channel) == notice for other in others)


def _gone(before: Planned | None, after: Planned) -> list[Following]:
    notices = dropped(before.plan, after.plan) if before else ()
    return [Following(effect=Effect.WITHDRAWN, kind=n.kind, channels=(n.channel,)) for n in notices]


def _first_of_each(messages: Iterable[Following]) -> Iterable[Following]:
    """Whoever hears of a reminder need not hear of the two that follow it by the same channel."""
    first: dict[tuple[Kind, tuple[Channel, ...]], Following] = {}
    for one in messages:
        first.setdefault((one.kind, one.channels), one)
    return first.values()


def _by_channels(messages: Iterable[Following]) -> Iterator[Following]:
    """One for each message of which the same is to be said on several channels."""
    together: dict[tuple[Effect, Kind, datetime | None, str], list[Channel]] = {}
    for one in messages:
        together.setdefault((one.effect, one.kind, one.at, one.why), []).extend(one.channels)
    for (effect, kind, at, why), channels in together.items():
        yield Following(effect=effect, kind=kind, channels=tuple(channels), at=at, why=why)


def _tasks(before: Planned | None, after: Planned, arrived: Planned | None) -> Iterator[Following]:
    stood, stands = _standing(before), _standing(after)
    new = {owed.notice for owed in _desk_notices(after.plan.due)} - stood
    new -= {owed.notice for owed in _desk_notices(before.plan.due)} if before else set()
    again = {o.notice: o.ready_at for o in after.plan.later if o.notice in stood - stands}
    for notice in sorted(new, key=str):
        yield Following(effect=Effect.OPENS, kind=notice.kind)
    for notice, at in again.items():
        yield Following(effect=Effect.COMES_BACK, kind=notice.kind, at=at)
    for notice in sorted(stood - stands - again.keys(), key=str):
        yield Following(effect=Effect.ENDS, kind=notice.kind)
    for notice in sorted((stood & stands) - _standing(arrived), key=str) if arrived else ():
        yield Following(effect=Effect.ENDS_ONCE_ARRIVED, kind=notice.kind)


def _standing(planned: Planned | None) -> frozenset[Notice]:
    """The tasks that stand open, but for those that the next serve takes off."""
    if planned is None:
        return frozenset()
    ended = {line.notice for line in planned.plan.ended}
    return frozenset(line.notice for line in planned.dossier.open_work) - ended
