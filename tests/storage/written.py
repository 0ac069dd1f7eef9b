"""The fullest dossier there is, as each version wrote it: every field filled, every word used.

    python -m tests.storage.written

keeps the document of the version in pyproject.toml. What a released version wrote stays as it is.
"""

import json
import tomllib
import types
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from chalicelib.domain.attempts import Attempt, Kind
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType
from chalicelib.storage.document import encode

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)
KEEP = (
    "raise the version in pyproject.toml if it is released, then: python -m tests.storage.written"
)


def written() -> dict[str, str]:
    """The documents that were kept, by version, the newest last."""
    return {
        file.stem.removeprefix("written_by_"): file.read_text(encoding="utf-8")
        for file in sorted(HERE.glob("written_by_*.json"), key=_order)
    }


def fullest() -> str:
    """The document of a dossier in which nothing is left out."""
    dossier = replace(
        _full(Dossier, 1),
        events=tuple(_full(Event, number) for number in range(len(EventType))),
        ledger=tuple(_full(Attempt, number) for number in range(len(Kind))),
    )
    return json.dumps(json.loads(encode(dossier)), ensure_ascii=False, indent=1) + "\n"


def _order(file: Path) -> list[int]:
    return [int(part) for part in file.stem.rpartition("_")[2].split(".")]


def _full(kind: Any, number: int, name: str = "") -> Any:
    """A value of a type that is not what it is by default; of a list of words another each time."""
    plain = {str: f"{name} {number}", int: number + 1, bool: True}
    plain |= {datetime: AT + timedelta(seconds=number), date: AT.date() + timedelta(days=number)}
    if kind in plain:
        return plain[kind]
    if get_origin(kind) in (Union, types.UnionType):
        [one] = set(get_args(kind)) - {type(None)}
        return _full(one, number, name)
    if get_origin(kind) is tuple:
        return tuple(_full(get_args(kind)[0], number + n, name) for n in range(2))
    if issubclass(kind, Enum):
        return list(kind)[number % len(kind)]
    hints = get_type_hints(kind)
    return kind(**{one.name: _full(hints[one.name], number, one.name) for one in fields(kind)})


def main() -> None:
    """Keep what this version writes."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    file = HERE / f"written_by_{version['project']['version']}.json"
    file.write_text(fullest(), encoding="utf-8")


if __name__ == "__main__":
    main()
