"""Days that cannot be, and what becomes of a dossier that is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

from chalicelib.domain.attempts import Status
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.events import Event, EventType
from tests.builders import CONTACT, an_event, confirmed, missed, paris, rescheduled, selected, shown
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken
from tests.guarantee.rest import is_about_facts

BEGINS, BEGIN = paris("2019-05-07 10:00"), "2019-05-07 10:00"
DAY = timedelta(days=1)
YEAR = 365 * DAY
TODAY = paris_day(BEGINS)
#: How far the told day lies from the day on which it is told.
AWAY: Mapping[str, timedelta] = {
    "tomorrow": DAY,
    "next week": 7 * DAY,
    "in two months": 61 * DAY,
    "next year": YEAR,
    "in ten years": 10 * YEAR,
    "in seventeen years": 17 * YEAR,
    "in eighty years": 80 * YEAR,
}
STEPS = {
    "deposited": EventType.DEPOSITED,
    "card": EventType.CARD_READY,
    "incomplete": EventType.INCOMPLETE,
    "collected": EventType.COLLECTED,
}
#: When a card ends, that is handed out today.
ENDS: Mapping[str, date] = {
    "ten years ago": TODAY - 10 * YEAR,
    "yesterday": TODAY - DAY,
    "today": TODAY,
    "in eighty years": TODAY + 80 * YEAR,
}
#: Hours at which nobody is at the counter; and one in 36 years.
SHUT: Mapping[str, datetime] = {
    "at Christmas": paris("2019-12-25 10:00"),
    "on a Sunday": paris("2019-06-16 10:30"),
    "at three in the night": paris("2019-06-18 03:00"),
    "on Ascension Day": paris("2019-05-30 10:30"),
    "in 36 years": paris("2055-05-11 10:30"),
}
#: A miss that is told before its hour: of what was moved, or of what is far ahead.
MISSES = ("of what was moved", "weeks before the hour", "an hour before the hour")
THEN = ("", ", corrected")


def every_case() -> Sequence[str]:
    """What is told, which day it names, and whether it is put right the next day."""
    told = [
        *(f"{step} {when}" for step, when in product(STEPS, AWAY)),
        *(f"card ends {when}" for when in ENDS),
        *(f"slot {when}" for when in SHUT),
        *(f"missed {which}" for which in MISSES),
    ]
    return [f"{one}{then}" for one, then in product(told, THEN)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It is told, perhaps corrected, and left alone for half a year."""
    what, _, corrected = case.partition(", ")
    world = kind(at=BEGINS)
    for event in _events(what):
        world.at_time(event.at, lambda one=event: world.post(one))  # type: ignore[misc]
    last = max(event.at for event in _events(what))
    world.run(last + DAY)
    if corrected:
        for event in _corrections(what, last + DAY):
            world.post(event)
    world.run(last + 3 * DAY + DAY / 48)
    soon = [*map(str, broken(world.history())), *(_still_asked(world) if corrected else ())]
    world.run(last + 190 * DAY)
    found = outcome_of(world)
    return found if found.words else outcome_of(world, wrong=[f"{one} [soon]" for one in soon])


def _events(what: str) -> Sequence[Event]:
    kind, _, rest = what.partition(" ")
    if kind == "slot":
        slot = selected(BEGIN, shown(SHUT[rest]) or "", event_id="s")
        return slot, confirmed("2019-05-07 12:00", event_id="y")
    if kind == "missed":
        return _missed(rest)
    if what.startswith("card ends"):
        ends = ENDS[what.removeprefix("card ends ")]
        return (_step(EventType.COLLECTED, BEGINS, TODAY, card_expires_on=ends),)
    return (_step(STEPS[kind], BEGINS, TODAY + AWAY[rest]),)


def _missed(which: str) -> Sequence[Event]:
    chosen = selected(BEGIN, "2019-06-04 10:30", event_id="s")
    confirmation = confirmed("2019-05-07 12:00", event_id="y")
    if which == "of what was moved":
        moved = rescheduled("2019-05-20 09:00", "2019-07-02 10:30", event_id="r")
        again = confirmed("2019-05-20 09:20", event_id="z")
        return chosen, confirmation, moved, again, missed("2019-05-20 10:00", event_id="m")
    told = "2019-05-14 10:00" if which == "weeks before the hour" else "2019-06-04 09:30"
    return chosen, confirmation, missed(told, event_id="m")


def _step(kind: EventType, at: datetime, day: date, **more: object) -> Event:
    event = an_event(kind, at, f"{kind.value}-{at:%d%H}", day=day, contact=CONTACT)
    if kind is EventType.COLLECTED:
        more = {"card_expires_on": TODAY + 3 * YEAR, **more}
    return replace(event, **more)  # type: ignore[arg-type]


def _corrections(what: str, at: datetime) -> Sequence[Event]:
    """The booking system says how it really is."""
    kind, _, rest = what.partition(" ")
    if kind in {"slot", "missed"}:
        starts = paris("2019-07-09 10:30")
        return (
            an_event(
                EventType.RESCHEDULED,
                at,
                "right",
                received_at=at,
                appointment_id="A1",
                starts_at=starts,
            ),
        )
    step = EventType.COLLECTED if rest.startswith("ends") else STEPS[kind]
    return (replace(_step(step, at, TODAY), correction=True, received_at=at),)


def _still_asked(world: World) -> list[str]:
    """What was put right leaves no question behind."""
    lines = [a.notice for a in world.ledger if a.status is Status.OPEN]
    return [f"{one} is open, and all is well" for one in lines if is_about_facts(one)]


DATES = Program(
    name="dates",
    of="days that cannot be: of steps, cards, appointments and misses; as told, and put right",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2},
    seen=(
        "deposited in ten years",
        "card in ten years",
        "incomplete in two months",
        "collected in ten years",
        "card ends yesterday",
        "card ends in eighty years",
        "slot on a Sunday",
        "slot in 36 years",
        "missed of what was moved",
        "missed weeks before the hour",
        "deposited in ten years, corrected",
    ),
)
