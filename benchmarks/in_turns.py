"""What two trees spend on the same work, in turns: `python -m benchmarks.in_turns OTHER_TREE`.

On a machine that does other things besides only the ratio says anything: the CPU time of this tree
divided by that of the other one, round by round.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from statistics import median
from time import process_time

ROUNDS = 7
HERE = Path(__file__).resolve().parent.parent


def night() -> None:
    """Read a dossier of an ordinary life, plan it, and work out its write."""
    from chalicelib.storage.document import decode, encode
    from tests.builders import a_dossier, an_ordinary_life, paris
    from tests.pipeline.worlds import DeskInMemory

    planner = DeskInMemory().planner
    document, now = encode(a_dossier(*an_ordinary_life())), paris("2019-07-20 12:00")
    for _ in range(400):
        dossier = decode(document)
        planner.write_of(dossier, planner.plan(dossier, now), now)


def orders() -> None:
    """Take in the same seven events in 1,000 orders."""
    from tests.builders import a_dossier, an_ordinary_life

    for _, order in zip(range(1_000), permutations(an_ordinary_life()), strict=False):
        a_dossier(*order)


def life() -> None:
    """Live through the whole procedure, served in memory, and plan it now and then."""
    from tests.guarantee.in_memory.story import a_world, tell

    world = tell(a_world())
    world.run(world.at + timedelta(days=1))


WORK: Mapping[str, Callable[[], None]] = {"night": night, "orders": orders, "life": life}


def main(other: Path) -> int:
    """Compare the two trees in one kind of work after the other."""
    for name in WORK:
        rounds = [(_spent(HERE, name), _spent(other, name)) for _ in range(ROUNDS)]
        ratios = sorted(ours / theirs for ours, theirs in rounds)
        spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
        print(f"{name}: {median(ratios):.2f} of the other's CPU time ({spread}, {ROUNDS} rounds)")
    return 0


def _spent(tree: Path, name: str) -> float:
    """CPU seconds of one kind of work in a process of its own, without its imports."""
    asked = [sys.executable, __file__, "--work", name]
    done = subprocess.run(  # noqa: S603  ourselves
        asked, cwd=tree, env={"PYTHONPATH": str(tree)}, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _work(name: str) -> None:
    WORK[name]()  # imports, and what is worked out once in a process
    began = process_time()
    WORK[name]()
    print(process_time() - began)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _work(sys.argv[2])
    else:
        sys.exit(main(Path(sys.argv[1])))
