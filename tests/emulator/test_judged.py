"""The prohibition that guards the audit, by the emulator's own judge of policies.

Of itself the emulator does not ask it, for it does not tell its judge the keys of a request.
"""

import json
import subprocess
from collections.abc import Sequence

import pytest

from infra.packaging.template import merged
from tests.emulator.ministack import program
from tests.infra.test_roles import ADDS, FORGETS, ROLES, statements

pytestmark = pytest.mark.emulator

JUDGE = """
import json, sys
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document
for action, key in json.loads(sys.argv[2]):
    asked = EvalContext(
        principal_arn="arn:aws:iam::000000000000:role/r", principal_type="AssumedRole",
        principal_account="000000000000", action=action, resource_arn="*", region="eu-west-3",
        service_context={"dynamodb:leadingkeys": [key]},
    )
    print(evaluate(asked, [parse_policy_document(sys.argv[1])]).decision)
"""
LINE = "AUDIT#2019-04-08T08:00:00.000000Z#0123456789ab"


def judged(function: str, asked: Sequence[tuple[str, str]]) -> list[str]:
    """What it decides, with every resource taken for the table."""
    ours = [s for s in statements(merged(), function) if "dynamodb" in str(s["Action"])]
    policy = {"Version": "2012-10-17", "Statement": [{**s, "Resource": "*"} for s in ours]}
    command = [program("python"), "-c", JUDGE, json.dumps(policy), json.dumps(asked)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.split()


@pytest.mark.parametrize("function", sorted({*ROLES} - {"begin_night", "rotate_keys"}))
def test_no_line_of_the_audit_is_changed_and_one_is_erased_by_the_night_alone(
    function: str,
) -> None:
    put, change, erase = judged(
        function,
        [(f"dynamodb:{name}Item", LINE) for name in ("Put", "Update", "Delete")],
    )
    assert change != "Allow"
    assert (put == "Allow") is (function in ADDS)
    assert (erase == "Allow") is (function in FORGETS)


def test_a_dossier_is_written_as_before() -> None:
    asked = [(f"dynamodb:{name}Item", "DOSSIER#AUDIT#1") for name in ("Put", "Update", "Delete")]
    assert judged("http", asked) == ["Allow"] * 3
