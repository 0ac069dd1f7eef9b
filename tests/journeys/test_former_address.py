"""Somebody else got the first mail: once the address is corrected, nothing of it opens."""

from datetime import datetime

import pytest

from tests.journeys.driver import STUDENT, TimeTraveller
from tests.journeys.student import Student

pytestmark = pytest.mark.enable_socket

MISTYPED, HERS = "lea@example.com", "lea@example.org"


def of_the_mail(lea: Student, page: str, to: str) -> str:
    """The newest link to a page in what was sent to an address."""
    sent = [str(link) for m in lea.messages() if m["to"] == to for link in m["links"]]
    return [link for link in sent if f"/{page}/" in link][-1].removesuffix("/pdf")


def test_whoever_got_the_first_mail_can_do_nothing_once_the_address_is_corrected(
    world: TimeTraveller, lea: Student, tuesday: datetime
) -> None:
    lea.selects(28, student=STUDENT | {"email": MISTYPED})
    stranger = {page: of_the_mail(lea, page, MISTYPED) for page in ("confirm", "dossier")}
    assert {world.ask("GET", link).status for link in stranger.values()} == {200}
    lea.say("contact.updated", student=STUDENT | {"email": HERS})
    assert world.ask("POST", stranger["confirm"]).status == 410
    assert world.ask("GET", stranger["dossier"]).status == 410
    assert lea.state() == "booked"
    assert world.ask("POST", of_the_mail(lea, "confirm", HERS)).status == 200
    assert lea.state() == "confirmed"
    convocation = of_the_mail(lea, "convocation", HERS)
    proof = world.ask("GET", convocation + "/pdf").status
    assert proof == 303
    # A number is not what links were sent to; the mistyped address once more has read too much.
    lea.say("contact.updated", student=STUDENT | {"email": HERS, "phone": "+33700000000"})
    assert world.ask("GET", convocation).status == 200
    lea.say("contact.updated", student=STUDENT | {"email": MISTYPED})
    assert {world.ask("GET", convocation + tail).status for tail in ("", "/pdf", "/ics")} == {410}
    assert {world.ask("GET", link).status for link in stranger.values()} == {410}
