"""The package of this machine's processor, deployed as `docs/deploy.md` has it."""

import json
import os
import platform
import secrets
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.desk_data import load
from chalicelib.domain import keys
from infra import deploy
from infra.first_secret import SECRETS
from infra.packaging.__main__ import make
from infra.packaging.target import PROCESSORS, target, version_of
from infra.stages import stack_of
from local.aws.embedded import CREDENTIALS, REGION
from tests.emulator.differences import ACCOUNT, Template, emulated, statements
from tests.emulator.ministack import program
from tests.infra.test_template import functions_of

BUCKET = "relance-packages"
PARAMETERS: Mapping[str, str] = {
    "PublicUrl": "https://not-yet.example",
    "MailFrom": "rendez-vous@relance.example",
    "MailReplyTo": "antenne-campus@relance.example",
    "DigestTo": "antenne-campus@relance.example",
}


def package(folder: Path) -> Template:
    """Make it, for the emulator's Python: it runs functions on its own. What its template says."""
    python, processor = version_of(program("python")), PROCESSORS[platform.machine()]
    make(target({"ARCH": processor, "LAMBDA_PYTHON": python}), folder)
    content: Template = json.loads((folder / "template.json").read_text("utf-8"))
    return content


@dataclass
class Account:
    """An account at an address, in the eyes of whoever deploys a stage to it."""

    address: str
    folder: Path
    stage: str = "isere-dev"
    desk: str = "grenoble"
    #: What stands in the place of the stack's own table, once that was restored.
    restored: str = ""
    made: int = 0
    left_out: int = 0
    enforced: int = 0
    functions: list[str] = field(default_factory=list)
    _said: str = ""

    def deploy(self, template: Template, **changes: str) -> None:
        """Make the stack, or change it, in the way of `make deploy`."""
        changed = emulated(template)
        self.made = len(changed["Resources"])
        self.left_out = len(template["Resources"]) - self.made
        self.functions = list(functions_of(changed))
        self.enforced = len(list(statements(changed)))
        (self.folder / "template.json").write_text(json.dumps(changed), "utf-8")
        parameters = {**self._parameters(), **changes}
        asked = deploy.Deployment(
            stage=self.stage,
            account=ACCOUNT,
            bucket=BUCKET,
            parameters=parameters,
            table=self.restored,
        )
        self.__dict__.pop("outputs", None)
        try:
            deploy.check(asked, self.client)
            deploy.deploy(asked, self._run, self.folder)
        except deploy.CannotDeploy as error:
            raise AssertionError(error, self._complaints()) from None

    def _complaints(self) -> str:
        """Why a stack was not made: what the command line said, and the stack itself."""
        try:
            events = self.client("cloudformation").describe_stack_events(StackName=self.stack)
        except ClientError:
            return self._said
        reasons = (event.get("ResourceStatusReason", "") for event in events["StackEvents"])
        return "\n".join([self._said, *filter(None, reasons)])

    def prepare(self) -> None:
        """What is there before the first deployment: a bucket, and the sender's name."""
        where = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        self.client("sesv2").create_email_identity(EmailIdentity=PARAMETERS["MailFrom"])

    def fill_in(self) -> None:
        """The first keys. `make secret` would take the version of nothing for one with keys:
        on AWS a secret without content has no version at all."""
        client = self.client("secretsmanager")
        for name, held in keys.first(secrets.token_bytes).items():
            secret_id = self.secret_id(name)
            assert not client.get_secret_value(SecretId=secret_id).get("SecretString")
            client.put_secret_value(SecretId=secret_id, SecretString=json.dumps({name: held}))

    def secret_id(self, name: str) -> str:
        """The secret that holds this."""
        return self.outputs[f"{SECRETS[name]}Id"]

    def stored_keys(self, name: str) -> Mapping[str, Any]:
        """What such a secret holds now."""
        found = self.client("secretsmanager").get_secret_value(SecretId=self.secret_id(name))
        stored: Mapping[str, Any] = json.loads(found["SecretString"])
        return stored

    @property
    def stack(self) -> str:
        """The stage's stack."""
        return stack_of(self.stage)

    def secret_arn(self, name: str) -> str:
        """A secret, as Secrets Manager names it to the function that rotates it."""
        found = self.client("secretsmanager").describe_secret(SecretId=self.secret_id(name))
        return str(found["ARN"])

    def begin_rotation(self, name: str) -> str:
        """A version that waits, and holds what the current one does; its token.

        On AWS it holds nothing yet, which the emulator cannot be told. So the new content is made
        here, by the same rule, and the function's first step finds it made.
        """
        token = str(uuid.uuid4())
        content = keys.rotated(self.stored_keys(name), datetime.now(UTC), secrets.token_bytes)
        self.client("secretsmanager").put_secret_value(
            SecretId=self.secret_id(name),
            ClientRequestToken=token,
            SecretString=json.dumps(content),
            VersionStages=["AWSPENDING"],
        )
        return token

    def _parameters(self) -> Mapping[str, str]:
        of_the_desk = {"Desk": self.desk, "SmsSenderId": load(self.desk).sms_sender}
        return {**PARAMETERS, **of_the_desk}

    def refusal_of(self, template: Template) -> str:
        """What the emulator says of a template that it does not take."""
        stack = f"trial-{uuid.uuid4().hex[:8]}"
        cloudformation = self.client("cloudformation")
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in self._parameters().items()]
        try:
            cloudformation.create_stack(
                StackName=stack,
                TemplateBody=json.dumps(template),
                Parameters=[{"ParameterKey": "Stage", "ParameterValue": self.stage}, *given],
            )
        except ClientError as error:
            return str(error)
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """What the stack says of itself."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def id_of(self, name: str) -> str:
        """What was made of a resource of the template: its physical id."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=self.stack, LogicalResourceId=name
        )
        made: str = answer["StackResourceDetail"]["PhysicalResourceId"]
        return made

    @property
    def api(self) -> str:
        """Where the pages and the webhooks are."""
        return f"{self.address}/_aws/execute-api/{self.outputs['RestAPIId']}/api"

    def environment(self) -> dict[str, str]:
        """What makes every AWS client of a process speak to this account, as its owner."""
        return {"AWS_ENDPOINT_URL": self.address, **CREDENTIALS}

    def client(self, service: str) -> Any:
        """A client of this account, as its owner."""
        return self._session.client(service, endpoint_url=self.address)  # type: ignore[call-overload]  # any name

    def table(self) -> Any:
        """The table of the stack, as its owner sees it."""
        tables = self._session.resource("dynamodb", endpoint_url=self.address)
        return tables.Table(self.outputs["TableName"])

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )

    def _run(self, command: Sequence[str]) -> int:
        environment = {"PATH": os.environ["PATH"], **self.environment()}
        done = subprocess.run(
            [program(command[0]), *command[1:]],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self._said = done.stderr[-2_000:]
        return done.returncode
