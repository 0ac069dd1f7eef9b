"""What the desk asks, answered by the real table, on one student's way."""

import pytest

from chalicelib.domain.facts import State
from chalicelib.domain.timeline import EntryKind
from chalicelib.messages.console.views import Filters
from chalicelib.messages.letter import Email
from tests.entrypoints.doors import SLOT, STUDENT, Doors, a_body

pytestmark = pytest.mark.enable_socket


def a_student(doors: Doors, family_name: str) -> str:
    """A dossier whose first message has left."""
    dossier_id = doors.new_id()
    student = {**STUDENT, "family_name": family_name}
    body = a_body("appointment.selected", dossier_id, appointment=SLOT, student=student)
    assert doors.deliver(body).status == 202
    doors.services.sender.serve(dossier_id)
    return dossier_id


def test_a_student_is_found_by_name_number_and_address(doors: Doors) -> None:
    dossier_id = a_student(doors, "Trouvée")
    for asked in ("trouvee", "Léa Trouv", dossier_id, "06 12 34 56 78", "LEA.benali@example.org"):
        found = doors.services.search.find(asked)
        assert dossier_id in [row.dossier_id for row in found.rows], asked


def test_a_dossier_tells_its_story_and_shows_its_messages(doors: Doors) -> None:
    dossier_id = a_student(doors, "Racontée")
    seen = doors.services.dossier_views.view(dossier_id)
    assert seen.state is State.BOOKED
    [sent] = [entry for entry in seen.timeline if entry.what is EntryKind.ATTEMPT]
    found = doors.services.sent_messages.find(dossier_id, str(sent.notice), sent.attempt.attempt)
    letter = found.letter
    assert isinstance(letter, Email)
    assert "https://…/confirm/" in letter.text
    assert "https://desk.example" not in letter.text + letter.html


def test_whoever_needs_a_person_is_on_the_work_list(doors: Doors) -> None:
    dossier_id = a_student(doors, "Attendue")
    doors.services.backoff.put_before_a_person(dossier_id)
    shown = doors.services.work_lists.page(Filters())
    assert dossier_id in [row.dossier_id for row in shown.rows]
    assert doors.services.work_lists.unreached().rows == []
    assert (shown.channels, shown.bulks) == ((), ())
