"""Every program that runs in memory, by its name."""

from collections.abc import Callable, Mapping

from tests.guarantee.figures import Figures, Scale
from tests.guarantee.in_memory import naive
from tests.guarantee.in_memory.anything import ANYTHING
from tests.guarantee.in_memory.clock import CLOCK, STOPS
from tests.guarantee.in_memory.cohort import COHORT
from tests.guarantee.in_memory.crashes import EARLY, PAIRS, SINGLES, UNHEARD
from tests.guarantee.in_memory.hearsay import RECEIPTS
from tests.guarantee.in_memory.interleavings import INTERLEAVINGS
from tests.guarantee.in_memory.orders import ORDERS
from tests.guarantee.in_memory.programs import Program

#: What has to hold.
PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        SINGLES,
        UNHEARD,
        EARLY,
        PAIRS,
        ORDERS,
        INTERLEAVINGS,
        CLOCK,
        STOPS,
        RECEIPTS,
        COHORT,
        ANYTHING,
    )
}

#: Runs a program at a scale, with a seed that draws its samples.
Run = Callable[[Scale, int], Figures]

#: All of them, and the control, which has to fail.
RUNS: Mapping[str, Run] = {
    **{name: program.run for name, program in PROGRAMS.items()},
    naive.NAME: naive.run,
}
