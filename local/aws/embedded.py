"""Embedded AWS: moto behind one lock, on a port of its own, with the stack of `infra/` in it."""

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import boto3
import yaml
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from chalicelib.domain.keys import first
from infra.first_secret import SECRETS
from local.aws.cognito import CLIENT_ID, POOL_ID
from local.aws.haste import make_haste
from local.aws.item_size import judge_what_is_left
from local.aws.straight import Straight
from local.aws.suppression import PATH as SUPPRESSED
from local.aws.suppression import SuppressionList
from local.aws.transport import Endpoint, Transport, over_http

make_haste()
judge_what_is_left()

RESOURCES = Path(__file__).parents[2] / "infra" / "resources.yaml"
REGION = "eu-west-3"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_SESSION_TOKEN": "local",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}

#: What moto's CloudFormation really makes. The rest it skips in silence: that is made by API below.
MADE_BY_STACK = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
    }
)

SUBSCRIPTION = "AWS::SNS::Subscription"

OnEmail = Callable[[Mapping[str, Any], str], None]


@dataclass(frozen=True, kw_only=True)
class AwsRequest:
    """One request to an AWS service."""

    service: str
    operation: str


#: Consulted before each request; whatever it raises is what the request meets.
Fault = Callable[[AwsRequest], None]


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What the stack has made: CloudFormation's physical ids, by the names in the template."""

    ids: Mapping[str, str]
    queue_arns: Mapping[str, str]
    parameters: Mapping[str, str]
    webhook_secret: str

    def environment(self) -> dict[str, str]:
        """What a function of the stack would find in its environment."""
        return {
            "STAGE": self.parameters["Stage"],
            "DESK": self.parameters["Desk"],
            "PUBLIC_URL": self.parameters["PublicUrl"],
            "TABLE_NAME": self.ids["Table"],
            "SERVE_QUEUE_URL": self.ids["ServeQueue"],
            "SERVE_DEAD_LETTERS_URL": self.ids["ServeDeadLetters"],
            "FEEDBACK_QUEUE_URL": self.ids["FeedbackQueue"],
            "FEEDBACK_DEAD_LETTERS_URL": self.ids["FeedbackDeadLetters"],
            "NIGHT_QUEUE_URL": self.ids["NightQueue"],
            "NIGHT_DEAD_LETTERS_URL": self.ids["NightDeadLetters"],
            "DOCUMENTS_BUCKET": self.ids["Documents"],
            **{f"{name.upper()}_ID": self.ids[resource] for name, resource in SECRETS.items()},
            "MAIL_FROM": self.parameters["MailFrom"],
            "MAIL_REPLY_TO": self.parameters["MailReplyTo"],
            "MAIL_CONFIGURATION_SET": self.ids["MailConfigurationSet"],
            "SMS_SENDER_ID": self.parameters["SmsSenderId"],
            "SMS_CONFIGURATION_SET": self.ids["SmsConfigurationSet"],
            "OPERATORS_POOL_ID": self.ids["Operators"],
            "OPERATORS_CLIENT_ID": self.ids["OperatorsClient"],
            "DIGEST_TO": self.parameters.get("DigestTo", ""),
            "INDEX_SHARDS": self.parameters.get("IndexShards", ""),
            "AUDIT_LOG_GROUP": self.ids["AuditLog"],
        }


@dataclass
class _Serialised:
    """An application that plays AWS, one request at a time: moto loses writes under threads."""

    application: WSGIApplication
    on_email: OnEmail | None
    fault: Fault | None
    suppressed: SuppressionList | None
    calls: list[AwsRequest] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        call = call_of(env)
        with self.lock:
            self.calls.append(call)
            if self.fault:
                self.fault(call)
            body = _rewound(env) if _is_email(env) else b""
            answer = b"".join(self._plays(env)(env, start))
        if body and self.on_email:
            self._tell(body, answer)
        return [answer]

    def _plays(self, env: WSGIEnvironment) -> WSGIApplication:
        is_about_list = env.get("PATH_INFO", "").startswith(SUPPRESSED)
        return self.suppressed.answer if self.suppressed and is_about_list else self.application

    def _tell(self, body: bytes, answer: bytes) -> None:
        """The request itself says what moto forgets: attachments, headers, tags."""
        message_id = json.loads(answer).get("MessageId") if answer else None
        if message_id and self.on_email:
            self.on_email(json.loads(body), message_id)


def call_of(env: WSGIEnvironment) -> AwsRequest:
    """Which service and operation a request is for."""
    scope = env.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
    service = scope[3] if len(scope) > 3 else "s3"
    target = env.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    path = env.get("PATH_INFO", "")
    return AwsRequest(service=service, operation=target or f"{env['REQUEST_METHOD']} {path}")


def _is_email(env: WSGIEnvironment) -> bool:
    return bool(env.get("PATH_INFO") == "/v2/email/outbound-emails")


def _rewound(env: WSGIEnvironment) -> bytes:
    """The request's body, which moto can still read afterwards."""
    from io import BytesIO

    body: bytes = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
    env["wsgi.input"] = BytesIO(body)
    return body


#: A service's routes, which lead to what moto keeps, and keep nothing themselves.
_routes = cache(create_backend_app)


def played_by_moto() -> WSGIApplication:
    """AWS in this process, with nothing in it."""
    moto_api_backend.reset()
    return Straight(DomainDispatcherApplication(_routes))


class EmbeddedAws(Endpoint):
    """A context manager: inside it, `endpoint` answers for every service that `plays` knows."""

    def __init__(
        self,
        on_email: OnEmail | None = None,
        fault: Fault | None = None,
        transport: Transport = over_http,
        plays: Callable[[], WSGIApplication] = played_by_moto,
        suppressed: SuppressionList | None = None,
    ) -> None:
        self._on_email, self._fault = on_email, fault
        self.transport = transport
        self._plays, self._suppressed = plays, suppressed

    def application(self) -> WSGIApplication:
        """One request at a time."""
        self._wsgi = _Serialised(
            application=self._plays(),
            on_email=self._on_email,
            fault=self._fault,
            suppressed=self._suppressed,
        )
        return self._wsgi

    @property
    def calls(self) -> list[AwsRequest]:
        """Every request so far, in order."""
        return self._wsgi.calls

    def environment(self) -> dict[str, str]:
        """What makes any AWS client of this process speak to it."""
        return {"AWS_ENDPOINT_URL": self.endpoint, **CREDENTIALS}

    def client(self, service: str) -> Any:
        """A client of it, whatever the environment says."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # the name is an argument here
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as the long forms that moto understands."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template(path: Path = RESOURCES) -> dict[str, Any]:
    """The resources as they will be deployed, with long forms instead of tags."""
    content: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506  a SafeLoader
    return content


def make_stack(aws: EmbeddedAws, parameters: Mapping[str, str], name: str = "relance") -> Stack:
    """Create what `infra/resources.yaml` declares; from the same file what moto's stack skips."""
    whole = template()
    resources = whole["Resources"]
    always = {n: r for n, r in resources.items() if "Condition" not in r}
    made = {n: r for n, r in always.items() if r.get("Type") in MADE_BY_STACK}
    ids = _create(aws, name, {"Parameters": whole["Parameters"], "Resources": made}, parameters)
    content = _fill_the_secrets(aws, name)
    aws.client("sesv2").create_email_identity(EmailIdentity=parameters["MailFrom"])
    aws.client("sesv2").create_configuration_set(ConfigurationSetName=f"{name}-mail")
    aws.client("logs").create_log_group(logGroupName=f"/{name}/audit")
    queue_arns = _queue_arns(aws, ids, made)
    _bring_events(aws, resources, ids, queue_arns)
    return Stack(
        ids={
            **ids,
            **{resource: f"{name}-{part}" for part, resource in SECRETS.items()},
            "AuditLog": f"/{name}/audit",
            "MailConfigurationSet": f"{name}-mail",
            "SmsConfigurationSet": f"{name}-sms",
            "Operators": POOL_ID,
            "OperatorsClient": CLIENT_ID,
        },
        queue_arns=queue_arns,
        parameters=dict(parameters),
        webhook_secret=content["webhook_secrets"][0],
    )


def _create(
    aws: EmbeddedAws, name: str, body: Mapping[str, Any], parameters: Mapping[str, str]
) -> dict[str, str]:
    cloudformation = aws.client("cloudformation")
    given = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body), Parameters=given)
    rows = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}


def _bring_events(
    aws: EmbeddedAws,
    resources: Mapping[str, Any],
    ids: Mapping[str, str],
    queues: Mapping[str, str],
) -> None:
    """From topics to queues. Nobody's mailbox is told."""
    told = (r["Properties"] for r in resources.values() if r.get("Type") == SUBSCRIPTION)
    for one in told:
        if one["Protocol"] == "sqs":
            topic, queue = ids[one["TopicArn"]["Ref"]], queues[one["Endpoint"]["Fn::GetAtt"][0]]
            aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)


def _queue_arns(
    aws: EmbeddedAws, ids: Mapping[str, str], made: Mapping[str, Any]
) -> dict[str, str]:
    sqs = aws.client("sqs")
    queues = [n for n, r in made.items() if r["Type"] == "AWS::SQS::Queue"]
    return {
        n: sqs.get_queue_attributes(QueueUrl=ids[n], AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        for n in queues
    }


def _fill_the_secrets(aws: EmbeddedAws, name: str) -> Mapping[str, Any]:
    """Fresh secrets for one world, in the shape the product reads."""
    content, client = first(secrets.token_bytes), aws.client("secretsmanager")
    for part in SECRETS:
        held = json.dumps({part: content[part]})
        client.create_secret(Name=f"{name}-{part}", SecretString=held)
    return content
