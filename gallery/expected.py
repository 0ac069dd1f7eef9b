"""The expected renderings: every word a student may read, as text that is kept and compared.

A file holds one notice or page in one language: the ordinary case whole, and of every other case
what it says otherwise, so that a change of words is read once.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

from chalicelib.desk_data import load
from gallery.cases import OF_THE_DESK, ORDINARY, HardCase
from gallery.renderings import Rendering, for_students

FOLDER = Path(__file__).parents[1] / "tests" / "renderings"

RENEW = "python -m gallery --renew"

#: The desk that ships as an example: what its students read is kept beside the other's.
EXAMPLE = "montrevel"


def expected(renderings: Iterable[Rendering]) -> dict[str, str]:
    """The content of every file, by its name."""
    ordered = sorted(renderings, key=_file)
    return {name: _text(list(those)) for name, those in groupby(ordered, key=_file)}


def of_the_example() -> Iterator[Rendering]:
    """What is read at the example's desk by its students."""
    return for_students(load(EXAMPLE), OF_THE_DESK)


def kept(folder: Path = FOLDER) -> dict[str, str]:
    """The files as they were kept."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}


def renew(files: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Keep these files and no others; returns the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    before = kept(folder)
    for name in before.keys() - files.keys():
        (folder / name).unlink()
    changed = [name for name in files if before.get(name) != files[name]]
    for name in changed:
        (folder / name).write_text(files[name], encoding="utf-8")
    return sorted({*changed, *(before.keys() - files.keys())})


def otherwise(ordinary: Rendering, other: Rendering) -> list[str]:
    """What the other says that the ordinary one does not, after `+`, and what it leaves out."""
    lines = list(unified_diff(whole(ordinary), whole(other), n=0, lineterm=""))
    said = (line for line in lines[2:] if not line.startswith("@@"))
    return [f"{line[0]} {line[1:]}" for line in said if line[1:]]


def whole(rendering: Rendering) -> list[str]:
    """Everything that is read of one rendering, but for what only repeats it."""
    head = [f"{name}: {value}" for name, value in rendering.head.items()]
    return [*head, *([""] if head else []), *rendering.words]


def _file(rendering: Rendering) -> str:
    return f"{rendering.subject}.{rendering.language}.txt"


def _text(renderings: Sequence[Rendering]) -> str:
    by_part = sorted(renderings, key=lambda r: _rank(renderings, r.part))
    parts = [_part(list(those)) for _, those in groupby(by_part, key=lambda r: r.part)]
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts) + "\n"


def _rank(renderings: Sequence[Rendering], part: str) -> int:
    return [r.part for r in renderings].index(part)


def _part(renderings: Sequence[Rendering]) -> Iterator[str]:
    ordinary = next(r for r in renderings if r.case is ORDINARY)
    yield f"=== {ordinary.part}"
    yield ""
    yield from whole(ordinary)
    if ordinary.repeats:
        yield ""
        yield "--- in HTML"
        yield ""
        yield from ordinary.repeats
    yield from _others(ordinary, [r for r in renderings if r is not ordinary])


def _others(ordinary: Rendering, others: Sequence[Rendering]) -> Iterator[str]:
    changes = [(other.case, otherwise(ordinary, other)) for other in others]
    for case, lines in changes:
        if lines:
            yield ""
            yield f"--- {_said(case)}"
            yield ""
            yield from lines
    same = [case.name for case, lines in changes if not lines]
    if same:
        yield ""
        yield f"--- the same words: {', '.join(same)}"


def _said(case: HardCase) -> str:
    return f"{case.name}: {case.why}"
