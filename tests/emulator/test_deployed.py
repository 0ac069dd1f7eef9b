"""What is deployed runs by itself and with its own rights: schedules, the desk, keys, letters."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.keys import LIVES, follows
from infra.packaging.template import merged
from local.aws.embedded import REGION
from local.aws.key_rotation import STEPS, asked
from local.aws.lambda_runtime import schedule_event
from tests.emulator.differences import REFUSED, Refused, alone
from tests.emulator.hours import EIGHT
from tests.emulator.operator import Operator
from tests.emulator.world import PATIENCE, EmulatedWorld, until
from tests.infra.test_roles import PAGES
from tests.journeys.driver import STUDENT
from tests.journeys.student import Student

pytestmark = [pytest.mark.emulator, pytest.mark.enable_socket]


def invoked(world: EmulatedWorld, function: str, event: dict[str, Any]) -> Any:
    """What a function answers; its error is the test's."""
    answer = world.account.client("lambda").invoke(
        FunctionName=world.account.id_of(function), Payload=json.dumps(event)
    )
    said = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, said
    return json.loads(said or "null")


def scheduled(world: EmulatedWorld, function: str) -> Any:
    return invoked(world, function, schedule_event(function, datetime.now(UTC), REGION))


def test_the_night_and_the_digest_may_do_what_they_do(deployed: EmulatedWorld) -> None:
    lea = Student(world=deployed, dossier_id="E-night")
    lea.selects()
    deployed.rest()
    deployed.set_hour("SendDigest", EIGHT)
    scheduled(deployed, "BeginNight")
    deployed.rest()
    items = deployed.account.table().scan()["Items"]
    assert ['"is_whole":true' in i["document"] for i in items if i["pk"] == "TALLY#days"] == [True]
    scheduled(deployed, "SendDigest")
    assert any(m["to"] == "antenne-campus@relance.example" for m in deployed.providers.messages())


def test_an_operator_comes_in_and_sees_every_page(deployed: EmulatedWorld) -> None:
    lea = Student(world=deployed, dossier_id="E-desk")
    lea.say("card.ready", student=STUDENT)
    deployed.rest()
    operator = Operator(deployed.account)
    assert operator.get("/desk").status == 303
    operator.be_made("camille", "admin")
    assert operator.refused, "nobody comes in without a code, whatever Cognito says"
    assert operator.come_in("000000").status == 403
    assert operator.get("/desk").status == 303
    assert operator.come_in().status == 303
    seen = {page: operator.get(page).status for page in (*PAGES, "/desk/dossiers/E-desk")}
    assert seen == dict.fromkeys(seen, 200)
    [token] = set(re.findall(r'name="form" value="([^"]+)"', operator.get("/desk/find").text))
    assert "E-desk" in operator.press("/desk/find", {"form": token, "q": "e desk"}).text


def test_keys_rotate_and_links_of_before_stay_good(deployed: EmulatedWorld) -> None:
    lea = Student(world=deployed, dossier_id="E-keys")
    lea.selects()
    deployed.rest()
    account = deployed.account
    for name in LIVES:
        before, token = account.stored_keys(name), account.begin_rotation(name)
        for step in STEPS:
            invoked(deployed, "RotateKeys", asked(step, account.secret_arn(name), token))
        assert follows(account.stored_keys(name), before)
    assert deployed.ask("GET", lea.link("dossier")).status == 200


def test_the_sweep_runs_by_itself_and_no_function_is_refused_anything(
    deployed: EmulatedWorld,
) -> None:
    lea = Student(world=deployed, dossier_id="E-rights")
    lea.selects()
    deployed.rest()
    assert until(lambda: deployed.log("SweepDue", "END RequestId"), PATIENCE)
    assert deployed.dead_letters() == 0
    for function in deployed.account.functions:
        assert deployed.log(function, "AccessDenied") == []


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: min(refused.names))
def test_the_emulator_still_refuses_what_is_left_out(
    deployed: EmulatedWorld, refused: Refused
) -> None:
    for name in refused.names:
        assert refused.why in deployed.account.refusal_of(alone(merged(), name))
