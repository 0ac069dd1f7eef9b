"""The square that a telephone is pointed at, to make codes from a secret from then on."""

from urllib.parse import quote, urlencode

#: Under this name the account stands in the telephone.
ISSUER = "Relance"


def otpauth(name: str, secret: str) -> str:
    """The secret as an address; https://github.com/google/google-authenticator/wiki/Key-Uri-Format."""
    rest = urlencode({"secret": secret, "issuer": ISSUER})
    return f"otpauth://totp/{ISSUER}:{quote(name, safe='')}?{rest}"


def enrolment_picture(name: str, secret: str) -> str:
    """The same as an SVG element: black on white in the dark, too, or no telephone reads it."""
    import segno

    code = segno.make(otpauth(name, secret), error="m", micro=False)
    return str(code.svg_inline(scale=5, border=4, dark="#000", light="#fff"))
