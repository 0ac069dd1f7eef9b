"""The package of this machine's processor, deployed as `docs/deploy.md` has it."""

import base64
import json
import os
import platform
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from infra.packaging.__main__ import make
from infra.packaging.target import target
from local.aws import CREDENTIALS, REGION
from tests.emulator.differences import Template, emulated
from tests.emulator.ministack import program

STACK = "relance-dev"
ARTIFACTS = "relance-artifacts"
PARAMETERS: Mapping[str, str] = {
    "Stage": "dev",
    "PublicUrl": "https://not-yet.example",
    "MailFrom": "ne-pas-repondre@relance.example",
    "MailReplyTo": "antenne-campus@relance.example",
    "SmsSenderId": "PREFISERE",
    "DigestTo": "antenne-campus@relance.example",
}

#: Only the zip of the processor at hand can be started here.
HERE = {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()]


def package(folder: Path) -> Template:
    """Make it; what `make package` writes as its template."""
    make(target({"STAGE": "dev", "ARCH": HERE}), folder)
    content: Template = json.loads((folder / "template.json").read_text("utf-8"))
    return content


@dataclass
class Deployment:
    """The stack at an address, in the eyes of whoever deploys it."""

    address: str
    folder: Path

    def deploy(self, template: Template, parameters: Mapping[str, str]) -> None:
        """Make the stack, or change it: `aws cloudformation package`, then `deploy`."""
        source, packaged = self.folder / "emulated.json", self.folder / "packaged.json"
        source.write_text(json.dumps(emulated(template)), "utf-8")
        if not self._buckets():
            self.client("s3").create_bucket(
                Bucket=ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        bucket = ("--s3-bucket", ARTIFACTS)
        self._aws(
            *("package", "--template-file", source, *bucket),
            *("--use-json", "--output-template-file", packaged),
        )
        self._aws(
            *("deploy", "--template-file", packaged, *bucket, "--stack-name", STACK),
            *("--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"),
            *("--parameter-overrides", *(f"{k}={v}" for k, v in parameters.items())),
        )

    def fill_in(self) -> str:
        """What is done by hand on AWS: the secret, the sender. Returns the webhook secret."""
        webhook_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        content = {
            "webhook_secrets": [webhook_secret],
            "link_keys": [secrets.token_urlsafe(32)],
            "session_keys": [secrets.token_urlsafe(32)],
            "address_key": secrets.token_urlsafe(32),
        }
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["SecretsId"], SecretString=json.dumps(content)
        )
        self.client("sesv2").create_email_identity(EmailIdentity=PARAMETERS["MailFrom"])
        return webhook_secret

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """What the stack says of itself."""
        [stack] = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def id_of(self, name: str) -> str:
        """What was made of a resource of the template: its physical id."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=STACK, LogicalResourceId=name
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

    def _buckets(self) -> list[str]:
        buckets = self.client("s3").list_buckets()["Buckets"]
        return [bucket["Name"] for bucket in buckets if bucket["Name"] == ARTIFACTS]

    def _aws(self, *arguments: str | Path) -> None:
        command = [program("aws"), "cloudformation", *map(str, arguments)]
        environment = {"PATH": os.environ["PATH"], **self.environment()}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
