"""The product in this process begins as a new process of it does."""

import io

from chalicelib.observability import Metric, count, flush
from local.product import product


def test_what_was_counted_before_it_began_is_none_of_it() -> None:
    log, metrics = io.StringIO(), io.StringIO()
    count(Metric.ACCESS_REFUSED)
    with product({}, log, metrics):
        count(Metric.SWEEPS)
        flush("local")
    assert Metric.SWEEPS in metrics.getvalue()
    assert Metric.ACCESS_REFUSED not in metrics.getvalue()
