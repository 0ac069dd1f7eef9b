"""How the code lies together, counted: `python -m benchmarks.structure`.

Sizes are read from the syntax trees, the way of one message from a run in the local world.
"""

import ast
import builtins
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TypeVar

from benchmarks.ordinary_way import BEGINS, deeds
from local.world import World

ROOT = Path(__file__).parents[1]
PRODUCT = ROOT / "chalicelib"
#: Where a class name should mean one thing.
CODE = ("chalicelib", "cli", "gallery", "infra", "local")
#: A channel is named where the code asks for one by name.
CHANNELS = frozenset({"SMS", "EMAIL"})

#: What is worked out of a dossier's events, by the functions that do it.
THOUGHTS = {"facts_of": "facts derived", "owed": "plans"}

Node = TypeVar("Node", bound=ast.AST)


def main() -> int:
    """Print each figure on a line."""
    for name, value in [*_of_the_text(), *_of_the_way()]:
        print(f"{name}: {value}")
    return 0


# What the text says


def _of_the_text() -> Iterator[tuple[str, object]]:
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PRODUCT.rglob("*.py"))}
    functions = [node for tree in trees.values() for node in _nodes(tree, ast.FunctionDef)]
    yield "modules of the product", len(trees)
    yield "lines of a module", _spread(len(p.read_text("utf-8").splitlines()) for p in trees)
    yield "functions", len(functions)
    yield "lines of a function", _spread(_length(f) for f in functions)
    yield "functions that only pass on", sum(map(passes_on, functions))
    yield "class names with several meanings", " ".join(_ambiguous()) or 0
    yield (
        "files that name a channel",
        sum(any(map(_names_a_channel, _nodes(t, ast.Attribute))) for t in trees.values()),
    )


def _nodes(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def _spread(values: Iterable[int]) -> str:
    ordered = sorted(values)
    tenth = ordered[len(ordered) * 9 // 10]
    return f"median {statistics.median(ordered):.0f}, p90 {tenth}, most {ordered[-1]}"


def _length(function: ast.FunctionDef) -> int:
    return sum((node.end_lineno or 0) - node.lineno + 1 for node in _body(function))


def _body(function: ast.FunctionDef) -> Sequence[ast.stmt]:
    """Its statements, without the docstring."""
    first, *rest = function.body
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return rest if is_text else function.body


def passes_on(function: ast.FunctionDef) -> bool:
    """Whether all it does is to call one other function of ours with what it was given."""
    body = _body(function)
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr):
        return False
    call = body[0].value
    if not isinstance(call, ast.Call) or not _is_plain(call.func) or _is_a_class(call.func):
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(map(_is_plain, given))


def _is_plain(node: ast.AST) -> bool:
    """A name, a field of it, or what a call without arguments answers."""
    if isinstance(node, ast.Call):
        return not node.args and not node.keywords and _is_plain(node.func)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _is_plain(node.value))


def _is_a_class(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.lstrip("_")[:1].isupper() or hasattr(builtins, name)


def _ambiguous() -> Iterator[str]:
    names = Counter(
        node.name.lstrip("_")
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        for node in _nodes(ast.parse(path.read_text("utf-8")), ast.ClassDef)
    )
    return (name for name, times in sorted(names.items()) if times > 1)


def _names_a_channel(node: ast.Attribute) -> bool:
    of = node.value
    return node.attr in CHANNELS and isinstance(of, ast.Name) and of.id == "Channel"


# What one message comes by


@dataclass
class Way:
    """Each call of the product from one room into another, and what is thought of a dossier, by the
    door that it began at.
    """

    moves: Counter[str] = field(default_factory=Counter)
    thoughts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Look on, as a profiler."""
        room = _room(frame)
        if event != "call" or not room:
            return
        callers = [caller for caller in _callers(frame) if _room(caller)]
        if thought := THOUGHTS.get(frame.f_code.co_name):
            self.thoughts[_door(callers), thought] += 1
        if callers and _room(callers[0]) != room:
            self.moves[_door(callers)] += 1


def _callers(frame: FrameType) -> Iterator[FrameType]:
    before = frame.f_back
    while before:
        yield before
        before = before.f_back


def _room(frame: FrameType) -> str:
    """The folder or module of the product that a frame is in."""
    path = Path(frame.f_code.co_filename)
    if not path.is_relative_to(PRODUCT) or frame.f_code.co_name == "<module>":
        return ""
    return path.relative_to(PRODUCT).parts[0]


def _door(callers: Sequence[FrameType]) -> str:
    doors = [frame for frame in callers if _room(frame) == "entrypoints"]
    return doors[-1].f_code.co_name if doors else ""


def _of_the_way() -> Iterator[tuple[str, object]]:
    (at, booked), (later, _) = list(deeds())[:2]
    with World(start=BEGINS, ticks=False) as world:
        world.travel(at)
        way = Way()
        sys.setprofile(way)
        booked(world)
        world.travel(later)
        sys.setprofile(None)
    for protected_route, moves in way.moves.most_common():
        yield f"moves between rooms, from {protected_route or 'elsewhere'}", moves
    for (protected_route, thought), times in sorted(way.thoughts.items()):
        yield f"{thought}, from {protected_route or 'elsewhere'}", times


if __name__ == "__main__":
    sys.exit(main())
