"""What a student's link is for, what it is bound to, and which day of booking it proves."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Appointment, Facts


class Purpose(StrEnum):
    """One link opens one thing."""

    CONFIRM = "confirm"
    CONVOCATION = "convocation"
    PROOF = "proof"
    DOSSIER = "dossier"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What a link was made for: a dossier, and the appointment revision if it depends on one."""

    purpose: Purpose
    dossier_id: str
    revision: str | None = None


def first_booked_on(facts: Facts, appointment: Appointment) -> date | None:
    """When the first appointment of this application was booked, if that was an earlier day."""
    booked_on = paris_day(appointment.booked_at)
    first = paris_day(facts.first_booked_at) if facts.first_booked_at else booked_on
    return first if first < booked_on else None
