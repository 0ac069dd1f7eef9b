"""The law: any order of arrival ends in the same facts, state and plan."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.events import Closing, Event, EventType, Source
from chalicelib.domain.facts import State, facts_of, state_of
from chalicelib.domain.milestones import Milestone
from chalicelib.domain.plan import owed
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    DOSSIER,
    a_dossier,
    a_step,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    every_end,
    missed,
    paris,
    rescheduled,
    selected,
)


def state_after(*events: Event) -> State:
    return state_of(facts_of(events))


AN_AWKWARD_LIFE = [
    selected(event_id="e1"),
    missed("2019-04-09 09:00", event_id="e2"),  # before its hour
    confirmed("2019-04-09 18:00", event_id="e3"),  # and taken back
    selected("2019-04-10 10:00", "2019-05-20 09:00", event_id="e4", appointment_id="A2"),
    cancelled("2019-04-10 10:00", event_id="e5", appointment_id="A2"),  # in the same second
    a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="e6", day=date(2029, 5, 14)),
    a_step(EventType.DEPOSITED, "2019-05-16 09:00", event_id="e7", day=date(2019, 5, 13)),
]


def test_every_order_of_an_awkward_life_ends_in_the_same_facts_and_the_same_plan() -> None:
    ends = every_end(AN_AWKWARD_LIFE)
    assert len(ends) == 1
    facts = ends.pop().facts
    assert facts.appointment
    assert (facts.appointment.revision, facts.appointment.missed_early) == ("e5", None)
    assert facts.deposited
    assert (facts.deposited.day, facts.deposited.doubted) == (date(2019, 5, 13), None)


def test_every_order_of_an_ordinary_life_ends_in_the_same_facts_and_the_same_plan() -> None:
    ends = every_end(an_ordinary_life())
    assert len(ends) == 1, "one document, so one set of facts and one plan"
    (end,) = ends
    assert state_of(end.facts) is State.COLLECTED
    ahead = owed(end, DESK, ADDRESSES, paris("2019-07-20 12:00")).later
    assert [o.notice.kind for o in ahead] == [Kind.RENEWAL_OPENS, Kind.RENEWAL_LAST_CALL]


STARTS = ["2019-05-14 10:30", "2019-05-16 14:00", "2019-06-03 09:00"]
TIMES = st.integers(0, 12).map(lambda n: paris("2019-04-08 10:00") + timedelta(hours=8 * n))
#: A backlog: told long after it all happened, and therefore kept word by word.
ARRIVES = paris("2019-05-10 12:00")


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Any mixture of events, with repeated times, versions here and there, and two appointments."""
    kinds = draw(st.lists(st.sampled_from(sorted(EventType)), min_size=1, max_size=8))
    return [draw(events(kind, f"e{n}")) for n, kind in enumerate(kinds)]


@st.composite
def events(draw: st.DrawFn, kind: EventType, event_id: str) -> Event:
    at = draw(TIMES)
    return Event(
        event_id=event_id,
        type=kind,
        dossier_id=DOSSIER,
        at=at,
        received_at=ARRIVES,
        source=draw(st.sampled_from(Source)),
        version=draw(st.none() | st.integers(0, 3)),
        contact=draw(
            st.none() | st.sampled_from([CONTACT, Contact(given_name="A", family_name="B")])
        ),
        appointment_id=draw(st.sampled_from(["A1", "A2"])),
        starts_at=paris(draw(st.sampled_from([*STARTS, "2019-04-10 10:30"]))),
        purpose=draw(st.sampled_from(SlotPurpose)),
        is_purpose_said=draw(st.booleans()),
        revision=draw(st.none() | st.sampled_from(["e0", "e1", "e2"])),
        day=draw(st.none() | st.dates(date(2019, 4, 8), date(2019, 4, 16))),
        correction=draw(st.booleans()),
        card_expires_on=draw(st.none() | st.just(date(2020, 6, 30))),
        reason=draw(st.none() | st.sampled_from(Closing)),
        subject=draw(st.sampled_from([*EventType, "unreachable.1.x.desk"])),
        until=draw(st.none() | st.just(date(2019, 5, 2))),
        why=event_id,  # no two say the same
    )


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_any_events_ends_in_the_same_dossier_and_plan(history, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(history)
    random.shuffle(shuffled)
    one, other = a_dossier(*history), a_dossier(*shuffled)
    now = paris("2019-06-01 12:00")
    assert one == other
    assert owed(one, DESK, ADDRESSES, now) == owed(other, DESK, ADDRESSES, now)


@given(histories())
def test_recording_everything_twice_changes_nothing(history) -> None:  # type: ignore[no-untyped-def]
    assert a_dossier(*history, *history) == a_dossier(*history)


@pytest.mark.parametrize(
    ("expected", "events"),
    [
        (State.KNOWN, [an_event(EventType.CONTACT_UPDATED, "2019-04-08 09:00", contact=CONTACT)]),
        (State.BOOKED, [selected()]),
        (State.CONFIRMED, [selected(event_id="s"), confirmed("2019-04-08 11:00", "s")]),
        (State.CONFIRMED, [selected(), confirmed("2019-04-08 11:00")]),
        # the link of a former slot confirms nothing
        (
            State.BOOKED,
            [
                selected(event_id="s"),
                rescheduled("2019-04-09 09:00", STARTS[1]),
                confirmed("2019-04-09 10:00", "s"),
            ],
        ),
        # nor does a webhook that is older than the new slot
        (
            State.BOOKED,
            [selected(), confirmed("2019-04-08 11:00"), rescheduled("2019-04-09 09:00", STARTS[1])],
        ),
        (State.CANCELLED, [selected(), cancelled("2019-04-09 09:00")]),
        (State.BOOKED, [cancelled("2019-04-08 09:00"), selected("2019-04-08 10:00")]),
        (State.MISSED, [selected(), missed("2019-05-14 12:00")]),
        # a cancellation of another appointment is remembered for that one only
        (State.BOOKED, [selected(), cancelled("2019-04-09 09:00", appointment_id="A0")]),
        (
            State.INCOMPLETE,
            [selected(), a_step(EventType.INCOMPLETE, "2019-05-14 10:50")],
        ),
        (
            State.BOOKED,
            [
                selected(),
                a_step(EventType.INCOMPLETE, "2019-05-14 10:50"),
                selected("2019-05-15 10:00", STARTS[2], appointment_id="A2"),
            ],
        ),
        (State.DEPOSITED, [a_step(EventType.DEPOSITED, "2019-05-14 10:50")]),
        (
            State.CARD_READY,
            [
                a_step(EventType.CARD_READY, "2019-07-01 10:00"),
                a_step(EventType.DEPOSITED, "2019-05-14 10:50"),
            ],
        ),
        (State.COLLECTED, an_ordinary_life()),
        (State.CLOSED, [*an_ordinary_life(), a_step(EventType.CLOSED, "2019-09-02 10:00")]),
        (State.CLOSED, [a_step(EventType.CLOSED, "2019-09-02 10:00")]),
    ],
)
def test_the_state_follows_from_the_events(expected: State, events: list[Event]) -> None:
    assert expected is state_after(*events)


def test_a_milestone_keeps_its_first_day_unless_it_is_corrected() -> None:
    first = a_step(EventType.DEPOSITED, "2019-05-14 10:50")
    again = a_step(EventType.DEPOSITED, "2019-05-20 10:50")
    correction = a_step(EventType.DEPOSITED, "2019-05-13 08:00", correction=True)
    kept = facts_of([first, again]).deposited
    corrected = facts_of([first, again, correction]).deposited
    assert kept
    assert corrected
    assert date(2019, 5, 14) == kept.day
    assert date(2019, 5, 13) == corrected.day
    assert {date(2019, 5, 13), date(2019, 5, 14), date(2019, 5, 20)} == corrected.days


STEPS = [EventType.INCOMPLETE, EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED]


def step_of(kind: EventType, *events: Event) -> Milestone:
    facts = facts_of(events)
    step: Milestone | None = getattr(facts, kind.partition(".")[2].replace("ready", "card_ready"))
    assert step
    return step


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize(
    ("at", "said", "day", "doubted"),
    [
        ("2019-05-14 10:50", "2019-05-14", "2019-05-14", None),
        ("2019-05-14 10:50", "2019-05-15", "2019-05-14", "2019-05-15"),
        ("2019-05-14 10:50", "2029-05-14", "2019-05-14", "2029-05-14"),
        ("2019-05-14 00:30", "2019-05-14", "2019-05-14", None),  # yesterday still by UTC
        ("2019-05-14 23:59", "2019-05-15", "2019-05-14", "2019-05-15"),
        ("2019-05-14 10:50", "2016-05-11", "2016-05-11", None),  # three years of 366 days
        ("2019-05-14 10:50", "2016-05-10", "2019-05-14", "2016-05-10"),
    ],
)
def test_a_step_has_no_day_ahead_of_itself_nor_years_behind(
    kind: EventType, at: str, said: str, day: str, doubted: str | None
) -> None:
    step = step_of(kind, a_step(kind, at, day=date.fromisoformat(said)))
    assert step.day.isoformat() == day
    assert (step.doubted and step.doubted.isoformat()) == doubted


def test_a_fast_clock_makes_no_day_of_tomorrow_true() -> None:
    at = paris("2019-05-15 00:04")
    early = a_step(EventType.DEPOSITED, "2019-05-15 00:04", received_at=at - timedelta(minutes=6))
    step = step_of(EventType.DEPOSITED, early)
    assert (step.day, step.doubted) == (date(2019, 5, 14), date(2019, 5, 15))


def mistyped(kind: EventType) -> Event:
    return a_step(kind, "2019-05-14 10:50", day=date(2029, 5, 14), event_id="x")


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize(
    "repair",
    [
        {"correction": True},
        {"source": Source.DESK},
        {"version": 2},
        {"at": "2019-05-16 09:00", "correction": True},
    ],
)
def test_any_later_word_on_its_day_repairs_it(kind: EventType, repair: dict[str, Any]) -> None:
    given = {"at": "2019-05-15 09:00", "day": date(2019, 5, 13), "event_id": "y", **repair}
    right = a_step(kind, **given)
    for events in permutations([mistyped(kind), right]):
        step = step_of(kind, *events)
        is_another_visit = kind is EventType.INCOMPLETE and not right.correction
        assert step.day == date(2019, 5, 14 if is_another_visit else 13)
        assert step.doubted is None


@pytest.mark.parametrize("kind", STEPS)
def test_it_can_be_withdrawn_and_told_anew(kind: EventType) -> None:
    away = an_event(EventType.WITHDRAWN, "2019-05-15 08:00", source=Source.DESK, subject=kind.value)
    right = a_step(kind, "2019-05-15 09:00", day=date(2019, 5, 13))
    step = step_of(kind, mistyped(kind), away, right)
    assert (step.day, step.doubted) == (right.day, None)
    assert step.days == {right.day}


@pytest.mark.parametrize("kind", STEPS)
def test_a_correction_that_cannot_be_leaves_the_day_as_it_was(kind: EventType) -> None:
    first = a_step(kind, "2019-05-10 10:00")
    wrong = replace(mistyped(kind), correction=True)
    step = step_of(kind, first, wrong)
    assert (step.day, step.doubted) == (first.day, date(2029, 5, 14))
    right = a_step(kind, "2019-05-15 09:00", day=date(2019, 5, 9), correction=True)
    step = step_of(kind, first, wrong, right)
    assert (step.day, step.doubted) == (right.day, None)


def test_a_second_visit_whose_day_cannot_be_took_place_all_the_same() -> None:
    first = a_step(EventType.INCOMPLETE, "2019-05-10 10:00")
    step = step_of(EventType.INCOMPLETE, first, mistyped(EventType.INCOMPLETE))
    assert (step.day, step.doubted) == (date(2019, 5, 14), date(2029, 5, 14))


def test_a_repetition_that_says_no_day_repairs_none() -> None:
    resync = an_event(EventType.DEPOSITED, "2019-05-15 02:00", "resync")
    assert step_of(EventType.DEPOSITED, mistyped(EventType.DEPOSITED), resync).doubted


def test_what_follows_a_collection_in_the_far_future_begins_anew_today() -> None:
    again = selected("2019-05-20 10:00", "2019-06-03 09:00")
    assert state_after(mistyped(EventType.COLLECTED), again) is State.BOOKED


def test_the_same_id_used_again_begins_a_new_application() -> None:
    life = an_ordinary_life()
    again = selected("2020-05-04 10:00", "2020-06-02 10:00", appointment_id="A9", event_id="n1")
    assert state_after(*life, again) is State.BOOKED
    assert facts_of([*life, again]).deposited is None


def test_news_of_the_former_application_that_comes_late_begins_nothing() -> None:
    late = a_step(EventType.DEPOSITED, "2019-07-25 10:00", day=date(2019, 5, 16), event_id="late")
    assert state_after(*an_ordinary_life(), late) is State.COLLECTED


def test_a_withdrawn_milestone_is_as_if_it_had_not_been() -> None:
    deposit = a_step(EventType.DEPOSITED, "2019-05-14 10:50")
    withdrawal = an_event(
        EventType.WITHDRAWN, "2019-05-14 11:00", source=Source.DESK, subject=EventType.DEPOSITED
    )
    assert state_after(selected(), deposit, withdrawal) is State.BOOKED


def test_a_correction_by_the_desk_outlives_the_senders_next_repetition() -> None:
    better = Contact(given_name="Léa", family_name="Benali", email="new@example.org")
    first = selected("2019-04-08 10:00")
    by_desk = an_event(
        EventType.CONTACT_UPDATED, "2019-04-09 10:00", contact=better, source=Source.DESK
    )
    repeated = rescheduled("2019-04-10 10:00", STARTS[1], contact=CONTACT)
    changed = rescheduled(
        "2019-04-11 10:00", STARTS[2], contact=Contact(given_name="L", family_name="B")
    )
    assert better == facts_of([first, by_desk, repeated]).contact
    assert changed.contact == facts_of([first, by_desk, repeated, changed]).contact


def test_another_spelling_of_a_number_undoes_no_correction() -> None:
    better = replace(CONTACT, email="new@example.org")
    by_desk = an_event(
        EventType.CONTACT_UPDATED, "2019-04-09 10:00", contact=better, source=Source.DESK
    )
    spelt = rescheduled("2019-04-10 10:00", STARTS[1], contact=replace(CONTACT, phone="0612345678"))
    assert better == facts_of([selected("2019-04-08 10:00"), by_desk, spelt]).contact


def test_a_refusal_at_the_counter_makes_the_check_worthless() -> None:
    check = an_event(EventType.CHECKED, "2019-05-02 11:00")
    refusal = a_step(EventType.INCOMPLETE, "2019-05-14 10:50")
    assert facts_of([selected(), check]).checked
    assert not facts_of([selected(), check, refusal]).checked


REFUSED = a_step(EventType.INCOMPLETE, "2019-05-14 10:50", event_id="i")
BOOKED_ANEW = selected("2019-05-15 11:00", "2019-06-03 09:00", event_id="s2", appointment_id="A2")


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (cancelled("2019-05-20 12:00", appointment_id="A2"), State.CANCELLED),
        (missed("2019-06-03 12:00", appointment_id="A2"), State.MISSED),
        (a_step(EventType.INCOMPLETE, "2019-06-03 12:00"), State.INCOMPLETE),
        (missed("2019-05-14 18:00"), State.BOOKED),  # about the slot of the visit itself
    ],
)
def test_of_several_setbacks_the_newest_decides(last: Event, expected: State) -> None:
    assert expected is state_after(selected(), REFUSED, BOOKED_ANEW, last)


def test_a_slot_marked_as_missed_at_which_the_student_was_refused_was_not_missed() -> None:
    assert state_after(selected(), REFUSED, missed("2019-05-14 18:00")) is State.INCOMPLETE


def test_a_correction_of_a_visit_hides_no_later_visit() -> None:
    mistyped = a_step(EventType.INCOMPLETE, "2019-05-14 11:00", day=date(2019, 5, 13))
    correction = a_step(EventType.INCOMPLETE, "2019-05-14 12:00", correction=True)
    second = a_step(EventType.INCOMPLETE, "2019-06-03 10:00", missing_documents=("photo",))
    visit = facts_of([mistyped, correction]).incomplete
    assert visit
    assert date(2019, 5, 14) == visit.day
    visit = facts_of([mistyped, correction, second]).incomplete
    assert visit
    assert (date(2019, 6, 3), ("photo",)) == (visit.day, visit.missing_documents)


def test_a_step_repeated_without_its_day_after_the_collection_begins_nothing() -> None:
    repeat = an_event(EventType.CARD_READY, "2019-07-21 02:00", "resync")
    assert state_after(*an_ordinary_life(), repeat) is State.COLLECTED


def test_what_another_dossier_says_of_this_one_is_no_life_of_its_own() -> None:
    told = an_event(EventType.RENEWAL_BOOKED, "2019-05-14 10:00")
    taken_back = an_event(EventType.WITHDRAWN, "2019-05-15 10:00", subject=EventType.RENEWAL_BOOKED)
    assert facts_of([told, taken_back]).known_since is None
    assert facts_of([told, BOOKED_ANEW]).known_since == BOOKED_ANEW.at


def test_within_one_second_a_slot_is_chosen_before_it_is_moved_whatever_the_ids_say() -> None:
    chosen = selected(event_id="evt_b")
    moved = rescheduled("2019-04-08 10:00", "2019-05-16 14:00", event_id="evt_a")
    slot = facts_of([moved, chosen]).appointment
    assert slot
    assert slot.starts_at == moved.starts_at


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (selected("2019-07-19 10:00", "2019-07-20 15:00", event_id="n"), State.COLLECTED),
        (selected("2019-07-20 16:00", "2019-07-20 17:00", event_id="n"), State.COLLECTED),
        (selected("2019-07-20 10:30", "2019-07-21 09:00", event_id="n"), State.BOOKED),
        (a_step(EventType.DEPOSITED, "2019-07-20 16:00", event_id="n"), State.COLLECTED),
        (a_step(EventType.DEPOSITED, "2019-07-21 09:00", event_id="n"), State.DEPOSITED),
        (an_event(EventType.INCOMPLETE, "2019-07-21 09:00", "n"), State.INCOMPLETE),
        (a_step(EventType.COLLECTED, "2019-07-22 09:00", event_id="n"), State.COLLECTED),
    ],
)
def test_only_what_is_later_than_the_collection_begins_a_new_application(
    event: Event, state: State
) -> None:
    assert state_after(*an_ordinary_life(), event) is state


def test_an_appointment_cancelled_before_a_visit_without_one_is_an_older_setback() -> None:
    """The student came all the same, with papers missing."""
    gone = cancelled("2019-05-10 12:00", appointment_id="A2")
    later = selected("2019-05-01 11:00", "2019-06-03 09:00", event_id="s2", appointment_id="A2")
    assert state_after(later, gone, REFUSED) is State.INCOMPLETE
    assert state_after(later, REFUSED) is State.BOOKED


def test_an_appointment_knows_until_when_the_permit_is_valid_that_was_last_told_for_it() -> None:
    told = [
        selected(permit_expires_on=date(2019, 7, 1)),
        rescheduled("2019-04-09 10:00", STARTS[1], permit_expires_on=date(2019, 7, 31)),
        rescheduled("2019-04-10 10:00", STARTS[2]),
    ]
    slot = facts_of(told).appointment
    assert slot
    assert (slot.appointment_id, slot.permit_expires_on) == ("A1", date(2019, 7, 31))
    assert slot.appointment_events == {e.event_id for e in told}


@pytest.mark.parametrize(
    ("again", "before"), [("2019-05-14 10:30", None), ("2019-05-16 14:00", "2019-05-14 10:30")]
)
def test_an_appointment_was_moved_if_it_was_at_another_hour_before(
    again: str, before: str | None
) -> None:
    """One that was cancelled by mistake and set again is where it was."""
    slot = facts_of(
        [
            selected("2019-04-08 10:00", "2019-05-14 10:30"),
            cancelled("2019-04-09 10:00"),
            rescheduled("2019-04-09 11:00", again),
        ]
    ).appointment
    assert slot is not None
    assert (slot.moves, slot.moved_from) == (1, paris(before) if before else None)


def test_a_word_of_the_desk_on_nothing_that_there_is_leaves_nothing() -> None:
    word = an_event(EventType.ASKED_AGAIN, "2019-05-14 10:00", subject="dossier.deposited")
    assert facts_of([word]).asked_again == ()
