"""One world for each module: its clock goes forward only, so every test begins where it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tests.journeys.driver import Driver, TimeTraveller, local_world
from tests.journeys.student import Student

MORNING = datetime(2019, 4, 8, 8, 0, tzinfo=UTC)

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def world() -> Iterator[TimeTraveller]:
    with local_world(MORNING) as world:
        yield world


@pytest.fixture(
    scope="module", params=["local", pytest.param("emulator", marks=pytest.mark.emulator)]
)
def either(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """A world whose clock stands where it stands: the local one, or the deployed package."""
    if request.param == "emulator":
        yield request.getfixturevalue("deployed")
    else:
        with local_world(MORNING) as world:
            yield world


@pytest.fixture
def lea(world: TimeTraveller) -> Iterator[Student]:
    """A student nobody has heard of yet, and who is forgotten afterwards: whoever stayed would be
    served at each of their hours that the tests to come travel past.
    """
    lea = Student(world=world, dossier_id=f"D-{next(_NUMBERS)}")
    yield lea
    if lea.is_known():
        world.forget(lea.dossier_id)


@pytest.fixture
def tuesday(world: TimeTraveller) -> datetime:
    """A Tuesday morning: until July 2020 neither Tuesdays nor Saturdays are public holidays."""
    now = world.now()
    if now.weekday() != 1 or now.hour not in (10, 11):
        days = (1 - now.weekday()) % 7 or 7
        at = (now + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
        world.travel_to(at)
    return world.now()
