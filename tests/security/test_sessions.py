"""Sessions: only ours are read, each cookie for one thing, and none beyond its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import Challenge, HalfWay, Session, SignInStep
from chalicelib.observability.scrubbing import MARK, scrubbed
from chalicelib.security.sessions import Sessions
from tests.builders import paris

OLD, NEW, NEXT = "o" * 32, "n" * 32, "x" * 32
KEYS = (NEXT, NEW, OLD)
NOW = paris("2019-04-08 10:00")


def sessions(*keys: str, at: datetime = NOW) -> Sessions:
    return Sessions(keys, now=lambda: at, new_id=lambda: "s-1")


SESSIONS = sessions(*KEYS)
AGENT = Operator(name="agent", role=Role.ACT)
SESSION = Session(session_id="s-1", operator=AGENT, generation=3, signed_in_at=NOW, seen_at=NOW)
HALF_WAY = HalfWay(
    challenge=Challenge(step=SignInStep.CODE, name="agent", ticket="ticket"),
    since=NOW,
    onwards="/desk/dossiers/D-1",
)

instants = st.datetimes(datetime(2019, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(st.text(st.characters(codec="utf-8"), max_size=128), st.sampled_from(Role), instants)
def test_a_session_is_read_back_to_the_second(name: str, role: Role, at: datetime) -> None:
    session = Session(
        session_id="s-1", operator=Operator(name=name, role=role), signed_in_at=at, seen_at=at
    )
    ours = sessions(*KEYS, at=at)
    found = ours.read(ours.seal(session))
    whole = at.replace(microsecond=0)
    assert found == Session(
        session_id="s-1", operator=session.operator, signed_in_at=whole, seen_at=whole
    )


def test_a_session_begins_when_somebody_comes_in() -> None:
    assert SESSIONS.open(AGENT, 3) == SESSION


def test_a_session_is_sealed_as_it_was_seen_last() -> None:
    later = sessions(*KEYS, at=NOW + timedelta(minutes=29))
    assert later.read(later.seal(SESSION)) == SESSION.seen(NOW + timedelta(minutes=29))


@pytest.mark.parametrize("step", list(SignInStep))
def test_a_sign_in_is_read_back(step: SignInStep) -> None:
    challenge = Challenge(step=step, name="agent", ticket="x" * 2048)
    half_way = HalfWay(challenge=challenge, since=NOW, onwards="/desk")
    assert SESSIONS.read_half_way(SESSIONS.seal_half_way(challenge, "/desk")) == half_way


def test_a_cookie_with_the_longest_ticket_fits_into_a_browser() -> None:
    import secrets  # noqa: TID251  a ticket that does not compress

    challenge = Challenge(
        step=SignInStep.PASSWORD, name="n" * 128, ticket=secrets.token_urlsafe(1536)
    )
    assert len(SESSIONS.seal_half_way(challenge, "/desk")) < 3_900


def test_a_session_that_is_over_is_not_read() -> None:
    sealed = SESSIONS.seal(SESSION)
    assert sessions(*KEYS, at=NOW + timedelta(minutes=29)).read(sealed) == SESSION
    assert sessions(*KEYS, at=NOW + timedelta(minutes=30)).read(sealed) is None


def test_a_sign_in_that_stood_still_is_not_read() -> None:
    sealed = SESSIONS.seal_half_way(HALF_WAY.challenge, HALF_WAY.onwards)
    assert sessions(*KEYS, at=NOW + timedelta(minutes=4)).read_half_way(sealed) == HALF_WAY
    assert sessions(*KEYS, at=NOW + timedelta(minutes=5)).read_half_way(sealed) is None


def test_one_cookie_does_not_pass_for_the_other() -> None:
    assert SESSIONS.read(SESSIONS.seal_half_way(HALF_WAY.challenge, HALF_WAY.onwards)) is None
    assert SESSIONS.read_half_way(SESSIONS.seal(SESSION)) is None


@given(st.text(st.characters()))
@example("")
@example(".")
@example("é.é")
@example("\ud800")
@example("a" * 100_000)
def test_nothing_that_anybody_writes_is_a_session_a_sign_in_or_a_form(text: str) -> None:
    assert SESSIONS.read(text) is None
    assert SESSIONS.read_half_way(text) is None
    assert not SESSIONS.is_form_of(SESSION, text)


def test_another_name_or_role_does_not_go_with_the_signature() -> None:
    admin = Session(
        session_id="s-1",
        operator=Operator(name="agent", role=Role.ADMIN),
        signed_in_at=NOW,
        seen_at=NOW,
    )
    content = sessions("guess").seal(admin).rpartition(".")[0]
    signature = SESSIONS.seal(SESSION).rpartition(".")[2]
    assert SESSIONS.read(f"{content}.{signature}") is None


# Forms


def test_a_form_is_its_session_s_and_nobody_else_s() -> None:
    other = Session(session_id="s-2", operator=AGENT, signed_in_at=NOW, seen_at=NOW)
    token = SESSIONS.form_token(SESSION)
    assert SESSIONS.is_form_of(SESSION, token)
    assert not SESSIONS.is_form_of(other, token)


def test_a_form_is_the_same_while_its_session_goes_on() -> None:
    assert SESSIONS.form_token(SESSION.seen(NOW + timedelta(hours=1))) == SESSIONS.form_token(
        SESSION
    )


# Keys


def test_after_a_rotation_sessions_and_forms_go_on() -> None:
    before = sessions(OLD)
    assert SESSIONS.read(before.seal(SESSION)) == SESSION
    assert SESSIONS.is_form_of(SESSION, before.form_token(SESSION))


def test_the_next_key_is_read_already() -> None:
    after = sessions(NEXT)
    assert SESSIONS.read(after.seal(SESSION)) == SESSION
    assert SESSIONS.is_form_of(SESSION, after.form_token(SESSION))


def test_the_second_key_signs_and_one_that_is_removed_ends_what_it_signed() -> None:
    after = sessions(NEW)
    assert after.read(SESSIONS.seal(SESSION)) == SESSION
    assert after.read(sessions(OLD).seal(SESSION)) is None
    assert not after.is_form_of(SESSION, sessions(OLD).form_token(SESSION))


def test_a_cookie_in_a_log_line_would_be_struck_out() -> None:
    for sealed in (
        SESSIONS.seal(SESSION),
        SESSIONS.seal_half_way(HALF_WAY.challenge, HALF_WAY.onwards),
    ):
        assert scrubbed(f"it was {sealed} !") == f"it was {MARK} !"
