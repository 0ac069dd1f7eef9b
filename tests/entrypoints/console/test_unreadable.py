"""A dossier that cannot be read, at each door of the desk: it says so, and the others are there."""

import pytest

from chalicelib.bootstrap import services
from chalicelib.domain.errors import Unreadable
from chalicelib.domain.operators import Role
from local.aws.gateway import Reply
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import STUDENT, Doors

pytestmark = pytest.mark.enable_socket

CUT, NEWER = "{", '{"schema": 99}'
SURNAME = "Illisible-Benali"


@pytest.fixture
def browser(doors: Doors) -> Browser:
    browser = Browser(doors)
    browser.be("agent", Role.ACT)
    return browser


@pytest.fixture(scope="module")
def pair(doors: Doors) -> tuple[str, str]:
    """Two of one name, each with a task: one cannot be read, the other can."""
    student = {**STUDENT, "family_name": SURNAME}
    ids = [doors.booked(student=student), doors.booked(student=student)]
    for dossier_id in ids:
        doors.services.backoff.put_before_a_person(dossier_id)
    doors.put(ids[0], document=NEWER, state="archived")
    doors.services.backoff.put_before_a_person(ids[0])
    return ids[0], ids[1]


def press(browser: Browser, path: str, **form: str) -> Reply:
    token = browser.be("agent", Role.ACT)
    return browser.press(path, {"form": token, "nonce": browser.doors.new_id("n"), **form})


@pytest.mark.parametrize("asked", [SURNAME, "lea.benali@example.org", "06 12 34 56 78", "number"])
def test_a_search_finds_both(browser: Browser, pair: tuple[str, str], asked: str) -> None:
    broken, whole = pair
    reply = press(browser, "/desk/find", q=broken if asked == "number" else asked)
    assert reply.status == 200
    assert "Dossier illisible" in reply.text
    assert broken in reply.text
    assert asked == "number" or whole in reply.text


def test_the_first_page_lists_both_and_says_what_to_do(
    browser: Browser, pair: tuple[str, str]
) -> None:
    broken, whole = pair
    text = browser.get("/desk").text
    assert "1 dossier que Relance ne peut pas lire" in text
    assert "Prévenez l’équipe technique" in text
    assert f"/desk/quarantine/dossier%3A{broken}%23" in text
    assert f"/desk/dossiers/{whole}" in text


@pytest.mark.parametrize("path", ["/desk/list", "/desk/export.csv"])
def test_the_list_to_call_from_is_there(browser: Browser, pair: tuple[str, str], path: str) -> None:
    assert browser.get(path).status == 200


@pytest.mark.parametrize("tail", ["", "/message?notice=x&attempt=1"])
def test_its_page_says_that_it_cannot_be_read(
    browser: Browser, pair: tuple[str, str], tail: str
) -> None:
    broken, whole = pair
    reply = browser.get(f"/desk/dossiers/{broken}{tail}")
    assert reply.status == 409
    assert f"ne sait pas lire le dossier {broken}" in reply.text.replace("\N{NO-BREAK SPACE}", " ")
    assert browser.get(f"/desk/dossiers/{whole}").status == 200


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("deposited", {"day": "2019-04-08"}),
        ("contact", {"family_name": "B", "given_name": "L", "email": "l@example.org"}),
        ("resend", {"subject": "convocation.1.e.email", "why": "perdu"}),
    ],
)
def test_nothing_is_recorded_in_it_and_nobody_believes_so(
    browser: Browser, pair: tuple[str, str], act: str, form: dict[str, str]
) -> None:
    broken, _ = pair
    reply = press(browser, f"/desk/dossiers/{broken}/{act}", **form)
    assert reply.status in {409, 422}
    [item] = browser.doors.items(f"DOSSIER#{broken}")
    assert item["document"]["S"] == NEWER


def test_a_list_of_cards_names_it(browser: Browser, pair: tuple[str, str]) -> None:
    broken, whole = pair
    form = {"pasted": f"{broken}\n{whole}", "day": "2019-04-08"}
    text = press(browser, "/desk/cards", **form).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Dossier que Relance ne peut pas lire (notez-le) : 1" in text
    assert f'name="also-{whole}"' in text
    assert f'name="also-{broken}"' not in text


def test_its_line_in_quarantine_says_what_to_do_and_reads_it_again(
    browser: Browser, doors: Doors
) -> None:
    broken = doors.booked()
    document = doors.items(f"DOSSIER#{broken}")[0]["document"]["S"]
    doors.put(broken, document=CUT)
    doors.services.backoff.put_before_a_person(broken)
    [item] = doors.items(f"QUARANTINE#dossier:{broken}#")
    key = item["pk"]["S"].removeprefix("QUARANTINE#").replace(":", "%3A").replace("#", "%23")
    page = browser.get(f"/desk/quarantine/{key}")
    assert page.status == 200
    assert "Relire le dossier" in page.text
    assert "Écarter" not in page.text
    stays = press(browser, f"/desk/quarantine/{key}/replay", key="x")
    assert (stays.status, "ne se lit toujours pas" in stays.text) == (422, True)
    doors.put(broken, document=document)
    left = press(browser, f"/desk/quarantine/{key}/replay", key="x")
    assert (left.status, left.header("Location")) == (303, "/desk/quarantine")
    assert "se lit de nouveau" in browser.get("/desk").text


def test_it_is_forgotten_only_once_it_can_be_read_and_another_one_at_once(doors: Doors) -> None:
    broken, whole = doors.booked(), doors.booked()
    for one in (broken, whole):
        doors.request_erasure(one)
    document = doors.items(f"DOSSIER#{broken}")[0]["document"]["S"]
    doors.put(broken, document=CUT)
    assert services().eraser.forget(whole)
    with pytest.raises(Unreadable):
        services().eraser.forget(broken)
    assert doors.items(f"DOSSIER#{broken}")[0]["document"]["S"] == CUT
    doors.put(broken, document=document)
    assert services().eraser.forget(broken)
