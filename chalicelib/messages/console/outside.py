"""What somebody reads who is not in the console: to come in, to be refused, to come back later."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk
from chalicelib.messages.console.pages import style
from chalicelib.messages.console.words import words_of
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
    OLD_FORM = "old_form"
    BAD_FORM = "bad_form"
    UNAVAILABLE = "unavailable"
    UNREADABLE = "unreadable"


#: Whoever has typed more than so many characters has them from elsewhere: an answer has its limit.
TYPED_AT_MOST = 100_000


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
    more: Mapping[str, object] | None = None,
) -> str:
    """One of them as HTML; raises TextFailed. `more` is what the page alone has to know."""
    known: Variables = {
        "desk_name": desk.name[Language.FR],
        "style": style(),
        "told": told.value,
        **(more or {}),
    }
    return typeset_html(render(f"_console/{page}.html", known), Language.FR)


def what_was_typed(fields: Mapping[str, str], *, has_files: bool) -> Mapping[str, object]:
    """What a person has typed into a form, under the name of each field, and whether there was more
    to it that has to be given again. Nothing of what our own page put into it.
    """
    said = [(label, fields.get(name, "")) for name, label in words_of("typed").items()]
    typed = [(label, text) for label, text in said if text.strip() and len(text) <= TYPED_AT_MOST]
    is_more = has_files or any(len(text) > TYPED_AT_MOST for _, text in said)
    return {"typed": typed, "is_more": is_more}
