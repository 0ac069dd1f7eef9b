"""The template that Chalice writes, merged with our resources, is what we mean."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

import pytest
from cfnlint import api as cfnlint  # type: ignore[import-untyped]  # has no types
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]  # has no types

from benchmarks.cold_start import STARTS
from chalicelib.desk_data import load
from chalicelib.domain.keys import APART, LIVES
from chalicelib.domain.operators import Role
from chalicelib.domain.signing_in import HALF_WAY_AT_MOST
from infra.first_secret import SECRETS
from infra.packaging.target import HOUSE, Target
from infra.packaging.template import merged as merged_now
from infra.packaging.template import template_for
from local.aws.embedded import template


@pytest.fixture(scope="module")
def merged() -> dict[str, Any]:
    return merged_now()


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {n: r["Properties"] for n, r in template["Resources"].items() if r.get("Type") == kind}


def functions_of(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::Serverless::Function")


def test_cloudformation_takes_it(merged: dict[str, Any]) -> None:
    found = cfnlint.lint(json.dumps(merged), config=ManualArgs(regions=["eu-west-3"]))
    assert [match.message for match in found if match.rule.severity == "error"] == []


def test_every_resource_has_a_type_so_that_no_name_in_our_file_is_misspelt(
    merged: dict[str, Any],
) -> None:
    assert [name for name, r in merged["Resources"].items() if "Type" not in r] == []


def test_every_function_enters_through_app(merged: dict[str, Any]) -> None:
    handlers = {name: f["Handler"] for name, f in functions_of(merged).items()}
    assert set(handlers) == {
        "APIHandler",
        "SweepDue",
        "BeginNight",
        "Reconcile",
        "SendDigest",
        "ServeDossier",
        "RecordDelivery",
        "RotateKeys",
    }
    assert all(handler.startswith("app.") for handler in handlers.values())
    assert {start.handler for start in STARTS.values()} == {*handlers.values()}


def test_every_function_has_its_log_which_is_forgotten(merged: dict[str, Any]) -> None:
    logs = of_type(merged, "AWS::Logs::LogGroup")
    assert all(log["RetentionInDays"] for log in logs.values())
    assert "LogGroupName" not in logs.pop("AuditLog"), "it outlives the stack: see below"
    named = sorted(log["LogGroupName"]["Fn::Sub"] for log in logs.values())
    assert named == sorted(f"/aws/lambda/${{{name}}}" for name in functions_of(merged))


def test_a_failed_message_comes_back_alone(merged: dict[str, Any]) -> None:
    sources = [
        event["Properties"]
        for function in functions_of(merged).values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    assert len(sources) == 3
    told = ["ReportBatchItemFailures"]
    assert all(s["BatchSize"] == 1 or s["FunctionResponseTypes"] == told for s in sources)


def is_fed(function: dict[str, Any]) -> bool:
    """Whether a queue calls it."""
    return any(event["Type"] == "SQS" for event in function.get("Events", {}).values())


def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run(
    merged: dict[str, Any],
) -> None:
    lasts = [
        6 * function["Timeout"] for function in functions_of(merged).values() if is_fed(function)
    ]
    hidden = [q.get("VisibilityTimeout") for q in of_type(merged, "AWS::SQS::Queue").values()]
    assert sorted(seconds for seconds in hidden if seconds is not None) == sorted(lasts)


def test_every_queue_but_the_dead_letters_has_its_dead_letters(merged: dict[str, Any]) -> None:
    queues = of_type(merged, "AWS::SQS::Queue")
    targets = {
        q["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for q in queues.values()
        if "RedrivePolicy" in q
    }
    assert targets == {name for name, q in queues.items() if "RedrivePolicy" not in q}


def test_documents_expire_after_the_longest_time_a_dossier_is_kept(merged: dict[str, Any]) -> None:
    [bucket] = of_type(merged, "AWS::S3::Bucket").values()
    rules = bucket["LifecycleConfiguration"]["Rules"]
    days = [rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule]
    longest = max(terms.retention.unfinished_months for terms in load("grenoble").terms)
    assert [longest * 31 < after < longest * 31 + 60 for after in days] == [True]
    hidden = [r["NoncurrentVersionExpiration"] for r in rules if "NoncurrentVersionExpiration" in r]
    assert hidden == [{"NoncurrentDays": 1}]


def test_keys_rotate_no_sooner_than_the_rule_allows_and_not_with_a_deployment(
    merged: dict[str, Any],
) -> None:
    schedules = list(of_type(merged, "AWS::SecretsManager::RotationSchedule").values())
    for schedule in schedules:
        days = timedelta(days=schedule["RotationRules"]["AutomaticallyAfterDays"])
        assert days - timedelta(days=2) > APART  # it chooses the hour by itself
        assert schedule["RotateImmediatelyOnUpdate"] is False
        assert schedule["RotationLambdaARN"] == {"Fn::GetAtt": ["RotateKeys", "Arn"]}
    rotating = [{"Ref": SECRETS[name]} for name in LIVES]
    assert [schedule["SecretId"] for schedule in schedules] == rotating


def test_nobody_but_secrets_manager_of_this_account_asks_for_a_rotation(
    merged: dict[str, Any],
) -> None:
    asks = [
        p
        for p in of_type(merged, "AWS::Lambda::Permission").values()
        if p["FunctionName"] == {"Ref": "RotateKeys"}
    ]
    assert [(p["Principal"], p["SourceAccount"]) for p in asks] == [
        ("secretsmanager.amazonaws.com", {"Ref": "AWS::AccountId"})
    ]
    for name in LIVES:
        rotation = merged["Resources"][f"{SECRETS[name]}Rotation"]
        assert rotation["DependsOn"] == "KeyRotationMayRun"


def test_where_no_route_leads_nothing_is_said_in_velocity(merged: dict[str, Any]) -> None:
    said = merged["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    for text in said["MISSING_AUTHENTICATION_TOKEN"]["ResponseTemplates"].values():
        assert not {"$", "#"} & set(text), "API Gateway would take it for a variable or an order"


def test_keys_rotate_only_once_they_are_there(merged: dict[str, Any]) -> None:
    for name in LIVES:
        assert merged["Resources"][f"{SECRETS[name]}Rotation"]["Condition"] == "KeysRotate"
    assert merged["Conditions"]["KeysRotate"] == {"Fn::Equals": [{"Ref": "KeysAreThere"}, "yes"]}
    assert merged["Parameters"]["KeysAreThere"]["Default"] == "no"


def test_operators_are_made_by_an_admin_and_need_a_code_from_their_telephone(
    merged: dict[str, Any],
) -> None:
    [pool] = of_type(merged, "AWS::Cognito::UserPool").values()
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [
        {"Name": "admin_only", "Priority": 1}
    ]
    rules = pool["Policies"]["PasswordPolicy"]
    assert rules["MinimumLength"] >= 15
    assert {rule for name, rule in rules.items() if name.startswith("Require")} == {False}
    assert not {"AutoVerifiedAttributes", "Schema", "UsernameAttributes"} & set(pool)


def test_the_operators_outlive_the_stack(merged: dict[str, Any]) -> None:
    pool = merged["Resources"]["Operators"]
    assert (pool["DeletionPolicy"], pool["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_desk_signs_in_with_passwords_alone_and_tells_nobody_which_names_exist(
    merged: dict[str, Any],
) -> None:
    [client] = of_type(merged, "AWS::Cognito::UserPoolClient").values()
    assert client["ExplicitAuthFlows"] == ["ALLOW_USER_PASSWORD_AUTH"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["GenerateSecret"] is False
    assert client["AuthSessionValidity"] * 60 == HALF_WAY_AT_MOST.total_seconds()


def test_every_role_has_its_group(merged: dict[str, Any]) -> None:
    groups = of_type(merged, "AWS::Cognito::UserPoolGroup").values()
    by_rank = sorted(groups, key=lambda group: -group["Precedence"])
    assert [group["GroupName"] for group in by_rank] == list(Role)


def test_no_role_may_do_everything(merged: dict[str, Any]) -> None:
    roles = of_type(merged, "AWS::IAM::Role").values()
    statements = [
        statement
        for role in roles
        for policy in role.get("Policies", ())
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert statements
    of_aws = [one for role in roles for one in role.get("ManagedPolicyArns", ())]
    assert [one["Fn::Sub"].rpartition("/")[2] for one in of_aws] == [
        "AWSBackupServiceRolePolicyForBackup"
    ]
    actions = [action for s in statements for action in _as_list(s["Action"])]
    assert [action for action in actions if action.endswith("*")] == []
    everywhere = [s["Action"] for s in statements if "*" in _as_list(s["Resource"])]
    assert everywhere == [["ses:DeleteSuppressedDestination"]] * 2, "it knows no resource"


def test_the_command_line_finds_every_setting_in_the_outputs(merged: dict[str, Any]) -> None:
    variables = merged["Globals"]["Function"]["Environment"]["Variables"]
    named = {"".join(part.capitalize() for part in n.split("_")): v for n, v in variables.items()}
    outputs = {name: output["Value"] for name, output in merged["Outputs"].items()}
    assert outputs.items() >= named.items()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_what_is_deployed_names_chalice_nowhere_and_the_way_out_names_what_it_wrote(
    merged: dict[str, Any],
) -> None:
    wanted = Target(architecture="arm64", python="3.13", interpreter="")
    deployed = json.dumps(template_for(wanted, ""))
    assert re.findall("chalice(?!lib)", deployed, re.IGNORECASE) == []
    page = (HOUSE / "docs" / "exit-from-chalice.md").read_text("utf-8")
    ours = template()["Resources"]
    written = {name for name in merged["Resources"] if name not in ours or "Type" not in ours[name]}
    assert [name for name in sorted(written) if f"`{name}`" not in page] == []
    paths = merged["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    assert f"`DefinitionBody`: {len(paths)} paths" in page


@pytest.mark.parametrize("page", ["deploy.md", "operations.md"])
def test_what_a_command_of_a_page_asks_the_stack_for_is_there(
    merged: dict[str, Any], page: str
) -> None:
    """`of NAME` is its id; rules and mappings are named by function and event together."""
    resources = merged["Resources"]
    events = {
        f"{name}{event}"
        for name, function in functions_of(merged).items()
        for event in function.get("Events", ())
    }
    text = (HOUSE / "docs" / page).read_text("utf-8")
    asked = {*re.findall(r"\$\(of (\w+)\)", text)}
    looped = re.findall(r"^ +for \w+ in (.+); do$", text, re.MULTILINE)
    asked |= {name for names in looped for name in names.split()}
    assert asked
    assert asked - resources.keys() - events == set()


@pytest.fixture(scope="module")
def deployer() -> dict[str, Any]:
    policy: dict[str, Any] = json.loads((HOUSE / "infra" / "deployer.json").read_text("utf-8"))
    return policy


def test_whoever_deploys_gets_rights_that_aws_knows_on_each_service_of_the_template(
    merged: dict[str, Any], deployer: dict[str, Any]
) -> None:
    otherwise = {"Cognito": "cognito-idp", "SMSVOICE": "sms-voice", "Serverless": "lambda"}
    kinds = {r["Type"].split("::")[1] for r in merged["Resources"].values()} - {"IAM"}
    wanted = {f"{otherwise.get(kind, kind.lower())}:*" for kind in kinds}
    assert wanted - {*_rights(deployer)} == set()
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": deployer}}
    alone = json.dumps({"Resources": {"Deployer": policy}})
    found = cfnlint.lint(alone, config=ManualArgs(regions=["eu-west-3"]))
    assert [match.rule.id for match in found] == []  # W3037: there is no such action


def test_the_manual_says_what_each_of_these_rights_is_for_and_asks_for_no_other(
    deployer: dict[str, Any],
) -> None:
    page = (HOUSE / "docs" / "deploy.md").read_text("utf-8")
    explained = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert {one["Sid"] for one in deployer["Statement"]} - {*explained} == set()
    asked = re.findall(r"`([a-z-]+\d?:[A-Z]\w+\*?)`", page)
    given = _rights(deployer)
    assert [one for one in asked if not any(fnmatchcase(one, all_) for all_ in given)] == []


def _rights(policy: Mapping[str, Any]) -> list[str]:
    return [action for one in policy["Statement"] for action in _as_list(one["Action"])]
