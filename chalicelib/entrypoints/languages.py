"""Which of a desk's languages somebody reads, where only their browser can say."""

import re
from collections.abc import Container

from chalicelib.domain.contact import Language

#: One wish of a browser: a language, with a part that we do not tell apart, and its weight.
_WISH = re.compile(
    r"([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,35})?(?:\s*;\s*q=([01](?:\.[0-9]{0,3})?))?", re.ASCII
)


def read_by(accept_language: str, offered: Container[str]) -> Language | None:
    """What a browser would rather have; None if it is none of them. RFC 9110, 12.5.4."""
    parts = (_WISH.fullmatch(part.strip()) for part in accept_language.split(","))
    wishes = [(float(wish[2] or 1), wish[1].lower()) for wish in parts if wish]
    wanted = [name for weight, name in sorted(wishes, key=lambda one: -one[0]) if weight]
    return next((Language(name) for name in wanted if name in offered), None)
