"""What every test shares: fake credentials, a patient collector of garbage, a calm Hypothesis."""

import gc
import os
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

if TYPE_CHECKING:
    from tests.emulator.world import EmulatedWorld

# The SDK looks for credentials when a client is made; these open nothing.
os.environ.update(
    AWS_ACCESS_KEY_ID="local",
    AWS_SECRET_ACCESS_KEY="local",
    AWS_DEFAULT_REGION="eu-west-3",
    AWS_REGION="eu-west-3",
    POWERTOOLS_LOG_LEVEL="INFO",
)

FIGURES = pytest.StashKey[list[str]]()

# Time limits would fail on a busy machine, not on a wrong program. `make test-long` looks further.
for profile, examples in (("quick", 12), ("thorough", 150)):
    settings.register_profile(
        profile,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=examples,
    )
settings.load_profile("quick")

# Python begins a round whenever seven hundred more objects live. Models of AWS services and
# thousands of tests are made of many and live to the end: looking through them took a quarter
# of the time of the tests that use AWS.
gc.set_threshold(20_000, 10, 10)


def pytest_collection_finish() -> None:
    """What has been collected is not looked through again."""
    gc.freeze()


#: The rooms whose every line and branch is run by their own tests: coverage looks at no others.
TRACED = frozenset({"domain", "messages", "decoding", "pipeline"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What tries hundreds of cases is not traced: that doubles their time, and that every line is
    run is shown by examples, not by chance. Nor is any test of another room.

    pytest-cov's own `no_cover` pauses nothing in the processes of pytest-xdist, where coverage
    has begun twice.
    """
    tracing = sys.gettrace()
    room = item.path.relative_to(Path(__file__).parent).parts[0]
    tries_many = is_hypothesis_test(getattr(item, "obj", None)) or item.get_closest_marker("many")
    if tries_many or room not in TRACED:
        sys.settrace(None)
        threading.settrace(None)  # as coverage sets it for new threads
    try:
        return (yield)
    finally:
        sys.settrace(tracing)
        threading.settrace(tracing)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make emulate` choose who plays AWS, and try what a missing right does."""
    parser.addoption("--emulator", action="store_true", help="the storage's contract on ministack")
    parser.addoption("--without", help="deploy without a statement: ServeDossierRole.SendMail")


@pytest.fixture(scope="session")
def deployed(request: pytest.FixtureRequest) -> Iterator["EmulatedWorld"]:
    """The package of this checkout on the emulator of AWS: one for all who ask."""
    from tests.emulator.world import emulated_world

    with emulated_world(without=request.config.getoption("--without")) as world:
        yield world
        request.config.stash[FIGURES] = list(world.figures())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the deployed package has done."""
    for line in terminalreporter.config.stash.get(FIGURES, ()):
        terminalreporter.write_line(line)
