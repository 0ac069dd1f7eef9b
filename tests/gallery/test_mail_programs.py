"""What mail programs do not show of our e-mails is known, and takes nothing from them.

By the data of https://www.caniemail.com, as the npm package `caniemail` carries it (MIT): `make
clients`. It knows little of La Poste's applications on telephones: its webmail stands for them.
"""

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chalicelib.desk_data import load
from gallery.cases import ORDINARY
from gallery.expected import EXAMPLE
from gallery.renderings import SHIPPED, for_students

pytestmark = [pytest.mark.clients, pytest.mark.enable_socket]

READER = Path(__file__).with_name("what_mail_programs_lack.mjs")
NODE_MODULES = Path(__file__).parents[2] / "out" / "clients" / "node_modules"

PROGRAMS = ("gmail.*", "outlook.*", "apple-mail.*", "orange.*", "laposte.desktop-webmail", "sfr.*")

#: What may be lacked whole or in part, by why a letter does without.
EITHER_WAY = {
    "without a sheet, headings, lists and links are as the program has them; the rest is inline": {
        "!important keyword",
        "<style> element",
        "@media",
        "Chaining selectors",
        "Class selector",
        "Descendant combinator",
        "ID selector",
        "Type selector",
    },
    "the program draws its own mark around a link in focus": {":focus", ":focus-visible"},
    "the body becomes a block, and a block of our own has the ground's colour too": {
        "<body> element",
    },
    "the letter is light, or the program darkens it by itself": {
        "color-scheme CSS property",
        "color-scheme meta tag",
    },
    "the preview line is one pixel high, and nothing of it shows": {"display:none"},
    "a telephone number may be broken over two lines": {"white-space"},
    "the address stands there in words": {"mailto: links"},
    "the button's words may be underlined, as links are": {"text-decoration"},
    "what it is set to is what there is anyhow": {"overflow", "word-break", "word-spacing"},
}

#: What some programs do not do at all.
LACKED = EITHER_WAY | {
    "the heading says the same as the name of the letter": {"aria-label attribute"},
    "tables of layout are read as tables; their words stay in order": {"role attribute"},
    "the program reads in the language of its reader, or of the document": {"lang attribute"},
    "the button has square corners": {"border-radius"},
    "the program draws its own mark around a link in focus": {
        ":focus",
        ":focus-visible",
        "outline",
        "outline-offset",
    },
    "the preview line is one pixel high, and nothing of it shows": {
        "display:none",
        "max-height property",
        "opacity",
    },
}

#: What some do in part.
IN_PART = EITHER_WAY | {
    "what is not done of it, we do not use": {
        "<ul>, <ol> and <dl>",
        "align attribute",
        "background",
        "background-color",
        "border",
        "display",
        "font-weight",
        "margin",
        "padding",
        "text-align",
        "width attribute",
    },
    "left to right is what there is anyhow": {"dir attribute", "direction"},
    "the letter is as wide as its window": {"max-width", "width property"},
    "lines and words are a little larger, smaller or nearer": {"font-size", "line-height"},
    "the preview line is hidden otherwise": {"height property"},
    "they are for one program, Outlook of Windows; others take them out": {"HTML comments"},
    "the space around cells stands in their style as well": {
        "border-collapse",
        "cellpadding attribute",
        "cellspacing attribute",
    },
}


def emails() -> Iterator[str]:
    for desk in (SHIPPED, load(EXAMPLE)):
        for rendering in for_students(desk, [ORDINARY]):
            if rendering.medium == "e-mail":
                yield rendering.files["html"].decode()


@cache
def lacking() -> dict[str, dict[str, list[str]]]:
    """Of `none` and `partial`: each feature, and the programs."""
    done = subprocess.run(
        ["node", READER, NODE_MODULES, *PROGRAMS],
        input=json.dumps(list(emails())),
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    found: dict[str, dict[str, list[str]]] = {"none": {}, "partial": {}}
    for client, support, feature in json.loads(done.stdout):
        found[support].setdefault(feature, []).append(client)
    return found


@pytest.mark.parametrize(("support", "known"), [("none", LACKED), ("partial", IN_PART)])
def test_what_a_mail_program_lacks_is_known_and_takes_nothing_from_a_letter(
    support: str, known: dict[str, set[str]]
) -> None:
    features = set().union(*known.values())

    assert {name: by for name, by in lacking()[support].items() if name not in features} == {}
    assert features - set(lacking()[support]) == set()
