"""No string carries an address, a number or a token into a log; ids pass."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.observability.scrubbing import MARK, scrubbed
from chalicelib.security.student_links import StudentLinks

LINKS = StudentLinks(("a-key-of-the-tests",), "https://desk.example")

SECRETS = [
    "lea.benali@example.org",
    "léa@exemple.fr",
    "+33612345678",
    "+33 6 12 34 56 78",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "0612345678",
    "0033612345678",
    "%2B33612345678",
    "33612345678",
    "+44 (0)20 7946 0018",
    LINKS.confirm("G-2019-0412", "evt-1", "9f86d081").rpartition("/")[2],
    LINKS.dossier("G-2019-0412", "9f86d081").rpartition("/")[2],
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    "Bearer eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IzZFq5c8aPs",
]

IDS = [
    "G-2019-0412",
    "evt-2019-04-08-1",
    "confirmation_request.1",
    "2019-04-08 10:12:00,123+0000",
    "2019-06-27T14:30:00+02:00",
    "0107018f3a5b6c7d-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000",
    "8b8e2a3c-3f0e-4d0a-9a7e-0f0b5d7d9d61",
    "ConditionalCheckFailedException",
    "ValidationException.DESTINATION_COUNTRY_BLOCKED",
    "Bounce.Transient.AttachmentRejected",
    "12 of 1024",
    "arn:aws:lambda:eu-west-3:123456789012:function:relance-prod-SweepDue",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "no {} here", "('{}',)", '{{"to":"{}"}}', "<{}>"])
def test_nothing_of_a_secret_is_left(secret: str, around: str) -> None:
    told = scrubbed(around.format(secret))
    assert MARK in told
    assert secret not in told
    assert not [part for part in secret.replace("=", " ").split() if len(part) > 9 and part in told]


@pytest.mark.parametrize("text", IDS)
def test_what_a_line_is_for_passes(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize("page", ["confirm", "convocation", "dossier", "proof", "unsubscribe"])
@pytest.mark.parametrize("tail", ["", "/pdf", "?lang=en", " for good"])
def test_the_page_is_told_and_its_token_is_not(page: str, tail: str) -> None:
    token = "IkctMjAxOS0wNDEyIg." + "x" * 43
    told = scrubbed(f"Caught exception for path /{page}/{token}{tail}")
    assert f"/{page}/{MARK}" in told
    assert token not in told


def test_a_presigned_address_opens_nothing_any_more() -> None:
    address = (
        "https://docs.s3.eu-west-3.amazonaws.com/c/1.pdf?X-Amz-Credential=AK&X-Amz-Signature=f00"
    )
    assert scrubbed(f"GET {address} 403") == (
        f"GET https://docs.s3.eu-west-3.amazonaws.com/c/1.pdf?{MARK} 403"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("X-Amz-Signature=0a1b2c3d4e5f&x=1", f"X-Amz-Signature={MARK}&x=1"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", f"Authorization: {MARK}"),
        ('{"Authorization": "AWS4-HMAC-SHA256 Credential=AK"}', f'{{"Authorization: {MARK}'),
        ("AWS4-HMAC-SHA256 Credential=AK/2019/eu-west-3", MARK),
        ("set-cookie: __Host-desk=abc; Secure", f"set-cookie: {MARK}"),
    ],
)
def test_a_header_is_named_and_what_it_says_is_not(text: str, told: str) -> None:
    assert scrubbed(text) == told


@given(st.binary(min_size=12, max_size=40), st.text(), st.text())
def test_every_signed_token_is_found_in_any_text(key: bytes, before: str, after: str) -> None:
    links = StudentLinks((base64.b64encode(key).decode(),), "https://desk.example")
    token = links.unsubscribe("G-2019-0412").rpartition("/")[2]
    assert token not in scrubbed(f"{before} {token} {after}")


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_written_afterwards(text: str) -> None:
    scrubbed(text).encode("utf-8")
