"""The student's pages, and those about the service: data, legal notice, accessibility."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.contact import Language
from chalicelib.domain.errors import TryLater, Unreadable
from chalicelib.domain.links import Bound, Purpose
from chalicelib.entrypoints.headers import HTML, Headers, student_page
from chalicelib.entrypoints.languages import read_by
from chalicelib.messages.pages import Page, compose_notice, compose_page
from chalicelib.messages.phrases import written
from chalicelib.observability import log, log_failure
from chalicelib.pipeline.students import LinkValidity, StudentView

student_pages = Blueprint(__name__)

_READ, _PRESS = ["GET", "HEAD"], ["GET", "HEAD", "POST"]
_ANY = ["*/*"]
_JSON = "application/json"

#: What a page of an appointment becomes that is no more.
_GONE = {
    LinkValidity.REPLACED: Page.REPLACED,
    LinkValidity.CANCELLED: Page.CANCELLED,
    LinkValidity.CLOSED: Page.CLOSED,
}

Handler = Callable[..., Response]

#: Where each page about the service is. They are linked from every page and every e-mail.
_ABOUT_THE_SERVICE = {
    "/privacy": Page.PRIVACY,
    "/legal": Page.LEGAL,
    "/accessibility": Page.ACCESSIBILITY,
}


def _page(name: str, path: str, methods: list[str]) -> Callable[[Handler], Handler]:
    """A route whose handler may fail: the student is told so, in words.

    Left to itself, Chalice would log the path of a failed request, and the token in it.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(**values: str) -> Response:
            try:
                return handler(**values)
            except (TryLater, Unreadable) as error:
                log_failure(error, "not_stored", reason=name)
                return _notice(Page.UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
            except Exception as error:  # noqa: BLE001  whatever it is, nobody may read the token
                log_failure(error, reason=f"{name} {type(error).__name__}")
                return _notice(Page.UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR)

        student_pages.route(path, methods=methods, content_types=_ANY, name=name)(guarded)
        return guarded

    return decorate


@_page("confirm", "/confirm/{token}", _PRESS)
def confirm(token: str) -> Response:
    """GET shows the appointment and one button; only POST confirms: scanners open links."""
    bound = services().links.read(Purpose.CONFIRM, token)
    view = _act(bound, services().students.confirm) if bound else None
    confirmed = view and view.facts.appointment and view.facts.appointment.confirmed_at
    return _show(Page.CONFIRMED if confirmed else Page.CONFIRM, view)


@_page("convocation", "/convocation/{token}", _READ)
def convocation(token: str) -> Response:
    """The convocation as an accessible page."""
    view = _look(Purpose.CONVOCATION, token)
    confirmed = view and view.facts.appointment and view.facts.appointment.confirmed_at
    return _show(Page.CONVOCATION if confirmed else Page.UNCONFIRMED, view)


@_page("convocation_pdf", "/convocation/{token}/pdf", _READ)
def convocation_pdf(token: str) -> Response:
    """The document, through an address that lives a few minutes."""
    bound = services().links.read(Purpose.CONVOCATION, token)
    document = services().convocations.document(bound) if bound else None
    if document is None:
        return convocation(token=token)
    address, language = document
    headers = _headers(language) | {"Location": address}
    return Response("", status_code=HTTPStatus.SEE_OTHER, headers=headers)


@_page("convocation_ics", "/convocation/{token}/ics", _READ)
def convocation_ics(token: str) -> Response:
    """The appointment for a calendar."""
    bound = services().links.read(Purpose.CONVOCATION, token)
    invite = services().convocations.invite(bound) if bound else None
    if invite is None:
        return convocation(token=token)
    entry, language = invite
    headers = _headers(language) | {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'attachment; filename="rendez-vous.ics"',
    }
    return Response(entry.decode(), headers=headers)


@_page("dossier", "/dossier/{token}", _READ)
def dossier(token: str) -> Response:
    """Where is my dossier: done, now, next."""
    return _show(Page.DOSSIER, _look(Purpose.DOSSIER, token))


@_page("proof", "/proof/{token}", _READ)
def proof(token: str) -> Response:
    """Where the convocation's QR code leads: valid, replaced, or not known."""
    view = _look(Purpose.PROOF, token)
    appointment = view.facts.appointment if view else None
    is_issued = appointment is not None and appointment.confirmed_at is not None
    is_gone = view is not None and view.standing is not LinkValidity.CURRENT
    return _show(Page.PROOF, view if is_issued or is_gone else None)


@_page("unsubscribe", "/unsubscribe/{token}", _PRESS)
def unsubscribe(token: str) -> Response:
    """No more renewal reminders: a button, or a mail program's one-click POST (RFC 8058).

    Of whoever is forgotten nobody sends any: that is what they ask for.
    """
    bound = services().links.read(Purpose.UNSUBSCRIBE, token)
    view = _act(bound, services().students.unsubscribe) if bound else None
    if bound and view is None:
        return _notice(Page.UNSUBSCRIBED, HTTPStatus.OK)
    done = view is not None and view.facts.unsubscribed
    return _show(Page.UNSUBSCRIBED if done else Page.UNSUBSCRIBE, view)


def _about_the_service(path: str, page: Page) -> None:
    @_page(page.value, path, _READ)
    def show() -> Response:
        return _notice(page, HTTPStatus.OK)


for _path, _of_it in _ABOUT_THE_SERVICE.items():
    _about_the_service(_path, _of_it)


@student_pages.route("/health", methods=_READ, content_types=_ANY)
def health() -> Response:
    """Whether this function runs at all."""
    return Response({"status": "ok"}, headers=student_page() | {"Content-Type": _JSON})


def _look(purpose: Purpose, token: str) -> StudentView | None:
    bound = services().links.read(purpose, token)
    return services().students.look(bound) if bound else None


def _act(bound: Bound, act: Callable[[Bound], StudentView | None]) -> StudentView | None:
    """Only a press of our own button, or a mail program, acts; a form on another site does not."""
    request = student_pages.current_request
    is_foreign = request.headers.get("sec-fetch-site") == "cross-site"
    pressed = request.method == "POST" and not is_foreign
    return act(bound) if pressed else services().students.look(bound)


def _show(page: Page, view: StudentView | None) -> Response:
    if view is None:
        log("refused", reason=f"{page} link")  # forged, cut off, or of a dossier that is forgotten
        return _notice(Page.UNKNOWN, HTTPStatus.NOT_FOUND)
    if view.standing is not LinkValidity.CURRENT:
        # A paper may be read by others than its student.
        gone = Page.PROOF_REPLACED if page is Page.PROOF else _GONE[view.standing]
        return _notice(gone, HTTPStatus.GONE)
    language = _language() or services().desk.language_for(view.facts.contact)

    def write(language: Language) -> Response:
        html = compose_page(
            page,
            view.facts,
            view.state,
            services().desk,
            view.links,
            view.dossier_id,
            language,
            view.now,
        )
        return Response(html, headers=_headers(language))

    return written(services().desk, language, write)


def _notice(page: Page, status: HTTPStatus) -> Response:
    """Where nobody knows the student, their browser says what they read."""
    asked = student_pages.current_request.headers.get("accept-language", "")
    offered = services().desk.languages
    language = _language() or read_by(asked, offered) or offered[0]
    again: Headers = {"Retry-After": "60"} if page is Page.UNAVAILABLE else {}

    def write(language: Language) -> Response:
        html = compose_notice(
            page,
            services().desk,
            language,
            services().settings.public_url.rstrip("/"),
            services().now(),
        )
        return Response(html, status_code=status, headers=_headers(language) | again)

    return written(services().desk, language, write)


def _language() -> Language | None:
    """The language that `?lang=` asks for, if the desk offers it."""
    params = student_pages.current_request.query_params
    wanted = params.get("lang") if params else None
    return next((language for language in services().desk.languages if language == wanted), None)


def _headers(language: Language) -> Headers:
    return student_page() | {"Content-Type": HTML, "Content-Language": language.value}
