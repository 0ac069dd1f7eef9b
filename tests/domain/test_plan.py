"""What is owed, when, and until when: every row of the table, with the 2019 Grenoble desk."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Notice, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import PARIS, Desk, paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.plan import Owed, Plan, owed
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    a_closed_desk,
    a_dossier,
    a_line,
    a_notice,
    a_step,
    an_attempt,
    an_event,
    an_ordinary_life,
    cancelled,
    confirmed,
    missed,
    paris,
    rescheduled,
    selected,
    shown,
)

BOOKED = [selected(event_id="s")]
CONFIRMED = [*BOOKED, confirmed("2019-04-08 11:00", "s")]
DEPOSITED = [a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT)]
CARD_READY = [a_step(EventType.CARD_READY, "2019-07-01 15:00", contact=CONTACT)]
COLLECTED = [
    a_step(
        EventType.COLLECTED, "2019-07-20 10:00", contact=CONTACT, card_expires_on=date(2020, 6, 30)
    )
]
KNOWN = [an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT)]


def plan_of(
    events: list[Event],
    now: str,
    *ledger: Attempt,
    desk: Desk = DESK,
    addresses: Mapping[Channel, str] = ADDRESSES,
) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), desk, addresses, paris(now))


def names(items: tuple[Owed, ...]) -> list[str]:
    return [f"{o.notice.kind}.{o.notice.number}.{o.notice.channel}" for o in items]


def agenda(plan: Plan) -> dict[str, str | None]:
    return {name: shown(o.ready_at) for name, o in zip(names(plan.later), plan.later, strict=True)}


@pytest.mark.parametrize(
    ("events", "now", "due", "later"),
    [
        (
            BOOKED,
            "2019-04-08 10:01",
            ["confirmation_request.1.email"],
            {
                "confirmation_reminder.1.email": "2019-04-09 09:00",
                "unconfirmed.1.desk": "2019-05-11 09:00",
                "outcome_unknown.1.desk": "2019-05-15 09:00",
            },
        ),
        (
            CONFIRMED,
            "2019-04-08 11:01",
            ["convocation.1.email"],
            {
                "check_reminder.1.email": "2019-04-30 09:00",
                # two days before is a Sunday, so the Saturday
                "appointment_reminder.1.email": "2019-05-11 09:00",
                "appointment_reminder.1.sms": "2019-05-11 09:00",
                "outcome_unknown.1.desk": "2019-05-15 09:00",
            },
        ),
        (
            DEPOSITED,
            "2019-05-14 10:51",
            ["deposit_receipt.1.email"],
            {
                "no_news.1.email": "2019-06-25 09:00",
                "no_news.1.sms": "2019-06-25 09:00",
                "no_news.2.email": "2019-08-06 09:00",
                "no_news.2.sms": "2019-08-06 09:00",
                "no_news.3.email": "2019-09-17 09:00",
                "no_news.3.sms": "2019-09-17 09:00",
                "no_news_exhausted.1.desk": "2019-10-29 09:00",
            },
        ),
        (
            CARD_READY,
            "2019-07-01 15:01",
            ["card_ready.1.sms", "card_ready.1.email"],
            {
                "card_waiting.1.email": "2019-08-12 09:00",
                "card_waiting.1.sms": "2019-08-12 09:00",
                "card_waiting.2.email": "2019-09-23 09:00",
                "card_waiting.2.sms": "2019-09-23 09:00",
                "card_waiting.3.email": "2019-11-04 09:00",
                "card_waiting.3.sms": "2019-11-04 09:00",
                "card_not_collected.1.desk": "2019-12-16 09:00",
            },
        ),
        (
            COLLECTED,
            "2019-07-20 10:01",
            [],
            {
                "renewal_opens.1.email": "2020-03-30 09:00",
                "renewal_last_call.1.email": "2020-04-24 09:00",
            },
        ),
        (KNOWN, "2019-04-08 10:01", [], {"no_life.1.desk": "2019-04-23 09:00"}),
        (
            [*BOOKED, missed("2019-05-14 12:00", event_id="m")],
            "2019-05-14 12:01",
            ["appointment_missed.1.email"],
            {"not_rebooked.1.desk": "2019-05-28 09:00"},
        ),
        (
            [
                *BOOKED,
                a_step(EventType.INCOMPLETE, "2019-05-14 10:50", missing_documents=("passeport",)),
            ],
            "2019-05-14 10:51",
            ["missing_documents.1.email"],
            {"not_rebooked.1.desk": "2019-05-28 09:00"},
        ),
        # an appointment nobody was ever told of is cancelled in silence
        (
            [*BOOKED, cancelled("2019-04-08 10:01")],
            "2019-04-08 10:02",
            [],
            {"not_rebooked.1.desk": "2019-04-23 09:00"},
        ),
        ([*DEPOSITED, a_step(EventType.CLOSED, "2019-06-03 10:00")], "2019-06-03 10:01", [], {}),
        (
            [replace(COLLECTED[0], card_expires_on=None)],
            "2019-07-20 10:01",
            ["no_expiry_date.1.desk"],
            {},
        ),
    ],
)
def test_each_state_owes_what_the_table_says(
    events: list[Event], now: str, due: list[str], later: dict[str, str]
) -> None:
    plan = plan_of(events, now)
    assert due == names(plan.due)
    assert later == agenda(plan)
    assert min(later.values(), default=None) == shown(plan.next_change_at)


def test_an_appointment_that_was_announced_is_cancelled_with_a_message() -> None:
    told = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.DELIVERED, "2019-04-08 10:01"
    )
    plan = plan_of([*BOOKED, cancelled("2019-04-09 10:00")], "2019-04-09 10:02", told)
    assert names(plan.due) == ["appointment_cancelled.1.email"]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2019-05-14 10:29", ["appointment_cancelled.1.email"]),
        ("2019-05-14 10:30", []),  # the hour of the appointment: whoever comes has come
        ("2019-05-14 18:00", []),
    ],
)
def test_nobody_is_told_that_an_appointment_of_the_past_was_tidied_away(
    at: str, due: list[str]
) -> None:
    told = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-04-08 11:01")
    assert names(plan_of([*CONFIRMED, cancelled(at)], at, told).due) == due


def test_nobody_is_told_of_a_cancellation_that_made_room_for_another_appointment() -> None:
    told = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.DELIVERED, "2019-04-08 10:01"
    )
    other = selected("2019-04-09 09:59", "2019-05-20 09:00", appointment_id="A2", event_id="s2")
    plan = plan_of([*BOOKED, other, cancelled("2019-04-09 10:00")], "2019-04-09 10:02", told)
    assert names(plan.due) == ["confirmation_request.1.email"]
    assert plan.due[0].notice.occasion == "s2"


def test_of_a_series_only_the_latest_that_is_due_is_sent() -> None:
    assert names(plan_of(BOOKED, "2019-04-12 10:00").due) == ["confirmation_reminder.1.email"]
    late = plan_of(CARD_READY, "2019-10-01 10:00")
    assert names(late.due) == ["card_waiting.2.email", "card_waiting.2.sms"]


def test_a_reminder_soon_after_the_confirmation_is_not_owed() -> None:
    events = [*BOOKED, confirmed("2019-05-10 12:00", "s")]
    assert agenda(plan_of(events, "2019-05-10 12:01")) == {
        "outcome_unknown.1.desk": "2019-05-15 09:00"
    }


def test_a_convocation_that_left_late_drops_the_reminders_just_after_it() -> None:
    sent = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-05-10 12:00")
    assert names(plan_of(CONFIRMED, "2019-05-11 10:00", sent).due) == []


def test_checked_papers_need_no_reminder() -> None:
    checked = an_event(EventType.CHECKED, "2019-04-20 10:00")
    assert "check_reminder.1.email" not in agenda(
        plan_of([*CONFIRMED, checked], "2019-04-20 10:01")
    )


def test_at_a_desk_without_a_helper_nobody_is_reminded_of_a_check() -> None:
    alone = replace(DESK, terms=tuple(replace(terms, helper=None) for terms in DESK.terms))
    asked = "check_reminder.1.email"
    assert asked in agenda(plan_of(CONFIRMED, "2019-04-20 10:01"))
    assert asked not in agenda(plan_of(CONFIRMED, "2019-04-20 10:01", desk=alone))


def test_without_a_mobile_number_the_sms_is_not_owed() -> None:
    plan = plan_of(CARD_READY, "2019-07-01 15:01", addresses={Channel.EMAIL: "mail-key"})
    assert names(plan.due) == ["card_ready.1.email"]


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        ("2019-07-01 08:00", "2019-07-01 09:00"),
        ("2019-07-01 19:00", "2019-07-02 09:00"),
        ("2019-06-30 12:00", "2019-07-01 09:00"),  # a Sunday
        ("2019-08-15 12:00", "2019-08-16 09:00"),  # Assumption
        ("2019-11-09 20:00", "2019-11-12 09:00"),  # Saturday evening, Sunday, Armistice
    ],
)
def test_an_sms_waits_for_its_hours_and_the_email_does_not(ready: str, expected: str) -> None:
    events = [a_step(EventType.CARD_READY, ready, contact=CONTACT)]
    plan = plan_of(events, ready)
    assert names(plan.due) == ["card_ready.1.email"]
    assert expected == agenda(plan)["card_ready.1.sms"]


def test_a_closure_moves_what_sends_people_to_the_counter_and_nothing_else() -> None:
    desk = a_closed_desk("2019-06-24", "2019-08-16")
    deposited = agenda(plan_of(DEPOSITED, "2019-05-14 10:51", desk=desk))
    assert deposited["no_news.1.email"] == "2019-08-17 09:00"
    ready = agenda(plan_of(CARD_READY, "2019-07-01 15:01", desk=desk))
    assert ready["card_waiting.1.email"] == "2019-08-12 09:00"


def test_a_backlog_is_served_a_minute_after_its_last_event() -> None:
    old = replace(BOOKED[0], received_at=paris("2019-04-08 12:00"))
    newer = replace(
        rescheduled("2019-04-08 11:00", "2019-05-20 09:00"),
        received_at=paris("2019-04-08 12:00") + timedelta(seconds=20),
    )
    plan = owed(a_dossier(old, newer), DESK, ADDRESSES, newer.received_at)
    assert plan.due == ()
    assert newer.received_at + timedelta(seconds=60) == plan.next_change_at


def test_news_learnt_too_late_is_for_the_desk_to_decide() -> None:
    received = paris("2019-05-30 10:00")
    late = [replace(e, received_at=received) for e in DEPOSITED]
    plan = owed(a_dossier(*late), DESK, ADDRESSES, received + timedelta(minutes=2))
    assert names(plan.due) == ["too_late_to_send.1.desk"]
    assert plan.due[0].notice.occasion == "deposit_receipt-2019-05-14"


def test_the_card_is_announced_however_late_it_is_learnt() -> None:
    received = paris("2019-07-30 10:00")
    late = [replace(e, received_at=received) for e in CARD_READY]
    plan = owed(a_dossier(*late), DESK, ADDRESSES, received + timedelta(minutes=2))
    assert names(plan.due) == ["card_ready.1.sms", "card_ready.1.email"]


def test_a_first_day_learnt_late_sends_nothing_again() -> None:
    sent = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.DELIVERED, "2019-05-14 10:51"
    )
    earlier = a_step(EventType.DEPOSITED, "2019-05-13 10:00", event_id="earlier")
    assert plan_of([*DEPOSITED, earlier], "2019-05-14 11:00", sent).due == ()


def test_an_earlier_event_of_the_same_slot_that_comes_late_sends_nothing_again() -> None:
    sent = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.DELIVERED, "2019-04-08 10:01"
    )
    earlier = selected("2019-04-08 09:00", event_id="earlier")
    assert plan_of([*BOOKED, earlier], "2019-04-08 10:05", sent).due == ()


def test_a_return_to_a_former_slot_is_asked_about_again() -> None:
    events = [
        *CONFIRMED,
        rescheduled("2019-04-09 10:00", "2019-05-20 09:00", event_id="r1"),
        rescheduled("2019-04-10 10:00", "2019-05-14 10:30", event_id="r2"),
    ]
    (due,) = plan_of(events, "2019-04-10 10:02").due
    assert (due.notice.kind, due.notice.occasion) == (Kind.CONFIRMATION_REQUEST, "r2")


def test_one_live_claim_holds_the_next_message_back() -> None:
    claim = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS),
        Status.CLAIMED,
        "2019-07-01 15:01",
        until=paris("2019-07-01 15:06"),
    )
    plan = plan_of(CARD_READY, "2019-07-01 15:02", claim)
    assert plan.due == ()
    assert shown(plan.next_change_at) == "2019-07-01 15:06"


def test_an_sms_nobody_confirmed_for_three_days_gets_a_second_attempt() -> None:
    sms = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS), Status.ACCEPTED, "2019-07-01 15:01"
    )
    mail = an_attempt(a_notice(Kind.CARD_READY, "2019-07-01"), Status.DELIVERED, "2019-07-01 15:01")
    waiting = plan_of(CARD_READY, "2019-07-02 15:01", sms, mail)
    assert shown(waiting.next_change_at) == "2019-07-04 15:01"
    (again,) = plan_of(CARD_READY, "2019-07-04 15:01", sms, mail).due
    assert (again.notice, again.next_try.attempt) == (sms.notice, 2)


def test_two_silent_sms_are_enough_when_the_email_arrived() -> None:
    notice = a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS)
    first = an_attempt(notice, Status.ACCEPTED, "2019-07-01 15:01")
    second = an_attempt(notice, Status.ACCEPTED, "2019-07-04 15:01", attempt=2)
    mail = an_attempt(a_notice(Kind.CARD_READY, "2019-07-01"), Status.DELIVERED, "2019-07-01 15:01")
    assert plan_of(CARD_READY, "2019-07-10 15:01", first, second, mail).due == ()


def test_a_late_receipt_of_the_first_sms_ends_the_matter() -> None:
    notice = a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS)
    first = an_attempt(notice, Status.DELIVERED, "2019-07-05 15:01")
    second = an_attempt(
        notice, Status.FAILED, "2019-07-05 15:01", attempt=2, failure_class=FailureClass.PASSING
    )
    mail = an_attempt(a_notice(Kind.CARD_READY, "2019-07-01"), Status.BOUNCED, "2019-07-01 15:01")
    due = names(plan_of(CARD_READY, "2019-07-10 15:01", first, second, mail).due)
    assert "unreachable.1.desk" not in due


def test_what_failed_on_every_channel_stands_in_front_of_a_person() -> None:
    mail = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.BOUNCED, "2019-05-14 10:52"
    )
    due = plan_of(DEPOSITED, "2019-05-14 10:53", mail).due
    assert names(due) == ["contact_us.1.sms", "unreachable.1.desk"]


@pytest.mark.parametrize("email", ["lea.@example.org", "léa@example.org", "lea@example"])
def test_an_address_that_nobody_could_send_to_is_told_like_one_that_returned(email: str) -> None:
    contact = replace(CONTACT, email=email)
    sms_only = {Channel.SMS: "sms-key"}
    events = [replace(DEPOSITED[0], contact=contact)]
    plan = plan_of(events, "2019-05-14 10:53", addresses=sms_only)
    assert names(plan.due) == ["contact_us.1.sms", "unreachable.1.desk"]
    assert plan.due[1].why == f"deposit_receipt:{contact.no_mail}"


def test_of_one_useless_address_the_student_is_told_once_and_of_another_again() -> None:
    contact, sms_only = replace(CONTACT, email="lea.@example.org"), {Channel.SMS: "sms-key"}
    [told] = [
        o.notice
        for o in plan_of(
            [replace(DEPOSITED[0], contact=contact)], "2019-05-14 10:53", addresses=sms_only
        ).due
        if o.notice.kind is Kind.CONTACT_US
    ]
    sent = an_attempt(told, Status.DELIVERED, "2019-05-14 10:54")

    def due(email: str) -> list[str]:
        events = [replace(DEPOSITED[0], contact=replace(contact, email=email))]
        return names(plan_of(events, "2019-05-20 10:00", sent, addresses=sms_only).due)

    assert "contact_us.1.sms" not in due("lea.@example.org")
    assert "contact_us.1.sms" in due("lea@example")


def test_without_any_contact_the_desk_hears_at_once() -> None:
    events = [replace(DEPOSITED[0], contact=None)]
    assert names(plan_of(events, "2019-05-14 10:51", addresses={}).due) == ["unreachable.1.desk"]


def test_an_email_silent_for_a_day_is_not_believed() -> None:
    mail = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.ACCEPTED, "2019-05-14 10:51"
    )
    assert shown(plan_of(DEPOSITED, "2019-05-14 11:00", mail).next_change_at) == "2019-05-15 10:51"
    assert names(plan_of(DEPOSITED, "2019-05-15 10:51", mail).due) == ["unreachable.1.desk"]


def test_the_desk_hears_of_silence_while_it_can_still_call() -> None:
    """Accepted on the eve of the appointment: the limit is cut to the last open day before it."""
    late = [selected("2019-05-13 08:00", event_id="s"), confirmed("2019-05-13 08:30", "s")]
    mail = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.ACCEPTED, "2019-05-13 08:31")
    assert shown(plan_of(late, "2019-05-13 08:32", mail).next_change_at) == "2019-05-13 09:00"


def test_a_passing_bounce_is_tried_again_the_next_day_twice() -> None:
    notice = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14")
    first = an_attempt(
        notice, Status.BOUNCED, "2019-05-14 11:00", failure_class=FailureClass.PASSING
    )
    assert "deposit_receipt.1.email" in agenda(plan_of(DEPOSITED, "2019-05-14 11:01", first))
    second = an_attempt(
        notice, Status.BOUNCED, "2019-05-15 11:00", failure_class=FailureClass.PASSING, attempt=2
    )
    third = an_attempt(
        notice, Status.BOUNCED, "2019-05-16 11:00", failure_class=FailureClass.PASSING, attempt=3
    )
    assert names(plan_of(DEPOSITED, "2019-05-15 11:00", first).due) == ["deposit_receipt.1.email"]
    due = plan_of(DEPOSITED, "2019-05-17 11:00", first, second, third).due
    assert names(due) == ["unreachable.1.desk"]


def test_a_lost_answer_is_sent_again_after_a_quarter_of_an_hour_and_marked() -> None:
    lost = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.UNKNOWN, "2019-05-14 10:51"
    )
    assert plan_of(DEPOSITED, "2019-05-14 11:00", lost).due == ()
    (again,) = plan_of(DEPOSITED, "2019-05-14 11:06", lost).due
    assert (again.next_try.attempt, again.next_try.possible_duplicate) == (2, True)


def test_a_claim_whose_worker_died_is_treated_as_a_lost_answer() -> None:
    dead = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"),
        Status.CLAIMED,
        "2019-05-14 10:51",
        until=paris("2019-05-14 10:56"),
    )
    assert plan_of(DEPOSITED, "2019-05-14 10:57", dead).due == ()
    (again,) = plan_of(DEPOSITED, "2019-05-14 11:11", dead).due
    assert (again.next_try.attempt, again.next_try.possible_duplicate) == (2, True)


def test_three_lost_answers_are_for_a_person() -> None:
    notice = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14")
    lost = [an_attempt(notice, Status.UNKNOWN, f"2019-05-14 1{n}:00", attempt=n) for n in (1, 2, 3)]
    assert plan_of(DEPOSITED, "2019-05-14 13:10", *lost).due == ()
    due = plan_of(DEPOSITED, "2019-05-14 13:15", *lost).due
    assert names(due) == ["unknown_exhausted.1.desk"]


def test_a_postponed_attempt_is_taken_up_again_under_its_own_number() -> None:
    notice = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14")
    put_off = an_attempt(
        notice, Status.POSTPONED, "2019-05-14 10:51", until=paris("2019-05-14 10:53"), tries=1
    )
    assert plan_of(DEPOSITED, "2019-05-14 10:52", put_off).due == ()
    (again,) = plan_of(DEPOSITED, "2019-05-14 10:53", put_off).due
    assert (again.next_try.attempt, again.next_try.tries) == (1, 1)
    due = plan_of(DEPOSITED, "2019-05-15 10:51", put_off).due
    assert names(due) == ["deposit_receipt.1.email", "unreachable.1.desk"]


def test_a_changed_address_gives_what_is_still_needed_a_fresh_attempt() -> None:
    notice = a_notice(Kind.CARD_READY, "2019-07-01")
    old = an_attempt(notice, Status.BOUNCED, "2019-07-01 15:02", address="old-key")
    sms = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS), Status.DELIVERED, "2019-07-01 15:02"
    )
    (again,) = plan_of(CARD_READY, "2019-07-02 10:00", old, sms).due
    assert (again.notice, again.next_try.attempt) == (notice, 2)
    new = an_attempt(notice, Status.DELIVERED, "2019-07-02 10:01", attempt=2)
    assert plan_of(CARD_READY, "2019-07-02 10:02", old, sms, new).due == ()


def test_a_complaint_stops_reminders_and_is_shown_to_the_desk() -> None:
    mail = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-01"), Status.COMPLAINED, "2019-07-01 15:02"
    )
    sms = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-01", Channel.SMS), Status.DELIVERED, "2019-07-01 15:02"
    )
    plan = plan_of(CARD_READY, "2019-07-02 10:00", mail, sms)
    assert names(plan.due) == ["complained.1.desk"]
    assert "card_waiting.1.email" not in agenda(plan)
    assert "card_waiting.1.sms" in agenda(plan)


def test_a_text_that_failed_has_a_work_of_its_own() -> None:
    failed = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"),
        Status.FAILED,
        "2019-05-14 10:51",
        reason="text_failed",
        address="",
    )
    due = plan_of(DEPOSITED, "2019-05-14 10:52", failed).due
    assert names(due) == ["text_failed.1.desk"]
    assert due[0].notice.occasion == "deposit_receipt-1-2019-05-14-email"


def test_no_more_than_four_reminders_leave_in_a_day() -> None:
    left = [
        an_attempt(
            a_notice(Kind.CARD_WAITING, f"other-{n}"), Status.DELIVERED, f"2019-08-12 08:0{n}"
        )
        for n in range(4)
    ]
    plan = plan_of(CARD_READY, "2019-08-12 09:00", *left)
    assert plan.due == ()
    assert agenda(plan)["card_waiting.1.email"] == "2019-08-13 09:00"


def test_a_dossier_set_aside_waits_in_front_of_a_person() -> None:
    back_off = replace(
        a_dossier(*DEPOSITED),
        backed_off_at=paris("2019-05-14 11:00"),
        not_before=paris("2019-05-14 12:00"),
    )
    plan = owed(back_off, DESK, ADDRESSES, paris("2019-05-14 11:01"))
    assert plan.due == ()
    assert shown(plan.next_change_at) == "2019-05-14 12:00"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [*DEPOSITED, a_step(EventType.CARD_READY, "2019-05-15 10:00", day=date(2019, 5, 1))],
            "contradiction.1.desk",
        ),
        (
            [*DEPOSITED, selected("2019-05-15 10:00", "2019-06-15 10:30")],
            "appointment_after_deposit.1.desk",
        ),
    ],
)
def test_what_does_not_add_up_is_shown_to_the_desk(events: list[Event], expected: str) -> None:
    assert expected in names(plan_of(events, "2019-05-15 10:01").due)


@pytest.mark.parametrize(
    "more",
    [
        an_event(EventType.RENEWAL_BOOKED, "2020-03-01 10:00"),
        an_event(EventType.UNSUBSCRIBED, "2020-03-01 10:00", source=Source.STUDENT),
    ],
)
def test_a_renewal_that_is_booked_or_unwanted_is_not_recalled(more: Event) -> None:
    assert agenda(plan_of([*COLLECTED, more], "2020-03-01 10:01")) == {}


def test_a_renewal_that_was_cancelled_is_recalled_again() -> None:
    booked = an_event(EventType.RENEWAL_BOOKED, "2020-03-01 10:00")
    undone = an_event(EventType.WITHDRAWN, "2020-03-02 10:00", subject=EventType.RENEWAL_BOOKED)
    plan = plan_of([*COLLECTED, booked, undone], "2020-03-02 10:01")
    assert "renewal_opens.1.email" in agenda(plan)


def test_after_the_card_has_expired_nothing_is_recalled() -> None:
    plan = plan_of(COLLECTED, "2020-07-01 00:00")
    assert (plan.due, plan.later, plan.next_change_at) == ((), (), None)


# What people decide at the desk

BY_MAIL = {Channel.EMAIL: "mail-key"}


def closed(subject: str, at: str, until: date | None = None) -> Event:
    return an_event(
        EventType.WORK_CLOSED, at, source=Source.DESK, subject=subject, until=until, why="called"
    )


def test_open_work_ends_when_its_fact_does() -> None:
    work = a_line(Kind.UNCONFIRMED, "s", "2019-05-11 09:00")
    assert plan_of(BOOKED, "2019-05-11 10:00", work).ended == ()
    assert plan_of(
        [*BOOKED, confirmed("2019-05-11 10:00", "s")], "2019-05-11 10:01", work
    ).ended == (work,)
    assert plan_of(BOOKED, "2019-05-14 10:30", work).ended == (work,)


def test_work_ended_by_a_person_does_not_come_back() -> None:
    work = a_line(Kind.UNCONFIRMED, "s", "2019-05-11 09:00")
    plan = plan_of(
        [*BOOKED, closed(str(work.notice), "2019-05-11 10:00")], "2019-05-11 10:01", work
    )
    assert "unconfirmed.1.desk" not in names(plan.due)
    assert [str(notice) for notice in plan.settled] == ["unconfirmed.1.s.desk"]


def test_work_put_off_by_a_person_comes_back_on_that_day() -> None:
    work = a_line(Kind.NO_LIFE, "known", "2019-04-23 09:00")
    decision = closed(str(work.notice), "2019-04-23 10:00", date(2019, 5, 7))
    plan = plan_of([*KNOWN, decision], "2019-04-23 10:01", work)
    assert agenda(plan) == {"no_life.1.desk": "2019-05-07 09:00"}
    (again,) = plan_of([*KNOWN, decision], "2019-05-07 09:00", work).due
    assert again.next_try.attempt == 2


def test_one_unreachable_is_open_for_everything_it_stands_for() -> None:
    mail = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.BOUNCED, "2019-05-14 10:52"
    )
    told = an_attempt(
        a_notice(Kind.CONTACT_US, "mail-key", Channel.SMS), Status.FAILED, "2019-05-14 10:53"
    )
    work = a_line(Kind.UNREACHABLE, "dossier", "2019-05-14 10:54", f"{mail.notice}#1")
    before = plan_of(DEPOSITED, "2019-06-25 08:59", mail, told, work)
    assert (before.due, before.ended) == ((), ())
    plan = plan_of(DEPOSITED, "2019-06-25 09:00", mail, told, work)
    (more,) = plan.due
    assert (more.notice, more.next_try.attempt, more.opened_at) == (work.notice, 1, work.claimed_at)
    assert more.losses == ("no_news.1.2019-05-14.email#0", "no_news.1.2019-05-14.sms#0")
    assert plan.ended == ()


def test_an_unreachable_ended_by_a_person_reopens_only_for_a_new_loss() -> None:
    mail = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.BOUNCED, "2019-05-14 10:52"
    )
    work = a_line(Kind.UNREACHABLE, "dossier", "2019-05-14 10:54", f"{mail.notice}#1")
    told = an_attempt(
        a_notice(Kind.CONTACT_US, "mail-key", Channel.SMS), Status.DELIVERED, "2019-05-14 10:53"
    )
    events = [*DEPOSITED, closed(str(work.notice), "2019-05-14 11:00")]
    assert plan_of(events, "2019-05-14 11:01", mail, told, work).due == ()
    (again,) = plan_of(events, "2019-06-25 09:00", mail, told, work, addresses=BY_MAIL).due
    assert again.notice.kind is Kind.UNREACHABLE
    assert again.next_try.attempt == 2


def test_an_unreachable_put_off_by_a_person_comes_back_on_that_day() -> None:
    mail = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.BOUNCED, "2019-05-14 10:52"
    )
    work = a_line(Kind.UNREACHABLE, "dossier", "2019-05-14 10:54", f"{mail.notice}#1")
    told = an_attempt(
        a_notice(Kind.CONTACT_US, "mail-key", Channel.SMS), Status.DELIVERED, "2019-05-14 10:53"
    )
    events = [*DEPOSITED, closed(str(work.notice), "2019-05-14 11:00", date(2019, 5, 20))]
    (again,) = plan_of(events, "2019-05-20 09:00", mail, told, work).due
    assert (again.notice, again.next_try.attempt) == (work.notice, 2)


def test_a_notice_asked_again_is_sent_again() -> None:
    sent = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.DELIVERED, "2019-05-14 10:51"
    )
    asked = an_event(
        EventType.ASKED_AGAIN, "2019-05-16 10:00", source=Source.DESK, subject=str(sent.notice)
    )
    (again,) = plan_of([*DEPOSITED, asked], "2019-05-16 10:01", sent).due
    assert (again.notice, again.next_try.attempt) == (sent.notice, 2)


# Invariants


@given(st.integers(0, 7), st.integers(0, 500))
def test_a_plan_at_rest_changes_later_or_never(events: int, days: int) -> None:
    dossier = a_dossier(*an_ordinary_life()[: events + 1])
    now = paris("2019-04-08 12:00") + timedelta(days=days)
    plan = owed(dossier, DESK, ADDRESSES, now)
    assert plan.next_change_at is None or plan.next_change_at > now
    assert all(o.ready_at > now for o in plan.later)
    assert all(o.ready_at <= now for o in plan.due)


def settle(dossier: Dossier, plan: Plan, now) -> Dossier:  # type: ignore[no-untyped-def]
    """Everything due arrives at once; work opens and closes."""
    for item in plan.due:
        status = Status.OPEN if item.notice.channel is Channel.DESK else Status.DELIVERED
        attempt = Attempt(
            notice=item.notice,
            attempt=item.next_try.attempt,
            status=status,
            claimed_at=now,
            status_at=now,
            address=ADDRESSES.get(item.notice.channel, ""),
            losses=item.losses,
        )
        dossier = dossier.with_attempt(attempt)
    for attempt in plan.ended:
        dossier = dossier.with_attempt(replace(attempt, status=Status.CLOSED, status_at=now))
    return dossier


@pytest.mark.parametrize("length", range(1, 8))
def test_walking_from_change_to_change_ends_and_sends_nothing_twice(length: int) -> None:
    dossier = a_dossier(*an_ordinary_life()[:length])
    now = dossier.events[-1].received_at
    for _ in range(100):
        plan = owed(dossier, DESK, ADDRESSES, now)
        dossier = settle(dossier, plan, now)
        rest = owed(dossier, DESK, ADDRESSES, now)
        assert (rest.due, rest.ended) == ((), ())
        if rest.next_change_at is None:
            break
        assert rest.next_change_at > now
        now = rest.next_change_at
    else:
        pytest.fail("the plan never comes to rest")
    tries = [(a.notice, a.attempt) for a in dossier.ledger]
    assert len(tries) == len(set(tries))
    assert all(a.attempt == 1 for a in dossier.ledger)


@given(st.dates(date(2019, 1, 1), date(2034, 12, 31)), st.integers(0, 23), st.integers(0, 59))
def test_every_dated_notice_is_due_at_nine_by_paris_clocks(
    day: date, hour: int, minute: int
) -> None:
    """Across sixteen years and every clock change."""
    at = f"{day} {hour:02}:{minute:02}"
    plan = plan_of([a_step(EventType.DEPOSITED, at, contact=CONTACT)], at)
    for item in plan.later:
        local = item.due_at.astimezone(PARIS)
        assert (local.hour, local.minute) == (9, 0) or item.notice.kind is Kind.DEPOSIT_RECEIPT
        if item.notice.kind is Kind.NO_NEWS:
            assert not DESK.is_shut(local.date())
            assert (
                timedelta(0)
                <= local.date() - paris_day(paris(at)) - timedelta(days=42 * item.notice.number)
                <= timedelta(days=4)
            )


@given(
    st.datetimes(
        paris("2019-01-01 00:00").replace(tzinfo=None),
        paris("2034-12-31 23:59").replace(tzinfo=None),
    )
)
def test_an_sms_never_leaves_outside_its_hours(naive) -> None:  # type: ignore[no-untyped-def]
    at = naive.strftime("%Y-%m-%d %H:%M")
    plan = plan_of([a_step(EventType.CARD_READY, at, contact=CONTACT)], at)
    for item in (*plan.due, *plan.later):
        if item.notice.channel is Channel.SMS:
            local = item.ready_at.astimezone(PARIS)
            assert 9 <= local.hour < 19
            assert not DESK.is_quiet(local.date())


def test_missing_papers_are_named_though_the_student_has_booked_again_before_we_heard() -> None:
    visit = a_step(EventType.INCOMPLETE, "2019-05-14 10:40", received_at=paris("2019-05-14 18:00"))
    again = selected("2019-05-14 12:00", "2019-06-03 09:00", event_id="s2", appointment_id="A2")
    asked = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s2"), Status.DELIVERED, "2019-05-14 12:01"
    )
    plan = plan_of([*CONFIRMED, again, visit], "2019-05-14 18:01", asked)
    assert names(plan.due) == ["missing_documents.1.email"]


A2 = selected("2019-04-10 10:00", "2019-05-20 09:00", event_id="s2", appointment_id="A2")
NO_A2 = cancelled("2019-04-10 10:01", event_id="c", appointment_id="A2")
CONVOKED = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-04-08 11:01")


def test_the_newest_message_speaks_of_the_appointment_that_stands_again() -> None:
    """The student has read of the other one meanwhile, and of the other one's hour."""
    plan = plan_of([*CONFIRMED, A2, NO_A2], "2019-04-10 10:03", CONVOKED)
    assert [str(o.notice) for o in plan.due] == ["convocation.1.c.email"]
    again = an_attempt(a_notice(Kind.CONVOCATION, "c"), Status.DELIVERED, "2019-04-10 10:02")
    told = plan_of([*CONFIRMED, A2, NO_A2], "2019-04-10 10:03", CONVOKED, again)
    assert told.due == ()
    assert agenda(told) == {
        "check_reminder.1.email": "2019-04-30 09:00",
        "appointment_reminder.1.email": "2019-05-11 09:00",
        "appointment_reminder.1.sms": "2019-05-11 09:00",
        "outcome_unknown.1.desk": "2019-05-15 09:00",
    }


def test_whoever_had_not_confirmed_is_asked_again_for_the_appointment_that_stands_again() -> None:
    asked = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s"), Status.DELIVERED, "2019-04-08 10:00"
    )
    due = plan_of([*BOOKED, A2, NO_A2], "2019-04-10 10:03", asked).due
    assert [str(o.notice) for o in due] == ["confirmation_request.1.c.email"]


def test_an_end_is_news_of_the_appointment_that_stood_again() -> None:
    over = cancelled("2019-04-11 10:00", event_id="o")
    again = an_attempt(a_notice(Kind.CONVOCATION, "c"), Status.DELIVERED, "2019-04-10 10:02")
    due = plan_of([*CONFIRMED, A2, NO_A2, over], "2019-04-11 10:02", CONVOKED, again).due
    assert [str(o.notice) for o in due] == ["appointment_cancelled.1.o.email"]


def test_an_appointment_that_came_and_went_unannounced_after_an_end_is_no_news() -> None:
    gone = cancelled("2019-04-09 10:00", event_id="g")
    ended = an_attempt(
        a_notice(Kind.APPOINTMENT_CANCELLED, "g"), Status.DELIVERED, "2019-04-09 10:01"
    )
    events = [*CONFIRMED, gone, A2, NO_A2]
    assert plan_of(events, "2019-04-10 10:02", CONVOKED, ended).due == ()


@pytest.mark.parametrize(
    ("later", "occasion"),
    [
        (a_step(EventType.INCOMPLETE, "2019-05-20 10:50"), "2019-05-20"),
        (missed("2019-05-15 12:00", event_id="m"), "m"),
        (a_step(EventType.CARD_READY, "2019-05-20 10:00", day=date(2019, 5, 2)), "2019-05-02"),
    ],
)
def test_what_contradicts_the_deposit_is_shown_to_the_desk(later: Event, occasion: str) -> None:
    due = plan_of([*BOOKED, *DEPOSITED, later], "2019-05-21 10:00").due
    assert occasion in [o.notice.occasion for o in due if o.notice.kind is Kind.CONTRADICTION]


def test_a_refusal_in_the_morning_and_a_deposit_in_the_afternoon_do_not_contradict() -> None:
    morning = a_step(EventType.INCOMPLETE, "2019-05-14 09:10")
    due = plan_of([*BOOKED, morning, *DEPOSITED], "2019-05-14 11:00").due
    assert Kind.CONTRADICTION not in [o.notice.kind for o in due]


def test_a_notice_asked_again_leaves_though_a_later_one_has_replaced_it() -> None:
    sent = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.DELIVERED, "2019-05-14 10:51"
    )
    news = [
        an_attempt(
            a_notice(Kind.NO_NEWS, "2019-05-14", channel), Status.DELIVERED, "2019-06-25 09:00"
        )
        for channel in (Channel.EMAIL, Channel.SMS)
    ]
    asked = an_event(
        EventType.ASKED_AGAIN, "2019-06-26 10:00", source=Source.DESK, subject=str(sent.notice)
    )
    (again,) = plan_of([*DEPOSITED, asked], "2019-06-26 10:01", sent, *news).due
    assert (again.notice, again.next_try.attempt) == (sent.notice, 2)


def test_a_word_of_the_desk_wears_off_once_the_notice_arrives() -> None:
    """Else a corrected address, weeks later, would bring the receipt and the news at once."""
    sent = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.DELIVERED, "2019-05-14 10:51"
    )
    again = an_attempt(
        sent.notice, Status.DELIVERED, "2019-06-26 10:01", attempt=2, address="old", asked=1
    )
    bounced = replace(again, status=Status.BOUNCED)
    news = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Status.DELIVERED, "2019-06-25 09:00")
    asked = an_event(
        EventType.ASKED_AGAIN, "2019-06-26 10:00", source=Source.DESK, subject=str(sent.notice)
    )
    by_mail = {Channel.EMAIL: "new"}

    by_a_slow_clock = replace(again, claimed_at=asked.at - timedelta(minutes=5))

    def due(*ledger: Attempt) -> list[Notice]:
        dossier = a_dossier(*DEPOSITED, asked, ledger=ledger)
        plan = owed(dossier, DESK, by_mail, paris("2019-07-03 10:00"))
        return [o.notice for o in plan.due if o.notice.channel is Channel.EMAIL]

    assert sent.notice not in due(sent, again, news)
    assert sent.notice not in due(sent, by_a_slow_clock, news)
    assert sent.notice in due(sent, bounced, news)


def test_the_day_after_booking_is_a_day_by_the_clock() -> None:
    """Chosen at 23:30 before the night that has 23 hours: the reminder is of the next day."""
    late = [selected("2019-03-30 23:30", event_id="s")]
    assert agenda(plan_of(late, "2019-03-30 23:31"))["confirmation_reminder.1.email"] == (
        "2019-04-01 09:00"  # 31 March is a Sunday
    )


def test_an_sms_is_pointless_once_people_are_on_their_way() -> None:
    """Sweeps were stopped; the appointment is at 14:00."""
    events = [
        selected("2019-04-08 10:00", "2019-05-14 14:00", event_id="s"),
        confirmed("2019-04-08 11:00", "s"),
        an_event(EventType.CHECKED, "2019-04-09 10:00"),
    ]
    told = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-04-08 11:01")
    in_time = names(plan_of(events, "2019-05-14 11:59", told).due)
    assert in_time[:2] == ["appointment_reminder.1.email", "appointment_reminder.1.sms"]
    assert names(plan_of(events, "2019-05-14 12:00", told).due)[:1] == [
        "appointment_reminder.1.email"
    ]
    assert "appointment_reminder.1.sms" not in names(plan_of(events, "2019-05-14 12:00", told).due)
    last = names(plan_of(events, "2019-05-14 13:59", told).due)
    assert last[:1] == ["appointment_reminder.1.email"]
    assert not any(
        name.startswith("appointment_reminder")
        for name in names(plan_of(events, "2019-05-14 14:00", told).due)
    )


def test_a_renewal_reminder_is_useful_until_the_cards_last_day_begins() -> None:
    assert "renewal_last_call.1.email" in names(plan_of(COLLECTED, "2020-06-29 23:59").due)
    assert names(plan_of(COLLECTED, "2020-06-30 00:00").due) == []


@pytest.mark.parametrize(
    ("booked", "asks"),
    [
        ("2019-05-01 10:00", "2019-05-11 09:00"),  # three days before
        ("2019-05-13 20:00", "2019-05-14 00:00"),  # four hours to answer
        ("2019-05-14 05:00", "2019-05-14 08:30"),  # and two to call
    ],
)
def test_the_desk_calls_early_enough_and_not_before_the_student_could_answer(
    booked: str, asks: str
) -> None:
    events = [selected(booked, "2019-05-14 10:30", event_id="s")]
    assert agenda(plan_of(events, booked))["unconfirmed.1.desk"] == asks


@pytest.mark.parametrize(("confirmed_at", "is_owed"), [("08:59", True), ("09:00", False)])
def test_a_reminder_is_owed_only_later_than_a_day_after_the_confirmation(
    confirmed_at: str, is_owed: bool
) -> None:
    """The appointment's reminder is due on Saturday 11 May at 9:00."""
    at = f"2019-05-10 {confirmed_at}"
    events = [*BOOKED, confirmed(at, "s")]
    assert ("appointment_reminder.1.email" in agenda(plan_of(events, at))) is is_owed


def test_only_the_sms_that_the_card_is_ready_gets_a_second_attempt_after_silence() -> None:
    news = a_notice(Kind.NO_NEWS, "2019-05-14", Channel.SMS)
    silent = an_attempt(news, Status.ACCEPTED, "2019-06-25 09:00")
    mail = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Status.DELIVERED, "2019-06-25 09:00")
    assert plan_of(DEPOSITED, "2019-06-29 09:00", silent, mail).due == ()


def test_before_a_monday_the_desk_hears_on_friday() -> None:
    """Friday 10 May, 8:00: accepted, and silent from Saturday on. The appointment is on Monday."""
    events = [
        selected("2019-05-10 07:00", "2019-05-13 10:30", event_id="s"),
        confirmed("2019-05-10 07:30", "s"),
    ]
    mail = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.ACCEPTED, "2019-05-10 08:00")
    plan = plan_of(events, "2019-05-10 08:01", mail)
    assert shown(plan.next_change_at) == "2019-05-10 09:00"
    assert "unreachable.1.desk" in names(plan_of(events, "2019-05-10 09:00", mail).due)


def test_a_desk_that_is_closed_for_months_hears_on_the_day_before_all_the_same() -> None:
    closed = a_closed_desk("2019-03-01", "2019-05-20")
    mail = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.ACCEPTED, "2019-05-13 08:00")
    checked = an_event(EventType.CHECKED, "2019-04-09 10:00")
    plan = plan_of([*CONFIRMED, checked], "2019-05-13 08:01", mail, desk=closed)
    assert shown(plan.next_change_at) == "2019-05-13 09:00"


def contradictions(events: list[Event], now: str, *ledger: Attempt) -> list[str]:
    due = plan_of(events, now, *ledger).due
    return [o.why for o in due if o.notice.kind is Kind.CONTRADICTION]


AHEAD = date(2029, 5, 14)
STEPS = {
    "incomplete": EventType.INCOMPLETE,
    "deposited": EventType.DEPOSITED,
    "card_ready": EventType.CARD_READY,
    "collected": EventType.COLLECTED,
}
LETTERS = {
    "incomplete": ["missing_documents.1.email"],
    "deposited": ["deposit_receipt.1.email"],
    "card_ready": ["card_ready.1.sms", "card_ready.1.email"],
    "collected": [],
}


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_day_that_cannot_be_is_shown_at_once_and_counts_from_its_event(
    step: str,
) -> None:
    told = a_step(STEPS[step], "2019-05-14 10:50", contact=CONTACT, day=AHEAD)
    plan = plan_of([told], "2019-05-14 10:50")
    (wrong,) = (o for o in plan.due if o.notice.kind is Kind.CONTRADICTION)
    assert (wrong.notice.occasion, wrong.why) == (f"{step}_day-{AHEAD}", f"{step}_day.{AHEAD}")
    messages = [o for o in plan.due if o.notice.channel is not Channel.DESK]
    assert names(tuple(messages)) == LETTERS[step]
    assert {o.notice.occasion for o in messages} <= {"2019-05-14"}
    assert all(o.due_at < paris("2019-12-01 00:00") for o in plan.later), "within reason"


@pytest.mark.parametrize("step", STEPS)
def test_a_correction_closes_that_task_and_repeats_no_message(step: str) -> None:
    kind = STEPS[step]
    told = a_step(kind, "2019-05-14 10:50", contact=CONTACT, day=AHEAD)
    line = a_line(Kind.CONTRADICTION, f"{step}_day-{AHEAD}", "2019-05-14 10:51")
    receipt = an_attempt(
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"), Status.DELIVERED, "2019-05-14 10:51"
    )
    right = a_step(kind, "2019-05-15 09:00", day=date(2019, 5, 13), correction=True)
    plan = plan_of([told, right], "2019-05-15 09:00", line, receipt)
    assert [a.notice.kind for a in plan.ended] == [Kind.CONTRADICTION]
    assert "deposit_receipt.1.email" not in names(plan.due)


def test_two_things_that_cannot_be_are_two_tasks() -> None:
    """Whoever has dealt with one has not seen the other."""
    events = [
        a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT, day=AHEAD),
        a_step(EventType.CARD_READY, "2019-06-14 10:50", day=AHEAD),
    ]
    expected = [f"deposited_day.{AHEAD}", f"card_ready_day.{AHEAD}"]
    assert contradictions(events, "2019-06-14 11:00") == expected
    one = a_line(Kind.CONTRADICTION, f"deposited_day-{AHEAD}", "2019-05-14 10:51")
    assert contradictions(events, "2019-06-14 11:00", dealt_with(one)) == expected[1:]


def dealt_with(line: Attempt) -> Attempt:
    return replace(line, status=Status.CLOSED, closed_by="w")


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2020-04-08 23:59", []),  # 366 days
        ("2020-04-09 00:00", ["far_appointment.2020-04-09"]),
        ("2055-04-08 10:00", ["far_appointment.2055-04-08"]),
    ],
)
def test_an_appointment_beyond_what_anybody_books_is_shown_at_once(
    starts: str, expected: list[str]
) -> None:
    far = [selected(starts=starts, event_id="s")]
    assert contradictions(far, "2019-04-08 10:01") == expected
    assert "confirmation_request.1.email" in names(plan_of(far, "2019-04-08 10:01").due)
    confirmed_too = [*far, confirmed("2019-04-08 11:00", "s")]
    assert contradictions(confirmed_too, "2019-04-08 11:01") == expected
    assert "convocation.1.email" in names(plan_of(confirmed_too, "2019-04-08 11:01").due)


@pytest.mark.parametrize(
    ("given", "family", "expected"),
    [
        ("Léa", "Benali", []),
        ("", "Suharto", []),
        ("Léa", "N/A", []),
        ("", "", ["no_name"]),
        ("test", "TEST", ["no_name"]),
        ("-", "???", ["no_name"]),
        ("Léa", "https://evil.example", ["no_name"]),
        ("Léa", "06 12 34 56 78", ["no_name"]),
    ],
)
def test_a_paper_without_the_whole_name_is_put_before_a_person_once_there_is_one(
    given: str, family: str, expected: list[str]
) -> None:
    contact = replace(CONTACT, given_name=given, family_name=family)
    booked = selected(event_id="s", contact=contact)
    assert contradictions([booked], "2019-04-08 12:00") == []
    said = [booked, confirmed("2019-04-08 11:00", "s")]
    assert contradictions(said, "2019-04-08 12:00") == expected


@pytest.mark.parametrize(
    "end",
    [
        rescheduled("2019-04-09 10:00", "2019-05-16 14:00"),
        cancelled("2019-04-09 10:00"),
        a_step(EventType.DEPOSITED, "2019-04-09 10:00"),
    ],
)
def test_that_task_ends_when_nobody_is_awaited_then_any_more(end: Event) -> None:
    far = selected(starts="2055-04-08 10:00", event_id="s")
    line = a_line(Kind.CONTRADICTION, "far_appointment-2055-04-08", "2019-04-08 10:01")
    assert line in plan_of([far, end], "2019-04-09 10:01", line).ended


def test_an_appointment_that_is_over_when_it_is_told_is_asked_about() -> None:
    late = selected("2019-05-15 10:00", "2019-05-08 10:30")
    plan = plan_of([late], "2019-05-15 10:01")
    assert names(plan.due) == ["outcome_unknown.1.desk"]
    assert plan.later == ()


@pytest.mark.parametrize("state", [BOOKED, CONFIRMED])
def test_a_miss_before_the_hour_tells_the_student_nothing_and_the_desk_at_once(
    state: list[Event],
) -> None:
    early = [*state, missed("2019-05-02 10:00")]
    due = names(plan_of(early, "2019-05-02 10:01").due)
    assert "appointment_missed.1.email" not in due
    assert contradictions(early, "2019-05-02 10:01") == ["early_miss.2019-05-14"]
    assert "outcome_unknown.1.desk" in names(plan_of(early, "2019-05-02 10:01").later)
    kept = [*early, selected("2019-05-02 11:00", event_id="again")]
    assert contradictions(kept, "2019-05-02 11:01") == []


def test_a_miss_that_is_taken_back_leaves_the_question_what_happened() -> None:
    kept = [*CONFIRMED, missed("2019-05-14 12:00"), confirmed("2019-05-14 13:00")]
    line = a_line(Kind.NOT_REBOOKED, "x", "2019-05-14 12:30")
    plan = plan_of(kept, "2019-05-15 09:00", line)
    assert names(plan.due) == ["outcome_unknown.1.desk"]
    assert line in plan.ended


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (date(2029, 4, 8), []),
        (date(2029, 4, 9), ["permit_expiry.2029-04-09"]),
        (date(2009, 4, 9), []),  # it is late, and no convocation speaks of it
    ],
)
def test_a_permit_that_no_card_could_be_is_shown_to_the_desk(
    said: date, expected: list[str]
) -> None:
    told = [selected(permit_expires_on=said)]
    assert contradictions(told, "2019-04-08 10:01") == expected


def collected(expires_on: date | None, at: str = "2019-07-20 10:00", **more: Any) -> Event:
    return a_step(EventType.COLLECTED, at, contact=CONTACT, card_expires_on=expires_on, **more)


@pytest.mark.parametrize(
    ("said", "is_believed"),
    [
        (date(2009, 7, 20), False),
        (date(2019, 7, 19), False),
        (date(2019, 7, 20), False),  # on the day it was handed over
        (date(2019, 7, 21), True),
        (date(2029, 7, 20), True),  # ten years
        (date(2029, 7, 21), False),
        (date(2099, 12, 31), False),
    ],
)
def test_an_expiry_that_cannot_be_is_as_good_as_none_and_somebody_has_to_say(
    said: date, is_believed: bool
) -> None:
    plan = plan_of([collected(said)], "2019-07-20 10:00")
    asked = [(o.notice.occasion, o.why) for o in plan.due if o.notice.kind is Kind.NO_EXPIRY_DATE]
    assert asked == ([] if is_believed else [(f"card_expiry-{said}", f"card_expiry.{said}")])
    reminders = {"renewal_opens.1.email", "renewal_last_call.1.email"}
    assert (reminders & {*names(plan.due), *names(plan.later)} != set()) is is_believed


def test_the_true_expiry_closes_that_task() -> None:
    wrong, right = collected(date(2099, 1, 1)), collected(date(2020, 6, 30), "2019-07-22 09:00")
    line = a_line(Kind.NO_EXPIRY_DATE, "card_expiry-2099-01-01", "2019-07-20 10:01")
    plan = plan_of([wrong, right], "2019-07-22 09:01", line)
    assert line in plan.ended
    assert [o.notice.kind for o in plan.later] == [Kind.RENEWAL_OPENS, Kind.RENEWAL_LAST_CALL]


def test_an_expiry_that_cannot_be_is_news_to_whoever_knew_of_none() -> None:
    none, wrong = collected(None), collected(date(2099, 1, 1), "2019-07-22 09:00")
    seen = dealt_with(a_line(Kind.NO_EXPIRY_DATE, "2019-07-20", "2019-07-20 10:01"))
    assert names(plan_of([none], "2019-07-21 10:00", seen).due) == []
    assert names(plan_of([none, wrong], "2019-07-22 09:01", seen).due) == ["no_expiry_date.1.desk"]


@pytest.mark.parametrize("said", [date(2019, 7, 20), date(2019, 7, 19)])
def test_nobody_is_told_to_renew_a_card_that_ends_tonight_or_has_ended(said: date) -> None:
    """Collected a year ago, told today."""
    told = collected(said, day=date(2018, 7, 20))
    assert names(plan_of([told], "2019-07-20 10:00").due) == []


def test_a_step_of_ten_years_ago_writes_of_no_such_day() -> None:
    old = a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT, day=date(2009, 5, 14))
    plan = plan_of([old], "2019-05-14 10:51")
    assert contradictions([old], "2019-05-14 10:51") == ["deposited_day.2009-05-14"]
    assert "deposit_receipt.1.email" in names(plan.due)
