"""Two stages in one account: of what one is told the other knows nothing."""

import pytest

from tests.emulator.world import EmulatedWorld, beside
from tests.journeys.student import Student

#: Named inside a user pool and an API, of which each stack has its own.
INSIDE = frozenset({"AWS::ApiGateway::Stage", "AWS::Cognito::UserPoolGroup"})

pytestmark = [pytest.mark.emulator, pytest.mark.long, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def rhone(deployed: EmulatedWorld) -> EmulatedWorld:
    return beside(deployed, "rhone-dev")


@pytest.fixture(scope="module")
def two(deployed: EmulatedWorld, rhone: EmulatedWorld) -> tuple[Student, Student]:
    """A student at each desk, who has chosen a slot and was written to."""
    isere = Student(world=deployed, dossier_id="E-isere")
    lyon = Student(world=rhone, dossier_id="E-rhone")
    for student in (isere, lyon):
        student.selects()
        student.world.rest()
    return isere, lyon


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


def test_nothing_is_made_that_is_the_others(deployed: EmulatedWorld, rhone: EmulatedWorld) -> None:
    assert made(deployed) & made(rhone) == set()
    told = {world.account.outputs["Stage"] for world in (deployed, rhone)}
    assert told == {"isere-dev", "rhone-dev"}


def test_each_writes_to_its_own_students_and_knows_no_other(two: tuple[Student, Student]) -> None:
    isere, lyon = two
    for student in two:
        assert student.received() == [("confirmation_request", "email")]
    assert isinstance(isere.world, EmulatedWorld)
    assert isinstance(lyon.world, EmulatedWorld)
    assert (isere.dossier_id in known(isere.world), known(lyon.world)) == (True, {lyon.dossier_id})
    assert lyon.dossier_id not in known(isere.world)


def test_a_link_of_one_opens_nothing_at_the_other(two: tuple[Student, Student]) -> None:
    isere, lyon = two
    assert isere.world.ask("GET", isere.link("confirm")).status == 200
    token = isere.link("confirm").partition("/api/")[2]
    assert lyon.world.ask("GET", f"/{token}").status == 404


def test_a_webhook_signed_for_one_is_refused_by_the_other(two: tuple[Student, Student]) -> None:
    isere, lyon = two
    assert lyon.world.post(isere.event("card.ready")).status == 401


def test_no_function_of_either_is_refused_anything(
    deployed: EmulatedWorld, rhone: EmulatedWorld, two: tuple[Student, Student]
) -> None:
    for world in (deployed, rhone):
        assert world.dead_letters() == 0
        refused = [world.log(function, "AccessDenied") for function in world.account.functions]
        assert [lines for lines in refused if lines] == []
