"""Plays the whole procedure on a travelling clock: `python -m local.demo`."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from chalicelib.domain.desk_calendar import PARIS
from local.demo.cast import NotAsExpected
from local.demo.keepsakes import keep
from local.demo.story import PROMISES, Act, begins, ends, steps
from local.demo.telling import Teller
from local.demo.verdict import Verdict, became, verdict
from local.studio.outbox import Message, Outcome, summary
from local.studio.readable import dumps, open_work, whole
from local.world import World

OUT = Path("out/demo")


class Demo:
    """One performance: plays each step, tells what it leads to, and keeps everything."""

    def __init__(self, world: World, teller: Teller, out: Path) -> None:
        self._world = world
        self._teller = teller
        self._out = out
        self._told = 0

    def play(self, story: Sequence[Act]) -> None:
        """From the first step to some quiet days after the last. Raises NotAsExpected."""
        for step in story:
            self._world.travel(step.at, lambda _: self._tell())
            self._tell()
            outcome = step.deed(self._world)
            self._teller.deed(step.at, step.who, step.says, outcome)
            self._tell()
        self._world.travel(ends(), lambda _: self._tell())
        self._tell()

    def keep(self) -> None:
        """Write every message, the journey and the dossiers."""
        for number, (message, _) in enumerate(self._world.sent, start=1):
            keep(message, self._out / message.channel, _name(number, message))
        journey = [summary(message, status) for message, status in self._world.sent]
        (self._out / "journey.json").write_text(dumps(journey), encoding="utf-8")
        for sheet in self._world.sheets():
            path = self._out / "dossiers" / f"{sheet.dossier.dossier_id}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_text(dumps(whole(sheet)), encoding="utf-8")

    def _tell(self) -> None:
        self._teller.passes(self._world.now())
        for message, status in self._world.sent[self._told :]:
            self._teller.message(message, status)
        self._told = len(self._world.sent)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the demo; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="where everything is written")
    out: Path = parser.parse_args(arguments).out
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    teller = Teller(Console(highlight=False), begins(), ends())
    with (out / "log.jsonl").open("w", encoding="utf-8") as log:
        return _perform(World(start=begins(), ticks=False, log=log), teller, out)


def _perform(world: World, teller: Teller, out: Path) -> int:
    with world:
        demo = Demo(world, teller, out)
        try:
            with teller.telling():
                demo.play(steps(lambda name, content: _write(out / name, content)))
        except NotAsExpected as error:
            teller.says(f"\nNot as the story goes: {error}", "bold red")
            return 1
        finally:
            demo.keep()
        return _conclude(world, teller, out)


def _conclude(world: World, teller: Teller, out: Path) -> int:
    work = [f"{s.dossier.dossier_id}: {n}" for s in world.sheets() for n in open_work(s)]
    judged = verdict(world.sent, PROMISES, work)
    complaints = [*judged.complaints(), *map(str, world.failures)]
    teller.says("")
    teller.table("What it comes to", _rows(world, judged, work, out))
    for complaint in complaints:
        teller.says(complaint, "bold red")
    return 1 if complaints else 0


def _rows(world: World, judged: Verdict, work: Sequence[str], out: Path) -> list[tuple[str, str]]:
    channels = [message.channel for message, _ in world.sent]
    statuses = [status for _, status in world.sent]
    counts = f"{channels.count('email')} e-mails, {channels.count('sms')} SMS"
    return [
        ("Messages", f"{len(statuses)}: {counts}"),
        ("Delivered", str(statuses.count(Outcome.DELIVERED))),
        ("Lost on the way", _lost(statuses.count(Outcome.LOST), len(judged.silently_lost))),
        ("Lost, and nobody knows", str(len(judged.silently_lost))),
        ("Owed and not sent", str(len(judged.missing))),
        ("Sent and not owed, or twice", str(len(judged.unowed))),
        ("Open work at the desk", "; ".join(work) or "none"),
        ("Dossiers", became(world)),
        ("Forgotten", "by rule, some time after the last step: docs/privacy.md"),
        ("To read", f"{out}/"),
        ("To open in a browser", "make serve SCENE=demo"),
    ]


def _lost(lost: int, silently: int) -> str:
    made_good = lost - silently
    return f"{lost} ({made_good} said again on another way)" if made_good else str(lost)


def _name(number: int, message: Message) -> str:
    at = message.at.astimezone(PARIS)
    return f"{number:02}_{at:%Y-%m-%d_%H%M}_{message.tags.get('dossier')}_{message.notice}"


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
