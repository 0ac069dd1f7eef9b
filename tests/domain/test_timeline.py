"""The story of one dossier: in order, with what never left, and why."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain import timeline as stories
from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.plan import Plan, owed
from chalicelib.domain.timeline import Entry, EntryKind, timeline
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    a_dossier,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    cancelled,
    confirmed,
    paris,
    rescheduled,
    selected,
)
from tests.domain.lives import Moment, moments

SMS = Channel.SMS
REQUEST = an_attempt(a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.DELIVERED, "2019-04-08 10:01")
CONVOCATION = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-04-08 11:01")


def replay(dossier: Dossier, at: datetime) -> Plan:
    return owed(dossier, DESK, ADDRESSES, at)


def story(dossier: Dossier, at: str) -> list[Entry]:
    now = paris(at)
    return list(timeline(dossier, replay(dossier, now), replay))


def not_sent(dossier: Dossier, at: str) -> list[tuple[str, str]]:
    """What never left, by kind and channel, and why."""
    entries = [e for e in story(dossier, at) if e.what is EntryKind.NOT_SENT]
    return [(f"{e.notice.kind}.{e.notice.channel}", e.why) for e in entries if e.notice]


def test_events_attempts_and_work_stand_in_order_and_what_is_planned_comes_last() -> None:
    work = an_attempt(
        a_notice(Kind.UNCONFIRMED, "s", Channel.DESK), Status.OPEN, "2019-05-11 09:00", reason="x"
    )
    dossier = a_dossier(selected(event_id="s"), ledger=(REQUEST, work))
    entries = story(dossier, "2019-05-11 10:00")
    assert [e.what for e in entries[:3]] == [EntryKind.EVENT, EntryKind.ATTEMPT, EntryKind.WORK]
    assert {e.what for e in entries[3:]} == {EntryKind.PLANNED}
    assert (entries[0].event, entries[1].attempt, entries[2].attempt) == (
        dossier.events[0],
        REQUEST,
        work,
    )
    assert entries[2].why == "x"
    planned = [e.at for e in entries[3:]]
    assert planned == sorted(planned)


def test_who_has_confirmed_is_not_reminded_to() -> None:
    dossier = a_dossier(
        selected(event_id="s"), confirmed("2019-04-08 11:00", "s"), ledger=(REQUEST, CONVOCATION)
    )
    assert not_sent(dossier, "2019-04-09 12:00") == [
        ("confirmation_reminder.email", "appointment.confirmed")
    ]


def test_what_was_sent_before_is_not_said_to_be_missing() -> None:
    reminder = an_attempt(
        a_notice(Kind.CONFIRMATION_REMINDER, "s"), Status.DELIVERED, "2019-04-09 10:00"
    )
    dossier = a_dossier(
        selected(event_id="s"),
        confirmed("2019-04-10 11:00", "s"),
        ledger=(REQUEST, reminder, CONVOCATION),
    )
    assert not_sent(dossier, "2019-04-11 12:00") == []


def test_a_reminder_of_an_appointment_that_moves_is_not_sent_for_that() -> None:
    dossier = a_dossier(
        selected(event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        rescheduled("2019-04-20 09:00", "2019-05-16 14:00", event_id="r"),
        ledger=(REQUEST, CONVOCATION),
    )
    dropped = not_sent(dossier, "2019-04-21 12:00")
    assert dropped == [
        ("confirmation_reminder.email", "appointment.confirmed"),
        ("check_reminder.email", "appointment.rescheduled"),
        ("appointment_reminder.email", "appointment.rescheduled"),
    ]
    planned = [e.notice for e in story(dossier, "2019-04-21 12:00") if e.what is EntryKind.PLANNED]
    assert "r" in {notice.occasion for notice in planned if notice}


def test_the_same_slot_told_again_by_an_earlier_event_drops_nothing() -> None:
    """Its revision has another name from then on; what is due stays due when it was."""
    first = selected("2019-04-08 09:59", event_id="r", received_at=paris("2019-04-08 12:00"))
    dossier = a_dossier(selected(event_id="s"), first, ledger=(REQUEST,))
    assert not_sent(dossier, "2019-04-08 13:00") == []


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (cancelled("2019-05-01 09:00"), "appointment.cancelled"),
        (a_step(EventType.DEPOSITED, "2019-05-01 09:00"), "dossier.deposited"),
        (
            selected("2019-05-01 09:00", "2019-06-03 09:00", appointment_id="A2"),
            "appointment.selected",
        ),
    ],
)
def test_whatever_ends_an_appointment_ends_its_reminders(event: Event, why: str) -> None:
    dossier = a_dossier(
        selected(event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        event,
        ledger=(REQUEST, CONVOCATION),
    )
    dropped = not_sent(dossier, "2019-05-02 12:00")
    assert dropped.count(("appointment_reminder.email", why)) == 1


def test_what_another_appointment_still_foresees_is_another_matter() -> None:
    given: dict[str, Any] = {"appointment_id": "C1", "purpose": SlotPurpose.COLLECT}
    both = [selected(event_id="s"), selected(event_id="c", **given, is_purpose_said=True)]
    dossier = a_dossier(*both, cancelled("2019-04-08 10:00", event_id="x", appointment_id="C1"))
    assert ("confirmation_reminder.email", "appointment.cancelled") in not_sent(
        dossier, "2019-04-08 10:02"
    )


def test_of_a_row_of_reminders_that_ends_the_next_one_is_named() -> None:
    dossier = a_dossier(
        a_step(EventType.DEPOSITED, "2019-05-16 14:10", contact=CONTACT),
        a_step(EventType.CARD_READY, "2019-05-30 15:00"),
    )
    entries = [e for e in story(dossier, "2019-05-31 12:00") if e.what is EntryKind.NOT_SENT]
    reminders = [str(e.notice) for e in entries if e.notice and e.notice.kind is Kind.NO_NEWS]
    assert reminders == ["no_news.1.2019-05-16.email"]


def test_what_is_foreseen_again_is_not_called_unsent() -> None:
    dossier = a_dossier(
        selected(event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        a_step(EventType.DEPOSITED, "2019-04-10 09:00"),
        an_event(
            EventType.WITHDRAWN, "2019-04-10 09:30", subject=EventType.DEPOSITED.value, by="agnes"
        ),
        ledger=(REQUEST, CONVOCATION),
    )
    dropped = not_sent(dossier, "2019-04-11 12:00")
    assert ("appointment_reminder.email", "dossier.deposited") not in dropped


def test_a_message_that_was_on_its_way_was_sent() -> None:
    """Its receipt came only after the event; by then it was in the provider's hands."""
    late = replace(REQUEST, status_at=paris("2019-04-08 12:00"))
    dossier = a_dossier(
        selected(event_id="s"), confirmed("2019-04-08 11:00", "s"), ledger=(late, CONVOCATION)
    )
    assert ("confirmation_request.email", "appointment.confirmed") not in not_sent(
        dossier, "2019-04-09 12:00"
    )


def test_work_that_was_closed_later_stood_open_before() -> None:
    work = an_attempt(
        a_notice(Kind.UNCONFIRMED, "s", Channel.DESK),
        Status.CLOSED,
        "2019-05-11 09:00",
        status_at=paris("2019-05-12 09:00"),
        closed_by="w",
    )
    seen: list[Dossier] = []

    def watched(dossier: Dossier, at: datetime) -> Plan:
        seen.append(dossier)
        return replay(dossier, at)

    dossier = a_dossier(selected(event_id="s"), confirmed("2019-05-11 12:00", "s"), ledger=(work,))
    timeline(dossier, replay(dossier, paris("2019-05-13 09:00")), watched)
    assert [(a.status, a.closed_by) for a in seen[0].ledger] == [(Status.OPEN, "")]


def test_of_a_long_story_only_the_last_events_are_lived_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stories, "REPLAYED_AT_MOST", 2)
    plans: list[datetime] = []

    def counted(dossier: Dossier, at: datetime) -> Plan:
        plans.append(at)
        return replay(dossier, at)

    checks = [
        an_event(EventType.CHECKED, f"2019-04-{day} 09:00", source=Source.DESK)
        for day in range(10, 16)
    ]
    dossier = a_dossier(selected(event_id="s"), *checks)
    timeline(dossier, replay(dossier, paris("2019-05-01 09:00")), counted)
    assert len(plans) == 2 * 2


def test_a_dossier_without_events_has_no_story() -> None:
    empty = a_dossier()
    assert story(empty, "2019-05-01 09:00") == []


@given(moments())
def test_every_event_and_attempt_is_told_once_and_nothing_sent_is_called_unsent(
    moment: Moment,
) -> None:
    def planned(dossier: Dossier, at: datetime) -> Plan:
        return owed(dossier, DESK, moment.addresses, at)

    plan = planned(moment.dossier, moment.now)
    entries = timeline(moment.dossier, plan, planned)
    past = [e for e in entries if e.what is not EntryKind.PLANNED]
    assert [e.at for e in past] == sorted(e.at for e in past)
    assert sorted(e.event.event_id for e in entries if e.event) == sorted(
        e.event_id for e in moment.dossier.events
    )
    assert [e.attempt for e in entries if e.attempt] == sorted(
        moment.dossier.ledger, key=lambda a: a.claimed_at
    )
    spared = {a.notice for a in moment.dossier.ledger}
    spared |= {o.notice for o in (*plan.due, *plan.later)}
    unsent = [e.notice for e in entries if e.what is EntryKind.NOT_SENT]
    assert not spared & set(unsent)
    assert len(unsent) == len(set(unsent))
