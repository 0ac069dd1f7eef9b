"""The gallery as a folder of static pages: an index, a sheet for each notice or page, and one for
each case; beside them every e-mail, page, PDF and calendar entry as a file of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.domain.contact import Language
from gallery.cases import CASES, LATE, ORDINARY, HardCase
from gallery.expected import otherwise, whole
from gallery.renderings import SHIPPED, Rendering

HERE = Path(__file__).parent

#: US dollars for one part of an SMS to France, as in the receipt that AWS' documentation shows.
#: What is paid depends on the account and the month.
PRICE = 0.07

#: What the index can be narrowed down to, in its reader's words.
LANGUAGES = {"fr": "French", "en": "English"}
MEDIA = {
    "e-mail": "e-mails",
    "SMS": "SMS",
    "page": "pages",
    "PDF": "PDF",
    "ICS": "calendar entries",
    "work list": "the desk’s work list",
    "console": "the desk’s console",
}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A rendering on a sheet: `otherwise` is what it says unlike the ordinary case."""

    rendering: Rendering
    otherwise: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        """Whether there is anything in it that the ordinary case does not show."""
        return bool(self.otherwise) or self.rendering.case is ORDINARY

    @property
    def files(self) -> dict[str, str]:
        """Where its files are, by their ending."""
        return {ending: self._path(ending) for ending in self.rendering.files}

    def _path(self, ending: str) -> str:
        return f"files/{self.rendering.subject}/{self.rendering.name}.{ending}"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a notice or page in one language: the ordinary case first."""

    shown: tuple[Shown, ...]

    @property
    def ordinary(self) -> Rendering:
        """The case that the others are compared with."""
        return self.shown[0].rendering

    @property
    def anchor(self) -> str:
        """Its place on its sheet."""
        return _slug(self.ordinary.part)

    @property
    def unlike(self) -> int:
        """How many cases say something else."""
        return sum(bool(shown.otherwise) for shown in self.shown)

    @property
    def wrongs(self) -> int:
        """How much is amiss in it."""
        return sum(len(shown.rendering.wrongs) for shown in self.shown)

    @property
    def measures(self) -> str:
        """How long it is, and how long at worst."""
        worst = {
            name: max(len(shown.rendering.head[name]) for shown in self.shown)
            for name in self.ordinary.head
        }
        if self.ordinary.medium == "SMS":
            return str(max((s.rendering.head["Size"] for s in self.shown), key=_units))
        said = (
            f"{name} {len(self.ordinary.head[name])}, at most {most}"
            for name, most in worst.items()
        )
        return "; ".join(said) or f"{len(' '.join(self.ordinary.words).split())} words"


def site(
    renderings: Iterable[Rendering],
    price: float = PRICE,
    desk: str = SHIPPED.name[Language.EN],
) -> dict[str, bytes]:
    """Every file of the gallery, by its path; `price` is that of one part of an SMS, in dollars,
    and `desk` is whose texts it shows.
    """
    subjects = _subjects(renderings)
    pages = {"index.html": _rendered("index.html.j2", **_index(subjects), price=price, desk=desk)}
    for subject, parts in subjects.items():
        pages[f"{subject}.html"] = _rendered("sheet.html.j2", subject=subject, parts=_pairs(parts))
    for case in (*CASES, LATE):
        pages[f"case_{case.name}.html"] = _rendered(
            "case.html.j2", case=case, subjects={s: _in(case, p) for s, p in subjects.items()}
        )
    shown = (s for parts in subjects.values() for part in parts for s in part.shown if s.is_shown)
    return pages | {
        path: s.rendering.files[ending] for s in shown for ending, path in s.files.items()
    }


def _subjects(renderings: Iterable[Rendering]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    kept = list(renderings)
    order = {r.subject: None for r in kept}
    for subject in order:
        of_subject = [r for r in kept if r.subject == subject]
        keys = {(r.part, r.language): None for r in of_subject}
        found[subject] = [
            _part([r for r in of_subject if (r.part, r.language) == key]) for key in keys
        ]
    return found


def _part(renderings: Sequence[Rendering]) -> Part:
    ordinary = renderings[0]
    shown = (Shown(rendering=r, otherwise=tuple(otherwise(ordinary, r))) for r in renderings)
    return Part(shown=tuple(shown))


def _pairs(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """Both languages of a part, side by side."""
    by_part = sorted(parts, key=lambda p: [q.ordinary.part for q in parts].index(p.ordinary.part))
    return [tuple(pair) for _, pair in groupby(by_part, key=lambda part: part.ordinary.part)]


def _in(case: HardCase, parts: Sequence[Part]) -> list[Shown]:
    """Where a case says something else."""
    all_shown = (shown for part in parts for shown in part.shown)
    return [s for s in all_shown if s.rendering.case is case and s.otherwise]


def _index(subjects: dict[str, list[Part]]) -> dict[str, object]:
    every = [part for parts in subjects.values() for part in parts]
    return {
        "cases": (*CASES, LATE),
        "subjects": subjects,
        "filters": LANGUAGES | {_slug(p.ordinary.medium): MEDIA[p.ordinary.medium] for p in every},
        "count": sum(len(part.shown) for part in every),
        "amiss": [
            shown.rendering for part in every for shown in part.shown if shown.rendering.wrongs
        ],
    }


def _rendered(template: str, **values: object) -> bytes:
    return _templates().get_template(template).render(values).encode()


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["slug"] = _slug
    templates.filters["title"] = _title
    templates.filters["whole"] = whole
    return templates


def _units(size: str) -> int:
    return int(size.split(", ")[1].split(" ", maxsplit=1)[0])


def _slug(text: str) -> str:
    return text.replace(", ", "-").replace(" ", "-").lower()


def _title(subject: str) -> str:
    words = subject.replace("_", " ")
    return words[:1].upper() + words[1:]
