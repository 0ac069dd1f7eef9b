"""The parts of the zip that are not ours: pinned, hashed, for Lambda's processor, and all there."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.packaging.target import HOUSE, PLATFORMS, CannotPackage, Target

LOCK, ASKED_FOR = HOUSE / "requirements.txt", HOUSE / "requirements.in"

#: Whose requirements are for a developer's command line: on Lambda its `app` module needs
#: nothing but botocore, which is a part of its own.
COMMAND_LINES = frozenset({"chalice"})


def install(target: Target, folder: Path) -> Mapping[str, str]:
    """Install what Lambda needs; each part and its version. Raises CannotPackage."""
    locked = pinned(LOCK.read_text("utf-8"), target)
    _pip(target, folder)
    check_complete(locked, {name: one.version for name, one in _installed(folder).items()})
    needed = needed_on_lambda(folder, target)
    for name, distribution in _installed(folder).items():
        if name not in needed:
            _remove(distribution, folder)
    return {name: version for name, version in locked.items() if name in needed}


def pinned(lock: str, target: Target) -> Mapping[str, str]:
    """Name and version of each line of a lock that holds on Lambda."""
    lines = (line.removesuffix("\\").strip() for line in lock.splitlines() if line[:1].isalnum())
    found = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in found
        if _holds(one, target)
    }


def check_complete(locked: Mapping[str, str], installed: Mapping[str, str]) -> None:
    """Raise CannotPackage unless exactly what is locked is there: a wheel may be left out in
    silence where there is none for a processor.
    """
    wrong = sorted(name for name, version in locked.items() if installed.get(name) != version)
    unasked = sorted(set(installed) - set(locked))
    if wrong or unasked:
        raise CannotPackage(f"not as locked: {', '.join(wrong + unasked)}")


def needed_on_lambda(folder: Path, target: Target) -> frozenset[str]:
    """What we ask for and what that needs, without what only command lines need."""
    installed, needed = _installed(folder), set[str]()
    asked = [line for line in ASKED_FOR.read_text("utf-8").splitlines() if line[:1].isalnum()]
    waiting = [Requirement(line.partition("#")[0]) for line in asked]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name in needed or name not in installed:
            continue
        needed.add(name)
        if name not in COMMAND_LINES:
            wants = map(Requirement, installed[name].requires or ())
            waiting += [one for one in wants if _holds(one, target)]
    return frozenset(needed)


def _holds(requirement: Requirement, target: Target) -> bool:
    lambda_is = {
        "python_version": target.python,
        "python_full_version": f"{target.python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "extra": "",
    }
    return requirement.marker is None or requirement.marker.evaluate(lambda_is)


def _pip(target: Target, folder: Path) -> None:
    platforms = [f"--platform={name}" for name in PLATFORMS[target.architecture]]
    asked = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile"]
    of_lambda = ["--implementation=cp", f"--python-version={target.python}", *platforms]
    quiet = ["--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *quiet, *asked, *of_lambda]
    done = subprocess.run(  # noqa: S603  our own words
        [*command, f"--target={folder}", f"--requirement={LOCK}"], check=False
    )
    if done.returncode:
        raise CannotPackage(f"pip could not install {LOCK.name} for {target.architecture}")


def _installed(folder: Path) -> Mapping[str, Distribution]:
    found: Iterable[Distribution] = distributions(path=[str(folder)])
    return {canonicalize_name(one.metadata["Name"]): one for one in found}


def _remove(distribution: Distribution, folder: Path) -> None:
    for file in distribution.files or ():
        path = folder / file
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
