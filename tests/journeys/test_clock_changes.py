"""The two nights on which Paris changes its clocks."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from tests.journeys.driver import STUDENT, Message, TimeTraveller
from tests.journeys.student import Student

pytestmark = pytest.mark.enable_socket

MARCH, OCTOBER = 3, 10

#: The offset of Paris before and after each night.
OFFSETS = {MARCH: ("+01:00", "+02:00"), OCTOBER: ("+02:00", "+01:00")}

#: A public holiday falls on the Monday or the Tuesday after the night, or on the Tuesday of week
#: six.
AWKWARD = frozenset(
    {2021, 2022, 2024, 2025, 2027, 2031, 2032, 2033, 2035, 2036, 2038, 2039, 2042, 2043, 2044}
)


def before_the_night(now: datetime, month: int, **ahead: float) -> datetime:
    """So long before 23:30 on the next Saturday whose night is longer or shorter."""
    for year in sorted(set(range(now.year, now.year + 5)) - AWKWARD):
        last = datetime(year, month, monthrange(year, month)[1], 23, 30, tzinfo=now.tzinfo)
        saturday = last - timedelta(days=(last.weekday() + 1) % 7 + 1)
        if saturday - timedelta(days=40) > now:
            return saturday - timedelta(**ahead)
    raise AssertionError(now)


def to_the_minute(messages: Iterable[Message]) -> set[tuple[str, str]]:
    """What left when, without the seconds that a busy machine takes for it."""
    sent = {(message["notice"], datetime.fromisoformat(message["at"])) for message in messages}
    return {(notice, at.isoformat(timespec="minutes")) for notice, at in sent}


@pytest.mark.parametrize("month", OFFSETS)
def test_six_weeks_over_the_night_end_at_nine_in_the_morning(
    world: TimeTraveller, lea: Student, month: int
) -> None:
    world.travel_to(before_the_night(world.now(), month, days=25, hours=12))  # a Tuesday, 11:30
    deposited_at = world.now()
    lea.say("dossier.deposited", student=STUDENT)
    world.travel("P42D")
    assert world.now().time().replace(second=0, microsecond=0) == deposited_at.time().replace(
        second=0, microsecond=0
    )
    due = deposited_at + timedelta(days=42)
    before, after = OFFSETS[month]
    assert lea.messages()[0]["at"].endswith(before)
    assert to_the_minute(lea.messages()[1:]) == {("no_news", f"{due:%Y-%m-%d}T09:00{after}")}


@pytest.mark.parametrize("month", OFFSETS)
def test_an_appointment_after_the_night_keeps_its_hour(
    world: TimeTraveller, lea: Student, month: int
) -> None:
    world.travel_to(before_the_night(world.now(), month, days=11, hours=12))
    starts_at = lea.selects(14)
    lea.confirms()
    world.travel_to(starts_at)
    assert (f"{starts_at:%a %H:%M}", starts_at.isoformat()[-6:]) == ("Tue 10:20", OFFSETS[month][1])
    reminders = [m for m in lea.messages() if m["notice"] == "appointment_reminder"]
    eve = starts_at - timedelta(days=3)  # never on a Sunday
    nine = f"{eve:%Y-%m-%d}T09:00{OFFSETS[month][0]}"
    assert to_the_minute(reminders) == {("appointment_reminder", nine)}
    assert all("10 h 20" in m["text"].replace("\N{NO-BREAK SPACE}", " ") for m in reminders)


@pytest.mark.parametrize(
    ("month", "hours"), [(MARCH, "00 01 03 04 05"), (OCTOBER, "00 01 02 02 03")]
)
def test_hours_last_an_hour_on_that_night_too(
    world: TimeTraveller, lea: Student, month: int, hours: str
) -> None:
    world.travel_to(before_the_night(world.now(), month))
    lea.say("dossier.checked", student=STUDENT)
    seen = []
    for _ in range(5):
        world.travel("PT1H")
        seen.append(f"{world.now():%H}")
    assert seen == hours.split()


@pytest.mark.parametrize("month", OFFSETS)
def test_an_sms_of_that_saturday_night_waits_for_monday(
    world: TimeTraveller, lea: Student, month: int
) -> None:
    saturday = before_the_night(world.now(), month)
    world.travel_to(saturday)
    lea.say("card.ready", student=STUDENT)
    world.travel("P2D")
    monday = saturday + timedelta(days=2)
    [sms] = [m for m in lea.messages() if m["channel"] == "sms"]
    nine = f"{monday:%Y-%m-%d}T09:00{OFFSETS[month][1]}"
    assert to_the_minute([sms]) == {("card_ready", nine)}
