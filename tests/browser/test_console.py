"""A morning at the desk, in Chromium without JavaScript: from the sign-in to the printed list."""

import re
from io import BytesIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import FilePayload, ViewportSize
from pypdf import PdfReader

from local.studio.one_time_codes import code, step_at
from local.studio.operators import seeded
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.desk import Desk, at_once, desk_at, nobody_hears
from tests.journeys.driver import STUDENT, LocalWorld
from tests.journeys.student import Student

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

CARDS = [f"C-{n:02}" for n in range(1, 41)]
CORRECTED = "06 98 76 54 32"


def test_a_morning_at_the_desk(chromium: Chromium, world: LocalWorld) -> None:
    nobody_hears(world, "G-2019-0777")
    lea = nobody_hears(world)
    for card in CARDS:
        own = {**STUDENT, "given_name": card, "email": f"{card}@example.org"}
        world.say("dossier.deposited", dossier_id=card, student=own)
    desk = at_once(desk_at(chromium, world, DESKTOP, java_script_enabled=False))
    finds_whom_nothing_reached_and_reads_why(desk, lea)
    corrects_the_number_and_sees_the_receipt(desk, lea)
    sends_it_once_more(desk, lea)
    marks_forty_cards_from_a_file_and_takes_one_back(desk)
    closes_a_task_with_a_word(desk)
    prints_the_list(desk)
    desk.press("Se déconnecter", within="header")
    assert "Se connecter" in desk.open("/desk")


def finds_whom_nothing_reached_and_reads_why(desk: Desk, lea: Student) -> None:
    assert "Benali" in desk.open("/desk")
    desk.look("home")
    desk.fill("Rechercher un dossier", "benali l")
    assert lea.dossier_id in desk.press("Rechercher", within="header")
    assert "benali" not in desk.page.url
    desk.look("find")
    desk.page.goto(f"{desk.world.address}/desk/dossiers/{lea.dossier_id}")
    story = desk.look("dossier")
    assert "Le service d’envoi ne remet plus rien à cette adresse" in story  # it came back before
    assert "Personne injoignable" in story


def corrects_the_number_and_sees_the_receipt(desk: Desk, lea: Student) -> None:
    """To a corrected number the message leaves by itself."""
    desk.unfold("Corriger les coordonnées")
    desk.fill("Téléphone", CORRECTED)
    assert CORRECTED in desk.press("Enregistrer les coordonnées")
    desk.world.travel("PT2M")
    assert "Titre prêt (SMS) – arrivé" in desk.open(f"/desk/dossiers/{lea.dossier_id}")
    desk.look("corrected")
    assert lea.work() == []


def sends_it_once_more(desk: Desk, lea: Student) -> None:
    """It left just now, so the desk is asked whether it means it."""
    desk.unfold("Envoyer de nouveau Titre prêt (SMS)")
    desk.fill("Pourquoi", "Elle l’a effacé par erreur")
    assert "Attention" in desk.press("Envoyer de nouveau")
    desk.look("warned")
    sent = len(lea.messages())
    desk.press("Envoyer quand même")
    desk.world.travel("PT2M")
    [again] = lea.messages()[sent:]
    assert (again["notice"], again["to"]) == ("card_ready", "+33698765432")


def marks_forty_cards_from_a_file_and_takes_one_back(desk: Desk) -> None:
    taken_back = CARDS[7]
    desk.open("/desk/cards")
    lines = "\r\n".join(["dossier;nom", *(f"{card};Benali" for card in CARDS)])
    file = FilePayload(name="titres.csv", mimeType="text/csv", buffer=lines.encode("cp1252"))
    desk.page.get_by_label("Fichier").set_input_files(file)
    assert "Lignes lues 40 Seront enregistrés 40 À vérifier 0" in desk.press("Vérifier la liste")
    desk.look("preview")
    desk.fill("Nombre de dossiers", "40")
    assert "En attente : 40" in desk.press("Marquer ces titres comme prêts")
    assert "En attente : 39 · enregistrés : 0" in desk.press(f"Annuler {taken_back}")
    desk.look("bulk")
    assert heard(desk.world, CARDS) == []
    desk.world.travel("PT15M")
    assert "En attente : 0 · enregistrés : 39" in desk.follow("Actualiser")
    assert heard(desk.world, CARDS) == [card for card in CARDS if card != taken_back]


def closes_a_task_with_a_word(desk: Desk) -> None:
    desk.world.say("card.collected", dossier_id="G-2019-0001", student=STUDENT)
    desk.world.travel("PT5M")
    desk.open("/desk/dossiers/G-2019-0001")
    desk.look("task")
    desk.unfold("Traiter cette tâche")
    desk.fill("Ce qui a été fait", "Date lue sur le titre au guichet, à saisir lundi")
    assert "Aucune tâche en ce moment" in desk.press("Enregistrer")


def prints_the_list(desk: Desk) -> None:
    assert "G-2019-0777" in desk.open("/desk/list")
    desk.page.emulate_media(media="print")
    desk.look("list_printed")
    assert len(PdfReader(BytesIO(desk.page.pdf(format="A4"))).pages) == 1
    desk.page.emulate_media(media="screen")


def heard(world: LocalWorld, cards: list[str]) -> list[str]:
    """Those whose student was told that the card is ready."""
    told = {card: [m["notice"] for m in world.outbox(card)] for card in cards}
    return [card for card, notices in told.items() if "card_ready" in notices]


def test_who_comes_for_the_first_time_chooses_a_password_and_enrols_a_telephone(
    chromium: Chromium, world: LocalWorld
) -> None:
    desk = desk_at(chromium, world, PHONE, java_script_enabled=False)
    desk.open("/desk")
    desk.fill("Nom d’utilisateur", "nouveau")
    desk.fill("Mot de passe", seeded()["nouveau"].password)
    desk.press("Continuer")
    desk.look("password")
    for field in desk.page.locator("input[type=password]").all():
        field.fill("Un-mot-de-passe-2019")
    desk.press("Continuer")
    desk.look("enrol")
    secret = re.sub(r"\s", "", desk.page.locator("main strong").inner_text())
    desk.fill("Code à six chiffres", code(secret, step_at(world.now())))
    assert "À traiter" in desk.press("Se connecter")


PAGES = {
    "home": "/desk",
    "find": "/desk/find",
    "dossier": "/desk/dossiers/G-2019-0412",
    "cards": "/desk/cards",
    "channels": "/desk/channels",
    "dead_letters": "/desk/dead-letters",
    "audit": "/desk/audit",
    "list": "/desk/list",
    "not_found": "/desk/dossiers/nobody",
}


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_no_page_keeps_anybody_out(
    chromium: Chromium, world: LocalWorld, size: ViewportSize, scheme: Any
) -> None:
    desk = desk_at(chromium, world, size, color_scheme=scheme, bypass_csp=True)
    desk.page.goto(world.address + "/desk/sign-in")
    found = {"sign_in": Axe().run(desk.page).response["violations"]}
    at_once(desk, "admin")
    for name, path in PAGES.items():
        desk.open(path)
        desk.look(f"{name}_{scheme}")
        found[name] = Axe().run(desk.page).response["violations"]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
