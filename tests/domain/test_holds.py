"""A held channel is asked by one at growing gaps, and afterwards by one after the other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel
from chalicelib.domain.events import EventType
from chalicelib.domain.holds import LONGEST_GAP, Availability, Pause, Refusals, hold, with_pauses
from chalicelib.domain.plan import owed
from tests.builders import ADDRESSES, CONTACT, DESK, a_dossier, a_step, paris, selected, shown

NOON = paris("2019-05-14 12:00")
HELD = hold(Channel.EMAIL, "SendingPausedException", NOON)
DEPOSITED = a_dossier(a_step(EventType.DEPOSITED, "2019-05-14 12:01", contact=CONTACT))


def test_the_gaps_double_up_to_an_hour() -> None:
    gaps, held = [], HELD
    for _ in range(6):
        gaps.append(held.gap // timedelta(minutes=1))
        held = held.probed(held.probe_at)
    assert gaps == [5, 10, 20, 40, 60, 60]
    assert held.since == NOON


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1))
def test_each_dossier_has_its_own_turn_within_the_gap(dossier_id: str) -> None:
    turn = HELD.turn_of(dossier_id, NOON)
    assert HELD.probe_at <= turn < HELD.probe_at + HELD.gap
    assert turn == HELD.turn_of(dossier_id, turn + timedelta(days=1))


def test_the_turns_of_many_are_spread_and_not_bunched() -> None:
    """After a day of silence two thousand messages must not leave in one minute."""
    held = HELD
    for _ in range(6):
        held = held.probed(held.probe_at)
    waits = [held.turn_of(f"G-{n}", NOON) - held.probe_at for n in range(2_000)]
    minutes = [wait // timedelta(minutes=1) for wait in waits]
    fullest = max(minutes.count(m) for m in range(LONGEST_GAP // timedelta(minutes=1)))
    assert fullest < 2 * 2_000 / 60


def test_what_waits_for_a_held_channel_waits_for_its_turn() -> None:
    plan = owed(DEPOSITED, DESK, ADDRESSES, NOON + timedelta(minutes=2), {Channel.EMAIL: HELD})
    assert plan.due == ()
    (waiting,) = [o for o in plan.later if o.notice.kind is Kind.DEPOSIT_RECEIPT]
    assert waiting.ready_at == HELD.turn_of(DEPOSITED.dossier_id, NOON)
    assert plan.next_change_at == waiting.ready_at


def test_the_other_channel_is_not_held() -> None:
    card = a_dossier(a_step(EventType.CARD_READY, "2019-05-14 12:01", contact=CONTACT))
    plan = owed(card, DESK, ADDRESSES, NOON + timedelta(minutes=2), {Channel.EMAIL: HELD})
    assert [o.notice.channel for o in plan.due] == [Channel.SMS]


def test_after_a_day_of_waiting_the_desk_hears_though_this_student_was_never_tried() -> None:
    day_later = NOON + timedelta(hours=24, minutes=1)
    held = {Channel.EMAIL: HELD.probed(day_later)}
    assert owed(DEPOSITED, DESK, ADDRESSES, day_later - timedelta(minutes=1), held).due == ()
    (told,) = owed(DEPOSITED, DESK, ADDRESSES, day_later, held).due
    assert (told.notice.kind, told.why) == (Kind.UNREACHABLE, "deposit_receipt:held")


def test_what_would_be_pointless_before_its_turn_is_told_to_the_desk_at_once() -> None:
    soon = a_dossier(selected("2019-05-14 12:01", "2019-05-14 12:30", event_id="s"))
    held = {Channel.EMAIL: HELD.probed(NOON).probed(NOON).probed(NOON)}
    due = owed(soon, DESK, ADDRESSES, NOON + timedelta(minutes=2), held).due
    (told,) = [o for o in due if o.notice.kind is Kind.UNREACHABLE]
    assert told.why == "confirmation_request:held"
    assert shown(told.ready_at) == "2019-05-14 12:02"


@given(st.integers(0, 10_000), st.text("abc0123456789", min_size=1))
def test_the_turn_on_a_paused_channel_is_always_ahead_and_within_a_gap(
    minutes: int, dossier_id: str
) -> None:
    pause = Pause(channel=Channel.EMAIL, by="c.martin", at=NOON, why="")
    paused, now = with_pauses({}, [pause])[Channel.EMAIL], NOON + timedelta(minutes=minutes)
    turn = paused.turn_of(dossier_id, now)
    assert now < turn <= now + LONGEST_GAP
    assert paused.turn_of(dossier_id, turn) == turn + LONGEST_GAP


# Refused requests


CODE = "BadRequestException"


def a_row(*dossiers: str, reason: str = CODE) -> Availability:
    row = Refusals(channel=Channel.EMAIL, reason=reason, dossiers=frozenset(dossiers))
    return Availability(refusals={Channel.EMAIL: row})


@pytest.mark.parametrize(
    ("before", "dossier_id", "is_about_us"),
    [
        (Availability(), "G-1", False),
        (a_row("G-1"), "G-2", False),
        (a_row("G-1", "G-2"), "G-3", True),
        (a_row("G-1", "G-2"), "G-2", False),  # the same one again is no third
        (a_row("G-1", "G-2", reason="another"), "G-3", False),  # another code begins another row
        (Availability(holds={Channel.EMAIL: HELD}), "G-1", False),
        (Availability(holds={Channel.EMAIL: replace(HELD, reason=CODE)}), "G-1", True),
    ],
)  # fmt: skip
def test_a_request_is_refused_because_of_us_if_it_is_for_three_in_a_row(
    before: Availability, dossier_id: str, is_about_us: bool
) -> None:
    said = before.is_about_us(Channel.EMAIL, "BadRequestException", dossier_id)
    assert said is is_about_us
    assert not before.is_about_us(Channel.SMS, "BadRequestException", dossier_id)


def test_a_row_grows_by_whoever_is_refused_next() -> None:
    row = a_row("G-1").refused(Channel.EMAIL, "BadRequestException", "G-2")
    assert row.dossiers == {"G-1", "G-2"}
    assert a_row("G-1").refused(Channel.EMAIL, "another", "G-2").dossiers == {"G-2"}
