"""The way of a dossier, as its student reads it: what is done, and what is next."""

import re
from dataclasses import replace

import pytest

from chalicelib.domain.contact import Language
from chalicelib.domain.dossier import State
from chalicelib.messages.pages import Page, compose_page
from tests.messages.samples import DESK, DOSSIER, LINKS, NOW, everything


def way(state: State, language: Language = Language.FR, *, checked: bool = False) -> list[str]:
    """The steps of the page: `done`, `now`, both or neither."""
    facts = replace(everything(language), checked=checked)
    html = compose_page(Page.DOSSIER, facts, state, DESK, LINKS, DOSSIER, language, NOW)
    steps = re.findall(r"<li( class=\"now\"[^>]*)?>(.*?)</li>", html)[:5]
    done = {Language.FR: "fait", Language.EN: "done"}[language]
    return [
        f"{'now' if now else ''} {'done' if done in said else ''}".strip() for now, said in steps
    ]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("state", "checked", "expected"),
    [
        (State.BOOKED, False, ["now", "", "", "", ""]),
        (State.CONFIRMED, False, ["", "now", "", "", ""]),
        (State.CONFIRMED, True, ["", "done", "now", "", ""]),
        (State.DEPOSITED, False, ["", "", "done", "now", ""]),
        (State.DEPOSITED, True, ["", "done", "done", "now", ""]),
        (State.CARD_READY, True, ["", "done", "done", "done", "now"]),
        (State.COLLECTED, True, ["", "done", "done", "done", "now done"]),
    ],
)
def test_the_way_shows_what_is_done_and_claims_no_check_that_nobody_reported(
    language: Language, state: State, checked: bool, expected: list[str]
) -> None:
    assert way(state, language, checked=checked) == expected


def test_who_has_no_mobile_is_promised_no_text_message() -> None:
    known = everything()
    assert known.contact
    for mobile, promise in (("+33612345678", "Un SMS et un e-mail"), (None, "Un e-mail vous dira")):
        facts = replace(known, contact=replace(known.contact, mobile=mobile))
        html = compose_page(
            Page.DOSSIER, facts, State.DEPOSITED, DESK, LINKS, DOSSIER, Language.FR, NOW
        )
        assert promise in html
