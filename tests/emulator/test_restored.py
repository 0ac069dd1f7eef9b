"""A table that was lost is restored, compared and switched to, and nobody is written to twice.

The emulator restores nothing: what AWS makes of a recovery point, a table of another name with the
same items and indexes, the test makes itself.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.compare import compare, items_of
from tests.emulator.world import EmulatedWorld, beside
from tests.journeys.student import Student

pytestmark = [pytest.mark.emulator, pytest.mark.long, pytest.mark.enable_socket]

#: What a new table is asked for, of what describes the old one.
SHAPE = ("AttributeDefinitions", "KeySchema")
RESTORED = "restored"


@pytest.fixture(scope="module")
def world(deployed: EmulatedWorld) -> EmulatedWorld:
    """A stage of its own: its table is about to be lost."""
    return beside(deployed, "perdue-dev", "montrevel")


@pytest.fixture(scope="module")
def students(world: EmulatedWorld) -> list[Student]:
    """Four in different places of the procedure, each of whom was written to."""
    found = [Student(world=world, dossier_id=f"E-lost-{n}", is_another=True) for n in range(4)]
    for student in found:
        student.selects()
    world.rest()
    found[1].confirms()
    found[2].say("appointment.cancelled", appointment={"id": "A-E-lost-2"})
    world.rest()
    return found


def restored(client: Any, old: str, new: str) -> None:
    """As `aws dynamodb restore-table-to-point-in-time` leaves it."""
    told = client.describe_table(TableName=old)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in told["GlobalSecondaryIndexes"]
    ]
    client.create_table(
        TableName=new,
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=indexes,
        **{name: told[name] for name in SHAPE},
    )
    for item in items_of(client, old):
        client.put_item(TableName=new, Item=item)


def emptied(client: Any, table: str) -> Iterator[str]:
    """What happened to the old one."""
    for item in list(items_of(client, table)):
        client.delete_item(TableName=table, Key={"pk": item["pk"]})
        yield item["pk"]["S"]


def test_a_lost_table_is_restored_compared_and_switched_to(
    world: EmulatedWorld, students: list[Student]
) -> None:
    client, old = world.account.client("dynamodb"), world.account.outputs["TableName"]
    before = [student.received() for student in students]
    began = time.monotonic()
    restored(client, old, RESTORED)
    found = compare(items_of(client, old), items_of(client, RESTORED))
    assert [one for one in found if one.differs] == []
    assert sum(one.new for one in found if one.kind.startswith("DOSSIER")) == len(students)
    lost = list(emptied(client, old))
    assert len(lost) == sum(one.old for one in found)
    assert world.ask("GET", students[0].link("dossier")).status != 200

    world.account.restored = RESTORED
    world.account.deploy(world.template, PublicUrl=world.account.api, KeysAreThere="yes")
    switched = EmulatedWorld(world.account, world.providers, world.template)
    print(f"restored, compared and switched: {time.monotonic() - began:.0f} s")  # noqa: T201
    assert world.account.outputs["TableName"] == RESTORED
    anew = [replace(student, world=switched) for student in students]
    for student in anew:
        assert switched.ask("GET", student.link("dossier")).status == 200
    switched.rest()
    assert [student.received() for student in anew] == before

    anew[0].confirms()
    switched.rest()
    assert len(anew[0].received()) > len(before[0])
    assert list(items_of(client, old)) == []
    assert switched.dead_letters() == 0
    for function in switched.account.functions:
        assert switched.log(function, "AccessDenied") == []
