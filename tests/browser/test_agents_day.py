"""A long day at the desk, on its pages as they are seen: in light and dark, wide and narrow."""

from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FilePayload, ViewportSize

from tests.browser.browser import SCREENSHOTS
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.desk import Desk, at_once, desk_at, nobody_hears
from tests.decoding.spreadsheet_files import row, words, xlsx
from tests.journeys.driver import STUDENT, LocalWorld
from tests.journeys.student import Student, slot

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

#: Colours follow the scheme and places the width: two of the four show all there is.
SCREENS: tuple[tuple[ViewportSize, Literal["dark", "light"]], ...] = (
    (PHONE, "dark"),
    (DESKTOP, "light"),
)

#: More than are counted on every page.
BROKEN = 1_200

RECEPISSE = "7503-2019-0042"
READY = [f"T-{n:02}" for n in range(1, 37)]
#: Whose state is none in which a card is expected.
BOOKED, COLLECTED, KNOWN = "T-90", "T-91", "T-92"


def shown(desk: Desk, name: str) -> str:
    """What the page says; it keeps nobody out and never scrolls sideways. Pictures are kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for size, scheme in SCREENS:
        desk.page.set_viewport_size(size)
        desk.page.emulate_media(color_scheme=scheme)
        desk.page.screenshot(
            path=SCREENSHOTS / f"day_{name}_{size['width']}px_{scheme}.png", full_page=True
        )
        desk.look()
    found = Axe().run(desk.page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == [], name
    return desk.look()


def test_a_long_day_at_the_desk(chromium: Chromium, world: LocalWorld) -> None:
    lea, urgent = two_whom_nothing_reaches(world)
    comes = Student(world=world, dossier_id="G-2019-0500")
    was_here = Student(world=world, dossier_id="G-2019-0501")
    was_here.selects(1)
    world.travel("P4D")
    comes.say(
        "appointment.selected",
        appointment={"id": "A-today", "starts_at": in_an_hour(world)},
        student={**STUDENT, "family_name": "Okafor", "given_name": "Chidi"},
    )
    much_is_broken(world)
    desk = at_once(desk_at(chromium, world, DESKTOP))
    urgent_comes_first_and_nothing_hides_it(desk, lea, urgent)
    what_is_past_cannot_be_sent_and_what_is_present_can(desk, urgent, was_here)
    a_list_with_mistakes_is_read_ticked_and_taken_back(desk)
    a_number_of_a_receipt_finds_its_dossier(desk)
    the_day_lists_who_comes_and_asks_what_came_of_the_last(desk, comes, was_here)
    a_note_is_read_by_the_next(desk, lea)
    world.travel("P1D")
    desk = at_once(desk)
    desk.open("/desk/figures")
    assert "Titre prêt" in shown(desk, "figures")


def two_whom_nothing_reaches(world: LocalWorld) -> tuple[Student, Student]:
    """The second is expected within 72 hours."""
    lea, urgent = nobody_hears(world, "G-2019-0601"), nobody_hears(world, "G-2019-0602")
    starts_at = slot(world.now(), 4).isoformat()
    appointment = {"id": "A-soon", "starts_at": starts_at, "purpose": "collect"}
    urgent.say("appointment.selected", appointment=appointment, student=STUDENT)
    return lea, urgent


def in_an_hour(world: LocalWorld) -> str:
    at = world.now() + timedelta(hours=1)
    return at.replace(minute=0, second=0, microsecond=0).isoformat()


def much_is_broken(world: LocalWorld) -> None:
    """The booking system forgets when, and invents an event."""
    for n in range(BROKEN):
        kind = "appointment.selected" if n % 6 else "appointment.imagined"
        answer = world.post(world.event(kind, dossier_id=f"Q-{n:04}", student=STUDENT))
        assert answer.status == 202, answer.body


def urgent_comes_first_and_nothing_hides_it(desk: Desk, lea: Student, urgent: Student) -> None:
    desk.open("/desk")
    said = shown(desk, "home")
    assert "Au moins 1 000 messages du système de réservation en quarantaine" in said
    assert said.index(urgent.dossier_id) < said.index(lea.dossier_id)
    desk.follow("Voir la quarantaine")
    assert "En tout : 1 200." in shown(desk, "quarantine")
    desk.follow("Il manque")


def what_is_past_cannot_be_sent_and_what_is_present_can(
    desk: Desk, urgent: Student, was_here: Student
) -> None:
    desk.open(f"/desk/dossiers/{was_here.dossier_id}")
    assert "Ne peut pas partir de nouveau" in shown(desk, "past")
    desk.open(f"/desk/dossiers/{urgent.dossier_id}")
    desk.unfold("Envoyer de nouveau")
    assert "Ce qui suivra" in shown(desk, "present")
    desk.page.locator("details[open]").get_by_label("Pourquoi").fill("Demandé au téléphone")
    desk.press("Envoyer de nouveau")
    assert "C’est enregistré." in shown(desk, "flash")
    assert "C’est enregistré." not in desk.open(f"/desk/dossiers/{urgent.dossier_id}")


def forty_cards(world: LocalWorld) -> bytes:
    """A workbook of them, and their dossiers: three stand elsewhere, of one a formula failed."""
    for card in READY:
        own = {**STUDENT, "given_name": card, "email": f"{card}@example.org"}
        world.say("dossier.deposited", dossier_id=card, student=own)
    when = {"id": "A-90", "starts_at": slot(world.now(), 20).isoformat()}
    world.say("appointment.selected", dossier_id=BOOKED, appointment=when, student=STUDENT)
    until = "2020-04-01"
    world.say("card.collected", dossier_id=COLLECTED, student=STUDENT, card_expires_on=until)
    world.say("dossier.checked", dossier_id=KNOWN, student=STUDENT)
    listed = (row(words(card, "Benali")) for card in (*READY, BOOKED, COLLECTED, KNOWN))
    failed = row('<c t="e"><v>#N/A</v></c>' + words("Benali"))
    return xlsx(row(words("dossier", "nom")), *listed, failed)


def a_list_with_mistakes_is_read_ticked_and_taken_back(desk: Desk) -> None:
    content = forty_cards(desk.world)
    desk.open("/desk/cards")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    file = FilePayload(name="titres.xlsx", mimeType=kind, buffer=content)
    desk.page.get_by_label("Fichier").set_input_files(file)
    desk.press("Vérifier la liste")
    assert "Lignes lues 40 Seront enregistrés 36 À vérifier 3 Sans référence lisible 1" in shown(
        desk, "preview"
    )
    desk.page.get_by_label(f"Enregistrer quand même {KNOWN}").check()
    desk.fill("Nombre de dossiers", "36")
    assert "Le nombre saisi n’est pas celui" in desk.press("Marquer ces titres comme prêts")
    desk.fill("Nombre de dossiers", "37")
    desk.press("Marquer ces titres comme prêts")
    assert "En attente : 37" in shown(desk, "bulk")
    desk.page.get_by_role("button", name="Annuler tout ce qui attend").click()
    desk.page.wait_for_load_state()
    assert "annulés : 37" in desk.look()


def a_number_of_a_receipt_finds_its_dossier(desk: Desk) -> None:
    desk.world.say(
        "dossier.deposited", dossier_id="G-2019-0700", student=STUDENT, recepisse_number=RECEPISSE
    )
    desk.fill("Rechercher un dossier", RECEPISSE.replace("-", " "))
    assert "G-2019-0700" in desk.press("Chercher", within="header")
    shown(desk, "found")


def the_day_lists_who_comes_and_asks_what_came_of_the_last(
    desk: Desk, comes: Student, was_here: Student
) -> None:
    desk.open("/desk/day")
    assert comes.dossier_id in shown(desk, "day")
    assert was_here.dossier_id in desk.follow("Jour ouvert précédent")
    desk.page.get_by_label("Suite du rendez-vous").select_option("Dossier déposé")
    shown(desk, "day_before")
    assert "Enregistrés : 1." in desk.press("Enregistrer les suites choisies")


def a_note_is_read_by_the_next(desk: Desk, lea: Student) -> None:
    desk.open(f"/desk/dossiers/{lea.dossier_id}")
    desk.unfold("Ajouter une note")
    desk.page.get_by_label("Note", exact=True).fill("Rappeler jeudi après 14 h : en cours avant.")
    desk.press("Garder la note")
    assert "Rappeler jeudi" in shown(desk, "note")
