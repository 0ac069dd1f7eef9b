"""Which addresses a provider could take, and what is said of those that none would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.channels import address_on
from chalicelib.domain.contact import (
    Channel,
    Contact,
    Language,
    NoMail,
    NoSms,
    fault_of,
    mailbox,
    nearest,
)
from chalicelib.domain.links import Bound, Purpose


def with_email(email: str | None) -> Contact:
    return Contact(given_name="A", family_name="B", email=email)


def with_phone(phone: str | None, number: str | None = None, mobile: str | None = None) -> Contact:
    return Contact(given_name="A", family_name="B", phone=phone, number=number, mobile=mobile)


# E-mail

LABEL = "a" * 63


@pytest.mark.parametrize(
    "email",
    [
        "lea@example.org",
        "l.o'connor+visa@etu.univ-grenoble-alpes.fr",
        "a@b.co",
        "lea@example.xn--p1ai",
        "a" * 64 + "@example.org",
        f"lea@{LABEL}.{LABEL}.{LABEL}.{'a' * 55}.fr",  # 254 in all
    ],
)
def test_an_ordinary_address_is_usable_as_it_is(email: str) -> None:
    assert email == address_on(Channel.EMAIL, with_email(email))
    assert with_email(email).no_mail is None


@pytest.mark.parametrize(
    ("email", "fault"),
    [
        ("lea benali@example.org", NoMail.BLANK),
        ("lea@ example.org", NoMail.BLANK),
        ("lea@example.org\nBcc: all@example.org", NoMail.BLANK),
        ("lea@exam\x00ple.org", NoMail.BLANK),
        ("lea", NoMail.PARTS),
        ("lea@", NoMail.PARTS),
        ("@example.org", NoMail.PARTS),
        ("lea@b@example.org", NoMail.PARTS),
        ("a" * 65 + "@example.org", NoMail.LENGTH),
        (f"lea@{LABEL}.{LABEL}.{LABEL}.{'a' * 56}.fr", NoMail.LENGTH),  # 255 in all
        ("lea@" + "é." * 60 + "fr", NoMail.LENGTH),  # once it is encoded
        ("lea@" + "é" * 4000 + ".fr", NoMail.LENGTH),
        (".lea@example.org", NoMail.DOTS),
        ("lea.@example.org", NoMail.DOTS),
        ("le..a@example.org", NoMail.DOTS),
        (".@example.org", NoMail.DOTS),
        ("léa@example.org", NoMail.LETTERS),  # SES takes ASCII local parts only
        ('"lea"@example.org', NoMail.LETTERS),
        ("<lea@example.org", NoMail.LETTERS),
        ("lea,camille@example.org", NoMail.LETTERS),
        ("lea@example", NoMail.DOMAIN),  # no dot
        ("lea@example.", NoMail.DOMAIN),
        ("lea@example.org.", NoMail.DOMAIN),
        ("lea@.example.org", NoMail.DOMAIN),
        ("lea@example..org", NoMail.DOMAIN),
        ("lea@-example.org", NoMail.DOMAIN),
        ("lea@example-.org", NoMail.DOMAIN),
        ("lea@exam_ple.org", NoMail.DOMAIN),
        (f"lea@{LABEL}a.org", NoMail.DOMAIN),
        ("lea@example.o1", NoMail.DOMAIN),
        ("lea@127.0.0.1", NoMail.DOMAIN),
        ("lea@[127.0.0.1]", NoMail.DOMAIN),
        ("a@b.c", NoMail.DOMAIN),
        ("lea@straße.example", NoMail.DOMAIN),  # two standards make two domains of it
        ("lea@" + "é" * 60 + ".fr", NoMail.DOMAIN),  # too long a label once encoded
        ("lea@é..fr", NoMail.DOMAIN),
    ],
)
def test_of_what_is_no_address_it_is_said_what_is_wrong(email: str, fault: NoMail) -> None:
    contact = with_email(email)
    assert contact.no_mail is fault
    assert contact.mail_address is None


@pytest.mark.parametrize("nothing", [None, ""])
def test_where_no_address_was_given_none_is_wrong(nothing: str | None) -> None:
    assert (with_email(nothing).no_mail, with_email(nothing).mail_address) == (None, None)


@pytest.mark.parametrize(
    ("email", "sent_to"),
    [
        ("lea@université.example", "lea@xn--universit-j4a.example"),
        ("Lea@Université.EXAMPLE", "Lea@xn--universit-j4a.EXAMPLE"),
        ("lea@universite\u0301.example", "lea@xn--universit-j4a.example"),
        ("lea@пример.рф", "lea@xn--e1afmkfd.xn--p1ai"),
        ("léa@example.org", "léa@example.org"),
        ("no address", "no address"),
        ("lea@straße.example", "lea@straße.example"),
    ],
)
def test_a_domain_with_accents_travels_in_ascii(email: str, sent_to: str) -> None:
    assert mailbox(email) == sent_to


@given(st.text(max_size=300) | st.from_regex(r"\A[\w.-]{1,70}@[\w.-]{1,80}\Z"))
def test_an_address_can_be_used_or_has_one_fault_and_travels_in_ascii(email: str) -> None:
    contact = with_email(email)
    assert bool(contact.mail_address) is not bool(contact.no_mail or not email)
    if contact.mail_address:
        assert contact.mail_address.isascii()
        assert fault_of(contact.mail_address) is None


# SMS


@pytest.mark.parametrize(
    ("contact", "why_not"),
    [
        (with_phone("06 12 34 56 78", "+33612345678", "+33612345678"), None),
        (with_phone(None), NoSms.NO_NUMBER),
        (with_phone("call my mother"), NoSms.UNREADABLE),
        (with_phone("04 76 00 00 00", "+33476000000"), NoSms.LANDLINE),
        (with_phone("0262 16 12 34", "+262262161234"), NoSms.LANDLINE),
        (with_phone("+49 1512 3456789", "+4915123456789"), NoSms.ABROAD),
        (with_phone("+212 612 345678", "+212612345678"), NoSms.ABROAD),
    ],
)
def test_who_gets_no_sms_is_known_with_the_reason(contact: Contact, why_not: NoSms | None) -> None:
    assert contact.no_sms is why_not
    assert bool(address_on(Channel.SMS, contact)) is (why_not is None)
    assert address_on(Channel.DESK, contact) is None


def test_another_spelling_of_a_number_is_no_other_contact() -> None:
    spaced = with_phone("06 12 34 56 78", "+33612345678", "+33612345678")
    assert spaced.as_read == with_phone("0612345678", "+33612345678", "+33612345678").as_read
    assert with_phone("call my mother").as_read != with_phone("call me").as_read


# Language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", Language.FR),
        ("FR", Language.FR),
        ("fr-FR", Language.FR),
        ("fr_CA.UTF-8", Language.FR),
        ("fra", Language.FR),
        ("en", Language.EN),
        ("EN", Language.EN),
        ("en-GB", Language.EN),
        ("en_US", Language.EN),
        (" en ", Language.EN),
        ("en-US,en;q=0.9", Language.EN),
        ("eng", Language.EN),
        ("es-MX", Language.ES),
        ("spa", Language.ES),
        ("de", None),
        ("enx", None),
        ("frank", None),
        ("zh-Hans-FR", None),
        ("x-fr", None),
        ("*", None),
        ("", None),
        ("français", None),
        ("１", None),
    ],
)
def test_the_nearest_language_is_found_by_the_first_part_of_a_tag(
    tag: str, language: Language | None
) -> None:
    assert nearest(tag) is language


@pytest.mark.parametrize(
    ("given_tag", "other"), [(None, None), ("fr-FR", None), ("en_GB", None), ("de", "de")]
)
def test_a_language_that_no_text_is_in_is_known(given_tag: str | None, other: str | None) -> None:
    language = nearest(given_tag or "")
    contact = Contact(given_name="A", family_name="B", language=language, language_given=given_tag)
    assert contact.other_language == other


def test_a_link_is_bound_to_what_it_was_made_for() -> None:
    bound = Bound(purpose=Purpose.DOSSIER, dossier_id="D")
    assert bound.revision is None
