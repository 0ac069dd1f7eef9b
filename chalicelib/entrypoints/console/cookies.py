"""Cookies of the desk: for this host alone, never for scripts, never from another site's page."""

from collections.abc import Mapping
from datetime import timedelta

#: A browser takes a cookie of such a name from this host only, over TLS only (RFC 6265bis, 4.1.3).
SESSION, HALF_WAY, FLASH = "__Host-desk", "__Host-desk-sign-in", "__Host-desk-flash"


def cookie(name: str, value: str, lives: timedelta) -> str:
    """A `Set-Cookie` header. It lives by the browser's own clock: Max-Age, not Expires."""
    seconds = int(lives.total_seconds())
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict"


def cleared(name: str) -> str:
    """A `Set-Cookie` header that takes a cookie away."""
    return cookie(name, "", timedelta(0))


def value_of(name: str, headers: Mapping[str, str]) -> str:
    """What a browser holds under this name; empty when it holds nothing."""
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return next((value for key, _, value in pairs if key == name), "")
