"""The programs of this folder, for the product and for the control, and how large they are."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import msgspec

from local.faults.calls import Call
from tests.guarantee.checkout import ROOT
from tests.guarantee.figures import WHOLE, Figures, Part, Scale
from tests.guarantee.on_aws.hurting import OF_A_CALL, OF_A_TRY, Case, Fault, cases
from tests.guarantee.on_aws.judge import Outcome
from tests.guarantee.on_aws.naive import naive_product
from tests.guarantee.on_aws.story import CONFIRMED, ENDS
from tests.guarantee.on_aws.walk import Undisturbed, undisturbed, walk

#: A broken program shows so many of its runs.
SHOWN = 20
#: A sample of this size takes about a minute on two processors.
CI_CASES = 56
#: In memory every call is hurt; these are to see that AWS' own words come to the same.
FULL_CASES = 80

Choose = Callable[[Sequence[Case], Scale, int], list[Case]]


class Made(msgspec.Struct, frozen=True):
    """One call of the undisturbed story, as the docs list it."""

    number: int
    at: datetime
    function: str
    nth: int
    name: str


class Report(msgspec.Struct, frozen=True):
    """What a program counted, and the calls that it hurt."""

    figures: Figures
    calls: tuple[Made, ...]


class Progress(msgspec.Struct, frozen=True):
    """How far a program has come."""

    done: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Program:
    """One program: which product, how much of the story, which faults, which cases of all."""

    name: str
    of: str
    until: datetime
    product: Callable[[], AbstractContextManager[None]]
    choose: Choose
    faults: Sequence[Fault] = OF_A_CALL

    def run(
        self, scale: Scale, seed: int, heard: Callable[[Progress], None], part: Part = WHOLE
    ) -> Report:
        """Run a part of it in this process, which is forked for each case."""
        with self.product():
            plain = undisturbed(self.until)
            every = cases(plain.calls, self.faults)
            chosen = part.share(self.choose(every, scale, seed))
            outcomes = self._walked(plain, chosen, heard)
        told = {Case(number=0, name="the story", fault=Fault.SLOW): plain.outcome, **outcomes}
        return Report(
            figures=self._figures(len(every), len(outcomes), told),
            calls=tuple(map(_made, plain.calls)),
        )

    def play(self, case: Case) -> Outcome:
        """One case alone."""
        with self.product():
            wanted = undisturbed(self.until).outcome.arrived
            return walk([case], wanted, self.until)[case]

    def _walked(
        self, plain: Undisturbed, chosen: Sequence[Case], heard: Callable[[Progress], None]
    ) -> Mapping[Case, Outcome]:
        ended: list[Case] = []

        def tell(case: Case, _outcome: Outcome) -> None:
            ended.append(case)
            heard(Progress(len(ended), len(chosen)))

        return walk(chosen, plain.outcome.arrived, self.until, tell)

    def _figures(self, possible: int, runs: int, outcomes: Mapping[Case, Outcome]) -> Figures:
        every = outcomes.values()
        return Figures(
            program=self.name,
            of=self.of,
            possible=possible,
            runs=runs,
            lost=sum(o.lost for o in every),
            stuck=sum(o.stuck for o in every),
            duplicates_with_events=sum(o.doubled for o in every),
            duplicates_without_events=sum(o.marked for o in every),
            unmarked_duplicates=sum(o.unmarked for o in every),
            broken=tuple(_shown(self.name, outcomes)),
        )


def _sample(every: Sequence[Case], scale: Scale, seed: int) -> list[Case]:
    drawn = sorted(every, key=lambda case: crc32(f"{seed} {case}".encode()))
    match scale:
        case Scale.QUICK:
            faults = dict.fromkeys(case.fault for case in every)
            return [next(case for case in drawn if case.fault is fault) for fault in faults]
        case Scale.CI:
            return drawn[:CI_CASES]
        case Scale.FULL:
            return drawn[:FULL_CASES]
        case Scale.ALL:
            return list(every)


def _around_the_first_send(every: Sequence[Case], scale: Scale, _seed: int) -> list[Case]:
    """The three cases that a naive sender does not survive; or all of them."""
    if scale is Scale.ALL:
        return list(every)
    send = next(case.number for case in every if case.name.startswith("sesv2."))
    races = (case.number for case in every if case.fault is Fault.LOST_RACE)
    mark = next(number for number in races if number > send)
    wanted = {
        (send, Fault.DIES_AFTER),
        (send, Fault.ANSWER_LOST),
        (mark, Fault.DIES_BEFORE),
    }
    return [case for case in every if (case.number, case.fault) in wanted]


PRODUCT = Program(
    name="aws",
    of="each call to AWS of the whole procedure, with each fault it can have",
    until=ENDS,
    product=nullcontext,
    choose=_sample,
)
RETRY = Program(
    name="retry",
    of="each call to AWS whose first answer is lost, and which the SDK tries again",
    until=ENDS,
    product=nullcontext,
    choose=_sample,
    faults=OF_A_TRY,
)
CONTROL = Program(
    name="naive on aws",
    of="the control: send, then write it down; its first days only",
    until=CONFIRMED,
    product=naive_product,
    choose=_around_the_first_send,
)
NAMED = {program.name: program for program in (PRODUCT, RETRY, CONTROL)}


def apart(
    program: Program,
    scale: Scale,
    seed: int,
    heard: Callable[[Progress], None] = lambda _progress: None,
    part: Part = WHOLE,
) -> Report:
    """Run a part in a process of its own, without threads, so that it can be forked."""
    module = f"{__package__}"
    command = [sys.executable, "-m", module, "--program", program.name, "--json"]
    command += ["--scale", scale, "--seed", str(seed), "--part", str(part)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        last = b""
        for last in process.stdout:
            if last.startswith(b'{"done"'):
                heard(msgspec.json.decode(last, type=Progress))
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return msgspec.json.decode(last, type=Report)


def _made(call: Call) -> Made:
    return Made(
        number=call.number, at=call.at, function=call.function, nth=call.nth, name=call.name
    )


def _shown(program: str, outcomes: Mapping[Case, Outcome]) -> Iterable[str]:
    wrong = {case: outcome for case, outcome in outcomes.items() if outcome.words}
    for case, outcome in list(wrong.items())[:SHOWN]:
        again = f'python -m tests.guarantee.on_aws --program "{program}" --case "{case}"'
        yield f"{'; '.join(outcome.words)}\n    again: {again}"
    if len(wrong) > SHOWN:
        yield f"and {len(wrong) - SHOWN} runs more"
