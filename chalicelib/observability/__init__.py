"""What the machine tells of itself: JSON lines and counters that say what happened, never to whom.

`lines` writes the log, `scrubbing` is what no string of it may carry, `metrics` counts, and
`invocations` ends each invocation: counters flushed, no exception text left to be printed.
"""

from chalicelib.observability.invocations import observed
from chalicelib.observability.lines import (
    KEYS,
    LOG,
    OF_AN_EXCEPTION,
    OF_THE_LINE,
    about,
    log,
    log_failure,
    logger,
    one_thing,
    take_over,
)
from chalicelib.observability.metrics import COUNTERS, METRICS, Metric, count, flush

__all__ = [
    "COUNTERS",
    "KEYS",
    "LOG",
    "METRICS",
    "OF_AN_EXCEPTION",
    "OF_THE_LINE",
    "Metric",
    "about",
    "count",
    "flush",
    "log",
    "log_failure",
    "logger",
    "observed",
    "one_thing",
    "take_over",
]
