"""Each statement of the shipped desk's French letters has its source in docs/statements.md.

The letters are read as they are kept in tests/renderings, in every case; those about an appointment
to collect the card are not: the shipped desk has none.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from gallery.cases import CASES
from gallery.expected import FOLDER
from tests.messages.samples import BY_EMAIL, BY_SMS

PAGE = Path(__file__).parents[2] / "docs" / "statements.md"

#: What differs from student to student: days and hours, links, references.
_WEEKDAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_FILLED_IN = re.compile(
    rf"(?:{_WEEKDAYS}) \d+(?:er)? \w+ \d{{4}}(?: à \d+ h(?: \d\d)?)?|https://relance\.example\S+"
    r"|\bG-2019-0412|\bGRENOBLE-[-\d]+|\b23456789|\b3803123456",
    re.IGNORECASE,
)
#: What the desk found missing in somebody's file is no statement of ours.
PAPERS = {" ".join(paper.split()) for case in CASES for paper in case.missing_documents}

_END = re.compile(r"(?<=[.!?]) (?=[A-ZÀÉÊÎ])(?!Centrale)")
_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def lines(kept: str) -> Iterator[str]:
    """What a letter says in its ordinary case, and what it says otherwise in another one."""
    for part in kept.split("=== ")[1:]:
        name, _, text = part.partition("\n")
        if "to collect" in name or not name.startswith(("e-mail", "SMS")):
            continue
        ordinary, *others = re.split(r"^--- .*\n", text, flags=re.MULTILINE)
        yield from ordinary.splitlines()
        for other in others:
            yield from (line[2:] for line in other.splitlines() if line.startswith("+ "))


def sentences(line: str) -> Iterator[str]:
    """Without what is filled in, and without its greeting."""
    plain = " ".join(line.split())
    plain = re.sub(r"^(Subject: |Preview: |Size: .*|Bonjour.*,$|- )", "", plain)
    if plain in PAPERS:
        return
    for sentence in _END.split(_FILLED_IN.sub("…", plain)):
        if re.search(r"\w", sentence):
            yield sentence


def said() -> set[str]:
    kept = (FOLDER / f"{kind}.fr.txt" for kind in {*BY_EMAIL, *BY_SMS})
    found = (line for path in kept for line in lines(path.read_text(encoding="utf-8")))
    return {sentence for line in found for sentence in sentences(line)}


def listed() -> list[tuple[str, str, str]]:
    """Each statement of the page, the same in English, and its source."""
    return _ROW.findall(PAGE.read_text(encoding="utf-8"))[1:]


def test_each_statement_has_one_row_and_each_row_is_still_said() -> None:
    statements = [french for french, _, _ in listed()]

    assert sorted(said() - set(statements)) == [], "nobody says where it comes from"
    assert sorted(set(statements) - said()) == [], "no letter says it any more"
    assert len(statements) == len(set(statements))


def test_each_source_is_the_procedure_in_its_own_words_or_ours_with_a_reason() -> None:
    quoted = set(re.findall(r"^> (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    whole = " ".join(quoted)

    for statement, _, source in listed():
        words = re.findall(r"« (.+?) »", source)
        assert [word for word in words if word not in whole] == [], statement
        assert words or re.fullmatch(r"ours: .{4,}", source), statement


def test_the_english_beside_it_is_what_students_read() -> None:
    kept = (FOLDER / f"{kind}.en.txt" for kind in {*BY_EMAIL, *BY_SMS})
    read = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in kept)

    for statement, english, _ in listed():
        pieces = [piece.strip() for piece in english.split("…")]
        assert [piece for piece in pieces if piece not in read] == [], statement
