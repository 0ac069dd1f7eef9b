"""What every page of ours says to the browser, beside its content."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

from chalicelib.messages import pages

HTML = "text/html; charset=utf-8"

Headers = dict[str, str | list[str]]

_YEAR = 31_536_000


def student_page() -> Headers:
    """Of a page behind a link: it has no scripts and no pictures."""
    return _secure(_policy(pages.style(), {}))


def console_page(framed: Sequence[str] = ()) -> Headers:
    """Of a page of the console: it may run the one script that we ship, and speak to us alone. Its
    one picture is its icon, which stands in it.

    An e-mail in a frame of it is under the same policy, and shown with the styles that it sets:
    `framed`. It loads nothing.
    """
    from chalicelib.messages.console import pages as console

    ours = {"script-src": "'self'", "connect-src": "'self'", "img-src": "data:"}
    return _secure(_policy(console.style(), ours, framed)) | {"Content-Type": HTML}


def _secure(policy: str) -> Headers:
    """Nothing is cached, framed, indexed, reached from other sites or loaded from them.

    After OWASP's ASVS 5.0, chapters 3.4 and 14.3. No permission is named: a page without scripts
    asks for none.
    """
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": f"max-age={_YEAR}; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }


def _policy(style: str, ours: Mapping[str, str], framed: Sequence[str] = ()) -> str:
    hashes = [f"'sha256-{_digest(one)}'" for one in (style, *framed)]
    rules = {
        "default-src": "'none'",
        "style-src": " ".join([*hashes, *(["'unsafe-hashes'"] if framed else [])]),
        **ours,
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


@cache
def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
