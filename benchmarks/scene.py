"""The processes of a measurement: what is outside, the product, and its peers."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from chalicelib.domain.keys import first
from infra.packaging.target import HOUSE

PRODUCT = "benchmarks.product"
SDK, TYPST = "benchmarks.peers.sdk", "benchmarks.peers.typst_page"
#: These work with what is in the package, the others in an environment of the peers.
OF_THE_PACKAGE = frozenset({PRODUCT, SDK, TYPST})

#: In a Python of its own: nothing but the package and the programs that measure it.
ALONE = ("-I", "-S", "-B")
_RUN = """
import runpy, sys
sys.path[:0] = sys.argv[2:]
runpy.run_module(sys.argv[1], None, "__main__", True)
"""


@dataclass(frozen=True, kw_only=True)
class Pythons:
    """How each kind of contestant is started: interpreter with options, and folders of its path."""

    ours: Sequence[str]
    path: Sequence[str]
    peers: Sequence[str]

    def command(self, module: str) -> list[str]:
        """A contestant of this module."""
        if module in OF_THE_PACKAGE:
            return [*self.ours, "-c", _RUN, module, *self.path]
        return [*self.peers, "-c", _RUN, module, str(HOUSE)]


#: This checkout, in this environment: to try the programs, not to measure.
CHECKOUT = Pythons(ours=(sys.executable,), path=(str(HOUSE),), peers=(sys.executable,))


class Ended(Exception):
    """A process ended before it answered."""


class Process:
    """One that answers each line with a line."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("a") as errors:
            self._process = subprocess.Popen(  # noqa: S603  ours
                command, env=environment, cwd=HOUSE, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip

    def ask(self, line: str) -> str:
        """Say a line and wait for the answer. Raises Ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise Ended(line, self._log.read_text()[-2_000:])
        return answer

    def end(self) -> None:
        """Close its input, which ends it."""
        self._process.communicate()


class Scene:
    """A context manager: an outside with nothing in it, and contestants that start when asked."""

    def __init__(self, pythons: Pythons) -> None:
        self._pythons = pythons
        self._stack = ExitStack()
        self._contestants: dict[str, Process] = {}

    def __enter__(self) -> "Scene":
        """Start what is outside."""
        self._scratch = Path(self._stack.enter_context(TemporaryDirectory()))
        command = [sys.executable, "-m", "benchmarks.outside"]
        outside = self._start(command, {"PATH": os.defpath}, "outside")
        http, smtp = outside.ask(json.dumps(first(secrets.token_bytes))).split()
        self._endpoint = f"http://127.0.0.1:{http}"
        self._environment = {
            **environment(self._endpoint),
            "SMTP_PORT": smtp,
            "LOG": str(self._scratch / "log"),
        }
        return self

    def __exit__(self, *_: object) -> None:
        """End every process, and clear up."""
        self._stack.close()

    def _start(self, command: Sequence[str], environment: Mapping[str, str], name: str) -> Process:
        process = Process(command, environment, self._scratch / f"{name}.err")
        self._stack.callback(process.end)
        return process

    def measured(self, module: str, work: str, units: int, how: str = "cpu") -> Mapping[str, Any]:
        """What a contestant spent on so many units. Raises Ended."""
        if module not in self._contestants:
            if self._contestants:  # the first one is the product, and has sent
                self._keep_letter()
            command = self._pythons.command(module)
            self._contestants[module] = self._start(command, self._environment, module)
        answer = self._contestants[module].ask(f"{work} {units} {how}")
        found: Mapping[str, Any] = json.loads(answer)
        return found

    def _keep_letter(self) -> None:
        """The product's last e-mail, for peers to send as their own."""
        with urlopen(f"{self._endpoint}/-/last") as answer:  # noqa: S310  on this machine
            request = json.load(answer).get("SendEmail")
        if request:
            letter = json.dumps(as_template(request))
            (self._scratch / "letter.json").write_text(letter, "utf-8")


def as_template(request: Mapping[str, Any]) -> Mapping[str, str]:
    """A SendEmail as templates of Django: what is the student's becomes a variable."""
    tags = {tag["Name"]: tag["Value"] for tag in request["EmailTags"]}
    simple = request["Content"]["Simple"]
    given = simple["Body"]["Text"]["Data"].partition(",")[0].split()[-1]
    variables = {tags["dossier"]: "{{ dossier_id }}", given: "{{ given_name }}"}
    parts = {
        "subject": simple["Subject"],
        "text": simple["Body"]["Text"],
        "html": simple["Body"]["Html"],
    }
    return {name: _replaced(part["Data"], variables) for name, part in parts.items()}


def _replaced(text: str, variables: Mapping[str, str]) -> str:
    for old, new in variables.items():
        text = text.replace(old, new)
    return text


def environment(endpoint: str) -> Mapping[str, str]:
    """What Lambda and the stage give a function, and where AWS is."""
    return {
        "PATH": os.defpath,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_SESSION_TOKEN": "benchmark" * 40,
        "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_REGION": "eu-west-3",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "STAGE": "benchmark",
        "DESK": "grenoble",
        "PUBLIC_URL": "https://relance.example",
        "TABLE_NAME": "relance-benchmark-Table-1ABCDEFGHIJKL",
        "SERVE_QUEUE_URL": f"{endpoint}/123456789012/serve",
        "SERVE_DEAD_LETTERS_URL": f"{endpoint}/123456789012/serve-dead",
        "FEEDBACK_QUEUE_URL": f"{endpoint}/123456789012/feedback",
        "FEEDBACK_DEAD_LETTERS_URL": f"{endpoint}/123456789012/feedback-dead",
        "DOCUMENTS_BUCKET": "relance-benchmark-documents",
        "WEBHOOK_SECRETS_ID": "relance-benchmark",
        "LINK_KEYS_ID": "relance-benchmark",
        "SESSION_KEYS_ID": "relance-benchmark",
        "ADDRESS_KEY_ID": "relance-benchmark",
        "MAIL_FROM": "rendez-vous@relance.example",
        "MAIL_REPLY_TO": "antenne-campus@relance.example",
        "MAIL_CONFIGURATION_SET": "relance-benchmark-mail",
        "SMS_SENDER_ID": "PREFISERE",
        "SMS_CONFIGURATION_SET": "relance-benchmark-sms",
    }
