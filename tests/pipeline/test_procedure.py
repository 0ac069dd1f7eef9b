"""The whole procedure in memory: each notice once, at its hour."""

from datetime import date

from chalicelib.domain.attempts import Status
from chalicelib.domain.events import EventType
from tests.builders import CONTACT, a_step, an_event, confirmed, paris, selected, shown
from tests.pipeline.worlds import DeskInMemory

READY, OFF = EventType.CARD_READY, EventType.WITHDRAWN


def test_a_dossier_gets_each_notice_once_and_at_its_hour() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.travel("2019-04-10 18:00")
    desk.take(confirmed("2019-04-10 18:00", "s"))
    desk.travel("2019-05-14 10:50")
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50"))
    desk.travel("2019-07-01 15:00")
    desk.take(a_step(EventType.CARD_READY, "2019-07-01 15:00"))
    desk.travel("2019-08-20 10:00")
    expiry = date(2020, 6, 30)
    desk.take(a_step(EventType.COLLECTED, "2019-08-20 10:00", card_expires_on=expiry))
    desk.travel("2021-01-01 00:00")
    told = [(shown(a.claimed_at), str(a.notice), a.status) for a in desk.ledger]
    assert told == [
        ("2019-04-08 10:00", "confirmation_request.1.s.email", Status.DELIVERED),
        ("2019-04-09 09:00", "confirmation_reminder.1.s.email", Status.DELIVERED),
        ("2019-04-10 18:00", "convocation.1.s.email", Status.DELIVERED),
        ("2019-04-30 09:00", "check_reminder.1.s.email", Status.DELIVERED),
        ("2019-05-11 09:00", "appointment_reminder.1.s.email", Status.DELIVERED),
        ("2019-05-11 09:00", "appointment_reminder.1.s.sms", Status.DELIVERED),
        ("2019-05-14 10:50", "deposit_receipt.1.2019-05-14.email", Status.DELIVERED),
        ("2019-06-25 09:00", "no_news.1.2019-05-14.email", Status.DELIVERED),
        ("2019-06-25 09:00", "no_news.1.2019-05-14.sms", Status.DELIVERED),
        ("2019-07-01 15:00", "card_ready.1.2019-07-01.sms", Status.DELIVERED),
        ("2019-07-01 15:00", "card_ready.1.2019-07-01.email", Status.DELIVERED),
        ("2019-08-12 09:00", "card_waiting.1.2019-07-01.email", Status.DELIVERED),
        ("2019-08-12 09:00", "card_waiting.1.2019-07-01.sms", Status.DELIVERED),
        ("2020-03-30 09:00", "renewal_opens.1.2020-06-30.email", Status.DELIVERED),
        ("2020-04-24 09:00", "renewal_last_call.1.2020-06-30.email", Status.DELIVERED),
    ]
    assert desk.dossiers.next_due() is None


def test_a_student_who_never_hears_and_never_comes_ends_in_front_of_a_person() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.travel("2020-06-01 09:00")
    work = [str(a.notice) for a in desk.ledger if a.status is Status.OPEN]
    assert work == ["no_news_exhausted.1.2019-05-14.desk"]


def test_a_contact_without_a_life_ends_in_front_of_a_person() -> None:
    desk = DeskInMemory()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 10:00", contact=CONTACT))
    desk.travel("2020-01-01 09:00")
    assert [str(a.notice) for a in desk.ledger] == ["no_life.1.known.desk"]


def test_a_card_that_was_ready_by_mistake_is_taken_back_and_announced_anew_on_the_same_day() -> (
    None
):
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.travel("2019-06-03 10:00")
    for hour, kind in enumerate([READY, OFF, READY, OFF, READY], 10):
        at = f"2019-06-03 {hour}:00"
        step = a_step(kind, at, event_id=f"e{hour}", subject=EventType.CARD_READY.value)
        desk.take(step)
        desk.travel(f"2019-06-03 {hour}:30")
    desk.travel("2019-07-20 12:00")
    told = [(shown(a.claimed_at), str(a.notice), a.status) for a in desk.ledger]
    assert told == [
        ("2019-05-14 10:50", "deposit_receipt.1.2019-05-14.email", Status.DELIVERED),
        ("2019-06-03 10:00", "card_ready.1.2019-06-03.sms", Status.DELIVERED),
        ("2019-06-03 10:00", "card_ready.1.2019-06-03.email", Status.DELIVERED),
        ("2019-06-03 11:00", "correction.1.e11.sms", Status.DELIVERED),
        ("2019-06-03 11:00", "correction.1.e11.email", Status.DELIVERED),
        ("2019-06-03 12:00", "card_ready.1.2019-06-03-2.sms", Status.DELIVERED),
        ("2019-06-03 12:00", "card_ready.1.2019-06-03-2.email", Status.DELIVERED),
        ("2019-06-03 13:00", "correction.1.e13.sms", Status.DELIVERED),
        ("2019-06-03 13:00", "correction.1.e13.email", Status.DELIVERED),
        ("2019-06-03 14:00", "card_ready.1.2019-06-03-3.sms", Status.DELIVERED),
        ("2019-06-03 14:00", "card_ready.1.2019-06-03-3.email", Status.DELIVERED),
        ("2019-07-15 09:00", "card_waiting.1.2019-06-03-3.email", Status.DELIVERED),
        ("2019-07-15 09:00", "card_waiting.1.2019-06-03-3.sms", Status.DELIVERED),
    ]


def test_after_a_card_that_was_not_ready_the_six_weeks_go_on() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.travel("2019-06-03 10:00")
    desk.take(a_step(EventType.CARD_READY, "2019-06-03 10:00"))
    desk.travel("2019-06-03 11:00")
    desk.take(an_event(EventType.WITHDRAWN, "2019-06-03 11:00", "w", subject="card.ready"))
    desk.travel("2019-06-26 11:00")
    assert [str(a.notice) for a in desk.ledger if a.claimed_at >= paris("2019-06-03 11:00")] == [
        "correction.1.w.sms",
        "correction.1.w.email",
        "no_news.1.2019-05-14.email",
        "no_news.1.2019-05-14.sms",
    ]


def test_a_deposit_that_was_none_ends_in_front_of_a_person() -> None:
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=CONTACT))
    desk.travel("2019-05-14 12:00")
    desk.take(an_event(EventType.WITHDRAWN, "2019-05-14 12:00", "w", subject="dossier.deposited"))
    desk.travel("2019-05-14 12:01")
    assert [(str(a.notice), a.status) for a in desk.ledger[1:]] == [
        ("tell_the_student.1.w.desk", Status.OPEN)
    ]
