"""Where the emulator is not AWS: what it refuses, and what it judges by another name.

The template is changed in these places and nowhere else. Each is tried: an entry that the emulator
no longer needs is a failing test, and goes.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws.embedded import REGION

Template = dict[str, Any]

#: The emulator's account.
ACCOUNT = "000000000000"


def _is_of(kind: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda resource: resource["Type"] == kind


def _is_alarm_of_several_metrics(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A kind of resource with which the emulator refuses the whole stack, and in what words."""

    why: str
    names: frozenset[str]
    is_one: Callable[[Mapping[str, Any]], bool]


REFUSED: tuple[Refused, ...] = (
    Refused(
        why="Unrecognized resource types: [AWS::Logs::QueryDefinition]",
        names=frozenset(
            {"QueryByDossier", "QueryByNotice", "QueryByEvent", "QueryErrors", "QuerySlow"}
        ),
        is_one=_is_of("AWS::Logs::QueryDefinition"),
    ),
    Refused(
        why="Unrecognized resource types: [AWS::SMSVOICE::ConfigurationSet]",
        names=frozenset({"SmsConfigurationSet"}),
        is_one=_is_of("AWS::SMSVOICE::ConfigurationSet"),
    ),
    Refused(
        why="Unrecognized resource types: [AWS::SMSVOICE::ProtectConfiguration]",
        names=frozenset({"SmsCountries"}),
        is_one=_is_of("AWS::SMSVOICE::ProtectConfiguration"),
    ),
    Refused(
        why="Unrecognized resource types: [AWS::SecretsManager::RotationSchedule]",
        names=frozenset({"LinkKeysRotation", "SessionKeysRotation"}),
        is_one=_is_of("AWS::SecretsManager::RotationSchedule"),
    ),
    Refused(
        why="Unrecognized resource types: [AWS::WAFv2::WebACLAssociation]",
        names=frozenset({"LimitsOfTheApi"}),
        is_one=_is_of("AWS::WAFv2::WebACLAssociation"),
    ),
    Refused(
        why="Properties.Metrics (metric math) is not supported",
        names=frozenset(
            {
                *("DigestMissing", "FunctionsFail", "FunctionsThrottled", "NobodyNotified"),
                *("NoWebhook", "QueueNotRead", "ReceiptsMissing", "ReceiptsUndelivered"),
                *("SmsReceiptsMissing", "SweepSilent", "TableThrottled"),
            }
        ),
        is_one=_is_alarm_of_several_metrics,
    ),
)

#: What the emulator asks a role for, where AWS asks for the key.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
ASKED_AS: Mapping[str, str] = {"sqs:SendMessage": "sqs:SendMessageBatch"}

#: What the emulator does not see the resource of, or, of a log, without its end (`:*`): there it
#: looks at the action alone.
WITHOUT_RESOURCE = frozenset({"ses:SendEmail", "logs:PutLogEvents"})


#: It speaks no TLS, so whoever refuses what comes without would refuse everything.
WITHOUT_TLS: Mapping[str, Any] = {"Bool": {"aws:SecureTransport": False}}
ONLY_WITH_TLS = frozenset(
    {
        *("FeedbackTopicPolicy", "FeedbackQueuePolicy", "FeedbackDeadLettersPolicy"),
        *("OtherQueuesPolicy", "DocumentsPolicy"),
    }
)


def emulated(template: Template) -> Template:
    """The template as the emulator takes it."""
    changed = copy.deepcopy(template)
    resources = changed["Resources"]
    for scaling in limits(changed):
        _say_the_number(scaling, changed["Parameters"])
    gone = {name for name, one in resources.items() if _is_refused(one)}
    for statement in statements(changed):
        _judge_alike(statement)
    for name in ONLY_WITH_TLS:
        _admit_without_tls(resources[name])
    gone |= {name for name, one in resources.items() if _says_nothing(one)}
    for name in gone:
        del resources[name]
    without: Template = _without(changed, gone)
    return without


def alone(template: Template, name: str) -> Template:
    """One resource in a template of its own, on no condition: what it refers to is but a name."""
    others = set(template["Resources"]) - {name}
    one = {k: v for k, v in template["Resources"][name].items() if k != "Condition"}
    return {"Parameters": template["Parameters"], "Resources": {name: _without(one, others)}}


def statements(template: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the functions may do, statement by statement."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", ()):
                yield from policy["PolicyDocument"]["Statement"]


def limits(template: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """How many of a function may run at once, of each queue that it reads."""
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if scaling := event["Properties"].get("ScalingConfig"):
                yield scaling


class NoSuchStatement(ValueError):
    """No role has a statement of this name: say ROLE.SID."""


def take_away(template: Template, named: str) -> None:
    """Leave one statement out, named as in ServeDossierRole.SendMail. Raises NoSuchStatement."""
    role, _, sid = named.partition(".")
    for policy in template["Resources"].get(role, {}).get("Properties", {}).get("Policies", ()):
        document = policy["PolicyDocument"]
        kept = [one for one in document["Statement"] if one["Sid"] != sid]
        if len(kept) < len(document["Statement"]):
            document["Statement"] = kept
            return
    raise NoSuchStatement(named)


def _say_the_number(scaling: dict[str, Any], parameters: Mapping[str, Any]) -> None:
    """What a parameter says is a text there, and the emulator compares it with a number."""
    if isinstance(scaling["MaximumConcurrency"], dict):
        name = scaling["MaximumConcurrency"]["Ref"]
        scaling["MaximumConcurrency"] = parameters[name]["Default"]


def _is_refused(resource: Mapping[str, Any]) -> bool:
    return any(refused.is_one(resource) for refused in REFUSED)


def _admit_without_tls(policy: dict[str, Any]) -> None:
    document = policy["Properties"]["PolicyDocument"]
    kept = [one for one in document["Statement"] if one.get("Condition") != WITHOUT_TLS]
    document["Statement"] = kept


def _says_nothing(policy: Mapping[str, Any]) -> bool:
    document = policy.get("Properties", {}).get("PolicyDocument", {})
    return "Statement" in document and not document["Statement"]


def _judge_alike(statement: dict[str, Any]) -> None:
    actions = statement["Action"]
    actions.extend(other for action, other in ASKED_AS.items() if action in actions)
    if WITHOUT_RESOURCE.intersection(actions):
        statement["Resource"] = "*"


def _without(value: Any, gone: set[str]) -> Any:
    """The same without the resources that are gone: their names stand where they were meant."""
    if isinstance(value, list):
        return [_without(one, gone) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in gone:
        return value["Ref"]
    if "Fn::GetAtt" in value and value["Fn::GetAtt"][0] in gone:
        return f"arn:aws:none:{REGION}:{ACCOUNT}:{value['Fn::GetAtt'][0]}"
    return {key: _without(one, gone) for key, one in value.items()}
