"""What a package is made for: a processor, and one of Lambda's Pythons."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]

#: Wheels for Lambda's processors, by Lambda's names. Amazon Linux 2023 has glibc 2.34.
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "arm64": ("manylinux2014_aarch64", "manylinux_2_28_aarch64"),
    "x86_64": ("manylinux2014_x86_64", "manylinux_2_28_x86_64"),
}

#: The same processors, by the machine's names: only the zip of the one at hand can be started.
PROCESSORS: Mapping[str, str] = {"aarch64": "arm64", "x86_64": "x86_64"}

#: Which of Lambda's Pythons are tried, the newest first. Bytecode holds for one of them only.
PYTHONS = ("3.13", "3.12")


class CannotPackage(Exception):
    """There will be no package, and this is why."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a package is made for, and the interpreter that compiles it."""

    architecture: str
    python: str
    interpreter: str

    @property
    def runtime(self) -> str:
        """Lambda's word for its Python."""
        return f"python{self.python}"


def target(environment: Mapping[str, str]) -> Target:
    """What ARCH and LAMBDA_PYTHON ask for. Raises CannotPackage, naming what was wrong."""
    architecture = _one_of(tuple(PLATFORMS), environment, "ARCH", "arm64")
    asked = environment.get("LAMBDA_PYTHON")
    wanted = (_one_of(PYTHONS, environment, "LAMBDA_PYTHON", ""),) if asked else PYTHONS
    for python in wanted:
        for candidate in _interpreters(python):
            if version_of(candidate) == python:
                return Target(architecture=architecture, python=python, interpreter=candidate)
    raise CannotPackage(
        f"no Python {' or '.join(wanted)} here to compile with: install one,"
        f" as python{wanted[0]} on the path or with `pyenv install {wanted[0]}`"
    )


def project() -> Mapping[str, Any]:
    """What the project says of itself: its name, its version."""
    told: Mapping[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    whole: Mapping[str, Any] = told["project"]
    return whole


def _one_of(known: tuple[str, ...], environment: Mapping[str, str], name: str, usual: str) -> str:
    given = environment.get(name) or usual
    if given not in known:
        raise CannotPackage(f"{name} is one of {', '.join(known)}, not {given!r}")
    return given


def _interpreters(python: str) -> Iterator[str]:
    if on_the_path := shutil.which(f"python{python}"):
        yield on_the_path
    for folder in sorted((Path.home() / ".pyenv" / "versions").glob(f"{python}.*"), reverse=True):
        yield str(folder / "bin" / "python")


def version_of(interpreter: str) -> str:
    """Its version; empty for a shim that stands for nothing."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(  # noqa: S603  an interpreter of this machine
            [interpreter, "-c", ask], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return answer.stdout.strip()


def main() -> int:
    """Say which interpreter compiles; 1 and a line that says why if there is none."""
    try:
        sys.stdout.write(target(os.environ).interpreter + "\n")
    except CannotPackage as error:
        sys.stderr.write(f"No interpreter: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
