"""How operators sign in: a name and a password, then a code from their telephone, then the console.

A wrong name, a wrong password and a wrong code have one answer. Nobody comes in without a code
that was given in this very sign-in, whatever Cognito would say.
"""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.domain.audit import AuditLine, Knock
from chalicelib.domain.errors import PasswordTooWeak, SignInRefused, SignInUnavailable
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import (
    HALF_WAY_AT_MOST,
    HOME,
    IDLE_AT_MOST,
    Challenge,
    HalfWay,
    SignInStep,
)
from chalicelib.entrypoints.console import cookies
from chalicelib.entrypoints.console.protected_routes import (
    SIGN_IN,
    Visit,
    is_from_here,
    knocked,
    outside,
    pressed,
    protected_route,
    route,
    see_other,
    session_of,
    source_of,
)
from chalicelib.entrypoints.headers import Headers
from chalicelib.messages.console.outside import Outside, SignInNotice
from chalicelib.observability import Metric, count, log, log_failure

desk_sign_in = Blueprint(__name__)

#: What a browser may have kept of us. Not "cookies": those of the whole domain would go with ours.
KEPT = '"cache", "storage"'

_BOTH = ["GET", "POST"]

#: Pages of the console alone: never another site, and no query, which might name a student.
_OURS = re.compile(r"/desk(?:/[\w.~%-]+)*", re.ASCII)

Form = Mapping[str, str]
OfAStep = Callable[[HalfWay, Form | None], Response]


@route(desk_sign_in, SIGN_IN, _BOTH, "sign_in")
def sign_in() -> Response:
    """A name and a password."""
    request = desk_sign_in.current_request
    if request.method == "GET":
        told = SignInNotice.SIGNED_OUT if _query(request, "out") else SignInNotice.NOTHING
        more = {"onwards": _onwards(_query(request, "next"))}
        return outside(Outside.SIGN_IN, told=told, more=more)
    if not is_from_here(request):
        return outside(Outside.FORBIDDEN, HTTPStatus.FORBIDDEN)
    form = pressed(request).fields
    name, password = form.get("name", "").strip(), form.get("password", "")
    onwards = _onwards(form.get("next", ""))
    return _coming_in(
        lambda: _next_step(services().operators.begin(name, password), onwards), "", onwards
    )


def _step(step: SignInStep) -> Callable[[OfAStep], Callable[..., Response]]:
    """A page of somebody who is half-way in, and at this step; everybody else begins anew."""

    def decorate(page: OfAStep) -> Callable[..., Response]:
        def answer() -> Response:
            request = desk_sign_in.current_request
            cookie = cookies.value_of(cookies.HALF_WAY, request.headers)
            half_way = services().sessions.read_half_way(cookie)
            if half_way is None or half_way.challenge.step is not step:
                return see_other(SIGN_IN)
            if request.method == "POST" and not is_from_here(request):
                return outside(Outside.FORBIDDEN, HTTPStatus.FORBIDDEN)
            form = pressed(request).fields if request.method == "POST" else None
            name, onwards = half_way.challenge.name, half_way.onwards
            return _coming_in(lambda: page(half_way, form), name, onwards)

        return route(desk_sign_in, f"{SIGN_IN}/{step}", _BOTH, f"sign_in_{step}")(answer)

    return decorate


@_step(SignInStep.PASSWORD)
def password(half_way: HalfWay, form: Form | None) -> Response:
    """A password of their own."""
    more, not_so = {"name": half_way.challenge.name}, HTTPStatus.UNPROCESSABLE_ENTITY
    if form is None:
        return outside(Outside.PASSWORD, more=more)
    if form.get("password") != form.get("again"):
        return outside(Outside.PASSWORD, not_so, SignInNotice.NOT_TWICE, more)
    try:
        challenge = services().operators.set_password(half_way.challenge, form.get("password", ""))
    except PasswordTooWeak:
        return outside(Outside.PASSWORD, not_so, SignInNotice.TOO_WEAK, more)
    services().generations.end(half_way.challenge.name)
    return _next_step(challenge, half_way.onwards)


@_step(SignInStep.ENROL)
def enrol(half_way: HalfWay, form: Form | None) -> Response:
    """Their telephone. Each look makes a secret of its own, and ends the one before."""
    if form is not None:
        return _come_in(half_way, lambda asked: services().operators.enrol(asked, _code(form)))
    enrolment = services().operators.new_secret(half_way.challenge)
    more = {
        "secret": " ".join(re.findall("..?.?.?", enrolment.secret)),
        "picture": enrolment.picture,
    }
    headers = _half_way(enrolment.challenge, half_way.onwards)
    return outside(Outside.ENROL, more=more, headers=headers)


@_step(SignInStep.CODE)
def code(half_way: HalfWay, form: Form | None) -> Response:
    """A code."""
    if form is None:
        return outside(Outside.CODE)
    return _come_in(half_way, lambda asked: services().operators.give_code(asked, _code(form)))


@protected_route(desk_sign_in, "/desk/sign-out", ["POST"], needs=Role.READ, action="sign_out")
def sign_out(visit: Visit) -> Response:
    """Out, in every browser: this one forgets the session, and none of theirs holds any more."""
    services().generations.end(visit.operator.name)
    gone: Headers = {"Set-Cookie": cookies.cleared(cookies.SESSION), "Clear-Site-Data": KEPT}
    return see_other(f"{SIGN_IN}?out=1", gone)


def _coming_in(go_on: Callable[[], Response], name: str, onwards: str) -> Response:
    """One answer to everything that was wrong, and another to what may be right later."""
    gone: Headers = {"Set-Cookie": cookies.cleared(cookies.HALF_WAY)}
    more = {"onwards": onwards}
    try:
        return go_on()
    except SignInRefused:
        log("refused", reason="sign_in")
        _refused(name)
        return outside(Outside.SIGN_IN, HTTPStatus.FORBIDDEN, SignInNotice.REFUSED, more, gone)
    except SignInUnavailable as error:
        log_failure(error, reason="sign_in")
        later = HTTPStatus.SERVICE_UNAVAILABLE
        return outside(Outside.SIGN_IN, later, SignInNotice.LATER, more, gone)


def _next_step(challenge: Challenge, onwards: str) -> Response:
    return see_other(f"{SIGN_IN}/{challenge.step}", _half_way(challenge, onwards))


def _half_way(challenge: Challenge, onwards: str) -> Headers:
    sealed = services().sessions.seal_half_way(challenge, onwards)
    return {"Set-Cookie": cookies.cookie(cookies.HALF_WAY, sealed, HALF_WAY_AT_MOST)}


def _come_in(half_way: HalfWay, prove: Callable[[Challenge], Operator]) -> Response:
    """A session of its own for each sign-in. It is on record before anybody is in.

    It is of the generation that stood before Cognito was asked: if somebody disables them at that
    moment, it is over when it begins. A new telephone ends what was begun with another, and whoever
    comes in where somebody is in ends what those had begun (ASVS 5.0, 7.2.4).
    """
    asked, before = half_way.challenge, session_of(desk_sign_in.current_request)
    generation = services().generations.of(asked.name)
    operator = prove(asked)
    if operator.name.casefold() != asked.name.casefold():
        raise SignInRefused
    over = {operator.name} if asked.step is SignInStep.ENROL else set()
    if before is not None:
        over.add(before.operator.name)
    for name in over:
        services().generations.end(name)
    generation += operator.name in over
    _audit(operator.name, operator.role, "done")
    sealed = services().sessions.seal(services().sessions.open(operator, generation))
    session = cookies.cookie(cookies.SESSION, sealed, IDLE_AT_MOST)
    gone = cookies.cleared(cookies.HALF_WAY)
    return see_other(half_way.onwards, {"Set-Cookie": [session, gone]})


def _refused(name: str) -> None:
    """A name is written down only once its password was right, for people type theirs in its place.
    Whoever has none is counted: strangers would fill the audit.
    """
    if name:
        _audit(name, None, "refused")
        count(Metric.SIGN_INS_REFUSED)
    else:
        knocked(Knock.SIGN_IN)


def _audit(name: str, role: Role | None, result: str) -> None:
    services().audit.append(
        AuditLine(
            at=services().now(),
            by=name,
            role=role,
            action="sign_in",
            result=result,
            source=source_of(desk_sign_in.current_request),
        )
    )


def _code(form: Form) -> str:
    """Telephones show codes with a space in the middle."""
    return "".join(form.get("code", "").split())


def _query(request: Request, name: str) -> str:
    return str(request.query_params.get(name, "")) if request.query_params else ""


def _onwards(asked: str) -> str:
    """Where somebody wanted to go: within the console, or to its beginning."""
    is_ours = _OURS.fullmatch(asked) and not asked.startswith((SIGN_IN, "/desk/sign-out"))
    return asked if is_ours else HOME
