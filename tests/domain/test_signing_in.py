"""How long a sign-in and a session hold."""

from datetime import timedelta

import pytest

from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import (
    GUESSED,
    Challenge,
    HalfWay,
    Session,
    SignInStep,
    is_guessable,
)
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SESSION = Session(
    session_id="s-1",
    operator=Operator(name="agent", role=Role.ACT),
    signed_in_at=NOW,
    seen_at=NOW,
)
HALF_WAY = HalfWay(
    challenge=Challenge(step=SignInStep.CODE, name="agent", ticket="t"), since=NOW, onwards="/desk"
)


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(0), True), (5 * MINUTE - SECOND, True), (5 * MINUTE, False)],
)
def test_a_sign_in_is_gone_on_with_within_five_minutes(after: timedelta, holds: bool) -> None:
    assert HALF_WAY.holds(NOW + after) is holds


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(0), True), (30 * MINUTE - SECOND, True), (30 * MINUTE, False)],
)
def test_half_an_hour_without_a_move_ends_a_session(after: timedelta, holds: bool) -> None:
    assert SESSION.holds(NOW + after) is holds


def test_each_move_begins_the_half_hour_anew() -> None:
    later = NOW + 29 * MINUTE
    assert SESSION.seen(later).holds(later + 29 * MINUTE)


@pytest.mark.parametrize(("after", "holds"), [(8 * HOUR - SECOND, True), (8 * HOUR, False)])
def test_no_session_is_longer_than_eight_hours(after: timedelta, holds: bool) -> None:
    now = NOW + after
    assert SESSION.seen(now).holds(now) is holds


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (role, needed, list(Role).index(role) >= list(Role).index(needed))
        for role in Role
        for needed in Role
    ],
)
def test_a_role_may_do_what_the_roles_before_it_may(role: Role, needed: Role, may: bool) -> None:
    assert role.may(needed) is may


@pytest.mark.parametrize(
    ("password", "is_refused"),
    [
        ("", True),
        ("Préfecture-2026!", True),
        ("MotDePasse123456!", True),
        ("agent.isere.agent", True),
        ("aaaaaaaaaaaaaaaaaaaa", True),
        ("titre-titre-titre", True),
        ("cheval agrafe pile correcte", False),
        ("836104957261049", False),
        ("!@#$%^&*()_+{}|", False),
        ("пароль из слов", False),
        ("relance trois vélos bleus", False),
    ],
)
def test_a_password_is_more_than_what_is_guessed_first(password: str, is_refused: bool) -> None:
    assert is_guessable(password, ("agent", "isere", "")) is is_refused


def test_what_is_guessed_is_written_as_it_is_compared() -> None:
    assert [word for word in GUESSED if word != word.casefold() or not word.isascii()] == []
