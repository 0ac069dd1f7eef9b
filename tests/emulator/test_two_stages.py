"""Two stages in one account: of what one is told the other knows nothing."""

import pytest

from tests.emulator.world import EmulatedWorld, beside
from tests.journeys.student import Student

#: Named inside a user pool and an API, of which each stack has its own.
INSIDE = frozenset({"AWS::ApiGateway::Stage", "AWS::Cognito::UserPoolGroup"})

pytestmark = [pytest.mark.emulator, pytest.mark.long, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def orme(deployed: EmulatedWorld) -> EmulatedWorld:
    return beside(deployed, "orme-dev", "montrevel")


@pytest.fixture(scope="module")
def two(deployed: EmulatedWorld, orme: EmulatedWorld) -> tuple[Student, Student]:
    """A student at each desk, who has chosen a slot and was written to."""
    lea = Student(world=deployed, dossier_id="E-isere")
    noe = Student(world=orme, dossier_id="E-orme")
    for student in (lea, noe):
        student.selects()
        student.world.rest()
    return lea, noe


def made(world: EmulatedWorld) -> set[str]:
    """The physical id of what the stack made, and the account could have of another."""
    cloudformation = world.account.client("cloudformation")
    pages = cloudformation.get_paginator("list_stack_resources")
    rows = [
        row
        for page in pages.paginate(StackName=world.account.stack)
        for row in page["StackResourceSummaries"]
    ]
    return {row["PhysicalResourceId"] for row in rows if row["ResourceType"] not in INSIDE}


def known(world: EmulatedWorld) -> set[str]:
    """The dossiers in the stack's table."""
    keys = {item["pk"] for item in world.account.table().scan()["Items"]}
    return {key.removeprefix("DOSSIER#") for key in keys if key.startswith("DOSSIER#")}


def test_nothing_is_made_that_is_the_others(deployed: EmulatedWorld, orme: EmulatedWorld) -> None:
    assert made(deployed) & made(orme) == set()
    told = {world.account.outputs["Stage"] for world in (deployed, orme)}
    assert told == {"isere-dev", "orme-dev"}


def test_each_writes_to_its_own_students_and_knows_no_other(two: tuple[Student, Student]) -> None:
    lea, noe = two
    for student in two:
        assert student.received() == [("confirmation_request", "email")]
    assert isinstance(lea.world, EmulatedWorld)
    assert isinstance(noe.world, EmulatedWorld)
    assert lea.dossier_id in known(lea.world)
    assert noe.dossier_id not in known(lea.world)
    assert known(noe.world) == {noe.dossier_id}


def test_each_speaks_of_its_own_counter(two: tuple[Student, Student]) -> None:
    said = [message["text"] for student in two for message in student.messages()]
    assert ["antenne" in text for text in said] == [True, False]
    assert ["Montrevel" in text for text in said] == [False, True]


def test_a_link_of_one_opens_nothing_at_the_other(two: tuple[Student, Student]) -> None:
    lea, noe = two
    assert lea.world.ask("GET", lea.link("confirm")).status == 200
    token = lea.link("confirm").partition("/api/")[2]
    assert noe.world.ask("GET", f"/{token}").status == 404


def test_a_webhook_signed_for_one_is_refused_by_the_other(two: tuple[Student, Student]) -> None:
    lea, noe = two
    assert noe.world.post(lea.event("card.ready")).status == 401


def test_no_function_of_either_is_refused_anything(
    deployed: EmulatedWorld, orme: EmulatedWorld, two: tuple[Student, Student]
) -> None:
    for world in (deployed, orme):
        assert world.dead_letters() == 0
        refused = [world.log(function, "AccessDenied") for function in world.account.functions]
        assert [lines for lines in refused if lines] == []
