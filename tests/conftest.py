"""What every test shares: fake credentials, a patient collector of garbage, a calm Hypothesis."""

import gc
import os
import sys
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

# The SDK looks for credentials when a client is made; these open nothing.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-west-3",
    AWS_REGION="eu-west-3",
    POWERTOOLS_LOG_LEVEL="INFO",
)

# Time limits would fail on a busy machine, not on a wrong program.
settings.register_profile(
    "relance", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("relance")

# Python begins a round whenever seven hundred more objects live. Models of AWS services and
# thousands of tests are made of many and live to the end: looking through them took a quarter
# of the time of the tests that use AWS.
gc.set_threshold(20_000, 10, 10)


def pytest_collection_finish() -> None:
    """What has been collected is not looked through again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """What tries hundreds of cases is not traced: that doubles their time, and that every line is
    run is shown by examples, not by chance.

    pytest-cov's own `no_cover` pauses nothing in the processes of pytest-xdist, where coverage
    has begun twice.
    """
    tracing = sys.gettrace()
    tries_many = is_hypothesis_test(getattr(item, "obj", None))
    if tries_many or item.get_closest_marker("many"):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)
