"""Keys rotate, and nothing that they have signed is lost while it is of use."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.desk_data import load
from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.keys import (
    APART,
    LINKS_LIVE,
    LIVES,
    ROTATED_AT,
    Content,
    first,
    follows,
    kept,
    rotated,
    signing_last,
)
from chalicelib.domain.signing_in import SESSION_AT_MOST
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SPAN = datetime(2019, 4, 8), datetime(2030, 1, 1)

each_list = pytest.mark.parametrize("name", list(LIVES))


def chances() -> Callable[[int], bytes]:
    """Chance that never draws the same twice."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


@pytest.fixture
def chance() -> Callable[[int], bytes]:
    return chances()


def turned(content: Content, times: int, chance: Callable[[int], bytes]) -> Content:
    """After so many rotations, each as soon as it may be."""
    now = NOW
    for _ in range(times):
        content, now = rotated(content, now, chance), now + APART
    return content


# Which one signs


@pytest.mark.parametrize(
    ("keys", "signs"), [(["a"], "a"), (["a", "b"], "b"), (["a", "b", "c"], "b")]
)
def test_the_second_signs_and_one_that_is_alone(keys: list[str], signs: str) -> None:
    assert signing_last(keys)[-1] == signs
    assert sorted(signing_last(keys)) == keys


# What a rotation does


def test_a_stage_begins_with_one_key_of_each_kind(chance: Callable[[int], bytes]) -> None:
    content = first(chance)
    lists = [content[name] for name in ("webhook_secrets", "link_keys", "session_keys")]
    keys = [*(key for one in lists for key in one), content["address_key"]]
    assert [len(one) for one in lists] == [1, 1, 1]
    assert len(set(keys)) == 4
    assert all(len(key.removeprefix("whsec_")) >= 43 for key in keys)


@each_list
def test_a_new_key_comes_before_the_others_and_does_not_sign_yet(
    name: str, chance: Callable[[int], bytes]
) -> None:
    old = first(chance)
    new = rotated(old, NOW, chance)
    assert new[name][1:] == old[name]
    assert new[name][0] not in str(old)
    assert signing_last(new[name])[-1] == signing_last(old[name])[-1]
    assert signing_last(rotated(new, NOW + APART, chance)[name])[-1] == new[name][0]


def test_what_others_hold_or_ledgers_were_sealed_with_is_never_touched(
    chance: Callable[[int], bytes],
) -> None:
    old = {**first(chance), "of_a_newer_program": [1, {"a": 2}]}
    new = turned(old, 20, chance)
    assert {n: one for n, one in old.items() if n not in LIVES} == {
        n: one for n, one in new.items() if n not in {*LIVES, ROTATED_AT}
    }


@each_list
def test_what_is_out_of_use_is_dropped(name: str, chance: Callable[[int], bytes]) -> None:
    assert len(turned(first(chance), 50, chance)[name]) == kept(LIVES[name])


@each_list
def test_of_one_secret_its_own_keys_rotate_and_no_others_come(
    name: str, chance: Callable[[int], bytes]
) -> None:
    new = rotated({name: first(chance)[name]}, NOW, chance)
    assert new.keys() == {name, ROTATED_AT}


@pytest.mark.parametrize("name", ["webhook_secrets", "address_key"])
def test_a_secret_in_which_nothing_rotates_is_refused(
    name: str, chance: Callable[[int], bytes]
) -> None:
    with pytest.raises(RotationRefused, match=r"^nothing in it rotates$"):
        rotated({name: first(chance)[name]}, NOW, chance)


@pytest.mark.parametrize("after", [timedelta(0), DAY, 80 * DAY - SECOND])
def test_a_rotation_too_soon_is_refused(after: timedelta, chance: Callable[[int], bytes]) -> None:
    once = rotated(first(chance), NOW, chance)
    with pytest.raises(RotationRefused, match="too soon"):
        rotated(once, NOW + after, chance)
    assert rotated(once, NOW + APART, chance)


@pytest.mark.parametrize("keys", ["a text", [1], {"a": "b"}, None])
def test_what_is_no_list_of_keys_is_refused_and_not_repeated(
    keys: object, chance: Callable[[int], bytes]
) -> None:
    with pytest.raises(RotationRefused, match=r"^link_keys is not a list of texts$"):
        rotated({**first(chance), "link_keys": keys}, NOW, chance)


@pytest.mark.parametrize("last", ["yesterday", "2026-11-27", "2026-11-27T08:00:00", 5, ["a"]])
def test_a_last_time_that_is_none_is_refused_and_not_repeated(
    last: object, chance: Callable[[int], bytes]
) -> None:
    with pytest.raises(RotationRefused, match=r"^rotated_at is not an instant$"):
        rotated({**first(chance), ROTATED_AT: last}, NOW, chance)


# What may follow what


def test_what_a_rotation_makes_follows_what_it_was_made_of(chance: Callable[[int], bytes]) -> None:
    for times in (0, 1, 5, 30):
        old = turned(first(chance), times, chance)
        assert follows(rotated(old, NOW + 99 * APART, chance), old)


CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another address key": lambda old: {**old, "address_key": "other"},
    "a webhook secret more": lambda old: {**old, "webhook_secrets": ["w", *old["webhook_secrets"]]},
    "a link key taken away": lambda old: {**old, "link_keys": ["fresh"]},
    "a session key more": lambda old: {**old, "session_keys": ["s", *old["session_keys"]]},
    "something more": lambda old: {**old, "more": 1},
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_was_made_of_another_content_does_not_follow(
    how: str, chance: Callable[[int], bytes]
) -> None:
    old = first(chance)
    assert not follows(rotated(old, NOW, chance), CHANGES[how](old))


# The rule


def test_a_link_lives_as_long_as_its_dossier_may_be_kept() -> None:
    months = [terms.retention for terms in load("grenoble").terms]
    longest = max(one.unfinished_months + one.finished_months for one in months)
    assert timedelta(days=31 * longest) <= LINKS_LIVE
    assert {"link_keys": LINKS_LIVE, "session_keys": SESSION_AT_MOST} == LIVES


def test_so_many_keys_are_kept() -> None:
    """As docs/deploy.md says."""
    assert {name: kept(life) for name, life in LIVES.items()} == {
        "link_keys": 13,
        "session_keys": 4,
    }


#: Mostly as close as may be: that is where keys are dropped too soon, if ever.
gaps = st.just(APART) | st.sampled_from([90 * DAY, timedelta(0), DAY, 400 * DAY])


def history(asked: list[timedelta], content: Content) -> Iterator[tuple[datetime, Content]]:
    """Since when, and what the secret has held, if rotations were asked for after these gaps."""
    now, chance = NOW, chances()
    yield now, content
    for gap in asked:
        now += gap
        try:
            content = rotated(content, now, chance)
        except RotationRefused:
            continue
        yield now, content


def seen(history: list[tuple[datetime, Content]], at: datetime, is_late: bool) -> Content:
    """What a function sees: what there is; if it is late, what there was a rotation before."""
    known = [content for since, content in history if since <= at]
    return known[-2:][0] if is_late else known[-1]


@each_list
@given(
    asked=st.lists(gaps, max_size=30),
    before=st.integers(1, 20),
    signer_is_late=st.booleans(),
    reader_is_late=st.booleans(),
    data=st.data(),
)
def test_whatever_is_of_use_is_read_by_everybody(
    name: str,
    asked: list[timedelta],
    before: int,
    signer_is_late: bool,
    reader_is_late: bool,
    data: st.DataObject,
) -> None:
    """Over any rotations, by functions that are one rotation late or not, from any stored keys."""
    stored = {**first(chances()), name: [f"stored-{n}" for n in range(before)]}
    held = list(history(asked, stored))
    near = st.sampled_from([since for since, _ in held]).map(lambda since: since - SECOND)
    signed_at = max(NOW, data.draw(near | st.datetimes(*SPAN, timezones=st.just(UTC))))
    lived = data.draw(st.just(LIVES[name]) | st.timedeltas(timedelta(0), LIVES[name]))
    key = signing_last(seen(held, signed_at, signer_is_late)[name])[-1]
    assert key in seen(held, signed_at + lived, reader_is_late)[name]


@each_list
def test_no_key_is_kept_that_could_not_be_of_use(name: str) -> None:
    """The worst of cases: signed by the list of before, just before a rotation, and read late."""
    held = list(history([APART] * 30, first(chances())))
    signed_at = held[10][0] - SECOND
    key = signing_last(seen(held, signed_at, is_late=True)[name])[-1]
    at_last = seen(held, signed_at + LIVES[name], is_late=False)[name]
    assert at_last.index(key) == len(at_last) - 1
