"""The square that a telephone is pointed at, to make codes from a secret from then on."""

from urllib.parse import quote, urlencode


def otpauth(name: str, secret: str, stage: str) -> str:
    """The secret as an address, with the stage: a telephone may keep one account under one name.

    https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    issuer = f"Relance {stage}"
    rest = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(name, safe='')}?{rest}"


def enrolment_picture(name: str, secret: str, stage: str) -> str:
    """The same as an SVG element: black on white in the dark, too, or no telephone reads it."""
    import segno

    code = segno.make(otpauth(name, secret, stage), error="m", micro=False)
    return str(code.svg_inline(scale=5, border=4, dark="#000", light="#fff"))
