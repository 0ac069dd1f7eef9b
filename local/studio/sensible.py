"""Values that make sense in a form: about a dossier that is there, or about somebody new."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from chalicelib.domain.contact import Contact
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import State
from local.clock.paris import iso
from local.demo.cast import Student
from local.studio.booking_system import event_forms
from local.studio.scenes import AHEAD, newcomers, slot_at
from local.world import World

A_YEAR = timedelta(days=365)

#: What ordinarily comes next, by where a dossier stands: for a button each.
NEXT: Mapping[State, tuple[EventType, ...]] = {
    State.KNOWN: (EventType.SELECTED, EventType.DEPOSITED),
    State.BOOKED: (EventType.CONFIRMED, EventType.RESCHEDULED, EventType.CANCELLED),
    State.CONFIRMED: (EventType.DEPOSITED, EventType.INCOMPLETE, EventType.RESCHEDULED),
    State.MISSED: (EventType.SELECTED,),
    State.CANCELLED: (EventType.SELECTED,),
    State.INCOMPLETE: (EventType.SELECTED, EventType.DEPOSITED),
    State.DEPOSITED: (EventType.CARD_READY, EventType.CLOSED),
    State.CARD_READY: (EventType.COLLECTED,),
    State.COLLECTED: (EventType.RENEWAL_BOOKED,),
    State.CLOSED: (),
}


def values_for(kind: str, world: World, dossier: Dossier | None) -> dict[str, str]:
    """A value for each usual field of an event. Without a dossier it is about somebody new."""
    known = {**_now(world), **(_of(dossier) if dossier else _of_nobody(next(newcomers(world))))}
    if kind == EventType.RESCHEDULED:
        later = slot_at(world.now(), AHEAD + 7, time(14, 0))
        known["appointment.starts_at"] = iso(later)
    usual = [one.path for one in event_forms()[kind].fields if one.is_usual]
    return {path: known[path] for path in usual if path in known}


def _now(world: World) -> dict[str, str]:
    today = paris_day(world.now())
    return {
        "appointment.starts_at": iso(slot_at(world.now())),
        "permit_expires_on": (today + timedelta(days=72)).isoformat(),
        "occurred_on": today.isoformat(),
        "recepisse_number": "3812019412",
        "missing_documents": "Justificatif de domicile\nRelevé de notes",
        "card_expires_on": (today + A_YEAR).isoformat(),
        "reason": "transferred",
    }


def _of(dossier: Dossier) -> dict[str, str]:
    facts = dossier.facts
    slot = facts.appointment.appointment_id if facts.appointment else f"A-{dossier.dossier_id}"
    contact = dict(_contact(facts.contact)) if facts.contact else {}
    return {"dossier_id": dossier.dossier_id, "appointment.id": slot, **contact}


def _contact(contact: Contact) -> Iterator[tuple[str, str]]:
    names = ("given_name", "family_name", "email", "phone", "language")
    yield from ((f"student.{name}", str(getattr(contact, name) or "")) for name in names)


def _of_nobody(who: Student) -> dict[str, str]:
    student = {f"student.{name}": value for name, value in who.block.items()}
    return {"dossier_id": who.dossier_id, "appointment.id": f"A-{who.dossier_id}", **student}
