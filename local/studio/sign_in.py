"""One click into the desk: the real sign-in, with a password and a telephone known here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

from local.aws.gateway import Reply
from local.studio.operators import LocalOperator, seeded

SIGN_IN = "/desk/sign-in"
HEADERS = {
    "content-type": "application/x-www-form-urlencoded",
    "sec-fetch-site": "same-origin",
}


class NotAnOperator(ValueError):
    """There is no such operator, or they have no telephone yet."""

    def __init__(self, name: str) -> None:
        super().__init__(f"say ?as= and one of {', '.join(known())}, not {name!r}")


class Ask(Protocol):
    """Asks the product for a page."""

    def __call__(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes
    ) -> Reply: ...


def known() -> list[str]:
    """Who can come in with one click."""
    return [name for name, operator in seeded().items() if not operator.is_temporary]


def sign_in(ask: Ask, operators: Mapping[str, LocalOperator], name: str, now: datetime) -> Reply:
    """The answer that lets somebody in, cookie and all; or the one that does not.

    Raises NotAnOperator. A telephone's code is good once: after three in half a minute, wait.
    """
    operator = operators.get(name)
    if operator is None or not operator.secret:
        raise NotAnOperator(name)
    first = _press(ask, SIGN_IN, {"name": name, "password": operator.password})
    code = {"code": operator.next_code(now)}
    cookie = (first.header("Set-Cookie") or "").partition(";")[0]
    return _press(ask, f"{SIGN_IN}/code", code, {"cookie": cookie})


def _press(
    ask: Ask, path: str, form: Mapping[str, str], headers: dict[str, str] | None = None
) -> Reply:
    return ask("POST", path, HEADERS | (headers or {}), urlencode(form).encode())


def operators_page() -> str:
    """A button for each of them."""
    buttons = "\n".join(
        f'<p><button name="as" value="{name}">{name} ({operator.role})</button></p>'
        for name, operator in seeded().items()
        if not operator.is_temporary
    )
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Sign in</title>\n'
        '<h1>Come in to the desk as</h1>\n<form method="post" action="/local/sign-in">\n'
        f"{buttons}\n</form>\n"
    )
