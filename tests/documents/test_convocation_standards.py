"""The convocation before strangers: two validators' rules, and a reader of codes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import BytesIO

import page
import pypdfium2
import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from page import ValidationFailure, ValidationProfile
from pypdf import PdfReader, PdfWriter

from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.convocation_words import _SHOWN
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.facts import Bookings, Facts
from chalicelib.security.student_links import StudentLinks
from tests.builders import CONTACT, DESK, DOSSIER, paris
from tests.documents.samples import APPOINTMENT, FACTS, PROOF_URL

#: How many rules each standard has there: a validator that checks fewer proves less.
RULES = {ValidationProfile.PDF_UA_1: 104, ValidationProfile.PDF_A_2A: 154}

#: What a phone's camera makes of the code at arm's length is better than this.
DOTS_PER_INCH = 150

LINKS = StudentLinks(("k" * 32,), "https://rendez-vous.prefecture.example.org")

NAMES = {
    "ordinary": ("Léa", "Benali"),
    "apostrophes": ("D’Arcy 'Jo'", 'O’Neil-N"Diaye'),
    "as long as they come": ("Wilhelmina-Mwamba " * 6, "W" * 120),
    "right to left": ("محمد", "شلبي"),
    "both directions": ("Noa שלום", "Ben-Ami محمد"),
    "Cyrillic": ("Олександра", "Ющенко-Ґалаґан"),
    "Greek": ("Αικατερίνη", "Παπαδοπούλου"),
    "Georgian": ("ქეთევან", "წერეთელი"),
    "Armenian": ("Արամ", "Խաչատրյան"),
    "Vietnamese": ("Nguyễn", "Thị Hồng Ánh"),
    "marks apart from their letters": ("Le\u0301a", "N\u0303o\u0308"),
    "only what no font has": ("汉字", "한글 अमित"),
    "Persian": ("پژمان", "گل‌محمدی"),
    "nothing": ("", ""),
}
LANGUAGES = pytest.mark.parametrize("language", DESK.languages)
CASES = pytest.mark.parametrize("case", list(NAMES))


def named(given_name: str, family_name: str, language: Language) -> Facts:
    contact = replace(CONTACT, given_name=given_name, family_name=family_name, language=language)
    return replace(FACTS, contact=contact)


def pdf(
    facts: Facts = FACTS,
    appointment: Appointment = APPOINTMENT,
    dossier_id: str = DOSSIER,
    proof_url: str = PROOF_URL,
) -> bytes:
    return convocation_pdf(DESK, dossier_id, facts, appointment, proof_url)


def the_fullest(language: Language) -> bytes:
    """Every line there can be, each with as much in it as it can hold."""
    facts = named("W" * 120, "W" * 120, language)
    slot = replace(APPOINTMENT, starts_at=paris("2019-09-25 10:30"), moves=2)
    earlier = replace(facts, to_deposit=Bookings(first_booked_at=paris("2019-03-28 10:00")))
    ids = ("W0-" * 30)[:64], ("9Mw_" * 30)[:64]
    return pdf(earlier, slot, ids[0], LINKS.proof(*ids))


@cache
def printed(case: str, language: Language) -> bytes:
    """The ordinary page for one of the names."""
    return pdf(named(*NAMES[case], language))


def failures(content: bytes, profile: ValidationProfile) -> list[str]:
    """The rules that a validator found broken."""
    report = page.validate_pdf_bytes(content, profile=profile)
    assert report.rules.total == RULES[profile]
    failed = [failure for failure in report.failures if not _is_false_alarm(failure, content)]
    assert report.rules.failed == len({failure.rule_id for failure in report.failures})
    return [f"{failure.rule_id} {failure.message}" for failure in failed]


def _is_false_alarm(failure: ValidationFailure, content: bytes) -> bool:
    """A compressed stream may end in a carriage return, which is its own and not the line's end.

    The validator counts one byte too few then. The stream is as long as it says all the same.
    """
    if failure.rule_id != "PDFA2A-STREAM-LENGTH-001" or failure.object_id is None:
        return False
    written = content[content.index(b"\n%d 0 obj" % failure.object_id.object_number) :]
    told = re.search(rb"/Length (\d+).*?stream\n", written, re.DOTALL)
    assert told is not None
    end = told.end() + int(told[1])
    return written[end - 1 :].startswith(b"\r\nendstream")


def pages(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)


# The standards


@LANGUAGES
@CASES
@pytest.mark.parametrize("profile", list(RULES))
def test_no_rule_of_either_standard_fails_whatever_the_name(
    case: str, language: Language, profile: ValidationProfile
) -> None:
    assert failures(printed(case, language), profile) == []


@LANGUAGES
@pytest.mark.parametrize("profile", list(RULES))
def test_no_rule_fails_for_the_fullest_page(language: Language, profile: ValidationProfile) -> None:
    assert failures(the_fullest(language), profile) == []


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from([chr(code) for span in _SHOWN for code in span]), max_size=120).map(
        "".join
    )
)
@example("х\u0483")  # a mark that the fonts put over no letter
@example("ჭ")  # one of its streams ends in a carriage return
def test_no_mixture_of_scripts_and_marks_leaves_a_letter_without_its_shape(name: str) -> None:
    """Whatever the fonts cannot show is an error to both standards, never an empty box."""
    content = pdf(named(name, "", Language.FR))
    assert [failures(content, profile) for profile in RULES] == [[], []]


@pytest.mark.parametrize("key", ["/StructTreeRoot", "/MarkInfo", "/Lang", "/Metadata"])
def test_the_judge_bites(key: str) -> None:
    """The same page without its tags, its language or what it says of itself does not pass."""
    assert failures(without(key), ValidationProfile.PDF_UA_1) != []


def without(key: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    del writer.root_object[key]
    spoilt = BytesIO()
    writer.write(spoilt)
    return spoilt.getvalue()


# Its size


@LANGUAGES
@CASES
def test_it_is_one_page_whatever_the_name(case: str, language: Language) -> None:
    assert pages(printed(case, language)) == 1


@LANGUAGES
def test_it_is_two_pages_at_the_most(language: Language) -> None:
    assert pages(the_fullest(language)) <= 2


#: Points. Letters of 24 points are read from a metre away; those of a letter from half of that.
FROM_A_METRE, FROM_A_STEP = 24, 16


@LANGUAGES
def test_the_day_and_the_place_can_be_read_from_afar(language: Language) -> None:
    sizes = sizes_of(printed("ordinary", language))
    assert min(size for text, size in sizes if "2019" in text and size > 15) >= FROM_A_METRE
    assert min(size for text, size in sizes if text.strip().endswith("Hères")) >= FROM_A_STEP


def sizes_of(content: bytes) -> list[tuple[str, float]]:
    """What is written on the first page, each piece with its size in points."""
    found: list[tuple[str, float]] = []
    PdfReader(BytesIO(content)).pages[0].extract_text(
        visitor_text=lambda text, _cm, _tm, _font, size: found.append((text, size))
    )
    return found


# The code


def codes(content: bytes) -> Iterator[str]:
    """What the codes on the first page say, read from a picture of it."""
    picture = pypdfium2.PdfDocument(content)[0].render(scale=DOTS_PER_INCH / 72, grayscale=True)
    pixels = memoryview(bytes(picture.buffer)).cast("B", (picture.height, picture.stride))
    return (code.text for code in zxingcpp.read_barcodes(pixels))


@LANGUAGES
@pytest.mark.parametrize(
    "url",
    [
        PROOF_URL,
        LINKS.proof(DOSSIER, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
        LINKS.proof(("W0-" * 30)[:64], ("9Mw_" * 30)[:64]),
    ],
    ids=["plain", "ordinary", "longest"],
)
def test_the_code_is_read_from_the_page_and_leads_to_its_proof(
    url: str, language: Language
) -> None:
    assert list(codes(pdf(named("Léa", "Benali", language), proof_url=url))) == [url]


# Its bytes

_ELSEWHERE = """
import hashlib, sys
from tests.documents.test_convocation_standards import the_fullest
from chalicelib.domain.contact import Language
sys.stdout.write(hashlib.sha256(the_fullest(Language.FR)).hexdigest())
"""


def test_two_processes_make_the_same_bytes() -> None:
    """Another process has another clock zone, and another order of sets."""
    made = {
        subprocess.run(
            [sys.executable, "-c", _ELSEWHERE],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert [len(digest) for digest in made] == [64]
