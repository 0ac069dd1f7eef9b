"""Coming in to the desk, page by page, as a browser does it."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from chalicelib.domain.errors import SignInUnavailable, StorageUnavailable
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import Challenge
from local.aws.gateway import Reply
from local.studio.operators import PASSWORD, TEMPORARY, seeded
from tests.entrypoints.console.browser import SIGN_IN, Browser
from tests.entrypoints.doors import Doors

pytestmark = pytest.mark.enable_socket

OWN = "Un-mot-2-passe-a-moi"
SESSION, HALF_WAY = "__Host-desk", "__Host-desk-sign-in"
REFUSED = "Connexion refusée"


@pytest.fixture(autouse=True)
def _everybody_as_they_were(doors: Doors) -> None:
    doors.around.cognito.operators.update(seeded())


@pytest.fixture
def browser(doors: Doors) -> Browser:
    return Browser(doors)


@pytest.fixture
def audited(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Who did what, with which result."""
    lines: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        doors.services.audit,
        "append",
        lambda line: lines.append((line.by, line.action, line.result)),
    )
    return lines


def where(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.header("Location")


def shown_secret(reply: Reply) -> str:
    found = re.search(r"<strong>([A-Z2-7 ]+)</strong>", reply.text)
    assert found
    return found[1].replace(" ", "")


# The way in


def test_a_password_then_a_code_then_the_desk(browser: Browser) -> None:
    assert browser.get(SIGN_IN).status == 200
    first = browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    assert where(first) == (303, f"{SIGN_IN}/code")
    assert browser.get(f"{SIGN_IN}/code").status == 200
    assert set(browser.cookies) == {HALF_WAY}
    second = browser.press(f"{SIGN_IN}/code", {"code": browser.code()})
    assert where(second) == (303, "/desk")
    assert set(browser.cookies) == {SESSION}


def test_the_first_time_a_password_is_chosen_and_a_telephone_enrolled(browser: Browser) -> None:
    first = browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    assert where(first) == (303, f"{SIGN_IN}/password")
    chosen = browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    assert where(chosen) == (303, f"{SIGN_IN}/enrol")
    page = browser.get(f"{SIGN_IN}/enrol")
    assert "<svg" in page.text
    code = pyotp.TOTP(shown_secret(page)).at(browser.doors.services.now())
    assert where(browser.press(f"{SIGN_IN}/enrol", {"code": code})) == (303, "/desk")
    assert SESSION in browser.cookies


def test_a_second_look_at_the_secret_shows_another_and_ends_the_first(browser: Browser) -> None:
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    secrets = [shown_secret(browser.get(f"{SIGN_IN}/enrol")) for _ in range(2)]
    assert secrets[0] != secrets[1]
    code = pyotp.TOTP(secrets[0]).at(browser.doors.services.now())
    assert browser.press(f"{SIGN_IN}/enrol", {"code": code}).status == 403


def test_a_code_may_be_typed_with_the_space_that_telephones_show(browser: Browser) -> None:
    browser.press(SIGN_IN, {"name": " agent ", "password": PASSWORD})
    code = browser.code()
    spaced = f"{code[:3]} {code[3:]}"
    assert browser.press(f"{SIGN_IN}/code", {"code": spaced}).status == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": OWN, "again": "another"}, "ne sont pas les mêmes"),
        ({"password": "short", "again": "short"}, "ne convient pas"),
    ],
)
def test_a_password_that_does_not_do_can_be_chosen_again(
    browser: Browser, typed: dict[str, str], said: str
) -> None:
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    reply = browser.press(f"{SIGN_IN}/password", typed)
    assert (reply.status, said in html.unescape(reply.text)) == (422, True)
    again = browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    assert where(again) == (303, f"{SIGN_IN}/enrol")


# Refusals

WRONG: dict[str, Callable[[Browser], Reply]] = {
    "an unknown name": lambda b: b.press(SIGN_IN, {"name": "nobody", "password": PASSWORD}),
    "a wrong password": lambda b: b.press(SIGN_IN, {"name": "agent", "password": "wrong"}),
    "nothing": lambda b: b.press(SIGN_IN),
    "a wrong code": lambda b: (
        b.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
        and b.press(f"{SIGN_IN}/code", {"code": "000000"})
    ),
    "no code": lambda b: (
        b.press(SIGN_IN, {"name": "agent", "password": PASSWORD}) and b.press(f"{SIGN_IN}/code")
    ),
    "the right password of a name that is locked out": lambda b: after_twelve_tries(b, "agent"),
    "a name that nobody has, as often": lambda b: after_twelve_tries(b, "nobody"),
    "the right password of somebody who is disabled": lambda b: (
        b.doors.services.operator_accounts.disable("agent")
        and b.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    ),
}


def after_twelve_tries(browser: Browser, name: str) -> Reply:
    """The answer to a password that may be right."""
    for _ in range(12):
        browser.press(SIGN_IN, {"name": name, "password": "wrong"})
    return browser.press(SIGN_IN, {"name": name, "password": PASSWORD})


def test_whatever_is_wrong_the_answer_is_the_same_to_the_byte(doors: Doors) -> None:
    replies = []
    for wrong in WRONG.values():
        doors.around.cognito.operators.update(seeded())
        replies.append(wrong(Browser(doors)))
    assert {reply.status for reply in replies} == {403}
    assert len({(reply.body, tuple(reply.headers)) for reply in replies}) == 1
    assert REFUSED in replies[0].text


def test_after_a_wrong_code_the_sign_in_begins_anew(browser: Browser, doors: Doors) -> None:
    said = len(doors.metrics.getvalue())
    WRONG["a wrong code"](browser)
    assert browser.cookies == {}
    assert '"SignInsRefused":[1.0]' in doors.metrics.getvalue()[said:]
    right = browser.press(f"{SIGN_IN}/code", {"code": browser.code()})
    assert where(right) == (303, SIGN_IN)


def test_while_cognito_answers_nobody_the_answer_is_later_whatever_the_name(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(*_asked: str) -> Challenge:
        raise SignInUnavailable

    monkeypatch.setattr(browser.doors.services.operators, "begin", throttled)
    forms = [{"name": name, "password": PASSWORD} for name in ("agent", "nobody")]
    replies = [browser.press(SIGN_IN, form) for form in forms]
    assert [(one.status, one.header("Retry-After")) for one in replies] == [(503, "60")] * 2
    assert "Patientez" in replies[0].text
    assert replies[0].body == replies[1].body


@pytest.mark.parametrize("page", ["password", "enrol", "code"])
@pytest.mark.parametrize("method", ["get", "press"])
def test_whoever_is_not_at_this_step_begins_anew(browser: Browser, page: str, method: str) -> None:
    assert where(getattr(browser, method)(f"{SIGN_IN}/{page}")) == (303, SIGN_IN)
    name, password = ("nouveau", TEMPORARY) if page != "password" else ("agent", PASSWORD)
    browser.press(SIGN_IN, {"name": name, "password": password})
    assert where(getattr(browser, method)(f"{SIGN_IN}/{page}")) == (303, SIGN_IN)


def test_a_half_way_that_is_old_begins_anew(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    later = doors.services.now() + timedelta(minutes=5)
    monkeypatch.setattr(doors.bootstrap, "now", lambda: later)
    assert where(browser.get(f"{SIGN_IN}/code")) == (303, SIGN_IN)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "https://desk.example", "host": "desk.example"},
    ],
)
@pytest.mark.parametrize("path", [SIGN_IN, f"{SIGN_IN}/code"])
def test_a_form_on_another_site_begins_and_ends_no_sign_in(
    browser: Browser, path: str, headers: dict[str, str]
) -> None:
    browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    form = {"name": "agent", "password": PASSWORD, "code": browser.code()}
    assert browser.press(path, form, **headers).status == 403
    assert SESSION not in browser.cookies


def test_cookies_live_as_long_as_what_they_are_for(browser: Browser) -> None:
    first = browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    assert "; Max-Age=300; " in (first.header("Set-Cookie") or "")
    second = browser.press(f"{SIGN_IN}/code", {"code": browser.code()})
    assert "; Max-Age=1800; " in (second.header("Set-Cookie") or "")


# Onwards


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/desk", "/desk"),
        ("/desk/dossiers/D-1", "/desk/dossiers/D-1"),
        ("/desk/quarantine/a%2Fb", "/desk/quarantine/a%2Fb"),
        ("", "/desk"),
        ("//evil.example", "/desk"),
        ("https://evil.example/desk", "/desk"),
        ("/desk//evil.example", "/desk"),
        ("/desk\\evil.example", "/desk"),
        ("/desk@evil.example", "/desk"),
        ("/desk.evil.example", "/desk"),
        ("/desk/\r\nSet-Cookie: a=b", "/desk"),
        ("/desk/find?q=benali", "/desk"),
        ("/desk/sign-in", "/desk"),
        ("/desk/sign-out", "/desk"),
        ("/confirm/x", "/desk"),
        ("javascript:alert(1)", "/desk"),
    ],
)
def test_whoever_came_for_a_page_of_the_desk_is_led_there_and_nowhere_else(
    browser: Browser, asked: str, leads_to: str
) -> None:
    browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD, "next": asked})
    reply = browser.press(f"{SIGN_IN}/code", {"code": browser.code()})
    assert where(reply) == (303, leads_to)


def test_the_first_page_keeps_where_somebody_wanted_to_go(browser: Browser) -> None:
    page = browser.get(f"{SIGN_IN}?next=%2Fdesk%2Fdossiers%2FD-1")
    assert 'name="next" value="/desk/dossiers/D-1"' in page.text
    evil = browser.get(f"{SIGN_IN}?next=%22%3E%3Cscript%3E")
    assert 'name="next" value="/desk"' in evil.text


# Out


def test_who_is_disabled_while_their_code_is_asked_for_is_out_when_they_come_in(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cognito let them in an instant before; the session is of a generation that has ended."""
    give_code = doors.services.operators.give_code

    def meanwhile(*asked: Any) -> Operator:
        operator: Operator = give_code(*asked)
        doors.services.operator_accounts.disable("agent")
        return operator

    monkeypatch.setattr(doors.services.operators, "give_code", meanwhile)
    assert browser.come_in().status == 303
    assert browser.get("/desk").status == 303


def test_a_new_password_and_a_new_telephone_end_what_was_begun_before(browser: Browser) -> None:
    def begin() -> Browser:
        before = Browser(browser.doors)
        before.be("nouveau", Role.READ)
        assert before.get("/desk/channels").status == 200
        return before

    before = begin()
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    assert before.get("/desk/channels").status == 303
    before = begin()
    code = pyotp.TOTP(shown_secret(browser.get(f"{SIGN_IN}/enrol")))
    browser.press(f"{SIGN_IN}/enrol", {"code": code.at(browser.doors.services.now())})
    assert before.get("/desk/channels").status == 303
    assert browser.get("/desk/channels").status == 200


def test_who_signs_in_again_ends_what_that_browser_had_begun(browser: Browser) -> None:
    elsewhere, copied = Browser(browser.doors), Browser(browser.doors)
    elsewhere.be("admin", Role.READ)
    browser.be("agent", Role.READ)
    copied.cookies |= browser.cookies
    browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    browser.press(f"{SIGN_IN}/code", {"code": browser.code()})
    asked = [one.get("/desk/channels").status for one in (browser, copied, elsewhere)]
    assert asked == [200, 303, 200]


def test_signing_out_ends_the_session(browser: Browser) -> None:
    token = browser.be("agent", Role.READ)
    reply = browser.press("/desk/sign-out", {"form": token})
    assert where(reply) == (303, f"{SIGN_IN}?out=1")
    assert reply.header("Clear-Site-Data") == '"cache", "storage"'
    assert browser.cookies == {}
    assert "déconnecté" in browser.get(f"{SIGN_IN}?out=1").text


# What is told, and to whom


def test_the_audit_names_who_came_in_and_who_knew_the_password(
    browser: Browser, audited: list[tuple[str, ...]]
) -> None:
    browser.press(SIGN_IN, {"name": "nobody", "password": "x"})
    WRONG["a wrong code"](browser)
    browser.come_in()
    assert audited == [
        ("agent", "sign_in", "refused"),
        ("agent", "sign_in", "done"),
    ]


def test_nobody_comes_in_whom_the_audit_could_not_name(
    browser: Browser, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_line: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(doors.services.audit, "append", fails)
    assert browser.come_in().status == 503
    assert SESSION not in browser.cookies


def test_no_password_code_secret_or_cookie_is_ever_logged(browser: Browser, doors: Doors) -> None:
    held = []
    for wrong in WRONG.values():
        wrong(browser)
    browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    held += [*browser.cookies.values(), code := browser.code()]
    browser.press(f"{SIGN_IN}/code", {"code": code})
    held += browser.cookies.values()
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    held.append(shown_secret(browser.get(f"{SIGN_IN}/enrol")))
    with doors.storage_down("SESSION_KEYS_ID"):
        browser.press(SIGN_IN, {"name": "agent", "password": PASSWORD})
    log = doors.log.getvalue()
    assert "sign_in" in log
    assert [word for word in (PASSWORD, TEMPORARY, OWN, *held) if word in log] == []


def test_every_page_of_the_way_in_is_safe_without_javascript(browser: Browser) -> None:
    browser.press(SIGN_IN, {"name": "nouveau", "password": TEMPORARY})
    first = [browser.get(SIGN_IN), browser.get(f"{SIGN_IN}/password")]
    browser.press(f"{SIGN_IN}/password", {"password": OWN, "again": OWN})
    for page in [*first, browser.get(f"{SIGN_IN}/enrol")]:
        assert page.header("Cache-Control") == "no-store"
        assert "form-action 'self'" in (page.header("Content-Security-Policy") or "")
        assert "<script" not in page.text
        assert "style=" not in page.text
