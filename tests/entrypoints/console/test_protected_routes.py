"""The doors of the console: who passes, by which form, and what is written down of it."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.app import Blueprint, Chalice, Response

from app import app
from chalicelib.domain.audit import AuditAsked, AuditLine, Knock
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import NewerDocument, StorageUnavailable, Unreadable, Unusable
from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.protected_routes import (
    ROUTES,
    ProtectedRoute,
    Visit,
    protected_route,
)
from chalicelib.messages.console.pages import style
from local.aws.gateway import Gateway, Reply
from local.studio.operators import seeded
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import Doors

pytestmark = pytest.mark.enable_socket

REAL = list(ROUTES)  # those of `app`, which has made them by now
SESSION = "__Host-desk"
#: What of the desk is open to all: the way in, and a script that is the same for everybody.
OPEN = re.compile(r"/desk/(sign-in(/\w+)?|htmx\.js)")


@pytest.fixture
def audited(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> list[AuditLine]:
    lines: list[AuditLine] = []
    monkeypatch.setattr(doors.services.audit, "append", lines.append)
    return lines


@pytest.fixture
def browser(doors: Doors) -> Browser:
    return Browser(doors)


def path_of(at: ProtectedRoute) -> str:
    return re.sub(r"\{\w+\}", "X-1", at.path)


def lesser(role: Role) -> list[Role]:
    return [other for other in Role if not other.may(role)]


# Every door there is

each_door = pytest.mark.parametrize("at", REAL, ids=lambda at: f"{at.methods[0]} {at.path}")


def test_every_route_of_the_desk_has_a_door_but_the_way_in() -> None:
    routed = {
        (path, method)
        for path, entries in app.routes.items()
        for method in entries
        if path.startswith("/desk") and not OPEN.fullmatch(path)
    }
    assert {(at.path, method) for at in REAL for method in at.methods} == routed


@each_door
def test_without_a_session_nobody_passes(browser: Browser, at: ProtectedRoute) -> None:
    for method in at.methods:
        if method == "GET":
            reply = browser.get(path_of(at))
            assert reply.status == 303
            assert (reply.header("Location") or "").startswith("/desk/sign-in?next=%2Fdesk")
        else:
            assert browser.press(path_of(at)).status == 403


#: What ends every session of a person.
ENDS: Mapping[str, Callable[[Browser, str], object]] = {
    "signed out": lambda browser, token: browser.press("/desk/sign-out", {"form": token}),
    "signed out elsewhere": lambda browser, _: signs_out_elsewhere(browser.doors),
    "disabled": lambda browser, _: browser.doors.services.operator_accounts.disable("agent"),
    "demoted": lambda browser, _: browser.doors.services.operator_accounts.give_role(
        "agent", Role.READ
    ),
    "a new password": lambda browser, _: browser.doors.services.operator_accounts.give_password(
        "agent"
    ),
    "a new telephone": lambda browser, _: browser.doors.services.operator_accounts.take_telephone(
        "agent"
    ),
}


def signs_out_elsewhere(doors: Doors) -> Reply:
    """In another browser, where they typed their name in capitals."""
    other = Browser(doors)
    return other.press("/desk/sign-out", {"form": other.be("AGENT", Role.READ)})


@pytest.mark.parametrize("how", ENDS)
def test_a_cookie_of_a_session_that_was_ended_opens_no_door(
    browser: Browser, doors: Doors, how: str, audited: list[AuditLine]
) -> None:
    doors.around.cognito.operators.update(seeded())
    token = browser.be("agent", Role.ADMIN)
    assert browser.get("/desk/channels").status == 200
    cookie = browser.cookies[SESSION]
    assert ENDS[how](browser, token)
    audited.clear()
    browser.cookies[SESSION] = cookie
    tried = [(at, method) for at in REAL for method in at.methods]
    answers = [
        browser.get(path_of(at)) if method == "GET" else browser.press(path_of(at), {"form": token})
        for at, method in tried
    ]
    wrong = [
        (at.path, method)
        for (at, method), reply in zip(tried, answers, strict=True)
        if reply.status != (303 if method == "GET" else 403) or reply.header("Set-Cookie")
    ]
    assert (wrong, audited) == ([], [])
    doors.around.cognito.operators.update(seeded())


def test_whoever_was_signed_out_comes_in_again_at_the_same_instant(browser: Browser) -> None:
    token = browser.be("agent", Role.READ)
    before = browser.cookies[SESSION]
    browser.press("/desk/sign-out", {"form": token})
    browser.be("agent", Role.READ)
    assert browser.get("/desk/channels").status == 200
    browser.cookies[SESSION] = before
    assert browser.get("/desk/channels").status == 303


def test_another_s_sessions_go_on(browser: Browser, doors: Doors) -> None:
    browser.be("admin", Role.READ)
    doors.services.generations.end("agent")
    assert browser.get("/desk/channels").status == 200


def test_while_it_cannot_be_read_who_was_ended_nobody_does_anything(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch, audited: list[AuditLine]
) -> None:
    def fails(_name: str) -> int:
        raise StorageUnavailable

    token = browser.be("agent", Role.ADMIN)
    monkeypatch.setattr(doors.services.generations, "of", fails)
    assert browser.get("/desk/channels").status == 503
    pressed = browser.press("/desk/channels/sms/pause", {"form": token, "why": "test"})
    assert (pressed.status, audited) == (503, [])


@each_door
def test_with_a_lesser_role_nobody_passes(
    browser: Browser, at: ProtectedRoute, audited: list[AuditLine]
) -> None:
    for role in lesser(at.needs):
        token = browser.be("agent", role)
        for method in at.methods:
            reply = (
                browser.get(path_of(at))
                if method == "GET"
                else browser.press(path_of(at), {"form": token})
            )
            assert reply.status == 403
            assert (audited[-1].result, audited[-1].detail) == ("refused", "role")


@each_door
def test_by_a_forged_form_nobody_passes(
    browser: Browser, at: ProtectedRoute, audited: list[AuditLine]
) -> None:
    if "POST" not in at.methods:
        return
    other = browser.be("another", at.needs)
    token = browser.be("agent", at.needs)
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"form": ""}, {}),
        ({"form": token[:-1]}, {}),
        ({"form": other}, {}),
        ({"form": token}, {"sec_fetch_site": "cross-site"}),
        ({"form": token}, {"sec_fetch_site": "same-site"}),
    ]
    for form, headers in forged:
        assert browser.press(path_of(at), form, **headers).status == 403
        assert audited[-1].result == "refused"


# A form of a session that is over

NOTE = "Rappelée <b>jeudi</b>\nà 10 h ; sa sœur aussi"


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/desk/dossiers/X-1/note", "/desk/dossiers/X-1"),
        ("/desk/dossiers/X%2F1%3F/note", "/desk/dossiers/X%2F1%3F"),
        ("/desk/dossiers/X-1/message", "/desk/dossiers/X-1"),
        ("/desk/lists/preview", "/desk/lists"),
        ("/desk/bulks/B-1/undo", "/desk/bulks/B-1"),
        ("/desk/day", "/desk/day"),
        ("/desk/channels/sms/pause", "/desk/channels"),
        ("/desk/sign-out", "/desk"),
    ],
)
def test_a_form_of_an_older_session_does_nothing_and_what_was_typed_comes_back(
    browser: Browser, doors: Doors, audited: list[AuditLine], path: str, back: str
) -> None:
    before, said = browser.be("agent", Role.ADMIN), len(doors.log.getvalue())
    form = {"form": before, "nonce": "n0nce-n0nce", "subject": "s", "why": NOTE, "phone": " "}
    browser.be("agent", Role.ADMIN)
    old = browser.press(path, form)
    assert [line.detail for line in audited] == ["form"]
    browser.cookies.clear()
    ended = browser.press(path, form)
    for reply, leads in ((old, back), (ended, f"/desk/sign-in?{urlencode({'next': back})}")):
        assert (reply.status, reply.header("Location")) == (403, None)
        assert re.findall(r'<a class="button[^"]*" href="([^"]+)"', reply.text) == [leads]
        assert re.findall("<pre>(.*?)</pre>", reply.text, re.DOTALL) == [escape(NOTE)]
        assert [
            word for word in (before, "n0nce-n0nce", "pas le droit") if word in reply.text
        ] == []
    assert "avant votre dernière connexion" in old.text
    assert "Vous n’êtes plus connecté" in ended.text
    assert "jeudi" not in doors.log.getvalue()[said:]


@pytest.mark.parametrize("has_session", [True, False])
@pytest.mark.parametrize(
    ("headers", "is_shown"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://desk.example", "host": "desk.example"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "null", "host": "desk.example"}, False),
        ({}, False),  # nobody says whose page it was
    ],
)
def test_what_another_site_sends_is_never_shown(
    browser: Browser, headers: dict[str, str], *, is_shown: bool, has_session: bool
) -> None:
    if has_session:
        browser.be("agent", Role.ACT)
        headers = headers | {"cookie": f"{SESSION}={browser.cookies[SESSION]}"}
    typed = urlencode({"why": "Appelez le 08 99"}).encode()
    reply = browser.gateway.request("POST", "/desk/dossiers/X-1/note", headers, typed)
    assert (reply.status, "08 99" in reply.text) == (403, is_shown)


@pytest.mark.parametrize(
    ("value", "file", "is_said"),
    [("A-1", b"", False), ("A-1", b"A-2", True), ("A" * 100_001, b"", True)],
)
def test_a_file_and_a_very_long_list_have_to_be_given_again(
    browser: Browser, value: str, file: bytes, *, is_said: bool
) -> None:
    browser.be("agent", Role.ACT)
    body = (
        (
            f'--x\r\nContent-Disposition: form-data; name="pasted"\r\n\r\n{value}\r\n'
            '--x\r\nContent-Disposition: form-data; name="list"; filename="a.csv"\r\n\r\n'
        ).encode()
        + file
        + b"\r\n--x--\r\n"
    )
    reply = browser.send("/desk/lists", body, content_type="multipart/form-data; boundary=x")
    assert ("donner de nouveau" in reply.text) is is_said
    assert (f"<pre>{value}</pre>" in reply.text) is (len(value) < 9)


# Doors made for these tests


def _show(visit: Visit, dossier_id: str) -> str:
    return f"{visit.operator.name} {dossier_id} {visit.query.get('q', '')} {visit.form_token}"


def _act(visit: Visit) -> str:
    files = {name: len(content) for name, content in visit.files.items()}
    return f"{sorted(visit.form)} {files} {visit.nonce}"


def _fail(_visit: Visit, how: str) -> Response | str:
    failures: Mapping[str, Exception] = {
        "down": StorageUnavailable(),
        "newer": NewerDocument(),
        "unreadable": Unreadable("the document is no JSON", "D-1"),
        "unusable": Unusable("secret"),
        "broken": KeyError("lea.benali@example.org"),
    }
    if how in failures:
        raise failures[how]
    return Response("none", status_code=404)


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    blueprint = Blueprint("trial")
    protected_route(blueprint, "/desk/show/{dossier_id}", ["GET"], Role.READ, "show")(_show)
    protected_route(blueprint, "/desk/poll", ["GET"], Role.READ, "poll", poll=True)(lambda _: "3")
    protected_route(blueprint, "/desk/act", ["GET", "POST"], Role.ACT, "act")(_act)
    protected_route(blueprint, "/desk/fail/{how}", ["GET"], Role.READ, "fail")(_fail)
    trial = Chalice(app_name="trial", configure_logs=False)
    trial.register_blueprint(blueprint)
    yield Gateway(trial)
    ROUTES[:] = REAL


@pytest.fixture
def trial(browser: Browser, gateway: Gateway) -> Browser:
    browser.gateway = gateway
    return browser


def test_who_may_sees_the_page_and_the_audit_says_so(
    trial: Browser, audited: list[AuditLine], doors: Doors
) -> None:
    token = trial.be("agent", Role.READ)
    reply = trial.get("/desk/show/D-1?q=x", x_forwarded_for="203.0.113.9")
    assert (reply.status, reply.text) == (200, f"agent D-1 x {token}")
    assert audited == [
        AuditLine(
            at=doors.services.now(),
            by="agent",
            role=Role.READ,
            action="show",
            object="D-1",
            source="127.0.0.1",
        )
    ]


def test_a_higher_role_may_what_a_lower_may(trial: Browser, audited: list[AuditLine]) -> None:
    for role in Role:
        trial.be("agent", role)
        assert trial.get("/desk/show/D-1").status == 200
    assert [line.role for line in audited] == list(Role)


def test_a_form_of_ours_passes_with_what_was_typed(trial: Browser) -> None:
    form = {"form": trial.be("agent", Role.ACT), "day": "2019-04-08"}
    replies = [trial.press("/desk/act", form) for _ in range(2)]
    assert all("['day', 'form']" in reply.text for reply in replies)
    assert replies[0].text != replies[1].text  # each visit has a nonce of its own


def test_a_form_with_a_file_passes(trial: Browser) -> None:
    token = trial.be("agent", Role.ACT)
    body = (
        f'--x\r\nContent-Disposition: form-data; name="form"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="list"; filename="a.csv"\r\n\r\n'
    ).encode() + b"\xe9\xff\r\n--x--\r\n"
    for content_type in ("multipart/form-data; boundary=x", "Multipart/Form-Data;boundary=x"):
        reply = trial.send("/desk/act", body, content_type=content_type)
        assert "['form'] {'list': 2}" in reply.text


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"origin": "https://desk.example", "host": "desk.example"}, True),
        ({"origin": "https://evil.example", "host": "desk.example"}, False),
        ({"origin": "null", "host": "desk.example"}, False),
        ({}, True),  # an old browser, or none: the form's own token says it
    ],
)
def test_a_form_comes_from_our_own_pages(
    trial: Browser, gateway: Gateway, headers: dict[str, str], passes: bool
) -> None:
    token = trial.be("agent", Role.ACT)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    cookie = {"cookie": f"{SESSION}={trial.cookies[SESSION]}"}
    reply = gateway.request("POST", "/desk/act", said | cookie, f"form={token}".encode())
    assert (reply.status == 200) is passes


def test_a_form_that_cannot_be_read_is_refused_in_words(trial: Browser) -> None:
    trial.be("agent", Role.ACT)
    reply = trial.send("/desk/act", b"a=%ff", content_type="application/x-www-form-urlencoded")
    assert reply.status == 400
    assert "ne peut pas être lu" in reply.text


def test_whoever_has_no_session_is_led_to_the_way_in_and_back(trial: Browser) -> None:
    location = trial.get("/desk/show/D-1?q=benali").header("Location")
    assert location == "/desk/sign-in?next=%2Fdesk%2Fshow%2FD-1"


# What the audit says


def told(browser: Browser, audited: list[AuditLine], path: str, **form: str) -> tuple[str, str]:
    """The object of a visit, and which of it, as the audit has them."""
    token = browser.be("admin", Role.ADMIN)
    audited.clear()
    browser.press(path, {"form": token, **form}) if form else browser.get(path)
    line = audited[-1]
    assert (line.by, line.source) == ("admin", "127.0.0.1")
    return line.object, line.which


@pytest.mark.parametrize(
    ("path", "which"),
    [
        ("/desk", "page=1"),
        ("/desk?kind=no_life&urgent=1&page=3", "no_life urgent page=3"),
        ("/desk?kind=benali&page=x", "page=1"),
        ("/desk/day?on=2019-05-06", "on=2019-05-06"),
        ("/desk/day?on=benali", ""),
        ("/desk/list?page=2", "page=2"),
        ("/desk/export.csv", "page=1"),
        ("/desk/quarantine?cause=benali", ""),
        ("/desk/audit?day=2019-04-08", "on=2019-04-08"),
        ("/desk/audit?by=benali", ""),
        ("/desk/audit?about=benali&older=x", ""),
    ],
)
def test_a_line_names_what_was_looked_at_and_never_what_only_was_typed(
    browser: Browser, audited: list[AuditLine], path: str, which: str
) -> None:
    assert told(browser, audited, path) == ("", which)


def test_a_search_is_known_again_and_says_nothing(
    browser: Browser, doors: Doors, audited: list[AuditLine]
) -> None:
    address = "lea.benali@example.org"
    asked = (address, f" {address}", address.upper(), "lea.benali@example.com")
    [one, again, louder, other] = [told(browser, audited, "/desk/find", q=q)[1] for q in asked]
    assert re.fullmatch(r"search=[0-9a-f]{16}", one)
    assert (one == again == louder, one == other) == (True, False)
    assert doors.services.fingerprint(address) not in one, "that would find the dossier"


def test_a_message_is_named_with_its_dossier(
    browser: Browser, doors: Doors, audited: list[AuditLine]
) -> None:
    dossier_id = doors.booked()
    doors.receive("serve_dossier", f'{{"dossier_id": "{dossier_id}"}}')
    path, name = f"/desk/dossiers/{dossier_id}/message", f"confirmation_request.1.{dossier_id}-a"
    for notice, which in ((f"{name}.email", f"{name}.email attempt=1"), ("benali", "")):
        assert told(browser, audited, f"{path}?notice={notice}") == (dossier_id, which)
    assert told(browser, audited, path, notice=f"{name}.email")[1] == f"{name}.email attempt=1"


def test_who_has_no_name_is_counted_and_hides_nobody(browser: Browser, doors: Doors) -> None:
    """520 wrong sign-ins once filled all that was shown of a day."""
    day = AuditAsked(day=paris_day(doors.services.now()))
    browser.be("agent", Role.READ)
    browser.get("/desk/channels")
    before, token = doors.services.audit.page(day), browser.be("admin", Role.ADMIN)
    stranger = Browser(doors)
    for _ in range(3):
        stranger.press("/desk/sign-in", {"name": "nobody", "password": "x"})
        stranger.get("/desk")
        stranger.press("/desk/channels/sms/pause", {"form": token})
    after = doors.services.audit.page(day)
    assert after.lines == before.lines
    counted = {what: after.knocks[what] - before.knocks.get(what, 0) for what in Knock}
    assert counted == {Knock.SIGN_IN: 3, Knock.SESSION: 6}
    shown = browser.get("/desk/audit").text
    assert f"connexions refusées, {after.knocks[Knock.SIGN_IN]}" in shown


def test_a_stranger_has_the_same_answer_where_they_cannot_be_counted(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StorageUnavailable

    wrong = {"name": "nobody", "password": "x"}
    before = browser.press("/desk/sign-in", wrong), browser.get("/desk")
    monkeypatch.setattr(doors.services.audit, "knock", fails)
    assert (browser.press("/desk/sign-in", wrong), browser.get("/desk")) == before


def test_a_line_that_has_no_copy_is_shown_all_the_same_and_counted(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_LOG_GROUP", "/nowhere")
    doors.bootstrap.services.cache_clear()
    browser.be("agent", Role.READ)
    said = len(doors.metrics.getvalue())
    assert browser.get("/desk/channels").status == 200
    doors.bootstrap.services.cache_clear()
    assert '"AuditNotCopied":[1.0]' in doors.metrics.getvalue()[said:]


# Sessions


def shifted(doors: Doors, monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    later = doors.services.now() + timedelta(**by)
    monkeypatch.setattr(doors.bootstrap, "now", lambda: later)


def test_a_session_that_is_used_goes_on_and_ends_after_eight_hours(
    trial: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.be("agent", Role.READ)
    for _ in range(19):
        shifted(doors, monkeypatch, minutes=25)
        assert trial.get("/desk/show/D-1").status == 200
    shifted(doors, monkeypatch, minutes=25)
    assert trial.get("/desk/show/D-1").status == 303


def test_a_page_that_refreshes_itself_keeps_nobody_in(
    trial: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.be("agent", Role.READ)
    for _ in range(2):
        shifted(doors, monkeypatch, minutes=14)
        assert trial.get("/desk/show/D-1", hx_request="true").status == 200
    shifted(doors, monkeypatch, minutes=2)
    reply = trial.get("/desk/show/D-1", hx_request="true")
    assert (reply.status, reply.header("HX-Refresh")) == (403, "true")  # to the way in, whole


@pytest.mark.parametrize("headers", [{"hx_request": "true"}, {}], ids=["by itself", "opened"])
def test_a_poll_keeps_nobody_in_and_has_no_line_in_the_audit(
    trial: Browser, audited: list[AuditLine], headers: dict[str, str]
) -> None:
    trial.be("agent", Role.READ)
    reply = trial.get("/desk/poll", **headers)
    assert (reply.status, reply.header("Set-Cookie"), audited) == (200, None, [])


def test_a_session_that_is_not_used_ends(
    trial: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.be("agent", Role.READ)
    shifted(doors, monkeypatch, minutes=30)
    assert trial.get("/desk/show/D-1").status == 303


@pytest.mark.parametrize("cookie", ["", "x", "x.y", "é", '"', "a=b; c"])
def test_a_cookie_that_is_not_ours_is_no_session(trial: Browser, cookie: str) -> None:
    trial.cookies[SESSION] = cookie
    assert trial.get("/desk/show/D-1").status == 303


# Failures


@pytest.mark.parametrize(
    ("how", "status", "result", "detail"),
    [
        ("down", 503, "failed", "StorageUnavailable"),
        ("newer", 409, "failed", "NewerDocument"),
        ("unreadable", 409, "failed", "Unreadable"),
        ("unusable", 400, "failed", "Unusable"),
        ("broken", 500, "failed", "KeyError"),
        ("none", 404, "refused", ""),
    ],
)
def test_a_failure_is_told_in_words_and_audited_without_them(
    trial: Browser, audited: list[AuditLine], doors: Doors,
    how: str, status: int, result: str, detail: str,
) -> None:  # fmt: skip
    trial.be("agent", Role.READ)
    before = len(doors.log.getvalue())
    reply = trial.get(f"/desk/fail/{how}")
    assert reply.status == status
    assert [(line.result, line.detail) for line in audited] == [(result, detail)]
    said = reply.text + doors.log.getvalue()[before:]
    assert [word for word in ("secret", "benali", f"/desk/fail/{how}") if word in said] == []


def test_nothing_is_shown_that_the_audit_could_not_write_down(
    trial: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_line: AuditLine) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(doors.services.audit, "append", fails)
    trial.be("agent", Role.READ)
    reply = trial.get("/desk/show/D-1")
    assert (reply.status, "D-1" in reply.text) == (503, False)


def test_without_the_secrets_nobody_is_in(trial: Browser, doors: Doors) -> None:
    trial.be("agent", Role.READ)
    with doors.storage_down("SESSION_KEYS_ID"):
        assert trial.get("/desk/show/D-1").status == 503


# Headers


def test_every_answer_is_kept_from_caches_frames_and_other_sites(trial: Browser) -> None:
    answers: list[Reply] = [trial.get("/desk/show/D-1"), trial.press("/desk/act")]
    trial.be("agent", Role.READ)
    answers += [trial.get("/desk/show/D-1"), trial.get("/desk/act"), trial.get("/desk/fail/broken")]
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    wanted: dict[str, Any] = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; "
        "script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "Content-Type": "text/html; charset=utf-8",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    for answer in answers:
        assert {name: answer.header(name) for name in wanted} == wanted
