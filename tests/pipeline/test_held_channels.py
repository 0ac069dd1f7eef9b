"""A refused account stops its channel for everybody, costs nobody an attempt, and loses nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.attempts import FailureClass, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
)
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.holds import Hold, Refusals, hold
from chalicelib.pipeline.sender import ChannelNews
from tests.builders import a_contact_of, a_step
from tests.fakes import InMemoryChannels
from tests.pipeline.worlds import DeskInMemory

PAUSED = OurAccount("SendingPausedException")
IDS = [f"G-{n:03}" for n in range(40)]


def deposit(dossier_id: str) -> Event:
    step = a_step(EventType.DEPOSITED, "2019-05-14 10:50", contact=a_contact_of(dossier_id))
    return replace(step, dossier_id=dossier_id)


@pytest.fixture
def desk() -> DeskInMemory:
    desk = DeskInMemory()
    desk.take(*map(deposit, IDS))
    return desk


def serve_all(desk: DeskInMemory) -> list[ChannelNews]:
    served = [one for dossier_id in IDS for one in desk.serve(dossier_id)]
    return [one.channel for one in served if one.channel]


def run(desk: DeskInMemory, span: timedelta) -> list[ChannelNews]:
    """Serve each dossier at its instant, for so long."""
    end, news = desk.at + span, []
    while (due := desk.dossiers.next_due()) and due[0] <= end:
        desk.at = max(desk.at, due[0])
        news += [one.channel for one in desk.serve(due[1]) if one.channel]
    desk.at = end
    return news


def statuses(desk: DeskInMemory) -> list[tuple[int, Status]]:
    every = [desk.dossiers.load(dossier_id).dossier.ledger for dossier_id in IDS]
    return [
        (a.attempt, a.status) for ledger in every for a in ledger if a.notice.channel == "email"
    ]


def test_one_is_refused_and_nobody_else_tries(desk: DeskInMemory) -> None:
    desk.mailer.answers = [PAUSED]
    assert serve_all(desk) == [ChannelNews.HELD]
    assert (len(statuses(desk)), len(desk.mailer.sent)) == (1, 0)
    assert list(desk.channels.holds()) == [Channel.EMAIL]


def test_while_it_is_held_one_asks_at_each_gap_and_costs_nobody_an_attempt(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [PAUSED] * 100
    serve_all(desk)
    assert run(desk, timedelta(hours=6)) == []
    asked = 100 - len(desk.mailer.answers)
    assert asked < 12, "5, 10, 20, 40 minutes and then hourly, whoever asks"
    assert set(statuses(desk)) == {(1, Status.POSTPONED)}


@pytest.mark.many
def test_when_it_opens_again_everybody_is_served_once_and_not_all_at_once(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [PAUSED] * 9
    serve_all(desk)
    news = run(desk, timedelta(hours=12))
    assert news == [ChannelNews.RELEASED]
    assert sorted(sent.tags["dossier"] for sent in desk.mailer.sent) == IDS
    assert set(statuses(desk)) == {(1, Status.ACCEPTED)}
    assert desk.channels.holds() == {}


@pytest.mark.many
def test_a_day_later_a_person_has_heard_of_every_student_who_waits(desk: DeskInMemory) -> None:
    desk.mailer.answers = [PAUSED] * 100
    serve_all(desk)
    run(desk, timedelta(hours=25))
    for dossier_id in IDS:
        ledger = desk.dossiers.load(dossier_id).dossier.ledger
        assert [a.reason for a in ledger if a.status is Status.OPEN] == ["deposit_receipt:held"]


@pytest.mark.parametrize(
    ("answer", "is_released"),
    [
        (None, True),
        (BadRecipient("not_e164"), True),
        (BadRequest("BadRequestException"), False),
        (PAUSED, False),
        (NotNow("TooManyRequestsException"), False),
        (Ambiguous("ReadTimeoutError"), False),
    ],
)
def test_what_a_probe_is_told_decides_whether_the_channel_is_open(
    desk: DeskInMemory, answer: NotSent | None, is_released: bool
) -> None:
    desk.mailer.answers = [PAUSED, *([answer] if answer else [])]
    serve_all(desk)
    (held,) = desk.channels.holds().values()
    desk.at = held.probe_at + held.gap
    desk.serve(IDS[0])
    assert (desk.channels.holds() == {}) is is_released


def test_who_loses_the_turn_to_ask_waits_for_the_next(desk: DeskInMemory) -> None:
    held = held_at(desk, "SendingPausedException")
    overtake(desk, Overtaken(held, wins_probe=False))
    assert desk.serve(IDS[1]) == []
    assert desk.mailer.sent == []


def test_a_second_refusal_at_the_same_moment_makes_no_second_alarm(desk: DeskInMemory) -> None:
    desk.mailer.answers = [PAUSED]
    overtake(desk, Overtaken())
    (served,) = desk.serve(IDS[0])
    assert (served.status, served.channel) == (Status.POSTPONED, None)


def test_a_hold_that_another_has_ended_makes_no_second_news(desk: DeskInMemory) -> None:
    held = held_at(desk, "SendingPausedException")
    overtake(desk, Overtaken(held))
    (served,) = desk.serve(IDS[1])
    assert (served.status, served.channel) == (Status.ACCEPTED, None)


def held_at(desk: DeskInMemory, reason: str) -> Hold:
    """A hold that began some minutes ago: now anybody may ask."""
    held = hold(Channel.EMAIL, reason, desk.at)
    desk.at = held.probe_at + held.gap
    return held


def overtake(desk: DeskInMemory, channels: InMemoryChannels) -> None:
    desk.dossiers.channels = channels
    desk.sender = replace(desk.sender, channels=channels)


class Overtaken(InMemoryChannels):
    """Somebody else is always a moment faster, but for the probe where we win it."""

    def __init__(self, held: Hold | None = None, *, wins_probe: bool = True) -> None:
        super().__init__()
        self.held, self.wins_probe = ({held.channel: held} if held else {}), wins_probe

    def hold(self, hold: Hold) -> bool:
        super().hold(replace(hold, reason="AccessDeniedException"))
        return super().hold(hold)

    def probe(self, hold: Hold, now: datetime) -> bool:
        return super().probe(hold, now) and self.wins_probe

    def release(self, hold: Hold) -> bool:
        super().release(hold)
        return super().release(hold)


def test_the_nightly_repair_leaves_what_waits_for_a_held_channel_where_it_is(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [PAUSED]
    serve_all(desk)
    assert desk.whole_night().repaired == 0


# A request that is refused: for one it is about the message, for three in a row about us

OURS = BadRequest("BadRequestException")
ANOTHER = BadRequest("ParamValidationError")


def mails(desk: DeskInMemory, *dossiers: str) -> list[tuple[Status, FailureClass | None]]:
    ledgers = [desk.dossiers.load(dossier_id).dossier.ledger for dossier_id in dossiers]
    mails = (a for one in ledgers for a in one if a.notice.channel is Channel.EMAIL)
    return [(a.status, a.failure_class) for a in mails]


def told(desk: DeskInMemory, *dossiers: str) -> list[str]:
    """The open lines of the work list about these."""
    ledgers = [desk.dossiers.load(dossier_id).dossier.ledger for dossier_id in dossiers]
    return [a.reason for ledger in ledgers for a in ledger if a.status is Status.OPEN]


def test_one_refused_request_is_about_its_message_and_in_front_of_a_person(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [OURS]
    assert serve_all(desk) == []
    assert mails(desk, IDS[0]) == [(Status.FAILED, FailureClass.MESSAGE)]
    assert told(desk, IDS[0]) == ["deposit_receipt:BadRequestException"]
    assert desk.channels.availability().refusals == {}, "the next message was taken"
    assert len(desk.mailer.sent) == len(IDS) - 1


def test_the_address_is_not_given_up_for_a_refused_request(desk: DeskInMemory) -> None:
    desk.mailer.answers = [OURS]
    desk.serve(IDS[0])
    desk.at += timedelta(days=43)
    desk.serve(IDS[0])
    assert [sent.tags["notice"] for sent in desk.mailer.sent] == ["no_news-1"]


def test_three_in_a_row_hold_the_channel_once_and_cost_nobody_else_anything(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [OURS] * 3
    assert serve_all(desk) == [ChannelNews.HELD]
    (held,) = desk.channels.holds().values()
    assert (held.channel, held.reason) == (Channel.EMAIL, "BadRequestException")
    about_the_message = (Status.FAILED, FailureClass.MESSAGE)
    assert mails(desk, *IDS) == [about_the_message, about_the_message, (Status.POSTPONED, None)]
    assert told(desk, *IDS) == ["deposit_receipt:BadRequestException"] * 2


def test_what_asks_meanwhile_and_is_refused_as_well_waits_like_the_others(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [OURS] * 9
    serve_all(desk)
    assert run(desk, timedelta(hours=3)) == []
    assert set(mails(desk, *IDS[2:])) == {(Status.POSTPONED, None)}


@pytest.mark.many
def test_once_it_is_mended_everybody_who_waited_is_served(desk: DeskInMemory) -> None:
    desk.mailer.answers = [OURS] * 9
    serve_all(desk)
    assert run(desk, timedelta(hours=12)) == [ChannelNews.RELEASED]
    assert sorted(sent.tags["dossier"] for sent in desk.mailer.sent) == IDS[2:]
    assert told(desk, *IDS) == ["deposit_receipt:BadRequestException"] * 2, "and nobody is lost"


@pytest.mark.parametrize(
    "answers",
    [
        [OURS, OURS, None, OURS, OURS],  # one was taken
        [OURS, OURS, ANOTHER, OURS, OURS],  # another code begins another row
    ],
)
def test_a_row_is_broken_by_what_is_taken_and_by_another_code(
    desk: DeskInMemory, answers: list[NotSent | None]
) -> None:
    for dossier_id, answer in zip(IDS, answers, strict=False):
        desk.mailer.answers = [answer] if answer else []
        assert [one.channel for one in desk.serve(dossier_id) if one.channel] == []
    assert desk.channels.holds() == {}


def test_a_row_is_not_broken_by_an_answer_that_says_nothing_of_the_channel(
    desk: DeskInMemory,
) -> None:
    desk.mailer.answers = [OURS, OURS, NotNow("Throttling"), OURS]
    assert serve_all(desk) == [ChannelNews.HELD]


def test_three_refusals_for_one_dossier_are_not_three_in_a_row(desk: DeskInMemory) -> None:
    for _ in range(3):
        desk.mailer.answers = [OURS]
        desk.serve(IDS[0])
        desk.at += timedelta(days=43)
    assert desk.channels.holds() == {}


def test_a_refused_request_while_the_channel_is_held_for_something_else_is_about_its_message(
    desk: DeskInMemory,
) -> None:
    held = held_at(desk, "SendingPausedException")
    desk.channels.hold(held)
    desk.mailer.answers = [OURS]
    desk.serve(IDS[1])
    assert mails(desk, IDS[1]) == [(Status.FAILED, FailureClass.MESSAGE)]
    assert list(desk.channels.holds()) == [Channel.EMAIL]


def test_a_message_that_leaves_for_a_quiet_channel_writes_nothing_about_it(
    desk: DeskInMemory,
) -> None:
    desk.sender = replace(desk.sender, channels=Untouched())
    assert [one.status for one in desk.serve(IDS[0])] == [Status.ACCEPTED]


class Untouched(InMemoryChannels):
    """Nobody has anything to write here."""

    def remember(self, refusals: Refusals) -> None:
        raise AssertionError(refusals)

    take_back = remember
