"""The two programs of this folder, for the product and for the control, and how large they are."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import msgspec

from local.calls import Call
from tests.guarantee.checkout import ROOT
from tests.guarantee.figures import Figures, Scale
from tests.guarantee.on_aws.hurting import Case, Fault, cases
from tests.guarantee.on_aws.judge import Outcome
from tests.guarantee.on_aws.naive import naive_product
from tests.guarantee.on_aws.story import CONFIRMED, ENDS
from tests.guarantee.on_aws.walk import Undisturbed, undisturbed, walk

#: A broken program shows so many of its runs.
SHOWN = 20
#: A sample of this size takes about a minute on two processors.
CI_CASES = 56
#: In memory every call is hurt; these are to see that AWS' own words come to the same.
FULL_CASES = 100

Choose = Callable[[Sequence[Call], Scale, int], list[Case]]


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
    """One program: which product, how much of the story, which cases."""

    name: str
    of: str
    until: datetime
    product: Callable[[], AbstractContextManager[None]]
    choose: Choose

    def run(self, scale: Scale, seed: int, heard: Callable[[Progress], None]) -> Report:
        """Run it in this process, which is forked for each case."""
        with self.product():
            plain = undisturbed(self.until)
            chosen = self.choose(plain.calls, scale, seed)
            outcomes = self._walked(plain, chosen, heard)
        every = {Case(number=0, name="the story", fault=Fault.SLOW): plain.outcome, **outcomes}
        return Report(
            figures=self._figures(len(cases(plain.calls)), len(outcomes), every),
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


def _sample(calls: Sequence[Call], scale: Scale, seed: int) -> list[Case]:
    every = sorted(cases(calls), key=lambda case: crc32(f"{seed} {case}".encode()))
    match scale:
        case Scale.QUICK:
            return [next(case for case in every if case.fault is fault) for fault in Fault]
        case Scale.CI:
            return every[:CI_CASES]
        case Scale.FULL:
            return every[:FULL_CASES]
        case Scale.ALL:
            return cases(calls)


def _around_the_first_send(calls: Sequence[Call], scale: Scale, _seed: int) -> list[Case]:
    """The three calls that a naive sender does not survive; or all of them."""
    if scale is Scale.ALL:
        return cases(calls)
    send = next(call for call in calls if call.service == "sesv2")
    mark = next(c for c in calls if c.number > send.number and c.is_conditional)
    return [
        Case(number=send.number, name=send.name, fault=Fault.DIES_AFTER),
        Case(number=send.number, name=send.name, fault=Fault.ANSWER_LOST),
        Case(number=mark.number, name=mark.name, fault=Fault.DIES_BEFORE),
    ]


PRODUCT = Program(
    name="aws",
    of="each call to AWS of the whole procedure, hurt in each way it can be",
    until=ENDS,
    product=nullcontext,
    choose=_sample,
)
CONTROL = Program(
    name="naive on aws",
    of="the control: send, then write it down; its first days only",
    until=CONFIRMED,
    product=naive_product,
    choose=_around_the_first_send,
)
NAMED = {program.name: program for program in (PRODUCT, CONTROL)}


def apart(
    program: Program,
    scale: Scale,
    seed: int,
    heard: Callable[[Progress], None] = lambda _progress: None,
) -> Report:
    """Run a program in a process of its own, without threads, so that it can be forked."""
    module = f"{__package__}"
    command = [sys.executable, "-m", module, "--program", program.name, "--json"]
    command += ["--scale", scale, "--seed", str(seed)]
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
