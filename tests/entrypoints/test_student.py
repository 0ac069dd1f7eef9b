"""The student knocks: every page, and what it shows to whom."""

import base64
import hashlib
import json
import re
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader

from chalicelib.domain.contact import Language
from chalicelib.domain.events import EventType
from chalicelib.messages import rendering
from chalicelib.messages.phrases import TEXTS
from chalicelib.security.signing import serializer
from local.aws.gateway import Gateway, Reply
from tests.entrypoints.contract import CONTRACT
from tests.entrypoints.doors import PUBLIC_URL, SLOT, STUDENT, WEBHOOKS, Doors

pytestmark = pytest.mark.enable_socket

FORM = {"content-type": "application/x-www-form-urlencoded"}
PRESS = ["confirm", "unsubscribe"]
READ = ["convocation", "dossier", "proof"]
#: Every page behind a link, with what follows the token.
PAGES = [*((page, "") for page in PRESS + READ), ("convocation", "/pdf"), ("convocation", "/ics")]
#: The pages whose link is about one hour of an appointment.
BOUND = [(page, tail) for page, tail in PAGES if page not in {"dossier", "unsubscribe"}]
#: An appointment whose day has passed.
PASSED = {"id": "A-1", "starts_at": "2019-04-05T10:20:00+02:00"}
SECURITY = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
POLICY = (
    r"default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; "
    r"base-uri 'none'; frame-ancestors 'none'"
)
HOUR, LATER_HOUR = "10 h 20", "14 h"


def text_of(reply: Reply) -> str:
    """What a person reads: no tags, and spaces that are spaces."""
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", reply.text, flags=re.DOTALL)
    return " ".join(bare.split())


def title(reply: Reply) -> str:
    """The name of the page, as its title has it before the name of the desk."""
    found = re.search(r"<title>(.*?) – (.*?)</title>", reply.text)
    return " ".join(found[1].split()) if found else ""


def confirmations(doors: Doors, dossier_id: str) -> int:
    return sum(e.type is EventType.CONFIRMED for e in doors.dossier(dossier_id).events)


# Confirming


def test_opening_the_page_confirms_nothing(doors: Doors) -> None:
    dossier_id = doors.booked()
    page = doors.ask("GET", doors.link("confirm", dossier_id))
    assert page.status == 200
    assert '<form method="post">' in page.text
    assert HOUR in text_of(page)
    assert confirmations(doors, dossier_id) == 0


def test_pressing_the_button_confirms_and_says_so(doors: Doors) -> None:
    dossier_id = doors.booked()
    page = doors.ask("POST", doors.link("confirm", dossier_id), FORM)
    assert (page.status, confirmations(doors, dossier_id)) == (200, 1)
    assert "<form" not in page.text
    assert HOUR in text_of(page)


def test_pressing_twice_confirms_once_and_says_the_same(doors: Doors) -> None:
    link = doors.link("confirm", dossier_id := doors.booked())
    first, second = (doors.ask("POST", link, FORM) for _ in range(2))
    assert first == second
    assert confirmations(doors, dossier_id) == 1


def test_a_confirmed_appointment_has_no_button_any_more(doors: Doors) -> None:
    page = doors.ask("GET", doors.link("confirm", doors.booked(is_confirmed=True)))
    assert page.status == 200
    assert "<form" not in page.text


@pytest.mark.parametrize(
    ("site", "acts"),
    [("cross-site", False), ("same-origin", True), ("same-site", True), ("none", True)],
)
@pytest.mark.parametrize(("purpose", "kind"), [("confirm", "confirmed"), ("unsubscribe", "unsub")])
def test_a_form_on_another_site_only_shows_the_page(
    doors: Doors, site: str, acts: bool, purpose: str, kind: str
) -> None:
    dossier_id = doors.booked()
    page = doors.ask("POST", doors.link(purpose, dossier_id), {**FORM, "Sec-Fetch-Site": site})
    assert page.status == 200
    assert ("<form" in page.text) is not acts
    assert any(kind in event.type for event in doors.dossier(dossier_id).events) is acts


def test_the_page_to_confirm_ends_when_the_appointment_begins(doors: Doors) -> None:
    dossier_id = doors.booked(appointment=PASSED)
    link = doors.link("confirm", dossier_id)
    assert [doors.ask(method, link).status for method in ("GET", "POST")] == [404, 404]
    assert confirmations(doors, dossier_id) == 0


# Links that are worth nothing, or nothing any more


@pytest.mark.parametrize(("page", "tail"), BOUND)
@pytest.mark.parametrize(
    ("change", "title"),
    [("moved", "Ce lien a été remplacé"), ("cancelled", "Ce rendez-vous est annulé")],
)
def test_a_link_of_a_former_hour_says_so_and_nothing_else(
    doors: Doors, page: str, tail: str, change: str, title: str
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    if change == "moved":
        doors.moved(dossier_id)
    else:
        when = "2019-04-08T09:59:59+02:00"
        doors.tell("appointment.cancelled", dossier_id, timestamp=when, appointment={"id": "A-1"})
    reply = doors.ask("GET", doors.link(page, dossier_id) + tail)
    assert reply.status == 410
    said = text_of(reply)
    assert (title in said) == (page != "proof")
    assert HOUR not in said
    assert LATER_HOUR not in said
    assert not re.search(r"\b(avril|mai)\b|2019", said)
    assert dossier_id not in said
    assert STUDENT["family_name"] not in said


def test_the_paper_of_a_former_hour_says_to_anybody_that_it_is_worth_nothing(doors: Doors) -> None:
    doors.moved(dossier_id := doors.booked(is_confirmed=True))
    link = doors.link("proof", dossier_id)
    assert "Cette convocation n’est plus valable" in text_of(doors.ask("GET", link))
    assert "This convocation is no longer valid" in text_of(doors.ask("GET", link + "?lang=en"))


@pytest.mark.parametrize(("page", "tail"), BOUND)
def test_a_link_of_an_appointment_whose_dossier_is_closed_says_so_and_nothing_else(
    doors: Doors, page: str, tail: str
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    doors.tell("dossier.closed", dossier_id, reason="refused")
    reply = doors.ask("GET", doors.link(page, dossier_id) + tail)
    assert reply.status == 410
    said = text_of(reply)
    assert ("n’est plus valable" if page == "proof" else "Votre dossier est clos") in said
    assert "refusé" not in said
    assert HOUR not in said
    assert STUDENT["family_name"] not in said


def test_the_page_of_a_closed_dossier_says_why_in_both_languages(doors: Doors) -> None:
    doors.tell("dossier.closed", dossier_id := doors.booked(), reason="transferred")
    link = doors.link("dossier", dossier_id)
    assert "transmis à un autre service" in text_of(doors.ask("GET", link))
    assert "another office" in text_of(doors.ask("GET", link + "?lang=en"))


def test_pressing_the_button_of_a_former_hour_confirms_nothing(doors: Doors) -> None:
    doors.moved(dossier_id := doors.booked())
    assert doors.ask("POST", doors.link("confirm", dossier_id), FORM).status == 410
    assert confirmations(doors, dossier_id) == 0


def test_the_page_of_the_dossier_survives_a_new_hour(doors: Doors) -> None:
    doors.moved(dossier_id := doors.booked())
    page = doors.ask("GET", doors.link("dossier", dossier_id))
    assert page.status == 200
    assert LATER_HOUR in text_of(page)


def tampered(link: str) -> str:
    """Another character in the middle of the signature."""
    head, was, tail = link[:-10], link[-10], link[-9:]
    return head + ("B" if was == "A" else "A") + tail


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("page", "tail"), PAGES)
def test_unknown_expired_and_tampered_links_look_exactly_alike(
    doors: Doors, method: str, page: str, tail: str
) -> None:
    dossier_id = doors.booked()
    expired = doors.link("confirm", doors.booked(appointment=PASSED))
    good = doors.link(page, dossier_id)
    of_nobody = doors.link(page, doors.new_id("nobody"))
    links = [
        f"{PUBLIC_URL}/{page}/unknown{tail}",
        tampered(good) + tail,
        good + "A" + tail,
        good.replace(f"/{page}/", f"/{'proof' if page != 'proof' else 'confirm'}/"),
        *([of_nobody + tail] if page != "unsubscribe" else []),
        expired,
    ]
    replies = [doors.ask(method, link) for link in links]
    assert {reply.status for reply in replies} == {404}
    assert len({(tuple(reply.headers), reply.body) for reply in replies}) == 1


def test_a_link_made_with_another_key_is_unknown(doors: Doors) -> None:
    dossier_id = doors.booked()
    forged = serializer(["guess"], "relance.unsubscribe").dumps((dossier_id,))
    assert doors.ask("GET", f"/unsubscribe/{forged}").status == 404


FORMER = [("confirm", ""), ("convocation", ""), ("convocation", "/pdf"), ("convocation", "/ics")]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("page", "tail"), [*FORMER, ("dossier", "")])
def test_a_link_to_a_former_address_is_as_replaced_as_one_to_a_former_hour(
    doors: Doors, method: str, page: str, tail: str
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    former = doors.link(page, dossier_id) + tail
    doors.tell("contact.updated", dossier_id, student=STUDENT | {"email": "lea@example.com"})
    moved = doors.booked()
    doors.moved(moved)
    reply, other = doors.ask(method, former), doors.ask(method, doors.link("confirm", moved))
    assert (reply.status, reply.body) == (410, other.body)


def test_the_code_on_the_paper_and_the_refusal_of_reminders_outlive_an_address(
    doors: Doors,
) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    proof, refusal = (doors.link(page, dossier_id) for page in ("proof", "unsubscribe"))
    doors.tell("contact.updated", dossier_id, student=STUDENT | {"email": "lea@example.com"})
    assert doors.ask("GET", proof).status == 200
    assert doors.ask("POST", refusal).status == 200
    assert doors.dossier(dossier_id).facts.unsubscribed


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_is_forgotten_can_still_refuse_reminders(doors: Doors, method: str) -> None:
    """A mail program that asks by itself need not be told that there is nobody."""
    dossier_id = doors.booked()
    doors.request_erasure(dossier_id)
    refusal = doors.link("unsubscribe", dossier_id)
    soon = doors.ask(method, refusal)
    doors.services.eraser.forget(dossier_id)
    gone = doors.ask(method, refusal)
    assert (soon.status, gone.status) == (200, 200)
    assert soon.body == gone.body
    assert doors.dossier(dossier_id).events == ()


def test_the_proof_of_what_was_never_confirmed_is_not_known(doors: Doors) -> None:
    reply = doors.ask("GET", doors.link("proof", doors.booked()))
    assert reply.status == 404
    assert reply.body == doors.ask("GET", "/proof/unknown").body


# The convocation


def test_the_convocation_is_a_page(doors: Doors) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    page = doors.ask("GET", doors.link("convocation", dossier_id))
    assert page.status == 200
    assert HOUR in text_of(page)
    assert dossier_id in text_of(page)


@pytest.mark.parametrize("tail", ["", "/pdf", "/ics"])
def test_before_the_confirmation_there_is_only_the_way_to_confirm(doors: Doors, tail: str) -> None:
    dossier_id = doors.booked()
    page = doors.ask("GET", doors.link("convocation", dossier_id) + tail)
    assert (page.status, page.header("Content-Type")) == (200, "text/html; charset=utf-8")
    assert doors.link("confirm", dossier_id) in page.text


def test_the_convocation_outlives_its_hour_because_it_is_a_proof(doors: Doors) -> None:
    dossier_id = doors.booked(appointment=PASSED)
    doors.tell("appointment.confirmed", dossier_id, appointment={"id": "A-1"})
    for page in ("convocation", "proof"):
        assert doors.ask("GET", doors.link(page, dossier_id)).status == 200


def test_the_pdf_opens_at_an_address_that_does_not_live_long(doors: Doors) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    reply = doors.ask("GET", doors.link("convocation", dossier_id) + "/pdf")
    assert reply.status == 303
    where = reply.header("Location") or ""
    assert "X-Amz-Expires=300" in where
    with urlopen(where, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        pdf = PdfReader(BytesIO(answer.read()))
    printed = "".join(page.extract_text() for page in pdf.pages)
    assert dossier_id in printed
    assert STUDENT["family_name"] in printed


def test_the_calendar_entry_is_at_the_hour(doors: Doors) -> None:
    reply = doors.ask("GET", doors.link("convocation", doors.booked(is_confirmed=True)) + "/ics")
    assert reply.header("Content-Type") == "text/calendar; charset=utf-8"
    assert reply.header("Content-Disposition") == 'attachment; filename="rendez-vous.ics"'
    [entry] = Calendar.from_ical(reply.body).walk("VEVENT")
    assert entry.decoded("dtstart").isoformat() == SLOT["starts_at"]


def test_what_is_taken_away_is_in_the_student_s_language_and_says_so(doors: Doors) -> None:
    student = {**STUDENT, "language": "en"}
    link = doors.link("convocation", doors.booked(is_confirmed=True, student=student))
    said = [doors.ask("GET", link + tail).header("Content-Language") for tail in ("/pdf", "/ics")]
    assert said == ["en", "en"]


def test_the_proof_shows_nothing_more_than_the_paper_does(doors: Doors) -> None:
    dossier_id = doors.booked(is_confirmed=True)
    page = doors.ask("GET", doors.link("proof", dossier_id))
    said = text_of(page)
    assert page.status == 200
    assert HOUR in said
    assert dossier_id in said
    private = [STUDENT[key] for key in ("given_name", "family_name", "email", "phone")]
    assert [word for word in private if word in page.text] == []
    others = ("/confirm/", "/convocation/", "/dossier/", "/unsubscribe/")
    assert [way for way in others if way in page.text] == []


# Unsubscribing


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            b"One-Click\r\n--x--\r\n",
        ),
        ("", b""),
    ],
    ids=["urlencoded", "multipart", "nothing"],
)
def test_one_click_of_a_mail_program_unsubscribes(
    doors: Doors, media_type: str, body: bytes
) -> None:
    dossier_id = doors.booked()
    link = doors.link("unsubscribe", dossier_id)
    replies = [doors.ask("POST", link, {"Content-Type": media_type}, body) for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 200]
    kinds = [event.type for event in doors.dossier(dossier_id).events]
    assert kinds.count(EventType.UNSUBSCRIBED) == 1


def test_opening_the_link_unsubscribes_nobody(doors: Doors) -> None:
    dossier_id = doors.booked()
    page = doors.ask("GET", doors.link("unsubscribe", dossier_id))
    assert '<form method="post">' in page.text
    assert len(doors.dossier(dossier_id).events) == 1


# Every page


@pytest.mark.parametrize(("page", "tail"), PAGES)
def test_head_is_answered_like_get_and_changes_nothing(doors: Doors, page: str, tail: str) -> None:
    dossier_id = doors.booked(is_confirmed=page != "confirm")
    link = doors.link(page, dossier_id) + tail
    before = doors.dossier(dossier_id)
    assert doors.ask("HEAD", link) == doors.ask("GET", link)
    assert doors.dossier(dossier_id) == before


#: In which language a page is, by the student's own and by what the address asks for.
SPOKEN = {
    "fr": {
        "": "fr",
        "?lang=en": "en",
        "?lang=EN": "fr",
        "?lang=de": "fr",
        "?lang=<script>": "fr",
        "?lang=fr&lang=en": "en",
    },
    "en": {"": "en", "?lang=fr": "fr", "?lang=": "en", "?other=1": "en"},
}


@pytest.mark.parametrize("student", SPOKEN)
@pytest.mark.parametrize("page", ["confirm", "convocation", "dossier", "proof", "unsubscribe"])
def test_the_language_is_the_one_asked_for_or_the_students(
    doors: Doors, page: str, student: str
) -> None:
    block = {**STUDENT, "language": student}
    dossier_id = doors.booked(is_confirmed=page in {"convocation", "proof"}, student=block)
    link = doors.link(page, dossier_id)
    replies = {query: doors.ask("GET", link + query) for query in SPOKEN[student]}
    said = {query: reply.header("Content-Language") for query, reply in replies.items()}
    assert said == SPOKEN[student]
    assert all(f'<html lang="{said[query]}">' in one.text for query, one in replies.items())


def test_a_page_about_nobody_speaks_french_unless_asked(doors: Doors) -> None:
    pages = {q: doors.ask("GET", f"/dossier/x{q}") for q in ("", "?lang=en", "?lang=fr")}
    said = {query: page.header("Content-Language") for query, page in pages.items()}
    assert said == {"": "fr", "?lang=en": "en", "?lang=fr": "fr"}
    assert title(pages["?lang=en"]) == "Page not found"


def test_a_page_that_a_language_lacks_is_whole_in_the_first_one_and_says_so(
    doors: Doors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = shutil.copytree(TEXTS, tmp_path / "texts")
    (texts / "_pages" / "en" / "about.html").unlink()  # the foot of every page
    monkeypatch.setattr(rendering, "TEXTS", texts)
    rendering._environment.cache_clear()
    try:
        links = [doors.link("dossier", doors.booked()), "/dossier/x"]
        replies = [doors.ask("GET", f"{link}?lang=en") for link in links]
    finally:
        rendering._environment.cache_clear()
    assert [reply.status for reply in replies] == [200, 404]
    for reply in replies:
        assert reply.header("Content-Language") == "fr"
        assert '<html lang="fr">' in reply.text


@pytest.mark.parametrize(
    ("asked", "browser", "language"),
    [
        ("", "en-GB,en;q=0.9", "en"),
        ("", "ar,fr;q=0.5", "fr"),
        ("", "zh-CN", "fr"),
        ("?lang=fr", "en", "fr"),
    ],
)
def test_where_nobody_knows_the_student_their_browser_does(
    doors: Doors, asked: str, browser: str, language: str
) -> None:
    reply = doors.ask("GET", f"/dossier/x{asked}", {"Accept-Language": browser})
    assert reply.header("Content-Language") == language


def test_a_student_is_spoken_to_in_their_own_language_whatever_the_browser(doors: Doors) -> None:
    link = doors.link("dossier", doors.booked())
    reply = doors.ask("GET", link, {"Accept-Language": "en"})
    assert reply.header("Content-Language") == "fr"


@pytest.mark.parametrize("asked", ["", "?lang=en", "?lang=fr"])
def test_a_desk_that_offers_french_only_speaks_it_whatever_is_asked_for(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    only = replace(doors.services.desk, languages=(Language.FR,))
    monkeypatch.setitem(vars(doors.services), "desk", only)
    link = doors.link("dossier", doors.booked(student={**STUDENT, "language": "en"}))
    pages = [
        doors.ask("GET", path + asked, {"Accept-Language": "en"}) for path in (link, "/dossier/x")
    ]
    assert [page.header("Content-Language") for page in pages] == ["fr", "fr"]
    assert not any("lang=en" in page.text for page in pages)


def every_answer(doors: Doors) -> dict[int, Reply]:
    """One answer of every status that a page can have."""
    good, old, newer = doors.booked(is_confirmed=True), doors.booked(), doors.booked()
    doors.moved(old)
    doors.put(newer, document='{"schema": 99}')
    with doors.fault_of_ours():
        failed = doors.ask("GET", doors.link("dossier", good))
    return {
        200: doors.ask("GET", doors.link("dossier", good)),
        303: doors.ask("GET", doors.link("convocation", good) + "/pdf"),
        404: doors.ask("GET", "/dossier/unknown"),
        410: doors.ask("GET", doors.link("confirm", old)),
        500: failed,
        503: doors.ask("GET", doors.link("dossier", newer)),
    }


@pytest.mark.parametrize(("language", "other"), [("fr", "en"), ("en", "fr")])
def test_every_page_speaks_both_languages_errors_included(
    doors: Doors, language: str, other: str
) -> None:
    replaced, good = doors.booked(), doors.booked()
    doors.moved(replaced)
    query = f"?lang={language}"
    pages = [doors.ask("GET", doors.link(page, good) + query) for page in (*PRESS, "dossier")]
    pages += [doors.ask("GET", "/dossier/unknown" + query)]
    pages += [doors.ask("GET", doors.link("convocation", replaced) + query)]
    with doors.storage_down():
        pages += [doors.ask("GET", doors.link("dossier", good) + query)]
    assert [page.status for page in pages] == [200, 200, 200, 404, 410, 503]
    assert {page.header("Content-Language") for page in pages} == {language}
    switch = f'href="?lang={other}" lang="{other}" hreflang="{other}"'
    assert [page.status for page in pages if switch not in page.text] == []


def test_every_answer_is_safe_to_open(doors: Doors) -> None:
    service = [doors.ask("GET", path) for path in ("/health", "/openapi.json")]
    told = [doors.ask("POST", WEBHOOKS), doors.deliver(b"{}"), doors.deliver(b"x" * 65_537)]
    assert [reply.status for reply in told] == [401, 202, 413]
    for reply in [*every_answer(doors).values(), *service, *told]:
        assert {name: reply.header(name) for name in SECURITY} == SECURITY
        policy = reply.header("Content-Security-Policy") or ""
        assert re.fullmatch(POLICY, policy)


def test_every_answer_has_the_status_it_should(doors: Doors) -> None:
    for status, reply in every_answer(doors).items():
        assert reply.status == status
        assert "<script" not in reply.text


def test_the_style_is_the_one_that_the_policy_allows(doors: Doors) -> None:
    page = doors.ask("GET", "/dossier/unknown")
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in (page.header("Content-Security-Policy") or "")
    assert " style=" not in page.text


# When something of ours fails


def test_without_storage_every_page_says_so_in_words(doors: Doors) -> None:
    dossier_id = doors.booked()
    asked = [*(("GET", *page) for page in PAGES), *(("POST", page, "") for page in PRESS)]
    links = [(method, doors.link(page, dossier_id) + tail) for method, page, tail in asked]
    with doors.storage_down():
        replies = [doors.ask(method, link + "?lang=en") for method, link in links]
    assert {(reply.status, reply.header("Retry-After")) for reply in replies} == {(503, "60")}
    assert {title(reply) for reply in replies} == {"Try again in a few minutes"}
    assert len(doors.dossier(dossier_id).events) == 1


def test_a_confirmation_that_could_not_be_stored_can_be_made_later(doors: Doors) -> None:
    link = doors.link("confirm", dossier_id := doors.booked())
    with doors.storage_down():
        assert doors.ask("POST", link, FORM).status == 503
    assert doors.ask("POST", link, FORM).status == 200
    assert confirmations(doors, dossier_id) == 1


def test_what_nobody_foresaw_is_a_page_in_words_and_logs_no_token(
    doors: Doors, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before, dossier_id = len(doors.log.getvalue()), doors.booked()
    link = doors.link("dossier", dossier_id)
    with doors.fault_of_ours():
        reply = doors.ask("GET", link + "?lang=en")
    assert (reply.status, title(reply)) == (500, "Try again in a few minutes")
    printed = capfd.readouterr()
    logged = doors.log.getvalue()[before:] + caplog.text + printed.out + printed.err
    assert '"outcome":"failed"' in logged
    assert '"reason":"dossier ZeroDivisionError"' in logged
    assert link.rpartition("/")[2] not in logged


@pytest.mark.parametrize("document", ["{", '{"schema": 99}'])
@pytest.mark.parametrize(("page", "tail"), PAGES)
def test_of_a_dossier_that_cannot_be_read_a_page_says_whom_to_ask(
    doors: Doors, page: str, tail: str, document: str
) -> None:
    doors.put(dossier_id := doors.booked(), document=document)
    reply = doors.ask("GET", doors.link(page, dossier_id) + tail + "?lang=en")
    assert (reply.status, title(reply)) == (503, "Try again in a few minutes")
    assert "If this lasts, come to the prefecture office" in reply.text


def test_no_token_is_ever_logged(doors: Doors, caplog: pytest.LogCaptureFixture) -> None:
    before, dossier_id = len(doors.log.getvalue()), doors.booked()
    links = [doors.link(page, dossier_id) + tail for page, tail in PAGES]
    for link in links:
        doors.ask("GET", link)
    for page in PRESS:
        doors.ask("POST", doors.link(page, dossier_id))
    with doors.storage_down():
        for link in links:
            doors.ask("GET", link)
    logged = doors.log.getvalue()[before:] + caplog.text
    assert '"outcome":"not_stored"' in logged
    assert [link for link in links if link.split("/")[4] in logged] == []
    assert STUDENT["email"] not in logged


@pytest.mark.parametrize("page", [*PRESS, *READ])
def test_a_link_that_opens_nothing_is_logged_without_its_token(doors: Doors, page: str) -> None:
    before, token = len(doors.log.getvalue()), "WyJELTEiXQ.kept-out-of-the-log"
    assert doors.ask("GET", f"/{page}/{token}").status == 404
    logged = doors.log.getvalue()[before:]
    assert '"outcome":"refused"' in logged
    assert ' link"' in logged
    assert token not in logged


# Whatever comes

HOSTILE = [
    "%00",
    "%ff",
    "%2e%2e%2fetc",
    "..",
    "é",
    "\udcff",
    "a.b.c",
    ".",
    "eyJ9.x",
    "'; DROP TABLE",
    "<script>",
    "x" * 8000,
    "{token}",
    "null",
    "W10.",
]


@pytest.mark.parametrize(
    ("page", "tail", "token"),
    [*((*PAGES[0], token) for token in HOSTILE), *((*page, HOSTILE[0]) for page in PAGES[1:])],
)
def test_any_token_we_did_not_make_is_not_found(
    doors: Doors, page: str, tail: str, token: str
) -> None:
    reply = doors.ask("GET", f"/{page}/{token}{tail}")
    assert reply.status == 404
    assert reply.body == doors.ask("GET", f"/{page}/unknown{tail}").body


@given(
    page=st.sampled_from(PAGES),
    token=st.text(min_size=1, max_size=80),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT"]),
    query=st.text(max_size=20),
    headers=st.dictionaries(
        st.sampled_from(["accept", "content-type", "sec-fetch-site", "cookie", "host"]),
        st.text(max_size=30),
    ),
)
def test_no_request_makes_a_page_fail(
    doors: Doors, page: Any, token: str, method: str, query: str, headers: dict[str, str]
) -> None:
    name, tail = page
    target = f"/{name}/{token}{tail}?{query}"
    reply = Gateway(doors.app.app).request(method, target, headers)
    assert reply.status in {404, 405}


@given(token=st.text(min_size=1, max_size=80))
def test_no_text_reads_as_a_link(doors: Doors, token: str) -> None:
    purposes = {page for page, _ in PAGES}
    assert not [p for p in purposes if doors.services.links.read(p, token)]


# The service


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_needs_nothing_but_the_function(doors: Doors, method: str) -> None:
    with doors.storage_down():
        reply = doors.ask(method, "/health")
    assert (reply.status, json.loads(reply.body)) == (200, {"status": "ok"})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_contract_is_served_as_it_is_kept(doors: Doors, method: str) -> None:
    reply = doors.ask(method, "/openapi.json")
    assert json.loads(reply.body) == CONTRACT
