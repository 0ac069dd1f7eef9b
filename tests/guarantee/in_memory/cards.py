"""Lists of cards crossed with what is said in the ten minutes before they take effect."""

from collections.abc import Sequence
from itertools import permutations, product

from tests.builders import DOSSIER
from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.desk_words import looked_at
from tests.guarantee.in_memory.programs import Outcome, Program
from tests.guarantee.in_memory.scenes import BEGINS, DAY, FATES, MINUTE, SCENES, STEPS
from tests.guarantee.in_memory.world import World
from tests.pipeline.worlds import Function

#: Who may be on a list: whose dossier is deposited, or who has the card already.
ON_A_LIST = ("deposited", "dead", "unwanted", "ready")
#: When things are said, in minutes after the list was asked for. It takes effect after ten.
MINUTES = (0, 5, 10, 11)
SAID = (
    "ends",
    "puts-off",
    "same-address",
    "other-address",
    "withdraws",
    "bounces",
    "is-full",
    "arrives",
    "card",
    "card-before",
    "undo",
    "again",
)
AFTERWARDS = ("arrives", "silence", "bounces", "full")
LIST = "list-1"


def every_case() -> Sequence[str]:
    """Scene, what is said at which minute, and what becomes of what leaves then."""
    singles = [((one,), (at,)) for one, at in product(SAID, MINUTES)]
    pairs = [
        (both, (first, second))
        for both in permutations(SAID, 2)
        for first, second in product(MINUTES, MINUTES)
        if first <= second
    ]
    return [
        f"{scene} {' '.join(f'{one}@{at}' for one, at in zip(said, minutes, strict=True))} {then}"
        for scene, (said, minutes), then in product(ON_A_LIST, [*singles, *pairs], AFTERWARDS)
    ]


def play(case: str, kind: type[World] = World) -> Outcome:
    """A list is asked for, this is said meanwhile, and then it is left alone."""
    scene, *said, then = case.split(" ")
    world = kind(at=BEGINS - 40 * DAY)
    SCENES[scene](world)
    world.run(world.at + 3 * DAY)
    world.network, asked = FATES[then], world.at
    world.list_cards(LIST, [DOSSIER, "G-2019-0999"])
    for one in said:
        name, _, minute = one.partition("@")
        at = asked + int(minute) * MINUTE
        world.at_time(at, lambda what=name: _says(world, what))  # type: ignore[misc]
    world.run(asked + 12 * MINUTE)
    return looked_at(world)


def _says(world: World, what: str) -> None:
    if what == "undo":
        world.bulk_actions_of(Function.CONSOLE).undo(LIST, "agent")
    elif what == "again":
        world.list_cards("list-2", [DOSSIER])
    else:
        STEPS[what](world)


CARDS = Program(
    name="cards",
    of="a list of cards, and up to two things said in the ten minutes before it takes effect",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2, Scale.CI: 200, Scale.FULL: 1_500},
    seen=(
        "dead ends@5 bounces",
        "dead ends@0 full",
        "dead ends@10 bounces",
        "deposited bounces@5 ends@5 bounces",
    ),
)
