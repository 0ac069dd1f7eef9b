"""A convocation in somebody's hand, from the day it is printed on."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
import vobject
import zxingcpp

from tests.journeys.driver import TimeTraveller
from tests.journeys.student import Student

pytestmark = pytest.mark.enable_socket

VALID, REPLACED = "est valable", "Cette convocation n’est plus valable"
GENUINE = "est authentique, et la date du rendez-vous est passée"


def print_out(world: TimeTraveller, lea: Student) -> bytes:
    """The PDF that the page of the convocation opens."""
    where = world.ask("GET", lea.link("convocation") + "/pdf").headers["Location"]
    answer = world.ask("GET", where)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        f'inline; filename="convocation-{lea.dossier_id}.pdf"'
    )
    return answer.body


def code_on(paper: bytes) -> str:
    """What a telephone reads in the code on the paper."""
    picture = pypdfium2.PdfDocument(paper)[0].render(scale=150 / 72, grayscale=True)
    pixels = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    [code] = zxingcpp.read_barcodes(pixels)
    return code.text


def calendar_entries(lea: Student) -> Iterator[tuple[str, str]]:
    """Each version of the entry that was sent, and how it stands."""
    for message in lea.messages():
        for attached in message["attachments"]:
            event = vobject.readOne(b64decode(attached["content_base64"]).decode()).vevent
            yield event.uid.value, f"{event.sequence.value} {event.status.value}"


def test_the_paper_is_valid_until_its_day_has_passed_and_genuine_from_then_on(
    world: TimeTraveller, lea: Student, tuesday: object
) -> None:
    starts_at = lea.selects(28)
    lea.confirms()
    proof = code_on(print_out(world, lea))
    assert VALID in world.ask("GET", proof).text
    world.travel_to(starts_at + timedelta(minutes=20))
    assert VALID in world.ask("GET", proof).text
    world.travel("P1D")
    assert GENUINE in world.ask("GET", proof).text
    assert code_on(print_out(world, lea)) == proof


def test_a_moved_appointment_replaces_the_paper_and_keeps_the_day_of_booking(
    world: TimeTraveller, lea: Student, tuesday: object
) -> None:
    lea.selects(28)
    lea.confirms()
    former = code_on(print_out(world, lea))
    first = world.ask("GET", former).text
    booked = first.split("Rendez-vous pris")[1].split("</dd>")[0]
    world.travel("P3D")
    lea.moves_to(35)
    lea.confirms()
    newer = code_on(print_out(world, lea))
    gone = world.ask("GET", former)
    assert (gone.status, REPLACED in gone.text, lea.dossier_id in gone.text) == (410, True, False)
    assert VALID in world.ask("GET", newer).text
    assert booked in world.ask("GET", newer).text


def test_a_cancelled_appointment_leaves_the_calendar_and_its_paper_is_worth_nothing(
    world: TimeTraveller, lea: Student, tuesday: object
) -> None:
    lea.selects(28)
    lea.confirms()
    proof = code_on(print_out(world, lea))
    lea.say("appointment.cancelled", appointment={"id": f"A-{lea.dossier_id}"})
    world.travel("PT1H")
    gone = world.ask("GET", proof)
    assert (gone.status, REPLACED in gone.text, VALID in gone.text) == (410, True, False)
    entries = list(calendar_entries(lea))
    assert len({uid for uid, _ in entries}) == 1
    assert [standing for _, standing in entries] == ["0 CONFIRMED", "1 CANCELLED"]
