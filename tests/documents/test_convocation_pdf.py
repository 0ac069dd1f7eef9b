"""The convocation, read back from the PDF as the counter and a screen reader would."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from chalicelib.documents.convocation_pdf import convocation_pdf
from chalicelib.documents.convocation_words import _SHOWN, convocation_words
from chalicelib.domain.appointments import Appointment
from chalicelib.domain.contact import Language
from chalicelib.domain.errors import TextFailed
from chalicelib.domain.facts import Bookings, Facts
from chalicelib.messages.typography import UNPRINTABLE
from tests.builders import CONTACT, DESK, DOSSIER, paris
from tests.documents.samples import APPOINTMENT, FACTS, PROOF_URL, facts_for, facts_in

LANGUAGES = pytest.mark.parametrize("language", DESK.languages)

#: Whom a convocation without a name is for.
HOLDER = "la personne titulaire de ce dossier"


def pdf(
    facts: Facts = FACTS,
    appointment: Appointment = APPOINTMENT,
    dossier_id: str = DOSSIER,
    proof_url: str = PROOF_URL,
) -> bytes:
    return convocation_pdf(DESK, dossier_id, facts, appointment, proof_url)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def lines(content: bytes) -> list[str]:
    pages = [page.extract_text() for page in read(content).pages]
    return "\n".join(pages).replace("\N{NO-BREAK SPACE}", " ").split("\n")


def text(content: bytes) -> str:
    return " ".join(" ".join(lines(content)).split())


def for_name(given_name: str, family_name: str = "") -> bytes:
    return pdf(facts_for(replace(CONTACT, given_name=given_name, family_name=family_name)))


def shown_name(given_name: str) -> str:
    """What stands between the two labels of the box."""
    return text(for_name(given_name)).split("Pour : ")[1].split(" Référence :")[0]


# What it says


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FR, "Mardi 14 mai 2019 à 10 h 30"),
        (Language.FR, "Pour : Léa Benali Référence : G-2019-0412"),
        (Language.FR, "1025 avenue Centrale"),
        (Language.FR, "38402 Saint-Martin-d’Hères"),
        (Language.FR, "arrêt Bibliothèques universitaires"),
        (Language.FR, "Fermé les jours fériés."),
        (Language.FR, "où se trouvent l’antenne et ISSO : du lundi au vendredi"),
        (Language.FR, "votre dossier complet, vérifié par ISSO"),
        (Language.FR, "Faites vérifier votre dossier par ISSO (même adresse), sans rendez-vous."),
        (Language.FR, "Rendez-vous pris le lundi 8 avril 2019."),
        (
            Language.FR,
            "valable jusqu’au lundi 1er juillet 2019 : rendez-vous pris au plus tard à cette date.",
        ),
        (Language.FR, "convocation établie le mardi 9 avril 2019 à 18 h 05."),
        (Language.FR, "gratuits et ne sont jamais vendus."),
        (Language.EN, "Tuesday 14 May 2019 at 10:30 am"),
        (Language.EN, "For: Léa Benali Reference: G-2019-0412"),
        (Language.EN, "1025 avenue Centrale"),
        (Language.EN, "38402 Saint-Martin-d’Hères"),
        (Language.EN, "stop Bibliothèques universitaires"),
        (Language.EN, "Closed on public holidays."),
        (Language.EN, "houses the prefecture office and ISSO: Monday to Friday"),
        (Language.EN, "your complete application file, checked by ISSO"),
        (Language.EN, "Have your file checked by ISSO (same address), without an appointment."),
        (Language.EN, "Appointment booked on Monday 8 April 2019."),
        (Language.EN, "valid until Monday 1 July 2019: appointment booked on or before that date."),
        (Language.EN, "convocation issued on Tuesday 9 April 2019 at 6:05 pm."),
        (Language.EN, "are free and are never sold."),
    ],
)
def test_a_convocation_says_all_that_the_counter_and_the_student_need(
    language: Language, said: str
) -> None:
    assert said in text(pdf(facts_in(language)))


@LANGUAGES
def test_an_english_colon_has_no_space_before_it_and_a_french_one_does(language: Language) -> None:
    said = text(pdf(facts_in(language))).replace("https:", "")
    colons = said.count(":") - said.count("10:30") - said.count("6:05")
    assert said.count(" :") == (colons if language is Language.FR else 0)


def test_every_paper_to_bring_is_listed() -> None:
    papers = DESK.terms_on(date(2019, 5, 14)).papers["deposit"][Language.FR]
    assert [p for p in papers if p in lines(pdf())] == list(papers)


def test_the_check_is_not_asked_for_once_it_is_done() -> None:
    checked = text(pdf(replace(FACTS, checked=True)))
    assert "Faites vérifier" not in checked
    assert "Avant le rendez-vous" not in checked


def test_a_place_without_hours_says_nothing_about_them() -> None:
    terms = DESK.terms_on(date(2019, 5, 14))
    quiet = replace(DESK, terms=(replace(terms, counter=replace(terms.counter, openings=())),))
    assert convocation_words(quiet, DOSSIER, FACTS, APPOINTMENT)["hours"] == ""


@pytest.mark.parametrize("expiry", [None, date(2019, 4, 7)])
def test_nothing_is_said_of_a_permit_that_ended_before_or_is_not_known(
    expiry: date | None,
) -> None:
    assert "séjour actuel" not in text(
        pdf(appointment=replace(APPOINTMENT, permit_expires_on=expiry))
    )


def test_an_appointment_booked_on_the_last_day_of_the_permit_is_in_time() -> None:
    last_day = replace(APPOINTMENT, permit_expires_on=date(2019, 4, 8))
    assert "rendez-vous pris au plus tard à cette date" in text(pdf(appointment=last_day))


def test_an_earlier_booking_of_the_same_application_is_told_and_what_it_replaces() -> None:
    """An appointment is moved by cancelling it and booking another: the first one may count."""
    late = replace(APPOINTMENT, booked_at=paris("2019-07-08 10:00"))
    said = text(
        pdf(replace(FACTS, to_deposit=Bookings(first_booked_at=APPOINTMENT.booked_at)), late)
    )
    assert "Rendez-vous pris le lundi 8 juillet 2019." in said
    assert "Un premier rendez-vous pour ce dossier avait été pris le lundi 8 avril 2019." in said
    assert "1er juillet 2019 : premier rendez-vous pris au plus tard à cette date." in said
    assert "Cette convocation remplace les précédentes." in said


def test_a_convocation_that_was_never_changed_replaces_none() -> None:
    said = text(pdf())
    assert "premier rendez-vous" not in said
    assert "remplace" not in said
    assert "remplace les précédentes" in text(pdf(appointment=replace(APPOINTMENT, moves=1)))


def test_a_helper_that_sits_elsewhere_is_given_its_own_address() -> None:
    terms = DESK.terms_on(date(2019, 5, 14))
    assert terms.helper
    helper = replace(terms.helper, address=("80 allée Ampère", "38400 Saint-Martin-d’Hères"))
    desk = replace(DESK, terms=(replace(terms, helper=helper),))
    check = convocation_words(desk, DOSSIER, FACTS, APPOINTMENT)["check"]
    assert isinstance(check, list)
    assert "(80 allée Ampère, 38400 Saint-Martin-d’Hères\N{NO-BREAK SPACE}; tram B" in check[0]


def test_without_a_confirmation_none_is_claimed() -> None:
    assert "confirmé" not in text(pdf(appointment=replace(APPOINTMENT, confirmed_at=None)))


def test_without_a_contact_it_is_for_the_holder_and_in_french() -> None:
    assert f"Pour : {HOLDER} Référence : G-2019-0412" in text(pdf(facts_for(None)))


def test_without_a_name_an_english_one_is_for_the_holder() -> None:
    nameless = replace(
        facts_in(Language.EN),
        contact=replace(CONTACT, given_name=" ", family_name="汉", language=Language.EN),
    )
    assert "For: the holder of this application Reference: G-2019-0412" in text(pdf(nameless))


# Names


#: Orders, links, markup and what nobody sees, typed where a name is asked for.
MORE_THAN_A_NAME = (
    "#panic()",
    "<b>&amp;</b>",
    "{{ x }} {% y %}",
    "Payez sur https://evil.example/a",
    "Zoé 👩🏽\u200d🎓",
    "a\u202egnp.b\u202c",
    "nul\x00 esc\x1b[0m",
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Léa", "Léa"),
        ('d\'Arc "O’Neil"', 'd\'Arc "O’Neil"'),
        ("Le\u0301a", "Léa"),
        ("one\ntwo\r\n\tthree", "one two three"),
        ("Nguyễn Thị Hồng", "Nguyễn Thị Hồng"),
        ("Μαρία", "Μαρία"),
        ("Олег", "Олег"),
        ("汉字", HOLDER),
        ("汉字 Li", "Li"),
        ("پژمان محمدی", HOLDER),
        ("Pejman پژمان", "Pejman"),
        ("Ана Ӏ", "Ана Ӏ"),
        ("Олег Ж\u0483", "Олег"),
        ("!\u0489", HOLDER),
        ("Nǃxau ǂToma", "Nǃxau ǂToma"),
        ("M.A.Khan (Ali)", "M. A. Khan (Ali)"),
        *((nothing, HOLDER) for nothing in ("N/A", "-", "???", "test", "Inconnu")),
        *((more, HOLDER) for more in MORE_THAN_A_NAME),
        ("", HOLDER),
        ("   ", HOLDER),
        ("x" * 200, "x" * 119 + "…"),
    ],
)
def test_a_name_is_shown_and_nothing_else_is(name: str, shown: str) -> None:
    assert shown_name(name).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize("name", ["محمد", "שלום", "ქეთევან", "Արամ"])
def test_a_name_in_another_alphabet_is_shown_in_it(name: str) -> None:
    assert sorted(shown_name(name)) == sorted(name)


def shown_characters() -> Iterator[str]:
    """All of them, as many at a time as one name may have."""
    every = (chr(code) for span in _SHOWN for code in span)
    kept = [c for c in every if unicodedata.category(c) not in UNPRINTABLE and not c.isspace()]
    return ("".join(kept[start : start + 100]) for start in range(0, len(kept), 100))


@pytest.mark.parametrize("name", list(shown_characters()), ids=lambda name: f"from-{ord(name[0])}")
def test_every_character_that_a_name_may_show_is_in_the_fonts(name: str) -> None:
    assert for_name(name).startswith(b"%PDF-")


@settings(max_examples=25)
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_name_breaks_the_document(given_name: str, family_name: str) -> None:
    assert len(read(for_name(given_name, family_name)).pages) == 1


#: The widest letter, as often as it fits into the box on the page.
WIDEST, FITS = "W", 38


def test_a_name_longer_than_a_line_goes_on_in_the_next() -> None:
    said = lines(for_name(WIDEST * 200))
    assert sum(line.count(WIDEST) for line in said) == 119
    assert max(line.count(WIDEST) for line in said) <= FITS


def test_a_reference_longer_than_a_line_goes_on_in_the_next() -> None:
    said = lines(pdf(dossier_id=WIDEST * 64))
    assert sum(line.count(WIDEST) for line in said) == 64
    assert max(line.count(WIDEST) for line in said) <= FITS


# What proves it


def test_the_code_leads_to_the_page_that_says_whether_it_is_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoded: list[str] = []
    make = segno.make

    def remembered(content: str, **how: Any) -> segno.QRCode:
        encoded.append(content)
        return make(content, **how)

    monkeypatch.setattr(segno, "make", remembered)
    pdf()
    assert encoded == [PROOF_URL]


def test_another_address_is_another_code() -> None:
    assert pdf(proof_url=PROOF_URL[:-1] + "x") != pdf()


def test_the_address_can_be_pressed_too() -> None:
    page: Any = read(pdf()).pages[0]
    links = [note.get_object()["/A"]["/URI"] for note in page["/Annots"]]
    assert links == [PROOF_URL]


@pytest.mark.parametrize("repeats", [1, 12, 30])
def test_the_address_is_printed_so_that_it_can_be_copied(repeats: int) -> None:
    address = f"https://desk.example/proof/{'T0k-n_' * repeats}"
    said = lines(pdf(proof_url=address))
    assert address in "".join(said)
    assert max(len(line) for line in said) < 140


@given(st.text("aZ9_-", min_size=60, max_size=200).map(lambda token: token + "a"))
@settings(max_examples=20, deadline=None)
def test_no_line_of_the_address_ends_at_a_hyphen_of_its_own(token: str) -> None:
    """There it would pass for one of the printer's, and the address be typed without it."""
    said = "\n".join(lines(pdf(proof_url=f"https://desk.example/proof/{token}")))
    address = said[said.index("https:") : said.index("Les rendez-vous de la préf")].split("\n")
    assert [line for line in address if line.endswith("-")] == []


# What a machine makes of it


@LANGUAGES
def test_a_screen_reader_knows_its_structure_language_and_title(language: Language) -> None:
    document = read(pdf(facts_in(language)))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language.value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert str(document.metadata.title).startswith("Convocation")


@pytest.mark.parametrize("role", ["/H1", "/H2", "/L", "/Link"])
def test_headings_lists_and_links_are_tagged_as_such(role: str) -> None:
    assert role in {element["/S"] for element in elements()}


def test_the_code_is_described_to_those_who_do_not_see_it() -> None:
    [figure] = [element for element in elements() if element["/S"] == "/Figure"]
    said = str(figure["/Alt"]).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Code QR vers la page qui dit si cette convocation est valable"


def elements() -> list[Any]:
    """The document's structure, flattened."""
    root: Any = read(pdf()).trailer["/Root"]
    return list(_below(root["/StructTreeRoot"]))


def _below(element: Any) -> Iterator[Any]:
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        found = child.get_object()
        if hasattr(found, "get") and "/S" in found:
            yield found
            yield from _below(found)


def test_it_says_which_archival_and_accessibility_standard_it_keeps() -> None:
    metadata = read(pdf()).xmp_metadata
    assert metadata is not None
    said = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in said
    assert "<pdfuaid:part>1</pdfuaid:part>" in said


def test_it_is_one_page() -> None:
    assert len(read(pdf()).pages) == 1


@LANGUAGES
def test_the_same_convocation_is_the_same_bytes(language: Language) -> None:
    assert pdf(facts_in(language)) == pdf(facts_in(language))


def test_it_is_as_old_as_the_confirmation() -> None:
    metadata = read(pdf()).metadata
    assert metadata is not None
    assert metadata.creation_date == APPOINTMENT.confirmed_at


def test_without_a_confirmation_it_is_as_old_as_the_slot() -> None:
    metadata = read(pdf(appointment=replace(APPOINTMENT, confirmed_at=None))).metadata
    assert metadata is not None
    assert metadata.creation_date == APPOINTMENT.made_at


def test_an_hour_is_told_by_paris_clocks_in_summer_and_winter() -> None:
    winter = replace(APPOINTMENT, starts_at=paris("2019-12-03 09:00"))
    assert "Mardi 3 décembre 2019 à 9 h" in text(pdf(appointment=winter))
    assert "Mardi 14 mai 2019 à 11 h 30" in text(
        pdf(appointment=replace(APPOINTMENT, starts_at=APPOINTMENT.starts_at + timedelta(hours=1)))
    )


def test_what_no_font_can_show_fails_as_a_text() -> None:
    with pytest.raises(TextFailed, match=r"convocation\.typ"):
        pdf(dossier_id="汉")


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "Zs"]), max_size=130))
def test_pieces_of_a_name_are_the_name(name: str) -> None:
    pieces = convocation_words(DESK, name, FACTS, APPOINTMENT)["reference"]
    assert isinstance(pieces, list)
    assert "".join(pieces) == name
    assert all(len(word) <= 28 for piece in pieces for word in piece.split())
