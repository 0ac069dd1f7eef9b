"""What did not arrive is told to a person, in time for something to be done about it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.plan import Plan, owed
from chalicelib.domain.work import serve_failed
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
    confirmed,
    paris,
    rescheduled,
    selected,
    shown,
)

ONLY_MAIL = {Channel.EMAIL: "mail-key"}
DEPOSITED = [a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT)]
CARD_READY = [a_step(EventType.CARD_READY, "2019-07-06 18:58", contact=CONTACT)]
RECEIPT = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14")


def plan_of(events: list[Event], now: str, *ledger: Attempt, mobile: bool = True) -> Plan:
    addresses = ADDRESSES if mobile else ONLY_MAIL
    return owed(a_dossier(*events, ledger=ledger), DESK, addresses, paris(now))


def due(plan: Plan) -> dict[str, str]:
    """What is due, and why."""
    return {f"{o.notice.kind}.{o.notice.channel}": o.why for o in plan.due}


def put_off(notice: str, at: str, until: date | None) -> Event:
    return an_event(EventType.WORK_CLOSED, at, source=Source.DESK, subject=notice, until=until)


def opened(at: str, *losses: str) -> Attempt:
    return a_line(Kind.UNREACHABLE, "dossier", at, *losses)


def test_a_channel_held_for_a_day_is_told_to_the_desk_and_tried_on() -> None:
    held = an_attempt(
        RECEIPT,
        Status.POSTPONED,
        "2019-05-15 10:40",
        begun_at=paris("2019-05-14 10:51"),
        until=paris("2019-05-15 11:35"),
        tries=30,
        reason="SendingPausedException",
    )
    assert due(plan_of(DEPOSITED, "2019-05-15 10:50", held, mobile=False)) == {}
    plan = plan_of(DEPOSITED, "2019-05-15 10:51", held, mobile=False)
    assert due(plan) == {"unreachable.desk": "deposit_receipt:held"}
    (again,) = [o for o in plan.later if o.notice == RECEIPT]
    assert (shown(again.ready_at), again.next_try.attempt, again.next_try.begun_at) == (
        "2019-05-15 11:35",
        1,
        held.begun_at,
    )


def test_an_sms_put_off_on_saturday_evening_leaves_on_monday_morning() -> None:
    notice = a_notice(Kind.CARD_READY, "2019-07-06", Channel.SMS)
    mail = an_attempt(a_notice(Kind.CARD_READY, "2019-07-06"), Status.DELIVERED, "2019-07-06 18:59")
    sms = an_attempt(
        notice, Status.POSTPONED, "2019-07-06 18:58", until=paris("2019-07-06 19:04"), tries=1
    )
    plan = plan_of(CARD_READY, "2019-07-08 09:00", mail, sms)
    assert due(plan) == {"card_ready.sms": "held"}


def test_a_bounce_whose_retry_would_come_after_the_appointment_is_told_at_once() -> None:
    events = [
        selected("2019-05-13 10:00", "2019-05-14 09:30", event_id="s"),
        confirmed("2019-05-13 10:05", "s"),
    ]
    bounce = an_attempt(
        a_notice(Kind.CONVOCATION, "s"),
        Status.BOUNCED,
        "2019-05-13 10:06",
        failure_class=FailureClass.PASSING,
        reason="Bounce.Transient",
    )
    plan = plan_of(events, "2019-05-13 10:07", bounce, mobile=False)
    assert due(plan) == {"unreachable.desk": "convocation:Bounce.Transient"}


def test_a_retry_after_a_bounce_does_not_make_the_desk_wait_past_the_last_open_day() -> None:
    events = [
        selected("2019-05-12 10:00", "2019-05-14 12:30", event_id="s"),
        confirmed("2019-05-12 12:05", "s"),
    ]
    bounce = an_attempt(
        a_notice(Kind.CONVOCATION, "s"),
        Status.BOUNCED,
        "2019-05-12 12:06",
        failure_class=FailureClass.PASSING,
        reason="Bounce.Transient",
    )
    plan = plan_of(events, "2019-05-13 09:00", bounce, mobile=False)
    assert due(plan) == {"unreachable.desk": "convocation:Bounce.Transient"}
    assert "convocation" in {o.notice.kind for o in plan.later}


def test_an_unreachable_that_was_put_off_names_its_day_as_the_next_change() -> None:
    events = [
        replace(DEPOSITED[0], contact=None),
        put_off("unreachable.1.dossier.desk", "2019-05-14 11:01", date(2019, 5, 20)),
    ]
    line = opened("2019-05-14 10:50", "deposit_receipt.1.2019-05-14.email#0")
    dossier = a_dossier(*events, ledger=(line,))
    plan = owed(dossier, DESK, {}, paris("2019-05-14 11:02"))
    assert shown(plan.next_change_at) == "2019-05-20 09:00"
    (again,) = owed(dossier, DESK, {}, paris("2019-05-20 09:00")).due
    assert (again.notice, again.next_try.attempt) == (line.notice, 2)


def test_an_unreachable_stays_open_while_the_next_message_is_on_its_way() -> None:
    silent = an_attempt(RECEIPT, Status.ACCEPTED, "2019-05-14 10:51")
    work = opened("2019-05-15 10:51")
    news = an_attempt(a_notice(Kind.NO_NEWS, "2019-05-14"), Status.ACCEPTED, "2019-06-25 09:00")
    assert plan_of(DEPOSITED, "2019-06-25 09:01", silent, work, news, mobile=False).ended == ()
    arrived = replace(news, status=Status.DELIVERED, status_at=paris("2019-06-25 09:02"))
    plan = plan_of(DEPOSITED, "2019-06-25 09:03", silent, work, arrived, mobile=False)
    assert plan.ended == (work,)


def test_what_a_person_has_ended_is_settled_and_not_owed() -> None:
    events = [
        replace(DEPOSITED[0], contact=None),
        put_off("unreachable.1.dossier.desk", "2019-05-14 11:01", None),
    ]
    line = opened("2019-05-14 10:50", "deposit_receipt.1.2019-05-14.email#0")
    plan = owed(a_dossier(*events, ledger=(line,)), DESK, {}, paris("2019-05-14 11:02"))
    assert [str(n) for n in plan.settled] == ["unreachable.1.dossier.desk"]
    assert plan.due == ()


def test_what_expired_unarrived_is_named_to_whoever_asks_what_happened() -> None:
    events = [selected(event_id="s"), confirmed("2019-04-08 11:00", "s")]
    bounce = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.BOUNCED, "2019-04-08 11:01")
    checked = an_event(EventType.CHECKED, "2019-04-09 10:00")
    plan = plan_of([*events, checked], "2019-05-15 09:00", bounce, mobile=False)
    assert due(plan) == {"outcome_unknown.desk": "expired:convocation expired:appointment_reminder"}


def test_a_reminder_that_the_daily_cap_pushes_past_its_end_is_for_the_desk() -> None:
    events = [
        selected("2019-05-01 10:00", "2019-05-14 08:30", event_id="s"),
        confirmed("2019-05-01 10:10", "s"),
    ]
    told = an_attempt(a_notice(Kind.CONVOCATION, "s"), Status.DELIVERED, "2019-05-01 10:11")
    four = [
        an_attempt(a_notice(Kind.CARD_WAITING, f"o{n}"), Status.DELIVERED, f"2019-05-13 08:0{n}")
        for n in range(4)
    ]
    plan = plan_of(events, "2019-05-13 10:00", told, *four)
    assert due(plan) == {
        "unreachable.desk": "appointment_reminder:too_late",
        "appointment_when_shut.desk": "",  # nobody is there at half past eight
    }


def test_the_cap_pushes_to_nine_the_next_day_over_a_clock_change_too() -> None:
    """Clocks went forward on Sunday 31 March 2019."""
    card = [a_step(EventType.CARD_READY, "2019-02-16 15:00", contact=CONTACT)]
    four = [
        an_attempt(a_notice(Kind.NO_NEWS, f"o{n}"), Status.DELIVERED, f"2019-03-30 08:0{n}")
        for n in range(4)
    ]
    plan = plan_of(card, "2019-03-30 23:30", *four)
    leaves = {o.notice.channel: shown(o.ready_at) for o in plan.later if o.notice.number == 1}
    assert leaves[Channel.EMAIL] == "2019-03-31 09:00"
    assert leaves[Channel.SMS] == "2019-04-01 09:00"
    at_midnight = plan_of(card, "2019-03-31 00:30", *four)
    assert at_midnight.due == ()


def test_more_than_ten_messages_a_day_wait_for_tomorrow_in_front_of_a_person() -> None:
    """A booking system that moves a slot to and fro for hours must not flood anybody."""
    events, ledger = [selected(event_id="r0")], []
    for n in range(1, 11):
        at = f"2019-04-08 11:{n:02}"
        starts = "2019-05-16 10:30" if n % 2 else "2019-05-14 10:30"
        events.append(rescheduled(at, starts, event_id=f"r{n}"))
        ledger.append(
            an_attempt(a_notice(Kind.CONFIRMATION_REQUEST, f"r{n - 1}"), Status.DELIVERED, at)
        )
    plan = plan_of(events, "2019-04-08 11:11", *ledger)
    assert due(plan) == {"unreachable.desk": "confirmation_request:too_many"}
    (tomorrow,) = [o for o in plan.later if o.notice.kind is Kind.CONFIRMATION_REQUEST]
    assert shown(tomorrow.ready_at) == "2019-04-09 09:00"


def test_news_that_came_in_time_is_never_too_old_however_long_it_could_not_leave() -> None:
    without = [replace(DEPOSITED[0], contact=None)]
    late = owed(a_dossier(*without), DESK, {}, paris("2019-05-29 09:00"))
    assert [o.notice.kind for o in late.due] == [Kind.UNREACHABLE]
    known = [*without, an_event(EventType.CONTACT_UPDATED, "2019-05-29 10:00", contact=CONTACT)]
    assert "deposit_receipt.email" in due(plan_of(known, "2019-05-29 10:01"))


def test_news_that_came_weeks_late_is_for_a_person_to_decide() -> None:
    late = replace(DEPOSITED[0], received_at=DEPOSITED[0].at + timedelta(days=14))
    plan = plan_of([late], "2019-05-28 10:55")
    assert due(plan) == {"too_late_to_send.desk": "deposit_receipt"}


def test_a_complaint_is_dated_by_the_complaint() -> None:
    ready = an_attempt(
        a_notice(Kind.CARD_READY, "2019-07-06"), Status.DELIVERED, "2019-07-06 19:00"
    )
    unwanted = an_attempt(
        a_notice(Kind.CARD_WAITING, "2019-07-06"),
        Status.COMPLAINED,
        "2019-08-17 09:00",
        status_at=paris("2019-08-17 12:00"),
    )
    (work,) = [
        o
        for o in plan_of(CARD_READY, "2019-08-17 12:01", ready, unwanted).due
        if o.notice.kind is Kind.COMPLAINED
    ]
    assert shown(work.due_at) == "2019-08-17 12:00"


# What a person has dealt with, and what not


READY_SMS = a_notice(Kind.CARD_READY, "2019-07-06", Channel.SMS)
READY_MAIL = a_notice(Kind.CARD_READY, "2019-07-06")
OWN_WORK = [
    (
        [
            an_attempt(READY_SMS, Status.UNKNOWN, f"2019-07-08 {10 + n}:00", attempt=n + 1)
            for n in range(3)
        ],
        "unknown_exhausted",
    ),
    (
        [
            an_attempt(
                READY_SMS, Status.FAILED, "2019-07-08 09:00", address="", reason="text_failed"
            )
        ],
        "text_failed",
    ),
]


@pytest.mark.parametrize(("sms", "kind"), OWN_WORK)
@pytest.mark.parametrize("is_closed", [False, True])
def test_work_about_one_channel_does_not_hide_the_later_loss_of_the_other(
    sms: list[Attempt], kind: str, is_closed: bool
) -> None:
    sms = [replace(a, failure_class=None) for a in sms]
    name = f"card_ready-1-2019-07-06-{Channel.SMS}"
    line = a_line(Kind(kind), name, "2019-07-08 13:00", f"{READY_SMS}#{len(sms)}")
    events = [*CARD_READY, put_off(str(line.notice), "2019-07-08 14:00", None)]
    mail = an_attempt(READY_MAIL, Status.ACCEPTED, "2019-07-08 12:00")
    life = events if is_closed else CARD_READY
    assert due(plan_of(life, "2019-07-08 15:00", *sms, mail, line)) == {}
    bounced = replace(
        mail, status=Status.BOUNCED, failure_class=FailureClass.ADDRESS, reason="Bounce.Permanent"
    )
    told = an_attempt(
        a_notice(Kind.CONTACT_US, "mail-key", Channel.SMS), Status.DELIVERED, "2019-07-08 15:00"
    )
    plan = plan_of(life, "2019-07-08 15:00", *sms, bounced, line, told)
    assert list(due(plan)) == ["unreachable.desk"]
    assert plan.due[0].losses == (f"{READY_MAIL}#1", f"{READY_SMS}#{len(sms)}")


def test_what_has_nowhere_to_go_takes_the_place_of_nothing() -> None:
    """The student called a mail unwanted, so the reminder of the card has no address."""
    unwanted = an_attempt(
        a_notice(Kind.NO_NEWS, "2019-05-14"), Status.COMPLAINED, "2019-06-25 09:00"
    )
    bounced = [
        an_attempt(
            READY_MAIL,
            Status.BOUNCED,
            f"2019-07-0{7 + n} 19:00",
            attempt=n + 1,
            failure_class=FailureClass.PASSING,
        )
        for n in range(3)
    ]
    complained = replace(
        a_line(Kind.COMPLAINED, "mail-key", "2019-06-25 10:00"), status=Status.CLOSED, closed_by="c"
    )
    line = opened("2019-07-09 19:00", f"{READY_MAIL}#3")
    ledger = (unwanted, *bounced, complained, line)
    plan = plan_of(CARD_READY, "2019-08-19 10:00", *ledger, mobile=False)
    assert (plan.due, plan.ended) == ((), ())


def test_of_two_that_are_due_at_one_instant_only_the_later_one_leaves() -> None:
    """A closure of six weeks ends on the day of the second follow-up."""
    desk = a_closed_desk("2019-06-20", "2019-08-11")
    told = an_attempt(RECEIPT, Status.DELIVERED, "2019-05-14 10:51")
    dossier = a_dossier(*DEPOSITED, ledger=(told,))
    plan = owed(dossier, desk, ONLY_MAIL, paris("2019-08-12 09:00"))
    assert [(o.notice.kind, o.notice.number) for o in plan.due] == [(Kind.NO_NEWS, 2)]


def test_a_set_aside_dossier_that_a_person_has_dealt_with_does_not_come_up_at_once() -> None:
    at = paris("2019-05-14 12:00")
    line = an_attempt(serve_failed(at), Status.OPEN, "2019-05-14 12:00", address="")
    dossier = a_dossier(
        *DEPOSITED, put_off(str(line.notice), "2019-05-14 12:10", None), ledger=(line,)
    )
    waiting = replace(dossier, backed_off_at=at, not_before=paris("2019-05-14 13:00"))
    plan = owed(waiting, DESK, ONLY_MAIL, paris("2019-05-14 12:11"))
    assert Kind.SERVE_FAILED not in {o.notice.kind for o in (*plan.due, *plan.later)}
    assert line.notice in plan.settled


def test_a_word_about_an_earlier_name_of_an_occasion_counts_for_it() -> None:
    """An earlier event of the same hour comes late: the revision is called after it from then."""
    events = [
        selected("2019-04-08 10:00", event_id="s2"),
        an_event(
            EventType.ASKED_AGAIN,
            "2019-04-08 12:00",
            source=Source.DESK,
            subject="confirmation_request.1.s2.email",
        ),
        selected("2019-04-08 09:59", event_id="s1", received_at=paris("2019-04-08 10:08")),
    ]
    told = an_attempt(
        a_notice(Kind.CONFIRMATION_REQUEST, "s2"), Status.DELIVERED, "2019-04-08 10:01"
    )
    assert "confirmation_request.email" in due(plan_of(events, "2019-04-08 12:01", told))
