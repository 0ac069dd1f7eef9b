"""Two stages in one account share nothing but what an account has once."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from typing import Any

import pytest

from chalicelib.observability.metrics import NAMESPACE
from infra.packaging.template import merged
from infra.stages import names, stack_of

#: Of another desk, of the same one, and of one whose name begins alike.
PAIRS = (("isere-prod", "rhone-prod"), ("isere-prod", "isere-dev"), ("isere-prod", "isere2-prod"))
STAGES = sorted({stage for pair in PAIRS for stage in pair})

#: What is named inside a thing of the stack's own, which has no other of that name.
INSIDE: Mapping[str, str] = {
    "AWS::Cognito::UserPoolClient.ClientName": "in its pool",
    "AWS::Cognito::UserPoolGroup.GroupName": "in its pool",
    "AWS::Serverless::Api.StageName": "in its API",
    "AWS::CloudWatch::Alarm.MetricName": "with dimensions, below",
}

#: What an account has once: docs/deploy.md says what that means for its desks.
ONCE_AN_ACCOUNT = frozenset({"BouncesHigh", "ComplaintsHigh", "MailQuotaNear", "SmsBudgetNear"})
GRAPHED_ONCE = frozenset({"AWS/SES", "AWS/SMSVoice"})
REACHED_BY_ALL = ("*", ":identity/*", ":sender-id/*")


class _Rendered:
    """The template as CloudFormation has it for a stage: a physical id names stack and resource."""

    def __init__(self, stage: str) -> None:
        self.stage, self.stack, template = stage, stack_of(stage), merged()
        host = f"{stage}.prefecture.test"
        self._given = {
            **dict.fromkeys(template["Parameters"], "the same"),
            "Stage": stage,
            "DomainName": host,
            "PublicUrl": f"https://{host}",
            "CertificateArn": f"{self.stack}-certificate",
            "AWS::StackName": self.stack,
            "AWS::AccountId": "1",
            "AWS::Region": "eu-west-3",
            "AWS::Partition": "aws",
        }
        self.resources: dict[str, dict[str, Any]] = self._of(template["Resources"])

    def properties(self, kind: str) -> dict[str, dict[str, Any]]:
        return {n: r["Properties"] for n, r in self.resources.items() if r["Type"] == kind}

    def _of(self, value: Any) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._named(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._named(f"{name}.{attribute}")
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w.:]+)\}", lambda found: self._named(found[1]), text)
            case dict():
                return {key: self._of(one) for key, one in value.items()}
            case list():
                return [self._of(one) for one in value]
            case _:
                return value

    def _named(self, name: str) -> str:
        return self._given.get(name, f"{self.stack}-{name}")


@cache
def rendered(stage: str) -> _Rendered:
    return _Rendered(stage)


def own_names(of: _Rendered) -> dict[str, str]:
    """What the template itself calls a thing."""
    return {
        f"{name}.{key}": value
        for name, resource in of.resources.items()
        for key, value in resource["Properties"].items()
        if re.search(r"Name$", key) and f"{resource['Type']}.{key}" not in INSIDE
    }


def metrics_of(alarm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    asked = [m["MetricStat"]["Metric"] for m in alarm.get("Metrics", ()) if "MetricStat" in m]
    yield from asked or [alarm]


def drawn(of: _Rendered) -> Iterator[list[str]]:
    [board] = of.properties("AWS::CloudWatch::Dashboard").values()
    for widget in json.loads(board["DashboardBody"])["widgets"]:
        yield from widget["properties"]["metrics"]


def may_reach(of: _Rendered) -> list[str]:
    """What the functions' roles name."""
    reached: list[str] = []
    for role in of.properties("AWS::IAM::Role").values():
        for policy in role.get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                named = statement["Resource"]
                reached += named if isinstance(named, list) else [named]
    return reached


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_no_two_things_have_one_name(one: str, other: str) -> None:
    ours, theirs = own_names(rendered(one)), own_names(rendered(other))
    assert {name for name in ours if ours[name] == theirs[name]} == set()
    assert {"KeyAlias.AliasName", "RestAPI.Name", "QuerySlow.Name", "Domain.DomainName"} <= set(
        ours
    )


@pytest.mark.parametrize("stage", STAGES)
def test_every_alarm_looks_at_its_own_stage_or_at_the_account(stage: str) -> None:
    of = rendered(stage)
    for name, alarm in of.properties("AWS::CloudWatch::Alarm").items():
        for metric in metrics_of(alarm):
            dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", ())}
            if metric["Namespace"] == NAMESPACE:
                assert dimensions["stage"] == stage, name
            elif name not in ONCE_AN_ACCOUNT:
                assert any(value.startswith(of.stack) for value in dimensions.values()), name


@pytest.mark.parametrize("stage", STAGES)
def test_every_graph_draws_its_own_stage_or_the_account(stage: str) -> None:
    of = rendered(stage)
    for namespace, _, *dimensions in drawn(of):
        if namespace == NAMESPACE:
            assert dimensions[dimensions.index("stage") + 1] == stage
        elif namespace not in GRAPHED_ONCE:
            assert dimensions[1].startswith(of.stack)


@pytest.mark.parametrize("stage", STAGES)
def test_every_query_reads_the_logs_of_its_own_stage(stage: str) -> None:
    of = rendered(stage)
    for query in of.properties("AWS::Logs::QueryDefinition").values():
        assert all(log.startswith(f"{of.stack}-") for log in query["LogGroupNames"])


@pytest.mark.parametrize(("one", "other"), [*PAIRS, *(pair[::-1] for pair in PAIRS)])
def test_no_role_reaches_what_is_anothers(one: str, other: str) -> None:
    reached = [r for r in may_reach(rendered(one)) if not r.endswith(REACHED_BY_ALL[1:])]
    named = [resource for resource in reached if resource != REACHED_BY_ALL[0]]
    assert [resource for resource in named if stack_of(one) not in resource] == []
    groups = rendered(other).properties("AWS::Logs::LogGroup")
    logs = [g.get("LogGroupName", f"{stack_of(other)}-{name}") for name, g in groups.items()]
    arns = [f"arn:aws:logs:eu-west-3:1:log-group:{log}" for log in logs]
    assert [arn for arn in arns if any(fnmatch(arn, resource) for resource in named)] == []


def test_the_longest_name_of_a_stage_leaves_room_for_a_functions_own() -> None:
    """A function's name has 64 characters: stack, function, and twelve by chance, with hyphens."""
    pattern = merged()["Parameters"]["Stage"]["AllowedPattern"]
    longest = f"{'i' * 16}-{'p' * 8}"
    assert re.fullmatch(pattern, longest)
    assert not re.fullmatch(pattern, f"i{longest}")
    assert not re.fullmatch(pattern, f"{longest}p")
    functions = rendered("isere-prod").properties("AWS::Serverless::Function")
    assert all(len(f"{stack_of(longest)}-{name}-") + 12 <= 64 for name in functions)


@pytest.mark.parametrize("stage", names())
def test_the_stages_that_there_are_have_such_names(stage: str) -> None:
    assert re.fullmatch(merged()["Parameters"]["Stage"]["AllowedPattern"], stage)
