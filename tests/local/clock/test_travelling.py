"""The world's clock."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from local.clock.travelling import CannotGoBack, Clock

SPRING = datetime(2019, 4, 3, 7, 0, tzinfo=UTC)


def test_it_starts_where_it_is_told() -> None:
    with Clock(SPRING, ticks=False) as clock:
        assert clock.now() == SPRING
        assert datetime.now(UTC) == SPRING


def test_it_stands_still_between_two_moves_when_it_does_not_tick() -> None:
    with Clock(SPRING, ticks=False) as clock:
        clock.move_to(SPRING + timedelta(days=42))
        assert clock.now() == clock.now() == SPRING + timedelta(days=42)


def test_it_ticks_like_any_clock() -> None:
    with Clock(SPRING) as clock:
        before = time.monotonic()
        first = clock.now()
        while time.monotonic() == before:
            pass
        assert first < clock.now() < SPRING + timedelta(seconds=10)


def test_it_starts_at_the_real_time_unless_told_otherwise() -> None:
    before = datetime.now(UTC)
    with Clock() as clock:
        assert timedelta() <= clock.now() - before < timedelta(seconds=10)


def test_monotonic_time_does_not_travel() -> None:
    with Clock(SPRING) as clock:
        before = time.monotonic()
        clock.move_to(SPRING + timedelta(days=400))
        assert time.monotonic() - before < 10


def test_it_cannot_go_back() -> None:
    with Clock(SPRING, ticks=False) as clock:
        with pytest.raises(CannotGoBack):
            clock.move_to(SPRING - timedelta(seconds=1))
        assert clock.now() == SPRING


def test_it_says_in_paris_hours_why_it_cannot_go_back() -> None:
    message = "it is 2019-04-03T09:00:00+02:00 already: the clock cannot go back to 2019-01-"
    with Clock(SPRING, ticks=False) as clock, pytest.raises(CannotGoBack) as error:
        clock.move_to(datetime(2019, 1, 26, 8, 0, tzinfo=UTC))
    assert str(error.value) == f"{message}26T09:00:00+01:00"


def test_it_refuses_an_instant_without_a_time_zone() -> None:
    with Clock(SPRING) as clock, pytest.raises(ValueError, match="no time zone"):
        clock.move_to(SPRING.replace(tzinfo=None))


def test_real_time_is_back_when_it_stops() -> None:
    before = time.time()
    with Clock(SPRING):
        pass
    assert time.time() - before < 10
