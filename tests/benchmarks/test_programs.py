"""The programs of `make bench` still run: on this checkout, without the peers' environment."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.figures import FIGURES

HOUSE = Path(__file__).parents[2]


@pytest.mark.long
def test_every_figure_can_be_taken() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick"],
        cwd=HOUSE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert [figure.title for figure in FIGURES if figure.title not in done.stdout] == []
