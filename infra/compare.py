"""Holds a restored table against the one it came from: `python -m infra.compare OLD NEW`.

It counts what both hold, by kind and by the state of dossiers, and says no key: those hold names.
It reads both tables whole.
"""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: An item, as DynamoDB writes it.
Item = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """How many items of a kind each table holds, and how many of them are alike to the letter."""

    kind: str
    old: int
    new: int
    alike: int

    @property
    def differs(self) -> bool:
        """Whether there is anything to understand before the new table takes over."""
        return not self.old == self.new == self.alike


def compare(old: Iterable[Item], new: Iterable[Item]) -> list[Compared]:
    """What both tables hold, kind by kind."""
    before, after = (dict(map(_told, items)) for items in (old, new))
    counts = [Counter(kind for kind, _ in side.values()) for side in (before, after)]
    alike = Counter(told[0] for key, told in before.items() if after.get(key) == told)
    return [
        Compared(kind=kind, old=counts[0][kind], new=counts[1][kind], alike=alike[kind])
        for kind in sorted(counts[0] | counts[1])
    ]


def _told(item: Item) -> tuple[str, tuple[str, str]]:
    """An item's key; its kind, and what stands for the whole of it."""
    key = str(item["pk"]["S"])
    kind = " ".join([key.partition("#")[0], item.get("state", {}).get("S", "")]).strip()
    sets_in_order = {name: _in_order(value) for name, value in item.items()}
    whole = json.dumps(sets_in_order, sort_keys=True, default=_plain)
    return key, (kind, hashlib.sha256(whole.encode()).hexdigest())


def _in_order(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """DynamoDB gives the members of a set in any order."""
    return {"SS": sorted(value["SS"])} if "SS" in value else value


def _plain(value: bytes) -> str:
    """A body that was kept as it came."""
    return value.hex()


def items_of(client: Any, table: str) -> Iterator[Item]:
    """Every item of a table, read consistently."""
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where the two differ."""
    parser = argparse.ArgumentParser(prog="python -m infra.compare", description=__doc__)
    parser.add_argument("old", help="the table that was")
    parser.add_argument("new", help="the table that was restored")
    given = parser.parse_args(arguments)
    import boto3

    client = boto3.client("dynamodb")
    found = compare(items_of(client, given.old), items_of(client, given.new))
    sys.stdout.write(f"{'kind':32}{'old':>10}{'new':>10}{'alike':>10}\n")
    for one in found:
        mark = "  differs" if one.differs else ""
        sys.stdout.write(f"{one.kind:32}{one.old:10}{one.new:10}{one.alike:10}{mark}\n")
    return int(any(one.differs for one in found))


if __name__ == "__main__":
    sys.exit(main())
