"""What operators ask for, to come in and to stay."""

import secrets

from chalicelib import wiring
from chalicelib.domain.operators import Operator
from chalicelib.domain.signing_in import Challenge, HalfWay, Session


def begin_sign_in(name: str, password: str) -> Challenge:
    """The first step of a sign-in. Raises SignInRefused and SignInUnavailable."""
    return wiring.house().operators.begin(name, password)


def set_password(challenge: Challenge, password: str) -> Challenge:
    """A password of their own. Raises PasswordTooWeak, SignInRefused and SignInUnavailable."""
    return wiring.house().operators.set_password(challenge, password)


def new_secret(challenge: Challenge) -> tuple[Challenge, str]:
    """A secret for a telephone. Raises SignInRefused and SignInUnavailable."""
    return wiring.house().operators.new_secret(challenge)


def enrolment_picture(name: str, secret: str) -> str:
    """The same secret as a square for a telephone's camera: an SVG element."""
    return wiring.house().enrolment_picture(name, secret)


def enrol(challenge: Challenge, code: str) -> Operator:
    """Who has enrolled their telephone. Raises SignInRefused and SignInUnavailable."""
    return wiring.house().operators.enrol(challenge, code)


def give_code(challenge: Challenge, code: str) -> Operator:
    """Who has given a code. Raises SignInRefused and SignInUnavailable."""
    return wiring.house().operators.give_code(challenge, code)


def seal_half_way(challenge: Challenge, onwards: str) -> str:
    """A sign-in that is going on, as a cookie's value."""
    half_way = HalfWay(challenge=challenge, since=wiring.now(), onwards=onwards)
    return wiring.house().sessions.seal_half_way(half_way)


def read_half_way(cookie: str) -> HalfWay | None:
    """The sign-in of a cookie, if it holds."""
    return wiring.house().sessions.read_half_way(cookie, wiring.now())


def open_session(operator: Operator) -> Session:
    """A session that begins now."""
    at = wiring.now()
    session_id = secrets.token_urlsafe(16)
    return Session(session_id=session_id, operator=operator, signed_in_at=at, seen_at=at)


def seal_session(session: Session) -> str:
    """A session as a cookie's value, seen now."""
    return wiring.house().sessions.seal(session.seen(wiring.now()))


def read_session(cookie: str) -> Session | None:
    """The session of a cookie, if it holds."""
    return wiring.house().sessions.read(cookie, wiring.now())


def form_token(session: Session) -> str:
    """What every form of a session carries."""
    return wiring.house().sessions.form_token(session)


def is_form_of(session: Session, token: str) -> bool:
    """Whether a form is one of this session's."""
    return wiring.house().sessions.is_form_of(session, token)
