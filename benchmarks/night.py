"""How long the night takes for one dossier of a page: `python -m benchmarks.night`."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any, cast

from benchmarks.ordinary_way import BEGINS, deeds
from local.world import World

TIMES = 300


class _Again:
    """A table whose one page holds what it holds, and so many copies of it."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def scan(self, **asked: Any) -> Any:
        """The page."""
        page = self._table.scan(**asked)
        return {**page, "Items": page["Items"] * (TIMES + 1)}


def _seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def main() -> int:
    """Play up to the collected card, then let a night find it so often: on pages that are there."""
    from chalicelib.bootstrap import services
    from chalicelib.domain.daily_figures import DailyFigures
    from chalicelib.pipeline.ports.night import Progress
    from chalicelib.storage.dossiers import DynamoDossiers
    from chalicelib.storage.table import Table

    with World(start=BEGINS, ticks=False) as world:
        for at, deed in deeds():
            world.travel(at)
            deed(world)
        night, table = services().night, services().table
        progress = Progress(figures=DailyFigures(counted_at=world.now(), is_whole=False))
        pages = replace(night, dossiers=DynamoDossiers(cast("Table", _Again(table))))
        pages.run(progress, 1, lambda: True)
        took = [_seconds(partial(one.run, progress, 1, lambda: True)) for one in (night, pages)]
        print(f"{(took[1] - took[0]) / TIMES * 1_000:.1f} ms for one dossier of the night")
    return 0


if __name__ == "__main__":
    sys.exit(main())
