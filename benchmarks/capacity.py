"""What DynamoDB asks for a read or a write, by the sizes of items.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

#: An item as DynamoDB's API writes it: `{"pk": {"S": "…"}}`.
Item = Mapping[str, Mapping[str, Any]]

WRITE_UNIT = 1_024
READ_UNIT = 4_096

#: A list or a map costs three bytes, and each of its elements one.
NEST, ELEMENT = 3, 1


@dataclass(frozen=True, kw_only=True)
class Index:
    """A secondary index: its own keys, and what it projects besides; `None` is everything."""

    name: str
    keys: tuple[str, ...]
    projects: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item: nothing of one that lacks a key."""
        if item is None or not all(key in item for key in self.keys):
            return None
        if self.projects is None:
            return item
        return {name: item[name] for name in item if name in {"pk", *self.keys, *self.projects}}


def indexes(table: Mapping[str, Any]) -> Sequence[Index]:
    """The indexes that a table's properties in the template declare."""
    return [
        Index(
            name=declared["IndexName"],
            keys=tuple(key["AttributeName"] for key in declared["KeySchema"]),
            projects=_projected(declared["Projection"]),
        )
        for declared in table["GlobalSecondaryIndexes"]
    ]


def _projected(projection: Mapping[str, Any]) -> frozenset[str] | None:
    is_all = projection["ProjectionType"] == "ALL"
    return None if is_all else frozenset(projection.get("NonKeyAttributes", ()))


def size_of(item: Item | None) -> int:
    """The bytes of an item: names and values."""
    return sum(len(name.encode()) + _size(value) for name, value in (item or {}).items())


def _size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":  # about a byte for two digits, and one
            return ceil(len(content.lstrip("-0.")) / 2) + 1
        case "L":
            return NEST + sum(ELEMENT + _size(one) for one in content)
        case _:
            return 1


def write_units(size: int) -> int:
    """A write of an item of so many bytes."""
    return max(1, ceil(size / WRITE_UNIT))


def read_units(size: int, *, is_consistent: bool) -> float:
    """A read of so many bytes; half the price where it may be a moment old."""
    return max(1, ceil(size / READ_UNIT)) * (1.0 if is_consistent else 0.5)


def table_write(before: Item | None, after: Item | None) -> int:
    """A change is paid by the larger of the two, whole, however little of it is new."""
    return write_units(max(size_of(before), size_of(after)))


def index_write(index: Index, before: Item | None, after: Item | None) -> int:
    """What a change of an item costs in one index: a new key is a removal and an addition."""
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in index.keys):
        return write_units(max(size_of(old), size_of(new)))
    return sum(write_units(size_of(entry)) for entry in (old, new) if entry)
