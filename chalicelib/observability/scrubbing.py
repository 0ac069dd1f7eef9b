"""What no string may carry into a log: addresses, numbers, and whatever opens a page or a document.

A net under the rope: our own lines hold ids and codes only. It is for what others write, however
long: no pattern reads one stretch of a text more than a few times. What begins with a run of
letters begins where the run does, and no run goes on over what could begin another.
"""

import re
from collections.abc import Sequence

#: What stands where something was taken out.
MARK = "***"

#: In this order: a link is cut before its parts could be taken for something else.
_PATTERNS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), kept + MARK)
    for pattern, kept in (
        # the pages of a student: whoever holds the token is the student
        (r"(?i)(/(?:confirm|convocation|dossier|proof|unsubscribe)/)[^\s/?#\"'<>\\]+", r"\1"),
        # a presigned address opens a document by its query
        (r"\?[^\s\"'<>\\=?]+=[^\s\"'<>\\]*", "?"),
        (r"(?i)\b(x-amz-(?:signature|credential|security-token))\b[^\s&,]*", r"\1="),
        (
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|webhook-signature)\b[\"']?\s*[:=]"
            r"[^\r\n]+",
            r"\1: ",
        ),
        (r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}", r"\1 "),
        (r"AWS4-HMAC-SHA256[^\r\n]*", ""),
        (r"whsec_[\w+/=-]+", ""),
        (r"\bv1a?,[A-Za-z0-9+/=]{16,}", ""),
        (
            r"(?<![^\s@<>\"'(),:;=\[\]{}\\])[^\s@<>\"'(),:;=\[\]{}\\]+"
            r"@[^\s@<>\"'(),:;\[\]{}\\]+",
            "",
        ),
        # telephone numbers: international, and as the French write and say them
        (r"(?:\+|%2[Bb]|(?<![\w.-])00)[1-9](?:[ .()/-]*\d){6,14}", ""),
        (r"(?<![\w.+-])0[1-9](?:[ .-]?\d\d){4}(?![\w-])", ""),
        (r"(?<![\w.+-])33[1-9]\d{8}(?![\w-])", ""),
    )
)

#: Where a signed token can stand, and its last part: 256 bits in base64url, which no code or name
#: looks like.
_RUN, _SIGNATURE = re.compile(r"(?<![\w.-])[\w.-]{45,}"), re.compile("[A-Za-z0-9_-]{43}", re.ASCII)


def scrubbed(text: str) -> str:
    """The text without any address, number or token, and with nothing that cannot be written."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = _RUN.sub(_without_token, text)
    for pattern, kept in _PATTERNS:
        text = pattern.sub(kept, text)
    return text


def _without_token(run: re.Match[str]) -> str:
    """A text, a dot and a signature are a token; what comes behind the last of them is kept."""
    parts = run[0].split(".")
    signed = [place for place, part in enumerate(parts) if place and _is_signature(part)]
    return ".".join([MARK, *parts[signed[-1] + 1 :]]) if signed else run[0]


def _is_signature(part: str) -> bool:
    """Capitals alone are a name, and so are small letters."""
    return bool(_SIGNATURE.fullmatch(part)) and not part.islower() and not part.isupper()
