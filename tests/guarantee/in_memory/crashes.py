"""Every call of the whole procedure goes wrong in every way; then every two of them."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations, product

from tests.guarantee.figures import Scale
from tests.guarantee.in_memory import story
from tests.guarantee.in_memory.faults import CRASHES, Call, Fault, Hurting
from tests.guarantee.in_memory.network import no_receipts, receipts_before_the_answer
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World


@cache
def calls() -> Sequence[Call]:
    """Every call of the story, if nothing goes wrong."""
    world = story.tell(story.a_world(World))
    return [Call(number=n, name=name) for n, name in enumerate(world.calls, start=1)]


def every_single() -> Sequence[str]:
    """Each call with each fault it can suffer: "153 dies after"."""
    hurt = product(calls(), Fault)
    return [f"{call.number} {fault}" for call, fault in hurt if call.can_suffer(fault)]


def every_pair() -> Sequence[str]:
    """Each two calls, with a crash before or after each: "12 dies before, 40 dies after"."""
    numbers = range(1, len(calls()) + 1)
    ways = list(product(CRASHES, CRASHES))
    pairs = product(combinations(numbers, 2), ways)
    return [f"{m} {one}, {n} {other}" for (m, n), (one, other) in pairs]


def every_unheard() -> Sequence[str]:
    """Each call with each loss of an answer, where no provider ever says a word."""
    faults = (*CRASHES, Fault.ANSWER_LOST)
    return [f"{call.number} {fault}" for call, fault in product(calls(), faults)]


def every_early() -> Sequence[str]:
    """Each message with each fault, where the receipts come before the answer."""
    hurt = product((call for call in calls() if call.is_sending), Fault)
    return [f"{call.number} {fault}" for call, fault in hurt if call.can_suffer(fault)]


def faults_of(case: str) -> dict[int, Fault]:
    """What a case says."""
    words = (one.split(" ", 1) for one in case.split(", "))
    return {int(number): Fault(fault) for number, fault in words}


def play(case: str, kind: type[World] = World) -> Outcome:
    """The story with these faults."""
    return _told(case, story.a_world(kind))


def play_unheard(case: str, kind: type[World] = World) -> Outcome:
    """The same, and no receipt ever comes. Everything arrives."""
    world = story.a_world(kind)
    world.network = no_receipts
    return _told(case, world)


def play_early(case: str, kind: type[World] = World) -> Outcome:
    """The same, and every receipt comes before the provider's answer."""
    world = story.a_world(kind)
    world.network = receipts_before_the_answer
    return _told(case, world)


def _told(case: str, world: World) -> Outcome:
    world.between = Hurting(at=faults_of(case), wait=world.wait)
    story.tell(world)
    return outcome_of(world, story.missing(world), story.wrong(world))


SINGLES = Program(
    name="singles",
    of="each call of the story, with each fault it can have",
    cases=every_single,
    play=play,
    samples={Scale.QUICK: 6, Scale.CI: 500},
)
PAIRS = Program(
    name="pairs",
    of="each two calls of the story, with a crash before or after each",
    cases=every_pair,
    play=play,
    samples={Scale.QUICK: 4, Scale.CI: 300, Scale.FULL: 1_500},
)
UNHEARD = Program(
    name="unheard",
    of="each call of the story without its answer, and no receipt of any message",
    cases=every_unheard,
    play=play_unheard,
    samples={Scale.QUICK: 3, Scale.CI: 100},
)
EARLY = Program(
    name="early",
    of="each message of the story, with each fault it can have and its receipts before the answer",
    cases=every_early,
    play=play_early,
    samples={Scale.QUICK: 4},
)
