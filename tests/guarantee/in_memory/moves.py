"""An appointment that is moved again and again: how many mails leave, and what the newest says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from chalicelib.domain.events import Event
from tests.builders import cancelled, confirmed, paris, rescheduled, selected, shown
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

BEGINS, FIRST = paris("2019-05-07 10:00"), "2019-07-16 10:30"
MOVES = (1, 2, 3, 5, 9, 12, 20, 30)
#: In July: the counter is open.
DAYS = (17, 18, 19, 23, 24, 25)
SECONDS = (0, 1, 3, 10, 30, 59, 61, 120, 900)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def _at(event: Event, at: datetime) -> Event:
    return replace(event, at=at, received_at=at)


def _no_more(_world: World, _at: datetime) -> None:
    """That was all."""


def _back(world: World, at: datetime) -> None:
    """In the end it is where it was."""
    world.at_time(at, lambda: world.post(_at(rescheduled(BEGIN, FIRST, event_id="back"), at)))


def _confirmed(world: World, at: datetime) -> None:
    """The booking system says that the student comes."""
    world.at_time(at, lambda: world.post(_at(confirmed(BEGIN, event_id="y"), at)))


def _cancelled(world: World, at: datetime) -> None:
    """In the end there is none."""
    world.at_time(at, lambda: world.post(_at(cancelled(BEGIN, event_id="c"), at)))


BEGIN = shown(BEGINS) or ""
ENDS: Mapping[str, Callable[[World, datetime], None]] = {
    "stays": _no_more,
    "returns": _back,
    "is confirmed": _confirmed,
    "is cancelled": _cancelled,
}


def every_case() -> Sequence[str]:
    """How many moves, how many seconds apart, and how it ends."""
    return [f"{n} {gap} {end}" for n, gap, end in product(MOVES, SECONDS, ENDS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It is chosen, moved so often, and left alone for ten days."""
    many, seconds, end = case.split(" ", 2)
    world, gap = kind(at=BEGINS), timedelta(seconds=int(seconds))
    world.at_time(BEGINS, lambda: world.post(_at(selected(BEGIN, FIRST, event_id="s"), BEGINS)))
    for number in range(1, int(many) + 1):
        world.at_time(BEGINS + number * gap, lambda n=number: _move(world, n, gap))  # type: ignore[misc]
    last = BEGINS + (int(many) + 1) * gap
    ENDS[end](world, last)
    world.run(last + DAY + MINUTE / 2)
    soon = [
        f"{one} [after a day]" for one in [*_hour_of(world), *map(str, broken(world.history()))]
    ]
    world.run(last + 10 * DAY)
    found = outcome_of(world, wrong=_hour_of(world))
    return found if found.words else outcome_of(world, wrong=soon)


def _move(world: World, number: int, gap: timedelta) -> None:
    at = BEGINS + number * gap
    hour = f"2019-07-{DAYS[number % len(DAYS)]} 10:{number:02}"
    world.post(_at(rescheduled(BEGIN, hour, event_id=f"r{number:02}"), at))


def _hour_of(world: World) -> list[str]:
    """The newest mail says the true hour, or that there is none, a day later at the latest."""
    (kept,) = world.history().kept.values()
    slot = kept.facts.appointment
    if slot is None or not kept.claims:
        return [] if slot and slot.cancelled else ["no mail has left"]
    newest = kept.claims[-1]
    if slot.cancelled:
        is_true = newest.notice.kind == "appointment_cancelled"
    else:
        is_true = newest.slot is not None and newest.slot.starts_at == slot.starts_at
    return [] if is_true else [f"{newest.notice} is the newest, and is not true"]


MOVED = Program(
    name="moves",
    of="an appointment moved up to thirty times, at once or apart, and how it ends",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2, Scale.CI: 60},
    seen=("20 3 stays", "9 3 stays", "20 1 is confirmed"),
)
