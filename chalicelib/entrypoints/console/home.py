"""The console's first page, the search, the list to print, and the one script."""

from collections.abc import Sequence
from http import HTTPStatus

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_csv import csv_of
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Contact
from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.answers import (
    Headers,
    again,
    frame,
    number_in,
    refusal_word,
)
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import FormRefusal
from chalicelib.messages.console.views import Filters, Unreached, WorkRow
from chalicelib.messages.console.words import state_word, tasks_of

desk_home = Blueprint(__name__)

#: Fewer characters find too many people.
ASKED_AT_LEAST = 2

_HEADER = ("dossier", "nom", "prénom", "téléphone", "e-mail", "pourquoi", "état", "rendez-vous")


@protected_route(desk_home, "/desk", ["GET"], needs=Role.READ, action="read_home")
def home(visit: Visit) -> str:
    """What waits for a person."""
    filters = _filters(visit)
    work = services().work_lists.page(
        filters, services().channel_pauses.states(), services().bulk_actions.pending()
    )
    return pages.home(work, filters, visit.now, frame(visit, "/desk"))


def _filters(visit: Visit) -> Filters:
    """Whatever an address asks for that cannot be is not asked for."""
    kind = visit.query.get("kind", "")
    return Filters(
        kind=Kind(kind) if kind in set(Kind) else None,
        urgent=visit.query.get("urgent") == "1",
        page=max(1, number_in(visit.query, "page")),
    )


@protected_route(desk_home, "/desk/find", ["GET"], needs=Role.READ, action="find_students")
def find(visit: Visit) -> Response | str:
    """Look for somebody."""
    asked, around = visit.query.get("q", "").strip(), frame(visit, "/desk/find")
    if not asked:
        return pages.find(None, around)
    if len(asked) < ASKED_AT_LEAST:
        refusal = FormRefusal(
            form="find", field="q", message=refusal_word("asked"), typed={"q": asked}
        )
        return again(pages.find(None, frame(visit, "/desk/find", refusal), asked))
    return pages.find(services().search.find(asked), around)


@protected_route(desk_home, "/desk/list", ["GET"], needs=Role.READ, action="read_list")
def unreached(visit: Visit) -> str:
    """Whom to call and write to, on paper."""
    return pages.unreached(_unreached(visit), visit.now, frame(visit))


@protected_route(desk_home, "/desk/export.csv", ["GET"], needs=Role.ACT, action="export_list")
def export(visit: Visit) -> Response:
    """The same for a spreadsheet."""
    found = _unreached(visit)
    headers: Headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="a-joindre.csv"',
    }
    # As text: Chalice hands bytes on for the media types only that are declared to it.
    return Response(
        csv_of(_HEADER, [*map(_row, found.rows), *_beyond(found)]).decode(), headers=headers
    )


def _unreached(visit: Visit) -> Unreached:
    return services().work_lists.unreached(max(1, number_in(visit.query, "page")))


def _beyond(found: Unreached) -> Sequence[Sequence[str]]:
    """A last line that says so, where these are not all."""
    if found.pages == 1 and not found.is_cut:
        return ()
    total = f"{found.total}{' ou plus' if found.is_cut else ''}"
    said = f"Page {found.page} sur {found.pages} ; en tout : {total}"
    return [[said, *[""] * (len(_HEADER) - 1)]]


def _row(row: WorkRow) -> tuple[str, ...]:
    contact = row.contact or Contact(given_name="", family_name="")
    return (
        row.dossier_id,
        contact.family_name,
        contact.given_name,
        pages.number_in_a_cell(contact.number or contact.phone),
        contact.email or "",
        tasks_of(row.kinds, row.to_collect),
        state_word(row.state),
        pages.instant_in_words(row.appointment_at),
    )


@desk_home.route("/desk/htmx.js", methods=["GET"])
def htmx() -> Response:
    """The script that refreshes a page: the same for everybody, and kept by the browser."""
    headers: Headers = {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(pages.htmx(), status_code=HTTPStatus.OK, headers=headers)
