"""What one dossier costs, counted over its whole life: `python -m benchmarks.calls_per_dossier`."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from benchmarks.capacity import indexes
from benchmarks.meter import BY_THE_CLOCK, Meter, Peek
from benchmarks.ordinary_way import BEGINS, ENDS, deeds
from chalicelib.messages.sms_characters import parts
from local.aws.embedded import template
from local.world import World

#: For one batch that Lambda takes from a queue: a request to receive and one to delete.
REQUESTS_A_BATCH = 2
FROM_QUEUES = ("serve_dossier", "record_delivery")


def main() -> int:
    """Play one dossier and print what it took."""
    with World(start=BEGINS, ticks=False) as world:
        meter = play(world, ENDS)
        print("\n".join(report(world, meter)))
        return 1 if world.failures else 0


def play(world: World, until: datetime) -> Meter:
    """The ordinary way as far as an instant, counted."""
    meter = Meter(
        peek=_peek(world), indexes=indexes(template()["Resources"]["Table"]["Properties"])
    )
    world.calls.harming = meter
    for at, deed in deeds():
        if at <= until:
            world.travel(at)
            deed(world)
    while world.now() < until:  # the world skips quiet nights, but none before an arrival
        world.travel(min(until, world.now() + timedelta(days=10)))
    return meter


def _peek(world: World) -> Peek:
    """The item as the table has it: a look of ours, not one of the product."""
    import boto3

    client = boto3.client("dynamodb")

    def peek(table: str, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        with world.calls.outside():
            answer = client.get_item(TableName=table, Key=dict(key), ConsistentRead=True)
        item: Mapping[str, Any] | None = answer.get("Item")
        return item

    return peek


def report(world: World, meter: Meter) -> Iterator[str]:
    """Markdown: the tables of docs/scale.md."""
    yield from _table("Its calls", ("function", "call", "times"), _calls(meter))
    yield ""
    yield from _table("What it takes", ("what", "how many"), list(_sums(world, meter)))
    yield ""
    yield from _table("Its size", ("from", "bytes"), _growth(meter.sizes))


def _calls(meter: Meter) -> list[tuple[str, str, int]]:
    counted = sorted(meter.calls.items())
    return [(f, name, times) for (f, name), times in counted if f not in BY_THE_CLOCK]


def _sums(world: World, meter: Meter) -> Iterator[tuple[str, object]]:
    sms = [message for message, _ in world.sent if message.channel == "sms"]
    yield "Lambda invocations", sum(meter.invocations.values())
    yield from ((f"… `{function}`", n) for function, n in sorted(meter.invocations.items()))
    yield "e-mails", len(world.sent) - len(sms)
    yield "SMS", len(sms)
    yield "SMS parts", sum(parts(message.text) for message in sms)
    yield "receipts", len(world.told)
    yield "SQS requests", _sqs(world, meter)
    yield "write units", sum(meter.writes.values())
    yield from ((f"… in `{name}`", n) for name, n in meter.writes.items())
    yield "read units", round(sum(meter.reads.values()))
    yield from ((f"… by `{operation}`", round(n)) for operation, n in meter.reads.items())
    yield "largest item, bytes", max(size for _, size in meter.sizes)
    yield "nights in the table", len(list(_nights(meter.sizes)))
    yield "read units of the nights", round(sum(map(_night, _nights(meter.sizes))))


def _sqs(world: World, meter: Meter) -> int:
    """Ours, those of SNS for each receipt, and those by which Lambda empties the queues."""
    sent = sum(n for _, name, n in _calls(meter) if name.startswith("sqs."))
    taken = sum(REQUESTS_A_BATCH * meter.invocations[function] for function in FROM_QUEUES)
    return sent + len(world.told) + taken


def _nights(sizes: Sequence[tuple[datetime, int]]) -> Iterator[int]:
    """The bytes of the item on each night of its life."""
    moments = [*sizes, (ENDS, 0)]
    for (since, size), (until, _) in pairwise(moments):
        yield from [size] * ((until.date() - since.date()) // timedelta(days=1))


def _night(size: int) -> float:
    """A consistent scan reads it by its share of a page."""
    return size / 4_096


def _growth(sizes: Sequence[tuple[datetime, int]]) -> list[tuple[str, int]]:
    """The last size of each month in which it changed."""
    return list({f"{at:%Y-%m}": size for at, size in sizes}.items())


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    yield f"### {title}\n"
    yield "| " + " | ".join(heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    yield from ("| " + " | ".join(map(str, row)) + " |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
