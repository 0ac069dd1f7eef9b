"""What all programs together say: a table on a terminal, a JSON file, a page of the docs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.table import Table

from chalicelib.domain.desk_calendar import PARIS
from tests.guarantee.checkout import ROOT
from tests.guarantee.figures import Figures, Scale
from tests.guarantee.on_aws.programs import PRODUCT, Made
from tests.guarantee.results import Result

JSON, PAGE = ROOT / "out" / "guarantee.json", ROOT / "docs" / "guarantee.md"
TEMPLATE = Path(__file__).with_name("guarantee.md.txt")

#: A program of this name is a control, and has to fail.
CONTROL = "naive"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Every program's figures, and what they were counted on: one commit for all."""

    scale: Scale
    seed: int
    commit: str
    on: datetime
    seconds: Mapping[str, float]
    figures: Sequence[Figures]
    calls: Sequence[Made]

    @classmethod
    def of(cls, results: Iterable[Result], *, scale: Scale, commit: str) -> "Whole":
        """What these results say together. Raises ValueError where they are of several commits."""
        every = list(results)
        if any(one.commit != commit for one in every):
            message = f"not all of commit {commit[:10]}"
            raise ValueError(message)
        return cls(
            scale=scale,
            seed=every[0].seed,
            commit=commit,
            on=max(one.on for one in every),
            seconds={one.program: one.seconds for one in every},
            figures=[one.figures for one in every],
            calls=next((one.calls for one in every if one.calls), ()),
        )

    @property
    def complaints(self) -> list[str]:
        """Each broken promise; and each control that was not caught."""
        broken = [words for one in self._programs if not one.holds for words in _why(one)]
        return broken + [f"{one.program} did not fail" for one in self._controls if one.holds]

    @property
    def _programs(self) -> list[Figures]:
        return [one for one in self.figures if not _is_control(one)]

    @property
    def _controls(self) -> list[Figures]:
        return [one for one in self.figures if _is_control(one)]

    def as_json(self) -> dict[str, Any]:
        """Everything, for other programs."""
        return {
            "commit": self.commit,
            "date": self.on.astimezone(PARIS).isoformat(timespec="seconds"),
            "scale": self.scale,
            "seed": self.seed,
            "seconds": {name: round(spent, 1) for name, spent in self.seconds.items()},
            "holds": not self.complaints,
            "calls": len(self.calls),
            "programs": [_row_of_json(one) for one in self._programs],
            "controls": [_row_of_json(one) for one in self._controls],
        }


def _is_control(figures: Figures) -> bool:
    return figures.program.startswith(CONTROL)


def _why(figures: Figures) -> Sequence[str]:
    return figures.broken or (f"{figures.program}: {figures}",)


def _row_of_json(figures: Figures) -> dict[str, Any]:
    # Of a Counter, `asdict` would count the pairs.
    return {**asdict(figures), "endings": dict(figures.endings), "holds": figures.holds}


HEAD = ("program", "runs", "of", "lost", "stuck", "twice", "twice, marked", "twice, unmarked", "s")


def rows(whole: Whole) -> list[tuple[str, ...]]:
    """One line a program. *Twice* is with the provider's word, the other two without it."""
    return [
        (
            one.program,
            f"{one.runs:,}",
            f"{one.possible:,}",
            *map(str, (one.lost, one.stuck, one.duplicates_with_events)),
            *map(str, (one.duplicates_without_events, one.unmarked_duplicates)),
            f"{whole.seconds[one.program]:.0f}",
        )
        for one in whole.figures
    ]


def table(whole: Whole) -> Table:
    """For a terminal."""
    shown = Table(title="The guarantee", title_justify="left")
    for name in HEAD:
        shown.add_column(name, justify="left" if name == "program" else "right")
    for row in rows(whole):
        shown.add_row(*row)
    return shown


def write_json(whole: Whole, path: Path = JSON) -> None:
    """Keep the figures."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(whole.as_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")


def page(whole: Whole) -> str:
    """The page of the docs."""
    figures = _markdown(HEAD, rows(whole))
    what = _markdown(("program", "what it does"), [(f.program, f.of) for f in whole.figures])
    counted = (
        f"Counted at commit `{whole.commit[:10]}` on {whole.on.astimezone(PARIS):%d %B %Y}, scale "
        f"`{whole.scale}`, in {sum(whole.seconds.values()) / 60:.0f} minutes on two processors."
    )
    template = TEMPLATE.read_text("utf-8")
    for name, text in {
        "FIGURES": f"{counted}\n\n{figures}\n\n{what}",
        "ENDINGS": "\n".join(map(_endings, filter(_ends_people, whole.figures))),
        "CALLS": calls_table(whole.calls),
        "TOLD": told_again(whole),
    }.items():
        template = template.replace(f"[[{name}]]", text)
    return template


def told_again(whole: Whole) -> str:
    """How many calls there are, and for how many of their faults the story was told again."""
    product = next(one for one in whole.figures if one.program == PRODUCT.name)
    is_all = product.runs == product.possible
    which = f"each of the {product.possible:,}" if is_all else _sample_of(product)
    return f"It makes {len(whole.calls)} calls to AWS. Then it was told again for {which}"


def _sample_of(figures: Figures) -> str:
    return f"{figures.runs:,}, drawn by the commit, of the {figures.possible:,}"


def _ends_people(figures: Figures) -> bool:
    return bool(figures.endings)


def _endings(figures: Figures) -> str:
    """How the people of a program ended."""
    people = sum(figures.endings.values())
    how = ", ".join(f"{n:,} {end}" for end, n in sorted(figures.endings.items()))
    return f"- *{figures.program}*: {people:,} students ended so: {how}."


def calls_table(calls: Sequence[Made]) -> str:
    """Every call of the undisturbed story, one line an invocation."""
    return _markdown(("calls", "Paris time", "function", "what is asked"), _invocations(calls))


def _invocations(calls: Sequence[Made]) -> Iterable[tuple[str, ...]]:
    begun = 0

    def which(call: Made) -> int:
        nonlocal begun
        begun += call.nth == 1
        return begun

    for _, group in groupby(calls, which):
        together = list(group)
        first, last = together[0], together[-1]
        at = f"{first.at.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"
        names = " · ".join(call.name for call in together)
        yield (_span(first.number, last.number), at, first.function, names)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _markdown(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    every = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in every)
