"""Whatever stands in a header, an address, a cookie or a form: no door breaks at it."""

import re
from http import HTTPStatus
from urllib.parse import quote

import pytest

from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.protected_routes import ROUTES, ProtectedRoute
from chalicelib.messages.console.forms import forms
from tests.entrypoints.console.browser import FORM, SIGN_IN, Browser
from tests.entrypoints.doors import WEBHOOKS, Doors

pytestmark = pytest.mark.enable_socket

DIGITS = "9" * 4_301  #: one more than Python makes a number of
#: What readers of numbers, addresses and encodings break at.
TEXTS = (
    "",
    " ",
    "\x00",
    "\x1f\x7f",
    "é",
    "\N{ADDRESSED TO THE SUBJECT}",  # its normal form has a slash
    "a" * 3_000,  # no key of the table is so long
    DIGITS,
    "\N{ARABIC-INDIC DIGIT THREE}",
    "\N{SUPERSCRIPT TWO}",
    "http://[::1",
    "[",
    "%",
    "%zz%00%ff",
    "../..",
)
#: Headers that a door reads, and what is of none of their forms.
HEADERS = {
    "origin": ("http://[::1", "http://\N{ADDRESSED TO THE SUBJECT}", "null", "", "://", DIGITS),
    "sec-fetch-site": ("", "same origin", "é", "cross-site"),
    "host": ("", "[::1", "é"),
    "content-type": (
        "",
        ";",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x; charset=nonsense",
        f"multipart/form-data; boundary={DIGITS}",
        f"{FORM}; charset=nonsense",
        "é",
    ),
    "cookie": (
        "",
        ";",
        "__Host-desk",
        "__Host-desk=",
        "__Host-desk=é.é",
        "__Host-desk=.",
        f"__Host-desk={DIGITS}",
        "__Host-desk-sign-in=.eJw.x",
    ),
    "accept-language": ("", ";q=", "fr;q=9", f"fr;q=0.{DIGITS}", "," * 5_000, "é"),
    "hx-request": ("", "é"),
    "webhook-id": ("", "é", DIGITS),
    "webhook-timestamp": ("", "-1", "9999999999", DIGITS, "\N{ARABIC-INDIC DIGIT THREE}"),
    "webhook-signature": ("", "v1,", "v1," + "=" * 44, "é", ", " * 4_000),
}
BODIES = (
    b"",
    b"\xff\xfe",
    b"%ff=%ff",
    b"a=1&" * 2_001,
    b"--x\r\n\r\n--x--",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n'
    b"Content-Type: text/plain; charset=no\r\n\r\n\xff\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="\xff"\r\n\r\nb\r\n--x--\r\n',
    b'{"type": 1',
)
PAGES = ("confirm", "convocation", "dossier", "proof", "unsubscribe")
#: What anybody may ask for without a session.
OPEN = [
    *(("POST", path) for path in (WEBHOOKS, SIGN_IN, f"{SIGN_IN}/code", f"{SIGN_IN}/password")),
    ("POST", "/desk/sign-out"),
    *((method, f"/{page}/x") for method in ("GET", "POST") for page in ("confirm", "unsubscribe")),
    ("GET", "/convocation/x/pdf"),
    ("GET", SIGN_IN),
    ("GET", "/desk"),
]

QUERIES = (
    *("next", "out", "lang", "page", "kind", "urgent", "on", "day", "q", "cause", "skip"),
    *("n", "stayed", "left", "done", "notice", "attempt"),
)
FIELDS = sorted(
    {field.name for form in forms() for field in form.fields}
    | {"nonce", "seen", "outcome", "until", "even_so", "count", "shown", "file", "pasted", "scope"}
    | {
        "why",
        "cause",
        "skip",
        "row-1",
        "dossier_id",
        "q",
        "on",
        "notice",
        "attempt",
        "as",
        "also-x",
    }
)


def is_fine(status: int) -> bool:
    return status < HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_that_a_stranger_sends_breaks_a_door(doors: Doors, name: str) -> None:
    broken = [
        (method, path, value, status)
        for value in HEADERS[name]
        for method, path in OPEN
        if not is_fine(status := Browser(doors).gateway.request(method, path, {name: value}).status)
    ]
    assert broken == []


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x"])
def test_no_body_that_a_stranger_sends_breaks_a_door(doors: Doors, content_type: str) -> None:
    headers = {"content-type": content_type, "sec-fetch-site": "same-origin"}
    broken = [
        (path, body[:60], status)
        for body in BODIES
        for method, path in OPEN
        if method == "POST"
        and not is_fine(
            status := Browser(doors).gateway.request("POST", path, headers, body).status
        )
    ]
    assert broken == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:20]))
def test_no_address_that_a_stranger_types_breaks_a_door(doors: Doors, text: str) -> None:
    browser, typed = Browser(doors), quote(text, safe="")
    asked = "&".join(f"{name}={typed}" for name in QUERIES)
    paths = [f"/{page}/{typed or 'x'}?{asked}" for page in PAGES]
    tried = [*paths, f"{SIGN_IN}?{asked}", f"/desk/dossiers/{typed or 'x'}", f"/{typed}"]
    assert [path for path in tried if not is_fine(browser.get(path).status)] == []
    form = {"name": text, "password": text, "next": text, "code": text}
    assert is_fine(browser.press(SIGN_IN, form).status)


each_route = pytest.mark.parametrize(
    "at", list(ROUTES), ids=lambda at: f"{at.methods[0]} {at.path}"
)


#: Of the texts those at which a number, a date, a key or an address is broken: a request is slow.
TYPED = {
    "a number or a key": (DIGITS, "\x00"),
    "anything": ("\N{SUPERSCRIPT TWO}", "9999-12-31", "a" * 3_000, "http://[::1"),
}
#: What there is, in the place of a part of an address.
KNOWN = {"queue": "serve", "channel": "email"}


def path_of(at: ProtectedRoute, dossier_id: str, text: str | None = None) -> str:
    """The route's address: of what there is, or with a text in the place of its parts."""
    return re.sub(
        r"\{(\w+)\}",
        lambda part: quote(text, safe="") if text else KNOWN.get(part[1], dossier_id),
        at.path,
    )


@each_route
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.long][:n]) for n, kind in enumerate(TYPED)]
)
def test_nothing_that_an_operator_can_send_breaks_a_door(
    doors: Doors, at: ProtectedRoute, kind: str
) -> None:
    browser, known = Browser(doors), doors.booked()
    method, broken = at.methods[0], []
    for text in TYPED[kind]:
        form = dict.fromkeys(FIELDS, text) | {"nonce": "nonce-of-a-test"}
        asked = "&".join(f"{name}={quote(text, safe='')}" for name in QUERIES)
        for path in dict.fromkeys([path_of(at, known), path_of(at, known, text)]):
            form["form"] = browser.be("agent", Role.ADMIN)
            pressed = method == "POST"
            reply = browser.press(path, form) if pressed else browser.get(f"{path}?{asked}")
            if not is_fine(reply.status):
                broken.append((path[:60], text[:40], reply.status))
    assert broken == []
