"""Runs programs, or one case of one again: `python -m tests.guarantee.in_memory singles`."""

import argparse
import sys

from tests.guarantee.figures import WHOLE, Figures, Scale
from tests.guarantee.in_memory.everything import PROGRAMS, RUNS
from tests.guarantee.in_memory.naive import NaiveWorld
from tests.guarantee.in_memory.world import World


def main() -> int:
    """Without a program all of them are run; 1 if a promise was broken."""
    asked = _asked()
    if asked.case:
        program = PROGRAMS[asked.program]
        play = program.closer or program.play
        outcome = play(asked.case, NaiveWorld if asked.naive else World)
        sys.stdout.write("".join(f"{words}\n" for words in outcome.words or ["it holds"]))
        return bool(outcome.words)
    names = [asked.program] if asked.program else list(PROGRAMS)
    figures = [_told(RUNS[name](asked.scale, asked.seed, WHOLE)) for name in names]
    return not all(one.holds for one in figures)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.guarantee.in_memory")
    parser.add_argument("program", nargs="?", choices=list(RUNS))
    parser.add_argument("case", nargs="?", help="one case, in the words it was reported with")
    parser.add_argument("--scale", type=Scale, default=Scale.QUICK, choices=list(Scale))
    parser.add_argument("--seed", type=int, default=0, help="draws another sample")
    parser.add_argument("--naive", action="store_true", help="play the case with the control")
    return parser.parse_args()


def _told(figures: Figures) -> Figures:
    words = (
        f"{figures.program}: {figures.runs} of {figures.possible} runs ({figures.of}); "
        f"lost {figures.lost}, stuck {figures.stuck}, "
        f"doubled {figures.duplicates_with_events} with the provider's word "
        f"and {figures.duplicates_without_events} without it, "
        f"{figures.unmarked_duplicates} of them unmarked"
    )
    sys.stdout.write("\n  ".join([words, *figures.broken]) + "\n")
    sys.stdout.flush()
    return figures


if __name__ == "__main__":
    sys.exit(main())
