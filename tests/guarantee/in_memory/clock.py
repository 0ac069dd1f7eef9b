"""Nights in which clocks change, ends of years and Februaries, machines that stood still."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import PARIS, after_rule, paris_day
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, DESK, an_event, paris, selected
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory import story
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World
from tests.guarantee.truth import SIX_WEEKS

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STOPPED = timedelta(days=3)

#: First and last instant, by UTC, and the step. 2028 is a leap year.
STRETCHES = (
    ("2027-03-28 00:00", "2027-03-28 02:00", MINUTE),  # 01:00 to 04:00 in Paris, an hour short
    ("2027-10-30 23:00", "2027-10-31 03:00", MINUTE),  # 01:00 to 04:00 in Paris, an hour long
    ("2027-12-31 22:30", "2027-12-31 23:30", MINUTE),
    ("2028-02-28 22:00", "2028-03-01 02:00", 15 * MINUTE),
    ("2027-02-27 20:00", "2027-03-01 02:00", HOUR),
    ("2027-02-14 00:00", "2027-02-14 23:00", HOUR),  # six weeks before the short night
    ("2027-09-19 00:00", "2027-09-19 23:00", HOUR),  # six weeks before the long one
)
HAPPENINGS = ("slot", "deposit", "card")


def every_case() -> Sequence[str]:
    """What happens, and when by UTC."""
    return [f"{what} {at:%Y-%m-%dT%H:%M}Z" for at in _instants() for what in HAPPENINGS]


def _instants() -> Sequence[datetime]:
    found = []
    for first, last, step in STRETCHES:
        at, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
        while at <= end:
            found.append(at)
            at += step
    return found


def play(case: str, kind: type[World] = World) -> Outcome:
    """It happens then; seven weeks and a half go by."""
    what, moment = case.split(" ")
    at = datetime.fromisoformat(moment)
    world = kind(at=at)
    _happen(world, what, at)
    world.run(at + timedelta(days=52))
    return outcome_of(world, _at_another_hour(world, what, at))


def _happen(world: World, what: str, at: datetime) -> None:
    day = paris_day(at)
    if what == "slot":
        starts = (at + 30 * DAY).astimezone(PARIS)
        world.post(selected(starts=f"{starts:%Y-%m-%d} 02:30", event_id="s", at=_local(at)))
        world.at_time(at + 2 * HOUR, lambda: world.press("s"))
        return
    kind = EventType.DEPOSITED if what == "deposit" else EventType.CARD_READY
    world.post(an_event(kind, at, "m", day=day, contact=CONTACT, received_at=at))


def _local(at: datetime) -> str:
    """The nearest whole hour that a Paris clock shows only once: the slot is chosen before."""
    return f"{(at - 4 * HOUR).astimezone(PARIS):%Y-%m-%d %H:00}"


def _at_another_hour(world: World, what: str, at: datetime) -> list[str]:
    """The six-week follow-up leaves at nine by the clocks of that day, on both sides of a night."""
    if what == "slot":
        return []
    kind = Kind.NO_NEWS if what == "deposit" else Kind.CARD_WAITING
    day = after_rule(paris_day(at) + SIX_WEEKS, DESK.is_quiet)
    wanted = f"{day} 09:00"
    left = [one for one in world.left if one.notice.kind is kind]
    hours = {f"{one.at.astimezone(PARIS):%Y-%m-%d %H:%M}" for one in left}
    channels = {one.notice.channel for one in left}
    is_right = hours == {wanted} and channels == {Channel.EMAIL, Channel.SMS}
    return [] if is_right else [f"{kind} left at {sorted(hours)}, not at {wanted}"]


# Three days in which nothing runs


def every_stop() -> Sequence[str]:
    """Each day of the story."""
    first, last = paris_day(paris(story.BEGINS)), paris_day(paris(story.ENDS) - STOPPED)
    return [f"{first + n * DAY}" for n in range((last - first).days)]


def play_stop(case: str, kind: type[World] = World) -> Outcome:
    """Sweeps and workers stand still from that day on; doors are open, and all is caught up."""
    world = story.a_world(kind)
    begins = paris(f"{case} 00:00")
    world.stops = (begins, begins + STOPPED)
    story.tell(world)
    return outcome_of(world, _never(world), story.wrong(world))


def _never(world: World) -> list[str]:
    """What was due while the machine ran has to leave; what was not may have become pointless."""
    assert world.stops is not None
    begins, ends = world.stops
    left = {str(one.notice): one.at for one in reversed(world.left)}
    running = [(notice, paris(at)) for at, notice in story.TOLD if not begins <= paris(at) < ends]
    limit = story.LATE_AT_MOST
    return [
        f"{n} was due at {at}" for n, at in running if not at <= left.get(n, begins) <= at + limit
    ]


CLOCK = Program(
    name="clock",
    of="each minute of both clock changes and of a year's end, and around the last of February",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 6},
)
STOPS = Program(
    name="stops",
    of="each day of the story, with sweeps and workers stopped for three days",
    cases=every_stop,
    play=play_stop,
    samples={Scale.QUICK: 3},
)
