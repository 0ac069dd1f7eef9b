"""The guarantee on ports in memory: milliseconds a run, so that thousands of them are few."""

from collections.abc import Callable, Sequence

from tests.guarantee.figures import Figures, Scale
from tests.guarantee.in_memory.everything import CONTROL, RUNS

#: Every program, and the control, which is called "naive" and has to fail.
PROGRAMS: Sequence[Callable[[Scale], Figures]] = (*RUNS.values(), CONTROL)
