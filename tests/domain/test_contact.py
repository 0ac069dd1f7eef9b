"""Which addresses a provider could take."""

import pytest

from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.links import Bound, Purpose


def with_email(email: str | None) -> Contact:
    return Contact(given_name="A", family_name="B", email=email)


@pytest.mark.parametrize(
    "email",
    ["lea@example.org", "l.o'connor+visa@etu.univ-grenoble-alpes.fr", "a@b.co"],
)
def test_an_ordinary_address_is_usable(email: str) -> None:
    assert email == with_email(email).address_on(Channel.EMAIL)


@pytest.mark.parametrize(
    "email",
    [
        None,
        "",
        "lea",
        "lea@",
        "@example.org",
        "lea@example",  # no dot
        "lea@-example.org",
        "léa@example.org",  # SES takes ASCII local parts only
        "lea@example.org\nBcc: all@example.org",
        "lea benali@example.org",
        "a@b.c",
        "a" * 65 + "@example.org",
        "lea@" + "a." * 130 + "org",
    ],
)
def test_what_is_no_address_is_not_used(email: str | None) -> None:
    assert with_email(email).mail_address is None


def test_an_sms_goes_to_the_mobile_number_only() -> None:
    landline = Contact(given_name="A", family_name="B", phone="+33476000000")
    assert landline.address_on(Channel.SMS) is None
    assert landline.address_on(Channel.DESK) is None


def test_a_link_is_bound_to_what_it_was_made_for() -> None:
    bound = Bound(purpose=Purpose.DOSSIER, dossier_id="D")
    assert bound.revision is None
