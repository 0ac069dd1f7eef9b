"""A step that was recorded by mistake and taken back: who had heard of it hears that, too."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.facts import facts_of, state_of
from chalicelib.domain.plan import Plan, owed
from chalicelib.domain.recording import record
from tests.builders import (
    ADDRESSES,
    CONTACT,
    DESK,
    a_dossier,
    a_line,
    a_notice,
    a_step,
    a_word,
    an_attempt,
    an_event,
    an_ordinary_life,
    confirmed,
    every_end,
    missed,
    paris,
    selected,
)
from tests.domain.lives import DAY, HOUR, MINUTE, Moment, served

MONDAY = "2019-07-01"


def withdrawn(kind: EventType, at: str, event_id: str = "w") -> Event:
    return a_word(EventType.WITHDRAWN, at, kind.value, event_id=event_id)


CARD = a_step(EventType.CARD_READY, f"{MONDAY} 10:00", event_id="c", contact=CONTACT)
OFF = withdrawn(EventType.CARD_READY, f"{MONDAY} 11:00")
AGAIN = a_step(EventType.CARD_READY, f"{MONDAY} 15:00", event_id="c2")
OFF_AGAIN = withdrawn(EventType.CARD_READY, f"{MONDAY} 16:00", "w2")


def left(
    kind: Kind, occasion: str, channel: Channel = Channel.EMAIL, status: Status = Status.DELIVERED
) -> Attempt:
    return an_attempt(a_notice(kind, occasion, channel), status, f"{MONDAY} 10:01")


BY_MAIL = left(Kind.CARD_READY, MONDAY)
BY_SMS = left(Kind.CARD_READY, MONDAY, Channel.SMS)


def plan_of(events: list[Event], now: str, *ledger: Attempt, desk: Desk = DESK) -> Plan:
    return owed(a_dossier(*events, ledger=ledger), desk, ADDRESSES, paris(now))


def due(events: list[Event], now: str, *ledger: Attempt) -> list[str]:
    return [str(o.notice) for o in plan_of(events, now, *ledger).due]


# The facts


def test_a_withdrawal_is_remembered_with_the_names_of_what_it_took_back() -> None:
    facts = facts_of([CARD, OFF])
    (taken,) = facts.withdrawn
    assert (taken.step, taken.event_id, taken.at) == (EventType.CARD_READY, "w", OFF.known_at)
    assert taken.occasions == {MONDAY}
    assert facts.card_ready is None


def test_what_was_never_recorded_is_not_taken_back() -> None:
    assert facts_of([selected(), OFF]).withdrawn == ()


def test_a_card_and_its_end_are_both_names_of_a_collection() -> None:
    """The reminders of a renewal bear the day on which the card ends, whichever was said."""
    first, better = (
        a_step(EventType.COLLECTED, "2019-07-20 10:00", event_id="1", card_expires_on=ends)
        for ends in (date(2020, 6, 30), date(2020, 7, 31))
    )
    off = withdrawn(EventType.COLLECTED, "2019-07-21 10:00")
    (taken,) = facts_of([first, replace(better, event_id="2", correction=True), off]).withdrawn
    assert taken.occasions == {"2019-07-20", "2020-06-30", "2020-07-31"}


def test_the_same_day_after_a_withdrawal_is_another_occasion() -> None:
    facts = facts_of([CARD, OFF, AGAIN])
    assert facts.card_ready
    assert (facts.card_ready.day, facts.card_ready.occasion) == (date(2019, 7, 1), "2019-07-01-2")
    both = facts_of([CARD, OFF, AGAIN, OFF_AGAIN])
    assert [taken.occasions for taken in both.withdrawn] == [{MONDAY}, {"2019-07-01-2"}]
    third = a_step(EventType.CARD_READY, f"{MONDAY} 17:00", event_id="c3")
    ready = facts_of([CARD, OFF, AGAIN, OFF_AGAIN, third]).card_ready
    assert ready
    assert ready.occasion == "2019-07-01-3"


def test_an_occasion_keeps_its_name_when_a_withdrawn_step_is_learnt_late() -> None:
    """Else what was announced would be announced once more."""
    without, with_it = facts_of([OFF, AGAIN]), facts_of([CARD, OFF, AGAIN])
    assert without.card_ready
    assert with_it.card_ready
    assert without.card_ready.occasion == with_it.card_ready.occasion


def test_a_withdrawal_in_a_former_application_names_nothing_of_the_next() -> None:
    life = an_ordinary_life()
    early = a_step(EventType.CARD_READY, "2019-06-20 15:00", event_id="early")
    off = withdrawn(EventType.CARD_READY, "2019-06-21 10:00")
    again = [
        selected("2020-05-04 10:00", "2020-06-02 10:00", appointment_id="A9", event_id="n1"),
        a_step(EventType.CARD_READY, "2020-07-01 10:00", event_id="n2"),
    ]
    facts = facts_of([*life, early, off, *again])
    assert facts.withdrawn == ()
    assert facts.card_ready
    assert facts.card_ready.occasion == "2020-07-01"


def test_any_order_of_a_life_with_withdrawals_ends_in_the_same_dossier_and_plan() -> None:
    life = [
        a_step(EventType.DEPOSITED, "2019-05-16 14:10", event_id="d", contact=CONTACT),
        *(CARD, OFF, AGAIN, OFF_AGAIN),
    ]
    receipt = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-16")
    had = an_attempt(receipt, Status.DELIVERED, "2019-05-16 14:11")
    now, ledger = paris(f"{MONDAY} 16:01"), (had, BY_MAIL, BY_SMS)
    ends = every_end(life, ledger)
    assert len(ends) == 1
    plan = owed(ends.pop(), DESK, ADDRESSES, now)
    assert [str(o.notice) for o in plan.due] == ["correction.1.w.sms", "correction.1.w.email"]


# The student hears that the card is not ready


def test_who_was_told_that_the_card_is_ready_is_told_that_it_is_not() -> None:
    assert due([CARD, OFF], f"{MONDAY} 11:01", BY_MAIL, BY_SMS) == [
        "correction.1.w.sms",
        "correction.1.w.email",
    ]


def test_the_correction_goes_by_sms_only_if_an_sms_had_left() -> None:
    put_off = replace(BY_SMS, status=Status.POSTPONED)
    for ledger in ([BY_MAIL], [BY_MAIL, put_off]):
        assert due([CARD, OFF], f"{MONDAY} 11:01", *ledger) == ["correction.1.w.email"]


def test_the_correction_goes_by_email_though_only_an_sms_had_left() -> None:
    by_email, by_sms = "correction.1.w.email", "correction.1.w.sms"
    assert due([CARD, OFF], f"{MONDAY} 11:01", BY_SMS) == [by_sms, by_email]


def test_a_correction_by_sms_keeps_to_the_hours_and_the_email_does_not() -> None:
    late = withdrawn(EventType.CARD_READY, f"{MONDAY} 21:00")
    plan = plan_of([CARD, late], f"{MONDAY} 21:01", BY_MAIL, BY_SMS)
    assert [str(o.notice) for o in plan.due] == ["correction.1.w.email"]
    sms = next(o for o in plan.later if o.notice.channel is Channel.SMS)
    assert sms.ready_at == paris("2019-07-02 09:00")


@pytest.mark.parametrize(
    ("status", "failure_class", "is_told"),
    [
        (Status.CLAIMED, None, True),
        (Status.ACCEPTED, None, True),
        (Status.UNKNOWN, None, True),
        (Status.DELIVERED, None, True),
        (Status.COMPLAINED, None, True),
        (Status.BOUNCED, FailureClass.PASSING, True),  # a full mailbox, or an answer by a machine
        (Status.FAILED, FailureClass.PASSING, True),
        (Status.POSTPONED, None, False),
        (Status.BOUNCED, FailureClass.ADDRESS, False),
        (Status.BOUNCED, FailureClass.MESSAGE, False),
        (Status.FAILED, FailureClass.ADDRESS, False),
        (Status.FAILED, None, False),  # its text could not be made
    ],
)
def test_a_message_that_nobody_can_have_read_needs_no_correction(
    status: Status, failure_class: FailureClass | None, is_told: bool
) -> None:
    sent = replace(BY_MAIL, status=status, failure_class=failure_class)
    kinds = {o.notice.kind for o in plan_of([CARD, OFF], f"{MONDAY} 11:01", sent).due}
    assert (Kind.CORRECTION in kinds) is is_told


def test_of_a_card_that_was_never_announced_nothing_is_corrected() -> None:
    assert due([CARD, OFF], f"{MONDAY} 11:01") == []


def test_a_reminder_that_the_card_waits_told_of_it_as_well() -> None:
    waiting = left(Kind.CARD_WAITING, MONDAY)
    assert due([CARD, OFF], f"{MONDAY} 11:01", waiting) == ["correction.1.w.email"]


def test_what_told_of_another_day_of_the_same_card_is_corrected_too() -> None:
    """The day was corrected after the message, and then the card was not there at all."""
    moved = replace(AGAIN, day=date(2019, 6, 28), correction=True)
    off = withdrawn(EventType.CARD_READY, f"{MONDAY} 16:00")
    assert due([CARD, moved, off], f"{MONDAY} 16:01", BY_MAIL) == ["correction.1.w.email"]


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ([], "known"),
        ([a_step(EventType.DEPOSITED, "2019-06-20 10:00")], "deposited"),
        ([a_step(EventType.INCOMPLETE, "2019-06-20 10:00")], "incomplete"),
        ([selected("2019-06-20 10:00", "2019-08-14 10:30", event_id="s")], "booked"),
        (
            [
                selected("2019-06-20 10:00", "2019-08-14 10:30", event_id="s"),
                confirmed("2019-06-21 10:00", "s"),
            ],
            "confirmed",
        ),
        (
            [
                selected("2019-05-20 10:00", "2019-06-14 10:30", event_id="s"),
                missed("2019-06-14 12:00"),
            ],
            "missed",
        ),
    ],
)
def test_wherever_the_dossier_stands_then_the_correction_is_owed(
    before: list[Event], state: str
) -> None:
    plan = plan_of([*before, CARD, OFF], f"{MONDAY} 11:01", BY_MAIL)
    assert plan.state == state
    assert "correction.1.w.email" in [str(o.notice) for o in plan.due]


def test_a_card_in_the_students_hands_needs_no_correction() -> None:
    fetched = a_step(EventType.COLLECTED, f"{MONDAY} 10:30", contact=CONTACT)
    assert "correction" not in "".join(due([CARD, fetched, OFF], f"{MONDAY} 11:01", BY_MAIL))


def test_a_corrected_address_gets_the_correction() -> None:
    corrected = left(Kind.CORRECTION, "w")
    old = replace(corrected, status=Status.BOUNCED, address="old")
    (again,) = plan_of([CARD, OFF], f"{MONDAY} 12:00", BY_MAIL, old).due
    assert (str(again.notice), again.next_try.attempt) == ("correction.1.w.email", 2)


def test_a_correction_that_reached_nobody_stands_in_front_of_a_person() -> None:
    back = replace(
        left(Kind.CORRECTION, "w"), status=Status.BOUNCED, failure_class=FailureClass.ADDRESS
    )
    kinds = [o.notice.kind for o in plan_of([CARD, OFF], f"{MONDAY} 12:00", BY_MAIL, back).due]
    assert kinds == [Kind.CONTACT_US, Kind.UNREACHABLE]


def test_a_correction_is_sent_once() -> None:
    told = [left(Kind.CORRECTION, "w", channel) for channel in (Channel.EMAIL, Channel.SMS)]
    assert due([CARD, OFF], f"{MONDAY} 12:00", BY_MAIL, BY_SMS, *told) == []


# The same step again


def test_a_card_that_is_really_ready_on_the_same_day_is_announced_anew() -> None:
    assert due([CARD, OFF, AGAIN], f"{MONDAY} 15:01", BY_MAIL, BY_SMS) == [
        "card_ready.1.2019-07-01-2.sms",
        "card_ready.1.2019-07-01-2.email",
    ]


def test_its_reminders_count_from_its_day_and_bear_its_name() -> None:
    told = [left(Kind.CARD_READY, "2019-07-01-2", c) for c in (Channel.EMAIL, Channel.SMS)]
    (first, *_) = plan_of([CARD, OFF, AGAIN], f"{MONDAY} 15:02", BY_MAIL, BY_SMS, *told).later
    assert (str(first.notice), first.ready_at) == (
        "card_waiting.1.2019-07-01-2.email",
        paris("2019-08-12 09:00"),
    )


def test_a_card_that_is_ready_again_before_the_correction_left_is_announced_and_no_more() -> None:
    assert Kind.CORRECTION not in [
        o.notice.kind for o in plan_of([CARD, OFF, AGAIN], f"{MONDAY} 15:01", BY_MAIL, BY_SMS).due
    ]


def test_a_card_withdrawn_twice_is_corrected_twice() -> None:
    told = [
        *(BY_MAIL, left(Kind.CORRECTION, "w")),
        left(Kind.CARD_READY, "2019-07-01-2"),
    ]
    assert due([CARD, OFF, AGAIN, OFF_AGAIN], f"{MONDAY} 16:01", *told) == ["correction.1.w2.email"]


def test_a_card_withdrawn_twice_and_announced_once_is_corrected_once() -> None:
    """Nobody heard that it was ready again; what was owed of the first withdrawal still is."""
    events = [CARD, OFF, AGAIN, OFF_AGAIN]
    assert due(events, f"{MONDAY} 16:01", BY_MAIL) == ["correction.1.w.email"]
    assert due(events, f"{MONDAY} 16:01", BY_MAIL, left(Kind.CORRECTION, "w")) == []


def test_to_withdraw_twice_in_a_row_is_to_withdraw_once() -> None:
    assert due([CARD, OFF, OFF_AGAIN], f"{MONDAY} 16:01", BY_MAIL) == ["correction.1.w.email"]


DEPOSIT = a_step(EventType.DEPOSITED, f"{MONDAY} 10:00", event_id="d", contact=CONTACT)
REFUSAL = a_step(EventType.INCOMPLETE, f"{MONDAY} 10:00", event_id="i", contact=CONTACT)
EXPIRY = date(2020, 6, 30)
FETCHED = a_step(
    EventType.COLLECTED, f"{MONDAY} 10:00", event_id="f", contact=CONTACT, card_expires_on=EXPIRY
)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (DEPOSIT, "deposit_receipt.1.2019-07-01-2.email"),
        (REFUSAL, "missing_documents.1.2019-07-01-2.email"),
        (CARD, "card_ready.1.2019-07-01-2.email"),
    ],
)
def test_any_step_that_is_recorded_again_on_its_day_is_told_anew(step: Event, told: str) -> None:
    off = withdrawn(step.type, f"{MONDAY} 11:00")
    again = replace(step, event_id="again", at=AGAIN.at, received_at=AGAIN.received_at)
    kind = Kind(told.partition(".")[0])
    assert told in due([step, off, again], f"{MONDAY} 15:01", left(kind, MONDAY))


def test_a_renewal_is_recalled_for_the_collection_that_stands() -> None:
    off = withdrawn(EventType.COLLECTED, "2020-04-01 10:00")
    again = replace(FETCHED, event_id="again", at=paris("2020-04-01 11:00"))
    recalled = an_attempt(
        a_notice(Kind.RENEWAL_OPENS, "2020-06-30"), Status.DELIVERED, "2020-03-30 09:00"
    )
    again = replace(again, received_at=again.at)
    assert due([FETCHED, off, again], "2020-04-01 11:01", recalled) == [
        "renewal_opens.1.2020-06-30-2.email"
    ]


# What a message does not say, a person does

TELL = "tell_the_student.1.w.desk"


def renewal_told(kind: Kind) -> Attempt:
    return left(kind, "2020-06-30")


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (DEPOSIT, left(Kind.DEPOSIT_RECEIPT, MONDAY)),
        (DEPOSIT, replace(left(Kind.NO_NEWS, MONDAY, Channel.SMS), status=Status.UNKNOWN)),
        (REFUSAL, left(Kind.MISSING_DOCUMENTS, MONDAY)),
        (FETCHED, renewal_told(Kind.RENEWAL_OPENS)),
        (FETCHED, renewal_told(Kind.RENEWAL_LAST_CALL)),
    ],
)
def test_a_step_of_which_the_student_had_heard_is_for_a_person_to_take_back(
    step: Event, told: Attempt
) -> None:
    off = withdrawn(step.type, f"{MONDAY} 11:00")
    assert TELL in due([step, off], f"{MONDAY} 11:01", told)


@pytest.mark.parametrize(
    ("step", "other"),
    [
        *((step, left(Kind.CONVOCATION, MONDAY)) for step in (DEPOSIT, REFUSAL, FETCHED)),
        (DEPOSIT, replace(left(Kind.DEPOSIT_RECEIPT, MONDAY), status=Status.POSTPONED)),
        (DEPOSIT, left(Kind.DEPOSIT_RECEIPT, "2019-06-30")),  # a day that was never said of it
        (DEPOSIT, left(Kind.MISSING_DOCUMENTS, MONDAY)),
        (FETCHED, left(Kind.CARD_READY, MONDAY)),
    ],
)
def test_of_a_step_of_which_the_student_never_heard_nobody_is_told(
    step: Event, other: Attempt
) -> None:
    off = withdrawn(step.type, f"{MONDAY} 11:00")
    kinds = {o.notice.kind for o in plan_of([step, off], f"{MONDAY} 11:01", other).due}
    assert not kinds & {Kind.TELL_THE_STUDENT, Kind.CORRECTION}


WORK = a_line(Kind.TELL_THE_STUDENT, "w", f"{MONDAY} 11:01")
#: Somebody has told the student.
SAID = a_word(EventType.WORK_CLOSED, f"{MONDAY} 12:00", TELL, event_id="said")
CLOSED = replace(WORK, status=Status.CLOSED, closed_by="said")
RECEIPT = left(Kind.DEPOSIT_RECEIPT, MONDAY)
DEPOSIT_OFF = withdrawn(EventType.DEPOSITED, f"{MONDAY} 11:00")
DEPOSIT_AGAIN = replace(DEPOSIT, event_id="d2", at=AGAIN.at, received_at=AGAIN.received_at)


def test_the_task_ends_when_the_step_is_recorded_again() -> None:
    assert plan_of([DEPOSIT, DEPOSIT_OFF], f"{MONDAY} 12:00", RECEIPT, WORK).ended == ()
    events = [DEPOSIT, DEPOSIT_OFF, DEPOSIT_AGAIN]
    assert plan_of(events, f"{MONDAY} 15:01", RECEIPT, WORK).ended == (WORK,)


def test_the_task_ends_by_a_persons_word_and_stays_ended() -> None:
    dossier = a_dossier(DEPOSIT, DEPOSIT_OFF, ledger=(RECEIPT, WORK))
    dossier, _ = record(dossier, SAID)
    assert dossier.open_work == ()
    for at in (f"{MONDAY} 12:01", "2019-09-20 12:00"):
        plan = owed(dossier, DESK, ADDRESSES, paris(at))
        assert TELL not in [str(o.notice) for o in (*plan.due, *plan.later)]


def test_a_step_withdrawn_again_before_anybody_heard_of_it_opens_nothing_more() -> None:
    off = withdrawn(EventType.DEPOSITED, f"{MONDAY} 16:00", "w2")
    events = [DEPOSIT, DEPOSIT_OFF, SAID, DEPOSIT_AGAIN, off]
    assert due(events, f"{MONDAY} 16:01", RECEIPT, CLOSED) == []
    told = left(Kind.DEPOSIT_RECEIPT, "2019-07-01-2")
    assert due(events, f"{MONDAY} 16:01", RECEIPT, CLOSED, told) == ["tell_the_student.1.w2.desk"]


def test_a_task_that_ended_by_itself_comes_back_with_the_second_withdrawal() -> None:
    """The receipt of the first deposit is all that the student ever heard."""
    off = withdrawn(EventType.DEPOSITED, f"{MONDAY} 16:00", "w2")
    ended = replace(WORK, status=Status.CLOSED)
    events = [DEPOSIT, DEPOSIT_OFF, DEPOSIT_AGAIN, off]
    assert due(events, f"{MONDAY} 16:01", RECEIPT, ended) == [TELL]


def test_each_step_that_was_taken_back_has_its_own_task() -> None:
    """The word about one is not a word about the other."""
    fetched_off = withdrawn(EventType.COLLECTED, f"{MONDAY} 11:30", "w2")
    events = [DEPOSIT, FETCHED, DEPOSIT_OFF, fetched_off]
    ledger = [RECEIPT, renewal_told(Kind.RENEWAL_OPENS)]
    both = [TELL, "tell_the_student.1.w2.desk"]
    assert due(events, f"{MONDAY} 11:31", *ledger) == both
    assert due([*events, SAID], f"{MONDAY} 12:01", *ledger, CLOSED) == both[1:]


# What else a withdrawal must not do


@pytest.mark.parametrize("step", [DEPOSIT, REFUSAL, CARD, FETCHED])
def test_a_withdrawal_contradicts_nothing(step: Event) -> None:
    off = withdrawn(step.type, f"{MONDAY} 11:00")
    again = replace(step, event_id="again", at=AGAIN.at, received_at=AGAIN.received_at)
    for events in ([step, off], [step, off, again]):
        kinds = {o.notice.kind for o in plan_of(events, f"{MONDAY} 15:01").due}
        assert not kinds & {Kind.CONTRADICTION, Kind.APPOINTMENT_AFTER_DEPOSIT}


EARLY = a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="d", contact=CONTACT)
HEARD = left(Kind.DEPOSIT_RECEIPT, "2019-05-14")


def test_nobody_is_told_not_to_come_and_to_come_on_the_same_day() -> None:
    """The six weeks were over while the card was said to be ready: 25 June, and again 6 August."""
    assert due([EARLY, CARD, OFF], f"{MONDAY} 11:01", HEARD, BY_MAIL) == ["correction.1.w.email"]
    corrected = left(Kind.CORRECTION, "w")
    rest = plan_of([EARLY, CARD, OFF], f"{MONDAY} 11:02", HEARD, BY_MAIL, corrected)
    assert rest.due == ()
    assert str(rest.later[0].notice) == "no_news.2.2019-05-14.email"
    assert rest.later[0].ready_at == paris("2019-08-06 09:00")


def test_a_withdrawal_on_the_morning_of_a_follow_up_takes_its_place() -> None:
    off = withdrawn(EventType.CARD_READY, "2019-06-25 08:00")
    card = a_step(EventType.CARD_READY, "2019-06-24 10:00", contact=CONTACT)
    told = left(Kind.CARD_READY, "2019-06-24")
    assert due([EARLY, card, off], "2019-06-25 09:00", HEARD, told) == ["correction.1.w.email"]


def test_a_follow_up_that_had_left_before_the_card_still_counts() -> None:
    """What became of it is still asked: it is not as if it had never left."""
    news = left(Kind.NO_NEWS, "2019-05-14", status=Status.DELIVERED)
    sms = left(Kind.NO_NEWS, "2019-05-14", Channel.SMS)
    lost = replace(HEARD, status=Status.BOUNCED)
    corrected = left(Kind.CORRECTION, "w")
    assert due([EARLY, CARD, OFF], f"{MONDAY} 11:02", lost, news, sms, BY_MAIL, corrected) == []


def test_without_a_correction_the_six_weeks_are_told() -> None:
    assert due([EARLY, CARD, OFF], f"{MONDAY} 11:01", HEARD) == [
        "no_news.1.2019-05-14.email",
        "no_news.1.2019-05-14.sms",
    ]


def test_a_life_with_a_mistake_ends_as_any_other() -> None:
    early = replace(CARD, at=paris("2019-06-20 10:00"), day=date(2019, 6, 20))
    off = withdrawn(EventType.CARD_READY, "2019-06-20 11:00")
    dossier = a_dossier(*an_ordinary_life(), early, off)
    assert state_of(dossier.facts) == "collected"
    plan = owed(dossier, DESK, ADDRESSES, paris("2019-07-20 12:00"))
    assert [str(o.notice) for o in (*plan.due, *plan.later)] == [
        "renewal_opens.1.2020-06-30.email",
        "renewal_last_call.1.2020-06-30.email",
    ]


def test_an_occasion_travels_as_a_tag() -> None:
    """Amazon SES takes letters, digits, hyphens and underscores in the value of a tag."""
    plan = plan_of([CARD, OFF, AGAIN], f"{MONDAY} 15:01")
    assert plan.due
    for item in plan.due:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", item.notice.occasion)


# At every instant of every such life


@st.composite
def mistakes(draw: st.DrawFn) -> Moment:
    """A card that is ready, and is not, some times over, while messages leave and get lost."""
    moment = Moment(dossier=a_dossier(EARLY), addresses=ADDRESSES, now=EARLY.received_at)
    for number in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from([EventType.CARD_READY, EventType.WITHDRAWN]))
        at = moment.now + draw(st.sampled_from([MINUTE, HOUR, 9 * DAY]))
        event = an_event(kind, at, f"m{number}", received_at=at, subject="card.ready")
        moment = replace(moment, dossier=record(moment.dossier, event)[0], now=at)
        for step in range(draw(st.integers(0, 4))):
            moment = draw(served(moment, f"s{number}-{step}"))
    return moment


def spoke_of_the_card(attempt: Attempt) -> bool:
    is_about_it = attempt.notice.kind in {Kind.CARD_READY, Kind.CARD_WAITING}
    return is_about_it and attempt.may_have_been_read


@given(mistakes())
def test_whoever_may_believe_that_the_card_is_there_is_told_or_a_person_knows(
    moment: Moment,
) -> None:
    dossier = moment.dossier
    plan = owed(dossier, DESK, moment.addresses, moment.now)
    said = [a for a in dossier.ledger if spoke_of_the_card(a) or a.notice.kind is Kind.CORRECTION]
    if plan.state == "card_ready" or not said or said[-1].notice.kind is Kind.CORRECTION:
        return
    ahead = {o.notice.kind for o in (*plan.due, *plan.later)}
    assert ahead & {Kind.CORRECTION, Kind.UNREACHABLE} or dossier.open_work or plan.settled


@given(mistakes())
def test_nobody_is_corrected_who_cannot_have_been_mistaken(moment: Moment) -> None:
    heard = False
    for attempt in moment.dossier.ledger:
        heard = heard or spoke_of_the_card(attempt)
        assert heard or attempt.notice.kind is not Kind.CORRECTION
