"""Where the CPU goes, by families of modules, in two ways that know nothing of one another.

`by_samples` looks at the stack after each few milliseconds of CPU: it disturbs nothing, and is as
exact as it has samples. `by_calls` is cProfile: it counts each call, and makes small functions look
dearer than they are. Where both say the same, it is so.

A family has the modules below; whatever is in none of them, such as `json` or `re`, is charged to
whoever asked for it.
"""

import cProfile
import pstats
import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from time import process_time
from types import FrameType
from typing import Any

#: By the end of a module's path without its suffix, or a folder in it; the first that fits counts.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "SDK: signing": ("botocore/auth", "botocore/signers", "botocore/credentials"),
    "SDK: user agent": ("botocore/useragent",),
    "SDK: endpoint rules": ("botocore/endpoint_provider", "botocore/regions"),
    "SDK: serialise and validate": ("botocore/serialize", "botocore/validate"),
    "SDK: parse": ("botocore/parsers", "botocore/response"),
    "SDK: hooks": ("botocore/hooks", "botocore/handlers"),
    "SDK: request objects": ("botocore/awsrequest", "botocore/compat", "botocore/endpoint"),
    "HTTP": ("botocore/httpsession", "urllib3/", "http/client"),
    "SDK: other": ("botocore/", "boto3/"),
    "PynamoDB": ("pynamodb/",),
    "planning": ("chalicelib/domain/", "pipeline/planning"),
    "order of steps": ("chalicelib/pipeline/",),
    "rendering": ("chalicelib/messages/", "jinja2/", "markupsafe/", "<template>"),
    "documents": ("chalicelib/documents/", "typst/", "icalendar/", "segno/"),
    "storage": ("chalicelib/storage/",),
    "links and keys": ("chalicelib/security/", "itsdangerous/"),
    "decoding": ("chalicelib/decoding/", "standardwebhooks/", "phonenumbers/"),
    "channels": ("chalicelib/channels/",),
    "log and metrics": ("chalicelib/observability/", "/logging/", "aws_lambda_powertools/logging"),
    "Lambda's entrance": (
        "aws_lambda_powertools/", "chalicelib/entrypoints/", "chalicelib/bootstrap",
        "chalicelib/settings", "chalice/", "/app",
    ),
    "the benchmark": ("benchmarks/", "local/"),
}  # fmt: skip
ELSE = "other"

#: CPU seconds between two looks. The kernel may look less often.
EACH = 0.001

Shares = Mapping[str, float]


def family(path: str) -> str | None:
    """The family of a module; None for what serves them all."""
    module = path.removesuffix(".py").removesuffix("/__init__")
    for name, parts in FAMILIES.items():
        if any(part in module if part.endswith("/") else module.endswith(part) for part in parts):
            return name
    return None


def by_samples(do: Callable[[], object]) -> Mapping[str, Any]:
    """The share of each family in the samples, and how many there were."""
    seen: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        families = (family(one.f_code.co_filename) for one in _outwards(frame))
        seen[next(filter(None, families), ELSE)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EACH, EACH)
    try:
        do()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return {"shares": {name: n / seen.total() for name, n in seen.items()}, "samples": seen.total()}


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame:
        yield frame
        frame = frame.f_back


#: A function as cProfile names it: its file, line and name.
Function = tuple[str, int, str]


def by_calls(do: Callable[[], object]) -> Mapping[str, Any]:
    """The share of each family in the own time of all functions, by cProfile."""
    profile = cProfile.Profile(process_time)
    profile.runcall(do)
    stats: Mapping[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    spent: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, _) in stats.items():
        for name, part in _charged(stats, function, frozenset()).items():
            spent[name] += own * part
    whole = sum(spent.values())
    return {"shares": {name: own / whole for name, own in spent.items()}}


def _charged(
    stats: Mapping[Function, Any], function: Function, seen: frozenset[Function]
) -> Shares:
    """Who pays for a function: its family, or its callers by the time it took for each of them."""
    if name := family(function[0]):
        return {name: 1.0}
    callers = {c: own for c, (_, _, own, _) in stats[function][4].items() if c not in seen}
    whole = sum(callers.values())
    if not whole or len(seen) > 12:
        return {ELSE: 1.0}
    paid: dict[str, float] = defaultdict(float)
    for caller, own in callers.items():
        for name, part in _charged(stats, caller, seen | {function}).items():
            paid[name] += part * own / whole
    return paid
