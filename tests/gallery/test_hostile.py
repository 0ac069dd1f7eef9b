"""Whatever is typed into a form, every text stays what it was meant to be."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import product

import pytest
import vobject
from hypothesis import given, settings

from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.convocation_words import convocation_words
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.facts import State
from chalicelib.messages.compose import compose_email, compose_sms
from chalicelib.messages.letter import Email
from chalicelib.messages.pages import Page, compose_page
from chalicelib.messages.sms_characters import Alphabet, alphabet_of, parts
from chalicelib.messages.typography import UNPRINTABLE, one_line
from gallery.stages import ABOUT_NOBODY
from tests.messages.hostile import PLAIN, TYPED_IN_GOOD_FAITH, Element, Elements, Typed, hostile
from tests.messages.samples import BY_EMAIL, BY_SMS, DESK, LINKS, NOW, PROOF, notice

ABOUT_A_DOSSIER = tuple(page for page in Page if page not in ABOUT_NOBODY)

each_language = pytest.mark.parametrize("language", DESK.languages)
a_few = settings(max_examples=20)


@cache
def email(kind: Kind, language: Language, typed: Typed) -> Email:
    facts = typed.facts(language)
    return compose_email(notice(kind), facts, DESK, LINKS, typed.dossier_id, NOW)


def sms(kind: Kind, language: Language, typed: Typed) -> str:
    asked = notice(kind, channel=Channel.SMS)
    return compose_sms(asked, typed.facts(language), DESK, LINKS, typed.dossier_id, NOW).text


@cache
def page(name: Page, state: State, language: Language, typed: Typed) -> str:
    facts = typed.facts(language)
    return compose_page(name, facts, state, DESK, LINKS, typed.dossier_id, language, NOW)


def extra_elements(html: str, plain: str) -> Counter[Element]:
    """What a document holds beyond the same one in good faith."""
    return Counter(Elements(html).found) - Counter(Elements(plain).found)


def our_lines(text: str) -> set[str]:
    """The lines of a text in good faith in which nothing was typed by anybody else."""
    lines = set(text.split("\n"))
    return {line for line in lines if not any(word in line for word in TYPED_IN_GOOD_FAITH)}


def is_visible(text: str) -> bool:
    """Whether a text holds no character that changes what people see of the others."""
    return not any(unicodedata.category(c) in UNPRINTABLE for c in text if c != "\n")


@a_few
@given(typed=hostile)
@each_language
def test_an_email_is_what_it_was(language: Language, typed: Typed) -> None:
    for kind in BY_EMAIL:
        letter, plain = email(kind, language, typed), email(kind, language, PLAIN)

        assert extra_elements(letter.html, plain.html) == Counter(), kind
        assert letter.subject == plain.subject
        assert letter.headers == plain.headers
        assert is_visible(letter.text), kind
        assert letter.text.count("\n") <= plain.text.count("\n"), kind
        assert our_lines(plain.text) <= set(letter.text.split("\n")), kind


@a_few
@given(typed=hostile)
@each_language
def test_a_text_message_is_what_it_was_but_for_its_reference(
    language: Language, typed: Typed
) -> None:
    for kind in BY_SMS:
        text, plain = sms(kind, language, typed), sms(kind, language, PLAIN)

        assert text.rpartition(" ")[0] == plain.rpartition(" ")[0]
        assert typed.dossier_id.endswith(text.rpartition(" ")[2])
        assert alphabet_of(text) is Alphabet.GSM_7
        assert parts(text) == 1


PAGES = [
    *((name, State.CONFIRMED) for name in ABOUT_A_DOSSIER if name is not Page.DOSSIER),
    *product([Page.DOSSIER], State),
]


@a_few
@given(typed=hostile)
@each_language
def test_a_page_is_what_it_was_and_names_nobody(language: Language, typed: Typed) -> None:
    for name, state in PAGES:
        plain = page(name, state, language, PLAIN)

        extra = extra_elements(page(name, state, language, typed), plain)
        assert extra == Counter(), (name, state)
        assert "Zébulon" not in plain
        assert "Quiquemelle" not in plain


def strings(value: object) -> Iterable[str]:
    """Every text in the data of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


def appointment_of(typed: Typed) -> Appointment:
    appointment = typed.facts(Language.FR).appointment
    assert appointment is not None
    return appointment


@given(typed=hostile)
@each_language
def test_the_words_of_the_convocation_stay_in_their_lines(language: Language, typed: Typed) -> None:
    def words(one: Typed) -> dict[str, object]:
        return convocation_words(DESK, one.dossier_id, one.facts(language), appointment_of(one))

    found = words(typed)
    assert all(is_visible(text) and "\n" not in text for text in strings(list(found.values())))
    assert {name: said for name, said in found.items() if name not in {"who", "reference"}} == {
        name: said for name, said in words(PLAIN).items() if name not in {"who", "reference"}
    }


@settings(max_examples=10)
@given(typed=hostile)
def test_the_convocation_can_always_be_printed(typed: Typed) -> None:
    facts = typed.facts(Language.FR)
    pdf = convocation_pdf(DESK, typed.dossier_id, facts, appointment_of(typed), PROOF)

    assert pdf.startswith(b"%PDF-")


@settings(max_examples=10)  # it is read by a slow and thorough reader
@given(typed=hostile)
@each_language
def test_a_calendar_gets_one_appointment_and_no_name(language: Language, typed: Typed) -> None:
    def invite(one: Typed) -> str:
        appointment = appointment_of(one)
        return calendar_invite(DESK, one.dossier_id, appointment, language, NOW).decode()

    read = vobject.readOne(invite(typed))
    plain = vobject.readOne(invite(PLAIN))
    assert shape(read) == shape(plain)
    assert typed.dossier_id in read.vevent.description.value
    assert "Zébulon" not in invite(PLAIN)


def shape(calendar: object) -> list[str]:
    """The names of everything in a calendar."""
    children: Callable[[], Iterable[object]] = getattr(calendar, "getChildren", list)
    names = [str(getattr(child, "name", "")) for child in children()]
    return [*names, *(name for child in children() for name in shape(child))]


@given(typed=hostile)
def test_what_is_typed_is_one_line_that_can_be_seen(typed: Typed) -> None:
    for text in (typed.given_name, typed.recepisse_number, *typed.missing_documents):
        assert is_visible(one_line(text))
        assert len(one_line(text).splitlines()) <= 1
