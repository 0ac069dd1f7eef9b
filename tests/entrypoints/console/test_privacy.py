"""Whatever an operator looks up or types, no log and no audit says whom it is about."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.protected_routes import ROUTES, ProtectedRoute
from tests.decoding.spreadsheet_files import row, words, xlsx
from tests.decoding.test_form_bodies import multipart, part
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import Doors

pytestmark = pytest.mark.enable_socket

#: Nobody else is called so: each of these in a log is this student's.
MARKED = {
    "given_name": "Quetzalcoatline",
    "family_name": "Brzęczyszczykiewicz",
    "email": "quetzalcoatline.marked@example.org",
    "phone": "+33698123457",
}
SPELLINGS = re.compile(
    r"quetzalcoatl|brz.{1,12}czyszcz|marked@|698123457|98 12 34 57", re.IGNORECASE
)

#: In every field that a form of ours may have.
TYPED = {
    "why": "appeler Quetzalcoatline au 06 98 12 34 57",
    "subject": "card_ready.1.quetzalcoatline.sms",
    "pasted": "quetzalcoatline;quetzalcoatline.marked@example.org",
    "list": '{"read":1,"rows":[{"number":1,"reference":"q","text":"Quetzalcoatline"}]}',
    "also-quetzalcoatline": "1",
    "missing_documents": "passeport de Quetzalcoatline",
    "recepisse_number": "quetzalcoatline",
    "language": "quetzalcoatline",
    "day": "quetzalcoatline",
    "count": "0698123457",
    **MARKED,
}

SEARCHED = ["Quetzalcoatline", "brzęczyszczykiewicz", MARKED["email"], "06 98 12 34 57"]


@pytest.fixture
def dossier_id(doors: Doors) -> str:
    return doors.booked(student={**MARKED, "language": "fr"})


@pytest.fixture
def admin(doors: Doors) -> Browser:
    return Browser(doors)


def visits(at: ProtectedRoute, dossier_id: str) -> Iterator[str]:
    """The addresses of a door: of the student, and as somebody might mistype one."""
    if "{" not in at.path:
        yield at.path
        return
    for value in (dossier_id, quote("Quetzalcoatline Brzęczyszczykiewicz")):
        yield re.sub(r"\{\w+\}", value, at.path)


def go_everywhere(admin: Browser, dossier_id: str, token: str) -> set[int]:
    """Out at last: it ends the session with which all the rest is done."""
    statuses = set()
    for at in sorted(ROUTES, key=lambda at: at.action == "sign_out"):
        for path in visits(at, dossier_id):
            if "GET" in at.methods:
                statuses.add(admin.get(f"{path}?q={quote(SEARCHED[0])}").status)
            if "POST" in at.methods:
                for name in SEARCHED if path == "/desk/find" else SEARCHED[:1]:
                    form = {**TYPED, "q": name, "form": token}
                    form["nonce"] = admin.doors.new_id("nonce-")
                    statuses.add(admin.press(path, form).status)
    return statuses


def test_an_operator_who_goes_everywhere_leaves_no_name_behind(
    admin: Browser, doors: Doors, dossier_id: str
) -> None:
    assert SPELLINGS.search(admin_reads(admin, dossier_id)), "the marks are on the page itself"
    assert {200, 303, 404, 422} <= go_everywhere(admin, dossier_id, admin.be("admin", Role.ADMIN))
    token = admin.be("admin", Role.ADMIN)
    with doors.storage_down("TABLE_NAME"):
        assert 503 in go_everywhere(admin, dossier_id, token)
    assert SPELLINGS.findall(doors.log.getvalue() + doors.metrics.getvalue()) == []
    audit = doors.items("AUDIT#")
    assert len(audit) > len(ROUTES)
    assert [line for line in map(str, audit) if SPELLINGS.search(line)] == []


def test_a_file_is_read_for_who_may_and_leaves_no_word_of_itself(
    admin: Browser, doors: Doors, dossier_id: str
) -> None:
    file = xlsx(
        row(words("Dossier", "Nom")),
        row(words(dossier_id, MARKED["family_name"])),
        row(words(MARKED["email"], MARKED["given_name"])),
    )
    token = admin.be("agent", Role.ACT)
    of_the_form = {"form": token, "nonce": doors.new_id("nonce-"), "day": ""}
    typed = [part(name, text.encode()) for name, text in of_the_form.items()]
    body = multipart(*typed, part("list", file, f"{MARKED['given_name']}.xlsx"))
    said = {"content_type": "multipart/form-data; boundary=x"}
    read = admin.send("/desk/cards", body, **said)
    assert (read.status, MARKED["given_name"] in read.text) == (200, True)
    assert f'name="also-{dossier_id}"' in read.text
    forged = multipart(*typed[1:], part("list", file, "a.xlsx"))
    assert admin.send("/desk/cards", forged, **said).status == 403
    assert admin.send("/desk/cards", body, **said, sec_fetch_site="cross-site").status == 403
    left = doors.log.getvalue() + doors.metrics.getvalue() + str(doors.items("AUDIT#"))
    assert SPELLINGS.findall(left) == []


def admin_reads(admin: Browser, dossier_id: str) -> str:
    admin.be("admin", Role.ADMIN)
    return admin.get(f"/desk/dossiers/{dossier_id}").text
