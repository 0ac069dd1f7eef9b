"""A document that a newer program wrote, among others: those live on, and somebody is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from chalicelib.domain.errors import NewerDocument
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, DESK, a_closed_desk, a_step, cancelled, paris, selected
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.network import DELIVERED
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World

BEGINS = paris("2019-05-07 10:00")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
IDS = ("G-2019-0101", "G-2019-0102", "G-2019-0103", "G-2019-0104")
#: One whose time is over by the end of summer.
OVER = "G-2019-0100"
SUMMER = 150


def _every_night(world: World) -> None:
    """Each night every plan is made anew, and what is over is forgotten."""
    for number in range(1, SUMMER):
        world.at_time(BEGINS + (2 + number) * DAY, world.one_night)


def _a_closure(world: World) -> None:
    """A closure is declared, and moves what was due: the night has to find it."""
    world.becomes(a_closed_desk("2019-06-17", "2019-06-21"))
    world.at_time(BEGINS + 3 * DAY, world.one_night)


def _a_list(world: World) -> None:
    """All of them are on a list of cards."""
    world.list_cards("list-1", IDS)


def _news(world: World) -> None:
    """The booking system tells something of each of them."""
    for dossier_id in IDS:
        step = a_step(EventType.CARD_READY, "2019-05-09 10:00", event_id=f"f-{dossier_id}")
        world.post(replace(step, dossier_id=dossier_id))


def _receipts(world: World) -> None:
    """A provider tells of each message."""
    for left in tuple(world.left):
        world.hear(left, DELIVERED)


def _is_forgotten(world: World) -> None:
    """Somebody asks to be forgotten, whose dossier can be read."""
    readable = next(one for one in IDS if one not in world.dossiers.unreadable)
    world.ask_to_forget(readable)


#: What goes on meanwhile.
MEANWHILE: Mapping[str, Callable[[World], None]] = {
    "nights": _every_night,
    "a closure": _a_closure,
    "a list": _a_list,
    "news": _news,
    "receipts": _receipts,
    "a request to forget": _is_forgotten,
}
WHO: Mapping[str, Sequence[str]] = {
    "the first": IDS[:1],
    "the last": IDS[-1:],
    "two": IDS[1:3],
}
LASTS = (5, SUMMER)


def every_case() -> Sequence[str]:
    """Which cannot be read, what goes on, and for how many days."""
    return [f"{who}, {what}, {days}" for who, what, days in product(WHO, MEANWHILE, LASTS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It cannot be read for so long; then the newer program is back."""
    who, what, days = case.split(", ")
    world = kind(at=BEGINS)
    world.becomes(DESK)
    for number, dossier_id in enumerate(IDS):
        _begin(world, dossier_id, number)
    for event in (selected("2019-05-06 10:00"), cancelled("2019-05-07 09:00")):
        world.post(replace(event, dossier_id=OVER, received_at=event.at))
    world.run(BEGINS + 2 * DAY - MINUTE)
    for dossier_id in WHO[who]:
        world.dossiers.spoil(dossier_id, NewerDocument())
    before = {one: world.dossiers.kept[one][1].dossier for one in world.dossiers.unreadable}
    MEANWHILE[what](world)
    world.at_time(BEGINS + 2 * DAY, world.one_night)
    world.run(BEGINS + (2 + int(days)) * DAY + MINUTE / 2)
    wrong = [*_unseen(world), *_not_found(world), *_written_over(world, before)]
    wrong += _not_forgotten(world) if (what, days) == ("nights", str(SUMMER)) else []
    apart = outcome_of(world, wrong=wrong)
    world.dossiers.unreadable.clear()
    world.at_time(world.at + DAY, world.one_night)
    world.run(world.at + 30 * DAY)
    return apart if apart.words else outcome_of(world)


def _begin(world: World, dossier_id: str, number: int) -> None:
    at = BEGINS + number * MINUTE
    if number % 2:
        event = selected("2019-05-07 10:00", "2019-06-18 10:30", event_id=f"s-{dossier_id}")
    else:
        event = a_step(
            EventType.DEPOSITED,
            "2019-05-07 10:00",
            event_id=f"d-{dossier_id}",
            contact=CONTACT,
            day=date(2019, 5, 7),
        )
    mine = replace(event, dossier_id=dossier_id, at=at, received_at=at)
    world.at_time(at, lambda: world.post(mine))


def _unseen(world: World) -> list[str]:
    """A person is told which dossier cannot be read."""
    words = [f"{item.event_id} {item.reason} {item.body!r}" for item in world.quarantine.items]
    hidden = [one for one in sorted(world.dossiers.unreadable) if not any(one in w for w in words)]
    return [f"{one} cannot be read, and nobody was told" for one in hidden]


def _not_found(world: World) -> list[str]:
    """A search finds all that can be read."""
    wanted = {
        i
        for i in IDS
        if i not in world.dossiers.unreadable and world.dossiers.kept[i][1].dossier.events
    }
    found = world.survives(lambda: world.search.find("Benali"))
    if found is None:
        return ["a search by name fails"]
    missing = sorted(wanted - {row.dossier_id for row in found.rows})
    return [f"a search by name does not find {one}" for one in missing]


def _not_forgotten(world: World) -> list[str]:
    """Whose time is over is forgotten in some night."""
    _, kept = world.dossiers.kept[OVER]
    return [] if kept.dossier.forgotten else [f"{OVER} is over, and no night has forgotten it"]


def _written_over(world: World, before: Mapping[str, object]) -> list[str]:
    return [
        f"{one} was written over"
        for one, dossier in before.items()
        if world.dossiers.kept[one][1].dossier != dossier
    ]


UNREADABLE = Program(
    name="unreadable",
    of="documents of a newer program among others: nights, searches, lists, news, forgetting",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 3},
    seen=("the first, nights, 150", "the last, a closure, 150", "two, a request to forget, 5"),
)
