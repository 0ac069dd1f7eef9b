"""Whatever an operator looks up or types, no log and no audit says whom it is about."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from chalicelib.domain.operators import Role
from chalicelib.entrypoints.console.protected_routes import ROUTES, ProtectedRoute
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
    "references": "quetzalcoatline;quetzalcoatline.marked@example.org",
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


def go_everywhere(admin: Browser, dossier_id: str) -> set[int]:
    token = admin.be("admin", Role.ADMIN)
    statuses = set()
    for at in ROUTES:
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
    assert {200, 303, 404, 422} <= go_everywhere(admin, dossier_id)
    with doors.storage_down("TABLE_NAME"):
        assert 503 in go_everywhere(admin, dossier_id)
    assert SPELLINGS.findall(doors.log.getvalue() + doors.metrics.getvalue()) == []
    audit = doors.items("AUDIT#")
    assert len(audit) > len(ROUTES)
    assert [line for line in map(str, audit) if SPELLINGS.search(line)] == []


def admin_reads(admin: Browser, dossier_id: str) -> str:
    admin.be("admin", Role.ADMIN)
    return admin.get(f"/desk/dossiers/{dossier_id}").text
