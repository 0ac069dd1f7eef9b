"""The desk's words crossed with late receipts: in every order, at once, and far apart."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations, product

from tests.guarantee.figures import Scale
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.scenes import BEGINS, DAY, FATES, HOUR, MINUTE, SCENES, STEPS
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

#: Between two steps. Webhooks say whole seconds: what falls into one is at once.
GAPS = {"at-once": timedelta(), "30s": MINUTE / 2, "30min": 30 * MINUTE, "20h": 20 * HOUR}
#: What becomes of all that leaves afterwards.
AFTERWARDS = ("arrives", "silence", "bounces", "full")
#: When it is looked at: after a while, and after the next reminder.
LOOKS = (12 * DAY, 60 * DAY)

#: What cannot be in some scenes: nothing has left by SMS there, or no message is late.
_TEXTS = frozenset({"resends-sms", "phone-off", "no-number"})
_HAVE_TEXTS = {"ready", "unknown"}

#: What was seen to go wrong once.
SEEN = (
    "dead ends,card-before 30s bounces",
    "dead ends,card-before 30min bounces",
    "dead ends,card-before 20h bounces",
    "dead ends,card at-once bounces",
    "older ends,bounces 30min silence",
    "unknown ends,bounces 30min silence",
    "unknown ends 30min silence",
    "unwanted ends,card 30min full",
    "ready resends-the-first 30min arrives",
    "asked bounces,resends 30min arrives",
    "asked bounces,same-address 30min arrives",
    "asked bounces,resends,same-address 30min bounces",
    "told-late sends-the-late 30min arrives",
    "ready arrives,withdraws 30min arrives",
    "deposited arrives,withdraws 30min arrives",
    "turned-away arrives,withdraws 30min arrives",
    "ready phone-off,bounces 30s full",
    "ready withdraws,resends-sms,other-address 30min bounces",
)


def every_case() -> Sequence[str]:
    """Scene, what is said in which order, the gap between, and what becomes of what leaves then."""
    return [
        f"{scene} {','.join(said)} {gap} {then}"
        for many in (1, 2, 3)
        for scene in SCENES
        for said in permutations(_possible(scene), many)
        for gap, then in product(GAPS, AFTERWARDS)
        if many > 1 or gap == "30min"
    ]


def _possible(scene: str) -> Sequence[str]:
    without: frozenset[str] = frozenset() if scene in _HAVE_TEXTS else _TEXTS
    without |= frozenset() if scene == "told-late" else {"sends-the-late"}
    return [step for step in STEPS if step not in without]


def play(case: str, kind: type[World] = World) -> Outcome:
    """It stands so, this is said, and then it is left alone."""
    scene, said, gap, then = case.split(" ")
    world = kind(at=BEGINS - 40 * DAY)
    SCENES[scene](world)
    world.network = FATES[then]
    for number, name in enumerate(said.split(",")):
        world.at_time(world.at + number * GAPS[gap], lambda one=name: STEPS[one](world))  # type: ignore[misc]
    return looked_at(world)


def looked_at(world: World) -> Outcome:
    """Everything that was promised, looked at more than once."""
    begins, on_the_way = world.at, list[str]()
    for look in LOOKS:
        world.run(begins + look + 7 * MINUTE / 2)
        on_the_way += [f"{one} [after {look.days} days]" for one in broken(world.history())]
    found = outcome_of(world)
    return found if found.words else outcome_of(world, wrong=on_the_way)


WORDS = Program(
    name="words",
    of="up to three words of the desk, late receipts and cards, in each order, at once or apart",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2, Scale.CI: 300, Scale.FULL: 4_000},
    seen=SEEN,
)
