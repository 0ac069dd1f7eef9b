"""The emulator's process: on this machine only, with IAM on, and gone with all its children."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import Request, urlopen

from local.aws.embedded import CREDENTIALS, REGION

HOUSE = Path(__file__).parents[2]

#: The emulator's own environment: it pins botocore, and its Python is the one of its functions.
ENVIRONMENT = HOUSE / ".venv-emulator"

#: How often it is asked whether it is there, and seconds between two questions: on a busy machine
#: it takes more than ten seconds to begin.
KNOCKS, BETWEEN = 600, 0.1


#: Ports that no outgoing connection of this machine is given: Linux takes those from 32,768 on.
PORTS = range(20_000, 32_000)


class NotThere(RuntimeError):
    """The emulator does not answer; its last words say why."""


def program(name: str) -> str:
    """A program of the emulator's environment. Raises NotThere."""
    path = ENVIRONMENT / "bin" / name
    if not path.exists():
        raise NotThere(f"{path} is missing: `make emulate` sets it up")
    return str(path)


def a_port() -> int:
    """A port on which nobody listens, and which nobody is given meanwhile. Raises NotThere."""
    start = os.getpid() % len(PORTS)
    for port in chain(PORTS[start:], PORTS[:start]):
        with socket.socket() as probe:
            refused: bool = probe.connect_ex(("127.0.0.1", port)) != 0
        if refused:
            return port
    raise NotThere("no port is free")


@contextmanager
def ministack(port: int, functions: Mapping[str, str] | None = None) -> Iterator[str]:
    """Inside it, AWS answers at this address. `functions` is added to what every function finds.

    Raises NotThere.
    """
    address = f"http://127.0.0.1:{port}"
    with TemporaryDirectory(prefix="ministack-") as name:
        log = Path(name) / "log"
        process = _started(port, Path(name), log, functions or {})
        asked_to_end = signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
        try:
            _wait_for(address, process, log)
            yield address
        finally:
            signal.signal(signal.SIGTERM, asked_to_end)
            _end(process)


def _started(
    port: int, folder: Path, log: Path, functions: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    (work := folder / "work").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(work),
        "TMPDIR": str(work),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",  # it would listen on every address of the machine
        "LAMBDA_EXECUTOR": "local",
        "AUTH": "true",  # IAM is enforced, for each function's role
        "AWS_ACCESS_KEY_ID": CREDENTIALS["AWS_ACCESS_KEY_ID"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        **functions,
    }
    with log.open("wb") as written:
        return subprocess.Popen(
            [program("ministack")],
            cwd=folder,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(KNOCKS):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/_ministack/health", timeout=5):
                return
        except URLError:
            time.sleep(BETWEEN)
    raise NotThere(log.read_text("utf-8", "replace")[-2_000:])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """It and the functions that it keeps warm are one group."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def reset(address: str) -> None:
    """Make it forget everything."""
    with urlopen(Request(f"{address}/_ministack/reset", method="POST"), timeout=30):
        pass
