"""What a telephone reads."""

import pyotp

from chalicelib.security.enrolment import enrolment_picture, otpauth

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_telephone_understands_the_address_and_tells_stages_apart() -> None:
    read = pyotp.parse_uri(otpauth("léa d'agent", SECRET, "isere-dev"))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (SECRET, "léa d'agent", "Relance isere-dev")
    assert (read.digits, read.interval) == (6, 30)


def test_the_picture_is_black_on_white_and_needs_no_style_and_no_script() -> None:
    picture = enrolment_picture("agent", SECRET, "isere-dev")
    assert picture.startswith("<svg")
    assert picture.endswith("</svg>")
    assert '"#fff"' in picture
    assert '"#000"' in picture
    assert not {"style", "script", "href"} & set(
        picture.replace("=", " ").replace("<", " ").split()
    )


def test_the_secret_is_nowhere_in_the_picture_s_text() -> None:
    assert SECRET not in enrolment_picture("agent", SECRET, "isere-dev")
