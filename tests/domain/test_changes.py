"""An appointment that keeps moving: its first hour is told at once, then the one it stays at."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import SLOTS, Event, EventType, Source
from chalicelib.domain.facts import facts_of
from chalicelib.domain.plan import Owed, Plan, owed
from chalicelib.domain.recording import record
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    DOSSIER,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    cancelled,
    confirmed,
    missed,
    paris,
    selected,
    shown,
)

SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)
BEGINS = paris("2019-04-08 10:00")


def at_once(event: Event, at: datetime) -> Event:
    """The same, heard of at the moment it happens."""
    return replace(event, at=at, received_at=at)


def moves(count: int, apart: timedelta, first: datetime = BEGINS + 5 * SECOND) -> list[Event]:
    """So many other hours of one open day, each a quarter of an hour on from the one before."""
    return [
        an_event(
            EventType.RESCHEDULED,
            first + n * apart,
            f"m{n}",
            received_at=first + n * apart,
            appointment_id="A1",
            starts_at=paris("2019-05-20 10:00") + n % 24 * 15 * MINUTE,
        )
        for n in range(count)
    ]


BOOKED = at_once(selected(event_id="s"), BEGINS)


class Life:
    """Events come in when they are received; whatever is due leaves then, and arrives."""

    def __init__(self, events: Sequence[Event], until: datetime) -> None:
        self.dossier = Dossier(dossier_id=DOSSIER)
        self.coming = sorted(events, key=lambda e: e.received_at)
        self.now = self.coming[0].received_at
        self.left: list[tuple[datetime, Owed]] = []
        while self.now <= until and self._step():
            pass

    def _step(self) -> bool:
        while self.coming and self.coming[0].received_at <= self.now:
            self.dossier, _ = record(self.dossier, self.coming.pop(0))
        plan = self._plan()
        while plan.due or plan.ended:
            self._serve(plan)
            plan = self._plan()
        ahead = [e.received_at for e in self.coming[:1]]
        ahead += [plan.next_change_at] if plan.next_change_at else []
        self.now = min(ahead, default=self.now)
        return bool(ahead)

    def _plan(self) -> Plan:
        return owed(self.dossier, DESK, ADDRESSES, self.now)

    def _serve(self, plan: Plan) -> None:
        for attempt in plan.ended:
            over = replace(attempt, status=Status.CLOSED, status_at=self.now)
            self.dossier = self.dossier.with_attempt(over)
        for one in plan.due[:1]:
            self.left.append((self.now, one))
            is_work = one.notice.channel is Channel.DESK
            attempt = Attempt(
                notice=one.notice,
                attempt=one.next_try.attempt,
                status=Status.OPEN if is_work else Status.DELIVERED,
                claimed_at=one.opened_at or self.now,
                status_at=self.now,
                asked=one.next_try.asked,
                losses=one.losses,
                address=ADDRESSES.get(one.notice.channel, ""),
            )
            self.dossier = self.dossier.with_attempt(attempt)

    def letters(self) -> list[tuple[datetime, str]]:
        """Which messages left, and when."""
        return [
            (at, f"{one.notice.kind}.{one.notice.occasion}")
            for at, one in self.left
            if one.notice.channel is not Channel.DESK
        ]

    def work(self) -> list[tuple[datetime, str, str]]:
        """What was put before a person, when and why."""
        return [
            (at, str(one.notice.kind), one.why)
            for at, one in self.left
            if one.notice.channel is Channel.DESK
        ]


@pytest.mark.parametrize(
    ("count", "apart"), [(1, SECOND), (9, 3 * SECOND), (20, 3 * SECOND), (5, 59 * SECOND)]
)
def test_of_many_moves_only_the_last_hour_is_told_a_minute_after_it(
    count: int, apart: timedelta
) -> None:
    events = moves(count, apart)
    life = Life([BOOKED, *events], BEGINS + HOUR)
    last = events[-1]
    assert life.letters() == [
        (BEGINS, "confirmation_request.s"),
        (last.received_at + MINUTE, f"confirmation_request.{last.event_id}"),
    ]
    assert life.work() == []


def test_the_first_announcement_waits_for_nothing_however_the_slot_came_about() -> None:
    """Moved before anything left: nobody has been told an hour that would be wrong."""
    before = [BOOKED, *moves(3, SECOND)]
    plan = owed(a_dossier(*before), DESK, ADDRESSES, before[-1].received_at)
    assert [o.notice.occasion for o in plan.due] == ["m2"]


def test_a_resync_of_the_same_hour_is_no_change_and_puts_nothing_off() -> None:
    move = moves(1, SECOND)[0]
    again = [
        replace(move, event_id=f"again{n}", at=at, received_at=at)
        for n in range(1, 5)
        if (at := move.received_at + n * 20 * SECOND)
    ]
    life = Life([BOOKED, move, *again], BEGINS + HOUR)
    assert [at for at, _ in life.letters()] == [BEGINS, move.received_at + MINUTE]


def test_it_is_our_own_clock_that_says_since_when_an_hour_stands() -> None:
    """The sender's clock is some minutes slow, or ahead."""
    for skew in (-9 * MINUTE, 9 * MINUTE):
        move = moves(1, SECOND)[0]
        skewed = replace(move, at=move.received_at + skew)
        booked = replace(BOOKED, at=BEGINS - 10 * MINUTE)
        life = Life([booked, skewed], BEGINS + HOUR)
        assert life.letters()[1:] == [(move.received_at + MINUTE, "confirmation_request.m0")]


T0 = BEGINS + HOUR


@pytest.mark.parametrize(
    ("events", "told"),
    [
        # taken away
        ([at_once(cancelled("2019-04-08 11:00", event_id="c"), T0)], "appointment_cancelled.c"),
        # taken away, and another one
        (
            [
                at_once(cancelled("2019-04-08 11:00", event_id="c"), T0),
                at_once(
                    selected(starts="2019-06-03 09:00", event_id="n", appointment_id="A2"),
                    T0 + 20 * SECOND,
                ),
            ],
            "confirmation_request.n",
        ),
        # another one instead
        (
            [
                at_once(
                    selected(starts="2019-06-03 09:00", event_id="n", appointment_id="A2"),
                    T0 + 20 * SECOND,
                )
            ],
            "confirmation_request.n",
        ),
        # another one instead, confirmed by the booking system
        (
            [
                at_once(
                    selected(starts="2019-06-03 09:00", event_id="n", appointment_id="A2"), T0
                ),
                at_once(
                    confirmed("2019-04-08 11:00", event_id="y", appointment_id="A2"),
                    T0 + 20 * SECOND,
                ),
            ],
            "convocation.n",
        ),
        # moved away and back
        ([*moves(1, SECOND, T0), at_once(selected(event_id="b"), T0 + 20 * SECOND)],
         "confirmation_request.b"),
    ],
)  # fmt: skip
def test_whatever_changes_what_was_announced_waits_for_the_next_change(
    events: list[Event], told: str
) -> None:
    life = Life([BOOKED, *events], T0 + HOUR)
    last = max(e.received_at for e in events if e.type is not EventType.CONFIRMED)
    assert life.letters() == [(BEGINS, "confirmation_request.s"), (last + MINUTE, told)]


def test_chosen_anew_after_the_cancellation_was_told_waits_as_well() -> None:
    gone = at_once(cancelled("2019-04-08 11:00", event_id="c"), T0)
    again = [
        at_once(selected(event_id=f"n{n}", starts=f"2019-06-0{n} 09:00"), T0 + HOUR + n * SECOND)
        for n in (3, 4, 5)
    ]
    life = Life([BOOKED, gone, *again], T0 + 3 * HOUR)
    assert life.letters()[2:] == [
        (T0 + HOUR + 5 * SECOND + MINUTE, "confirmation_request.n5"),
    ]


def test_an_appointment_that_came_back_and_is_cancelled_in_its_turn_waits_as_well() -> None:
    """The one that superseded it was cancelled first, and that was told."""
    events = [
        at_once(
            selected(starts="2019-06-03 09:00", event_id="n", appointment_id="A2"),
            BEGINS + SECOND,
        ),
        at_once(
            cancelled("2019-04-08 10:00", event_id="c", appointment_id="A2"),
            BEGINS + 2 * SECOND,
        ),
        at_once(cancelled("2019-04-08 10:00", event_id="d"), BEGINS + 70 * SECOND),
    ]
    life = Life([BOOKED, *events], BEGINS + HOUR)
    assert life.letters()[1:] == [
        (BEGINS + 62 * SECOND, "confirmation_request.c"),
        (BEGINS + 130 * SECOND, "appointment_cancelled.d"),
    ]


@pytest.mark.parametrize(
    "setback",
    [
        missed("2019-05-14 12:00"),
        a_step(EventType.INCOMPLETE, "2019-05-14 12:00", missing_documents=("photo",)),
        cancelled("2019-05-14 12:00"),
    ],
)
def test_an_appointment_after_one_whose_hour_has_passed_is_a_first_announcement(
    setback: Event,
) -> None:
    again = at_once(
        selected(starts="2019-06-03 09:00", event_id="n", appointment_id="A2"),
        paris("2019-05-15 10:00"),
    )
    life = Life([BOOKED, setback, again], paris("2019-05-15 11:00"))
    assert (again.received_at, "confirmation_request.n") in life.letters()


def test_a_click_right_after_a_move_gets_its_convocation_at_once() -> None:
    """On the page of the dossier the new hour can be confirmed before any mail speaks of it."""
    move = moves(1, SECOND)[0]
    click = at_once(
        confirmed("2019-04-08 10:00", "m0", event_id="y", source=Source.STUDENT),
        move.received_at + 10 * SECOND,
    )
    life = Life([BOOKED, move, click], BEGINS + HOUR)
    assert life.letters() == [
        (BEGINS, "confirmation_request.s"),
        (click.received_at, "convocation.m0"),
    ]


def test_what_is_about_other_facts_waits_for_no_move() -> None:
    visit = at_once(
        a_step(EventType.INCOMPLETE, "2019-04-08 10:00", missing_documents=("photo",)),
        BEGINS + 7 * SECOND,
    )
    life = Life([BOOKED, *moves(1, SECOND), visit], BEGINS + HOUR)
    assert (visit.received_at, "missing_documents.2019-04-08") in life.letters()


def test_the_desk_waits_for_no_move() -> None:
    """Nobody can be written to, and the desk knows it with the first word."""
    events = [BOOKED, *moves(5, 10 * SECOND)]
    told = an_attempt(a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.BOUNCED, "2019-04-08 10:00")
    dossier = a_dossier(*events, ledger=(told,))
    plan = owed(dossier, DESK, {Channel.EMAIL: "mail-key"}, events[-1].received_at)
    assert [o.notice.kind for o in plan.due] == [Kind.UNREACHABLE]


@pytest.mark.many
@pytest.mark.parametrize("apart", [50 * SECOND, 59 * SECOND])
def test_a_slot_that_never_rests_is_told_every_ten_minutes_until_the_day_is_full(
    apart: timedelta,
) -> None:
    events = moves(int(110 * MINUTE / apart), apart)
    life = Life([BOOKED, *events], paris("2019-04-09 12:00"))
    today = [at for at, _ in life.letters() if at < paris("2019-04-09 00:00")]
    gaps = {b - a for a, b in pairwise(today[1:])}
    assert len(today) == 10
    assert all(10 * MINUTE <= gap <= 12 * MINUTE for gap in gaps)
    (tomorrow,) = life.letters()[10:]
    assert tomorrow[0] == paris("2019-04-09 09:00")
    assert tomorrow[1].endswith(f".{events[-1].event_id}")
    (line,) = {(name, why) for _, name, why in life.work()}
    assert line == ("unreachable", "confirmation_request:too_many")


def a_full_day(at: str) -> list[Attempt]:
    """Ten messages that left just before."""
    return [
        an_attempt(a_notice(Kind.CONFIRMATION_REQUEST, "s", number=n), Status.DELIVERED, at)
        for n in range(1, 11)
    ]


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([], Kind.CONFIRMATION_REQUEST),
        ([confirmed("2019-04-08 11:58", event_id="y")], Kind.CONVOCATION),
        ([cancelled("2019-04-08 11:58", event_id="c")], Kind.APPOINTMENT_CANCELLED),
    ],
)
def test_past_the_days_cap_the_true_hour_leaves_at_nine_and_a_person_knows_today(
    events: list[Event], kind: Kind
) -> None:
    said = [BOOKED, *moves(1, SECOND, paris("2019-04-08 11:57")), *events]
    dossier = a_dossier(*said, ledger=tuple(a_full_day("2019-04-08 11:00")))
    plan = owed(dossier, DESK, ADDRESSES, paris("2019-04-08 11:59"))
    assert [(o.notice.kind, o.why) for o in plan.due] == [(Kind.UNREACHABLE, f"{kind}:too_many")]
    assert {o.notice.kind: shown(o.ready_at) for o in plan.later}[kind] == "2019-04-09 09:00"


@pytest.mark.parametrize("kind", [EventType.RESCHEDULED, EventType.CANCELLED])
def test_no_wait_outlasts_what_it_waits_for(kind: EventType) -> None:
    """An appointment in half a minute: today's hour is of use only now."""
    soon = BEGINS + HOUR
    booked = replace(BOOKED, starts_at=soon)
    change = an_event(
        kind,
        soon - 40 * SECOND,
        "x",
        received_at=soon - 40 * SECOND,
        appointment_id="A1",
        starts_at=soon - 10 * SECOND if kind is EventType.RESCHEDULED else None,
    )
    life = Life([booked, change], BEGINS + 2 * HOUR)
    assert life.letters()[-1][0] == change.received_at
    assert life.letters()[-1][1].endswith(".x")


def test_a_backlog_is_not_waited_for_past_the_hour_of_the_appointment() -> None:
    """Told a quarter of an hour late, of an appointment in half a minute."""
    late = replace(BOOKED, starts_at=BEGINS + 15 * MINUTE, received_at=BEGINS + 14.5 * MINUTE)
    plan = owed(a_dossier(late), DESK, ADDRESSES, late.received_at)
    assert Kind.CONFIRMATION_REQUEST in [o.notice.kind for o in plan.due]


def test_a_backlog_without_end_is_waited_for_ten_minutes() -> None:
    old = [
        replace(move, at=BEGINS - DAY + n * SECOND, received_at=BEGINS + n * 50 * SECOND)
        for n, move in enumerate(moves(40, SECOND))
    ]
    life = Life([replace(old[0], contact=CONTACT), *old[1:]], BEGINS + 2 * HOUR)
    assert life.letters()[0][0] == BEGINS + 10 * MINUTE


def test_the_hour_of_a_set_aside_holds_the_desks_lines_as_well_and_a_moving_slot_does_not() -> None:
    held = replace(
        a_dossier(BOOKED, *moves(1, SECOND)),
        backed_off_at=BEGINS + MINUTE,
        not_before=BEGINS + HOUR,
    )
    assert owed(held, DESK, {}, BEGINS + 30 * MINUTE).due == ()


GAPS = st.sampled_from([SECOND, 3 * SECOND, 59 * SECOND, MINUTE, 61 * SECOND, 7 * MINUTE, HOUR])
KINDS = st.sampled_from(
    [
        *([EventType.RESCHEDULED] * 3),
        EventType.SELECTED,
        EventType.CANCELLED,
        EventType.CONFIRMED,
    ]
)


def restless(*skews: timedelta) -> st.SearchStrategy[list[Event]]:
    """Two appointments that come, move and go; how late each event may be told."""
    return _restless(skews)


@st.composite
def _restless(draw: st.DrawFn, skews: Sequence[timedelta]) -> list[Event]:
    at, events = BEGINS, [BOOKED]
    for n in range(draw(st.integers(1, 12))):
        at += draw(GAPS)
        event = an_event(
            draw(KINDS),
            at - draw(st.sampled_from(skews)),
            f"e{n}",
            received_at=at,
            appointment_id=draw(st.sampled_from(["A1", "A1", "A2"])),
        )
        if event.type in SLOTS:
            starts = paris("2019-05-20 10:00") + draw(st.integers(0, 3)) * DAY
            event = replace(event, starts_at=starts)
        events.append(event)
    return events


def current(events: Sequence[Event]) -> Appointment:
    slot = facts_of(events).appointment
    assert slot is not None
    return slot


@given(restless(timedelta()))
def test_the_newest_letter_says_the_hour_that_holds(events: list[Event]) -> None:
    life = Life(events, BEGINS + 24 * HOUR)
    slot, newest = current(events), life.letters()[-1][1]
    kind, _, occasion = newest.partition(".")
    if slot.cancelled:
        assert kind == Kind.APPOINTMENT_CANCELLED
    else:
        assert occasion in slot.revision_events


@given(restless(timedelta(), 5 * SECOND, 9 * MINUTE))
def test_in_whatever_order_it_was_told_what_holds_has_been_said(events: list[Event]) -> None:
    life = Life(events, BEGINS + 24 * HOUR)
    slot = current(life.dossier.events)
    said = {name.partition(".")[2] for _, name in life.letters()}
    assert slot.cancelled or said & slot.revision_events


@given(restless(timedelta()))
def test_after_the_first_letter_none_follows_within_a_minute_of_a_change(
    events: list[Event],
) -> None:
    life = Life(events, BEGINS + 24 * HOUR)
    hours = [
        (e.received_at, slot.appointment_id, slot.starts_at, slot.cancelled is None)
        for n, e in enumerate(events)
        if (slot := current(events[: n + 1]))
    ]
    changed = [b[0] for a, b in pairwise(hours) if a[1:] != b[1:]]
    for at, name in life.letters()[1:]:
        if "reminder" not in name and "convocation" not in name:
            since = [c for c in changed if c <= at]
            runs = [c for c in since if not any(timedelta() < c - d <= MINUTE for d in since)]
            assert at >= min(max(since) + MINUTE, max(runs) + 10 * MINUTE)
