"""What a program of the guarantee is: cases named in words, each of them one run."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from zlib import crc32

from tests.guarantee.figures import WHOLE, Figures, Part, Scale
from tests.guarantee.in_memory.world import World
from tests.guarantee.invariants import Promise, broken, count, doubles, marked_doubles

#: A broken program shows so many of its runs.
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one run came to."""

    lost: int = 0
    stuck: int = 0
    doubled: int = 0
    marked: int = 0
    unmarked: int = 0
    endings: Mapping[str, int] = field(default_factory=dict)
    words: tuple[str, ...] = field(default=())


#: Plays one case in a world of this kind.
Play = Callable[[str, type[World]], Outcome]


@dataclass(frozen=True, kw_only=True)
class Program:
    """Its cases by scale are all there are, or as many as `samples` says, drawn by a seed.

    `seen` are those that went wrong once, and are tried each time. `quick` are other, smaller
    cases, where even one of the real ones takes too long. `closer` plays one that is asked for by
    name, where more can be said of it in more time.
    """

    name: str
    of: str
    cases: Callable[[], Sequence[str]]
    play: Play
    samples: Mapping[Scale, int]
    seen: Sequence[str] = ()
    quick: Callable[[], Sequence[str]] | None = None
    closer: Play | None = None

    def chosen(self, scale: Scale, seed: int) -> Sequence[str]:
        """The cases of a scale."""
        if scale is Scale.QUICK and self.quick:
            return self.quick()
        every = self.cases()
        most = self.samples.get(scale, len(every))
        if most >= len(every):
            return every
        drawn = sorted(every, key=lambda case: lot(seed, case))[:most]
        return list(dict.fromkeys([*self.seen, *drawn]))

    def run(self, scale: Scale, seed: int, part: Part = WHOLE) -> Figures:
        """Play every chosen case of a part, and count."""
        return self.played(part.share(self.chosen(scale, seed)), scale)

    def played(self, chosen: Sequence[str], scale: Scale, kind: type[World] = World) -> Figures:
        """Play these cases, and count."""
        outcomes = dict(zip(chosen, _played(self, chosen, kind, scale), strict=True))
        return self._figures(outcomes)

    def _figures(self, outcomes: Mapping[str, Outcome]) -> Figures:
        every = outcomes.values()
        return Figures(
            program=self.name,
            of=self.of,
            possible=len(self.cases()),
            runs=len(outcomes),
            lost=sum(o.lost for o in every),
            stuck=sum(o.stuck for o in every),
            duplicates_with_events=sum(o.doubled for o in every),
            duplicates_without_events=sum(o.marked for o in every),
            unmarked_duplicates=sum(o.unmarked for o in every),
            endings=dict(sum((Counter(o.endings) for o in every), Counter())),
            broken=tuple(_shown(self.name, outcomes)),
        )


def lot(*what: object) -> float:
    """A number in [0, 1) that the same words always draw."""
    return crc32(" ".join(map(str, what)).encode()) / 2**32


def outcome_of(world: World, missing: Sequence[str] = (), wrong: Iterable[str] = ()) -> Outcome:
    """The promises of a run that rests, and what else its program asked of it."""
    history = world.history()
    found = broken(history)
    marked, doubled = marked_doubles(history), count(found, Promise.ONCE)
    return Outcome(
        lost=count(found, Promise.NOT_LOST) + count(found, Promise.REMEMBERED) + len(missing),
        stuck=count(found, Promise.NOT_STUCK),
        doubled=doubled,
        marked=marked,
        unmarked=max(doubles(history) - marked - doubled, 0),
        words=(*missing, *wrong, *map(str, found)),
    )


def _played(
    program: Program, cases: Sequence[str], kind: type[World], scale: Scale
) -> Iterable[Outcome]:
    play = partial(_play, program.play, kind)
    if scale is Scale.QUICK:
        return [play(case) for case in cases]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        return list(workers.map(play, cases, chunksize=max(1, min(16, len(cases) // 32))))


def _play(play: Play, kind: type[World], case: str) -> Outcome:
    """One run. A world that breaks down is a broken promise like any other."""
    try:
        return play(case, kind)
    except AssertionError as error:
        return Outcome(stuck=1, words=(f"{type(error).__name__}: {error}",))
    except BaseException as error:
        error.add_note(f'in "{case}" of {play.__module__}')
        raise


def _shown(name: str, outcomes: Mapping[str, Outcome]) -> Iterable[str]:
    wrong = {case: o for case, o in outcomes.items() if o.words}
    for case, outcome in list(wrong.items())[:SHOWN]:
        again = f'python -m tests.guarantee.in_memory {name} "{case}"'
        yield f"{'; '.join(outcome.words)}\n    again: {again}"
    if len(wrong) > SHOWN:
        yield f"and {len(wrong) - SHOWN} runs more"
