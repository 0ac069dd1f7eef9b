"""One confirmed appointment, and the student who has it."""

from dataclasses import replace
from datetime import date

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Contact, Language
from chalicelib.domain.events import Event
from chalicelib.domain.facts import Facts, facts_of
from tests.builders import CONTACT, cancelled, confirmed, selected

PROOF_URL = f"https://desk.example/proof/{'T0k-n_' * 12}"

CONFIRMED: tuple[Event, ...] = (
    selected("2019-04-08 10:00", event_id="e1", permit_expires_on=date(2019, 7, 1)),
    confirmed("2019-04-09 18:05", "e1"),
)
FACTS = facts_of(CONFIRMED)


def appointment_after(*events: Event) -> Appointment:
    """The current appointment that these events leave."""
    found = facts_of(events).appointment
    assert found is not None
    return found


APPOINTMENT = appointment_after(*CONFIRMED)
CANCELLED = appointment_after(*CONFIRMED, cancelled("2019-04-09 18:06"))


def facts_for(contact: Contact | None) -> Facts:
    return replace(FACTS, contact=contact)


def facts_in(language: Language) -> Facts:
    return facts_for(replace(CONTACT, language=language))
