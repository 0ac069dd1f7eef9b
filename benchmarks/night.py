"""How long the nightly repair thinks about one dossier: `python -m benchmarks.night`."""

import sys
from time import perf_counter

from benchmarks.ordinary_way import BEGINS, deeds
from local.demo.story import LEA
from local.world import World

TIMES = 300


def main() -> int:
    """Play up to the collected card, then look at it as the night does, but without a read."""
    from chalicelib.bootstrap import services
    from chalicelib.domain.forgetting import what_remains
    from chalicelib.storage.document import decode, encode

    with World(start=BEGINS, ticks=False) as world:
        for at, deed in deeds():
            world.travel(at)
            deed(world)
        made, now = services(), world.now()
        document = encode(made.dossiers.load(LEA.dossier_id).dossier)
        made.planner.plan(decode(document), now)
        began = perf_counter()
        for _ in range(TIMES):
            dossier = decode(document)
            plan = made.planner.plan(dossier, now)
            made.planner.write_of(dossier, plan, now)
            what_remains(dossier, plan, made.desk, now)
        print(f"{(perf_counter() - began) / TIMES * 1_000:.1f} ms for one dossier of the night")
    return 0


if __name__ == "__main__":
    sys.exit(main())
