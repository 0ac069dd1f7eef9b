"""What a student's link is for, what it is bound to, and which day of booking it proves."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.desk_calendar import Desk, SlotPurpose, paris_day
from chalicelib.domain.facts import Facts


class Purpose(StrEnum):
    """One link opens one thing."""

    CONFIRM = "confirm"
    CONVOCATION = "convocation"
    PROOF = "proof"
    DOSSIER = "dossier"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a link was made for: a dossier, and the appointment revision if it depends on one, and
    the generation of the dossier's links if it ends with that.
    """

    purpose: Purpose
    dossier_id: str
    revision: str | None = None
    generation: str | None = None


def booked_in_time_on(facts: Facts, appointment: Appointment, desk: Desk) -> date | None:
    """The day of booking by which there is no tax for asking late: the permit was still valid.

    This appointment's own day, else that of the first one of the application: an appointment is
    moved by cancelling it and booking another. None if neither was in time, or the end of the
    permit is not known, or cannot be what was said; of an appointment to collect none proves it.
    """
    if appointment.purpose is SlotPurpose.COLLECT:
        return None
    days = (paris_day(appointment.booked_at), first_booked_on(facts, appointment))
    expiry = appointment.permit_valid_until(desk)
    return next((day for day in days if day and expiry and day <= expiry), None)


def first_booked_on(facts: Facts, appointment: Appointment) -> date | None:
    """When the first appointment of this application was booked, if that was an earlier day."""
    booked_on = paris_day(appointment.booked_at)
    first_at = facts.bookings.first_booked_at
    first = paris_day(first_at) if first_at else booked_on
    return first if first < booked_on else None
