"""What is measured, one row a figure: the work of the product, and who does the like."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.scene import OF_THE_PACKAGE, PRODUCT, SDK, TYPST, Pythons, Scene

OURS = "Relance"
_POST_OFFICE, _HUEY = "benchmarks.peers.django_post_office", "benchmarks.peers.huey_tasks"

#: What the product has done before anything is measured: peers send its own letter.
FIRST = (("serve", 1),)

#: So many units only try whether a program runs.
HANDFUL = 4

#: What each contestant answered in one round.
Taken = Mapping[str, Mapping[str, Any]]

#: The calls that send a mail: a peer's goes over SMTP.
MAILS = ("SendEmail", "mail")


class NotComparable(Exception):
    """A contestant did not do what was measured, or not so often."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`units` of a `unit` in each turn, in which each of `peers` does its own `work`.

    Before the first round the product does what is `before`. Where a turn must show in calls,
    `shown_by` names them, and `times` says how many each unit makes.
    """

    name: str
    title: str
    unit: str
    work: str
    units: int
    peers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    before: Sequence[tuple[str, int]] = ()
    shown_by: Sequence[str] = ()
    times: int = 1

    def turns(self) -> Mapping[str, tuple[str, str]]:
        """Who is measured, in order, and doing what: the product first."""
        return {OURS: (PRODUCT, self.work), **self.peers}

    def check(self, name: str, measured: Mapping[str, Any]) -> None:
        """Raises NotComparable."""
        done = sum(measured["calls"].get(call, 0) for call in self.shown_by)
        if self.shown_by and done != self.units * self.times:
            raise NotComparable(self.name, name, measured)


FIGURES = (
    Figure(
        name="sender", title="Sender: one e-mail from its wake to its record", unit="e-mail",
        work="serve", units=60, shown_by=MAILS,
        peers={
            "django-post-office": (_POST_OFFICE, "serve"),
            "huey": (_HUEY, "serve"),
            "the SDK's four calls": (SDK, "serve"),
        },
    ),
    Figure(
        name="accept", title="Accept: one signed webhook", unit="webhook", work="accept", units=60,
        peers={
            "django-post-office": (_POST_OFFICE, "accept"),
            "the SDK's three calls": (SDK, "accept"),
        },
    ),
    Figure(
        name="receipts_10", title="Receipts, ten a batch", unit="receipt", work="receipts_10",
        units=60, shown_by=["UpdateItem"],
        peers={"the SDK's calls (1.1 a receipt)": (SDK, "receipts_10")},
    ),
    Figure(
        name="receipts_1", title="Receipts, one a batch", unit="receipt", work="receipts_1",
        units=30, shown_by=["UpdateItem"], peers={"the SDK's two calls": (SDK, "receipts_1")},
    ),
    Figure(
        name="page", title="The student's page of a dossier", unit="page", work="page", units=40
    ),
    Figure(
        name="pdf", title="The convocation", unit="PDF", work="pdf", units=20,
        peers={"Typst, the same page": (TYPST, "pdf")},
    ),
    Figure(
        name="sweep_idle", title="A sweep with nothing due", unit="sweep", work="sweep", units=20,
        before=[("serve", 100)], shown_by=["SendMessageBatch"], times=0,
    ),
    Figure(
        name="sweep_gauges", title="The sweep of each tenth minute, which counts what waits",
        unit="sweep", work="sweep_gauges", units=20, before=[("serve", 100)],
        shown_by=["GetItem"],
    ),
    Figure(
        name="sweep_due", title="A sweep with 1,000 due", unit="sweep", work="sweep", units=1,
        before=[("accept", 1_000)], shown_by=["SendMessageBatch"], times=100,
    ),
    Figure(
        name="night", title="A night of 2,000 dossiers that changes nothing", unit="dossier",
        work="night", units=2_000, before=[("serve", 2_000)], shown_by=["UpdateItem"], times=0,
    ),
)  # fmt: skip


def small(figure: Figure) -> Figure:
    """The same with a handful of units, beside those peers alone that need nothing but ours: to try
    the programs.
    """
    return replace(
        figure,
        units=min(figure.units, HANDFUL),
        before=[(work, HANDFUL) for work, _ in figure.before],
        times=min(figure.times, 1),
        peers={n: peer for n, peer in figure.peers.items() if peer[0] in OF_THE_PACKAGE},
    )


def measure(figure: Figure, pythons: Pythons, rounds: int) -> Mapping[str, Any]:
    """The CPU milliseconds a unit of each who is measured, round by round, in turns; and the
    product's calls a unit. A first round only warms.
    """
    with Scene(pythons) as scene:
        _prepare(figure, scene)
        return _found(figure, [_turns(figure, scene) for _ in range(rounds + 1)][1:])


def try_out(pythons: Pythons) -> Iterator[Mapping[str, Any]]:
    """Every figure, a single round of a handful of units, one after the other with the same
    processes: it shows that the programs run, and nothing of what they take.
    """
    with Scene(pythons) as scene:
        for figure in map(small, FIGURES):
            _prepare(figure, scene)
            yield _found(figure, [_turns(figure, scene)])


def _prepare(figure: Figure, scene: Scene) -> None:
    for work, times in figure.before or FIRST:
        scene.measured(PRODUCT, work, times)


def _found(figure: Figure, taken: Sequence[Taken]) -> Mapping[str, Any]:
    each, calls = 1_000 / figure.units, taken[-1][OURS]["calls"]
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "units": figure.units,
        "cpu_ms": {name: [one[name]["cpu"] * each for one in taken] for name in figure.turns()},
        "calls": {name: times / figure.units for name, times in sorted(calls.items())},
    }


def _turns(figure: Figure, scene: Scene) -> Taken:
    """One round. Raises NotComparable."""
    taken = {}
    for name, (module, work) in figure.turns().items():
        taken[name] = scene.measured(module, work, figure.units)
        figure.check(name, taken[name])
    return taken
