"""What lies in the zip: the application, compiled, and nothing of ours that does not run there."""

import os
import shutil
import subprocess
from pathlib import Path

from infra.packaging.target import HOUSE, CannotPackage, Target

#: All that is ours and runs on Lambda.
OURS = ("app.py", "chalicelib")

#: Folders that installers leave beside packages: programs, manuals, headers.
_NOT_PYTHON = ("bin", "share", "include")


def add_ours(folder: Path) -> None:
    """Put the application beside its parts."""
    for name in OURS:
        source, aim = HOUSE / name, folder / name
        if source.is_dir():
            shutil.copytree(source, aim, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copyfile(source, aim)


def clear(folder: Path) -> None:
    """Remove what no function needs: programs, and the parts' own tests and caches."""
    for name in _NOT_PYTHON:
        shutil.rmtree(folder / name, ignore_errors=True)
    for cache in list(folder.rglob("__pycache__")):
        shutil.rmtree(cache)
    for path in folder.glob("*.pth"):
        path.unlink()
    _drop_empty(folder)


def _drop_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def compile_all(folder: Path, target: Target) -> None:
    """Compile everything for Lambda's Python. Raises CannotPackage.

    Lambda cannot write beside the code: what is not compiled here is compiled again at each
    cold start. Unchecked: the dates of a zip say nothing, and nobody edits what is deployed.
    """
    once = ["-m", "compileall", "-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    seen_as = ["-s", str(folder), "-p", "/var/task", str(folder)]
    done = subprocess.run(  # noqa: S603  an interpreter of this machine
        [target.interpreter, *once, *seen_as],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
    )
    if done.returncode:
        raise CannotPackage(f"not everything compiles with Python {target.python}")
