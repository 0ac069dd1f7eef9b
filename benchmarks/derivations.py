"""How often one e-mail is thought about: `python -m benchmarks.derivations`.

Counts derivations of facts and plans: from the webhook that is recorded, by the queue and the
e-mail that leaves, to its receipt.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

from benchmarks.ordinary_way import BEGINS, deeds
from local.world import World

#: What is counted: the functions of the domain that do it, by their names.
COUNTED = {
    "facts_of": "facts derived",
    "owed": "plans",
    "spells_of": "milestones read",
    "lives_of": "appointments read",
}
DOMAIN = str(Path("chalicelib", "domain"))


def main() -> int:
    """Let one slot be chosen, and its confirmation request arrive."""
    counts = Counter[tuple[str, str]]()
    with World(start=BEGINS, ticks=False) as world:
        at, deed = next(deeds())
        world.travel(at)
        with _counting(world, counts):
            deed(world)
            world.travel(at + timedelta(minutes=30))
        print("\n".join(_table(counts)))
        print(f"{len(world.sent)} e-mail, {len(world.told)} receipt(s)")
        return 1 if world.failures else 0


@contextmanager
def _counting(world: World, counts: Counter[tuple[str, str]]) -> Iterator[None]:
    """Look at each call of a function of Python, and count those of the product that count."""

    def look(frame: FrameType, event: str, _what: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name in COUNTED and DOMAIN in code.co_filename:
            counts[world.calls.function, code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(before)


def _table(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    functions = sorted({function for function, _ in counts if function})
    yield "| function | " + " | ".join(COUNTED.values()) + " |"
    yield "| --- " * (len(COUNTED) + 1) + "|"
    for function in functions:
        yield (
            f"| {function} | " + " | ".join(str(counts[function, name]) for name in COUNTED) + " |"
        )


if __name__ == "__main__":
    sys.exit(main())
