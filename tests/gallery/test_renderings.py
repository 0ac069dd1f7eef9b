"""Every word a student may read, in every hard case, is the one that was kept.

A change of words shows up as a change of the files in tests/renderings, to be proof-read there.
"""

import re
from functools import cache
from itertools import product

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Kind
from chalicelib.messages.pages import Page
from gallery.cases import CASES, ORDINARY
from gallery.expected import EXAMPLE, RENEW, expected, kept
from gallery.renderings import SHIPPED, Rendering, renderings
from tests.messages.samples import AT_THE_DESK, BY_EMAIL, BY_SMS

pytestmark = pytest.mark.many

NAMES = sorted(kept())


@cache
def made() -> list[Rendering]:
    return list(renderings())


@cache
def written() -> dict[str, str]:
    return expected(made())


@pytest.mark.parametrize("name", NAMES)
def test_the_words_are_those_that_were_kept(name: str) -> None:
    now, before = written().get(name, ""), kept()[name]

    assert now.split("\n") == before.split("\n"), f"if they are meant: {RENEW}, and read the diff"


def test_nothing_that_can_be_read_is_missing_from_what_is_kept() -> None:
    assert sorted(written()) == NAMES, f"if it is meant: {RENEW}"


def test_every_notice_and_page_is_rendered_on_its_channels_in_each_language() -> None:
    found = {(r.subject, r.medium, r.language) for r in made()}

    assert found >= set(product(BY_EMAIL, ["e-mail"], SHIPPED.languages))
    assert found >= set(product(BY_SMS, ["SMS"], SHIPPED.languages))
    assert found >= set(product([f"page_{page}" for page in Page], ["page"], SHIPPED.languages))
    assert found >= set(product([Kind.CONVOCATION], ["PDF", "ICS"], SHIPPED.languages))
    assert {r.part for r in made() if r.subject == "work_list"} == set(AT_THE_DESK)


def test_every_case_makes_a_difference_somewhere() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    for case in CASES:
        if case is not ORDINARY:
            assert any(f"--- {case.name}: {case.why}\n" in text for text in written().values())


def test_every_link_leads_where_it_should() -> None:
    assert [(r.subject, r.name, wrong) for r in made() for wrong in r.wrongs] == []


@pytest.mark.long
def test_the_texts_of_the_example_fit_in_every_case_too() -> None:
    """A text message that is longer than one part is not sent, but put before a person."""
    assert [(r.subject, r.name, r.wrongs) for r in renderings(load(EXAMPLE)) if r.wrongs] == []


def test_no_page_and_no_text_message_names_its_student() -> None:
    for rendering in made():
        if rendering.medium in {"page", "SMS", "ICS", "work list"}:
            said = " ".join(rendering.words)
            assert rendering.case.given_name not in said or not rendering.case.given_name
            assert rendering.case.family_name not in said or not rendering.case.family_name


def test_a_rendering_holds_no_token() -> None:
    assert [name for name, text in written().items() if "WyJ" in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_nobody_knows_is_never_read_as_none(name: str) -> None:
    assert not re.search(r"\bNone\b", kept()[name])
