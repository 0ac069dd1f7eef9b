"""Breaks the promise in every way there is: `python -m tests.guarantee` (`make guarantee`)."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from rich.console import Console
from rich.progress import Progress as Bar

from tests.guarantee.checkout import commit, seed
from tests.guarantee.figures import Figures, Scale
from tests.guarantee.in_memory import everything
from tests.guarantee.on_aws import programs
from tests.guarantee.on_aws.programs import Made, Progress
from tests.guarantee.report import PAGE, Whole, page, table, write_json

#: Runs one program and hears how far it is.
Run = Callable[[Callable[[Progress], None]], tuple[Figures, Sequence[Made]]]


def main() -> int:
    """0 if the promise held everywhere and no control did."""
    asked, console = _asked(), Console(highlight=False)
    whole = _run_all(asked.scale, seed() if asked.seed is None else asked.seed, console)
    console.print(table(whole))
    for complaint in whole.complaints:
        console.print(complaint, style="bold red", markup=False)
    write_json(whole)
    if asked.docs:
        PAGE.write_text(page(whole), "utf-8")
    return bool(whole.complaints)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.guarantee", description=__doc__)
    parser.add_argument("--scale", type=Scale, default=Scale.FULL, choices=list(Scale))
    parser.add_argument("--seed", type=int, help="draws other samples; by default the commit does")
    parser.add_argument("--docs", action="store_true", help="write docs/guarantee.md anew")
    return parser.parse_args()


def _run_all(scale: Scale, drawn: int, console: Console) -> Whole:
    figures: list[Figures] = []
    calls: list[Made] = []
    seconds: dict[str, float] = {}
    # Without a thread of its own: programs may fork.
    with Bar(console=console, auto_refresh=False, disable=not console.is_terminal) as bar:
        for run in _runs(scale, drawn):
            task, began = bar.add_task("…", total=None), time.monotonic()
            one, made = run(lambda at, task=task: _advance(bar, task, at))  # type: ignore[misc]
            seconds[one.program] = time.monotonic() - began
            figures.append(one)
            calls += made
            bar.update(task, description=one.program, total=one.runs, completed=one.runs)
            bar.refresh()
    return Whole(
        scale=scale,
        seed=drawn,
        commit=commit(),
        on=datetime.now(UTC),
        seconds=seconds,
        figures=figures,
        calls=calls,
    )


def _advance(bar: Bar, task: object, progress: Progress) -> None:
    bar.update(task, total=progress.of, completed=progress.done)  # type: ignore[arg-type]
    bar.refresh()


def _runs(scale: Scale, seed: int) -> Sequence[Run]:
    return [
        *(partial(_in_memory, run, scale, seed) for run in everything.RUNS.values()),
        partial(_on_aws, programs.PRODUCT, scale, seed),
        partial(_on_aws, programs.CONTROL, scale, seed),
    ]


def _in_memory(
    run: everything.Run, scale: Scale, seed: int, _heard: Callable[[Progress], None]
) -> tuple[Figures, Sequence[Made]]:
    return run(scale, seed), ()


def _on_aws(
    program: programs.Program, scale: Scale, seed: int, heard: Callable[[Progress], None]
) -> tuple[Figures, Sequence[Made]]:
    report = programs.apart(program, scale, seed, heard)
    return report.figures, report.calls if program is programs.PRODUCT else ()


if __name__ == "__main__":
    sys.exit(main())
