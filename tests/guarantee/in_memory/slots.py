"""An appointment to deposit the file and one to collect the card, and all that happens to both."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations, product

from chalicelib.domain.desk_calendar import SlotPurpose, at_paris, paris_day
from chalicelib.domain.events import MILESTONES, SLOTS, EventType
from tests.builders import CONTACT, DESK, an_event
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.desk_words import looked_at
from tests.guarantee.in_memory.programs import Outcome, Program
from tests.guarantee.in_memory.scenes import BEGINS, DAY, FATES, MINUTE
from tests.guarantee.in_memory.world import World
from tests.guarantee.losses import SEND_AT

DEPOSIT, COLLECT = SlotPurpose.DEPOSIT, SlotPurpose.COLLECT
#: How many days ahead an appointment is, as it is chosen and as it is moved.
AHEAD = {EventType.SELECTED: 30, EventType.RESCHEDULED: 41}
#: A desk of which an appointment is to collect, unless the booking system says that it is not.
BY_APPOINTMENT = replace(
    DESK, terms=tuple(replace(terms, appointments=(COLLECT, DEPOSIT)) for terms in DESK.terms)
)
#: What says of an appointment what it is for: the booking system of each, or of one to collect the
#: desk's data.
SAYS = {"said": DESK, "presumed": BY_APPOINTMENT}


def _slot(kind: EventType, purpose: SlotPurpose, world: World) -> None:
    """The booking system tells of an appointment."""
    is_said = purpose is DEPOSIT or world.planner.desk is DESK
    event = an_event(
        kind,
        world.at,
        f"{kind.value.rpartition('.')[2]}-to-{purpose}-{len(world.calls)}",
        appointment_id=purpose.value,
        purpose=purpose if is_said else DEPOSIT,
        is_purpose_said=is_said,
        contact=CONTACT,
    )
    if kind in SLOTS:
        starts_on = paris_day(world.at + AHEAD[kind] * DAY)
        event = replace(event, starts_at=at_paris(starts_on, SEND_AT))
    world.post(event)


def _step(kind: EventType, world: World) -> None:
    day = paris_day(world.at) if kind in MILESTONES else None
    name = f"{kind.value.rpartition('.')[2]}-{len(world.calls)}"
    world.post(an_event(kind, world.at, name, day=day, contact=CONTACT))


Step = Callable[[World], None]

#: By a word.
STEPS: Mapping[str, Step] = {
    **{
        f"{word}-to-{purpose}": partial(_slot, kind, purpose)
        for purpose, words in (
            (COLLECT, ("chosen", "confirmed", "moved", "cancelled", "missed")),
            (DEPOSIT, ("chosen", "cancelled")),
        )
        for word, kind in (
            ("chosen", EventType.SELECTED),
            ("confirmed", EventType.CONFIRMED),
            ("moved", EventType.RESCHEDULED),
            ("cancelled", EventType.CANCELLED),
            ("missed", EventType.MISSED),
        )
        if word in words
    },
    "deposited": partial(_step, EventType.DEPOSITED),
    "ready": partial(_step, EventType.CARD_READY),
    "collected": partial(_step, EventType.COLLECTED),
}
#: How it stands before.
BEFORE: Mapping[str, Sequence[str]] = {
    "ready": ("ready",),
    "both": ("chosen-to-deposit", "chosen-to-collect"),
    "deposited": ("chosen-to-deposit", "deposited", "chosen-to-collect"),
    "expected": ("deposited", "ready", "chosen-to-collect"),
}
#: Between two steps; after the longest the hour of what was chosen has passed.
GAPS = {"at-once": 0 * MINUTE, "5min": 5 * MINUTE, "9d": 9 * DAY, "43d": 43 * DAY}
AFTERWARDS = ("arrives", "silence", "bounces")


def every_case() -> Sequence[str]:
    """Who says what it is for, how it stands, what is told, how far apart, what becomes of it."""
    told = [",".join(steps) for many in (1, 2, 3) for steps in permutations(STEPS, many)]
    return [" ".join(words) for words in product(SAYS, BEFORE, told, GAPS, AFTERWARDS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It stands so, this is told, and then it is left alone."""
    says, before, told, gap, then = case.split(" ")
    world = kind(at=BEGINS)
    world.becomes(SAYS[says])
    for name in BEFORE[before]:
        STEPS[name](world)
        world.run(world.at + 5 * MINUTE)
    world.network, begins = FATES[then], world.at
    for number, name in enumerate(told.split(",")):
        world.at_time(begins + number * GAPS[gap], partial(STEPS[name], world))
    world.run(begins + told.count(",") * GAPS[gap])
    return looked_at(world)


BOTH = Program(
    name="slots",
    of="up to three things told of a card, of an appointment to collect it and of one to deposit",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 3, Scale.CI: 400, Scale.FULL: 4_000},
)
