"""An event becomes part of its dossier, at most once, whatever the order."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, NoSms
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.errors import (
    LostRace,
    StorageUnavailable,
    Unreadable,
    Unusable,
    WithoutEffect,
)
from chalicelib.domain.events import Event, EventType, Source
from chalicelib.domain.recording import Recorded
from chalicelib.pipeline.intake import FULL, FULL_FOR_THE_END
from chalicelib.pipeline.ports import DOSSIERS_AT_MOST
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    a_step,
    an_erasure,
    an_event,
    cancelled,
    ids,
    paris,
    rescheduled,
    selected,
)
from tests.fakes import ids_of
from tests.pipeline.worlds import DeskInMemory

FORMER = "G-2018-0001"


@pytest.fixture
def desk() -> DeskInMemory:
    return DeskInMemory()


def test_a_recorded_event_wakes_its_dossier(desk: DeskInMemory) -> None:
    assert desk.take(selected()) == [Recorded.RECORDED]
    assert desk.queue.woken == [DOSSIER]
    assert desk.next_due_at == desk.at


def test_where_nobody_says_it_a_slot_is_for_what_the_desk_stood_for_on_its_day(
    desk: DeskInMemory,
) -> None:
    (first,) = DESK.terms
    later = replace(first, valid_from=date(2019, 5, 1), appointments=(SlotPurpose.COLLECT,))
    desk.planner = replace(desk.planner, desk=replace(DESK, terms=(first, later)))
    before = selected("2019-04-08 10:00", "2019-04-30 10:30", event_id="s1")
    after = selected("2019-04-08 10:00", "2019-05-02 10:30", event_id="s2", appointment_id="A2")
    said = replace(after, event_id="s3", appointment_id="A3", is_purpose_said=True)
    desk.take(before, after, said)
    kept = {e.event_id: e.purpose for e in desk.dossiers.load(DOSSIER).dossier.events}
    assert kept == {
        "s1": SlotPurpose.DEPOSIT,
        "s2": SlotPurpose.COLLECT,
        "s3": SlotPurpose.DEPOSIT,
    }


def test_a_duplicate_writes_nothing_and_wakes_nobody(desk: DeskInMemory) -> None:
    desk.take(selected(), selected())
    assert desk.queue.woken == [DOSSIER]
    assert len(desk.dossiers.journal(DOSSIER)) == 1


def test_a_resync_is_one_write_and_wakes_nobody_not_even_the_former_dossier(
    desk: DeskInMemory,
) -> None:
    first = selected(renews=FORMER)
    desk.take(first)
    before = [desk.dossiers.load(one) for one in (DOSSIER, FORMER)]
    lines = [desk.dossiers.journal(one) for one in (DOSSIER, FORMER)]
    desk.queue.woken.clear()
    for night in range(1, 61):
        at = first.at + timedelta(days=night)
        desk.at = at
        told = replace(first, event_id=f"night-{night}", at=at, received_at=at)
        assert desk.take(told) == [Recorded.DUPLICATE]
    after = [desk.dossiers.load(one) for one in (DOSSIER, FORMER)]
    assert [one.dossier.events for one in after] == [one.dossier.events for one in before]
    assert [now.version - then.version for now, then in zip(after, before, strict=True)] == [60, 60]
    assert [desk.dossiers.journal(one) for one in (DOSSIER, FORMER)] == lines
    assert desk.queue.woken == []


def test_a_repetition_that_loses_a_race_is_recorded_after_the_other(desk: DeskInMemory) -> None:
    desk.take(first := selected())
    desk.dossiers.races = 1
    at = first.at + timedelta(days=1)
    assert desk.take(replace(first, event_id="again", at=at, received_at=at)) == ["duplicate"]
    (kept,) = desk.dossiers.load(DOSSIER).dossier.repetitions
    assert (kept.of, kept.event_id) == (first.event_id, "again")


def test_a_stale_event_is_kept_and_told(desk: DeskInMemory) -> None:
    said = desk.take(rescheduled("2019-04-09 09:00", "2019-05-16 14:00"), selected(contact=None))
    assert said == [Recorded.RECORDED, Recorded.STALE]
    assert "stale" in desk.dossiers.journal(DOSSIER)[1]


def test_another_body_under_a_known_id_goes_to_quarantine_whole(desk: DeskInMemory) -> None:
    event = selected(event_id="e", digest="one")
    said = desk.take(event, replace(event, digest="two"))
    assert said == [Recorded.RECORDED, Recorded.QUARANTINED]
    assert [(i.event_id, i.body) for i in desk.quarantine.items] == [("e", b"body")]


def a_refusal(number: int) -> Event:
    """As long as one can be, and unlike any other."""
    at = paris("2019-04-09 10:00") + timedelta(hours=number)
    papers = tuple(f"{number} {paper} {'x' * 290}" for paper in range(50))
    return replace(
        a_step(EventType.INCOMPLETE, "2019-04-09 10:00"),
        event_id=f"i{number}",
        at=at,
        received_at=at,
        missing_documents=papers,
    )


def test_a_full_dossier_takes_no_more_from_the_booking_system(desk: DeskInMemory) -> None:
    """What DynamoDB could not store would be refused for ever; so the event waits for a person."""
    desk.dossiers.is_measured = True
    with pytest.raises(Unusable, match="300,000 bytes"):
        desk.take(*map(a_refusal, range(40)))
    kept = desk.dossiers.load(DOSSIER)
    most = FULL[Source.BOOKING]
    assert most < kept.size < most + 65_536 < 400_000 - 32_768


def test_a_full_dossier_still_hears_its_student_and_the_desk(desk: DeskInMemory) -> None:
    desk.dossiers.is_measured = True
    desk.take(*map(a_refusal, range(20)))
    assert desk.dossiers.load(DOSSIER).size > FULL[Source.BOOKING]
    at = desk.at + timedelta(hours=1)
    word = an_event(EventType.ASKED_AGAIN, at, source=Source.DESK, subject="convocation.1.s.email")
    assert desk.take(word) == [Recorded.RECORDED]


def test_whatever_an_operator_types_a_receipt_still_fits(desk: DeskInMemory) -> None:
    """They are told so; and what ends the dossier is taken in."""
    desk.dossiers.is_measured = True
    lists = [replace(a_refusal(number), source=Source.DESK) for number in range(40)]
    taken = [one for one in lists if _is_taken(desk, one)]
    assert len(taken) < len(lists)
    assert FULL[Source.DESK] < desk.dossiers.load(DOSSIER).size < FULL_FOR_THE_END
    note = an_event(EventType.NOTED, lists[-1].at, source=Source.DESK, why="x")
    with pytest.raises(WithoutEffect, match="full"):
        desk.act(note)
    for kind in (EventType.ERASURE_REQUESTED, EventType.ERASURE_WITHDRAWN):
        assert desk.act(an_erasure(kind, lists[-1].at)) is Recorded.RECORDED
    assert desk.dossiers.load(DOSSIER).size < 400_000 - 20_000


def _is_taken(desk: DeskInMemory, event: Event) -> bool:
    try:
        return desk.act(event) is Recorded.RECORDED
    except WithoutEffect as error:
        assert error.reason == "full"  # noqa: PT017  each of several is looked at
        return False


def test_a_full_former_dossier_still_hears_that_it_was_renewed(desk: DeskInMemory) -> None:
    refusals = [replace(a_refusal(number), dossier_id=FORMER) for number in range(20)]
    desk.dossiers.is_measured = True
    desk.take(*refusals)
    assert desk.dossiers.load(FORMER).size > FULL[Source.BOOKING]
    assert desk.take(renewal()) == [Recorded.RECORDED]
    assert renewed(desk)


def test_a_dossier_grows_by_news_of_others_until_the_end_of_its_room(desk: DeskInMemory) -> None:
    desk.dossiers.is_measured = True
    for number in range(40):
        _is_taken(desk, replace(a_refusal(number), dossier_id=FORMER, source=Source.DESK))
    said = (renewal(), cancelled("2020-05-05 10:00"))
    days = [said[1].at + timedelta(days=number) for number in range(400)]
    by_others = [
        replace(one, dossier_id=f"N{day:%j}", event_id=f"{day:%F}{one.type}", received_at=day)
        for day in days
        for one in said
    ]
    with pytest.raises(Unusable, match="370,000"):
        desk.take(*by_others)
    assert desk.dossiers.load(FORMER).size < 400_000 - 20_000


def test_a_full_dossier_knows_a_duplicate(desk: DeskInMemory) -> None:
    desk.dossiers.is_measured = True
    desk.take(*map(a_refusal, range(20)))
    assert desk.take(a_refusal(3)) == [Recorded.DUPLICATE]


def test_a_full_dossier_keeps_no_repetition(desk: DeskInMemory) -> None:
    desk.dossiers.is_measured = True
    desk.take(*map(a_refusal, range(20)))
    last = desk.dossiers.load(DOSSIER).dossier.events[-1]
    at = last.at + timedelta(hours=1)
    again = replace(last, event_id="again", at=at, received_at=at)
    assert desk.take(again) == [Recorded.DUPLICATE]
    assert desk.dossiers.load(DOSSIER).dossier.repetitions == ()


def test_what_is_quarantined_twice_is_kept_once(desk: DeskInMemory) -> None:
    for _ in range(2):
        desk.intake.quarantine("e", "type: unknown", b"{}")
    assert len(desk.quarantine.items) == 1


def test_a_lost_wake_up_is_harmless_because_the_dossier_stands_in_the_index(
    desk: DeskInMemory,
) -> None:
    desk.queue.is_down = True
    assert desk.take(selected()) == [Recorded.RECORDED]
    assert ids(desk.dossiers.due(desk.at)) == [DOSSIER]
    assert len(desk.lost_wakes) == 1


def test_when_storage_is_down_nothing_is_acknowledged(desk: DeskInMemory) -> None:
    desk.dossiers.is_down = True
    with pytest.raises(StorageUnavailable):
        desk.take(selected())


def test_a_lost_race_is_run_again(desk: DeskInMemory) -> None:
    desk.dossiers.races = 4
    assert desk.take(selected()) == [Recorded.RECORDED]


def test_a_race_lost_five_times_is_for_the_sender_to_try_again(desk: DeskInMemory) -> None:
    desk.dossiers.races = 5
    with pytest.raises(LostRace):
        desk.take(selected())


HELD_BY = {EventType.DEPOSITED, EventType.CARD_READY, EventType.COLLECTED}


def renewal(**more: object):  # type: ignore[no-untyped-def]
    return selected("2020-05-04 10:00", "2020-06-02 10:00", renews=FORMER, event_id="n", **more)


def renewed(desk: DeskInMemory) -> bool:
    return desk.dossiers.load(FORMER).dossier.facts.renewal_booked


def test_a_dossier_that_renews_another_tells_it(desk: DeskInMemory) -> None:
    desk.take(renewal())
    assert renewed(desk)
    assert desk.queue.woken == [DOSSIER], "the former one has nothing due now"


@pytest.mark.parametrize("kind", sorted(HELD_BY))
def test_a_renewal_holds_by_any_step_of_its_dossier(desk: DeskInMemory, kind: EventType) -> None:
    gone = cancelled("2020-05-05 10:00")
    desk.take(renewal(), gone)
    assert not renewed(desk)
    desk.take(a_step(kind, "2020-05-06 10:00"))
    assert renewed(desk)


def test_a_renewal_without_a_live_appointment_counts_no_more_until_it_is_deposited(
    desk: DeskInMemory,
) -> None:
    desk.take(renewal(), cancelled("2020-05-05 10:00"))
    assert not renewed(desk)
    desk.take(a_step(EventType.DEPOSITED, "2020-06-10 10:00"))
    assert renewed(desk)


def test_the_former_dossier_is_told_even_if_the_first_delivery_died_in_between(
    desk: DeskInMemory,
) -> None:
    desk.take(renewal())
    del desk.dossiers.kept[FORMER]
    assert desk.take(renewal()) == [Recorded.DUPLICATE]
    assert renewed(desk)


@pytest.mark.parametrize("kind", [None, *sorted(HELD_BY)])
def test_a_renewal_that_is_closed_counts_no_more_until_the_desk_takes_that_back(
    desk: DeskInMemory, kind: EventType | None
) -> None:
    steps = [a_step(kind, "2020-05-06 10:00")] if kind else []
    desk.take(renewal(), *steps, a_step(EventType.CLOSED, "2020-05-20 10:00"))
    assert not renewed(desk)
    undone = an_event(
        EventType.WITHDRAWN,
        "2020-05-21 10:00",
        source=Source.DESK,
        subject=EventType.CLOSED.value,
    )
    desk.take(undone)
    assert renewed(desk)


def test_a_dossier_that_says_it_renews_itself_tells_nobody(desk: DeskInMemory) -> None:
    desk.take(selected(renews=DOSSIER))
    assert ids_of(desk.dossiers) == [DOSSIER]


def test_a_time_in_the_future_is_quarantined(desk: DeskInMemory) -> None:
    ahead = replace(selected("2019-04-08 12:00"), received_at=paris("2019-04-08 10:00"))
    assert desk.take(ahead) == [Recorded.QUARANTINED]
    assert ids_of(desk.dossiers) == []


@pytest.mark.parametrize("order", [("n", "c", "d"), ("n", "d", "c"), ("d", "c", "n")])
def test_a_former_dossier_hears_the_same_whatever_the_order(
    desk: DeskInMemory, order: tuple[str, ...]
) -> None:
    news = {
        "n": renewal(),
        "c": cancelled("2020-05-20 10:00"),
        "d": a_step(EventType.DEPOSITED, "2020-05-14 10:00"),
    }
    for minutes, name in enumerate(order):
        arrives = paris("2020-05-21 10:00") + timedelta(minutes=minutes)
        desk.take(replace(news[name], received_at=arrives))
    assert renewed(desk)


def test_a_former_dossier_that_nobody_knew_is_no_work(desk: DeskInMemory) -> None:
    desk.take(renewal())
    former = desk.dossiers.load(FORMER)
    assert former.next_due_at is None
    desk.whole_night()
    assert desk.stranded == []


def test_a_form_of_the_desk_sent_again_with_other_words_is_told_and_not_quarantined(
    desk: DeskInMemory,
) -> None:
    """Whoever went back in the browser is in front of the answer: it is on nobody's work list."""
    first = a_step(EventType.DEPOSITED, "2019-05-14 11:00", event_id="desk-n", source=Source.DESK)
    assert desk.take(first, replace(first, digest="other")) == [
        Recorded.RECORDED,
        Recorded.QUARANTINED,
    ]
    assert desk.quarantine.items == []


# What cannot be read


def test_an_event_for_a_dossier_that_cannot_be_read_is_not_believed_recorded(
    desk: DeskInMemory,
) -> None:
    desk.take(selected())
    desk.dossiers.spoil(DOSSIER)
    with pytest.raises(Unreadable):
        desk.take(cancelled("2019-04-09 09:00"))


def test_what_a_former_dossier_that_cannot_be_read_should_hear_can_be_told_again(
    desk: DeskInMemory,
) -> None:
    desk.take(replace(a_refusal(1), dossier_id=FORMER))
    desk.dossiers.spoil(FORMER)
    with pytest.raises(Unreadable):
        desk.take(renewal())
    assert desk.dossiers.load(DOSSIER).dossier.events
    desk.dossiers.unreadable.clear()
    assert desk.take(renewal()) == [Recorded.DUPLICATE]
    assert renewed(desk)


@pytest.mark.parametrize("source", [Source.STUDENT, Source.DESK])
def test_a_former_dossier_that_cannot_be_read_stops_no_student_and_no_desk(
    desk: DeskInMemory, source: Source
) -> None:
    desk.take(replace(a_refusal(1), dossier_id=FORMER), renewal())
    desk.queue.woken.clear()
    desk.dossiers.spoil(FORMER)
    said = an_event(
        EventType.CONFIRMED, "2020-05-04 11:00", source=source, appointment_id="A1", revision="n"
    )
    assert desk.take(said) == [Recorded.RECORDED]
    assert desk.queue.woken == [DOSSIER]


def test_what_could_not_be_read_of_an_event_waits_for_a_person_besides(desk: DeskInMemory) -> None:
    event = selected(unread=("data.version",))
    assert desk.take(event) == [Recorded.RECORDED]
    [item] = desk.quarantine.items
    assert (item.event_id, item.body) == (event.event_id, b"body")
    assert item.reason == "recorded, but for data.version"
    assert desk.take(event) == [Recorded.DUPLICATE]
    assert desk.quarantine.items == [item]
    assert desk.queue.woken == [DOSSIER]


# One address, many dossiers


def of_dossier(number: int, **more: Any) -> Event:
    contact = replace(CONTACT, **{"email": "all@example.org", **more})
    booked = selected(event_id=f"s-{number}", contact=contact)
    return replace(booked, dossier_id=f"D-{number}")


def crowd(desk: DeskInMemory, *channels: Channel) -> None:
    """As many dossiers as may have one address or number, and one more: D-0."""
    for number in range(DOSSIERS_AT_MOST, -1, -1):
        own = {} if Channel.SMS in channels else {"mobile": f"+3361234{number:04}"}
        desk.take(of_dossier(number, **own))


def test_one_address_gets_the_mails_of_so_many_dossiers_and_a_person_looks_at_the_next(
    desk: DeskInMemory,
) -> None:
    crowd(desk, Channel.EMAIL)
    for number in range(DOSSIERS_AT_MOST + 1):
        desk.sender.serve(f"D-{number}")
    assert len(desk.mailer.sent) == DOSSIERS_AT_MOST
    beyond = desk.dossiers.load("D-0").dossier
    assert beyond.facts.contact
    assert beyond.facts.contact.email == "all@example.org"
    (line,) = beyond.open_work
    assert (line.notice.kind, line.reason) == (
        Kind.UNREACHABLE,
        "confirmation_request:email_shared",
    )


def test_what_a_person_saves_is_believed_and_the_message_leaves(desk: DeskInMemory) -> None:
    crowd(desk, Channel.EMAIL)
    desk.sender.serve("D-0")
    contact = of_dossier(0).contact
    word = an_event(EventType.CONTACT_UPDATED, desk.at, "w", source=Source.DESK, contact=contact)
    desk.act(replace(word, dossier_id="D-0"))
    before = len(desk.mailer.sent)
    desk.sender.serve("D-0")
    assert len(desk.mailer.sent) == before + 1
    # What the booking system repeats each night takes that back no more.
    again = replace(of_dossier(0), event_id="again", at=desk.at, received_at=desk.at)
    desk.take(again)
    facts = desk.dossiers.load("D-0").dossier.facts
    assert facts.contact
    assert facts.contact.mail_address == "all@example.org"


def test_where_one_was_forgotten_there_is_room_for_the_next(desk: DeskInMemory) -> None:
    crowd(desk, Channel.EMAIL)
    desk.forget("D-1")
    again = replace(of_dossier(0), event_id="again", at=desk.at, received_at=desk.at)
    desk.take(again)
    facts = desk.dossiers.load("D-0").dossier.facts
    assert facts.contact
    assert facts.contact.mail_address == "all@example.org"


def test_a_number_is_counted_like_an_address(desk: DeskInMemory) -> None:
    crowd(desk, Channel.EMAIL, Channel.SMS)
    facts = desk.dossiers.load("D-0").dossier.facts
    assert facts.contact
    assert (facts.contact.text_number, facts.contact.no_sms) == (None, NoSms.SHARED)


def test_an_address_is_asked_about_once_for_a_dossier(desk: DeskInMemory) -> None:
    """The ordinary webhook costs no call more."""
    desk.take(selected(event_id="s"))
    desk.addresses.had_by.clear()
    desk.take(
        selected("2019-04-08 10:00", event_id="resync"),
        rescheduled("2019-04-08 10:00", "2019-05-16 14:00", contact=CONTACT),
    )
    assert desk.addresses.had_by == {}
