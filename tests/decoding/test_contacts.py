"""A number, an address and a language are read in one way, however people write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.contacts import NUMBER_AT_MOST, contact_of, number_of
from chalicelib.domain.contact import Contact, Language, NoSms
from tests.spellings import overseas, spellings

MOBILE = "+33612345678"

#: As people in France write one and the same number, and what their programs make of it.
FRENCH = [
    "0612345678",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "06/12/34/56/78",
    "06,12,34,56,78",
    "06_12_34_56_78",
    "06·12·34·56·78",
    "06\u00a012\u00a034\u00a056\u00a078",
    "06\u202f12\u202f34\u202f56\u202f78",
    "06\u200912\u200934\u200956\u200978",
    "06\t12\t34\t56\t78",
    "06\u201112\u201134\u201156\u201178",
    "06\u201312\u201334\u201356\u201378",
    "06\u201412\u201434\u201456\u201478",
    "06\u221212\u221234\u221256\u221278",
    "06\u00ad12\u00ad34\u00ad56\u00ad78",
    "(06) 12 34 56 78",
    "[06] 12 34 56 78",
    "(0)6 12 34 56 78",
    " 06 12 34 56 78 ",
    "'0612345678",
    "« 06 12 34 56 78 »",
    "06 12 34 56 78.",
    "612345678",
    "6 12 34 56 78",
    "+33612345678",
    "+33 6 12 34 56 78",
    "+33.6.12.34.56.78",
    "+33-6-12-34-56-78",
    "+ 33 6 12 34 56 78",
    "(+33) 6 12 34 56 78",
    "+33 (0)6 12 34 56 78",
    "+33(0)612345678",
    "+33 06 12 34 56 78",
    "+330612345678",
    "0033612345678",
    "0033 6 12 34 56 78",
    "00 33 6 12 34 56 78",
    "0033 (0)6 12 34 56 78",
    "00330612345678",
    "+0033 6 12 34 56 78",
    "33612345678",
    "33 6 12 34 56 78",
    "33 (0)6 12 34 56 78",
    "tel:+33612345678",
    "tel:+33-6-12-34-56-78",
    "tel://0612345678",
    "TEL:0612345678",
    "Tél. : 06 12 34 56 78",
    "tél 06 12 34 56 78",
    "Téléphone : 06 12 34 56 78",
    "Te\u0301l. 06 12 34 56 78",
    "Portable : 06 12 34 56 78",
    "mob. 06 12 34 56 78",
    "sms:+33612345678",
    "\u202a+33 6 12 34 56 78\u202c",
    "\u200e0612345678\u200e",
    "\ufeff0612345678",
    "06\u200b12345678",
    "\u20680612345678\u2069",
    "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    "\uff0b33612345678",
    "٠٦١٢٣٤٥٦٧٨",
    "۰۶۱۲۳۴۵۶۷۸",
]


def read(phone: str | None) -> Contact:
    return contact_of(given_name="", family_name="", email=None, phone=phone, language=None)


@pytest.mark.parametrize("written", FRENCH, ids=ascii)
def test_a_number_is_one_however_people_in_france_write_it(written: str) -> None:
    contact = read(written)
    assert (contact.number, contact.mobile, contact.no_sms) == (MOBILE, MOBILE, None)


@pytest.mark.parametrize(
    ("national", "number", "no_sms"),
    [
        ("0692123456", "+262692123456", None),  # Réunion
        ("0693123456", "+262693123456", None),
        ("0639012345", "+262639012345", None),  # Mayotte
        ("0690001234", "+590690001234", None),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
        ("0691220000", "+590691220000", None),
        ("0694201234", "+594694201234", None),  # Guyane
        ("0696201234", "+596696201234", None),  # Martinique
        ("0697001234", "+596697001234", None),
        ("0708401234", "+508708401234", NoSms.ABROAD),  # Saint-Pierre-et-Miquelon
        ("0262161234", "+262262161234", NoSms.LANDLINE),
        ("0269601234", "+262269601234", NoSms.LANDLINE),
        ("0590201234", "+590590201234", NoSms.LANDLINE),
        ("0594101234", "+594594101234", NoSms.LANDLINE),
        ("0596301234", "+596596301234", NoSms.LANDLINE),
        ("0476827000", "+33476827000", NoSms.LANDLINE),
        ("0899123456", "+33899123456", NoSms.LANDLINE),
    ],
)
def test_what_is_dialled_as_in_france_is_of_its_own_place(
    national: str, number: str, no_sms: NoSms | None
) -> None:
    for written in spellings(number, national):
        assert (read(written).number, read(written).no_sms) == (number, no_sms), written


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+49 1512 3456789", "+4915123456789"),
        ("0049 (0)1512 3456789", "+4915123456789"),
        ("+1 (202) 555-0123", "+12025550123"),
        ("+39 06 698 82000", "+390669882000"),  # in Italy the zero is part of the number
        ("+212 6 12 34 56 78", "+212612345678"),
        ("+212 (0)6 12 34 56 78", "+212612345678"),
        ("+687 75 12 34", "+687751234"),
        ("\u2066+86 138 0013 8000\u2069", "+8613800138000"),
    ],
)
def test_a_number_abroad_is_read_and_takes_none_of_our_sms(written: str, number: str) -> None:
    contact = read(written)
    assert (contact.number, contact.mobile, contact.no_sms) == (number, None, NoSms.ABROAD)


@pytest.mark.parametrize(
    "written",
    [
        "call my mother",
        "06 12 34 56",
        "06 12 34 56 789",
        "+336123456789",
        "+33612",
        "0712345678",  # of no block that was ever given out
        "06 12 34 56 7x",
        "0612345678x",
        "06 12 34 56 78 poste 12",
        "06 12 34 56 78 ext. 5",
        "+33612345678;ext=1",
        "06 12 34 56 78 / 07 55 51 25 01",
        "06 12 34 56 78 ou 07 55 51 25 01",
        "06 12 34 56 78 (maman)",
        "+33ABCDEFGHI",
        "06²12345678",
        "33+612345678",
        "++33612345678",
        "+99912345678",
        "+262612345678",  # a number of the mainland behind the code of Réunion
        "4915123456789",  # without its plus it is no number of France
        "61234567890",
        "112",
        "3939",
        "0",
        "+",
        "-",
        "lea@example.org",
        "2019-04-08",
        "1" * NUMBER_AT_MOST,
        "0612345678" + " " * NUMBER_AT_MOST,
    ],
)
def test_what_is_no_number_is_kept_for_people_to_read(written: str) -> None:
    contact = read(written)
    assert (contact.number, contact.mobile, contact.no_sms) == (None, None, NoSms.UNREADABLE)
    assert contact.phone == " ".join(written.split())


@pytest.mark.parametrize("nothing", [None, "", " ", "\u200b\u00a0"], ids=ascii)
def test_where_nothing_is_written_no_number_is_known(nothing: str | None) -> None:
    assert (read(nothing).phone, read(nothing).no_sms) == (None, NoSms.NO_NUMBER)


def test_a_number_is_shown_as_it_was_given_without_what_nobody_sees() -> None:
    assert read("\u202a 06\u00a012  34 56 78\u202c").phone == "06 12 34 56 78"


def with_a_national_zero() -> list[tuple[str, str]]:
    """Of each country that has a national zero its codes, and a number of its own."""
    numbers = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        example = phonenumbers.example_number(region)
        if metadata and metadata.national_prefix == "0" and example:
            code = f"+{example.country_code}"
            numbers.append((code, phonenumbers.national_significant_number(example)))
    return numbers


@pytest.mark.many
def test_a_national_zero_behind_a_country_code_is_no_part_of_the_number() -> None:
    numbers = with_a_national_zero()
    assert len(numbers) > 100
    for code, national in numbers:
        plain = number_of(code + national)
        assert plain == code + national
        for written in (
            f"{code}0{national}",
            f"{code} (0) {national}",
            f"00{code[1:]} 0{national}",
        ):
            assert number_of(written) == plain, written


mobiles = st.from_regex(r"\A6[0124-8][0-9]{7}\Z").map(lambda n: (f"+33{n}", f"0{n}"))


@given(number=mobiles | st.sampled_from(overseas()), data=st.data())
def test_in_any_spelling_a_mobile_is_the_same_number(
    number: tuple[str, str], data: st.DataObject
) -> None:
    whole, national = number
    contact = read(data.draw(st.sampled_from(spellings(whole, national))))
    assert (contact.number, contact.mobile) == (whole, whole)


@given(st.text(max_size=40) | st.text("+0123456789 ().-", max_size=25))
def test_whatever_is_written_a_number_is_read_from_its_own_e164_form(written: str) -> None:
    number = number_of(written)
    if number is not None:
        assert number.isascii()
        assert number_of(number) == number
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))


# E-mail, names, language


def test_an_address_is_read_without_what_nobody_sees() -> None:
    contact = contact_of(
        given_name="\u200bLéa\u202c",
        family_name="Ben\u00adali",
        email=" lea@example.org\u200b ",
        phone=None,
        language=None,
    )
    assert contact == Contact(given_name="Léa", family_name="Benali", email="lea@example.org")


@pytest.mark.parametrize("email", ["lea", "lea benali@example.org", "lea.@example.org"])
def test_an_address_that_nobody_could_use_is_kept(email: str) -> None:
    contact = contact_of(given_name="", family_name="", email=email, phone=None, language=None)
    assert (contact.email, contact.mail_address) == (email, None)


@pytest.mark.parametrize(
    ("tag", "language", "kept"),
    [
        (None, None, None),
        ("", None, None),
        (" ", None, None),
        ("fr", Language.FR, None),
        ("en", Language.EN, None),
        ("en\u200b", Language.EN, None),
        ("fr-FR", Language.FR, "fr-FR"),
        ("EN", Language.EN, "EN"),
        ("de", None, "de"),
    ],
)
def test_a_language_is_the_nearest_one_and_kept_as_it_was_given(
    tag: str | None, language: Language | None, kept: str | None
) -> None:
    contact = contact_of(given_name="", family_name="", email=None, phone=None, language=tag)
    assert (contact.language, contact.language_given) == (language, kept)
