"""How long a function takes to be ready, beside a bare client of DynamoDB from the same zip.

`make package ARCH=x86_64`, then `python -m benchmarks.cold_start` (ARCH as the machine's). All
functions enter through `app.py`, so that one number holds for the six. Wall time of whole
processes, in turns, so that a busy minute weighs on all alike; the median of paired ratios.
"""

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
from infra.packaging.target import Target, target
from infra.packaging.template import ZIP

ROUNDS = 15
BARE = "bare client"

_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); "
_CLIENT = "import botocore.session; botocore.session.get_session().create_client('dynamodb')"
PROGRAMS: Mapping[str, str] = {
    "python": "",
    BARE: _BEGIN + _CLIENT,
    "app": _BEGIN + "import app",
    "app and client": _BEGIN + "import app; " + _CLIENT,
}


def seconds(interpreter: str, program: str, folder: Path) -> float:
    """How long one process lasts. Raises CalledProcessError if it fails."""
    command = [interpreter, "-I", "-S", "-B", "-c", program, str(folder)]
    start = time.perf_counter()
    environment = {"AWS_DEFAULT_REGION": "eu-west-3"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603  ours
    return time.perf_counter() - start


def measure(wanted: Target, folder: Path) -> Mapping[str, list[float]]:
    """The seconds of each program, round by round; the first round only warms the disk."""
    rounds = [
        {name: seconds(wanted.interpreter, program, folder) for name, program in PROGRAMS.items()}
        for _ in range(ROUNDS + 1)
    ]
    return {name: [one[name] for one in rounds[1:]] for name in PROGRAMS}


def main() -> None:
    """Measure the zip that was made last, with bytecode and without."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ZipFile(OUT / ZIP) as archive:
            archive.extractall(folder)
        wanted = target(os.environ)
        tell("compiled", measure(wanted, folder))
        for compiled in folder.rglob("*.pyc"):
            compiled.unlink()
        tell("sources only", measure(wanted, folder))


def tell(title: str, measured: Mapping[str, list[float]]) -> None:
    """A line for each program: its best, and its median ratio to the bare client."""
    for name, taken in measured.items():
        ratio = median(one / bare for one, bare in zip(taken, measured[BARE], strict=True))
        sys.stdout.write(f"{title:13} {name:15} {min(taken) * 1000:6.0f} ms  {ratio:5.2f}\n")


if __name__ == "__main__":
    main()
