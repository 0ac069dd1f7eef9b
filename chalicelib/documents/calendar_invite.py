"""The appointment as a calendar file.

METHOD:PUBLISH (RFC 5546): an announcement that asks for no answer. A calendar that has imported it
does not follow later changes by itself, so the mail says so in words.
"""

from datetime import UTC, datetime, timedelta

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS, Desk, paris_day
from chalicelib.domain.dossier import Appointment
from chalicelib.messages.places import place_in_words

#: How long the calendar keeps free. The procedure states no length.
LENGTH = timedelta(minutes=30)

_SUMMARY = {
    Language.FR: "Rendez-vous titre de séjour : dépôt du dossier",
    Language.EN: "Residence permit appointment: handing in the file",
}
_REFERENCE = {Language.FR: "Référence : {}", Language.EN: "Reference: {}"}
_THEN = {Language.FR: " ; ", Language.EN: "; "}
_BRING = {Language.FR: "Apportez : {}", Language.EN: "Bring: {}"}


def calendar_invite(
    desk: Desk, dossier_id: str, appointment: Appointment, language: Language, now: datetime
) -> bytes:
    """The current revision's invite, or its cancellation. Personal data: the reference only."""
    from icalendar import Calendar, Event

    terms = desk.terms_on(paris_day(appointment.starts_at))
    place = place_in_words(terms.antenna, language)
    lines = [
        _REFERENCE[language].format(dossier_id),
        _BRING[language].format(_THEN[language].join(terms.papers["deposit"][language])),
        place.directions,
    ]
    starts_at = appointment.starts_at.astimezone(UTC)
    event = Event()
    event.add("uid", f"{appointment.appointment_id}.{dossier_id}@relance")
    event.add("sequence", _rank(appointment))
    event.add("dtstamp", now)
    event.add("dtstart", starts_at.astimezone(PARIS))
    event.add("dtend", (starts_at + LENGTH).astimezone(PARIS))
    event.add("summary", _SUMMARY[language])
    event.add("location", ", ".join([place.name, *place.address]))
    event.add("description", "\n".join(lines))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Relance//calendar invite//FR")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _rank(appointment: Appointment) -> int:
    """Two a revision: its cancellation outranks it, and what is booked next outranks both."""
    return 2 * appointment.moves + (1 if appointment.cancelled else 0)
