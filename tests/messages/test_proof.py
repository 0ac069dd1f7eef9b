"""The page behind the convocation's code: what it tells whoever holds the paper."""

import re
from dataclasses import replace
from html import unescape

import pytest

from chalicelib.domain.contact import Language
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import Facts, facts_of, state_of
from chalicelib.messages.pages import Page, compose_notice, compose_page
from tests.builders import (
    CONTACT,
    DESK,
    DOSSIER,
    a_step,
    cancelled,
    confirmed,
    missed,
    paris,
    selected,
)
from tests.messages.samples import LINKS, PROOF

BOOKED = [selected("2019-04-08 10:00", event_id="e1"), confirmed("2019-04-09 18:05", "e1")]
BOOKED_AGAIN = [
    selected("2019-03-28 10:00", "2019-05-02 10:00", appointment_id="A0"),
    cancelled("2019-04-07 10:00", appointment_id="A0"),
    *BOOKED,
]
LANGUAGES = pytest.mark.parametrize("language", DESK.languages)

VALID = {
    Language.FR: "Cette convocation est valable",
    Language.EN: "This convocation is valid",
}
GENUINE = {
    Language.FR: "Cette convocation est authentique, et la date du rendez-vous est passée",
    Language.EN: "This convocation is genuine, and the date of the appointment has passed",
}


def said(facts: Facts, language: Language, at: str) -> str:
    html = html_of(facts, language, at)
    return " ".join(
        unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split()
    )


def html_of(facts: Facts, language: Language, at: str) -> str:
    return compose_page(
        Page.PROOF, facts, state_of(facts), DESK, LINKS, DOSSIER, language, paris(at)
    )


def heading(facts: Facts, language: Language, at: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", html_of(facts, language, at))
    assert found is not None
    return unescape(found[1])


@LANGUAGES
@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2019-04-09 18:06", VALID),
        ("2019-05-14 10:29", VALID),
        ("2019-05-14 10:31", VALID),  # in the queue
        ("2019-05-14 23:59", VALID),
        ("2019-05-15 00:00", GENUINE),
        ("2020-03-01 12:00", GENUINE),
    ],
)
def test_it_is_valid_all_of_its_day_and_genuine_for_ever_after(
    language: Language, at: str, words: dict[Language, str]
) -> None:
    assert heading(facts_of(BOOKED), language, at) == words[language]


@LANGUAGES
def test_it_does_not_say_what_became_of_the_visit(language: Language) -> None:
    lives = [
        BOOKED,
        [*BOOKED, missed("2019-05-14 18:00")],
        [*BOOKED, a_step(EventType.DEPOSITED, "2019-05-14 10:40")],
        [*BOOKED, a_step(EventType.INCOMPLETE, "2019-05-14 10:40")],
    ]
    assert len({said(facts_of(life), language, "2019-05-15 12:00") for life in lives}) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, "mardi 14 mai 2019 à 10 h 30"),
        (Language.FR, "Rendez-vous pris le lundi 8 avril 2019"),
        (Language.FR, "Convocation établie le mardi 9 avril 2019"),
        (Language.EN, "Tuesday 14 May 2019 at 10:30 am"),
        (Language.EN, "Appointment booked on Monday 8 April 2019"),
        (Language.EN, "Convocation issued on Tuesday 9 April 2019"),
    ],
)
@pytest.mark.parametrize("at", ["2019-04-10 12:00", "2019-07-10 12:00"])
def test_it_says_for_when_and_since_when(language: Language, words: str, at: str) -> None:
    assert words in said(facts_of(BOOKED), language, at)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, "Premier rendez-vous pris pour ce dossier le jeudi 28 mars 2019"),
        (Language.EN, "First appointment booked for this application on Thursday 28 March 2019"),
    ],
)
def test_the_day_of_the_first_booking_survives_another_appointment(
    language: Language, words: str
) -> None:
    assert words in said(facts_of(BOOKED_AGAIN), language, "2019-04-10 12:00")
    assert "28" not in said(facts_of(BOOKED), language, "2019-04-10 12:00")


@LANGUAGES
@pytest.mark.parametrize("at", ["2019-04-10 12:00", "2019-07-10 12:00"])
def test_it_shows_no_more_than_the_paper(language: Language, at: str) -> None:
    facts = replace(facts_of(BOOKED), contact=CONTACT)
    page = html_of(facts, language, at)
    assert DOSSIER in page
    private = (CONTACT.given_name, CONTACT.family_name, CONTACT.email, CONTACT.phone)
    assert [word for word in private if word and word in page] == []
    ways = [LINKS.dossier, LINKS.confirm, LINKS.convocation, PROOF, LINKS.unsubscribe]
    assert [way for way in ways if way and way in page] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FR, "Cette convocation n’est plus valable"),
        (Language.EN, "This convocation is no longer valid"),
    ],
)
def test_once_replaced_it_says_that_it_is_worth_nothing_and_no_date(
    language: Language, words: str
) -> None:
    page = compose_notice(
        Page.PROOF_REPLACED, DESK, language, LINKS.site, paris("2019-04-10 12:00")
    )
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert f"<h1>{words}</h1>" in unescape(page)
    assert not re.search(r"20\d\d|\b\d+ h\b|\b[ap]m\b", shown)
