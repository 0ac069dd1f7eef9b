"""One dossier on the console: its story, its messages, and what the desk says of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import day_of, nonce_of
from chalicelib.decoding.desk_forms import desk_event
from chalicelib.domain.bulk import Bulk, BulkKind
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Delays, paris_day
from chalicelib.domain.errors import FormRefused, WithoutEffect
from chalicelib.domain.operators import Role
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.console.answers import (
    Headers,
    again,
    done,
    frame,
    not_found,
    refusal_word,
    refused,
    segment,
)
from chalicelib.entrypoints.console.bulks import BULKS, sent_before
from chalicelib.entrypoints.console.prospects import (
    again_days,
    forecast_of_a_card,
    prospects_of,
)
from chalicelib.entrypoints.console.protected_routes import (
    Handler,
    Visit,
    audit_of,
    protected_route,
)
from chalicelib.entrypoints.headers import console_page
from chalicelib.messages.console import pages
from chalicelib.messages.console.access import access as compose_access
from chalicelib.messages.console.access import as_html, as_json
from chalicelib.messages.console.consequences import Prospect
from chalicelib.messages.console.forms import BESIDE, CARD_READY, actions
from chalicelib.messages.console.frame import Flash, Frame
from chalicelib.messages.console.views import DossierView
from chalicelib.messages.letter import Email
from chalicelib.pipeline.desk_actions import CONTACT_CHANGED, GONE_BY_THEN

desk_dossier = Blueprint(__name__)


@protected_route(
    desk_dossier, "/desk/dossiers/{dossier_id}", ["GET"], needs=Role.READ, action="read_dossier"
)
def dossier(visit: Visit, dossier_id: str) -> Response | str:
    """Everything about one dossier."""
    view = services().dossier_views.view(dossier_id)
    return _page(view, visit, frame(visit)) if view else not_found(visit)


@protected_route(
    desk_dossier,
    "/desk/dossiers/{dossier_id}/message",
    ["GET"],
    needs=Role.READ,
    action="read_message",
)
def message(visit: Visit, dossier_id: str) -> Response | str:
    """A message as its student received it; to whom, only in outline."""
    return _message(visit, dossier_id, visit.query)


@protected_route(
    desk_dossier,
    "/desk/dossiers/{dossier_id}/message",
    ["POST"],
    needs=Role.READ,
    action="read_recipient",
)
def recipient(visit: Visit, dossier_id: str) -> Response | str:
    """The same, with the address in full: the audit knows who has read it."""
    return _message(visit, dossier_id, visit.form, is_shown=True)


def _message(
    visit: Visit, dossier_id: str, asked: Mapping[str, str], *, is_shown: bool = False
) -> Response:
    notice, attempt = asked.get("notice", ""), asked.get("attempt", "1")
    number = int(attempt) if attempt in set(map(str, range(1, 100))) else 1
    found = services().sent_messages.find(dossier_id, notice, number)
    if found is None:
        return not_found(visit)
    visit.told.append(f"{notice} attempt={number}")
    framed = pages.styles_in(found.letter.html) if isinstance(found.letter, Email) else ()
    html = pages.sent(found, frame(visit), is_shown=is_shown)
    return Response(html, headers=console_page(framed))


@protected_route(
    desk_dossier,
    "/desk/dossiers/{dossier_id}/access",
    ["GET"],
    needs=Role.ACT,
    action="read_access",
)
def access(visit: Visit, dossier_id: str) -> Response | str:
    """Which dossiers are of the person who asks what is known of them."""
    asked = services().access_files.asked_for(dossier_id)
    return compose_access(asked, frame(visit)) if asked else not_found(visit)


@protected_route(
    desk_dossier,
    "/desk/dossiers/{dossier_id}/access",
    ["POST"],
    needs=Role.ACT,
    action="make_access_file",
)
def access_file(visit: Visit, dossier_id: str) -> Response:
    """All that is known by these dossiers, as a file. The audit names each of them."""
    asked = services().access_files.asked_for(dossier_id)
    if asked is None:
        return not_found(visit)
    also = [one for one in asked.may_be_theirs if visit.form.get(f"also-{one}") == "1"]
    made = services().access_files.make([dossier_id, *also])
    for one in also:
        audit_of(visit, "make_access_file", one)
    as_data = visit.form.get("as") == "json"
    text = as_json(made) if as_data else as_html(made, services().desk.name[Language.FR])
    kind, suffix = ("application/json", "json") if as_data else ("text/html", "html")
    headers: Headers = {
        "Content-Type": f"{kind}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="acces-{dossier_id}.{suffix}"',
    }
    return Response(text, headers=headers)


#: Why no other list of one begins.
CARD_WAITING = "card_waiting"

#: Which field of a form is told why the act would have no effect, where it is not the subject.
_FIELDS: Mapping[str, str] = {GONE_BY_THEN: "until", CONTACT_CHANGED: "seen"}


def _act(action: str) -> Handler:
    """The door of one form: each act has its own address, and its own word in the audit."""
    path, name = f"/desk/dossiers/{{dossier_id}}/{action}", f"dossier_{action}"

    @protected_route(desk_dossier, path, ["POST"], needs=Role.ACT, action=name)
    def act(visit: Visit, dossier_id: str) -> Response:
        delays = _delays(visit.now)
        known = services().desk_actions.known_contact(dossier_id) if action == "contact" else None
        try:
            event = desk_event(
                action, visit.form, dossier_id, visit.operator.name, visit.now, delays, known
            )
            _ask_twice(action, visit, dossier_id)
            acted = services().desk_actions.act(event, visit.form.get("seen", ""))
        except FormRefused as error:
            return _again(action, error, visit, dossier_id)
        except WithoutEffect as error:
            refusal = FormRefused(_FIELDS.get(error.reason, "subject"), refusal_word(error.reason))
            if error.reason == CONTACT_CHANGED:  # what was typed is what would write over it
                visit = replace(visit, form={})
            return _again(action, refusal, visit, dossier_id)
        visit.told.extend([event.subject] if event.subject else ())
        is_news = acted.outcome in {Recorded.RECORDED, Recorded.STALE}
        follows = acted.consequence if is_news else None
        flash = Flash(code=acted.outcome.value, consequence=follows)
        return done(visit, f"/desk/dossiers/{segment(dossier_id)}", flash)

    return act


for _action in actions():
    if _action != CARD_READY:
        _act(_action)


@protected_route(
    desk_dossier,
    f"/desk/dossiers/{{dossier_id}}/{CARD_READY}",
    ["POST"],
    needs=Role.ACT,
    action=f"dossier_{CARD_READY}",
)
def card_ready(visit: Visit, dossier_id: str) -> Response:
    """One card is a list of one: it can be undone for as long."""
    view = services().dossier_views.view(dossier_id)
    if view is None:
        return not_found(visit)
    try:
        day, nonce = day_of(visit.form, "day", visit.now), nonce_of(visit.form)
        if before := sent_before(visit):
            return before
    except FormRefused as error:
        return _again(CARD_READY, error, visit, dossier_id)
    if _cards_to_come(services().bulk_actions.waiting_for(dossier_id)):
        waits = FormRefused("day", refusal_word(CARD_WAITING))
        return _again(CARD_READY, waits, visit, dossier_id)
    made = services().bulk_actions.begin(nonce, visit.operator.name, day, [dossier_id])
    visit.told.append(made.bulk_id)
    follows = forecast_of_a_card(view, visit.operator.name).consequence
    flash = Flash(code="begun", consequence=follows)
    return done(visit, f"{BULKS}/{segment(made.bulk_id)}", flash)


def _cards_to_come(waiting: Iterable[Bulk]) -> bool:
    return any(bulk.kind is BulkKind.CARDS for bulk in waiting)


def _ask_twice(action: str, visit: Visit, dossier_id: str) -> None:
    """A message that left today leaves again only if somebody means it."""
    if action != "resend" or visit.form.get("even_so") == "1":
        return
    if services().desk_actions.sent_recently(dossier_id, visit.form.get("subject", "")):
        raise FormRefused("even_so", refusal_word("sent_recently"))


def _again(action: str, error: FormRefused, visit: Visit, dossier_id: str) -> Response:
    view = services().dossier_views.view(dossier_id)
    if view is None:
        return not_found(visit)
    form = f"{action}-{visit.form.get('subject', '')}" if action in BESIDE else action
    return again(_page(view, visit, frame(visit, refusal=refused(form, error, visit.form))))


def _page(view: DossierView, visit: Visit, around: Frame) -> str:
    delays = _delays(view.now)
    waiting = services().bulk_actions.waiting_for(view.dossier_id)
    if not visit.operator.role.may(Role.ACT) or view.is_forgotten:
        return pages.dossier(view, services().desk, around, waiting=waiting)
    again_on = again_days(view, visit.operator.name, delays)
    prospects = dict(prospects_of(view, visit.operator.name, delays, again_on))
    if _cards_to_come(waiting):
        prospects[CARD_READY] = Prospect(refusal=refusal_word(CARD_WAITING))
    return pages.dossier(view, services().desk, around, again_on, waiting, prospects)


def _delays(now: datetime) -> Delays:
    return services().desk.terms_on(paris_day(now)).delays
