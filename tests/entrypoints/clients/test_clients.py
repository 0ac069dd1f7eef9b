"""Clients that generators make of the contract: whatever they say is recorded, and whole.

Each generator is pinned, and stands in an environment of its own: `make clients`.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.decoding.booking_events import TYPES, booking_event
from chalicelib.domain.events import Event
from tests.entrypoints.contract import CONTRACT_FILE, webhook
from tests.entrypoints.doors import TOLD_AT, Doors, everything

pytestmark = [pytest.mark.clients, pytest.mark.enable_socket]

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SPEAKERS = HERE / "speakers"
PYTHON = ROOT / "out" / "clients" / "python" / "bin"
NODE = ROOT / "out" / "clients" / "node_modules"

#: Each example of the contract, and each type with all that may stand in it.
BODIES: list[dict[str, Any]] = [
    *({**shown["value"], "timestamp": TOLD_AT} for shown in webhook()["examples"].values()),
    *(everything(kind) for kind in sorted(TYPES)),
]

Made = Callable[[Path], Sequence[object]]


def run(*command: object, said: str = "", cwd: Path | None = None) -> str:
    """What a program wrote."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, input=said, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def generate(language: str, folder: Path, **options: str) -> None:
    """A client by openapi-generator."""
    given = ",".join(f"{name}={value}" for name, value in options.items())
    asked = ["-i", CONTRACT_FILE, "-g", language, "-o", folder, "--additional-properties", given]
    run(PYTHON / "openapi-generator-cli", "generate", *asked)


def compiled(folder: Path, speaker: str) -> Sequence[object]:
    """A speaker in TypeScript, beside what was generated for it."""
    shutil.copy(SPEAKERS / speaker, folder / "speak.ts")
    types = ["--strict", "--skipLibCheck", "--types", "node", "--typeRoots", NODE / "@types"]
    target = ["--module", "commonjs", "--target", "es2022", "--lib", "es2022,dom"]
    run(NODE / ".bin" / "tsc", *target, *types, "--outDir", folder / "out", folder / "speak.ts")
    return ["node", folder / "out" / "speak.js"]


# How each client is made, and how it is started: each reads events, and says them in its own words.


def openapi_generator_python(folder: Path) -> Sequence[object]:
    generate("python", folder, packageName="relance_oag")
    return [PYTHON / "python", "-c", (SPEAKERS / "openapi_generator.py").read_text()]


def openapi_generator_typescript(folder: Path) -> Sequence[object]:
    generate("typescript-fetch", folder)
    return compiled(folder, "openapi_generator.ts")


def openapi_generator_java(folder: Path) -> Sequence[object]:
    """Compiled with what the generator itself stands on, which holds all that its client needs."""
    options = {"library": "native", "openApiNullable": "false", "invokerPackage": "client"}
    generate("java", folder, **options, apiPackage="client", modelPackage="client.model")
    [jar] = PYTHON.parent.rglob("openapi-generator.jar")
    sources = [*(folder / "src" / "main").rglob("*.java"), *SPEAKERS.rglob("*.java")]
    run("javac", "-proc:none", "-nowarn", "-cp", jar, "-d", folder / "out", *sources)
    return ["java", "-cp", f"{jar}:{folder / 'out'}", "Speak"]


def openapi_python_client(folder: Path) -> Sequence[object]:
    (folder / "config.yaml").write_text("post_hooks: []", encoding="utf-8")
    asked = ["--path", CONTRACT_FILE, "--meta", "none", "--config", folder / "config.yaml"]
    made = ["--output-path", folder / "relance_opc", "--fail-on-warning"]
    run(PYTHON / "openapi-python-client", "generate", *asked, *made)
    return [PYTHON / "python", "-c", (SPEAKERS / "openapi_python_client.py").read_text()]


def datamodel_code_generator(folder: Path) -> Sequence[object]:
    asked = ["--input", CONTRACT_FILE, "--input-file-type", "openapi", "--formatters", "builtin"]
    made = ["--output", folder / "relance_dcg.py", "--output-model-type", "pydantic_v2.BaseModel"]
    run(PYTHON / "datamodel-codegen", *asked, *made)
    return [PYTHON / "python", "-c", (SPEAKERS / "datamodel_code_generator.py").read_text()]


def openapi_typescript(folder: Path) -> Sequence[object]:
    run(NODE / ".bin" / "openapi-typescript", CONTRACT_FILE, "-o", folder / "relance.ts")
    text = (
        'import type { components } from "./relance";\n'
        f'export const events: components["schemas"]["Event"][] = {json.dumps(BODIES)};\n'
    )
    (folder / "events.ts").write_text(text, encoding="utf-8")
    return compiled(folder, "openapi_typescript.ts")


CLIENTS: list[Made] = [
    openapi_generator_python,
    openapi_generator_typescript,
    openapi_generator_java,
    openapi_python_client,
    datamodel_code_generator,
    openapi_typescript,
]


def heard(body: dict[str, Any], doors: Doors) -> Event:
    """What we understand of it, whatever its spelling."""
    event = booking_event("evt_1", json.dumps(body).encode(), doors.services.now())
    return replace(event, digest="")


@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_whatever_a_generated_client_says_is_recorded_whole(
    make: Made, doors: Doors, tmp_path: Path
) -> None:
    said = json.loads(run(*make(tmp_path), said=json.dumps(BODIES), cwd=tmp_path))
    assert [heard(body, doors) for body in said] == [heard(body, doors) for body in BODIES]
    for body in said:
        body["data"]["dossier_id"] = doors.new_id()
        reply = doors.deliver(json.dumps(body).encode())
        assert json.loads(reply.body) == {"status": "recorded"}, body["type"]


@pytest.mark.parametrize(
    "command",
    [
        ["spectral", "lint", "--fail-severity", "hint", "-r", HERE / "spectral.yaml"],
        ["redocly", "lint", "--max-problems", "9", "--config", HERE / "redocly.yaml"],
    ],
    ids=lambda command: command[0],
)
def test_who_reads_contracts_for_faults_finds_none(command: list[object]) -> None:
    said = run(NODE / ".bin" / str(command[0]), *command[1:], CONTRACT_FILE)
    assert "warning" not in said.lower()
