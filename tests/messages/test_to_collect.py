"""What is said of an appointment to collect the card, and of a card that is collected by one."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_words import convocation_words
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk, SlotPurpose
from chalicelib.domain.facts import Bookings, Facts, State
from chalicelib.messages.compose import compose_email, compose_sms
from chalicelib.messages.letter import Email
from chalicelib.messages.pages import Page, compose_page
from tests.messages.samples import DESK, DOSSIER, LINKS, NOW, appointment, everything, notice

FR, EN = Language.FR, Language.EN

SLOT = replace(appointment(), purpose=SlotPurpose.COLLECT)
BY_APPOINTMENT = replace(
    DESK, terms=tuple(replace(t, appointments=(SlotPurpose.COLLECT,)) for t in DESK.terms)
)

#: What only a file that is handed in needs.
OF_A_DEPOSIT = {
    FR: ("déposer", "vérifier votre dossier", "dossier complet", "vous recevrez un récépissé"),
    EN: ("hand in", "application file", "complete file", "you will be given a récépissé"),
}
TO_COLLECT = {FR: "retirer votre titre", EN: "collect your residence permit"}
PAPERS = {FR: "passeport", EN: "passport"}

ABOUT_A_SLOT = (
    Kind.CONFIRMATION_REQUEST,
    Kind.CONFIRMATION_REMINDER,
    Kind.CONVOCATION,
    Kind.APPOINTMENT_REMINDER,
    Kind.APPOINTMENT_CANCELLED,
    Kind.APPOINTMENT_MISSED,
)
NAMES_IT = ABOUT_A_SLOT[2:]

each_language = pytest.mark.parametrize("language", Language)


def of_a_slot(language: Language) -> Facts:
    """The facts as a letter about an appointment to collect sees them."""
    facts = everything(language)
    facts = replace(facts, to_collect=Bookings(appointment=SLOT), checked=False)
    return facts.about(SlotPurpose.COLLECT)


def letter(kind: Kind, facts: Facts, desk: Desk = BY_APPOINTMENT) -> Email:
    return compose_email(notice(kind), facts, desk, LINKS, DOSSIER, NOW)


def said(email: Email) -> str:
    words = f"{email.subject} {unescape(email.html)}"
    return " ".join(words.replace("\N{NO-BREAK SPACE}", " ").split())


@each_language
@pytest.mark.parametrize("kind", ABOUT_A_SLOT)
def test_a_letter_about_it_speaks_of_no_deposit(kind: Kind, language: Language) -> None:
    words = said(letter(kind, of_a_slot(language)))
    assert [word for word in OF_A_DEPOSIT[language] if word in words] == []
    assert kind not in NAMES_IT or TO_COLLECT[language] in words


@each_language
@pytest.mark.parametrize("kind", [Kind.CONVOCATION, Kind.APPOINTMENT_REMINDER])
def test_it_says_what_to_bring(kind: Kind, language: Language) -> None:
    assert PAPERS[language] in said(letter(kind, of_a_slot(language)))


@each_language
def test_its_sms_says_what_for_in_one_part(language: Language) -> None:
    given = notice(Kind.APPOINTMENT_REMINDER)
    sms = compose_sms(given, of_a_slot(language), BY_APPOINTMENT, LINKS, DOSSIER, NOW)
    assert {FR: "Retrait du titre", EN: "Permit collection"}[language] in sms.text


@each_language
@pytest.mark.parametrize("kind", [Kind.CARD_READY, Kind.CARD_WAITING])
def test_a_card_that_is_collected_by_appointment_is_booked(kind: Kind, language: Language) -> None:
    facts = everything(language)
    by_it, without = said(letter(kind, facts)), said(letter(kind, facts, DESK))
    url = DESK.terms[0].booking_url
    walk_in = {FR: "sans rendez-vous", EN: "without an appointment"}[language]
    assert (url in by_it, walk_in in by_it) == (True, False)
    assert (url in without, walk_in in without) == (False, True)
    longest = "2019-0004242"
    sms = compose_sms(notice(kind), facts, BY_APPOINTMENT, LINKS, longest, NOW)
    assert "sans RDV" not in sms.text


@each_language
def test_who_comes_to_ask_reads_of_no_card_without_an_appointment(language: Language) -> None:
    desk = replace(
        BY_APPOINTMENT, terms=tuple(replace(t, helper=None) for t in BY_APPOINTMENT.terms)
    )
    facts, late = everything(language), NOW + timedelta(days=365)
    sms = compose_sms(notice(Kind.NO_NEWS), facts, desk, LINKS, DOSSIER, NOW)
    page = compose_page(Page.DOSSIER, facts, State.DEPOSITED, desk, LINKS, DOSSIER, language, late)
    read = f"{said(letter(Kind.NO_NEWS, facts, desk))} {sms.text} {page}"
    walk_in = {
        FR: ("sans rendez-vous", "sans RDV", "tout de suite"),
        EN: ("without an appointment", "no appointment", "straight away"),
    }
    assert [words for words in walk_in[language] if words in read] == []


@each_language
def test_who_has_an_appointment_for_it_reads_when(language: Language) -> None:
    facts = replace(everything(language), to_collect=Bookings(appointment=SLOT))
    words = said(letter(Kind.CARD_READY, facts))
    assert {FR: "à votre rendez-vous : mardi 14 mai", EN: "at your appointment: Tuesday 14 May"}[
        language
    ] in words
    later = SLOT.starts_at + timedelta(minutes=1)
    past = compose_email(notice(Kind.CARD_READY), facts, BY_APPOINTMENT, LINKS, DOSSIER, later)
    assert "14" not in past.subject


@each_language
@pytest.mark.parametrize("page", [Page.CONFIRM, Page.CONFIRMED, Page.CONVOCATION])
def test_its_pages_speak_of_no_deposit(page: Page, language: Language) -> None:
    words = compose_page(
        page,
        of_a_slot(language),
        State.CONFIRMED,
        BY_APPOINTMENT,
        LINKS,
        DOSSIER,
        language,
        NOW,
    )
    assert [word for word in OF_A_DEPOSIT[language] if word in words] == []


@each_language
def test_its_documents_say_what_it_is_for(language: Language) -> None:
    words = convocation_words(BY_APPOINTMENT, DOSSIER, of_a_slot(language), SLOT)
    assert TO_COLLECT[language] in str(words["purpose"])
    assert PAPERS[language] in str(words["bring"])
    assert words["check"] == []
    entry = calendar_invite(BY_APPOINTMENT, DOSSIER, SLOT, language, NOW).decode()
    assert {FR: "retrait du titre", EN: "collecting the permit"}[language] in entry
    assert PAPERS[language] in entry.replace("\r\n ", "")
