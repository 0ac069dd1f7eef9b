"""What was asked for many dossiers at once: how far it is, and ten minutes to undo it."""

from collections.abc import Mapping

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import nonce_of
from chalicelib.domain.bulk import BulkKind
from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.answers import csv_answer, done, frame, not_found, segment
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import Flash
from chalicelib.messages.console.words import aside_word

desk_bulks = Blueprint(__name__)

BULKS = "/desk/bulks"
#: Where each kind of them begins, in the menu.
_MENU: Mapping[BulkKind, str] = {
    BulkKind.CARDS: "/desk/cards",
    BulkKind.APPOINTMENTS: "/desk/lists",
    BulkKind.TAKEOVER: "/desk/lists",
}


def sent_before(visit: Visit) -> Response | None:
    """What answers a form that was sent already, whatever it says by now: what came of it.

    Raises FormRefused.
    """
    nonce = nonce_of(visit.form)
    if services().bulk_actions.find(nonce) is None:
        return None
    return done(visit, f"{BULKS}/{segment(nonce)}", Flash(code="sent_before"))


@protected_route(desk_bulks, "/desk/bulks/{bulk_id}", ["GET"], needs=Role.ACT, action="read_bulk")
def bulk(visit: Visit, bulk_id: str) -> Response | str:
    """How far it is."""
    found = services().bulk_actions.view(bulk_id)
    return pages.bulk(found, frame(visit, _MENU[found.bulk.kind])) if found else not_found(visit)


@protected_route(
    desk_bulks, "/desk/bulks/{bulk_id}/aside.csv", ["GET"], needs=Role.ACT, action="read_bulk"
)
def aside(visit: Visit, bulk_id: str) -> Response:
    """The rows of its list that were not taken, as a file."""
    found = services().bulk_actions.find(bulk_id)
    if found is None:
        return not_found(visit)
    rows = [(str(row.number), row.reference, aside_word(row.why)) for row in found.aside]
    return csv_answer("lignes-de-cote.csv", ("Ligne", "Dossier", "Pourquoi"), rows)


@protected_route(
    desk_bulks, "/desk/bulks/{bulk_id}/undo", ["POST"], needs=Role.ACT, action="undo_bulk"
)
def undo(visit: Visit, bulk_id: str) -> Response:
    """Undo one line, or all that still wait."""
    one, before = visit.form.get("dossier_id"), services().bulk_actions.find(bulk_id)
    found = services().bulk_actions.undo(bulk_id, visit.operator.name, {one} if one else None)
    if before is None or found is None:
        return not_found(visit)
    visit.told.extend(row.dossier_id for row in found.rows if row.dossier_id == one)
    flash = _undone(len(before.kept) - len(found.kept), 0 if one else len(found.kept))
    return done(visit, f"{BULKS}/{segment(bulk_id)}", flash)


def _undone(gone: int, left: int) -> Flash:
    if gone and left:
        return Flash(code="undone_in_part", counted={"n": gone, "left": left})
    return Flash(code="undone" if gone else "undone_none")


@protected_route(
    desk_bulks, "/desk/bulks/{bulk_id}/seen", ["POST"], needs=Role.ACT, action="see_bulk"
)
def seen(visit: Visit, bulk_id: str) -> Response:
    """Somebody has read which lines were refused: the first page need not say so any more."""
    if services().bulk_actions.see(bulk_id) is None:
        return not_found(visit)
    return done(visit, "/desk", Flash(code="seen"))
