"""A language is a folder and an entry: the third one is whole, and one more can be added."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import pytest

from chalicelib.desk_data import load
from chalicelib.documents.calendar_invite import calendar_invite
from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.convocation_words import convocation_words
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.desk_calendar import Desk
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import State
from chalicelib.messages import phrases, rendering
from chalicelib.messages.compose import compose_email, compose_sms
from chalicelib.messages.pages import Page, compose_page
from chalicelib.messages.sms_characters import ROOM, Alphabet, alphabet_of, sizes
from chalicelib.messages.typography import typeset
from tests.messages.samples import (
    BY_EMAIL,
    BY_SMS,
    CLOSURE,
    DESK,
    DOSSIER,
    LINKS,
    NOW,
    everything,
    notice,
    the_least,
)
from tests.messages.test_compose import (
    LONGEST_PREHEADER,
    LONGEST_SUBJECT,
    on_the_longest_day,
    preheader_of,
    words_of,
    words_of_text,
)

FR, EN, ES = Language


class Another(StrEnum):
    """A language that nobody ships."""

    XX = "xx"


XX = cast("Language", Another.XX)


def borrowing(given: Any, language: Language) -> Any:
    """A desk's data with its French words said to be those of another language too."""
    if isinstance(given, Mapping):
        words = {key: borrowing(value, language) for key, value in given.items()}
        return words | {language: given[FR]} if FR in given else words
    if isinstance(given, tuple):
        return tuple(borrowing(one, language) for one in given)
    if is_dataclass(given) and not isinstance(given, type):
        own = {f.name: borrowing(getattr(given, f.name), language) for f in fields(given)}
        return replace(given, **own)
    return given


def offering(desk: Desk, language: Language) -> Desk:
    return cast("Desk", replace(borrowing(desk, language), languages=(*desk.languages, language)))


#: The example in its own Spanish; the shipped desk, which has a helper and stamps, in ours.
DESKS = {
    "montrevel": load("montrevel"),
    "grenoble": offering(replace(DESK, closures=(CLOSURE,)), ES),
}
each_desk = pytest.mark.parametrize("desk", DESKS.values(), ids=DESKS)


@each_desk
@pytest.mark.parametrize("kind", BY_EMAIL)
def test_a_letter_in_spanish_keeps_to_what_letters_keep_to(kind: Kind, desk: Desk) -> None:
    if kind is Kind.CHECK_REMINDER and not desk.terms[0].helper:
        return
    for facts in (everything(ES), on_the_longest_day(ES)):
        letter = compose_email(notice(kind, number=3), facts, desk, LINKS, DOSSIER, NOW)

        assert letter.language is ES
        assert dict(letter.headers)["Content-Language"] == "es"
        assert words_of(letter.html) == words_of_text(letter.text)
        assert 30 <= len(letter.subject) <= LONGEST_SUBJECT
        assert 60 <= len(preheader_of(letter.html)) <= LONGEST_PREHEADER
        assert not re.search(r"\w [:;?!]|[^\n ¿(«]¿|\{|\}", letter.text)


@each_desk
@pytest.mark.parametrize("kind", BY_SMS)
def test_a_text_message_in_spanish_is_one_part_in_gsm_7(kind: Kind, desk: Desk) -> None:
    asked = notice(kind, number=3, channel=Channel.SMS)
    for facts in (on_the_longest_day(ES), the_least(ES)):
        sms = compose_sms(asked, facts, desk, LINKS, "X" * 64, NOW)
        assert sms.language is ES
        assert alphabet_of(sms.text) is Alphabet.GSM_7
        assert sum(sizes(sms.text)) <= ROOM[Alphabet.GSM_7][0]
        assert "Sin enlace." in sms.text


@each_desk
@pytest.mark.parametrize("state", State)
def test_every_page_reads_in_spanish(state: State, desk: Desk) -> None:
    for page in (Page.DOSSIER, Page.CONVOCATION, Page.CONFIRM, Page.CONFIRMED, Page.PROOF):
        facts = everything(ES)
        html = compose_page(page, facts, state, desk, LINKS, DOSSIER, ES, NOW)
        assert '<html lang="es">' in html
        assert "None" not in html
        assert '<a class="tap" href="?lang=en" lang="en" hreflang="en">English</a>' in html


@each_desk
def test_the_convocation_in_spanish_is_one_page(desk: Desk) -> None:
    facts, longest = everything(ES), "X" * 64
    assert facts.appointment is not None
    moved = replace(facts.appointment, moves=1)
    pdf = convocation_pdf(desk, longest, facts, moved, f"{LINKS.site}/{'x' * 150}")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


# One more


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All texts, and one more language: English with its own hello, as CONTRIBUTING.md adds one."""
    texts = tmp_path / "texts"
    shutil.copytree(phrases.TEXTS, texts)
    for english in texts.glob("*/en"):
        shutil.copytree(english, english.parent / "xx")
    for text in texts.glob("*/xx/*"):
        text.write_text(text.read_text().replace("/en/", "/xx/"))
    words = (texts / "_words" / "en.toml").read_text()
    (texts / "_words" / "xx.toml").write_text(words.replace('"Hello"', '"Xhello"'))
    monkeypatch.setattr(phrases, "TEXTS", texts)
    monkeypatch.setattr(rendering, "TEXTS", texts)
    forget()
    yield texts
    forget()


def forget() -> None:
    phrases._file.cache_clear()
    rendering._environment.cache_clear()


IN_ANOTHER = offering(DESK, XX)


@pytest.mark.usefixtures("texts")
def test_a_language_that_is_added_is_written_in() -> None:
    facts = everything(XX)
    slot = facts.appointment
    assert slot is not None

    letter = compose_email(notice(Kind.CARD_READY), facts, IN_ANOTHER, LINKS, DOSSIER, NOW)
    page = compose_page(Page.DOSSIER, facts, State.CARD_READY, IN_ANOTHER, LINKS, DOSSIER, XX, NOW)
    paper = convocation_words(IN_ANOTHER, DOSSIER, facts, slot)
    entry = calendar_invite(IN_ANOTHER, DOSSIER, slot, XX, NOW)

    assert letter.text.startswith("Xhello Jean,")
    assert "Skip to the content" in page
    assert paper["language"] == "xx"
    assert paper["bring_label"] == "What to bring"
    assert b"Residence permit appointment" in entry
    assert convocation_pdf(IN_ANOTHER, DOSSIER, facts, slot, LINKS.site).startswith(b"%PDF")


@pytest.mark.parametrize("lost", ["card_ready/xx/body.txt", "_mail/xx/place.html"])
def test_a_letter_that_lacks_a_text_is_whole_in_the_desks_first_language(
    texts: Path, lost: str
) -> None:
    (texts / lost).unlink()

    told = notice(Kind.CARD_READY)
    theirs, french = (
        compose_email(told, everything(language), IN_ANOTHER, LINKS, DOSSIER, NOW)
        for language in (XX, FR)
    )
    sms = compose_sms(told, everything(XX), IN_ANOTHER, LINKS, DOSSIER, NOW)

    assert theirs == french
    assert dict(theirs.headers)["Content-Language"] == "fr"
    assert sms.language is XX


def test_a_language_without_its_short_words_is_written_in_nowhere(texts: Path) -> None:
    (texts / "_words" / "xx.toml").unlink()

    told = notice(Kind.CARD_READY)
    letter = compose_email(told, everything(XX), IN_ANOTHER, LINKS, DOSSIER, NOW)
    assert letter.language is FR


def test_a_short_word_that_a_language_lacks_is_named(texts: Path) -> None:
    words = texts / "_words" / "xx.toml"
    words.write_text(words.read_text().replace("hello =", "good_day ="))

    with pytest.raises(TextFailed, match=r"_words/xx\.toml: greeting\.hello"):
        phrases.phrase(XX, "greeting", "hello")
    with pytest.raises(TextFailed, match=r"_words/de\.toml"):
        typeset("Hallo", cast("Language", "de"))
