"""Paris time, as people say it."""

from datetime import UTC, datetime

import pytest

from local.clock.paris import NotAnInstant, NotASpan, Span, instant, iso, next_minute


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        # days keep the Paris hour across a clock change, hours do not
        ("2026-10-24T09:00:00+02:00", "P1D", "2026-10-25T09:00:00+01:00"),
        ("2026-10-24T09:00:00+02:00", "PT24H", "2026-10-25T08:00:00+01:00"),
        ("2026-03-28T09:00:00+01:00", "P1D", "2026-03-29T09:00:00+02:00"),
        ("2026-03-28T09:00:00+01:00", "P1DT3H", "2026-03-29T12:00:00+02:00"),
        ("2026-03-28T02:30:00+01:00", "P1D", "2026-03-29T03:30:00+02:00"),  # no 2:30 that night
        ("2019-05-06T10:20:00+02:00", "P42D", "2019-06-17T10:20:00+02:00"),
        ("2019-05-06T10:20:00+02:00", "P6W", "2019-06-17T10:20:00+02:00"),
        ("2019-08-31T10:00:00+02:00", "P6M", "2020-02-29T10:00:00+01:00"),  # clamped, leap year
        ("2020-02-29T10:00:00+01:00", "P1Y", "2021-02-28T10:00:00+01:00"),
        ("2019-05-06T10:20:00+02:00", "PT1H30M15S", "2019-05-06T11:50:15+02:00"),
        ("2026-10-25T02:30:00+02:00", "PT1H", "2026-10-25T02:30:00+01:00"),  # the second 2:30
        ("2026-10-25T02:30:00+01:00", "PT30M", "2026-10-25T03:00:00+01:00"),
    ],
)
def test_a_span_counts_calendar_days_then_hours(start: str, span: str, end: str) -> None:
    assert iso(Span.parse(span).after(instant(start))) == end


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "42D", "P-1D", "P1.5D", "p1d", "PT1D", "P1H", "P٤D", "P1D "]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(NotASpan):
        Span.parse(text)


def test_a_span_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(NotASpan):
        Span.parse("P9999Y").after(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-12-24", "2026-12-24T09:00:00", "2026-13-01T00:00:00Z"]
)
def test_an_instant_needs_date_hour_and_offset(text: str) -> None:
    with pytest.raises(NotAnInstant):
        instant(text)


def test_an_instant_is_read_in_any_offset_and_written_in_that_of_paris() -> None:
    assert iso(instant("2026-12-24T08:00:00Z")) == "2026-12-24T09:00:00+01:00"


def test_a_full_minute_is_its_own_next_minute() -> None:
    nine = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert next_minute(nine) == nine
    assert next_minute(nine.replace(microsecond=1)) == nine.replace(minute=1)
