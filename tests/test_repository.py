"""The repository keeps its own rules: those that no tool checks."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import app
from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.events import EventType
from chalicelib.domain.facts import State

HOUSE = Path(__file__).parents[1]
ROOMS = ("benchmarks", "chalicelib", "cli", "gallery", "infra", "local", "tests")
PAGES = [*sorted(HOUSE.glob("*.md")), *sorted((HOUSE / "docs").rglob("*.md"))]
DECISIONS = sorted((HOUSE / "docs" / "decisions").glob("[0-9]*.md"))

#: What fits at a door: one thought. More belongs into a room.
LINES_AT_A_DOOR = 5


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def functions_of(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def lines_of(function: ast.FunctionDef) -> int:
    """The lines of a body, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def imported_by(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def test_every_trigger_enters_through_app_so_that_its_middleware_runs() -> None:
    handlers = [
        *(source.handler_string for source in app.event_sources),
        *(function.handler_string for function in app.pure_lambda_functions),
        *(authorizer.handler_string for authorizer in app.builtin_auth_handlers),
    ]
    assert handlers
    assert [handler for handler in handlers if not handler.startswith("app.")] == []


def test_no_function_in_app_does_more_than_hand_over() -> None:
    sizes = {f.name: lines_of(f) for f in functions_of(HOUSE / "app.py")}
    assert sizes
    assert {name: n for name, n in sizes.items() if n > LINES_AT_A_DOOR} == {}


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    modules = (HOUSE / "chalicelib" / "domain").rglob("*.py")
    imported = {name for path in modules for name in imported_by(path)}
    assert imported - set(sys.stdlib_module_names) <= {"chalicelib"}


def test_every_module_says_what_it_is_for() -> None:
    modules = [HOUSE / "app.py", *(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))]
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in modules}
    assert [name for name, t in texts.items() if t and not ast.get_docstring(ast.parse(t))] == []


@pytest.mark.parametrize("words", [State, Status, Kind, EventType], ids=lambda e: e.__name__)
def test_the_glossary_explains_every_word_of(
    words: type[State | Status | Kind | EventType],
) -> None:
    glossary = (HOUSE / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [word for word in words if f"`{word}`" not in glossary] == []


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_every_decision_has_the_same_three_parts(path: Path) -> None:
    titles = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert titles == ["Context", "Aim", "Decision"]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_page_links_to_what_exists(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_locks_name_no_place_of_the_machine_they_were_made_on() -> None:
    locks = [path.read_text(encoding="utf-8") for path in HOUSE.glob("requirements*.txt")]
    assert locks
    assert not any(re.search(r"file:|--find-links|--index|https?:|(?:^|\s)/", t) for t in locks)


def test_the_version_is_one_and_the_changelog_says_what_it_is() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    contract = HOUSE / "chalicelib" / "entrypoints" / "openapi.json"
    assert json.loads(contract.read_text(encoding="utf-8"))["info"]["version"] == project["version"]
    released = re.findall(
        r"^## (\d\S*) ", (HOUSE / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert released[0] == project["version"]
