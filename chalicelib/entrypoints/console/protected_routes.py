"""The doors of the console: who may pass, by which form, and a line in the audit for each who did.

`ROUTES` lists every one of them with the role that it needs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlencode

from chalice.app import Blueprint, Request, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.form_bodies import FormBody, form_body
from chalicelib.domain.audit import AuditLine, Knock, coded
from chalicelib.domain.errors import StorageUnavailable, TryLater, Unreadable, Unusable
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import HOME, IDLE_AT_MOST, Session
from chalicelib.entrypoints.console import cookies
from chalicelib.entrypoints.console.flashes import flash_of
from chalicelib.entrypoints.headers import Headers, console_page
from chalicelib.messages.console.frame import Flash
from chalicelib.messages.console.outside import (
    Outside,
    SignInNotice,
    compose_outside,
    what_was_typed,
)
from chalicelib.messages.console.quarantine import unreadable_words
from chalicelib.observability import Metric, count, log, log_failure

SIGN_IN = "/desk/sign-in"

_ANY = ["*/*"]

#: What CloudWatch counts beside the audit.
KNOCKS: Mapping[Knock, Metric] = {
    Knock.SIGN_IN: Metric.SIGN_INS_REFUSED,
    Knock.SESSION: Metric.WITHOUT_SESSION,
}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request that was let in. `nonce` is fresh: put into a form, it makes that form act once.

    `form` and `files` are empty unless a form was pressed; `now` is aware, in UTC. `flash` is what
    the act before it answered. `source` is the address that it came from, as the gateway saw it.
    `told` is what its handler tells the audit: which page, day, message or search that was, once it
    is known to be one and not a name.
    """

    operator: Operator
    form_token: str
    nonce: str
    now: datetime
    source: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    flash: Flash | None = None


#: Answers a visit, with the parameters of the path by name. A text is a page of ours.
Handler = Callable[..., Response | str]


@dataclass(frozen=True, kw_only=True)
class ProtectedRoute:
    """One route of the console. `action` is what the audit calls it.

    What a page asks for by itself, again and again, is a `poll`: nobody's move, which keeps no
    session alive, and no line of the audit. It says nothing of anybody.
    """

    path: str
    methods: tuple[str, ...]
    needs: Role
    action: str
    poll: bool = False


#: Every route behind the sign-in, in the order of their making.
ROUTES: list[ProtectedRoute] = []


#: Why a form is refused that is none of this session, as the audit has it.
_OLD_FORM = "form"


class _Forbidden(Exception):
    """Not this one, or not by this form; `why` is a code for the audit."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def protected_route(
    blueprint: Blueprint,
    path: str,
    methods: list[str],
    needs: Role,
    action: str,
    *,
    poll: bool = False,
) -> Callable[[Handler], Callable[..., Response]]:
    """A route of the console: its handler is asked only by who may, and never by a forged form."""

    def decorate(handler: Handler) -> Callable[..., Response]:
        made = ProtectedRoute(
            path=path, methods=tuple(methods), needs=needs, action=action, poll=poll
        )
        ROUTES.append(made)

        @wraps(handler)
        def answer(**values: str) -> Response:
            return _answer(made, blueprint.current_request, handler, values)

        return route(blueprint, path, methods, action)(answer)

    return decorate


def route(
    blueprint: Blueprint, path: str, methods: list[str], name: str
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A route that fails in words, and without its path or its form in the log."""

    def decorate(answer: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(answer)
        def guarded(**values: str) -> Response:
            try:
                return answer(**values)
            except Exception as error:  # noqa: BLE001  whatever it is, Chalice would log the path
                return _in_words(error, name)

        blueprint.route(path, methods=methods, content_types=_ANY, name=_name_of(path, methods))(
            guarded
        )
        return guarded

    return decorate


def _in_words(error: Exception, name: str) -> Response:
    """The page for whoever met an error at the door of this name, and a line in the log."""
    match error:
        case Unusable():
            log("refused", reason=f"{name} form")
            return outside(Outside.BAD_FORM, HTTPStatus.BAD_REQUEST)
        case Unreadable():
            log_failure(error, "not_stored", reason=name)
            because = unreadable_words(error.why)
            more = {"dossier_id": error.dossier_id, "why": error.why, "because": because}
            return outside(Outside.UNREADABLE, HTTPStatus.CONFLICT, more=more)
        case TryLater():
            log_failure(error, "not_stored", reason=name)
            return outside(Outside.UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
        case _:
            log_failure(error, reason=f"{name} {type(error).__name__}")
            return outside(Outside.UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR)


def outside(
    page: Outside,
    status: HTTPStatus = HTTPStatus.OK,
    told: SignInNotice = SignInNotice.NOTHING,
    more: Mapping[str, object] | None = None,
    headers: Headers | None = None,
) -> Response:
    """A page for somebody who is not in the console, or not at this door of it."""
    html = compose_outside(page, services().desk, told, more)
    said = console_page() | (headers or {})
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        said["Retry-After"] = "60"
    return Response(html, status_code=status, headers=said)


def see_other(address: str, headers: Headers | None = None) -> Response:
    """Go on there."""
    said = console_page() | {"Location": address} | (headers or {})
    return Response("", status_code=HTTPStatus.SEE_OTHER, headers=said)


def is_from_here(request: Request) -> bool:
    """Whether a form was pressed on a page of ours: the browser says so (ASVS 5.0, 3.5.1).

    An origin is a scheme and a host (RFC 6454, 6.2): whatever else a stranger writes there is none.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def pressed(request: Request) -> FormBody:
    """The form of a request. Raises Unusable."""
    raw = request.raw_body
    body = raw if isinstance(raw, bytes) else raw.encode()
    return form_body(request.headers.get("content-type", ""), body)


def _answer(
    at: ProtectedRoute, request: Request, handler: Handler, values: Mapping[str, str]
) -> Response:
    session = session_of(request)
    if session is None:
        return _stranger(at, request, values)
    line = AuditLine(
        at=services().now(),
        by=session.operator.name,
        role=session.operator.role,
        action=at.action,
        object="/".join(map(coded, values.values())),
        source=source_of(request),
    )
    try:
        visit = _visit(at, request, session)
    except _Forbidden as refused:
        services().audit.append(replace(line, result="refused", detail=refused.why))
        if refused.why == _OLD_FORM:
            return _not_done(request, _page_before(at, values), is_in=True)
        return outside(Outside.FORBIDDEN, HTTPStatus.FORBIDDEN)
    try:
        answered = handler(visit, **values)
    except Exception as error:
        failed = replace(line, which=" ".join(visit.told), result="failed")
        services().audit.append(replace(failed, detail=type(error).__name__))
        raise
    response = _page(answered, request, session, at)
    result = "done" if response.status_code < HTTPStatus.BAD_REQUEST else "refused"
    if not at.poll:
        services().audit.append(replace(line, which=" ".join(visit.told), result=result))
    return response


def session_of(request: Request) -> Session | None:
    """Whose request it is; None where nobody is in, or their sessions were ended since.

    Raises StorageUnavailable: if that cannot be read, nobody does or sees anything.
    """
    session = services().sessions.read(cookies.value_of(cookies.SESSION, request.headers))
    if session is None:
        return None
    stands = services().generations.of(session.operator.name)
    return session if session.generation == stands else None


def _visit(at: ProtectedRoute, request: Request, session: Session) -> Visit:
    if not session.operator.role.may(at.needs):
        raise _Forbidden("role")
    body = FormBody()
    if request.method == "POST":
        if not is_from_here(request):
            raise _Forbidden("site")
        body = pressed(request)
        if not services().sessions.is_form_of(session, body.fields.get("form", "")):
            raise _Forbidden(_OLD_FORM)
    form_token = services().sessions.form_token(session)
    return Visit(
        operator=session.operator,
        form_token=form_token,
        nonce=services().nonce(),
        now=services().now(),
        source=source_of(request),
        query=dict(request.query_params or {}),
        form=body.fields,
        files=body.files,
        flash=flash_of(form_token, request.headers) if _is_opened(at, request) else None,
    )


def _is_opened(at: ProtectedRoute, request: Request) -> bool:
    """Whether somebody looks at a page: what asks by itself is a poll, or htmx says so."""
    return request.method == "GET" and not at.poll and not _is_by_itself(request)


def _stranger(at: ProtectedRoute, request: Request, values: Mapping[str, str]) -> Response:
    """Somebody without a session. There is nobody to name in the audit: they are counted."""
    log("refused", reason=f"{at.action} session")
    knocked(Knock.SESSION)
    if _is_by_itself(request):  # what is on the screen is for whoever signed in: read it anew
        return outside(Outside.FORBIDDEN, HTTPStatus.FORBIDDEN, headers={"HX-Refresh": "true"})
    if request.method != "GET":
        return _not_done(request, _page_before(at, values), is_in=False)
    return see_other(_sign_in_for(_filled(at.path, values)))


def _sign_in_for(path: str) -> str:
    return f"{SIGN_IN}?{urlencode({'next': path})}"


def _filled(path: str, values: Mapping[str, str]) -> str:
    """The address of a page: the gateway hands on parts of it as they stood there, or plain."""
    return path.format(**{one: quote(unquote(value), safe="") for one, value in values.items()})


def _not_done(request: Request, back: str, *, is_in: bool) -> Response:
    """A form of a session that is over: nothing of it was done. What was typed is shown to its
    person, to be copied; never what may have come from another site's page, whose words would
    stand on one of ours.
    """
    says_whence = {"sec-fetch-site", "origin"} & set(request.headers)
    body = pressed(request) if says_whence and is_from_here(request) else FormBody()
    more = {
        "is_in": is_in,
        "back": back if is_in else _sign_in_for(back),
        **what_was_typed(body.fields, has_files=any(body.files.values())),
    }
    return outside(Outside.OLD_FORM, HTTPStatus.FORBIDDEN, more=more)


def _page_before(at: ProtectedRoute, values: Mapping[str, str]) -> str:
    """Where a form stands: the page above it, or its own if that is of no one thing. It is known by
    our routes alone, for what a browser says of it may be a stranger's.
    """
    opened = {one.path for one in ROUTES if "GET" in one.methods}
    parts = at.path.split("/")
    above = ["/".join(parts[:n]) for n in range(len(parts), 1, -1)]
    pages = above[1:] if values else above
    return next((_filled(path, values) for path in pages if path in opened), HOME)


def _is_by_itself(request: Request) -> bool:
    """Whether a page refreshes itself, as htmx says it does."""
    return "hx-request" in request.headers


def _page(
    answered: Response | str, request: Request, session: Session, at: ProtectedRoute
) -> Response:
    """An answer with what every page says, and a session that was seen just now.

    A page that refreshes itself is nobody's move. What an act answered is shown once; a file that
    is fetched shows nothing.
    """
    response = answered if isinstance(answered, Response) else Response(answered)
    headers: dict[str, Any] = dict(response.headers)
    own = headers.pop("Set-Cookie", None)
    kept = [own] if own else []
    is_a_move = not at.poll and not _is_by_itself(request)
    if is_a_move and not _names(own, cookies.SESSION):
        sealed = services().sessions.seal(session)
        kept.append(cookies.cookie(cookies.SESSION, sealed, IDLE_AT_MOST))
    has_flash = bool(cookies.value_of(cookies.FLASH, request.headers))
    if has_flash and _is_opened(at, request) and "Content-Disposition" not in headers:
        kept.append(cookies.cleared(cookies.FLASH))
    said: dict[str, Any] = console_page() | ({"Set-Cookie": kept} if kept else {})
    return Response(response.body, status_code=response.status_code, headers=said | headers)


def _names(header: str | None, name: str) -> bool:
    return header is not None and header.startswith(f"{name}=")


def audit_of(
    visit: Visit, action: str, subject: str, which: str = "", *, result: str = "done"
) -> None:
    """A line of its own for one more that an act is about, by its id."""
    services().audit.append(
        AuditLine(
            at=visit.now,
            by=visit.operator.name,
            role=visit.operator.role,
            action=action,
            object=subject,
            which=which,
            source=visit.source,
            result=result,
        )
    )


def knocked(what: Knock) -> None:
    """Somebody without a name was refused. Whether that can be counted changes no answer."""
    count(KNOCKS[what])
    try:
        services().audit.knock(services().now(), what)
    except StorageUnavailable as error:
        log_failure(error, "not_stored", reason=what)


def source_of(request: Request) -> str:
    """The address that a request came from, as the gateway saw it and no header says it."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def _name_of(path: str, methods: list[str]) -> str:
    """Chalice wants a name for each route, and no two alike."""
    return "_".join([*methods, *(part.strip("{}") for part in path.split("/") if part)]).lower()
