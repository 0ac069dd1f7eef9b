"""What an act answered is said once, on the next page, to whoever did it; and by no link."""

import base64
import re
import zlib

import pytest

from chalicelib.domain.operators import Role
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import SLOT, Doors
from tests.entrypoints.test_queues import served

pytestmark = pytest.mark.enable_socket

FLASH = "__Host-desk-flash"
NOTED = "C’est enregistré."


@pytest.fixture
def agent(doors: Doors) -> Browser:
    return Browser(doors)


def noted(agent: Browser, doors: Doors, name: str = "c.martin") -> str:
    """The page of a dossier on which somebody has just kept a note."""
    page = f"/desk/dossiers/{doors.booked()}"
    form = {"form": agent.be(name, Role.ADMIN), "nonce": doors.new_id("n0nce-"), "why": "Rappelée."}
    reply = agent.press(f"{page}/note", form)
    assert (reply.status, reply.header("Location")) == (303, page)
    return page


def test_it_is_said_once_with_what_follows_and_no_reload_says_it_again(
    agent: Browser, doors: Doors
) -> None:
    page = noted(agent, doors)
    first, again = agent.get(page).text, agent.get(page).text
    assert NOTED in first
    assert "Aucun message ne part." in first.partition("<h1>")[0]
    assert NOTED not in again
    assert FLASH not in agent.cookies


@pytest.mark.parametrize("query", ["done=recorded", "done=dismissed_many&n=1000", "notice=undone"])
def test_no_link_makes_the_console_say_anything(agent: Browser, doors: Doors, query: str) -> None:
    page = noted(agent, doors)
    agent.get(page)
    assert 'role="status"' not in agent.get(f"{page}?{query}").text


@pytest.mark.parametrize("made_up", ["", "x", "W10.abc", "WyJyZWNvcmRlZCIse30sbnVsbF0.c2ln"])
def test_a_cookie_that_somebody_has_made_up_says_nothing_and_goes(
    agent: Browser, doors: Doors, made_up: str
) -> None:
    page = noted(agent, doors)
    agent.cookies[FLASH] = made_up
    reply = agent.get(page)
    assert (reply.status, 'role="status"' in reply.text) == (200, False)


def test_it_is_for_the_session_that_did_it_alone(agent: Browser, doors: Doors) -> None:
    page = noted(agent, doors)
    agent.be("d.petit", Role.ADMIN)
    assert NOTED not in agent.get(page).text


def test_a_page_that_refreshes_itself_neither_says_it_nor_uses_it_up(
    agent: Browser, doors: Doors
) -> None:
    page = noted(agent, doors)
    assert NOTED not in agent.get("/desk", hx_request="true").text
    assert NOTED not in agent.get("/desk/waiting?shown=1").text
    assert NOTED in agent.get(page).text


def test_a_file_that_is_fetched_does_not_use_it_up(agent: Browser, doors: Doors) -> None:
    page = noted(agent, doors)
    agent.get("/desk/export.csv")
    assert NOTED in agent.get(page).text


def test_it_holds_codes_and_nothing_of_a_person_nor_what_was_typed(
    agent: Browser, doors: Doors
) -> None:
    noted(agent, doors)
    held = agent.cookies[FLASH].rpartition(".")[0]
    packed, raw = held.startswith("."), held.removeprefix(".")
    content = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
    text = (zlib.decompress(content) if packed else content).decode()
    assert text == '["recorded",{},[null,[]]]'


def test_signing_out_leaves_no_session_behind(agent: Browser, doors: Doors) -> None:
    noted(agent, doors)
    agent.press("/desk/sign-out", {"form": agent.be("c.martin", Role.READ)})
    assert "__Host-desk" not in agent.cookies


def lines(html: str) -> list[str]:
    """What is said in a list, in plain blanks."""
    said = re.findall(r"<li>(.*?)</li>", html)
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in said]


def test_beside_a_button_stands_what_is_said_after_it(agent: Browser, doors: Doors) -> None:
    dossier_id, _ = served(doors)
    page, token = f"/desk/dossiers/{dossier_id}", agent.be("c.martin", Role.ACT)
    form = agent.get(page).text.partition(f'action="{page}/deposited"')[2].partition("</form>")[0]
    assert "Suite du dépôt (e-mail) : part maintenant." in lines(form)
    agent.press(f"{page}/deposited", {"form": token, "nonce": doors.new_id("n0nce-")})
    flash = agent.get(page).text.partition('role="status"')[2].partition("</div>")[0]
    assert lines(flash) == lines(form)


def test_where_nothing_can_follow_there_is_no_button(agent: Browser, doors: Doors) -> None:
    dossier_id, _ = served(doors)
    page, token = f"/desk/dossiers/{dossier_id}", agent.be("c.martin", Role.ACT)
    assert f'action="{page}/resend"' in agent.get(page).text
    form = {"form": token, "nonce": doors.new_id("n0nce-"), "reason": "refused"}
    agent.press(f"{page}/closed", form)
    text = agent.get(page).text
    assert f'action="{page}/resend"' not in text
    assert f'action="{page}/checked"' not in text
    assert "Ne peut pas partir de nouveau. Ce dossier est clos" in text


def test_each_case_that_a_form_leaves_open_is_told(agent: Browser, doors: Doors) -> None:
    dossier_id = doors.booked(appointment={**SLOT, "starts_at": "2019-04-07T10:20:00+02:00"})
    assert doors.tell("dossier.deposited", dossier_id) == "recorded"
    doors.services.sender.serve(dossier_id)
    agent.be("c.martin", Role.ACT)
    text = agent.get(f"/desk/dossiers/{dossier_id}").text.replace("\N{NO-BREAK SPACE}", " ")
    for case in ("Si l’adresse e-mail change", "Dossier déposé", "Ce qui suivra, pour le jour"):
        assert f"<p>{case}" in text
