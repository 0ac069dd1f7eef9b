"""Cards that have arrived together: a list, and what it would do."""

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.card_lists import card_list, carried, carried_back
from chalicelib.decoding.desk_fields import day_of, nonce_of
from chalicelib.decoding.lists import FILE, PASTED
from chalicelib.domain.bulk import BulkKind, CardList
from chalicelib.domain.desk_calendar import paris_day
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
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import Flash, Frame
from chalicelib.messages.console.views import BulkPreview

desk_cards = Blueprint(__name__)

_HERE = "/desk/cards"
#: Before the id of a dossier that a person has ticked, in the name of its field.
_TICKED = "also-"


@protected_route(desk_cards, "/desk/cards", ["GET"], needs=Role.ACT, action="read_cards")
def cards(visit: Visit) -> str:
    """Where a list is given."""
    return _page(frame(visit, _HERE), visit)


@protected_route(desk_cards, "/desk/cards", ["POST"], needs=Role.ACT, action="preview_cards")
def preview(visit: Visit) -> Response | str:
    """What the list would do. Nothing is changed: it is a POST because a list is long."""
    try:
        found = _preview(visit, card_list(list_given(visit)))
    except FormRefused as error:
        return _ask_again(visit, error)
    return pages.cards_preview(found, frame(visit, _HERE), carried(found.cards))


@protected_route(desk_cards, "/desk/cards/begin", ["POST"], needs=Role.ACT, action="begin_cards")
def begin(visit: Visit) -> Response:
    """Mark them as ready, if the number that was typed is that of the list and the ticks."""
    try:
        if before := sent_before(visit):
            return before
        found = _preview(visit, carried_back(visit.form.get(FILE, "")))
    except FormRefused as error:
        return _ask_again(visit, error)
    ticked = {name.removeprefix(_TICKED) for name in visit.form if name.startswith(_TICKED)}
    chosen = found.chosen(ticked)
    if wrong := wrong_number(visit, len(chosen)):
        around = frame(visit, _HERE, refused("begin", wrong, visit.form))
        return again(pages.cards_preview(found, around, carried(found.cards), ticked))
    nonce, by = nonce_of(visit.form), visit.operator.name
    try:
        made = services().bulk_actions.begin(nonce, by, found.day, chosen, found.left(ticked))
    except Unusable:
        return _ask_again(visit, FormRefused(FILE, refusal_word("too_large_a_list")))
    visit.told.append(made.bulk_id)
    return done(visit, f"{BULKS}/{segment(made.bulk_id)}", Flash(code="begun"))


def _ask_again(visit: Visit, error: FormRefused) -> Response:
    around = frame(visit, _HERE, refused("cards", error, visit.form))
    return again(_page(around, visit))


def _page(around: Frame, visit: Visit) -> str:
    last = services().bulk_actions.last({BulkKind.CARDS})
    return pages.cards(around, paris_day(visit.now), last)


def _preview(visit: Visit, given: CardList) -> BulkPreview:
    """Raises FormRefused."""
    day = day_of(visit.form, "day", visit.now)
    try:
        return services().bulk_actions.preview(given, day)
    except Unusable as error:
        raise FormRefused(FILE, refusal_word("too_many")) from error


def wrong_number(visit: Visit, chosen: int) -> FormRefused | None:
    """Why what is chosen is not begun: nothing is, or it is not the number that was typed."""
    if not chosen:
        return FormRefused("count", refusal_word("nothing_chosen"))
    is_right = visit.form.get("count", "").strip() == str(chosen)
    return None if is_right else FormRefused("count", refusal_word("number"))


def list_given(visit: Visit) -> str | bytes:
    """The file, or what was pasted: one of both. Raises FormRefused."""
    file, pasted = visit.files.get(FILE), visit.form.get(PASTED, "")
    if file is not None and pasted.strip():
        raise FormRefused(FILE, refusal_word("two_lists"))
    if file is None and not pasted.strip():
        raise FormRefused(PASTED, refusal_word("no_list"))
    return pasted if file is None else file
