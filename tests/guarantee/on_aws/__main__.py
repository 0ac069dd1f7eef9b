"""Runs a program of this folder, or one case again: `python -m tests.guarantee.on_aws --case …`."""

import argparse
import sys

import msgspec

from tests.guarantee.figures import WHOLE, Scale, part_of
from tests.guarantee.on_aws.programs import NAMED, PRODUCT, Progress, Report
from tests.guarantee.on_aws.walk import case_of


def main() -> int:
    """0 if it ran (`--json`), or if the promise held."""
    asked = _asked()
    program = NAMED[asked.program]
    if asked.case:
        words = program.play(case_of(asked.case)).words
        sys.stdout.write("".join(f"{one}\n" for one in words or ["it holds"]))
        return bool(words)
    heard = _say if asked.json else _say_nothing
    report = program.run(asked.scale, asked.seed, heard, asked.part)
    if asked.json:
        _say(report)
        return 0
    figures = report.figures
    sys.stdout.write("\n".join([str(figures), *figures.broken]) + "\n")
    return not figures.holds


def _say(what: Progress | Report) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")
    sys.stdout.flush()


def _say_nothing(_progress: Progress) -> None:
    """On a terminal the end is enough."""


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.guarantee.on_aws", description=__doc__)
    parser.add_argument("--program", default=PRODUCT.name, choices=list(NAMED))
    parser.add_argument("--scale", type=Scale, default=Scale.QUICK, choices=list(Scale))
    parser.add_argument("--seed", type=int, default=0, help="draws another sample")
    parser.add_argument("--part", type=part_of, default=WHOLE, help="one of so many: 3/10")
    parser.add_argument("--case", help="one case, in the words it was reported with")
    parser.add_argument("--json", action="store_true", help="lines of JSON: progress, then all")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
