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
from infra.smoke import DeployedStage, Simulator, tried
from local.product import environment_of
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


@pytest.fixture(scope="module")
def old(world: EmulatedWorld) -> str:
    """The table that the stack made."""
    return world.account.outputs["TableName"]


@pytest.fixture(scope="module")
def received(students: list[Student]) -> list[Any]:
    """What each was written before the table was lost."""
    return [student.received() for student in students]


@pytest.fixture(scope="module")
def switched(
    world: EmulatedWorld, old: str, students: list[Student], received: list[Any]
) -> EmulatedWorld:
    """Its table lost, restored, compared and switched to."""
    assert all(received)
    client = world.account.client("dynamodb")
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
    print(f"restored, compared and switched: {time.monotonic() - began:.0f} s")  # noqa: T201
    return EmulatedWorld(world.account, world.providers, world.template)


def test_nobody_is_written_to_twice_and_the_procedure_goes_on(
    switched: EmulatedWorld, old: str, students: list[Student], received: list[Any]
) -> None:
    assert switched.account.outputs["TableName"] == RESTORED
    anew = [replace(student, world=switched) for student in students]
    for student in anew:
        assert switched.ask("GET", student.link("dossier")).status == 200
    switched.rest()
    assert [student.received() for student in anew] == received

    anew[0].confirms()
    switched.rest()
    assert len(anew[0].received()) > len(received[0])
    assert list(items_of(switched.account.client("dynamodb"), old)) == []
    assert switched.dead_letters() == 0
    for function in switched.account.functions:
        assert switched.log(function, "AccessDenied") == []


def test_its_smoke_test_reads_the_table_that_is_written(
    switched: EmulatedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DeployedStage, "rest", lambda _: switched.rest())
    with environment_of(switched.account.environment()):
        said = tried(switched.account.stage, Simulator(), switched.account.client)
    dossier_id = said.partition(",")[0]
    assert [message["channel"] for message in switched.outbox(dossier_id)] == ["email"] * 2


def test_a_deployment_that_does_not_name_it_is_refused(switched: EmulatedWorld) -> None:
    """The file of an older version: a new table, empty, would stand in its place."""
    account = replace(switched.account, restored="")
    with pytest.raises(AssertionError, match=f'write `table = "{RESTORED}"`'):
        account.deploy(switched.template, PublicUrl=switched.account.api, KeysAreThere="yes")
    assert account.outputs["TableName"] == RESTORED
