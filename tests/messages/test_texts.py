"""The files themselves: none missing, none unread, both languages alike."""

import re
from pathlib import Path

import pytest

from chalicelib.domain.contact import Language
from chalicelib.domain.delivery import Kind
from chalicelib.messages.pages import Page
from chalicelib.messages.rendering import TEXTS
from tests.messages.samples import AT_THE_DESK, BY_EMAIL, BY_SMS

LETTER = ("subject.txt", "body.txt", "body.html")
SHARED = ("_layout/", "_pages/layout.html", "_pages/style.css")
FRENCH = sorted(
    path.relative_to(TEXTS) for path in TEXTS.rglob("*.*") if path.parent.name == Language.FR
)


def expected() -> set[str]:
    students = {f"{kind}/{part}" for kind in BY_EMAIL for part in LETTER}
    students |= {f"{kind}/sms.txt" for kind in BY_SMS}
    students |= {f"_pages/{part}.html" for part in (*Page, "foot")}
    in_both = {name.replace("/", f"/{language}/") for name in students for language in Language}
    return in_both | {f"_desk/{kind}.txt" for kind in AT_THE_DESK}


def test_every_notice_has_its_texts_and_every_text_its_notice() -> None:
    files = {path.relative_to(TEXTS).as_posix() for path in TEXTS.rglob("*.*")}

    assert {name for name in files if not name.startswith(SHARED)} == expected()


def test_every_kind_speaks_to_somebody() -> None:
    assert {*BY_EMAIL, *BY_SMS, *AT_THE_DESK} == set(Kind)


@pytest.mark.parametrize("french", FRENCH, ids=str)
def test_both_languages_mention_the_same_things(french: Path) -> None:
    english = french.parent.parent / "en" / french.name

    def mentioned(path: Path) -> list[str]:
        text = (TEXTS / path).read_text(encoding="utf-8").replace("/en/", "/fr/")
        return sorted(re.findall(r"\{[{%][^}]*\}", text.replace(" et ", " and ")))

    assert mentioned(french) == mentioned(english)
