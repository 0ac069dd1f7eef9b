"""What somebody reads who is not in the console."""

import re
from collections.abc import Mapping

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.errors import TextFailed
from chalicelib.messages.console.outside import (
    Outside,
    SignInNotice,
    compose_outside,
    what_was_typed,
)
from chalicelib.messages.console.pages import style
from chalicelib.messages.phrases import TEXTS

DESK = load("grenoble")
#: What a page has to be told beside the desk's name.
MORE: Mapping[Outside, Mapping[str, object]] = {
    Outside.SIGN_IN: {"onwards": "/desk"},
    Outside.PASSWORD: {"name": "agent"},
    Outside.UNREADABLE: {
        "dossier_id": "D-1",
        "why": "the document is no JSON",
        "because": "son contenu est abîmé",
    },
    Outside.OLD_FORM: {"is_in": True, "back": "/desk", "typed": [("Note", "x")], "is_more": True},
    Outside.ENROL: {"secret": "ABCD EFGH", "picture": "<svg></svg>"},
}
HOSTILE = '"><script>alert(1)</script>'

each_page = pytest.mark.parametrize("page", list(Outside))


def page_of(page: Outside, told: SignInNotice = SignInNotice.NOTHING) -> str:
    return compose_outside(page, DESK, told, MORE.get(page))


@each_page
def test_a_page_is_french_has_one_title_and_no_script(page: Outside) -> None:
    html = page_of(page)
    [heading] = re.findall(r"<h1>(.+?)</h1>", html)
    assert f"<title>{heading} – " in html
    assert '<html lang="fr">' in html
    assert not re.search(r"<script|<link(?! rel=\"icon\" href=\"data:)|\son\w+=|\sstyle=", html)
    assert html.count(f"<style>{style()}</style>") == 1


@each_page
def test_every_field_has_its_label_and_every_form_goes_by_post(page: Outside) -> None:
    html = page_of(page)
    fields = [f for f in re.findall(r"<input [^>]+>", html) if "hidden" not in f]
    ids = [found[1] for field in fields if (found := re.search(r'id="(\w+)"', field))]
    assert len(ids) == len(fields)
    assert [name for name in ids if f'<label for="{name}">' not in html] == []
    assert html.count("<form") == html.count('<form method="post"')


@pytest.mark.parametrize("page", [Outside.SIGN_IN, Outside.PASSWORD])
def test_a_password_is_masked_and_may_come_from_a_manager(page: Outside) -> None:
    fields = [f for f in re.findall(r"<input [^>]+>", page_of(page)) if 'id="name"' not in f]
    typed = [field for field in fields if "hidden" not in field]
    assert typed
    assert [field for field in typed if 'type="password"' not in field] == []
    assert [f for f in typed if not re.search('autocomplete="(current|new)-password"', f)] == []


@pytest.mark.parametrize("told", [told for told in SignInNotice if told])
def test_why_a_form_is_shown_again_is_said_above_it(told: SignInNotice) -> None:
    html = page_of(Outside.SIGN_IN, told)
    assert re.search(r'role="(alert|status)"', html)
    assert html.index("role=") < html.index("<form")


def test_without_a_reason_nothing_is_said() -> None:
    assert "role=" not in page_of(Outside.SIGN_IN)


def test_what_was_typed_cannot_leave_its_place() -> None:
    html = compose_outside(Outside.PASSWORD, DESK, more={"name": HOSTILE})
    assert "<script" not in html
    assert "<script" not in compose_outside(Outside.SIGN_IN, DESK, more={"onwards": HOSTILE})
    typed = what_was_typed({"why": HOSTILE}, has_files=False)
    old = {"is_in": False, "back": HOSTILE, **typed}
    assert "<script" not in compose_outside(Outside.OLD_FORM, DESK, more=old)


def test_a_page_that_is_not_told_what_it_shows_is_not_made() -> None:
    with pytest.raises(TextFailed, match=r"enrol\.html"):
        compose_outside(Outside.ENROL, DESK)


def test_every_page_has_its_text() -> None:
    assert [page for page in Outside if not (TEXTS / "_console" / f"{page}.html").exists()] == []
