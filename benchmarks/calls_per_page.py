"""What each page of the console asks of AWS, however many dossiers there are.

`python -m benchmarks.calls_per_page`
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3

from chalicelib.bootstrap import services
from chalicelib.domain.attempts import Attempt, Kind, Notice, Status
from chalicelib.domain.contact import Channel, Contact
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.events import Event, EventType
from chalicelib.domain.recording import record
from local.clock.paris import instant
from local.world import World

NOW = instant("2019-05-13T09:30:00+02:00")
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
#: DynamoDB takes so many items at once.
BATCH = 25
#: The dossier after whose pattern the others are made, and which is opened.
PATTERN = "D-00000"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """So many dossiers, of which so many wait for a person: `first` are those that are there."""

    dossiers: int
    waiting: int


SCENES = (
    Scene(dossiers=100, waiting=30),
    Scene(dossiers=10_000, waiting=30),
    Scene(dossiers=10_000, waiting=10_000),
)

#: Each page, and what is typed into it where it is a search.
PAGES: Mapping[str, tuple[str, str]] = {
    "À traiter": ("/desk", ""),
    "its title, each minute": ("/desk/waiting?shown=30", ""),
    "figures": ("/desk/figures?weeks=12", ""),
    "figures, CSV": ("/desk/figures.csv?weeks=12", ""),
    "appointments of a day": ("/desk/day?on=2019-05-14", ""),
    "put off": ("/desk/put-off", ""),
    "list to print": ("/desk/list", ""),
    "the same, CSV": ("/desk/export.csv", ""),
    "a dossier": (f"/desk/dossiers/{PATTERN}", ""),
    "search: a reference": ("/desk/find", PATTERN),
    "search: a family name": ("/desk/find", "benali"),
    "search: two names": ("/desk/find", "benali lea"),
    "search: an address": ("/desk/find", "lea@example.org"),
    "ready cards": ("/desk/cards", ""),
    "quarantine": ("/desk/quarantine", ""),
    "channels": ("/desk/channels", ""),
    "dead letters": ("/desk/dead-letters", ""),
    "audit": ("/desk/audit?on=2019-05-13", ""),
}


def main(scenes: Sequence[Scene] = SCENES) -> int:
    """Fill a table, open each page, print what was called."""
    columns = [counted(scene) for scene in scenes]
    heads = [f"{s.dossiers:,} dossiers, {s.waiting:,} wait" for s in scenes]
    sys.stdout.write("\n".join(table(heads, columns)) + "\n")
    return 0


def table(heads: Sequence[str], columns: Sequence[Mapping[str, int]]) -> Iterator[str]:
    """Markdown: the table of docs/scale.md."""
    yield f"| page | {' | '.join(heads)} |"
    yield "| --- |" + " --- |" * len(heads)
    for page in PAGES:
        yield f"| {page} | {' | '.join(str(column[page]) for column in columns)} |"


def counted(scene: Scene) -> Mapping[str, int]:
    """How many calls each page makes, the audit's line included."""
    with World(start=NOW, ticks=False) as world:
        fill(scene)
        came_in = world.sign_in("admin").headers
        cookies = [value.partition(";")[0] for name, value in came_in if name == "Set-Cookie"]
        said = {"cookie": "; ".join(cookies)}
        seen = world.request("GET", "/desk/find", said)
        [token, *_] = re.findall(r'name="form" value="([^"]+)"', seen.text)
        found = {}
        for page, (path, typed) in PAGES.items():
            before = len(world.calls.made)
            form = urlencode({"form": token, "q": typed}).encode()
            reply = (
                world.request("POST", path, {**said, **FORM}, form)
                if typed
                else world.request("GET", path, said)
            )
            if reply.status != 200:
                message = f"{page}: {reply.status}"
                raise RuntimeError(message)
            found[page] = len(world.calls.made) - before
        return found


def fill(scene: Scene) -> None:
    """A few as the product writes them; the others after their pattern."""
    for number, is_waiting in ((0, True), (scene.waiting, False)):
        write(f"D-{number:05}", is_waiting=is_waiting)
    client, name = boto3.client("dynamodb"), services().table.table_name
    for is_waiting, numbers in (
        (True, range(1, scene.waiting)),
        (False, range(scene.waiting + 1, scene.dossiers)),
    ):
        pattern = f"D-{0 if is_waiting else scene.waiting:05}"
        item = client.get_item(TableName=name, Key={"pk": {"S": f"DOSSIER#{pattern}"}})["Item"]
        text = json.dumps(item)
        for start in range(numbers.start, numbers.stop, BATCH):
            batch = range(start, min(start + BATCH, numbers.stop))
            puts = [{"PutRequest": {"Item": like(text, pattern, f"D-{n:05}")}} for n in batch]
            client.batch_write_item(RequestItems={name: puts})


def write(dossier_id: str, *, is_waiting: bool) -> None:
    """One dossier, by the product."""
    dossier, _ = record(Dossier(dossier_id=dossier_id), booked(dossier_id))
    line = Attempt(
        notice=Notice(kind=Kind.UNREACHABLE, occasion="dossier", channel=Channel.DESK),
        status=Status.OPEN,
        claimed_at=NOW - timedelta(days=2),
        status_at=NOW - timedelta(days=2),
    )
    if is_waiting:
        dossier = dossier.with_attempt(line)
    ours = services()
    ours.dossiers.write(ours.dossiers.load(dossier_id), ours.planner.write(dossier, NOW))


def booked(dossier_id: str) -> Event:
    """An appointment, in three weeks."""
    at: datetime = NOW - timedelta(days=30)
    contact = Contact(given_name="Léa", family_name="Benali", email="lea@example.org")
    return Event(
        event_id=f"e-{dossier_id}",
        type=EventType.SELECTED,
        dossier_id=dossier_id,
        at=at,
        received_at=at,
        contact=contact,
        appointment_id="A-1",
        starts_at=NOW + timedelta(days=21),
    )


def like(text: str, pattern: str, dossier_id: str) -> dict[str, Any]:
    """The item of another dossier. Its names and its address are the same: a harder search."""
    was, becomes = (each.replace("-", "").casefold()[::-1] for each in (pattern, dossier_id))
    item: dict[str, Any] = json.loads(text.replace(pattern, dossier_id).replace(was, becomes))
    item["reference_shard"] = {"S": becomes[:2]}
    return item


if __name__ == "__main__":
    sys.exit(main())
