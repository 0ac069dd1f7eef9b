"""Appointments by list: given, its columns confirmed, what it would do, and its beginning."""

from collections.abc import Collection, Sequence

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import nonce_of
from chalicelib.decoding.list_columns import (
    FIELDS,
    ColumnsRefused,
    Headings,
    are_confirmed,
    chosen_headings,
    wanting,
)
from chalicelib.decoding.lists import FILE, packed, unpacked
from chalicelib.domain.bulk import Bulk, BulkKind, BulkRow, SetAside
from chalicelib.domain.desk_calendar import SlotPurpose
from chalicelib.domain.dossier_lists import DossierList, ListKind
from chalicelib.domain.errors import FormRefused, Unusable
from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.answers import (
    again,
    done,
    frame,
    refusal_word,
    refused,
    segment,
)
from chalicelib.entrypoints.console.bulks import BULKS, sent_before
from chalicelib.entrypoints.console.cards import list_given, wrong_number
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import list_pages
from chalicelib.messages.console.frame import Flash, Frame
from chalicelib.messages.console.list_views import ListPreview
from chalicelib.messages.console.words import word

desk_lists = Blueprint(__name__)

_HERE = "/desk/lists"
#: Before what a person has ticked: the name of a row, that of an appointment, a row's number.
_ALSO, _GONE, _SKIP = "also-", "gone-", "skip-"


@protected_route(desk_lists, "/desk/lists", ["GET"], needs=Role.ACT, action="read_lists")
def lists(visit: Visit) -> str:
    """Where a list is given."""
    return _page(frame(visit, _HERE))


@protected_route(desk_lists, "/desk/lists", ["POST"], needs=Role.ACT, action="preview_list")
def given(visit: Visit) -> Response | str:
    """What the list would do, if what its columns hold was confirmed before; else to confirm that.
    Nothing is changed: it is a POST because a list is long.
    """
    try:
        content = list_given(visit)
        read, headings = services().appointment_lists.read(
            content, _purpose(visit), kind=_kind(visit)
        )
        if wanting(read) or not are_confirmed(read, headings):
            return _columns(visit, content, read)
        return _preview(visit, content, read)
    except FormRefused as error:
        return _ask_again(visit, error)


@protected_route(desk_lists, "/desk/lists/columns", ["POST"], needs=Role.ACT, action="read_columns")
def columns(visit: Visit) -> Response | str:
    """What the columns of a list are taken for, to say otherwise."""
    try:
        content = unpacked(visit.form.get(FILE, ""))
        return _columns(visit, content, _read(visit, content))
    except FormRefused as error:
        return _ask_again(visit, error)


@protected_route(desk_lists, "/desk/lists/preview", ["POST"], needs=Role.ACT, action="preview_list")
def preview(visit: Visit) -> Response | str:
    """What the list would do, by the columns as somebody has confirmed them, which is kept."""
    try:
        content = unpacked(visit.form.get(FILE, ""))
        return _confirmed(visit, content)
    except FormRefused as error:
        return _ask_again(visit, error)


@protected_route(desk_lists, "/desk/lists/begin", ["POST"], needs=Role.ACT, action="begin_list")
def begin(visit: Visit) -> Response | str:
    """Record what it says, if the number that was typed is that of the list and the ticks."""
    try:
        if before := sent_before(visit):
            return before
        content = unpacked(visit.form.get(FILE, ""))
        read = _read(visit, content, chosen_headings(visit.form))
        judged, also = _judged(visit, read, foresees=False), _ticked(visit, _ALSO)
        skip = _ticked(visit, _SKIP)
        chosen = judged.chosen(also, _ticked(visit, _GONE), skip)
        if wrong := wrong_number(visit, len(chosen)):
            return _preview(visit, content, read, wrong)
        made = _begun(visit, chosen, read.kind, judged.left(also, skip))
    except FormRefused as error:
        return _ask_again(visit, error)
    visit.told.append(made.bulk_id)
    return done(visit, f"{BULKS}/{segment(made.bulk_id)}", Flash(code="begun"))


def _confirmed(visit: Visit, content: str | bytes) -> Response | str:
    """Raises FormRefused."""
    try:
        said = chosen_headings(visit.form)
    except ColumnsRefused as error:
        return _columns(visit, content, _read(visit, content), error)
    read = _read(visit, content, said)
    if missing := list(wanting(read)):
        return _columns(visit, content, read, _no_column_for(missing[0]))
    services().appointment_lists.remember(said)
    return _preview(visit, content, read)


def _read(visit: Visit, content: str | bytes, said: Headings | None = None) -> DossierList:
    lists = services().appointment_lists
    read, _ = lists.read(content, _purpose(visit), said, kind=_kind(visit))
    return read


def _purpose(visit: Visit) -> SlotPurpose:
    """What its appointments are for where no column says so. Raises FormRefused."""
    said = visit.form.get("purpose", "")
    purposes = services().appointment_lists.purposes
    if not said:
        return purposes[0]
    if said not in set(SlotPurpose):
        raise FormRefused(FILE, word("lists", "not_carried"))
    return SlotPurpose(said)


def _kind(visit: Visit) -> ListKind:
    """What the list is of. Raises FormRefused."""
    said = visit.form.get("kind", ListKind.APPOINTMENTS)
    if said not in set(ListKind):
        raise FormRefused(FILE, word("lists", "not_carried"))
    return ListKind(said)


def _judged(visit: Visit, read: DossierList, *, foresees: bool = True) -> ListPreview:
    """Raises FormRefused."""
    try:
        return services().appointment_lists.judge(read, visit.operator.name, foresees=foresees)
    except Unusable as error:
        raise FormRefused(FILE, refusal_word("too_many")) from error


def _begun(
    visit: Visit, chosen: Collection[BulkRow], kind: ListKind, aside: Sequence[SetAside]
) -> Bulk:
    """Raises FormRefused."""
    try:
        nonce, by = nonce_of(visit.form), visit.operator.name
        return services().appointment_lists.begin(nonce, by, chosen, kind, aside)
    except Unusable as error:
        raise FormRefused(FILE, refusal_word("too_large_a_list")) from error


def _ticked(visit: Visit, prefix: str) -> set[str]:
    return {name.removeprefix(prefix) for name in visit.form if name.startswith(prefix)}


def _no_column_for(field: str) -> FormRefused:
    message = word("lists", "column_wanting").format(field=word("columns", field))
    return ColumnsRefused(message)


def _columns(
    visit: Visit, content: str | bytes, read: DossierList, error: FormRefused | None = None
) -> Response | str:
    around = frame(visit, _HERE, refused("columns", error, visit.form) if error else None)
    fields, carried = FIELDS[read.kind].keys(), packed(content)
    page = list_pages.columns(read, around, carried, _purpose(visit), fields)
    return again(page) if error else page


def _preview(
    visit: Visit, content: str | bytes, read: DossierList, error: FormRefused | None = None
) -> Response | str:
    around = frame(visit, _HERE, refused("begin", error, visit.form) if error else None)
    found = _judged(visit, read)
    page = list_pages.preview(found, around, packed(content), _purpose(visit), visit.form.keys())
    return again(page) if error else page


def _ask_again(visit: Visit, error: FormRefused) -> Response:
    around = frame(visit, _HERE, refused("lists", error, visit.form))
    return again(_page(around))


def _page(around: Frame) -> str:
    last = services().bulk_actions.last(set(BulkKind) - {BulkKind.CARDS})
    return list_pages.lists(around, services().appointment_lists.purposes, last)
