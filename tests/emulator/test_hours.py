"""The emulated functions find the hour that they need, whenever this is run."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk_data import load
from tests.emulator.hours import EIGHT, MORNING, NoSuchHour, offset_at, write_paris

DESK = load("grenoble")
_A_DAY = timedelta(days=1)


def two_quiet_days_in_a_row(day: date) -> bool:
    around = [day + n * _A_DAY for n in (-1, 0, 1)]
    return any(DESK.is_quiet(a) and DESK.is_quiet(b) for a, b in pairwise(around))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)), st.sampled_from([MORNING, EIGHT]))
def test_it_is_that_hour_of_a_working_day(naive: datetime, hour: object) -> None:
    now = naive.replace(tzinfo=UTC)
    assert isinstance(hour, type(MORNING))
    try:
        there = naive + offset_at(now, hour)
    except NoSuchHour:
        assert two_quiet_days_in_a_row(naive.date())
        return
    assert (there.hour, there.minute) == (hour.hour, hour.minute)
    assert not DESK.is_quiet(there.date())


@pytest.mark.parametrize("hour", [MORNING, EIGHT])
def test_the_zone_is_read_as_it_is_meant(tmp_path: Path, hour: object) -> None:
    assert isinstance(hour, type(MORNING))
    now = datetime(2026, 11, 27, 4, 58, 12, tzinfo=UTC)
    write_paris(tmp_path / "zones", now, hour)
    with (tmp_path / "zones" / "Europe" / "Paris").open("rb") as file:
        there = now.astimezone(ZoneInfo.from_file(file))
    assert (there.hour, there.minute) == (hour.hour, hour.minute)
