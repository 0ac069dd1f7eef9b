"""Which appointment is current: moved, missed, superseded, cancelled and set within one second."""

from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State, facts_of, state_of
from tests.builders import (
    a_step,
    an_event,
    cancelled,
    confirmed,
    missed,
    paris,
    rescheduled,
    selected,
    shown,
)

MAY, JUNE = "2019-05-14 10:30", "2019-06-14 10:30"


def slot_of(*events: Event) -> Appointment:
    slot = facts_of(events).appointment
    assert slot
    return slot


def state_after(*events: Event) -> State:
    return state_of(facts_of(events))


def same_in_every_order(*events: Event) -> Appointment:
    """One end, whatever the order in which they are handed over and whatever their ids."""
    names = [e.event_id for e in events]
    ends = {facts_of(order) for order in permutations(events)}
    assert len(ends) == 1, names
    return slot_of(*events)


# A miss


MOVED = [
    selected(starts=MAY, event_id="s"),
    rescheduled("2019-05-14 10:00", JUNE, event_id="r"),
    confirmed("2019-05-14 10:10", "r", event_id="y"),
]


@pytest.mark.parametrize(
    "miss",
    [
        missed("2019-05-14 11:30", event_id="m"),  # of the old hour, told after the move
        missed("2019-05-14 10:30", event_id="m"),  # at the very minute
        missed("2019-06-14 10:29", event_id="m"),
    ],
)
def test_an_appointment_that_was_moved_survives_a_late_miss_of_its_old_hour(miss: Event) -> None:
    slot = same_in_every_order(*MOVED, miss)
    assert (slot.missed, slot.missed_early) == (None, None)
    assert state_after(*MOVED, miss) is State.CONFIRMED


def test_from_its_hour_on_it_is_the_moved_appointment_that_was_missed() -> None:
    assert state_after(*MOVED, missed("2019-06-14 10:30")) is State.MISSED


@pytest.mark.parametrize("at", ["2019-04-09 09:00", "2019-05-14 10:29"])
def test_a_miss_before_any_hour_is_kept_as_what_cannot_be(at: str) -> None:
    told = [selected(), confirmed("2019-04-08 11:00"), missed(at, event_id="m")]
    slot = same_in_every_order(*told)
    assert slot.missed_early
    assert slot.missed_early.event_id == "m"
    assert state_after(*told) is State.CONFIRMED


def test_a_miss_before_the_hour_of_an_appointment_that_is_moved_then_is_forgotten_with_it() -> None:
    slot = slot_of(selected(), missed("2019-05-01 10:00"), rescheduled("2019-05-02 10:00", JUNE))
    assert slot.missed_early is None


def test_a_miss_of_an_unknown_appointment_leaves_nothing() -> None:
    assert facts_of([missed("2019-05-14 12:00")]).appointment is None
    assert state_after(missed("2019-04-08 09:00"), selected()) is State.BOOKED


KEPT = [selected(event_id="s"), confirmed("2019-04-08 11:00", event_id="y")]
MISS = missed("2019-05-14 12:00", event_id="m")


@pytest.mark.parametrize(
    "word",
    [
        selected("2019-05-14 13:00", event_id="a"),
        rescheduled("2019-05-14 13:00", MAY, event_id="a"),
        confirmed("2019-05-14 13:00", event_id="a"),
    ],
)
@pytest.mark.parametrize("miss", [MISS, missed("2019-05-01 12:00", event_id="m")])
def test_the_sender_takes_a_miss_back_by_saying_that_the_slot_is_kept(
    word: Event, miss: Event
) -> None:
    slot = same_in_every_order(*KEPT, miss, word)
    assert (slot.missed, slot.missed_early) == (None, None)
    assert state_after(*KEPT, miss, word) is State.CONFIRMED
    assert slot.revision == "s", "and no link of it ends"


@pytest.mark.parametrize(
    "word",
    [
        selected("2019-05-14 12:00", event_id="a"),  # of the same instant: the miss came last
        confirmed("2019-05-14 12:00", event_id="a"),
        confirmed("2019-05-14 13:00", "s", event_id="a"),  # a late press of the link's button
        confirmed("2019-05-14 13:00", event_id="a", appointment_id="A2"),
    ],
)
def test_nothing_else_takes_a_miss_back(word: Event) -> None:
    assert same_in_every_order(*KEPT, MISS, word).missed


def test_a_miss_that_is_told_after_all_that_counts_again() -> None:
    again = missed("2019-05-14 14:00", event_id="m2")
    slot = slot_of(*KEPT, MISS, selected("2019-05-14 13:00", event_id="a"), again)
    assert slot.missed
    assert slot.missed.event_id == "m2"


BY_DESK = missed("2019-05-14 12:00", event_id="m", source=Source.DESK)


@pytest.mark.parametrize(
    ("word", "stands"),
    [
        (selected("2019-05-15 02:00", event_id="a"), True),  # what is said each night
        (confirmed("2019-05-15 02:00", event_id="a"), True),
        (rescheduled("2019-05-15 09:00", MAY, event_id="a"), False),  # somebody has set it anew
    ],
)
def test_a_resync_does_not_take_back_what_the_desk_has_seen(word: Event, stands: bool) -> None:
    assert bool(same_in_every_order(*KEPT, BY_DESK, word).missed) is stands


def test_the_first_confirmation_of_the_booking_system_is_news_to_the_desk() -> None:
    told = [selected(), BY_DESK, confirmed("2019-05-14 13:00")]
    assert state_after(*told) is State.CONFIRMED


# A cancellation and a slot of one instant


NOON = "2019-04-09 12:00"
IDS = [("a", "b"), ("b", "a")]


@pytest.mark.parametrize(("one", "other"), IDS)
@pytest.mark.parametrize("kind", [EventType.SELECTED, EventType.RESCHEDULED])
def test_cancelled_and_set_to_another_hour_in_one_second_it_lives_there(
    one: str, other: str, kind: EventType
) -> None:
    moved = an_event(kind, NOON, other, appointment_id="A1", starts_at=paris(JUNE))
    slot = same_in_every_order(*KEPT, cancelled(NOON, event_id=one), moved)
    assert (shown(slot.starts_at), slot.cancelled) == (JUNE, None)
    assert (slot.revision, slot.confirmed_at) == (other, None)


@pytest.mark.parametrize(("one", "other"), IDS)
def test_cancelled_and_set_to_the_same_hour_in_one_second_it_is_gone(one: str, other: str) -> None:
    gone, same = cancelled(NOON, event_id=one), selected(NOON, event_id=other)
    assert same_in_every_order(*KEPT, gone, same).cancelled


@pytest.mark.parametrize(("one", "other"), IDS)
def test_chosen_and_cancelled_in_one_second_it_never_was(one: str, other: str) -> None:
    slot = same_in_every_order(selected(NOON, event_id=one), cancelled(NOON, event_id=other))
    assert slot.cancelled


def test_of_several_hours_in_one_second_the_last_in_the_order_of_life_decides() -> None:
    chosen, moved = selected(NOON, JUNE, event_id="b"), rescheduled(NOON, MAY, event_id="a")
    gone = cancelled(NOON, event_id="c")
    assert same_in_every_order(*KEPT, chosen, moved, gone).cancelled, "back at the old hour"
    elsewhere = rescheduled(NOON, "2019-05-20 09:00", event_id="a")
    slot = same_in_every_order(*KEPT, chosen, elsewhere, gone)
    assert (shown(slot.starts_at), slot.cancelled) == ("2019-05-20 09:00", None)


@pytest.mark.parametrize("first", ["gone", "moved"])
def test_what_a_fast_clock_stamps_alike_is_of_one_instant_in_whatever_order_it_arrives(
    first: str,
) -> None:
    """Where a clock is ahead each counts from its arrival, which says nothing of their order."""
    at = paris(NOON)
    arrives = {first: at - timedelta(seconds=90)}
    later = at - timedelta(seconds=80)
    gone = cancelled(NOON, event_id="c", received_at=arrives.get("gone", later))
    moved = selected(NOON, JUNE, event_id="s2", received_at=arrives.get("moved", later))
    slot = slot_of(*KEPT, gone, moved)
    assert (shown(slot.starts_at), slot.cancelled) == (JUNE, None)


@pytest.mark.parametrize(
    ("versions", "is_gone"), [((2, 3), False), ((3, 2), True), ((2, 2), False)]
)
def test_versions_say_which_came_first_even_of_one_second(
    versions: tuple[int, int], is_gone: bool
) -> None:
    told = [
        selected(event_id="s", version=1),
        cancelled(NOON, event_id="c", version=versions[0]),
        selected(NOON, JUNE, event_id="n", version=versions[1]),
    ]
    assert bool(same_in_every_order(*told).cancelled) is is_gone


# Superseded, and back


OLD = [selected(event_id="s"), confirmed("2019-04-08 11:00", "s", event_id="y")]
NEWER = selected("2019-04-10 10:00", "2019-05-20 09:00", event_id="s2", appointment_id="A2")
NO_NEWER = cancelled("2019-04-11 10:00", event_id="c2", appointment_id="A2")


def test_the_live_appointment_stands_again_when_the_one_that_superseded_it_is_cancelled() -> None:
    assert slot_of(*OLD, NEWER).appointment_id == "A2"
    slot = same_in_every_order(*OLD, NEWER, NO_NEWER)
    assert (slot.appointment_id, shown(slot.starts_at)) == ("A1", MAY)
    assert state_after(*OLD, NEWER, NO_NEWER) is State.CONFIRMED
    assert slot.confirmed_at == NO_NEWER.at, "confirmed as it was, and told of now"


def test_it_stands_again_in_another_revision_for_the_student_has_read_of_another_hour() -> None:
    again = selected("2019-04-12 10:00", event_id="s3")
    slot = same_in_every_order(*OLD, NEWER, NO_NEWER, again)
    assert slot.revision == "c2"
    assert slot.revision_events == {"c2", "s3"}
    assert (slot.moves, slot.moved_from) == (1, paris("2019-05-20 09:00"))
    assert slot.booked_at == OLD[0].at
    assert "c2" in facts_of([*OLD, NEWER, NO_NEWER]).to_deposit.slot_events


def test_the_link_of_that_revision_confirms_it() -> None:
    told = [selected(event_id="s"), NEWER, NO_NEWER]
    assert state_after(*told) is State.BOOKED
    assert state_after(*told, confirmed("2019-04-11 12:00", "c2")) is State.CONFIRMED


@pytest.mark.parametrize(
    "old",
    [
        [*OLD, cancelled("2019-04-10 12:00", event_id="c")],  # cancelled before
        [selected("2019-04-01 10:00", "2019-04-11 10:00", event_id="s")],  # its hour has come
        [],
    ],
)
def test_what_does_not_lie_ahead_any_more_does_not_stand_again(old: list[Event]) -> None:
    assert slot_of(*old, NEWER, NO_NEWER).appointment_id == "A2"
    assert state_after(*old, NEWER, NO_NEWER) is State.CANCELLED


def test_what_stood_again_and_is_cancelled_later_is_the_one_that_is_gone() -> None:
    slot = slot_of(*OLD, NEWER, NO_NEWER, cancelled("2019-04-12 10:00", event_id="c"))
    assert slot.appointment_id == "A1"
    assert slot.cancelled
    assert slot.cancelled.event_id == "c"


def test_of_three_that_supersede_one_another_the_newest_that_lives_stands() -> None:
    third = selected("2019-04-12 10:00", "2019-05-21 09:00", event_id="s3", appointment_id="A3")
    no_third = cancelled("2019-04-13 10:00", event_id="c3", appointment_id="A3")
    late = cancelled("2019-04-14 10:00", event_id="c2", appointment_id="A2")
    assert slot_of(*OLD, NEWER, third, no_third).appointment_id == "A2"
    assert slot_of(*OLD, NEWER, NO_NEWER, third, no_third).appointment_id == "A1"
    slot = slot_of(*OLD, NEWER, third, no_third, late)
    assert (slot.appointment_id, slot.revision) == ("A1", "c2")


def test_what_stands_again_can_be_moved_missed_and_superseded_like_any_other() -> None:
    back = [*OLD, NEWER, NO_NEWER]
    assert slot_of(*back, rescheduled("2019-04-12 10:00", JUNE, event_id="r")).revision == "r"
    assert state_after(*back, missed("2019-05-14 12:00")) is State.MISSED
    again = selected("2019-04-12 10:00", JUNE, event_id="s3", appointment_id="A2")
    assert slot_of(*back, again).revision == "s3"


def test_the_same_hour_under_another_number_was_not_moved() -> None:
    twin = selected("2019-04-10 10:00", MAY, event_id="s2", appointment_id="A2")
    assert slot_of(*OLD, twin, NO_NEWER).moved_from is None


def test_a_visit_without_papers_does_not_bring_back_what_it_was_for() -> None:
    visit = a_step(EventType.INCOMPLETE, "2019-05-14 11:00")
    assert state_after(*OLD, visit) is State.INCOMPLETE
    assert state_after(*OLD, NEWER, visit) is State.BOOKED
