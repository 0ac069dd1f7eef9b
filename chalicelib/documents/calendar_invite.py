"""The appointment as a calendar file.

A plain entry (RFC 5545), without METHOD and ORGANIZER: with an organizer, mail programs offer to
answer an address that nobody reads; and PUBLISH without one is no message by RFC 5546. A calendar
that has imported it does not follow later changes by itself, so the mail says so in words.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import PARIS, Desk, Terms, paris_day
from chalicelib.messages.phrases import phrase
from chalicelib.messages.places import place_in_words

if TYPE_CHECKING:
    from icalendar import Alarm, Component, Timezone

#: When a calendar that rings does so: there is still time to gather the papers.
ALARM = timedelta(days=-1)


@dataclass(frozen=True, kw_only=True)
class _OffsetChange:
    """The clocks go from one offset to another, on the last Sunday of the month of `first`.

    `first` is the wall clock just before, in the first year of the rule.
    """

    name: str
    first: datetime
    off: timedelta
    to: timedelta


_ONE, _TWO = timedelta(hours=1), timedelta(hours=2)

#: At 1:00 UTC, everywhere in the Union: directive 2000/84/EC, and the same since 1996.
_CHANGES = (
    _OffsetChange(name="CEST", first=datetime(1996, 3, 31, 2), off=_ONE, to=_TWO),  # noqa: DTZ001  a wall clock's
    _OffsetChange(name="CET", first=datetime(1996, 10, 27, 3), off=_TWO, to=_ONE),  # noqa: DTZ001  a wall clock's
)


def calendar_invite(
    desk: Desk, dossier_id: str, appointment: Appointment, language: Language, now: datetime
) -> bytes:
    """The current revision's invite, or its cancellation. Personal data: the reference only."""
    from icalendar import Calendar, Event

    terms = desk.terms_on(paris_day(appointment.starts_at))
    place = place_in_words(terms.counter, language)
    event = Event()
    event.add("uid", f"{appointment.appointment_id}.{dossier_id}@relance")
    event.add("sequence", _rank(appointment))
    event.add("dtstamp", now)
    event.add("dtstart", _named(appointment.starts_at))
    length = timedelta(minutes=terms.appointment_minutes)
    event.add("dtend", _named(appointment.starts_at + length))
    event.add("summary", _summary(appointment, language))
    event.add("location", ", ".join([place.name, *place.address]))
    event.add("description", _description(dossier_id, appointment, terms, language))
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    if not appointment.cancelled:
        event.add_component(_alarm(_summary(appointment, language)))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Relance//calendar invite//FR")
    calendar.add_component(_paris_clocks())
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _summary(appointment: Appointment, language: Language) -> str:
    """What stands in the calendar; where the entry stays there, it says that nobody is awaited."""
    return phrase(
        language, "calendar", "cancelled" if appointment.cancelled else appointment.purpose
    )


def _description(
    dossier_id: str, appointment: Appointment, terms: Terms, language: Language
) -> str:
    lines = [phrase(language, "calendar", "reference").format(dossier_id)]
    if not appointment.cancelled:
        papers = phrase(language, "hours", "then").join(terms.papers[appointment.purpose][language])
        lines += [
            phrase(language, "calendar", "bring").format(papers),
            place_in_words(terms.counter, language).directions,
        ]
    return "\n".join(filter(None, lines))


def _named(instant: datetime) -> datetime:
    """By Paris' clocks; in the hour that comes twice in October, by UTC.

    RFC 5545 reads an hour that comes twice as its first time and has no name for the second;
    some calendars read it the other way round.
    """
    by_paris = instant.astimezone(PARIS)
    first, second = (by_paris.replace(fold=fold).utcoffset() for fold in (0, 1))
    return by_paris if first == second else instant.astimezone(UTC)


def _paris_clocks() -> "Timezone":
    """The clocks of Paris as rules, which every calendar reads; lists of dates some do not."""
    from icalendar import Timezone

    zone = Timezone()
    zone.add("tzid", PARIS.key)
    for change in _CHANGES:
        zone.add_component(_part(change))
    return zone


def _part(change: _OffsetChange) -> "Component":
    from icalendar import TimezoneDaylight, TimezoneStandard

    part = TimezoneDaylight() if change.to > change.off else TimezoneStandard()
    part.add("tzname", change.name)
    part.add("dtstart", change.first)
    part.add("tzoffsetfrom", change.off)
    part.add("tzoffsetto", change.to)
    part.add("rrule", {"freq": "yearly", "bymonth": change.first.month, "byday": "-1su"})
    return part


def _alarm(summary: str) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", ALARM)
    alarm.add("description", summary)
    return alarm


def _rank(appointment: Appointment) -> int:
    """Two a revision: its cancellation outranks it, and what is booked next outranks both."""
    return 2 * appointment.moves + (1 if appointment.cancelled else 0)
