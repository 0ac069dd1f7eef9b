"""Receipts that are lost, doubled, late, reordered or too early, and an index that lags."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from tests.builders import paris
from tests.guarantee.figures import Scale
from tests.guarantee.history import Left
from tests.guarantee.in_memory import story
from tests.guarantee.in_memory.network import DELIVERED, INSIDE, SENT, Network, Receipt, Way
from tests.guarantee.in_memory.programs import Outcome, Program, lot, outcome_of
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import broken

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: Hours after a message left, and hours before its silence counts: the desk has to know in time.
LOOKS = ("2019-04-08 13:00", "2019-05-25 13:00", "2019-05-26 13:00", "2019-07-16 13:00")
LAG_AT_MOST = 10 * MINUTE
SEEDS = 40


def _lost(percent: int, seed: str, _left: Left, number: int) -> Way:
    receipts = [r for r in (SENT, DELIVERED) if 100 * lot(seed, number, r.status) >= percent]
    return Way(is_read=True, receipts=receipts)


def _shifted(receipt: Receipt, after: timedelta) -> Receipt:
    return Receipt(after=after, status=receipt.status, failure_class=receipt.failure_class)


def _doubled(seed: str, _left: Left, number: int) -> Way:
    again = [
        _shifted(r, r.after + lot(seed, number, r.status) * 5 * DAY) for r in (SENT, DELIVERED)
    ]
    return Way(is_read=True, receipts=(SENT, DELIVERED, *again))


def _late(seed: str, _left: Left, number: int) -> Way:
    late = [_shifted(r, lot(seed, number, r.status) * 5 * DAY) for r in (SENT, DELIVERED)]
    return Way(is_read=True, receipts=late)


def _reordered(seed: str, _left: Left, number: int) -> Way:
    after = timedelta(seconds=5 + 600 * lot(seed, number))
    return Way(is_read=True, receipts=(_shifted(DELIVERED, SENT.after), _shifted(SENT, after)))


def _before(_seed: str, _left: Left, _number: int) -> Way:
    inside = [_shifted(receipt, INSIDE) for receipt in (SENT, DELIVERED)]
    return Way(is_read=True, receipts=inside)


def _plain(_seed: str, _left: Left, _number: int) -> Way:
    return Way(is_read=True, receipts=(SENT, DELIVERED))


#: What may be wrong with the receipts. The messages arrive, all of them.
WAYS: Mapping[str, Callable[[str, Left, int], Way]] = {
    "lost-0": partial(_lost, 0),
    "lost-10": partial(_lost, 10),
    "lost-50": partial(_lost, 50),
    "lost-100": partial(_lost, 100),
    "doubled": _doubled,
    "late": _late,
    "reordered": _reordered,
    "before-our-record": _before,
    "index-lags": _plain,
}


def every_case() -> Sequence[str]:
    """What is wrong, and the seed of the chance in it."""
    return [f"{way} {seed}" for seed in range(SEEDS) for way in WAYS]


def play(case: str, kind: type[World] = World) -> Outcome:
    """The story, with such receipts."""
    way, seed = case.split(" ")
    world = story.a_world(kind)
    world.network = _network(way, seed)
    if way == "index-lags":
        world.index_lag = lambda *row: lot(seed, *row) * LAG_AT_MOST
    on_the_way: list[str] = []
    for moment in LOOKS:
        world.at_time(paris(moment), lambda: on_the_way.extend(map(str, broken(world.history()))))
    story.tell(world)
    return outcome_of(world, story.missing(world), [*story.wrong(world), *on_the_way])


def _network(way: str, seed: str) -> Network:
    return partial(WAYS[way], seed)


RECEIPTS = Program(
    name="receipts",
    of="receipts lost, doubled, late, reordered or before our own record; an index that lags",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 2},
)
