"""A held channel is held once, asked by one, and released by whoever finds it open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.contact import Channel
from chalicelib.domain.errors import StorageUnavailable
from chalicelib.domain.holds import Availability, Pause, Refusals, hold
from chalicelib.storage.channels import DynamoChannels
from tests.builders import paris
from tests.fakes import InMemoryChannels, open_work
from tests.storage.conftest import Cloud
from tests.storage.wire import answer_is_lost, fails_inside

pytestmark = pytest.mark.enable_socket

Either = InMemoryChannels | DynamoChannels

NOON = paris("2019-04-09 12:00")
PAUSED = hold(Channel.EMAIL, "SendingPausedException", NOON)
SPENT = hold(Channel.SMS, "ServiceQuotaExceededException", NOON + timedelta(minutes=1))


def test_no_channel_is_held_at_first(channels: Either) -> None:
    assert channels.holds() == {}


def test_what_was_held_is_what_is_read(channels: Either) -> None:
    assert channels.hold(PAUSED)
    assert channels.hold(SPENT)
    assert channels.holds() == {Channel.EMAIL: PAUSED, Channel.SMS: SPENT}


def test_a_channel_is_held_once_however_many_are_refused(channels: Either) -> None:
    channels.hold(PAUSED)
    later = hold(Channel.EMAIL, "AccessDeniedException", NOON + timedelta(seconds=1))
    assert not channels.hold(later)
    assert channels.holds() == {Channel.EMAIL: PAUSED}


def test_of_two_who_want_to_ask_one_does(channels: Either) -> None:
    channels.hold(PAUSED)
    at = PAUSED.probe_at
    assert [channels.probe(PAUSED, at), channels.probe(PAUSED, at)] == [True, False]
    assert channels.holds() == {Channel.EMAIL: PAUSED.probed(at)}


def test_whoever_finds_it_open_releases_it_though_others_have_asked_meanwhile(
    channels: Either,
) -> None:
    channels.hold(PAUSED)
    channels.probe(PAUSED, PAUSED.probe_at)
    assert channels.release(PAUSED)
    assert channels.holds() == {}
    assert not channels.release(PAUSED)
    assert not channels.probe(PAUSED, PAUSED.probe_at)


def test_a_later_hold_is_not_released_by_the_news_of_an_earlier_one(channels: Either) -> None:
    channels.hold(PAUSED)
    channels.release(PAUSED)
    again = hold(Channel.EMAIL, "SendingPausedException", NOON + timedelta(hours=1))
    channels.hold(again)
    assert not channels.release(PAUSED)
    assert channels.holds() == {Channel.EMAIL: again}


def test_a_held_channel_is_work_for_a_person_until_it_is_released(cloud: Cloud) -> None:
    cloud.channels.hold(PAUSED)
    assert open_work(cloud.dossiers, 10) == [(NOON, "CHANNEL#email")]
    assert cloud.dossiers.next_due() is None
    cloud.channels.release(PAUSED)
    assert open_work(cloud.dossiers, 10) == []


def test_a_hold_whose_answer_was_lost_is_known_again_as_ours(cloud: Cloud) -> None:
    cloud.wire.spoilers += [answer_is_lost]
    assert cloud.channels.hold(PAUSED)


def test_without_storage_no_channel_is_said_to_be_open(cloud: Cloud) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        cloud.channels.holds()


@pytest.mark.parametrize("act", ["hold", "probe", "release"])
def test_a_change_that_is_not_stored_is_unavailable(cloud: Cloud, act: str) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        getattr(cloud.channels, act)(*((PAUSED, NOON) if act == "probe" else (PAUSED,)))


MISTAKE = Pause(channel=Channel.SMS, by="c.martin", at=NOON, why="mauvais texte")


def test_a_pause_is_read_back_and_holds_its_channel(channels: Either) -> None:
    assert channels.pauses() == {}
    assert channels.pause(MISTAKE)
    assert channels.pauses() == {Channel.SMS: MISTAKE}
    assert channels.refused() == {}
    [held] = channels.holds().values()
    assert (held.channel, held.since, held.reason, held.pause) == (
        Channel.SMS, NOON, "paused", MISTAKE,
    )  # fmt: skip


def test_a_channel_is_paused_once_and_let_go_once(channels: Either) -> None:
    channels.pause(MISTAKE)
    assert channels.pause(MISTAKE), "our own word, whose answer was lost"
    assert not channels.pause(replace(MISTAKE, by="d.petit"))
    assert channels.resume(Channel.SMS)
    assert not channels.resume(Channel.SMS)
    assert channels.holds() == {}


def test_a_pause_and_a_refusal_of_one_channel_do_not_touch_each_other(channels: Either) -> None:
    channels.hold(SPENT)
    channels.pause(MISTAKE)
    assert not channels.hold(replace(SPENT, since=NOON))
    assert channels.refused() == {Channel.SMS: SPENT}
    assert channels.holds()[Channel.SMS].pause == MISTAKE
    assert channels.release(SPENT)
    assert channels.pauses() == {Channel.SMS: MISTAKE}


def test_a_paused_channel_is_work_for_a_person_until_it_goes_on(cloud: Cloud) -> None:
    cloud.channels.pause(MISTAKE)
    assert open_work(cloud.dossiers, 10) == [(NOON, "PAUSE#sms")]
    cloud.channels.resume(Channel.SMS)
    assert open_work(cloud.dossiers, 10) == []


@pytest.mark.parametrize(("act", "given"), [("pause", MISTAKE), ("resume", Channel.SMS)])
def test_a_pause_that_is_not_stored_is_unavailable(cloud: Cloud, act: str, given: object) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        getattr(cloud.channels, act)(given)


ROW = Refusals(channel=Channel.EMAIL, reason="BadRequestException", dossiers=frozenset({"G-1"}))
LONGER = replace(ROW, dossiers=frozenset({"G-1", "G-2"}))


@pytest.fixture
def known(channels: Either, request: pytest.FixtureRequest) -> Callable[[], Availability]:
    """How the channels behave, as it is read with each dossier."""
    if isinstance(channels, InMemoryChannels):
        return channels.availability
    dossiers = request.getfixturevalue("cloud").dossiers
    return lambda: dossiers.load_with_channels("D-1")[1]


def test_refusals_are_remembered_until_a_message_is_taken(
    channels: Either, known: Callable[[], Availability]
) -> None:
    channels.remember(ROW)
    channels.remember(LONGER)
    assert known().refusals == {Channel.EMAIL: LONGER}
    assert (channels.holds(), channels.refused()) == ({}, {})
    channels.take_back(LONGER)
    channels.take_back(LONGER)
    assert known().refusals == {}


def test_a_hold_takes_the_place_of_the_refusals_that_led_to_it(
    channels: Either, known: Callable[[], Availability]
) -> None:
    channels.remember(ROW)
    assert channels.hold(PAUSED)
    channels.remember(LONGER)
    channels.take_back(LONGER)
    assert (known().holds, known().refusals) == ({Channel.EMAIL: PAUSED}, {})


def test_refusals_are_no_work_for_a_person_yet(cloud: Cloud) -> None:
    cloud.channels.remember(ROW)
    assert open_work(cloud.dossiers, 10) == []


@pytest.mark.parametrize("act", ["remember", "take_back"])
def test_refusals_that_are_not_stored_are_unavailable(cloud: Cloud, act: str) -> None:
    cloud.wire.spoilers += [fails_inside] * 3
    with pytest.raises(StorageUnavailable):
        getattr(cloud.channels, act)(ROW)
