"""Writes the gallery, and on request the expected renderings: `python -m gallery --help`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from chalicelib.desk_data import load
from chalicelib.domain.contact import Language
from chalicelib.domain.desk_calendar import Desk
from gallery.expected import EXAMPLE, FOLDER, expected, of_the_example, renew
from gallery.renderings import renderings
from gallery.site import PRICE, site


def main(arguments: Sequence[str] | None = None) -> int:
    """Write it; 1 if anything in it is amiss."""
    parser = argparse.ArgumentParser(prog="python -m gallery", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("out/gallery"), help="the folder to write")
    parser.add_argument(
        "--renew", action="store_true", help="keep these words as the expected ones"
    )
    parser.add_argument("--price", type=float, default=PRICE, help="dollars for a part of an SMS")
    parser.add_argument("--desk", default="grenoble", help="the desk whose texts are shown")
    parser.add_argument(
        "--on", type=date.fromisoformat, help="the day, as 2026-09-01, whose terms are shown"
    )
    asked = parser.parse_args(arguments)
    desk = load(asked.desk)
    shown = as_on(desk, asked.on) if asked.on else desk
    made = list(renderings(shown))
    name = desk.name.get(Language.EN, desk.name[Language.FR])
    write(site(made, asked.price, name), asked.to)
    said = [f"{asked.to / 'index.html'}: {len(made)} renderings"]
    if asked.renew and asked.desk == "grenoble" and not asked.on:
        said += [f"renewed: {FOLDER.name}/{name}" for name in renew(expected(made))]
        at_the_example = renew(expected(of_the_example()), FOLDER / EXAMPLE)
        said += [f"renewed: {FOLDER.name}/{EXAMPLE}/{name}" for name in at_the_example]
    amiss = [f"amiss: {r.subject} {r.name}: {wrong}" for r in made for wrong in r.wrongs]
    sys.stdout.write("\n".join([*said, *amiss]) + "\n")
    return 1 if amiss else 0


def as_on(desk: Desk, day: date) -> Desk:
    """The desk as if what holds on a day had always held: the gallery's own days are of 2019."""
    return replace(desk, terms=(desk.terms_on(day),))


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write these files under a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
