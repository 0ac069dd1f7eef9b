"""Whatever is of one desk stands in its file: with another file, nothing of it is read anywhere."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import chalicelib
from chalicelib.desk_data.desks import HERE, described
from chalicelib.domain.desk_calendar import Desk
from gallery.cases import CASES
from gallery.renderings import Rendering, renderings

#: What only the shipped desk, its helper and its town are called.
OF_GRENOBLE = re.compile(
    r"\bISSO\b|campus|grenoble|isère|isere\b|universit|antenn|aerial|Centrale|Saint-Martin|Hères|"
    r"\btram\b|Biblioth|chercheurs|researchers|Espace Accueil|Welcome|PREFISERE",
    re.IGNORECASE,
)

#: These differ in what the desk does or lacks; the others in the person only.
TELLING = [
    case for case in CASES if case.name in {"ordinary", "moved", "closed", "checked", "least"}
]

GRENOBLE = tomllib.loads((HERE / "grenoble.toml").read_text(encoding="utf-8"))
NONSENSE = {"booking_url": "https://b.example", "stamps_url": "https://s.example"}
NONSENSE |= {
    "holidays": "mainland",
    "email": "zob@example.org",
    "phone": "01 99 00 00 00",
    "sms_name": "Zobla",
}


def nonsense(value: Any, key: str = "") -> Any:
    """The same file with a word that means nothing for each text in it."""
    if isinstance(value, dict):
        return {inner: nonsense(v, inner) for inner, v in value.items()}
    if isinstance(value, list):
        return [nonsense(v, key) for v in value]
    if not isinstance(value, str):
        return value
    return NONSENSE.get(key, "le zob" if key == "fr" else "the zob") if value else value


@cache
def elsewhere(*, with_helper: bool) -> Desk:
    document = nonsense(GRENOBLE)
    if not with_helper:
        del document["terms"][0]["helper"]
        document["terms"][0]["counter"]["email"] = NONSENSE["email"]
    return described(document, source="nonsense")


@cache
def read(*, with_helper: bool) -> tuple[Rendering, ...]:
    return tuple(renderings(elsewhere(with_helper=with_helper), TELLING))


@pytest.mark.many
@pytest.mark.parametrize("with_helper", [True, False], ids=["with a helper", "without one"])
def test_at_another_desk_nothing_of_grenoble_is_read(with_helper: bool) -> None:
    made = read(with_helper=with_helper)
    leaks = {
        f"{r.subject} {r.part} {r.language}: {line}"
        for r in made
        for line in (*r.head.values(), *r.words, *r.repeats)
        if OF_GRENOBLE.search(line)
    }

    assert sorted(leaks) == [], f"{len(leaks)} of {len(made)}"


def test_no_name_of_grenoble_stands_in_the_code_or_in_a_text() -> None:
    house = Path(chalicelib.__file__).parent
    files = [f for f in house.rglob("*") if f.suffix in {".py", ".txt", ".html", ".toml", ".typ"}]
    found = {
        f"{file.relative_to(house)}: {line.strip()}"
        for file in files
        if file.parent != HERE and file.name != "settings.py"  # which desk it is, if none is named
        for line in file.read_text(encoding="utf-8").splitlines()
        if OF_GRENOBLE.search(line)
    }

    assert sorted(found) == []
