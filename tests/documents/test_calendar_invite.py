"""The invite, parsed back as a calendar would."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.events import Event, EventType
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    an_event,
    cancelled,
    confirmed,
    paris,
    rescheduled,
    selected,
)
from tests.documents.samples import APPOINTMENT, CANCELLED, appointment_after

NOW = paris("2019-04-09 18:06")
LANGUAGES = pytest.mark.parametrize("language", DESK.languages)


def invite(
    appointment: Appointment = APPOINTMENT, language: Language = Language.FR, now: datetime = NOW
) -> bytes:
    return calendar_invite(DESK, DOSSIER, appointment, language, now)


def read(content: bytes) -> icalendar.Calendar:
    calendar = icalendar.Calendar.from_ical(content)
    assert isinstance(calendar, icalendar.Calendar)
    return calendar


def entry(appointment: Appointment = APPOINTMENT, language: Language = Language.FR) -> Any:
    """The one event. Untyped, for a calendar may hold anything under any name."""
    [event] = read(invite(appointment, language)).events
    return event


def after(*events: Event) -> Any:
    """The entry of the appointment that these events leave."""
    return entry(appointment_after(*events))


def test_it_is_a_plain_entry_and_asks_for_no_answer() -> None:
    calendar = read(invite())
    assert "METHOD" not in calendar
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert "ATTENDEE" not in entry()
    assert "ORGANIZER" not in entry()


def test_it_begins_at_the_appointment_and_says_when_it_was_made() -> None:
    event = entry()
    assert event.start == APPOINTMENT.starts_at
    assert event.end == APPOINTMENT.starts_at + timedelta(minutes=30)
    assert event.stamp == NOW


def test_it_says_what_and_where_in_french() -> None:
    event = entry()
    assert event["SUMMARY"] == "Rendez-vous titre de séjour : dépôt du dossier"
    assert event["LOCATION"] == (
        "Antenne de la préfecture sur le campus, Espace Accueil Information, "
        "Domaine universitaire, 1025 avenue Centrale, 38402 Saint-Martin-d’Hères"
    )
    assert event["DESCRIPTION"].split("\n") == [
        "Référence : G-2019-0412",
        "Apportez : votre convocation, imprimée ou sur votre téléphone ; "
        "votre dossier complet, vérifié par ISSO",
        "tram B ou C, arrêt Bibliothèques universitaires (mêmes locaux qu’ISSO)",
    ]


def test_it_says_what_and_where_in_english() -> None:
    event = entry(language=Language.EN)
    assert event["SUMMARY"] == "Residence permit appointment: handing in the file"
    assert event["LOCATION"].startswith("On-campus prefecture office, Espace Accueil Information")
    assert event["DESCRIPTION"].split("\n") == [
        "Reference: G-2019-0412",
        "Bring: your convocation, on paper or on your phone; "
        "your complete application file, checked by ISSO",
        "tram B or C, stop Bibliothèques universitaires (same building as ISSO)",
    ]


@LANGUAGES
def test_it_names_nobody(language: Language) -> None:
    content = invite(language=language).decode()
    told = (CONTACT.given_name, CONTACT.family_name, CONTACT.email, CONTACT.phone)
    assert [word for word in told if word and word in content] == []


@LANGUAGES
def test_every_line_is_short_and_ends_as_the_standard_asks(language: Language) -> None:
    content = invite(language=language)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


def test_the_same_invite_is_the_same_bytes() -> None:
    assert invite() == invite()


# Changes


def test_one_appointment_keeps_its_entry_and_every_change_outranks_the_ones_before() -> None:
    life = [
        selected("2019-04-08 10:00"),
        rescheduled("2019-04-09 10:00", "2019-05-16 14:00"),
        cancelled("2019-04-10 10:00"),
        selected("2019-04-11 10:00", "2019-05-20 09:00"),
        cancelled("2019-04-12 10:00"),
        selected("2019-04-13 10:00", "2019-05-20 09:00"),
    ]
    entries = [after(*life[: n + 1]) for n in range(len(life))]
    assert len({event["UID"] for event in entries}) == 1
    ranks = [event["SEQUENCE"] for event in entries]
    assert ranks == sorted(set(ranks))
    assert [event["STATUS"] for event in entries] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]


def test_what_changes_nothing_about_the_slot_keeps_its_rank() -> None:
    slot = selected("2019-04-08 10:00", event_id="e1")
    same = an_event(
        EventType.SELECTED,
        "2019-04-09 10:00",
        appointment_id="A1",
        starts_at=slot.starts_at,
        contact=CONTACT,
    )
    ranks = {
        after(*events)["SEQUENCE"]
        for events in ([slot], [slot, same], [slot, confirmed("2019-04-09 11:00", "e1")])
    }
    assert ranks == {0}


def test_another_appointment_is_another_entry() -> None:
    other = replace(APPOINTMENT, appointment_id="A2")
    assert entry(other)["UID"] != entry()["UID"]


def test_the_same_appointment_of_another_dossier_is_another_entry() -> None:
    other = calendar_invite(DESK, "G-2019-0413", APPOINTMENT, Language.FR, NOW)
    assert read(other).events[0]["UID"] != entry()["UID"]


def test_a_cancellation_says_so_for_the_same_entry() -> None:
    assert entry(CANCELLED)["STATUS"] == "CANCELLED"
    assert entry(CANCELLED)["UID"] == entry()["UID"]
    assert entry(CANCELLED)["SEQUENCE"] > entry()["SEQUENCE"]


@pytest.mark.parametrize(
    ("language", "summary", "reference"),
    [
        (Language.FR, "ANNULÉ : rendez-vous titre de séjour", "Référence : G-2019-0412"),
        (Language.EN, "CANCELLED: residence permit appointment", "Reference: G-2019-0412"),
    ],
)
def test_a_cancelled_entry_that_stays_says_so_and_asks_for_nothing(
    language: Language, summary: str, reference: str
) -> None:
    """Few calendars remove an entry for a file: most show it as it is written."""
    event = entry(CANCELLED, language)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (summary, reference)


# Clocks


def test_it_brings_the_rules_of_paris_clocks_along() -> None:
    [zone] = list(read(invite()).walk("VTIMEZONE"))
    assert zone["TZID"] == "Europe/Paris"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}
    assert entry()["DTSTART"].params["TZID"] == "Europe/Paris"


@pytest.mark.parametrize(
    ("starts_at", "by_paris_clocks", "ends"),
    [
        ("2019-03-30T23:30Z", "2019-03-31 00:30", "2019-03-31 01:00"),
        ("2019-03-31T00:15Z", "2019-03-31 01:15", "2019-03-31 01:45"),
        ("2019-03-31T00:45Z", "2019-03-31 01:45", "2019-03-31 03:15"),
        ("2019-03-31T01:00Z", "2019-03-31 03:00", "2019-03-31 03:30"),
        ("2019-03-31T07:00Z", "2019-03-31 09:00", "2019-03-31 09:30"),
        ("2019-04-01T07:00Z", "2019-04-01 09:00", "2019-04-01 09:30"),
        ("2019-10-26T07:00Z", "2019-10-26 09:00", "2019-10-26 09:30"),
        ("2019-10-26T23:15Z", "2019-10-27 01:15", "2019-10-27 01:45"),
        ("2019-10-26T23:45Z", "2019-10-27 01:45", "2019-10-27 00:15"),
        ("2019-10-27T00:15Z", "2019-10-27 00:15", "2019-10-27 00:45"),
        ("2019-10-27T00:45Z", "2019-10-27 00:45", "2019-10-27 01:15"),
        ("2019-10-27T01:15Z", "2019-10-27 01:15", "2019-10-27 01:45"),
        ("2019-10-27T02:00Z", "2019-10-27 03:00", "2019-10-27 03:30"),
        ("2019-10-27T08:00Z", "2019-10-27 09:00", "2019-10-27 09:30"),
        ("2019-10-28T08:00Z", "2019-10-28 09:00", "2019-10-28 09:30"),
    ],
)
def test_both_nights_that_change_the_clocks_are_told_right(
    starts_at: str, by_paris_clocks: str, ends: str
) -> None:
    """The hour that comes twice is named by UTC."""
    instant = datetime.fromisoformat(starts_at)
    event = entry(replace(APPOINTMENT, starts_at=instant))
    assert f"{event.start:%Y-%m-%d %H:%M}" == by_paris_clocks
    assert f"{event.end:%Y-%m-%d %H:%M}" == ends
    assert event.start.astimezone(UTC) == instant
    assert event.end.astimezone(UTC) - instant == timedelta(minutes=30)


@pytest.mark.parametrize("year", [2019, 2026, 2030])
@pytest.mark.parametrize(("month", "offset"), [(1, 1), (7, 2)])
def test_the_rules_that_come_along_hold_in_every_season(year: int, month: int, offset: int) -> None:
    starts_at = datetime(year, month, 15, 8, tzinfo=UTC)
    [zone] = read(invite(replace(APPOINTMENT, starts_at=starts_at))).walk("VTIMEZONE")
    assert isinstance(zone, icalendar.Timezone)
    by_these_rules = starts_at.astimezone(zone.to_tz(lookup_tzid=False))
    assert by_these_rules.utcoffset() == timedelta(hours=offset)


# Another reader


def read_elsewhere(content: bytes) -> Any:
    """The one entry as a calendar of other make reads it."""
    return vobject.readOne(content.decode()).vevent


def told(appointment: Appointment) -> tuple[str, int, str, datetime]:
    """What makes a calendar update an entry: which one, which version, how it stands, when."""
    event = read_elsewhere(invite(appointment))
    return (
        event.uid.value,
        int(event.sequence.value),
        event.status.value,
        event.dtstart.value.astimezone(UTC),
    )


def test_a_moved_and_then_cancelled_appointment_is_followed_by_any_calendar() -> None:
    booked = selected("2019-04-08 10:00")
    moved = rescheduled("2019-04-09 10:00", "2019-12-03 14:00")
    called_off = cancelled("2019-04-10 10:00")
    lives = [[booked], [booked, moved], [booked, moved, called_off]]
    uid = f"A1.{DOSSIER}@relance"
    assert [told(appointment_after(*life)) for life in lives] == [
        (uid, 0, "CONFIRMED", paris("2019-05-14 10:30")),
        (uid, 2, "CONFIRMED", paris("2019-12-03 14:00")),
        (uid, 3, "CANCELLED", paris("2019-12-03 14:00")),
    ]


def test_any_calendar_reads_the_instant_in_every_hour_that_changes_the_clocks() -> None:
    for night in ("2019-03-31", "2019-10-27", "2030-03-31", "2030-10-27"):
        midnight = datetime.fromisoformat(f"{night}T00:00Z")
        for quarters in range(16):
            assert_read_elsewhere(midnight + timedelta(minutes=15 * quarters - 60))


@settings(max_examples=50)
@given(st.datetimes(datetime(2019, 1, 1), datetime(2049, 12, 31), timezones=st.just(UTC)))
def test_any_calendar_reads_the_instant_in_any_season(instant: datetime) -> None:
    assert_read_elsewhere(instant.replace(microsecond=0))


def assert_read_elsewhere(instant: datetime) -> None:
    event = read_elsewhere(invite(replace(APPOINTMENT, starts_at=instant)))
    assert event.dtstart.value.astimezone(UTC) == instant
    assert event.dtend.value.astimezone(UTC) == instant + timedelta(minutes=30)


def test_it_rings_the_day_before_unless_it_is_cancelled() -> None:
    alarm = read_elsewhere(invite()).valarm
    assert (alarm.action.value, alarm.trigger.value) == ("DISPLAY", timedelta(days=-1))
    assert alarm.description.value == "Rendez-vous titre de séjour : dépôt du dossier"
    assert "valarm" not in read_elsewhere(invite(CANCELLED)).contents


#: Whatever a desk may write in its data, but the characters that nobody sees.
words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=200)


@settings(max_examples=50)
@given(words, words)
@example("a, b; c: d \\ e \\n f \\, g", 'the "stop"; tram B, C \\')
@example("é" * 200, "👩🏽\u200d🎓" * 40)
@example("", ",;\\")
def test_no_word_of_the_desk_is_lost_or_breaks_a_line(name: str, directions: str) -> None:
    terms = DESK.terms_on(APPOINTMENT.starts_at.date())
    counter = replace(terms.counter, name={Language.EN: name}, directions={Language.EN: directions})
    desk = replace(DESK, terms=(replace(terms, counter=counter),))
    content = calendar_invite(desk, DOSSIER, APPOINTMENT, Language.EN, NOW)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    event = read_elsewhere(content)
    assert event.location.value == ", ".join([name, *counter.address])
    assert event.description.value.split("\n")[2:] == ([directions] if directions else [])
