"""A student with a keyboard, no JavaScript, and a phone or a desktop."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from pypdf import PdfReader

from tests.browser.browser import Browser
from tests.journeys.driver import STUDENT, Driver, LocalWorld
from tests.journeys.student import Student

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

HOUR = "à 10 h 20"

#: An event and what it says beside its dossier.
Happening = tuple[str, dict[str, Any]]

BOOKED: Happening = ("appointment.selected", {})
CONFIRMED: Happening = ("appointment.confirmed", {})


def confirmed(lea: Student, **data: Any) -> Student:
    lea.selects(28, **data)
    assert lea.confirms().status == 200
    return lea


def happens(world: LocalWorld, lea: Student, kind: str, data: dict[str, Any]) -> None:
    if kind == "appointment.selected":
        lea.selects(28)
    elif kind == "appointment.missed":
        lea.is_missed(world)
    else:
        appointment = {"id": f"A-{lea.dossier_id}"}
        lea.say(kind, appointment=appointment, student=lea.contact, **data)


def pdf_of(world: Driver, lea: Student) -> PdfReader:
    where = world.ask("GET", lea.link("convocation") + "/pdf").headers["Location"]
    return PdfReader(BytesIO(world.ask("GET", where).body))


def proof_link(world: Driver, lea: Student) -> str:
    """The address under the QR code of the paper."""
    text = pdf_of(world, lea).pages[0].extract_text().replace("\N{ZERO WIDTH SPACE}", "")
    start = text.index("http")
    return text[start:].split()[0]


def test_looking_confirms_nothing_and_the_button_does(browser: Browser, lea: Student) -> None:
    lea.selects(28)
    page = browser.open(lea.link("confirm"), "confirm")
    assert "Confirmez votre rendez-vous" in page
    assert HOUR in page
    assert "Bibliothèques universitaires" in page
    assert lea.state() == "booked"
    browser.press("Je confirme ce rendez‑vous")
    assert lea.state() == "confirmed"
    assert lea.received() == [("confirmation_request", "email"), ("convocation", "email")]


def test_the_button_leads_to_what_was_confirmed_and_on_to_the_convocation(
    browser: Browser, lea: Student
) -> None:
    lea.selects(28)
    browser.open(lea.link("confirm"), "confirm")
    browser.press("Je confirme ce rendez‑vous")
    page = browser.look("confirmed")
    assert "Votre rendez-vous est confirmé" in page
    assert HOUR in page
    browser.press("Voir ma convocation")
    assert HOUR in browser.look("convocation")


def test_the_convocation_of_the_second_email_says_when_where_and_what_to_bring(
    browser: Browser, lea: Student
) -> None:
    expiry = (lea.world.now() + timedelta(days=80)).date().isoformat()
    page = browser.open(confirmed(lea, permit_expires_on=expiry).link("convocation"), "convocation")
    for said in (HOUR, "1025 avenue Centrale", "tram B ou C", lea.dossier_id, "dossier complet"):
        assert said in page


def test_its_pdf_opens(browser: Browser, lea: Student) -> None:
    browser.open(confirmed(lea).link("convocation"), "convocation")
    answer = browser.press_for_document("Ouvrir la convocation (PDF)")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    redirected = answer.request.redirected_from
    assert redirected is not None
    assert redirected.url == lea.link("convocation") + "/pdf"


def test_its_calendar_entry_is_saved_as_a_file(browser: Browser, lea: Student) -> None:
    browser.open(confirmed(lea).link("convocation"), "convocation")
    entry = browser.press_for_file("Ajouter le rendez-vous à mon agenda")
    assert entry.suggested_filename == "rendez-vous.ics"
    assert entry.path().read_bytes().startswith(b"BEGIN:VCALENDAR")


def test_every_page_can_be_read_in_english(browser: Browser, lea: Student) -> None:
    lea.selects(28)
    browser.open(lea.link("confirm"), "confirm")
    browser.press("English")
    assert "at 10:20 am" in browser.look("confirm_en", "en")
    browser.press("I confirm this appointment")
    assert lea.state() == "confirmed"
    assert "Your appointment is confirmed" in browser.look("confirmed_en", "en")
    browser.open(lea.link("convocation") + "?lang=en", "convocation_en", "en")
    browser.press("Français")
    assert "Votre convocation" in browser.look("convocation")


def test_a_link_of_an_old_appointment_says_replaced_and_no_date(
    browser: Browser, lea: Student
) -> None:
    confirmed(lea)
    old = [lea.link("confirm"), lea.link("convocation"), lea.link("convocation") + "/pdf"]
    starts_at = lea.moves_to(35)
    for link in old:
        page = browser.open(link, "replaced")
        assert "Ce lien a été remplacé" in page
        assert str(starts_at.year) not in page
        assert HOUR not in page


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([BOOKED], "Confirmez votre rendez-vous"),
        ([BOOKED, CONFIRMED], "puis venez au rendez-vous"),
        ([BOOKED, ("appointment.missed", {})], "Prenez un autre rendez-vous"),
        ([BOOKED, ("appointment.cancelled", {})], "est annulé. Ne venez pas à cette date"),
        (
            [("dossier.incomplete", {"missing_documents": ["justificatif de domicile"]})],
            "justificatif de domicile",
        ),
        ([("dossier.deposited", {})], "Cela fera 6 semaines"),
        ([("dossier.deposited", {}), ("card.ready", {})], "Venez chercher votre titre"),
        (
            [("card.ready", {}), ("card.collected", {"card_expires_on": "2020-09-30"})],
            "Vous avez votre titre de séjour",
        ),
    ],
    ids=[
        *("booked", "confirmed", "missed", "cancelled"),
        *("incomplete", "deposited", "card_ready", "collected"),
    ],
)
def test_the_status_page_says_where_the_dossier_is_and_what_is_next(
    browser: Browser,
    world: LocalWorld,
    lea: Student,
    request: pytest.FixtureRequest,
    events: list[Happening],
    said: str,
) -> None:
    for kind, data in events:
        happens(world, lea, kind, data)
    name = request.node.callspec.id.removeprefix("phone-").removeprefix("desktop-")
    page = browser.open(lea.link("dossier"), f"dossier_{name}")
    assert said in page
    assert "Où en est votre dossier" in page
    assert "Les locaux de l’antenne sont-ils ouverts aujourd’hui ? Oui, de 9 h à 17 h" in page


def test_the_code_on_the_paper_leads_to_its_proof(
    browser: Browser, world: Driver, lea: Student
) -> None:
    confirmed(lea)
    proof = proof_link(world, lea)
    page = browser.open(proof, "proof")
    assert "Cette convocation est valable" in page
    assert HOUR in page
    assert STUDENT["family_name"] not in page
    lea.moves_to(35)
    assert "Cette convocation n’est plus valable" in browser.open(proof, "proof_replaced")


@pytest.mark.parametrize("page", ["confirm", "convocation", "dossier", "proof", "unsubscribe"])
def test_an_unknown_link_says_so_and_nothing_else(browser: Browser, page: str) -> None:
    shown = browser.open(f"{browser.address}/{page}/WyJELTEiXQ.made-up", "unknown")
    assert "Page introuvable" in shown
    assert "D-1" not in shown


def test_whoever_reads_english_is_told_so_in_english(chromium: Chromium, world: LocalWorld) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{world.address}/dossier/WyJELTEiXQ.made-up")
    assert page.title().startswith("Page not found")
    context.close()


def test_renewal_reminders_can_be_refused_by_keyboard(browser: Browser, lea: Student) -> None:
    expiry = (lea.world.now() + timedelta(days=80)).date().isoformat()
    lea.say("card.collected", card_expires_on=expiry, student=lea.contact)
    assert lea.received() == [("renewal_opens", "email")]
    browser.open(lea.link("unsubscribe"), "unsubscribe")
    assert not lea.world.dossier(lea.dossier_id)["facts"]["unsubscribed"]
    browser.press("Ne plus m’envoyer ces rappels")
    assert "C’est noté" in browser.look("unsubscribed")
    assert lea.world.dossier(lea.dossier_id)["facts"]["unsubscribed"]
