"""A channel that a person has stopped sends nothing, loses nothing, and goes on turn by turn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import OurAccount
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.holds import PAUSED, Pause, hold
from chalicelib.messages.console.views import ChannelState
from tests.builders import DOSSIER, a_contact_of, a_step, confirmed, paris, selected
from tests.pipeline.worlds import DeskInMemory

REFUSED = OurAccount("SendingPausedException")
IDS = [f"G-{n:03}" for n in range(20)]


def deposit(dossier_id: str) -> Event:
    step = a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=a_contact_of(dossier_id))
    return replace(step, dossier_id=dossier_id)


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(*map(deposit, IDS))
    return desk


def stop(desk: DeskInMemory, channel: Channel = Channel.EMAIL) -> bool:
    return desk.channel_pauses.pause(channel, "c.martin", "mauvais texte")


def run(desk: DeskInMemory, span: timedelta) -> None:
    """Serve each dossier at its instant, for so long; what was due at once first."""
    end = desk.at + span
    for dossier_id in IDS:
        desk.serve(dossier_id)
    while (due := desk.dossiers.next_due()) and due[0] <= end:
        desk.at = max(desk.at, due[0])
        desk.serve(due[1])
        after = desk.dossiers.next_due()
        assert after != due, "after each serve there is nothing due, or something later"
    desk.at = end


@pytest.mark.many
def test_while_it_is_stopped_nothing_is_tried_on_it(desk: DeskInMemory) -> None:
    assert stop(desk)
    run(desk, timedelta(hours=23))
    assert desk.mailer.sent == []
    assert [desk.dossiers.load(i).dossier.ledger for i in IDS] == [()] * len(IDS)


def test_the_other_channel_goes_on(desk: DeskInMemory) -> None:
    stop(desk, Channel.SMS)
    run(desk, timedelta(hours=1))
    assert len(desk.mailer.sent) == len(IDS)


def test_when_it_goes_on_everybody_is_served_once_within_the_hour_and_not_all_at_once(
    desk: DeskInMemory,
) -> None:
    stop(desk)
    run(desk, timedelta(hours=5))
    now = desk.channel_pauses.resume(Channel.EMAIL)
    assert now
    assert now.resumed == "resumed"
    started, left = desk.at, []
    while (due := desk.dossiers.next_due()) and due[0] <= started + timedelta(hours=1):
        desk.at = max(desk.at, due[0])
        left += [desk.at for served in desk.serve(due[1]) if served.status is Status.ACCEPTED]
    assert sorted(sent.tags["dossier"] for sent in desk.mailer.sent) == IDS
    assert len(set(left)) == len(IDS)


@pytest.mark.many
def test_a_day_later_a_person_has_heard_of_every_student_who_waits(desk: DeskInMemory) -> None:
    stop(desk)
    run(desk, timedelta(hours=25))
    for dossier_id in IDS:
        ledger = desk.dossiers.load(dossier_id).dossier.ledger
        assert [a.reason for a in ledger if a.status is Status.OPEN] == ["deposit_receipt:paused"]
    desk.channel_pauses.resume(Channel.EMAIL)
    run(desk, timedelta(hours=1))
    assert len(desk.mailer.sent) == len(IDS), "and it still leaves"


def test_what_has_lost_its_point_meanwhile_does_not_leave() -> None:
    desk = DeskInMemory()
    desk.take(selected(starts="2019-04-08 12:00"))
    stop(desk)
    desk.travel("2019-04-08 11:00")
    [told] = [a for a in desk.ledger if a.notice.kind is Kind.UNREACHABLE]
    assert told.reason == "confirmation_request:paused"
    desk.travel("2019-04-08 12:30")
    desk.channel_pauses.resume(Channel.EMAIL)
    desk.travel("2019-04-08 14:00")
    assert desk.mailer.sent == []


def test_of_two_who_stop_it_the_first_one_counts(desk: DeskInMemory) -> None:
    assert stop(desk)
    assert not desk.channel_pauses.pause(Channel.EMAIL, "d.petit", "panne")
    [mail, sms] = desk.channel_pauses.states()
    assert mail == ChannelState(
        channel=Channel.EMAIL,
        pause=Pause(channel=Channel.EMAIL, by="c.martin", at=desk.at, why="mauvais texte"),
    )
    assert sms == ChannelState(channel=Channel.SMS)


def test_what_waits_for_it_is_told_as_stopped_by_whom_and_what_is_due_later_is_not() -> None:
    desk = DeskInMemory(at=paris("2019-04-08 10:00"))
    desk.take(selected(), confirmed("2019-04-08 10:05"))
    stop(desk)
    view = desk.dossier_views.view(DOSSIER)
    assert view
    assert view.holds[Channel.EMAIL].pause
    waits = {entry.owed.notice.kind: entry.why for entry in view.timeline if entry.owed}
    assert waits[Kind.CONVOCATION] == PAUSED
    assert waits[Kind.APPOINTMENT_REMINDER] == ""


def test_what_was_not_stopped_cannot_go_on(desk: DeskInMemory) -> None:
    assert not desk.channel_pauses.resume(Channel.SMS)


def test_a_channel_that_is_refused_and_stopped_is_asked_by_nobody_and_then_by_one(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [REFUSED] * 9
    desk.serve(IDS[0])
    held = desk.channels.refused()[Channel.EMAIL]
    stop(desk)
    run(desk, timedelta(hours=3))
    assert len(desk.mailer.answers) == 8
    [mail, _] = desk.channel_pauses.states()
    assert (mail.hold, mail.pause and mail.pause.by) == (held, "c.martin")
    after = desk.channel_pauses.resume(Channel.EMAIL)
    assert after == ChannelState(channel=Channel.EMAIL, hold=held)
    assert after.resumed == "resumed_held"
    assert desk.channels.holds() == {Channel.EMAIL: held}
    for dossier_id in IDS:
        desk.serve(dossier_id)
    assert len(desk.mailer.answers) == 7


def test_a_refused_channel_that_is_stopped_has_been_out_of_use_since_it_was_refused(
    desk: DeskInMemory,
) -> None:
    desk.channels.hold(hold(Channel.EMAIL, "SendingPausedException", paris("2019-05-14 00:00")))
    stop(desk)
    assert desk.channels.holds()[Channel.EMAIL].since == paris("2019-05-14 00:00")


def test_the_nightly_repair_leaves_what_waits_for_a_stopped_channel_where_it_is(
    desk: DeskInMemory,
) -> None:
    stop(desk)
    run(desk, timedelta(minutes=1))
    assert desk.whole_night().repaired == 0
