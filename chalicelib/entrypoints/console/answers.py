"""What the console's doors answer: a page in its frame, a form again, or where to look next."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import quote, urlencode

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_csv import csv_of
from chalicelib.domain.consequences import Consequence, Effect
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.holds import NO_HOLDS
from chalicelib.entrypoints.console.flashes import flash_cookie
from chalicelib.entrypoints.console.protected_routes import Visit
from chalicelib.messages.console import pages
from chalicelib.messages.console.consequences import consequence_words
from chalicelib.messages.console.frame import Flash, FormRefusal, Frame
from chalicelib.messages.console.words import word
from chalicelib.pipeline.quarantines import COUNTED_AT_MOST

#: Chalice takes no other mapping.
Headers = dict[str, str | list[str]]

_HTML: Headers = {"Content-Type": "text/html; charset=utf-8"}

#: A number on the console has no more digits.
DIGITS_AT_MOST = 6


def frame(visit: Visit, path: str = "", refusal: FormRefusal | None = None) -> Frame:
    """What stands around a page; `path` is the address of its entry in the menu."""
    flash = visit.flash
    quarantined = services().quarantines.count()
    return Frame(
        operator=visit.operator,
        form_token=visit.form_token,
        nonce=visit.nonce,
        path=path,
        notice=flash.code if flash else "",
        counted=flash.counted if flash else {},
        follows=_follows(flash.consequence) if flash and flash.consequence else (),
        quarantined=quarantined,
        counted_at_most=COUNTED_AT_MOST,
        refusal=refusal,
    )


def _follows(consequence: Consequence) -> Sequence[str]:
    is_paused = any(one.effect is Effect.WAITS for one in consequence.following)
    return consequence_words(consequence, services().channels.holds() if is_paused else NO_HOLDS)


def number_in(query: Mapping[str, str], name: str) -> int:
    """A number that an address asks for; whatever cannot be one is 0."""
    return whole_number(query.get(name, "")) or 0


def whole_number(text: str) -> int | None:
    """A number that somebody has typed; None where it cannot be one: nobody means more digits, and
    Python makes no number of thousands.
    """
    is_one = text.isascii() and text.isdigit() and len(text) <= DIGITS_AT_MOST
    return int(text) if is_one else None


def done(visit: Visit, path: str, flash: Flash, **more: str | int) -> Response:
    """An act is done: whoever reloads what comes next does nothing twice, and reads it once. `more`
    of the address says which page that is.
    """
    headers: Headers = {
        "Location": f"{path}?{urlencode(more)}" if more else path,
        "Set-Cookie": flash_cookie(visit.form_token, flash),
    }
    return Response("", status_code=HTTPStatus.SEE_OTHER, headers=headers)


def again(html: str) -> Response:
    """A form that was refused, with what was typed and what is wrong."""
    return Response(html, status_code=HTTPStatus.UNPROCESSABLE_ENTITY, headers=_HTML)


def not_found(visit: Visit) -> Response:
    """There is no such thing."""
    html = pages.not_found(frame(visit))
    return Response(html, status_code=HTTPStatus.NOT_FOUND, headers=_HTML)


def refused(form: str, error: FormRefused, typed: Mapping[str, str]) -> FormRefusal:
    """What a form of a page is told."""
    return FormRefusal(form=form, field=error.field, message=error.message, typed=typed)


def refusal_word(code: str) -> str:
    """One of the console's own refusals."""
    return word("refusals", code)


def segment(text: str) -> str:
    """An id or key as one segment of an address."""
    return quote(text, safe="")


def csv_answer(name: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> Response:
    """A table that the desk takes away."""
    headers: Headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    # As text: Chalice hands bytes on for the media types only that are declared to it.
    return Response(csv_of(header, [*lines]).decode(), headers=headers)
