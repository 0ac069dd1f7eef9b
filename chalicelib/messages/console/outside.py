"""What somebody reads who is not in the console: to come in, to be refused, to come back later."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk
from chalicelib.messages.console.pages import style
from chalicelib.messages.rendering import render
from chalicelib.messages.typography import typeset_html
from chalicelib.messages.variables import Variables


class Outside(StrEnum):
    """Every such page, by the name of its text."""

    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105  the name of a page
    ENROL = "enrol"
    CODE = "code"
    FORBIDDEN = "forbidden"
    BAD_FORM = "bad_form"
    UNAVAILABLE = "unavailable"
    UNREADABLE = "unreadable"


#: What a page of the way in may have to say above its form.
class SignInNotice(StrEnum):
    """Why somebody sees the form again."""

    NOTHING = ""
    REFUSED = "refused"
    LATER = "later"
    TOO_WEAK = "too_weak"
    NOT_TWICE = "not_twice"
    SIGNED_OUT = "signed_out"


def compose_outside(
    page: Outside,
    desk: Desk,
    told: SignInNotice = SignInNotice.NOTHING,
    more: Mapping[str, str] | None = None,
) -> str:
    """One of them as HTML; raises TextFailed. `more` is what the page alone has to know."""
    known: Variables = {
        "desk_name": desk.name[Language.FR],
        "style": style(),
        "told": told.value,
        **(more or {}),
    }
    return typeset_html(render(f"_console/{page}.html", known), Language.FR)
