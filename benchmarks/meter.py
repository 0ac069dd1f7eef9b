"""Counts each call of the product in the local world, and what DynamoDB would ask for it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from benchmarks.capacity import (
    Index,
    Item,
    index_write,
    read_units,
    size_of,
    table_write,
)
from local.faults.calls import Call, Do, Harm

#: These run by the clock, however many dossiers there are: only their calls are counted.
BY_THE_CLOCK = frozenset({"sweep_due", "begin_night", "reconcile", "send_digest"})

#: Reads one item of a table, whole, by its key.
Peek = Callable[[str, Mapping[str, Any]], Item | None]

WRITES = frozenset({"UpdateItem", "DeleteItem", "PutItem"})


@dataclass
class Meter:
    """What was counted: calls of everybody; invocations and units of what serves a dossier, with
    `writes` by table and index, and `reads` by operation.
    """

    peek: Peek
    indexes: Sequence[Index]
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    reads: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    sizes: list[tuple[datetime, int]] = field(default_factory=list)

    def __call__(self, call: Call) -> Harm:
        """Harm nothing: look on."""
        self.calls[call.function, call.name] += 1
        if call.function in BY_THE_CLOCK:
            return Harm(around=lambda do: self._weighed(call, do))
        self.invocations[call.function] += call.nth == 1
        return Harm(around=lambda do: self._metered(call, do))

    def _metered(self, call: Call, do: Do) -> Any:
        if call.operation in WRITES:
            return self._write(call, do)
        for table, asked in _read_by(call):
            self._read(call, table, asked)
        return do()

    def _weighed(self, call: Call, do: Do) -> Any:
        """What a dossier weighs after a write."""
        answer = do()
        if call.operation in WRITES and _key(call)["pk"]["S"].startswith("DOSSIER#"):
            after = self.peek(call.request["TableName"], _key(call))
            self.sizes.append((call.at, size_of(after)))
        return answer

    def _write(self, call: Call, do: Do) -> Any:
        key = _key(call)
        before = self.peek(call.request["TableName"], key)
        answer = self._weighed(call, do)
        after = self.peek(call.request["TableName"], key)
        self.writes["table"] += table_write(before, after)
        for index in self.indexes:
            self.writes[index.name] += index_write(index, before, after)
        return answer

    def _read(self, call: Call, table: str, asked: Mapping[str, Any]) -> None:
        """One item is paid whole, however few of its attributes are asked for."""
        is_consistent = asked.get("ConsistentRead", False)
        size = size_of(self.peek(table, asked["Key"]))
        self.reads[call.operation] += read_units(size, is_consistent=is_consistent)


def _key(call: Call) -> Mapping[str, Any]:
    key: Mapping[str, Any] = call.request.get("Key") or {"pk": call.request["Item"]["pk"]}
    return key


def _read_by(call: Call) -> list[tuple[str, Mapping[str, Any]]]:
    """Each item that a call reads by its key: of which table, and how it is asked for."""
    if call.operation == "GetItem":
        return [(call.request["TableName"], call.request)]
    if call.operation == "BatchGetItem":
        tables = call.request["RequestItems"].items()
        return [(table, {**asked, "Key": key}) for table, asked in tables for key in asked["Keys"]]
    return []
