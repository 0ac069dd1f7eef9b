"""What the desk says has its effect, or is refused with the reason before it is recorded."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import Attempt, FailureClass, Kind, Notice, Status
from chalicelib.domain.contact import Channel, edition_of
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import WithoutEffect
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.facts import State
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.words import word
from chalicelib.pipeline.desk_actions import NOTES_AT_MOST
from chalicelib.pipeline.ports import Loaded
from tests.builders import (
    CONTACT,
    DOSSIER,
    a_dossier,
    a_notice,
    a_step,
    a_word,
    an_attempt,
    an_erasure,
    an_event,
    cancelled,
    confirmed,
    missed,
    paris,
    rescheduled,
    selected,
)
from tests.pipeline.worlds import DeskInMemory

NOTICE = a_notice(Kind.CONVOCATION, "e1")
NOW = paris("2019-04-10 12:00")
BY_MAIL = replace(CONTACT, mobile=None, phone=None)
REQUEST = a_notice(Kind.CONFIRMATION_REQUEST, "s")
READY = a_step(EventType.CARD_READY, "2019-07-01 15:00", event_id="r")


def sent_recently(dossier: Dossier, notice: Notice) -> datetime | None:
    desk = DeskInMemory(at=NOW)
    desk.dossiers.write(desk.dossiers.load(dossier.dossier_id), desk.planner.write(dossier, NOW))
    return desk.desk_actions.sent_recently(dossier.dossier_id, str(notice))


@pytest.mark.parametrize(
    ("status", "at", "is_recent"),
    [
        (Status.DELIVERED, "2019-04-10 11:00", True),
        (Status.ACCEPTED, "2019-04-09 12:01", True),
        (Status.ACCEPTED, "2019-04-09 12:00", False),  # a day ago
        (Status.CLAIMED, "2019-04-10 11:59", True),
        (Status.UNKNOWN, "2019-04-10 11:00", True),
        (Status.BOUNCED, "2019-04-10 11:00", False),
        (Status.FAILED, "2019-04-10 11:00", False),
        (Status.POSTPONED, "2019-04-10 11:00", False),
    ],
)
def test_what_left_within_a_day_is_told(status: Status, at: str, is_recent: bool) -> None:
    dossier = a_dossier(selected(), ledger=(an_attempt(NOTICE, status, at),))
    assert sent_recently(dossier, NOTICE) == (paris(at) if is_recent else None)


def test_another_notice_does_not_count() -> None:
    dossier = a_dossier(
        selected(), ledger=(an_attempt(NOTICE, Status.DELIVERED, "2019-04-10 11:00"),)
    )
    assert sent_recently(dossier, a_notice(Kind.CONVOCATION, "e2")) is None


def booked(*, mobile: bool = True) -> DeskInMemory:
    """Whose request to confirm has arrived."""
    desk = DeskInMemory()
    contact = CONTACT if mobile else BY_MAIL
    desk.take(selected(event_id="s", contact=contact))
    desk.serve()
    desk.everything_arrives()
    desk.serve()
    return desk


def test_how_a_student_is_reached_is_what_was_said_last() -> None:
    desk = DeskInMemory()
    assert desk.desk_actions.known_contact(DOSSIER) is None
    desk.take(selected())
    assert desk.desk_actions.known_contact(DOSSIER) == CONTACT


def asked(notice: Notice, event_id: str = "again") -> Event:
    """Somebody wants it sent once more."""
    return a_word(EventType.ASKED_AGAIN, "2019-04-08 10:00", notice, event_id=event_id)


def closed(line: Attempt, event_id: str = "closed") -> Event:
    """Somebody has dealt with a line of the work list."""
    return a_word(EventType.WORK_CLOSED, "2019-04-08 10:00", line.notice, event_id=event_id)


def contact_saved(event_id: str = "saved", **given: object) -> Event:
    """Somebody has saved the form of the address."""
    contact = replace(BY_MAIL, **given)  # type: ignore[arg-type]  # a table of words
    return a_word(EventType.CONTACT_UPDATED, "2019-04-08 10:00", event_id=event_id, contact=contact)


def left(desk: DeskInMemory) -> list[str]:
    return [f"{a.notice.kind} {a.attempt}" for a in desk.ledger if a.token]


def lines(desk: DeskInMemory) -> list[str]:
    return [a.notice.kind for a in desk.ledger if a.status is Status.OPEN]


# Send it again


def test_a_message_that_is_asked_for_again_leaves_once() -> None:
    desk = booked()
    assert desk.act(asked(REQUEST)) is Recorded.RECORDED
    assert [s.status for s in desk.serve()] == [Status.ACCEPTED]
    assert left(desk) == ["confirmation_request 1", "confirmation_request 2"]


@pytest.mark.parametrize("seconds", [-300, -5, -1, 0, 1, 5, 300])
def test_it_leaves_once_whatever_the_workers_clock_says(seconds: int) -> None:
    desk = booked()
    desk.act(asked(REQUEST))
    console, desk.at = desk.at, desk.at + timedelta(seconds=seconds)
    for _ in range(3):
        desk.serve()
        desk.everything_arrives()
    desk.at = max(console, desk.at) + timedelta(minutes=10)
    desk.serve()
    assert left(desk) == ["confirmation_request 1", "confirmation_request 2"]


def test_asked_for_twice_before_it_left_it_leaves_once_and_twice_after_it_left() -> None:
    desk = booked()
    desk.act(asked(REQUEST, "one"))
    desk.act(asked(REQUEST, "two"))
    desk.serve()
    assert len(left(desk)) == 2
    desk.act(asked(REQUEST, "three"))
    desk.serve()
    assert len(left(desk)) == 3


def test_a_second_press_of_the_same_button_is_a_duplicate() -> None:
    desk = booked()
    desk.act(asked(REQUEST))
    desk.serve()
    assert desk.act(asked(REQUEST)) is Recorded.DUPLICATE


def a_note(number: int) -> Event:
    words = f"Rappeler le {number} juin."
    said = {"source": Source.DESK, "by": "c.martin", "why": words}
    return an_event(EventType.NOTED, "2019-05-10 10:00", f"note-{number}", **said)


def test_a_note_is_kept_with_who_wrote_it_and_changes_nothing_else() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    before = desk.dossiers.load(DOSSIER)
    assert desk.act(a_note(1)) is Recorded.RECORDED
    after = desk.dossiers.load(DOSSIER)
    noted = after.dossier.events[-1]
    assert (noted.why, noted.by) == ("Rappeler le 1 juin.", "c.martin")
    assert (after.state, after.findable) == (before.state, before.findable)
    assert replace(after.dossier.facts, known_since=None) == replace(
        before.dossier.facts, known_since=None
    )
    assert "Rappeler" not in " ".join(desk.dossiers.journal(DOSSIER))


def test_a_dossier_holds_so_many_notes_and_no_more() -> None:
    desk = DeskInMemory()
    desk.take(selected())
    for number in range(NOTES_AT_MOST):
        desk.act(a_note(number))
    with pytest.raises(WithoutEffect, match="too_many_notes"):
        desk.act(a_note(NOTES_AT_MOST))


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_note_begins_no_dossier_and_none_anew(*, is_forgotten: bool) -> None:
    desk = DeskInMemory()
    if is_forgotten:
        desk.take(selected())
        desk.forget(DOSSIER)
    with pytest.raises(WithoutEffect, match="nobody"):
        desk.act(a_note(1))
    assert desk.dossiers.load(DOSSIER).dossier.events == ()


def comes(at: str, revision: str = "s") -> Event:
    said = {"source": Source.DESK, "by": "c.martin", "appointment_id": "A1", "revision": revision}
    return an_event(EventType.CONFIRMED, at, f"comes-{at[-5:]}", **said)


def test_whoever_says_at_the_desk_that_they_come_is_summoned() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    desk.travel("2019-05-13 12:00")
    desk.acted(comes("2019-05-13 12:00"))
    desk.serve()
    dossier = desk.dossiers.load(DOSSIER).dossier
    assert dossier.state is State.CONFIRMED
    assert [a.notice.kind for a in desk.ledger][-1] is Kind.CONVOCATION
    assert dossier.open_work == ()


@pytest.mark.parametrize(
    ("then", "act", "reason"),
    [
        (None, comes("2019-05-14 12:00"), "slot_passed"),
        (None, comes("2019-05-10 12:00", "other"), "slot_changed"),
        (
            an_event(EventType.CANCELLED, "2019-05-09 10:00", appointment_id="A1"),
            comes("2019-05-10 12:00"),
            "slot_changed",
        ),
        (
            rescheduled("2019-05-09 10:00", "2019-05-16 14:00"),
            comes("2019-05-10 12:00"),
            "slot_changed",
        ),
        (confirmed("2019-05-09 10:00", "s"), comes("2019-05-10 12:00"), "confirmed_already"),
    ],
)
def test_only_the_hour_that_stands_ahead_is_confirmed(
    then: Event | None, act: Event, reason: str
) -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    if then:
        desk.take(then)
    desk.at = act.received_at
    with pytest.raises(WithoutEffect, match=reason):
        desk.act(act)


def new_links(event_id: str = "new") -> Event:
    said = {"source": Source.DESK, "by": "c.martin", "why": "boîte partagée"}
    return an_event(EventType.LINKS_RENEWED, "2019-04-08 10:30", event_id, **said)


def test_new_links_kill_the_old_ones_and_the_message_of_the_moment_brings_them() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    desk.serve()
    before = desk.dossiers.load(DOSSIER).dossier.facts.links
    desk.at = paris("2019-04-08 10:30")
    assert desk.act(new_links()) is Recorded.RECORDED
    desk.serve()
    after = desk.dossiers.load(DOSSIER).dossier
    assert before.name not in after.facts.links.names
    assert [(a.notice.kind, a.links) for a in after.ledger] == [
        (Kind.CONFIRMATION_REQUEST, before.name),
        (Kind.CONFIRMATION_REQUEST, after.facts.links.name),
    ]


def test_where_no_link_ever_left_there_are_no_others_to_give() -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s"))
    with pytest.raises(WithoutEffect, match="no_links"):
        desk.act(new_links())
    desk.serve()
    desk.take(an_erasure(EventType.ERASURE_REQUESTED, desk.at))
    with pytest.raises(WithoutEffect, match="erased_soon"):
        desk.act(new_links())


MOMENT_IS_OVER = [
    (
        [selected(event_id="s"), confirmed("2019-04-08 11:00", "s"), READY],
        a_notice(Kind.CONFIRMATION_REQUEST, "s"),
    ),
    (
        [selected(event_id="s"), confirmed("2019-04-08 11:00", "s"), READY],
        a_notice(Kind.CONVOCATION, "s"),
    ),
    (
        [
            a_step(EventType.DEPOSITED, "2019-05-14 10:50", event_id="d", contact=CONTACT),
            READY,
        ],
        a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14"),
    ),
]


@pytest.mark.parametrize(("life", "notice"), MOMENT_IS_OVER)
def test_a_message_whose_moment_is_over_is_refused_and_nothing_is_recorded(
    life: list[Event], notice: Notice
) -> None:
    desk = DeskInMemory()
    for event in life:
        desk.take(event)
        desk.serve()
        desk.everything_arrives()
    before = desk.dossiers.load("G-2019-0412")
    assert notice in [a.notice for a in before.dossier.ledger]
    with pytest.raises(WithoutEffect, match="over"):
        desk.act(asked(notice))
    assert desk.dossiers.load("G-2019-0412") == before


def test_what_is_wanted_of_another_appointment_is_not_what_was_asked_for() -> None:
    desk = booked()
    other = selected(event_id="c", appointment_id="C1", is_purpose_said=True)
    desk.take(replace(other, purpose=SlotPurpose.COLLECT))
    desk.serve()
    desk.take(cancelled("2019-04-08 10:00", event_id="x", appointment_id="C1"))
    desk.act(asked(REQUEST, "one"))
    with pytest.raises(WithoutEffect, match="over"):
        desk.act(asked(a_notice(Kind.CONFIRMATION_REQUEST, "c"), "two"))


REFUSED = [
    (a_notice(Kind.CARD_READY, "2019-07-01"), "never_was"),
    (a_notice(Kind.CONFIRMATION_REQUEST, "another"), "never_was"),
    (a_notice(Kind.CONFIRMATION_REQUEST, "s", Channel.SMS), "never_was"),
    (a_notice(Kind.CONFIRMATION_REQUEST, "s", number=2), "never_was"),
    (a_notice(Kind.CONFIRMATION_REMINDER, "s"), "planned"),
]


@pytest.mark.parametrize(("notice", "reason"), REFUSED)
def test_what_cannot_leave_is_refused_with_the_reason(notice: Notice, reason: str) -> None:
    with pytest.raises(WithoutEffect) as refused:
        booked().act(asked(notice))
    assert refused.value.reason == reason
    assert word("refusals", reason).endswith(".")


def test_a_message_that_would_come_after_its_end_is_refused() -> None:
    desk = booked()
    desk.at = paris("2019-05-14 10:30")
    with pytest.raises(WithoutEffect, match="too_late"):
        desk.act(asked(REQUEST))


@pytest.mark.parametrize("email", [None, "lea.@example.org"])
def test_a_message_to_somebody_without_an_address_is_refused(email: str | None) -> None:
    desk = DeskInMemory()
    desk.take(selected(event_id="s", contact=replace(CONTACT, email=email, mobile=None)))
    desk.serve()
    with pytest.raises(WithoutEffect, match="no_address"):
        desk.act(asked(REQUEST))


def test_a_reminder_that_its_student_does_not_want_is_refused() -> None:
    desk = booked(mobile=False)
    desk.report(desk.ledger[0], Status.COMPLAINED)
    desk.serve()
    with pytest.raises(WithoutEffect, match="complained"):
        desk.act(asked(a_notice(Kind.CONFIRMATION_REMINDER, "s")))


def test_news_that_came_too_late_leave_if_a_person_says_so() -> None:
    desk = DeskInMemory()
    deposit = a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=BY_MAIL, event_id="d")
    desk.take(replace(deposit, received_at=paris("2019-06-01 10:00")))
    desk.at += timedelta(minutes=1)
    desk.serve()
    [line] = [a for a in desk.ledger if a.notice.kind is Kind.TOO_LATE_TO_SEND]
    receipt = a_notice(Kind.DEPOSIT_RECEIPT, "2019-05-14")
    assert line.losses == (f"{receipt}#0",)
    assert desk.act(asked(receipt)) is Recorded.RECORDED
    desk.serve()
    assert (left(desk), lines(desk)) == (["deposit_receipt 1"], [])


# An address of which somebody says that it is good


def bounced() -> DeskInMemory:
    """Whose request to confirm came back: there is no such address."""
    desk = booked(mobile=False)
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    assert (left(desk), lines(desk)) == (["confirmation_request 1"], ["unreachable"])
    return desk


@pytest.mark.parametrize("word", [asked(REQUEST), contact_saved()])
def test_a_persons_word_earns_a_refused_address_one_more_try(word: Event) -> None:
    desk = bounced()
    assert desk.act(word) is Recorded.RECORDED
    desk.serve()
    assert left(desk) == ["confirmation_request 1", "confirmation_request 2"]
    desk.report(desk.ledger[-1], Status.BOUNCED, FailureClass.ADDRESS)
    desk.travel("2019-04-09 18:00")
    assert len(left(desk)) == 2
    assert lines(desk) == ["unreachable"]


def test_while_that_try_is_under_way_no_other_message_is_risked() -> None:
    desk = bounced()
    desk.take(confirmed("2019-04-08 11:00", "s"))
    desk.serve()
    desk.act(contact_saved())
    desk.serve()
    assert left(desk)[1:] == ["convocation 1"]
    desk.take(an_event(EventType.CANCELLED, "2019-04-08 12:00", appointment_id="A1"))
    desk.serve()
    assert len(left(desk)) == 2
    desk.everything_arrives()
    desk.travel("2019-04-08 12:02")
    assert left(desk)[2:] == ["appointment_cancelled 1"]


def test_what_somebody_asked_for_is_the_message_that_their_word_earns() -> None:
    """And not whatever else waits for the same number: that is risked when this one has arrived."""
    desk = booked()
    desk.take(READY)
    desk.serve()
    for channel in (Channel.EMAIL, Channel.SMS):
        for one in desk.ledger[1:]:
            if one.notice.channel is channel:
                desk.report(one, Status.FAILED, FailureClass.ADDRESS)
        desk.serve()
    [contact_us] = [a for a in desk.ledger if a.notice.kind is Kind.CONTACT_US]
    before = left(desk)
    desk.act(asked(contact_us.notice))
    desk.serve()
    assert left(desk)[len(before) :] == ["contact_us 2"]
    desk.everything_arrives()
    desk.serve()
    assert left(desk)[len(before) + 1 :] == ["card_ready 2"]


@pytest.mark.parametrize("is_served_between", [True, False])
def test_of_two_that_are_asked_for_each_leaves(*, is_served_between: bool) -> None:
    """Whether the first is under way or still waits: both words were taken in."""
    desk = DeskInMemory()
    desk.take(a_step(EventType.DEPOSITED, "2019-04-08 10:00", contact=BY_MAIL))
    desk.serve()
    desk.report(desk.ledger[0], Status.BOUNCED, FailureClass.ADDRESS)
    desk.travel("2019-05-21 10:00")
    assert left(desk) == ["deposit_receipt 1"]
    for kind in (Kind.NO_NEWS, Kind.DEPOSIT_RECEIPT):
        desk.act(asked(a_notice(kind, "2019-04-08"), f"again-{kind}"))
        if is_served_between:
            desk.serve()
    desk.serve()
    assert sorted(left(desk)) == ["deposit_receipt 1", "deposit_receipt 2", "no_news 1"]


def test_an_sms_that_fails_after_its_number_was_taken_away_is_named() -> None:
    """Whoever had dealt with the message before knew nothing of this try."""
    desk = DeskInMemory()
    desk.take(replace(READY, contact=CONTACT))
    desk.serve()
    for one in desk.ledger:
        desk.report(one, Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    desk.at += timedelta(minutes=1)
    desk.act(closed(line))
    desk.act(asked(a_notice(Kind.CARD_READY, "2019-07-01", channel=Channel.SMS)))
    desk.serve()
    desk.act(contact_saved(email="not an address"))
    desk.serve()
    assert lines(desk) == []  # it may still arrive
    [sms] = [
        a for a in desk.ledger if a.status is Status.ACCEPTED and a.notice.channel is Channel.SMS
    ]
    desk.report(sms, Status.FAILED, FailureClass.ADDRESS)
    desk.serve()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    assert f"{sms.notice}#2" in line.losses


def test_an_address_that_took_the_second_try_is_good_again() -> None:
    desk = bounced()
    desk.act(contact_saved())
    desk.serve()
    desk.everything_arrives()
    desk.serve()
    assert lines(desk) == []
    desk.take(confirmed("2019-04-08 12:00", "s"))
    desk.serve()
    assert left(desk)[2:] == ["convocation 1"]


def test_the_booking_systems_word_is_no_persons() -> None:
    desk = bounced()
    desk.take(an_event(EventType.CONTACT_UPDATED, "2019-04-08 12:00", contact=BY_MAIL))
    desk.serve()
    assert len(left(desk)) == 1


# A line of the work list


def test_a_loss_that_is_learnt_after_the_line_was_closed_opens_another() -> None:
    """Though it is dated before: by a webhook that took its time, or by a list of cards."""
    desk = bounced()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    desk.at += timedelta(hours=1)
    desk.act(closed(line))
    desk.serve()
    assert lines(desk) == []
    card = a_step(EventType.CARD_READY, "2019-04-08 10:30", received_at=desk.at)
    desk.take(card)
    desk.at += timedelta(minutes=1)  # an old event waits for the others of its backlog
    desk.serve()
    assert lines(desk) == ["unreachable"]


def test_a_receipt_that_comes_after_the_line_was_closed_opens_another() -> None:
    desk = booked(mobile=False)
    desk.take(confirmed("2019-04-08 10:20", "s"))
    desk.serve()
    request, convocation = desk.ledger
    desk.at += timedelta(minutes=30)
    desk.report(request, Status.BOUNCED, FailureClass.MESSAGE)
    desk.report(convocation, Status.BOUNCED, FailureClass.MESSAGE)
    desk.serve()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    assert line.losses == (f"{convocation.notice}#1",)


def test_a_line_that_has_grown_since_the_page_was_opened_is_read_again_before_it_is_closed() -> (
    None
):
    desk = bounced()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    desk.take(confirmed("2019-04-08 10:30", "s"))
    desk.serve()
    [grown] = desk.dossiers.load("G-2019-0412").dossier.open_work
    assert (grown.claimed_at, grown.losses) == (line.claimed_at, ("convocation.1.s.email#0",))
    with pytest.raises(WithoutEffect, match="changed"):
        desk.act(closed(line), seen=line.edition)
    assert desk.act(closed(line), seen=grown.edition) is Recorded.RECORDED


@pytest.mark.parametrize("source", [Source.DESK, Source.BOOKING])
def test_a_contact_that_has_changed_since_the_page_was_opened_is_not_written_over(
    source: Source,
) -> None:
    desk = bounced()
    seen = edition_of(desk.desk_actions.known_contact(DOSSIER))
    at = "2019-04-08 10:10"
    other = replace(BY_MAIL, email="l.benali@example.net")
    desk.take(an_event(EventType.CONTACT_UPDATED, at, "other", source=source, contact=other))
    with pytest.raises(WithoutEffect, match="contact_changed"):
        desk.act(contact_saved(phone="06 98 76 54 32"), seen=seen)
    assert desk.desk_actions.known_contact(DOSSIER) == other
    saved = contact_saved(email=other.email, phone="06 98 76 54 32")
    assert desk.act(saved, seen=edition_of(other)) is Recorded.RECORDED
    assert desk.act(saved, seen=edition_of(other)) is Recorded.DUPLICATE


def test_a_line_that_is_closed_already_is_not_closed_again() -> None:
    desk = bounced()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    desk.act(closed(line))
    with pytest.raises(WithoutEffect, match="not_open"):
        desk.act(closed(line, "once-more"))
    assert desk.take(closed(line, "unasked")) == [Recorded.STALE]


def test_of_two_who_close_a_line_at_once_the_second_hears_that_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = bounced()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    load = desk.dossiers.load

    def overtaken(dossier_id: str) -> Loaded:
        """Between the look and the write the other one is done."""
        monkeypatch.setattr(desk.dossiers, "load", load)
        seen = load(dossier_id)
        assert desk.take(closed(line, "the-others")) == [Recorded.RECORDED]
        return seen

    monkeypatch.setattr(desk.dossiers, "load", overtaken)
    with pytest.raises(WithoutEffect, match="not_open"):
        desk.act(closed(line))


def test_another_failed_try_of_what_was_dealt_with_is_a_loss_of_its_own() -> None:
    desk = bounced()
    [line] = desk.dossiers.load("G-2019-0412").dossier.open_work
    desk.act(closed(line))
    desk.act(contact_saved())
    desk.serve()
    desk.report(desk.ledger[-1], Status.BOUNCED, FailureClass.ADDRESS)
    desk.serve()
    assert lines(desk) == ["unreachable"]


def test_a_step_that_is_not_recorded_cannot_be_taken_back() -> None:
    with pytest.raises(WithoutEffect, match="no_step"):
        booked().act(a_word(EventType.WITHDRAWN, "2019-04-08 10:00", EventType.CARD_READY))


def test_a_clock_that_runs_ahead_beats_nobody() -> None:
    """The sender's is five minutes ahead; the desk takes the card back a minute later."""
    desk = booked()
    ahead = a_step(EventType.CARD_READY, "2019-04-08 10:10", received_at=paris("2019-04-08 10:05"))
    desk.take(ahead)
    desk.at = paris("2019-04-08 10:06")
    desk.act(a_word(EventType.WITHDRAWN, "2019-04-08 10:06", EventType.CARD_READY, event_id="w"))
    assert desk.dossiers.load("G-2019-0412").state == "booked"


@pytest.mark.parametrize(
    ("at", "appointment", "outcome"),
    [
        ("2019-05-14 10:29", "A1", None),
        ("2019-05-14 10:30", "A1", Recorded.RECORDED),
        ("2019-05-14 10:29", "A0", Recorded.RECORDED),  # of another one nothing is known
    ],
)
def test_nobody_is_noted_as_missed_before_the_hour(
    at: str, appointment: str, outcome: Recorded | None
) -> None:
    desk = booked()
    desk.at = paris(at)
    said = missed(at, source=Source.DESK, received_at=desk.at, appointment_id=appointment)
    if outcome:
        assert desk.act(said) is outcome
    else:
        with pytest.raises(WithoutEffect, match="not_yet"):
            desk.act(said)


def test_a_miss_of_an_unknown_dossier_is_taken_in() -> None:
    assert DeskInMemory().act(missed("2019-05-14 12:00", source=Source.DESK))
