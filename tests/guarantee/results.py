"""What was counted, kept by commit: a run can be stopped and gone on with, and made in parts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from tests.guarantee.checkout import ROOT
from tests.guarantee.figures import WHOLE, Figures, Part, Scale, added
from tests.guarantee.on_aws.programs import Made

FOLDER = ROOT / "out" / "guarantee"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a program at a scale: what it counted, on what, when, and in how many seconds."""

    program: str
    scale: Scale
    seed: int
    commit: str
    on: datetime
    seconds: float
    figures: Figures
    part: Part = WHOLE
    calls: tuple[Made, ...] = ()

    @property
    def name(self) -> str:
        """Under which it is kept."""
        part = "" if self.part == WHOLE else f".{self.part.number}-of-{self.part.of}"
        return f"{self.program.replace(' ', '-')}.{self.scale}.{self.seed}{part}.json"


def keep(result: Result, folder: Path = FOLDER) -> None:
    """Keep it beside the others of its commit."""
    path = folder / result.commit / result.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result)))


def kept(commit: str, folder: Path = FOLDER) -> Sequence[Result]:
    """Everything that was counted on a commit, the oldest first."""
    paths = (folder / commit).glob("*.json")
    every = [msgspec.json.decode(path.read_bytes(), type=Result) for path in paths]
    return sorted(every, key=lambda one: one.on)


def whole(results: Iterable[Result]) -> Mapping[tuple[str, Scale], Result]:
    """Of each program and scale what was counted in full, whether at once or in parts."""
    groups: dict[tuple[str, Scale, int, int], dict[int, Result]] = defaultdict(dict)
    for one in results:
        groups[one.program, one.scale, one.seed, one.part.of][one.part.number] = one
    return {
        (program, scale): _together([parts[number] for number in sorted(parts)])
        for (program, scale, _, of), parts in groups.items()
        if len(parts) == of
    }


def _together(parts: Sequence[Result]) -> Result:
    return msgspec.structs.replace(
        parts[-1],
        part=WHOLE,
        seconds=sum(one.seconds for one in parts),
        figures=added([one.figures for one in parts]),
    )


def largest(results: Iterable[Result], names: Sequence[str], scale: Scale) -> Mapping[str, Result]:
    """Of each of these programs what was counted at this scale, or at a larger one."""
    every = whole(results)
    larger = list(Scale)[list(Scale).index(scale) :]
    found = {name: [every[name, s] for s in larger if (name, s) in every] for name in names}
    return {name: rows[-1] for name, rows in found.items() if rows}
