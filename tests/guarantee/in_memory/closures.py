"""The desk's data change in mid-life: closures and other delays; the night reconciles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Closure, Desk
from chalicelib.domain.events import Event, EventType
from tests.builders import CONTACT, DESK, a_step, paris, selected
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

BEGINS, FIRST_DAY = paris("2019-05-07 10:00"), date(2019, 5, 7)
DAY = timedelta(days=1)
WHY = {Language.FR: "fermeture", Language.EN: "closure"}
NIGHT = timedelta(hours=18)

#: What has begun, on the first day.
LIVES: Mapping[str, Event] = {
    "slot": selected("2019-05-07 10:00", "2019-06-25 10:30", event_id="s"),
    "deposit": a_step(EventType.DEPOSITED, "2019-05-07 10:00", event_id="d", contact=CONTACT),
    "card": a_step(EventType.CARD_READY, "2019-05-07 10:00", event_id="f", contact=CONTACT),
    "visit": a_step(EventType.INCOMPLETE, "2019-05-07 10:00", event_id="i", contact=CONTACT),
}
#: From which day on, for how many days, and on which day somebody enters it.
FROM, LONG, DECLARED = (0, 20, 40, 48, 84, 120), (1, 7, 45, 90), (-1, 5, 39, 60)
DELAYS: Mapping[str, Mapping[str, int]] = {
    "shorter weeks": {"follow_up_days": 28},
    "longer weeks": {"follow_up_days": 56},
    "no patience": {"not_rebooked_days": 2, "unconfirmed_days": 20},
    "less silence": {"email_silence_hours": 2, "sms_silence_hours": 2},
}


def every_case() -> Sequence[str]:
    """Who, what changes, and when it is declared: "deposit closed 40 45 declared 5"."""
    closed = [f"closed {start} {days}" for start, days in product(FROM, LONG)]
    changes = [*closed, *(name.replace(" ", "-") for name in DELAYS)]
    every = product(LIVES, changes, DECLARED)
    return [f"{who} {change} declared {on}" for who, change, on in every]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It begins, the data change, and eight months go by."""
    before, _, on = case.partition(" declared ")
    who, _, change = before.partition(" ")
    world = kind(at=BEGINS - 2 * DAY)
    declared = BEGINS + int(on) * DAY
    world.at_time(declared, lambda: world.becomes(_changed(change)))
    world.at_time(declared + NIGHT, world.one_night)
    event = LIVES[who]
    world.at_time(BEGINS, lambda: world.post(event))
    if who == "slot":
        world.at_time(BEGINS + DAY, lambda: world.press("s"))
    on_the_way: list[str] = []
    for look in (2, 30, 60, 100):
        at = max(BEGINS, declared) + look * DAY
        world.at_time(at, lambda: on_the_way.extend(map(str, broken(world.history()))))
    world.run(BEGINS + 250 * DAY)
    found = outcome_of(world)
    return found if found.words else outcome_of(world, wrong=on_the_way)


def _changed(change: str) -> Desk:
    kind, _, rest = change.partition(" ")
    if kind != "closed":
        delays = DELAYS[change.replace("-", " ")]
        terms = [replace(t, delays=replace(t.delays, **delays)) for t in DESK.terms]  # type: ignore[arg-type]
        return replace(DESK, terms=tuple(terms))
    start, days = map(int, rest.split(" "))
    first = FIRST_DAY + start * DAY
    closure = Closure(first=first, last=first + (days - 1) * DAY, why=WHY)
    return replace(DESK, closures=(*DESK.closures, closure))


CLOSURES = Program(
    name="closures",
    of="closures and other delays, declared before or in the middle of four lives",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 3, Scale.CI: 60},
    seen=(
        "deposit closed 40 45 declared -1",
        "deposit closed 40 90 declared 5",
        "slot closed 48 7 declared 5",
        "slot closed 48 7 declared -1",
        "deposit shorter-weeks declared 5",
    ),
)
