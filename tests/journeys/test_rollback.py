"""A program goes back by a version, finds what the newer one has written, and forward again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.bootstrap import services
from chalicelib.domain.recording import Recorded
from chalicelib.messages.console.views import Filters
from chalicelib.pipeline.quarantines import Replayed
from local.world import World

pytestmark = pytest.mark.enable_socket

START = datetime(2019, 4, 8, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NEWER = '{"schema": 99}'


@pytest.fixture
def world() -> Iterator[World]:
    with World(start=START, ticks=False) as world:
        yield world


def student(name: str) -> dict[str, str]:
    return {"given_name": "Léa", "family_name": name, "email": f"{name.lower()}@example.org"}


def tell(world: World, kind: str, dossier_id: str, **data: Any) -> int:
    return world.deliver({"type": kind, "data": {"dossier_id": dossier_id, **data}}).status


def documents(world: World, **documents: str) -> dict[str, str]:
    """Other documents for these dossiers, past the product; the former ones."""
    client = boto3.client("dynamodb")
    table = world.settings()["environment"]["TABLE_NAME"]
    before = {
        dossier_id: client.update_item(
            TableName=table,
            Key={"pk": {"S": f"DOSSIER#{dossier_id}"}},
            UpdateExpression="SET document = :d",
            ExpressionAttributeValues={":d": {"S": document}},
            ReturnValues="ALL_OLD",
        )["Attributes"]["document"]["S"]
        for dossier_id, document in documents.items()
    }
    client.close()
    return before


def left(world: World, dossier_id: str) -> list[str]:
    return [m["notice"] for m in world.outbox() if m["tags"].get("dossier") == dossier_id]


def test_nothing_is_lost_of_whom_the_older_program_cannot_read(world: World) -> None:
    for dossier_id in ("D1", "D2"):
        slot = {"id": "A-1", "starts_at": "2019-05-06T10:20:00+02:00"}
        status = tell(
            world, "appointment.selected", dossier_id, appointment=slot, student=student(dossier_id)
        )
        assert status == 202
    before = documents(world, D1=NEWER)
    # a webhook, a receipt and two nights, while it cannot be read
    assert tell(world, "appointment.confirmed", "D1", appointment={"id": "A-1"}) == 202
    assert tell(world, "appointment.confirmed", "D2", appointment={"id": "A-1"}) == 202
    world.travel(START + 2 * DAY)
    assert left(world, "D1") == ["confirmation_request"]
    assert left(world, "D2") == ["confirmation_request", "convocation"]
    assert documents(world, D1=NEWER) == {"D1": NEWER}
    assert world.failures == []
    assert [sheet.dossier.dossier_id for sheet in world.sheets()] == ["D2"]

    work = services().work_lists.page(Filters())
    assert [row.unreadable for row in work.unreadable] == ["D1"]
    [webhook] = services().quarantines.page("its_dossier").rows
    assert (webhook.about, webhook.is_known, webhook.contact) == ("D1", True, None)

    documents(world, **before)
    assert services().quarantines.replay(webhook.key) == Replayed(
        event_id=webhook.event_id, outcome=Recorded.RECORDED
    )
    world.travel(START + 3 * DAY)
    assert left(world, "D1") == left(world, "D2")
    assert [sheet.dossier.dossier_id for sheet in world.sheets()] == ["D1", "D2"]
    assert services().quarantines.page().groups == []
    one, other = world.sheets()
    assert [a.status for a in one.dossier.ledger] == [a.status for a in other.dossier.ledger]
    assert world.failures == []
