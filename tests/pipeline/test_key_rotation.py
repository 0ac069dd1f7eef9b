"""One rotation, step by step: in order, twice, too late, or of something else."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.keys import APART, first, follows
from chalicelib.pipeline.key_rotation import KeyRotation, RotationStep, Turn
from tests.builders import paris
from tests.fakes import InMemorySecretVersions

NOW = paris("2019-04-08 10:00")
NEW = "v-1"


def chance(size: int) -> bytes:
    return b"c" * size


def waiting() -> InMemorySecretVersions:
    """A secret that is filled in, and of which Secrets Manager has begun a rotation."""
    return InMemorySecretVersions(
        held={"v-0": first(lambda size: b"f" * size)}, is_current="v-0", is_waiting=NEW
    )


def turn(step: RotationStep, version: str = NEW) -> Turn:
    return Turn(step=step, secret_id="secret", version=version)


def rotation(secret: InMemorySecretVersions, at: datetime = NOW) -> KeyRotation:
    return KeyRotation(secrets=[secret], now=lambda: at, chance=chance)


def take(secret: InMemorySecretVersions, *steps: RotationStep) -> None:
    for step in steps:
        rotation(secret).take(turn(step))


def test_after_all_steps_the_new_version_is_what_everybody_reads() -> None:
    secret = waiting()
    before = secret.current().content
    take(secret, *RotationStep)
    assert secret.current().version == NEW
    assert follows(secret.current().content, before)


def test_nobody_reads_it_before_the_last_step() -> None:
    secret = waiting()
    take(secret, RotationStep.PREPARE, RotationStep.CHECK)
    assert secret.current().version == "v-0"


@pytest.mark.parametrize("again", [*product((1, 2, 3), repeat=3)], ids=str)
def test_each_step_may_come_again(again: tuple[int, ...]) -> None:
    once, more = waiting(), waiting()
    take(once, *RotationStep)
    take(
        more, *(step for step, times in zip(RotationStep, again, strict=True) for _ in range(times))
    )
    assert more.current() == once.current()


def test_all_steps_may_come_anew_even_after_the_last() -> None:
    secret = waiting()
    take(secret, *RotationStep)
    after = secret.current()
    take(secret, *RotationStep)
    assert secret.current() == after


def test_prepared_again_it_stays_what_it_was() -> None:
    secret = waiting()
    take(secret, RotationStep.PREPARE)
    before = secret.content(NEW)
    other = KeyRotation(
        secrets=[secret], now=lambda: NOW + timedelta(days=1), chance=lambda size: b"o" * size
    )
    other.take(turn(RotationStep.PREPARE))
    assert secret.content(NEW) == before


@pytest.mark.parametrize("step", RotationStep)
@pytest.mark.parametrize("version", ["v-9", ""])
def test_a_version_that_nobody_has_begun_is_refused(step: RotationStep, version: str) -> None:
    secret = waiting()
    with pytest.raises(RotationRefused, match="no version of the secret waits"):
        rotation(secret).take(turn(step, version))
    assert list(secret.held) == ["v-0"]


@pytest.mark.parametrize("step", RotationStep)
def test_another_secret_is_refused(step: RotationStep) -> None:
    secret = waiting()
    other = replace(turn(step), secret_id="another")
    with pytest.raises(RotationRefused, match="not a secret of this stage"):
        rotation(secret).take(other)
    assert list(secret.held) == ["v-0"]


@pytest.mark.parametrize("step", [RotationStep.CHECK, RotationStep.FINISH])
def test_a_step_before_its_turn_is_refused(step: RotationStep) -> None:
    secret = waiting()
    with pytest.raises(RotationRefused, match="the version that waits is empty"):
        take(secret, step)
    assert secret.is_current == "v-0"


@pytest.mark.parametrize("step", RotationStep)
def test_a_secret_that_nobody_has_filled_in_is_not_rotated(step: RotationStep) -> None:
    secret = InMemorySecretVersions(is_waiting=NEW)
    with pytest.raises(RotationRefused, match="empty"):
        take(secret, step)


@pytest.mark.parametrize("step", [RotationStep.CHECK, RotationStep.FINISH])
def test_a_key_that_a_person_took_away_meanwhile_does_not_come_back(step: RotationStep) -> None:
    secret = waiting()
    take(secret, RotationStep.PREPARE)
    by_hand = {**secret.current().content, "link_keys": ["by-hand"]}
    secret.held["v-2"], secret.is_current = by_hand, "v-2"
    with pytest.raises(RotationRefused, match="changed since"):
        take(secret, step)
    assert secret.current().content == by_hand


def test_a_rotation_too_soon_leaves_the_version_empty_for_a_later_try() -> None:
    secret = waiting()
    take(secret, *RotationStep)
    secret.is_waiting = "v-2"
    again = turn(RotationStep.PREPARE, "v-2")
    with pytest.raises(RotationRefused, match="too soon"):
        rotation(secret, NOW + timedelta(days=1)).take(again)
    rotation(secret, NOW + APART).take(again)
    assert secret.content("v-2")


def test_a_new_schedule_is_checked_with_the_current_content() -> None:
    secret = waiting()
    secret.held[NEW] = secret.current().content
    take(secret, RotationStep.CHECK)
    assert secret.is_current == "v-0"


@pytest.mark.parametrize(
    ("due", "overdue"),
    [
        ([None, None], timedelta()),
        ([NOW + timedelta(days=9), None], timedelta()),
        ([NOW - timedelta(days=1), NOW - timedelta(days=3)], timedelta(days=3)),
    ],
)
def test_the_latest_rotation_says_how_long_it_should_have_been(
    due: list[datetime | None], overdue: timedelta
) -> None:
    secrets = [replace(waiting(), is_due=at) for at in due]
    rotation = KeyRotation(secrets=secrets, now=lambda: NOW, chance=chance)
    assert rotation.overdue() == overdue
