"""Every program that runs in memory, by its name."""

from collections.abc import Callable, Mapping

from tests.guarantee.figures import Figures, Scale
from tests.guarantee.in_memory import anything, naive
from tests.guarantee.in_memory.clock import CLOCK, STOPS
from tests.guarantee.in_memory.cohort import COHORT
from tests.guarantee.in_memory.crashes import EARLY, PAIRS, SINGLES, UNHEARD
from tests.guarantee.in_memory.hearsay import RECEIPTS
from tests.guarantee.in_memory.interleavings import INTERLEAVINGS
from tests.guarantee.in_memory.orders import ORDERS
from tests.guarantee.in_memory.programs import Program

#: Those whose cases have names.
NAMED: Mapping[str, Program] = {
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
    )
}

#: What has to hold.
RUNS: Mapping[str, Callable[[Scale], Figures]] = {
    **{name: program.run for name, program in NAMED.items()},
    "anything": anything.run,
}

#: What has to fail.
CONTROL: Callable[[Scale], Figures] = naive.run
