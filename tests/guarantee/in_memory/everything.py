"""Every program that runs in memory, by its name."""

from collections.abc import Callable, Mapping
from functools import partial

from tests.guarantee.figures import Figures, Part, Scale
from tests.guarantee.in_memory import naive
from tests.guarantee.in_memory.anything import ANYTHING
from tests.guarantee.in_memory.cards import CARDS
from tests.guarantee.in_memory.clock import CLOCK, STOPS
from tests.guarantee.in_memory.closures import CLOSURES
from tests.guarantee.in_memory.cohort import COHORT
from tests.guarantee.in_memory.crashes import EARLY, PAIRS, SINGLES, UNHEARD
from tests.guarantee.in_memory.dates import DATES
from tests.guarantee.in_memory.desk_words import WORDS
from tests.guarantee.in_memory.heard import HEARD
from tests.guarantee.in_memory.hearsay import RECEIPTS
from tests.guarantee.in_memory.interleavings import INTERLEAVINGS
from tests.guarantee.in_memory.losing import LOSING
from tests.guarantee.in_memory.moves import MOVED
from tests.guarantee.in_memory.orders import ORDERS
from tests.guarantee.in_memory.programs import Program
from tests.guarantee.in_memory.skew import SKEW
from tests.guarantee.in_memory.slots import BOTH
from tests.guarantee.in_memory.unreadable import UNREADABLE

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
        HEARD,
        WORDS,
        CARDS,
        SKEW,
        CLOSURES,
        DATES,
        MOVED,
        BOTH,
        UNREADABLE,
        ANYTHING,
        LOSING,
    )
}

#: Runs a part of a program at a scale, with a seed that draws its samples.
Run = Callable[[Scale, int, Part], Figures]

#: All of them, and the controls, each of which has to fail.
RUNS: Mapping[str, Run] = {
    **{name: program.run for name, program in PROGRAMS.items()},
    **{name: partial(naive.run, name) for name in naive.PUT_THROUGH},
}
