"""A process that is measured: it does what each line of its input asks for, `serve 60`, and answers
with a line of JSON. It stays alive, and so warm, from turn to turn.

The standard library only: it runs in the package's Python as in the peers'.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from resource import RUSAGE_SELF, getrusage
from typing import Any
from urllib.request import Request, urlopen

#: Prepares so many units, and returns what does them: only that is measured.
Work = Callable[[int], Callable[[], object]]

#: Measures what is done, in its own way.
Measure = Callable[[Callable[[], object]], Mapping[str, Any]]


def cpu(do: Callable[[], object]) -> Mapping[str, Any]:
    """The seconds that this process spends on it, in all its threads; `system` are the kernel's."""
    before = getrusage(RUSAGE_SELF)
    do()
    after = getrusage(RUSAGE_SELF)
    system = after.ru_stime - before.ru_stime
    return {"cpu": after.ru_utime - before.ru_utime + system, "system": system}


def obey(work: Mapping[str, Work], measures: Mapping[str, Measure] | None = None) -> None:
    """Work until the input ends. What the work prints goes to `LOG`, as to Lambda's own pipe."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.environ["LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
    how = {"cpu": cpu, **(measures or {})}
    for line in sys.stdin:
        name, units, measure = line.split()
        before = ask("calls")
        do = work[name](int(units))
        between = ask("calls")
        measured = how[measure](do)
        calls = _grown(between, ask("calls"))
        answer = {**measured, "calls": calls, "prepared": _grown(before, between)}
        print(json.dumps(answer), file=answers, flush=True)


def ask(what: str, body: bytes | None = None) -> Any:
    """What is outside tells of itself."""
    address = f"{os.environ['AWS_ENDPOINT_URL']}/-/{what}"
    with urlopen(Request(address, data=body)) as answer:  # noqa: S310  on this machine
        return json.load(answer)


def _grown(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {name: n - before.get(name, 0) for name, n in after.items() if n > before.get(name, 0)}
