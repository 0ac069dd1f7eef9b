"""What fits in a text message, and what it says when it fits: against `smsutil`."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import Bookings
from chalicelib.messages.compose import compose_sms
from chalicelib.messages.dates_in_words import day_and_hour
from chalicelib.messages.sms_characters import (
    ONE_UNIT,
    ROOM,
    TWO_UNITS,
    Alphabet,
    alphabet_of,
    one_part,
    parts,
    sizes,
    to_gsm7,
)
from tests.messages.samples import BY_SMS, DESK, LINKS, NOW, everything, notice

GSM_7 = ONE_UNIT | TWO_UNITS
ORACLES_NAMES = {"gsm0338": Alphabet.GSM_7, "utf_16_be": Alphabet.UCS_2}

#: Where the oracle errs: it takes the escape for a character, and an empty text for UCS-2.
ESCAPE = "\x1b"

#: Long enough to end a part in the middle of anything.
texts = st.text(
    st.sampled_from(sorted(GSM_7)) | st.sampled_from("ê’漢ж😀€[") | st.characters(codec="utf-8"),
    min_size=1,
    max_size=400,
).filter(lambda text: ESCAPE not in text)
gsm_7_texts = st.text(
    st.sampled_from(sorted(ONE_UNIT)) | st.sampled_from("€[]"), min_size=1, max_size=500
)


def test_the_table_is_whole() -> None:
    assert len(ONE_UNIT) == 127  # 128 less the escape
    assert len(TWO_UNITS) == 10


# Counting


@given(texts | gsm_7_texts)
def test_parts_and_alphabet_are_those_of_the_oracle(text: str) -> None:
    oracle = smsutil.split(text)

    assert alphabet_of(text) is ORACLES_NAMES[oracle.encoding]
    assert parts(text) == len(oracle.parts)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151 + "€", 3),  # neither € is cut in two
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 67, 3),  # 33 to a part, not 33 and a half
    ],
)
def test_parts_are_counted_as_they_are_paid(text: str, count: int) -> None:
    assert parts(text) == count


# Writing


@pytest.mark.parametrize(
    ("given_text", "sent"),
    [
        ("prêt, reçu, dépôt", "pret, recu, dépot"),
        ("é è à ù Ç É", "é è à ù Ç É"),
        ("L’œuf « à 9\N{NO-BREAK SPACE}h »", 'L\'oeuf " à 9 h "'),
        ("9\N{NARROW NO-BREAK SPACE}h ?", "9 h ?"),
        ("À Œ Ê – … rendez‑vous n°", "A OE E - ... rendez-vous no"),
        ("e\u0301", "é"),  # letter and accent as two characters
        ("10 €", "10 €"),
        ("zero\N{ZERO WIDTH SPACE}width, soft\N{SOFT HYPHEN}hyphen", "zerowidth, softhyphen"),
    ],
)
def test_what_gsm_7_lacks_is_written_with_what_it_has(given_text: str, sent: str) -> None:
    assert to_gsm7(given_text) == sent
    assert alphabet_of(sent) is Alphabet.GSM_7


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Đặng Thị Ngọc Ánh", "Dang Thi Ngoc Anh"),
        ("İbrahim Yıldız Güneş", "Ibrahim Yildiz Günes"),
        ("Þórður Guðrún", "THordur Gudrun"),
        ("Ştefan Țîrlea", "Stefan Tirlea"),
        ("Leyla Əliyeva", "Leyla Eliyeva"),
        ("Ɓala Ɗan Ƙasa", "Bala Dan Kasa"),
        ("Jiří Dvořák", "Jiri Dvorak"),
        ("Noël-François", "Noel-Francois"),
        ("Björn Åström", "Björn Åström"),
    ],
)
def test_a_name_in_latin_letters_keeps_its_letters(name: str, sent: str) -> None:
    assert to_gsm7(name) == sent


def test_every_letter_of_the_latin_blocks_of_europe_and_vietnam_can_be_written() -> None:
    blocks = [*range(0xC0, 0x180), *range(0x1E00, 0x1F00)]
    letters = [chr(n) for n in blocks if unicodedata.category(chr(n)) in {"Lu", "Ll"}]
    unwritten = {c for c in letters if alphabet_of(to_gsm7(c)) is not Alphabet.GSM_7}

    # The long s of old print, the letters of medieval Welsh, and nobody's name today.
    assert unwritten <= set("ſẛẜẝẟỺỻỼỽ")


@given(st.text(alphabet=sorted(GSM_7)))
def test_gsm_7_goes_through_unchanged(text: str) -> None:
    assert to_gsm7(text) == text


@given(texts)
def test_what_is_written_once_is_written_for_good(text: str) -> None:
    assert to_gsm7(to_gsm7(text)) == to_gsm7(text)


def test_no_character_ever_becomes_a_question_mark() -> None:
    everything_else = (chr(n) for n in range(0x3000) if chr(n) not in GSM_7)

    assert [c for c in everything_else if "?" in to_gsm7(c)] == []


# Refusing


@pytest.mark.parametrize("text", ["😀", "漢", "ж", "ليلى"])
def test_a_character_without_likeness_is_sent_while_the_text_has_room_in_ucs_2(text: str) -> None:
    fits = text + "é" * (70 - sum(sizes(text)))
    assert one_part(fits, "a") == fits
    with pytest.raises(TextFailed, match=r"^card_ready/fr/sms\.txt: not one part in UCS-2$"):
        one_part(f"{fits}.", "card_ready/fr/sms.txt")


def test_a_second_part_is_refused() -> None:
    assert one_part("ê" * 160, "a") == "e" * 160
    with pytest.raises(TextFailed):
        one_part("ê" * 161, "a")


# Every text message


#: A Wednesday in September at half past twelve: no date in words is longer, in any language.
LONGEST_SLOT = datetime(2026, 9, 30, 10, 30, tzinfo=UTC)
#: The door takes ids of 1 to 64 characters; the longest one that is shown whole has 12.
LONGEST_IDS = ("X" * 12, "X" * 64)


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("kind", BY_SMS)
@pytest.mark.parametrize("dossier_id", LONGEST_IDS, ids=len)
def test_a_text_message_with_the_longest_data_is_one_part(
    kind: Kind, language: Language, dossier_id: str
) -> None:
    asked = notice(kind, number=3, channel=Channel.SMS)
    facts = everything(language)
    assert facts.appointment is not None
    facts = replace(
        facts, to_deposit=Bookings(appointment=replace(facts.appointment, starts_at=LONGEST_SLOT))
    )
    sms = compose_sms(asked, facts, DESK, LINKS, dossier_id, NOW)

    size = sum(sizes(sms.text))
    assert smsutil.split(sms.text).encoding == "gsm0338", sms.text
    assert len(smsutil.split(sms.text).parts) == 1, (
        f"{size} of {ROOM[Alphabet.GSM_7][0]}: {sms.text}"
    )


def test_the_longest_slot_is_as_long_as_dates_get() -> None:
    year = [datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(365 * 24)]

    for language in Language:
        longest = len(day_and_hour(LONGEST_SLOT, language))
        assert max(len(day_and_hour(hour, language)) for hour in year) == longest


@pytest.mark.parametrize("language", DESK.languages)
@pytest.mark.parametrize("kind", BY_SMS)
def test_a_text_message_names_the_desk_and_the_reference_and_no_person_and_no_link(
    kind: Kind, language: Language
) -> None:
    facts = everything(language, given_name="Zébulon")
    asked = notice(kind, channel=Channel.SMS)
    sms = compose_sms(asked, facts, DESK, LINKS, "2019-00042", NOW)

    assert sms.text.startswith(to_gsm7(DESK.sms_name))
    assert sms.text.endswith(" 2019-00042")
    for unwanted in ("Zébulon", "Dupont", "://", "www.", ".fr", "@"):
        assert unwanted not in sms.text
