"""An account of AWS that answers as it is told, held against AWS' own models by botocore."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import boto3
from botocore.stub import Stubber

from infra.deploy import Deployment
from infra.first_secret import SECRETS
from infra.packaging.template import merged
from infra.preflight import FRANCE, OVERSEAS, SMS_ROLE, Asked

SES, SMS, STACK = "sesv2", "pinpoint-sms-voice-v2", "cloudformation"
OURS = "123456789012"
WHERE = "arn:aws:acm:eu-west-3:000000000000:certificate/of.rdv.test"

#: A service and a call of it.
Call = tuple[str, str]

ACCOUNT: Mapping[str, Any] = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 3.0},
    "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
}
IDENTITY = {
    "VerifiedForSendingStatus": True,
    "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS"},
    "MailFromAttributes": {
        "MailFromDomain": "bounce.rdv.test",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}
SENDER = {
    "SenderIdArn": "arn",
    "SenderId": "PREFISERE",
    "IsoCountryCode": "FR",
    "MessageTypes": ["TRANSACTIONAL"],
    "MonthlyLeasingPrice": "0",
    "DeletionProtectionEnabled": False,
    "Registered": True,
}
RULES = {code: {"ProtectStatus": "BLOCK"} for code in (*FRANCE, *OVERSEAS, "BE")}
PROTECTED = {
    "ProtectConfigurationArn": "arn",
    "ProtectConfigurationId": "p-1",
    "CreatedTimestamp": 0,
    "AccountDefault": False,
    "DeletionProtectionEnabled": False,
}
TABLE: Mapping[str, Any] = merged()["Resources"]["Table"]
INDEXES = TABLE["Properties"]["GlobalSecondaryIndexes"]
OUTPUTS = {
    **{f"{resource}Id": name for name, resource in SECRETS.items()},
    "TableName": "the-table",
    "DomainTarget": "d-1.execute-api.test",
    "Version": "0.1.0",
}
TOLD = {
    "Desk": "montrevel",
    "PublicUrl": "https://rdv.test",
    "DomainName": "rdv.test",
    "CertificateArn": WHERE,
    "MailFrom": "rendez-vous@rdv.test",
    "SmsSenderId": "PREFISERE",
    "MailsADay": "40000",
    "SmsBudget": "80",
    "ServeAtOnce": "5",
    "ReceiptsAtOnce": "5",
    "KeysAreThere": "yes",
    "AlarmsTo": "alarmes@rdv.test",
    "BackupsTo": "arn:vault",
}


def stack(
    outputs: Mapping[str, str] = OUTPUTS, parameters: Mapping[str, str] = TOLD
) -> Mapping[Call, Any]:
    """A stack that says this of itself."""
    made = {"StackName": "relance-isere-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE"}
    told = [{"ParameterKey": n, "ParameterValue": v} for n, v in parameters.items()]
    said = [{"OutputKey": n, "OutputValue": v} for n, v in outputs.items()]
    return {(STACK, "describe_stacks"): {"Stacks": [{**made, "Parameters": told, "Outputs": said}]}}


def resource(physical_id: str) -> Mapping[Call, Any]:
    """The one resource that is asked for."""
    detail = {
        "LogicalResourceId": "The",
        "PhysicalResourceId": physical_id,
        "ResourceType": "AWS::X::Y",
        "LastUpdatedTimestamp": 0,
        "ResourceStatus": "CREATE_COMPLETE",
    }
    return {(STACK, "describe_stack_resource"): {"StackResourceDetail": detail}}


#: An account that has all of it.
ALL_THERE: Mapping[Call, Any] = {
    ("sts", "get_caller_identity"): {"Account": OURS},
    ("s3", "head_bucket"): {"BucketRegion": "eu-west-3"},
    ("lambda", "get_account_settings"): {"AccountLimit": {"ConcurrentExecutions": 1_000}},
    (SES, "get_account"): ACCOUNT,
    (SES, "get_email_identity"): IDENTITY,
    (SMS, "describe_account_attributes"): {
        "AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}]
    },
    (SMS, "describe_spend_limits"): {
        "SpendLimits": [
            {
                "Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT",
                "EnforcedLimit": 500,
                "MaxLimit": 1_000,
                "Overridden": True,
            }
        ]
    },
    (SMS, "describe_sender_ids"): {"SenderIds": [SENDER]},
    (SMS, "describe_protect_configurations"): {"ProtectConfigurations": [PROTECTED]},
    (SMS, "get_protect_configuration_country_rule_set"): {
        "ProtectConfigurationArn": "arn",
        "ProtectConfigurationId": "p-1",
        "NumberCapability": "SMS",
        "CountryRuleSet": RULES,
    },
    ("iam", "get_role"): {
        "Role": {
            "Path": "/",
            "RoleName": SMS_ROLE,
            "RoleId": "A" * 20,
            "Arn": "a" * 20,
            "CreateDate": 0,
        }
    },
    ("acm", "describe_certificate"): {
        "Certificate": {"Status": "ISSUED", "DomainName": "rdv.test"}
    },
    ("backup", "describe_region_settings"): {
        "ResourceTypeOptInPreference": {"DynamoDB": True},
        "ResourceTypeManagementPreference": {"DynamoDB": True},
    },
    **stack(),
    **resource("arn:aws:sns:eu-west-3:123456789012:alarms"),
    ("dynamodb", "describe_table"): {"Table": {"GlobalSecondaryIndexes": INDEXES}},
    ("secretsmanager", "describe_secret"): {"VersionIdsToStages": {"1" * 32: ["AWSCURRENT"]}},
    ("sns", "get_topic_attributes"): {"Attributes": {"SubscriptionsConfirmed": "1"}},
}


@cache
def of_aws(service: str) -> Any:
    nobody = boto3.session.Session(
        region_name="eu-west-3",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    make: Any = nobody.client
    return make(service)


@dataclass(frozen=True)
class Account:
    """An account that answers so; a text is an error's code, and a function hears the question."""

    answers: Mapping[Call, Any]

    def client(self, service: str) -> "Service":
        return Service(self, service)


@dataclass(frozen=True)
class Service:
    """One service of it: botocore holds each question and each answer against AWS' model."""

    account: Account
    name: str

    def __getattr__(self, call: str) -> Any:
        def ask(**told: Any) -> Any:
            client = of_aws(self.name)
            answer = self.account.answers[self.name, call]
            answer = answer(told) if callable(answer) else answer
            with Stubber(client) as stub:
                if isinstance(answer, str):
                    stub.add_client_error(call, answer)
                else:
                    stub.add_response(call, answer, told)
                return getattr(client, call)(**told)

        return ask


def asked(
    answers: Mapping[Call, Any], parameters: Mapping[str, str] | None = None, **more: Any
) -> Asked:
    """What is asked of an account for a stage whose file says `parameters` otherwise than TOLD."""
    rules = [{"CountryCode": code, "ProtectStatus": "BLOCK"} for code in RULES]
    countries = {"Properties": {"CountryRuleSet": {"SMS": rules}}}
    told = Asked(
        client=Account({**ALL_THERE, **answers}).client,
        wanted=Deployment(
            stage="isere-dev",
            account=OURS,
            bucket="packages",
            parameters={**TOLD, **(parameters or {})},
        ),
        template={"Resources": {"SmsCountries": countries, "Table": TABLE}},
        resolve=lambda host: frozenset({host, "192.0.2.1"}),
    )
    return replace(told, **more)


def changed(answer: Call, **parts: Any) -> Mapping[Call, Any]:
    return {answer: {**ALL_THERE[answer], **parts}}


#: What AWS says of what is not there.
GONE = "ResourceNotFoundException"
#: Accounts in the one sandbox, and in the other.
SMS_SANDBOX: Mapping[Call, Any] = {(SMS, "describe_account_attributes"): {"AccountAttributes": []}}
MAIL_SANDBOX = changed((SES, "get_account"), ProductionAccessEnabled=False)
STOPPED = changed((SES, "get_account"), SendingEnabled=False)
