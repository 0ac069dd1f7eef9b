"""What an act answered goes to the page after it in a cookie: signed, in codes, for one look.

In the address it would be said again by each reload, and by whoever sends a link.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.bootstrap import services
from chalicelib.domain.attempts import Kind
from chalicelib.domain.consequences import Consequence, Effect, Following
from chalicelib.domain.contact import Channel
from chalicelib.domain.facts import State
from chalicelib.entrypoints.console import cookies
from chalicelib.messages.console.frame import Flash

#: The browser goes on to the next page at once.
LIVES = timedelta(minutes=1)


def flash_cookie(form_token: str, flash: Flash) -> str:
    """A `Set-Cookie` header with it, for the session of these forms alone."""
    content = [flash.code, dict(flash.counted), _codes(flash.consequence)]
    return cookies.cookie(cookies.FLASH, services().sessions.seal_flash(form_token, content), LIVES)


def flash_of(form_token: str, headers: Mapping[str, str]) -> Flash | None:
    """What a browser holds for this session; None where there is nothing, or it is not ours."""
    value = cookies.value_of(cookies.FLASH, headers)
    content = services().sessions.read_flash(form_token, value) if value else None
    if content is None:
        return None
    code, counted, codes = content
    return Flash(code=code, counted=counted, consequence=_consequence(codes))


def _codes(consequence: Consequence | None) -> list[Any] | None:
    if consequence is None:
        return None
    return [consequence.state, [_row(one) for one in consequence.following]]


def _row(one: Following) -> list[Any]:
    at = int(one.at.timestamp()) if one.at else None
    return [one.effect, one.kind, list(one.channels), at, one.why]


def _consequence(codes: list[Any] | None) -> Consequence | None:
    if codes is None:
        return None
    state, rows = codes
    return Consequence(
        state=State(state) if state else None,
        following=tuple(_following(*row) for row in rows),
    )


def _following(effect: str, kind: str, channels: list[str], at: int | None, why: str) -> Following:
    return Following(
        effect=Effect(effect),
        kind=Kind(kind),
        channels=tuple(map(Channel, channels)),
        at=datetime.fromtimestamp(at, UTC) if at else None,
        why=why,
    )
