"""Whatever is of one desk stands in its file: with another file, nothing of it is read anywhere."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import MISSING, fields, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import pytest

import chalicelib
from chalicelib.desk_data import load
from chalicelib.desk_data.desks import HERE, described
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Counter, Desk, Helper, SlotPurpose, Terms
from gallery.cases import CASES, OF_THE_DESK, ORDINARY, HardCase
from gallery.expected import EXAMPLE, FOLDER, RENEW, expected, kept, of_the_example
from gallery.renderings import Rendering, for_students, renderings

#: What only the shipped desk, its helper and its town are called.
OF_GRENOBLE = re.compile(
    r"\bISSO\b|campus|grenoble|isère|isere\b|universit|antenn|aerial|Centrale|Saint-Martin|Hères|"
    r"\btram\b|Biblioth|chercheurs|researchers|Espace Accueil|Welcome|PREFISERE",
    re.IGNORECASE,
)

GRENOBLE = tomllib.loads((HERE / "grenoble.toml").read_text(encoding="utf-8"))
NONSENSE = {"booking_url": "https://b.example", "stamps_url": "https://s.example"}
NONSENSE |= {
    "appointments": "deposit",
    "holidays": "mainland",
    "email": "zob@example.org",
    "phone": "01 99 00 00 00",
    "sms_name": "Zobla",
    "sms_sender": "ZOBLA",
}

#: What stands in a file about its values, and is read by nobody else.
KEPT = ("documents", "languages", "sources")


def nonsense(value: Any, key: str = "") -> Any:
    """The same file with a word that means nothing for each text in it."""
    if isinstance(value, dict):
        return {k: v if k in KEPT else nonsense(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [nonsense(v, key) for v in value]
    if not isinstance(value, str):
        return value
    return NONSENSE.get(key, "le zob" if key == "fr" else "the zob") if value else value


@cache
def elsewhere(*, with_helper: bool) -> Desk:
    document = nonsense(deepcopy(GRENOBLE))
    if not with_helper:
        [terms] = document["terms"]
        del terms["helper"]
        terms["sources"]["procedure"].remove("helper")
        terms["sources"]["ours"].remove("helper.closed_on_holidays")
        terms["counter"]["email"] = NONSENSE["email"]
    return described(document, source="nonsense")


@pytest.mark.many
@pytest.mark.parametrize(
    ("with_helper", "cases"),
    [
        pytest.param(True, [ORDINARY], id="with a helper"),
        pytest.param(True, OF_THE_DESK, id="in each case", marks=pytest.mark.long),
        pytest.param(False, OF_THE_DESK, id="without a helper", marks=pytest.mark.long),
    ],
)
def test_at_another_desk_nothing_of_grenoble_is_read(
    with_helper: bool, cases: Sequence[HardCase]
) -> None:
    made = list(renderings(elsewhere(with_helper=with_helper), cases))
    leaks = {
        f"{r.subject} {r.part} {r.language}: {line}"
        for r in made
        for line in (*r.head.values(), *r.words, *r.repeats)
        if OF_GRENOBLE.search(line)
    }

    assert sorted(leaks) == [], f"{len(leaks)} of {len(made)}"


#: What is left of a sentence from which a name fell out.
HOLE = re.compile(
    r"\(\s*\)|\s[.,)]|[,(]\s*[.,;]|[:,;]\s*\.|;\s*[;)]|  +\S|^[.,;]|\bNone\b|"
    r"(?:Tél\.|\bPhone)\s*(?:,|$)|\b(?:à|de|au|du|par|at|by|the|ou|or)\s*(?:[.,:;!?)]|$)|"
    r"(?:Accès|Getting there|Horaires|Opening hours)\s*:\s*(?:[.,;]|$)"
)


def holes(made: Iterable[Rendering]) -> set[str]:
    """Lines in which something is missing; a line of a PDF ends where it is full."""
    return {
        f"{r.subject} {r.part} {r.language}: {line}"
        for r in made
        for line in (" ".join(r.words),) * (r.medium == "PDF")
        or (*r.head.values(), *r.words, *r.repeats)
        if HOLE.search(line)
    }


@pytest.mark.many
@pytest.mark.long
def test_at_the_example_the_words_are_those_that_were_kept_and_no_sentence_has_a_hole() -> None:
    made = list(of_the_example())

    assert sorted(holes(made)) == []
    assert expected(made) == kept(FOLDER / EXAMPLE), f"if they are meant: {RENEW}"


#: What a desk with a helper may leave out, by the part of its terms that says it: all that has a
#: default.
OPTIONAL = [
    (part, f.name, f.default if f.default_factory is MISSING else f.default_factory())
    for part in (Counter, Helper, Terms)
    for f in fields(part)
    if (f.default, f.default_factory) != (MISSING, MISSING) and f.name != "helper"
]
DESKS = range(7)

#: In which of seven desks each is left out: in four, and no two in the same four. So of any two
#: there is a desk that lacks both, and one that lacks either and has the other.
LACKS = list(zip([*OPTIONAL, (Helper, "openings", ())], combinations(DESKS, 4), strict=False))

Part = TypeVar("Part", Counter, Helper, Terms)


def without(part: Part, number: int) -> Part:
    """The same without what this desk lacks."""
    lacks = [lack for lack, desks in LACKS if number in desks]
    empty: dict[str, Any] = {name: value for of, name, value in lacks if type(part) is of}
    return replace(part, **empty)


def lacking(number: int) -> Desk:
    """A desk that says all that it can, but for what this one lacks. One office can be reached."""
    desk = load("grenoble")
    [whole] = desk.terms
    assert whole.helper
    counter = replace(whole.counter, phone="01 99 00 00 00", email="desk@example.org")
    helper, lesser = without(whole.helper, number), without(counter, number)
    if helper.is_reachable or lesser.is_reachable:
        counter = lesser
    papers = {key: said for key, said in whole.papers.items() if number % 2 or key != "deposit_sms"}
    appointments = tuple(SlotPurpose)[: 1 + number % 2]
    terms = Terms(**{f.name: getattr(whole, f.name) for f in fields(Terms)})
    terms = replace(terms, counter=counter, helper=helper, papers=papers, appointments=appointments)
    return replace(desk, terms=(without(terms, number),))


@pytest.mark.many
@pytest.mark.parametrize(
    "number", [0, *(pytest.param(number, marks=pytest.mark.long) for number in DESKS[1:])]
)
def test_whatever_a_desk_leaves_out_no_sentence_has_a_hole(number: int) -> None:
    [case] = [case for case in CASES if case.name == ("ordinary", "closed")[number // 2 % 2]]
    made = list(for_students(lacking(number), [case]))

    assert sorted(holes(made)) == []
    assert [r.name for r in made if r.wrongs] == []


def in_french_only(value: Any) -> Any:
    """The same file without its other languages."""
    others = set(Language) - {Language.FR}
    if isinstance(value, dict):
        return {k: in_french_only(v) for k, v in value.items() if k not in others}
    if isinstance(value, list):
        return [in_french_only(v) for v in value if not (isinstance(v, str) and v in others)]
    return value


@pytest.mark.many
@pytest.mark.long
def test_a_desk_that_offers_french_only_says_the_same_in_french_and_offers_no_other() -> None:
    document = tomllib.loads((HERE / f"{EXAMPLE}.toml").read_text(encoding="utf-8"))
    desk = described(in_french_only(document), source="in French")
    made = for_students(desk, OF_THE_DESK)
    french = {
        name: re.sub(r"^.* <\?lang=(?!fr)\w+>\n", "", text, flags=re.MULTILINE)
        for name, text in kept(FOLDER / EXAMPLE).items()
        if name.endswith(".fr.txt")
    }

    assert expected(made) == french


def test_no_name_of_grenoble_stands_in_the_code_or_in_a_text() -> None:
    house = Path(chalicelib.__file__).parent
    files = [f for f in house.rglob("*") if f.suffix in {".py", ".txt", ".html", ".toml", ".typ"}]
    found = {
        f"{file.relative_to(house)}: {line.strip()}"
        for file in files
        if file.suffix != ".toml" or file.parent != HERE
        for line in file.read_text(encoding="utf-8").splitlines()
        if OF_GRENOBLE.search(line)
    }

    assert sorted(found) == []
