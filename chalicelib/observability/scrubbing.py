"""What no string may carry into a log: addresses, numbers, and whatever opens a page or a document.

A net under the rope: our own lines hold ids and codes only. It is for what others write.
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
        (r"\?[^\s\"'<>\\=]+=[^\s\"'<>\\]*", "?"),
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
        # a signed token: a text, a dot, and 256 bits in base64url, which no code or name looks like
        (r"[\w.-]+\.(?=[^A-Z]*[A-Z])(?=[A-Z_-]*[a-z0-9])[A-Za-z0-9_-]{43}(?![\w-])", ""),
        (r"[^\s@<>\"'(),:;=\[\]{}\\]+@[^\s@<>\"'(),:;\[\]{}\\]+", ""),
        # telephone numbers: international, and as the French write and say them
        (r"(?:\+|%2[Bb]|(?<![\w.-])00)[1-9](?:[ .()/-]*\d){6,14}", ""),
        (r"(?<![\w.+-])0[1-9](?:[ .-]?\d\d){4}(?![\w-])", ""),
        (r"(?<![\w.+-])33[1-9]\d{8}(?![\w-])", ""),
    )
)


def scrubbed(text: str) -> str:
    """The text without any address, number or token, and with nothing that cannot be written."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    for pattern, kept in _PATTERNS:
        text = pattern.sub(kept, text)
    return text
