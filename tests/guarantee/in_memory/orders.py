"""Every order of arrival of a handful of webhooks, each also delivered twice, ends in one truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import permutations, product
from typing import Any

from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Closing, Event, EventType
from chalicelib.domain.facts import State, state_of
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_step,
    an_event,
    cancelled,
    confirmed,
    paris,
    rescheduled,
    selected,
    shown,
)
from tests.guarantee.figures import Scale
from tests.guarantee.history import standing
from tests.guarantee.in_memory.programs import Outcome, Program, outcome_of
from tests.guarantee.in_memory.world import World

_CHECKED = an_event(EventType.CHECKED, "2019-04-08 10:03", "k")

_TO_COLLECT: dict[str, Any] = {
    "appointment_id": "C1",
    "purpose": SlotPurpose.COLLECT,
    "is_purpose_said": True,
}

#: Five things that happen within minutes, oldest first, and what is told in the end.
LIVES: dict[str, Sequence[Event]] = {
    "kept": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        cancelled("2019-04-08 10:02", event_id="c"),
        rescheduled("2019-04-08 10:04", "2019-05-16 14:00", event_id="r", contact=CONTACT),
        rescheduled("2019-04-08 10:06", "2019-05-20 09:30", event_id="t"),
        confirmed("2019-04-08 10:08", "t", event_id="y"),
    ),
    # It comes back to the first hour, in the first words: they are news only if what lies between
    # is known, and that may come last.
    "moved": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        rescheduled("2019-04-08 10:02", "2019-05-16 14:00", event_id="r"),
        confirmed("2019-04-08 10:04", "r", event_id="y"),
        selected("2019-04-08 10:06", "2019-05-14 10:30", event_id="t"),
        cancelled("2019-04-08 10:07", event_id="c", appointment_id="A0"),
    ),
    "gone": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        rescheduled("2019-04-08 10:02", "2019-05-16 14:00", event_id="r"),
        confirmed("2019-04-08 10:04", "r", event_id="y"),
        rescheduled("2019-04-08 10:06", "2019-05-20 09:30", event_id="t"),
        cancelled("2019-04-08 10:08", event_id="c"),
    ),
    # It was closed, and another application begins under the same id.
    "anew": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        confirmed("2019-04-08 10:02", "s", event_id="y"),
        a_step(EventType.CLOSED, "2019-04-08 10:04", event_id="x", reason=Closing.WITHDRAWN),
        selected("2019-04-08 10:06", "2019-05-20 09:30", event_id="n", appointment_id="A2"),
        confirmed("2019-04-08 10:08", "n", event_id="z", appointment_id="A2"),
    ),
    # In one second it is cancelled and chosen, whatever the ids: another hour lives.
    "exchanged": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        _CHECKED,
        cancelled("2019-04-08 10:04", event_id="c"),
        selected("2019-04-08 10:04", "2019-05-16 14:00", event_id="t"),
        confirmed("2019-04-08 10:08", "t", event_id="y"),
    ),
    "exchanged-by-other-ids": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        _CHECKED,
        cancelled("2019-04-08 10:04", event_id="u"),
        selected("2019-04-08 10:04", "2019-05-16 14:00", event_id="t"),
        confirmed("2019-04-08 10:08", "t", event_id="y"),
    ),
    # The same hour does not: it was told again, and it is gone.
    "given-up": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        confirmed("2019-04-08 10:02", "s", event_id="y"),
        _CHECKED,
        selected("2019-04-08 10:04", "2019-05-14 10:30", event_id="t"),
        cancelled("2019-04-08 10:04", event_id="c"),
    ),
    # A second one is chosen and cancelled: the first, confirmed, stands.
    "first-stands": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        confirmed("2019-04-08 10:02", "s", event_id="y"),
        _CHECKED,
        selected("2019-04-08 10:04", "2019-05-16 14:00", event_id="t", appointment_id="A2"),
        cancelled("2019-04-08 10:06", event_id="c", appointment_id="A2"),
    ),
    # Beside it one to collect the card is chosen and moved: each has its own.
    "both": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        selected("2019-04-08 10:02", "2019-06-18 10:00", event_id="m", **_TO_COLLECT),
        confirmed("2019-04-08 10:04", "s", event_id="y"),
        rescheduled("2019-04-08 10:06", "2019-06-20 09:00", event_id="r", appointment_id="C1"),
        confirmed("2019-04-08 10:08", "r", event_id="z", appointment_id="C1"),
    ),
    "both-gone": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        selected("2019-04-08 10:02", "2019-06-18 10:00", event_id="m", **_TO_COLLECT),
        cancelled("2019-04-08 10:04", event_id="c"),
        cancelled("2019-04-08 10:06", event_id="d", appointment_id="C1"),
        _CHECKED,
    ),
    # A card is ready, and the appointment for it is moved and cancelled.
    "not-fetched": (
        a_step(EventType.CARD_READY, "2019-04-08 10:00", event_id="f"),
        selected("2019-04-08 10:02", "2019-06-18 10:00", event_id="s", **_TO_COLLECT),
        confirmed("2019-04-08 10:04", "s", event_id="y", appointment_id="C1"),
        rescheduled("2019-04-08 10:06", "2019-06-20 09:00", event_id="t", appointment_id="C1"),
        cancelled("2019-04-08 10:08", event_id="c", appointment_id="C1"),
    ),
    # It was taken for one to deposit until somebody says what it is for.
    "said-later": (
        selected("2019-04-08 10:00", "2019-05-14 10:30", event_id="s"),
        selected("2019-04-08 10:02", "2019-06-18 10:00", event_id="m", appointment_id="C1"),
        rescheduled("2019-04-08 10:04", "2019-06-20 09:00", event_id="r", **_TO_COLLECT),
        confirmed("2019-04-08 10:06", "s", event_id="y"),
        confirmed("2019-04-08 10:08", "r", event_id="z", appointment_id="C1"),
    ),
}
#: What must have left once all is known. Of a slot that is gone, only if anything spoke of it.
LAST_WORD = {
    "kept": "convocation.1.t.email",
    "moved": "confirmation_request.1.t.email",
    "anew": "convocation.1.n.email",
    "exchanged": "convocation.1.t.email",
    "exchanged-by-other-ids": "convocation.1.t.email",
    "first-stands": "convocation.1.c.email",
    "both": "convocation.1.r.email",
    "both-gone": "",  # of each of them, only if anything spoke of it
    "said-later": "convocation.1.r.email",
}
#: Where a life ends, by what people mean, and not by what we make of it: the hours are those of the
#: appointments to deposit and to collect.
ENDS: Mapping[str, tuple[str, ...]] = {
    "kept": (State.CONFIRMED, "2019-05-20 09:30"),
    "moved": (State.BOOKED, "2019-05-14 10:30"),
    "gone": (State.CANCELLED, "2019-05-20 09:30"),
    "anew": (State.CONFIRMED, "2019-05-20 09:30"),
    "exchanged": (State.CONFIRMED, "2019-05-16 14:00"),
    "exchanged-by-other-ids": (State.CONFIRMED, "2019-05-16 14:00"),
    "given-up": (State.CANCELLED, "2019-05-14 10:30"),
    "first-stands": (State.CONFIRMED, "2019-05-14 10:30"),
    "both": (State.CONFIRMED, "2019-05-14 10:30", "2019-06-20 09:00"),
    "both-gone": (State.CANCELLED, "2019-05-14 10:30", "2019-06-18 10:00"),
    "not-fetched": (State.CARD_READY, "2019-06-20 09:00"),
    "said-later": (State.CONFIRMED, "2019-05-14 10:30", "2019-06-20 09:00"),
}

#: The first delivery; the gap to the next one. A backlog comes at once and late.
BEGINS = {"each": paris("2019-04-08 10:09"), "end": paris("2019-04-08 10:09")}
GAPS = {"each": timedelta(minutes=2), "end": timedelta(seconds=1)}
RESTS = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Where a dossier stands, as far as anybody could notice."""

    state: State
    slots: Sequence[tuple[str, datetime, State]]

    @property
    def in_short(self) -> tuple[str | None, ...]:
        """The state, and when its appointments are."""
        return self.state, *(shown(starts_at) for _, starts_at, _ in self.slots)


def every_case() -> Sequence[str]:
    """Life, order, duplicate (which one again, before which delivery), served when."""
    orders = ["".join(order) for order in permutations("01234")]
    again = [f"{i}>{j}" for i, j in product(range(5), range(1, 6)) if j > i]
    return [" ".join(words) for words in product(LIVES, orders, ["once", *again], BEGINS)]


def play(case: str, kind: type[World] = World) -> Outcome:
    """Deliver in this order, and compare with what the order of life leads to."""
    life, order, again, when = case.split(" ")
    world = kind(at=BEGINS[when])
    _deliver(world, _deliveries(life, order, again), when)
    world.run(world.at + RESTS)
    truth = _truth(world)
    is_right = truth.in_short == ENDS[life] and truth == _of_life(life)
    wrong = [] if is_right else [f"ends as {truth}"]
    return outcome_of(world, _missing(world, life), wrong)


def _deliver(world: World, deliveries: Sequence[Event], when: str) -> None:
    if when == "end":
        world.stops = (world.at, world.at + timedelta(minutes=1))
    for number, event in enumerate(deliveries):
        at = world.at + number * GAPS[when]
        world.at_time(at, lambda one=event: world.post(one))  # type: ignore[misc]
    world.run(world.at + len(deliveries) * GAPS[when])


def _deliveries(life: str, order: str, again: str) -> Sequence[Event]:
    events = [LIVES[life][int(place)] for place in order]
    if again == "once":
        return events
    which, before = (int(number) for number in again.split(">"))
    return [*events[:before], events[which], *events[before:]]


@cache
def _of_life(life: str) -> Truth:
    world = World(at=BEGINS["each"])
    _deliver(world, LIVES[life], "each")
    return _truth(world)


def _truth(world: World) -> Truth:
    kept = world.history().kept[DOSSIER]
    return Truth(
        state=state_of(kept.facts),
        slots=[(s.revision, s.starts_at, standing(kept.facts, s.purpose)) for s in kept.slots],
    )


def _missing(world: World, life: str) -> list[str]:
    told = [str(left.notice) for left in world.left]
    is_spoken_of = any(notice.startswith(("confirmation", "convocation")) for notice in told)
    last = LAST_WORD.get(life, "appointment_cancelled.1.c.email" if is_spoken_of else "")
    return [] if not last or last in told else [f"{last} never left"]


ORDERS = Program(
    name="orders",
    of="each order of five webhooks of twelve lives, one of them again at each later place",
    cases=every_case,
    play=play,
    samples={Scale.QUICK: 8, Scale.CI: 3_000, Scale.FULL: 12_000},
    seen=(
        "exchanged 01234 once end",
        "exchanged-by-other-ids 01324 once each",
        "first-stands 01234 once end",
    ),
)
