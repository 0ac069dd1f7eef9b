"""What happens by itself, and how time travels."""

from datetime import UTC, datetime, timedelta

import pytest

from local.aws.declared import Schedule
from local.aws.lambda_runtime import Function
from local.clock.timetable import MOST_SWEEPS, Due, StillDue, Timetable
from local.clock.travelling import CannotGoBack

NOON = datetime(2019, 6, 27, 12, 0, 30, tzinfo=UTC)


def at(hour: int, minute: int = 0, second: int = 0, day: int = 27) -> datetime:
    return datetime(2019, 6, day, hour, minute, second, tzinfo=UTC)


def nothing(_event: object, _context: object) -> None:
    """What the rules start here: the diary of the house is kept by `fire`."""


RULES = [
    Schedule(name="sweep_due", function=nothing, every=timedelta(minutes=1)),
    Schedule(name="reconcile", function=nothing, every=timedelta(days=1)),
]


class House:
    """A clock, a pump, a postman and a due index, in as few lines as they need."""

    def __init__(self) -> None:
        self.time = NOON
        self.diary: list[tuple[datetime, str]] = []
        self.due: list[Due] = []
        self.post: list[datetime] = []
        self.hidden_until: datetime | None = None
        self.serves = True
        self.timetable = Timetable(self, self, self, RULES, self.first_due)

    def first_due(self) -> Due | None:
        return min(self.due, key=lambda due: due.at, default=None)

    def now(self) -> datetime:
        return self.time

    def move_to(self, instant: datetime) -> None:
        assert instant > self.time
        self.time = instant

    def fire(self, name: str, _function: Function, moment: datetime) -> None:
        self.diary.append((moment, name))
        if name == "sweep_due" and self.serves:
            self.due = [due for due in self.due if due.at > moment]

    def run_until_quiet(self, now: datetime) -> int:
        if self.hidden_until and now >= self.hidden_until:
            self.diary.append((now, "message"))
            self.hidden_until = None
        return 0

    def is_waiting(self) -> bool:
        return self.hidden_until is not None

    def next_at(self) -> datetime | None:
        return min(self.post, default=None)

    def release(self, now: datetime) -> int:
        came = [moment for moment in self.post if moment <= now]
        self.post = [moment for moment in self.post if moment > now]
        self.diary += [(now, "receipt") for _ in came]
        return len(came)

    def only(self, name: str) -> list[datetime]:
        return [moment for moment, what in self.diary if what == name]


def due(moment: datetime) -> Due:
    return Due(key="D-1", at=moment)


def test_a_journey_through_nothing_stops_only_on_the_first_and_the_last_night() -> None:
    house = House()
    assert house.timetable.travel(at(12, day=30)) == 2
    assert house.only("reconcile") == [at(0, day=28), at(0, day=30)]
    assert house.now() == at(12, day=30)


def test_the_night_after_an_eventful_day_has_its_reconcile() -> None:
    house = House()
    house.due = [due(at(9, day=29))]
    house.timetable.travel(at(12, day=30))
    assert house.only("reconcile") == [at(0, day=28), at(0, day=30)]


def test_each_journey_has_its_first_and_its_last_night() -> None:
    house = House()
    house.timetable.travel(at(12, day=29))
    house.timetable.travel(at(12, day=30))
    assert house.only("reconcile") == [at(0, day=28), at(0, day=29), at(0, day=30)]


def test_as_time_passes_by_itself_no_night_is_left_out() -> None:
    house = House()
    for day in (28, 29, 30):
        house.time = at(0, 0, 1, day=day)
        house.timetable.tick()
    assert len(house.only("reconcile")) == 3


def test_what_falls_due_on_the_way_is_swept_at_its_minute() -> None:
    house = House()
    house.due = [due(at(13)), due(at(14, 5, 10))]
    house.timetable.travel(at(20))
    assert house.only("sweep_due") == [at(13), at(14, 6)]


def test_what_is_due_already_is_swept_at_the_next_full_minute() -> None:
    house = House()
    house.due = [due(at(11))]
    house.timetable.travel(at(20))
    assert house.only("sweep_due") == [at(12, 1)]


def test_what_falls_due_after_the_journey_waits() -> None:
    house = House()
    house.due = [due(at(13, 0, 1))]
    house.timetable.travel(at(13))
    assert house.diary == []
    house.timetable.travel(at(13, 1))
    assert house.only("sweep_due") == [at(13, 1)]


def test_the_end_of_the_journey_belongs_to_it() -> None:
    house = House()
    house.due = [due(at(13))]
    house.timetable.travel(at(13))
    assert house.only("sweep_due") == [at(13)]


def test_receipts_come_in_at_their_own_second() -> None:
    house = House()
    house.post = [at(12, 1, 7), at(12, 1, 3)]
    house.timetable.travel(at(13))
    assert house.only("receipt") == [at(12, 1, 3), at(12, 1, 7)]


def test_a_receipt_does_not_hurry_the_sweep() -> None:
    house = House()
    house.due, house.post = [due(at(13, 0, 10))], [at(13, 0, 20)]
    house.timetable.travel(at(20))
    assert house.diary == [(at(13, 0, 20), "receipt"), (at(13, 1), "sweep_due")]


def test_a_hidden_message_is_waited_for_minute_by_minute() -> None:
    house = House()
    house.hidden_until = at(12, 6)
    stops = house.timetable.travel(at(20))
    assert house.only("message") == [at(12, 6)]
    assert stops == 6


def test_a_dossier_that_stays_due_is_named() -> None:
    house = House()
    house.serves, house.due = False, [due(at(13))]
    with pytest.raises(StillDue, match="D-1 is still due"):
        house.timetable.travel(at(20))
    assert len(house.only("sweep_due")) == MOST_SWEEPS


def test_a_dossier_that_moves_on_is_never_stuck() -> None:
    house = House()

    def a_little_later() -> Due | None:
        return due(house.now() + timedelta(minutes=1))

    house.timetable = Timetable(house, house, house, RULES[:1], a_little_later)
    assert house.timetable.travel(at(13)) > MOST_SWEEPS


def test_the_clock_cannot_go_back() -> None:
    house = House()
    with pytest.raises(CannotGoBack):
        house.timetable.travel(at(12))


def test_each_stop_is_told() -> None:
    house = House()
    told: list[datetime] = []
    house.due = [due(at(13)), due(at(14))]
    house.timetable.travel(at(20), told.append)
    assert told == [at(13), at(14)]


def test_as_time_passes_by_itself_each_minute_is_swept_once() -> None:
    house = House()
    for second in range(0, 180, 10):
        house.time = NOON + timedelta(seconds=second)
        house.timetable.tick()
    assert house.only("sweep_due") == [at(12, 1), at(12, 2), at(12, 3)]


def test_a_tick_brings_what_has_come_in() -> None:
    house = House()
    house.post = [at(12, 0, 31), at(12, 0, 45)]
    house.time = at(12, 0, 32)
    house.timetable.tick()
    assert house.only("receipt") == [at(12, 0, 32)]


def test_a_clock_that_ticks_past_the_end_while_it_is_looked_at_has_arrived() -> None:
    class Ticking(House):
        """Each look takes a moment, and the last one ends after the instant it looked at."""

        def move_to(self, instant: datetime) -> None:
            self.time = instant + timedelta(seconds=1)
            raise CannotGoBack(instant, self.time)

    house = Ticking()
    house.timetable.travel(at(13))
    assert house.time == at(13) + timedelta(seconds=1)
