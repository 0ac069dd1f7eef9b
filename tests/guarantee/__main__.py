"""Breaks the promise in every way there is: `python -m tests.guarantee` (`make guarantee`)."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from rich.console import Console
from rich.progress import Progress as Bar

from tests.guarantee import results
from tests.guarantee.checkout import commit, is_changed, seed
from tests.guarantee.figures import WHOLE, Figures, Part, Scale, part_of
from tests.guarantee.in_memory import everything
from tests.guarantee.on_aws import programs
from tests.guarantee.on_aws.programs import Made, Progress
from tests.guarantee.report import PAGE, Whole, page, table, write_json
from tests.guarantee.results import Result

#: Runs a part of a program, and hears how far it is.
Run = Callable[[Scale, int, Part, Callable[[Progress], None]], tuple[Figures, Sequence[Made]]]


def main() -> int:
    """0 if the promise held in what was asked for, and no control did."""
    asked, console = _asked(), Console(highlight=False)
    if asked.docs:
        return _write_the_page(console, asked.scale)
    counted = _counted(asked, console)
    whole = Whole.of(counted, scale=asked.scale, commit=_name())
    console.print(table(whole))
    for complaint in whole.complaints:
        console.print(complaint, style="bold red", markup=False)
    write_json(whole)
    return bool(whole.complaints)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.guarantee", description=__doc__)
    parser.add_argument("--scale", type=Scale, default=Scale.FULL, choices=list(Scale))
    parser.add_argument("--only", action="append", choices=list(RUNS), help="one of the programs")
    parser.add_argument("--part", type=part_of, default=WHOLE, help="one of so many parts: 3/10")
    parser.add_argument("--seed", type=int, help="draws other samples; by default the commit does")
    parser.add_argument("--again", action="store_true", help="also what was counted already")
    parser.add_argument(
        "--docs", action="store_true", help="only write the page, from what is kept"
    )
    return parser.parse_args()


def _name() -> str:
    """Under which commit things are kept; what is not committed is kept apart."""
    return f"{commit() or 'none'}{'-changed' if is_changed() else ''}"


def _write_the_page(console: Console, scale: Scale) -> int:
    """All of it is of this commit, or it is not written."""
    found = results.largest(results.kept(_name()), list(RUNS), scale)
    missing = [name for name in RUNS if name not in found]
    if is_changed() or missing:
        words = "uncommitted changes" if is_changed() else f"not counted: {', '.join(missing)}"
        console.print(f"no page of commit {_name()[:10]}: {words}", style="bold red")
        return 2
    whole = Whole.of(found.values(), scale=scale, commit=commit())
    PAGE.write_text(page(whole), "utf-8")
    write_json(whole)
    return bool(whole.complaints)


def _counted(asked: argparse.Namespace, console: Console) -> Sequence[Result]:
    """What was asked for, as far as it was not counted before."""
    drawn = seed() if asked.seed is None else asked.seed
    names = asked.only or list(RUNS)
    before = () if asked.again else results.kept(_name())
    done = {one.program: one for one in before if _is_asked(one, asked, drawn)}
    # Without a thread of its own: programs may fork.
    with Bar(console=console, auto_refresh=False, disable=not console.is_terminal) as bar:
        return [done.get(name) or _count(name, asked, drawn, bar) for name in names]


def _is_asked(one: Result, asked: argparse.Namespace, drawn: int) -> bool:
    return (one.scale, one.part, one.seed) == (asked.scale, asked.part, drawn)


def _count(name: str, asked: argparse.Namespace, drawn: int, bar: Bar) -> Result:
    task, began = bar.add_task(name, total=None), time.monotonic()
    figures, calls = RUNS[name](asked.scale, drawn, asked.part, partial(_advance, bar, task))
    bar.update(task, total=figures.runs, completed=figures.runs)
    bar.refresh()
    result = Result(
        program=name,
        scale=asked.scale,
        seed=drawn,
        commit=_name(),
        on=datetime.now(UTC),
        seconds=time.monotonic() - began,
        figures=figures,
        part=asked.part,
        calls=tuple(calls),
    )
    results.keep(result)
    return result


def _advance(bar: Bar, task: object, progress: Progress) -> None:
    bar.update(task, total=progress.of, completed=progress.done)  # type: ignore[arg-type]
    bar.refresh()


def _in_memory(run: everything.Run) -> Run:
    return lambda scale, seed, part, _heard: (run(scale, seed, part), ())


def _on_aws(program: programs.Program) -> Run:
    def run(
        scale: Scale, seed: int, part: Part, heard: Callable[[Progress], None]
    ) -> tuple[Figures, Sequence[Made]]:
        report = programs.apart(program, scale, seed, heard, part)
        return report.figures, report.calls if program is programs.PRODUCT else ()

    return run


#: Every program there is, by its name.
RUNS: Mapping[str, Run] = {
    **{name: _in_memory(run) for name, run in everything.RUNS.items()},
    **{name: _on_aws(program) for name, program in programs.NAMED.items()},
}


if __name__ == "__main__":
    sys.exit(main())
