"""Checks a desk's file, and shows its values and marks: `python -m chalicelib.desk_data FILE`."""

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.desk_data.desks import read, text_of
from chalicelib.desk_data.marks import mark_of, unknown, values
from chalicelib.domain.errors import Unusable


def main(arguments: Sequence[str]) -> int:
    """Say what the file says; 1 if something in it is wrong, 2 if no file is named."""
    if len(arguments) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    file = Path(arguments[0])
    try:
        read(file)
    except Unusable as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    sys.stdout.write("\n".join(_said(tomllib.loads(text_of(file)), file.name)) + "\n")
    return 0


def _said(document: Mapping[str, Any], source: str) -> Iterator[str]:
    marked = {key: (value, mark_of(key, document)) for key, value in values(document)}
    for key, (value, mark) in marked.items():
        yield f"{key.removeprefix('$.')} = {value}  [{mark}]"
    for name, about in document["documents"].items():
        yield f"[{name}]: {about['title']}, {about['date']}"
    waiting = unknown(document)
    yield f"{source}: nothing is wrong" + (f"; still unknown: {', '.join(waiting)}" * bool(waiting))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
