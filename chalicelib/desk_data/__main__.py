"""Checks a desk's file, and shows each of its values: `python -m chalicelib.desk_data FILE`."""

import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chalicelib.desk_data.desks import parse
from chalicelib.domain.errors import Unusable


def main(arguments: Sequence[str]) -> int:
    """Say what the file says; 1 if something in it is wrong, 2 if no file is named."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    file = Path(arguments[0])
    try:
        text = file.read_text(encoding="utf-8")
        parse(text, source=file.name)
    except (OSError, UnicodeDecodeError, Unusable) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    values = [f"{key} = {value}" for key, value in _values(tomllib.loads(text))]
    sys.stdout.write("\n".join([*values, f"{file.name}: nothing is wrong"]) + "\n")
    return 0


def _values(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no table, by the whole of its key."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _values(inner, f"{key}.{name}".removeprefix("."))
    elif isinstance(value, list) and all(isinstance(inner, dict) for inner in value):
        for index, inner in enumerate(value):
            yield from _values(inner, f"{key}[{index}]")
    else:
        yield key, value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
