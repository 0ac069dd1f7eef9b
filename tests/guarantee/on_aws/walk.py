"""Tells the story once, and at each chosen call forks a world in which that call goes wrong."""

import gc
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from local.faults.calls import UNHARMED, Call, Harm
from local.world import World
from tests.guarantee.on_aws.hurting import Case, Fault, harm
from tests.guarantee.on_aws.judge import Outcome, judged
from tests.guarantee.on_aws.story import ENDS, Telling, a_world, tell

#: A run that is not at rest after so many seconds never will be.
PATIENCE = 300

#: Hears of each run that has ended.
Heard = Callable[[Case, Outcome], None]


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """The story, if nothing goes wrong."""

    calls: Sequence[Call]
    outcome: Outcome


def undisturbed(until: datetime = ENDS) -> Undisturbed:
    """Tell it once, and harm nobody."""
    with a_world() as world:
        telling = tell(world, until)
        calls = tuple(world.calls.made)
        return Undisturbed(calls=calls, outcome=judged(world, telling, ()))


def walk(
    chosen: Iterable[Case],
    wanted: Sequence[str],
    until: datetime = ENDS,
    heard: Heard = lambda _case, _outcome: None,
) -> Mapping[Case, Outcome]:
    """Run each case to its rest, as many at once as there are processors."""
    with TemporaryDirectory() as folder, a_world() as world:
        walker = _Walker(world=world, folder=Path(folder), heard=heard)
        for case in chosen:
            walker.chosen[case.number].append(case)
        world.calls.harming = walker.harming
        gc.collect()
        gc.freeze()
        outcome = _run(world, until, wanted)
        if walker.case:
            walker.leave(outcome)
        walker.wait_for_all()
        return walker.outcomes


def _run(world: World, until: datetime, wanted: Sequence[str]) -> Outcome:
    """A world that breaks down is a broken promise like any other."""
    try:
        telling: Telling = tell(world, until)
        return judged(world, telling, wanted)
    except Exception as error:  # noqa: BLE001  whatever it is, this case shows it
        return Outcome(stuck=1, words=(f"{type(error).__name__}: {error}",))


@dataclass
class _Walker:
    """Stands at each call of the story; the forked ones know their case, and harm nobody else."""

    world: World
    folder: Path
    heard: Heard
    case: Case | None = None
    chosen: dict[int, list[Case]] = field(default_factory=lambda: defaultdict(list))
    running: dict[int, Case] = field(default_factory=dict)
    outcomes: dict[Case, Outcome] = field(default_factory=dict)

    def harming(self, call: Call) -> Harm:
        """Harm in the forked worlds, none in the one that goes on."""
        if self.case is None:
            for case in self.chosen[call.number]:
                if self._fork(case):
                    return harm(case.fault, self.world, call)
        return UNHARMED

    def leave(self, outcome: Outcome) -> None:
        """The end of a forked world: say what it came to, and be gone."""
        path = self.folder / f"{os.getpid()}.json"
        path.write_bytes(msgspec.json.encode(outcome))
        os._exit(0)

    def wait_for_all(self) -> None:
        """Until no forked world is left."""
        while self.running:
            self._wait_for_one()

    def _fork(self, case: Case) -> bool:
        """Whether this is the forked world."""
        while len(self.running) >= (os.cpu_count() or 1):
            self._wait_for_one()
        child = os.fork()
        if child:
            self.running[child] = case
            return False
        self.case = case
        gc.disable()  # a forked world is soon over: what it leaves behind need not be looked for
        signal.alarm(PATIENCE)
        return True

    def _wait_for_one(self) -> None:
        child, status = os.wait()
        case = self.running.pop(child)
        self.outcomes[case] = self._outcome(child, status)
        self.heard(case, self.outcomes[case])

    def _outcome(self, child: int, status: int) -> Outcome:
        if status:
            return Outcome(stuck=1, words=(f"ended with {os.waitstatus_to_exitcode(status)}",))
        return msgspec.json.decode((self.folder / f"{child}.json").read_bytes(), type=Outcome)


def case_of(text: str) -> Case:
    """A case by its words: "57 dynamodb.UpdateItem dies after"."""
    number, name, fault = text.split(" ", 2)
    return Case(number=int(number), name=name, fault=Fault(fault))
