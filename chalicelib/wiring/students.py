"""What students ask for, through the links they were sent."""

from chalicelib import wiring
from chalicelib.domain.links import Bound, Purpose
from chalicelib.messages.letter import StudentLinks as Addresses
from chalicelib.pipeline import student_view
from chalicelib.pipeline.compose import student_links as addresses_of
from chalicelib.pipeline.student_view import View


def student_links(view: View) -> Addresses:
    """The addresses of the pages that this student can open now."""
    return addresses_of(wiring.house().links, view.dossier_id, view.facts.appointment)


def read_link(purpose: Purpose, token: str) -> Bound | None:
    """What a link was made for; None when we did not make it."""
    return wiring.house().links.read(purpose, token)


def look(bound: Bound) -> View | None:
    """What a link shows now."""
    return student_view.look(wiring.house().dossiers, bound, wiring.now())


def confirm(bound: Bound) -> View | None:
    """Confirm the appointment of a link. Raises LostRace and StorageUnavailable."""
    return student_view.confirm(wiring.house().intake, bound, wiring.now())


def unsubscribe(bound: Bound) -> View | None:
    """Send no more renewal reminders. Raises LostRace and StorageUnavailable."""
    return student_view.unsubscribe(wiring.house().intake, bound, wiring.now())


def convocation_document(bound: Bound) -> str | None:
    """A short-lived address of the convocation's PDF."""
    at_home = wiring.house()
    return student_view.convocation_document(
        at_home.dossiers, at_home.desktop, at_home.vault, bound, wiring.now()
    )


def convocation_invite(bound: Bound) -> bytes | None:
    """The appointment for a calendar."""
    at_home = wiring.house()
    return student_view.convocation_invite(at_home.dossiers, at_home.desktop, bound, wiring.now())
