"""What every test shares: fake credentials, and no surprises from Hypothesis."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

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

# Time limits would fail on a busy machine, not on a wrong program.
settings.register_profile(
    "relance", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("relance")


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
