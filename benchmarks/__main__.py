"""What the product costs, in CPU, in turns with its peers: `make bench`."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from benchmarks import cold_start
from benchmarks.figures import FIGURES, measure, try_out
from benchmarks.report import page, picture, table
from benchmarks.scene import ALONE, CHECKOUT, PRODUCT, Pythons, Scene
from infra.packaging.target import HOUSE, PROCESSORS, Target, target

OUT = HOUSE / "out" / "bench"
PEERS = OUT / "peers" / "bin" / "python"
LOCK = HOUSE / "benchmarks" / "peers" / "requirements.txt"

ROUNDS = 9
COLD = "cold"
#: What can be profiled: what the product does then, and how often.
PROFILED = {"sender": "serve", "accept": "accept"}
TIMES = 400


def main(arguments: Sequence[str]) -> int:
    """Measure, and write down what was found."""
    asked = _asked(arguments)
    if asked.quick:
        return _try_out()
    with TemporaryDirectory() as name:
        wanted = target({"ARCH": PROCESSORS[platform.machine()]})
        folder = _unpacked(wanted, asked.zip, Path(name))
        pythons = Pythons(
            ours=(wanted.interpreter, *ALONE),
            path=(str(folder), str(HOUSE)),
            peers=(str(PEERS), "-B"),
        )
        if asked.profile:
            return _profile(pythons, PROFILED[asked.profile])
        names = asked.only or [*(figure.name for figure in FIGURES), COLD]
        results = _measured(names, pythons, wanted, folder, asked.rounds)
    _write(results, is_whole=not asked.only)
    return 0


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    known = [*(figure.name for figure in FIGURES), COLD]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", action="append", choices=known, default=[])
    parser.add_argument("--zip", type=Path, help="a package that was made before, for this machine")
    parser.add_argument(
        "--profile", choices=PROFILED, help="where the CPU of an e-mail, or of a webhook, goes"
    )
    parser.add_argument(
        "--quick", action="store_true", help="only try the programs, of this checkout"
    )
    return parser.parse_args(arguments)


def _unpacked(wanted: Target, made: Path | None, folder: Path) -> Path:
    """The package, as Lambda unpacks it."""
    from infra.packaging.__main__ import make_zip

    OUT.mkdir(parents=True, exist_ok=True)
    if made is None:
        made = OUT / "relance.zip"
        make_zip(wanted, made)
    with ZipFile(made) as archive:
        archive.extractall(folder)
    return folder


def _try_out() -> int:
    print("\n".join(table(try_out(CHECKOUT))))
    return 0


def _measured(
    names: Sequence[str], pythons: Pythons, wanted: Target, folder: Path, rounds: int
) -> Mapping[str, Any]:
    before, figures = _load(), []
    for figure in (figure for figure in FIGURES if figure.name in names):
        figures.append(measure(figure, pythons, rounds))
        print("\n".join(list(table(figures[-1:]))[2:]), flush=True)
    cold = _cold(wanted, folder, rounds) if COLD in names else {}
    about = {**_about(wanted, folder), "before": before, "after": _load()}
    return {"about": about, "rounds": rounds, "figures": figures, "cold": cold}


def _cold(wanted: Target, folder: Path, rounds: int) -> Mapping[str, Sequence[float]]:
    """In turns; the first round only warms the disk."""
    programs = cold_start.programs()
    taken = [
        {n: cold_start.seconds(wanted.interpreter, p, folder) for n, p in programs.items()}
        for _ in range(rounds + 1)
    ]
    return {name: [one[name] for one in taken[1:]] for name in programs}


def _about(wanted: Target, folder: Path) -> Mapping[str, Any]:
    """What was measured, when and where."""
    told = Path("/proc/cpuinfo").read_text("utf-8")
    cpu = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    locked = dict(re.findall(r"^([\w-]+)==(\S+)", LOCK.read_text("utf-8"), re.MULTILINE))
    peers = [f"{name} {locked[name]}" for name in ("django-post-office", "django", "huey")]
    parts = dict(one.name.split("-")[:2] for one in folder.glob("*.dist-info"))
    ours = [
        f"{name} {parts[name].removesuffix('.dist')}" for name in ("botocore", "pynamodb", "typst")
    ]
    return {
        "date": datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC"),
        "commit": _commit(),
        "cpu": cpu.group(1) if cpu else platform.processor(),
        "cores": os.cpu_count(),
        "machine": wanted.architecture,
        "python": _python(wanted.interpreter),
        "ours": ", ".join(ours),
        "peers": ", ".join(peers),
    }


def _commit() -> str:
    commit = _said(["git", "rev-parse", "--short=10", "HEAD"])
    changed = _said(["git", "status", "--porcelain", "--", "app.py", "chalicelib", "benchmarks"])
    return f"`{commit}`" + (", with changes that are not committed" if changed else "")


def _python(interpreter: str) -> str:
    return _said([interpreter, "-c", "import platform; print(platform.python_version())"])


def _said(command: Sequence[str]) -> str:
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=True)  # noqa: S603  ours
    return done.stdout.strip()


def _load() -> str:
    return ", ".join(f"{load:.2f}" for load in os.getloadavg())


def _write(results: Mapping[str, Any], *, is_whole: bool) -> None:
    """What is measured in part is no page of the documentation."""
    (OUT / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), "utf-8")
    (OUT / "results.svg").write_text(picture(results["figures"]), "utf-8")
    (OUT / "performance.md").write_text(page(results), "utf-8")
    if is_whole:
        (HOUSE / "docs" / "performance.md").write_text(page(results), "utf-8")
    print(f"{OUT}: results.json, results.svg, performance.md" + (", and docs" if is_whole else ""))


def _profile(pythons: Pythons, work: str) -> int:
    """Where the CPU of one unit goes, measured in two ways."""
    print(f"load before: {_load()}")
    with Scene(pythons) as scene:
        scene.measured(PRODUCT, work, TIMES // 4)  # warm
        plain = scene.measured(PRODUCT, work, TIMES)
        samples = scene.measured(PRODUCT, work, TIMES, "samples")
        calls = scene.measured(PRODUCT, work, TIMES, "calls")
    each, kernel = (plain[time] * 1_000 / TIMES for time in ("cpu", "system"))
    print(f"{work}: {each:.2f} ms CPU each, {kernel:.2f} of them in the kernel; {plain['calls']}")
    print(f"{TIMES} of them, {samples['samples']} samples")
    print("\n".join(_shares(each, samples["shares"], calls["shares"])))
    print(f"load after: {_load()}")
    return 0


def _shares(
    each: float, sampled: Mapping[str, float], counted: Mapping[str, float]
) -> Iterator[str]:
    yield "| family | ms | % by samples | % by cProfile |"
    yield "| --- | --- | --- | --- |"
    for name in sorted({*sampled, *counted}, key=lambda n: -sampled.get(n, 0)):
        share, other = sampled.get(name, 0), counted.get(name, 0)
        yield f"| {name} | {share * each:.2f} | {share:.1%} | {other:.1%} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
