"""How long each function takes to be ready, beside a bare client of DynamoDB from the same zip.

`make package ARCH=x86_64`, then `python -m benchmarks.cold_start` (ARCH as the machine's). All
functions enter through `app.py`; they differ in the clients that they make, which their policies
tell. Wall time of whole processes, in turns, so that a busy minute weighs on all alike; the
median of paired ratios.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from infra.packaging.__main__ import OUT
from infra.packaging.target import HOUSE, Target, target
from infra.packaging.template import ZIP

ROUNDS = 10
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

_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); "
IMPORTS: Mapping[str, str] = {
    "python": "",
    BARE: _BEGIN
    + "import botocore.session; botocore.session.get_session().create_client('dynamodb')",
    "import app": _BEGIN + "import app",
}


def functions() -> Mapping[str, str]:
    """Each function as a program: what its first invocation finds ready, and what it makes."""
    return {
        policy.stem: f"{_BEGIN}import app, boto3\n"
        f"for one in {sorted(_services(policy))}: boto3.client(one)"
        for policy in sorted((HOUSE / ".chalice" / "policies").glob("*.json"))
    }


def _services(policy: Path) -> set[str]:
    statements = json.loads(policy.read_text("utf-8"))["Statement"]
    named = {action.partition(":")[0] for one in statements for action in one["Action"]}
    return {SERVICES[name] for name in named & SERVICES.keys()}


def seconds(interpreter: str, program: str, folder: Path) -> float:
    """How long one process lasts. Raises CalledProcessError if it fails."""
    command = [interpreter, "-I", "-S", "-B", "-c", program, str(folder)]
    start = time.perf_counter()
    environment = {"AWS_DEFAULT_REGION": "eu-west-3"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603  ours
    return time.perf_counter() - start


def measure(wanted: Target, folder: Path, programs: Mapping[str, str]) -> Mapping[str, list[float]]:
    """The seconds of each program, round by round; the first round only warms the disk."""
    rounds = [
        {name: seconds(wanted.interpreter, program, folder) for name, program in programs.items()}
        for _ in range(ROUNDS + 1)
    ]
    return {name: [one[name] for one in rounds[1:]] for name in programs}


def main() -> None:
    """Measure the zip that was made last, with bytecode and without."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ZipFile(OUT / ZIP) as archive:
            archive.extractall(folder)
        wanted = target(os.environ)
        tell("compiled", measure(wanted, folder, {**IMPORTS, **functions()}))
        for compiled in folder.rglob("*.pyc"):
            compiled.unlink()
        tell("sources only", measure(wanted, folder, IMPORTS))


def tell(title: str, measured: Mapping[str, list[float]]) -> None:
    """A line for each program: its best, and its median ratio to the bare client."""
    for name, taken in measured.items():
        ratio = median(one / bare for one, bare in zip(taken, measured[BARE], strict=True))
        sys.stdout.write(f"{title:13} {name:15} {min(taken) * 1000:6.0f} ms  {ratio:5.2f}\n")


if __name__ == "__main__":
    main()
