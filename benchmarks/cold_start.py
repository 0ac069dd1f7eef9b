"""What each function takes to be ready, beside bare clients from the same zip.

All functions enter through `app.py`, and import what they need and make the clients that their
policies tell of. CPU time of whole processes.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from infra.packaging.target import HOUSE

BARE = "bare client"

#: The SDK's name of a service, by IAM's; the rest is asked by Lambda or by a service for us.
SERVICES: Mapping[str, str] = {
    "dynamodb": "dynamodb",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "ses": "sesv2",
    "sms-voice": "pinpoint-sms-voice-v2",
    "sqs": "sqs",
}


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a function starts: the handler that Lambda names, and what of ours it imports to begin
    with its first event, beside what `app` imports at once.
    """

    handler: str
    imports: Sequence[str]


#: By the names of their policies. `api_handler` is that of a webhook or a student, not the desk's.
STARTS: Mapping[str, Start] = {
    "api_handler": Start(handler="app.app", imports=("pipeline.intake", "pipeline.students")),
    "begin_night": Start(handler="app.begin_night", imports=("entrypoints.schedules",)),
    "reconcile": Start(
        handler="app.reconcile",
        imports=("entrypoints.schedules", "pipeline.night", "pipeline.eraser"),
    ),
    "record_delivery": Start(handler="app.record_delivery", imports=("pipeline.delivery_reports",)),
    "rotate_keys": Start(handler="app.rotate_keys", imports=("entrypoints.key_rotation",)),
    "send_digest": Start(
        handler="app.send_digest", imports=("entrypoints.schedules", "pipeline.digest")
    ),
    "serve_dossier": Start(handler="app.serve_dossier", imports=("pipeline.sender",)),
    "sweep_due": Start(
        handler="app.sweep_due",
        imports=(
            "entrypoints.schedules",
            "pipeline.sweep",
            "pipeline.bulk_actions",
            "pipeline.escalator",
        ),
    ),
}

_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); "
_SESSION = _BEGIN + "from botocore.session import get_session; make = get_session().create_client; "


@dataclass(frozen=True, kw_only=True)
class Program:
    """One process: what it does, and which handler Lambda would say that it is for."""

    code: str
    handler: str = ""


def clients_of(function: str) -> str:
    """What the program is called that makes the same clients as a function, and nothing else."""
    return f"the clients of {function}"


def programs() -> Mapping[str, Program]:
    """Whatever is measured: bare clients, the app with every route, and each function."""
    found = {BARE: Program(code=_bare(["dynamodb"]))}
    for name, start in STARTS.items():
        services = services_of(HOUSE / ".chalice" / "policies" / f"{name}.json")
        found[clients_of(name)] = Program(code=_bare(services))
        clients = "from chalicelib.aws import client\n" + "".join(
            f"client({service!r})\n" for service in services
        )
        code = f"{imports(start)}{clients}"
        found[name] = Program(code=code, handler=start.handler)
    every = Program(code=_BEGIN + "import app")
    return {**found, "import app": every, **_without_clients()}


def _without_clients() -> Mapping[str, Program]:
    hot = {name: STARTS[name] for name in ("api_handler", "serve_dossier")}
    return {
        f"{name}, no client": Program(code=imports(start), handler=start.handler)
        for name, start in hot.items()
    }


def _bare(services: Sequence[str]) -> str:
    return _SESSION + "; ".join(f"make({service!r})" for service in services)


def imports(start: Start) -> str:
    """What a function imports to begin with its first event, as a program."""
    return f"{_BEGIN}import app\n" + "".join(
        f"import chalicelib.{module}\n" for module in start.imports
    )


def services_of(policy: Path) -> Sequence[str]:
    """The services that a function has clients of, by botocore's names."""
    statements = json.loads(policy.read_text("utf-8"))["Statement"]
    named = {action.partition(":")[0] for one in statements for action in one["Action"]}
    return sorted({SERVICES[name] for name in named & SERVICES.keys()})


def seconds(interpreter: str, program: Program, folder: Path) -> float:
    """The CPU seconds of one process. Raises CalledProcessError if it fails."""
    command = [interpreter, "-I", "-S", "-B", "-c", program.code, str(folder)]
    before = getrusage(RUSAGE_CHILDREN)
    environment = {"AWS_DEFAULT_REGION": "eu-west-3", "_HANDLER": program.handler}
    subprocess.run(command, check=True, env=environment)  # noqa: S603  ours
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
