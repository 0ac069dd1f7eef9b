"""Deploys a stage as its file says: `make deploy STAGE=isere-prod`, after the package is made.

The AWS CLI does it, with the credentials it has: this says which commands, and refuses a file
that is not filled in. The files are in `infra/stages`: names of things, never a secret.
"""

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.desk_data import load
from chalicelib.domain.errors import Unusable
from infra import restored, stages
from infra.packaging.target import HOUSE

REGION = "eu-west-3"
PACKAGE = HOUSE / "out" / "package"
DESKS = HOUSE / "chalicelib" / "desk_data"

#: What the files that come with the project have in the place of names (RFC 2606).
_NOT_FILLED_IN = ".example"
_CLI = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"

#: Parameters that no stage's file says: they are its name, and its desk's.
NOT_THE_FILES = frozenset({"Stage", "SmsSenderId"})

#: What a stage's file may say above `[parameters]`.
_ABOVE = frozenset({"account", "bucket", "table", "parameters"})

#: Runs a command; its exit code.
Run = Callable[[Sequence[str]], int]

#: boto3's client of a service, by its name.
Clients = Callable[[str], Any]

#: What AWS, or the way there, says instead of an answer.
AWS_ERRORS = (ClientError, BotoCoreError)


class CannotDeploy(Exception):
    """Nothing was deployed, and this is why."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A stage, its account and the bucket that takes its packages, and the parameters of its stack.

    `table` is what stands in the place of the stack's own, once that had to be restored.
    """

    stage: str
    account: str
    bucket: str
    parameters: Mapping[str, str]
    table: str = ""

    @property
    def stack(self) -> str:
        """The stack's name, as the smoke test and the command line know it."""
        return stages.stack_of(self.stage)


def read(stage: str, package: Path = PACKAGE, files: Path = stages.HERE) -> Deployment:
    """What the stage's file says, held against the package's template. Raises CannotDeploy."""
    found, troubles = described(stage, _template(package), files)
    if troubles:
        raise CannotDeploy(f"{stage}.toml: {'; '.join(troubles)}")
    return found


def of_the_account(
    one: Deployment, template: Mapping[str, Any], files: Path = stages.HERE
) -> Sequence[Deployment]:
    """The other stages whose files name the same account. Raises CannotDeploy."""
    others = (described(name, template, files)[0] for name in stages.names(files))
    return [other for other in others if other.account == one.account and other.stage != one.stage]


def described(
    stage: str, template: Mapping[str, Any], files: Path = stages.HERE
) -> tuple[Deployment, Sequence[str]]:
    """What the stage's file says, and what is wrong with it. Raises CannotDeploy for no TOML.

    What it leaves out is the template's default: told nothing, the AWS CLI would keep what the
    stack was told last, and a line that was taken out of a file would go on to hold.
    """
    file, known = _file(stage, files), template["Parameters"]
    defaults = {name: one["Default"] for name, one in known.items() if "Default" in one}
    given = {name: str(value) for name, value in {**defaults, **_parameters(file)}.items()}
    found = Deployment(
        stage=stage,
        account=str(file.get("account", "")),
        bucket=str(file.get("bucket", "")),
        parameters=given,
        table=str(file.get("table", "")),
    )
    unknown = [f"`{name}` is nothing that it may say" for name in sorted(file.keys() - _ABOVE)]
    troubles = [*unknown, *_troubles(found, template), *_taken_by_others(found, files)]
    try:
        sender = {"SmsSenderId": load(given["Desk"]).sms_sender} if _has_desk(given) else {}
    except Unusable as error:
        return found, [*troubles, str(error)]
    return replace(found, parameters={**given, **sender}), troubles


def _has_desk(given: Mapping[str, str]) -> bool:
    return (DESKS / f"{given.get('Desk')}.toml").is_file()


def _file(stage: str, files: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads((files / f"{stage}.toml").read_text("utf-8"))
    except ValueError as error:  # no TOML, or no UTF-8
        raise CannotDeploy(f"{stage}.toml: {error}") from None


def _parameters(file: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = file.get("parameters", {})
    return found


def _template(package: Path) -> Mapping[str, Any]:
    try:
        content: dict[str, Any] = json.loads((package / "template.json").read_text("utf-8"))
    except FileNotFoundError:
        raise CannotDeploy("there is no package: make it first, with `make package`") from None
    return content


def _troubles(deployment: Deployment, template: Mapping[str, Any]) -> Iterator[str]:
    known = {n: one for n, one in template["Parameters"].items() if n not in NOT_THE_FILES}
    given = deployment.parameters
    needed = {name for name, one in known.items() if "Default" not in one}
    for name in sorted(given.keys() - known.keys()):
        yield f"`{name}` is no parameter of the template"
    for name in sorted(needed - given.keys()):
        yield f"`{name}` is missing"
    above = {"account": deployment.account, "bucket": deployment.bucket}
    for name, value in {**above, **given}.items():
        if _NOT_FILLED_IN in value:
            yield f"`{name}` is still an example"
    yield from _troubles_above(deployment)
    yield from _troubles_of_the_stage(deployment, template)
    yield from _troubles_of_the_name(given)


def _troubles_above(deployment: Deployment) -> Iterator[str]:
    if not re.fullmatch(rf"[0-9]{{12}}|.+{re.escape(_NOT_FILLED_IN)}", deployment.account):
        yield "`account` is not the twelve digits of one"
    if not deployment.bucket:
        yield "`bucket` is missing"
    if deployment.table and not restored.NAME.fullmatch(deployment.table):
        yield "`table` is no name of a table"


def _troubles_of_the_stage(deployment: Deployment, template: Mapping[str, Any]) -> Iterator[str]:
    """CloudFormation would refuse the one late, and each function the other at every start."""
    if not re.fullmatch(template["Parameters"]["Stage"]["AllowedPattern"], deployment.stage):
        yield "its name is not a place, a hyphen and a purpose in lower case, as isere-prod"
    desks = sorted(file.stem for file in DESKS.glob("*.toml"))
    if (desk := deployment.parameters.get("Desk")) is not None and desk not in desks:
        yield f"`Desk`: there is no chalicelib/desk_data/{desk}.toml, only {', '.join(desks)}"


def _troubles_of_the_name(given: Mapping[str, str]) -> Iterator[str]:
    """Links would lead to nobody, or nobody would believe who is there."""
    if name := given.get("DomainName"):
        if given.get("PublicUrl") != f"https://{name}":
            yield "`PublicUrl` is not https:// and `DomainName`"
        if not given.get("CertificateArn"):
            yield "`DomainName` needs a `CertificateArn`"


def _taken_by_others(deployment: Deployment, files: Path) -> Iterator[str]:
    """A file that was copied: students' links would lead to a stage with other keys."""
    ours = deployment.parameters.get("PublicUrl")
    for other in stages.names(files):
        if other != deployment.stage and _parameters(_file(other, files)).get("PublicUrl") == ours:
            yield f"`PublicUrl` is that of {other}"


def check(deployment: Deployment, clients: Clients) -> None:
    """Refuse what would be made in another account, or with another table than the one that is
    written now. Raises CannotDeploy, and AWS_ERRORS if it could not be asked.
    """
    whose = clients("sts").get_caller_identity()["Account"]
    if whose != deployment.account:
        raise CannotDeploy(
            f"the credentials are of account {whose}, and {deployment.stage}.toml is of"
            f" {deployment.account}: take another profile, or correct the file"
        )
    cloudformation = clients("cloudformation")
    stack = stages.deployed(deployment.stage, cloudformation)
    written = stack.outputs.get("TableName") if stack else None
    if written and not deployment.table and written != _own_table(deployment, cloudformation):
        raise CannotDeploy(
            f"its table was restored, and a new one, empty, would stand in the place of {written}:"
            f' write `table = "{written}"` into {deployment.stage}.toml'
        )


def _own_table(deployment: Deployment, cloudformation: Any) -> str | None:
    """The table that the stack made and still has."""
    try:
        found = cloudformation.describe_stack_resource(
            StackName=deployment.stack, LogicalResourceId="Table"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def reason(error: ClientError | BotoCoreError) -> str:
    """What AWS' refusal is called, or what was in the way of asking."""
    return (
        error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    )


def clients(service: str) -> Any:
    """boto3's client of a service, with whatever credentials it finds."""
    import boto3

    make: Any = boto3.client
    return make(service, region_name=REGION)


def commands(deployment: Deployment, package: Path = PACKAGE) -> tuple[Sequence[str], ...]:
    """What the AWS CLI is told, in this order. The template is too long to go with the call.

    The list of parts is kept beside the zip, under what the stack's output says of it. That nobody
    deletes the stack by mistake no template can say: the last command does.
    """
    packaged = str(package / "packaged.json")
    cloudformation = ("aws", "cloudformation")
    where = ("--region", REGION, "--s3-bucket", deployment.bucket, "--s3-prefix", deployment.stack)
    parameters = {"Stage": deployment.stage, **deployment.parameters}
    upload = (
        *(*cloudformation, "package", *where, "--use-json"),
        *(
            "--template-file",
            str(_template_of(deployment, package)),
            "--output-template-file",
            packaged,
        ),
    )
    digest = _template(package)["Outputs"]["PackageSha256"]["Value"]
    keep = (
        *("aws", "s3", "cp", "--region", REGION, str(package / "sbom.json")),
        f"s3://{deployment.bucket}/{deployment.stack}/{digest}.sbom.json",
    )
    deploy = (
        *(*cloudformation, "deploy", *where, "--stack-name", deployment.stack),
        *("--template-file", packaged, "--no-fail-on-empty-changeset"),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--tags", "service=relance", f"stage={deployment.stage}"),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
    )
    protect = (
        *(*cloudformation, "update-termination-protection", "--region", REGION),
        *("--stack-name", deployment.stack, "--enable-termination-protection"),
    )
    return upload, keep, deploy, protect


def _template_of(deployment: Deployment, package: Path) -> Path:
    """The package's own, or the one beside it that names another table."""
    return package / (f"{deployment.stage}.json" if deployment.table else "template.json")


def deploy(deployment: Deployment, run: Run, package: Path = PACKAGE) -> None:
    """Upload the package, then create or update the stack. Raises CannotDeploy."""
    if deployment.table:
        content = json.dumps(restored.with_table(_template(package), deployment.table))
        _template_of(deployment, package).write_text(content, "utf-8")
    for command in commands(deployment, package):
        if run(command):
            raise CannotDeploy(f"`{' '.join(command[:3])}` failed, for the reason above")


def _run(command: Sequence[str]) -> int:
    program = shutil.which(command[0])
    if program is None:
        raise CannotDeploy(f"the AWS CLI is not here: {_CLI}")
    return subprocess.run([program, *command[1:]], check=False).returncode  # noqa: S603  our own words


def _say(command: Sequence[str]) -> int:
    sys.stdout.write(shlex.join(command) + "\n")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy a stage, or say how; 1 and a line that says why if it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    parser.add_argument("--dry-run", action="store_true", help="only say the commands")
    given = parser.parse_args(arguments)
    try:
        wanted = read(given.stage)
        if not given.dry_run:
            check(wanted, clients)
        deploy(wanted, _say if given.dry_run else _run)
    except CannotDeploy as error:
        sys.stderr.write(f"Not deployed: {error}\n")
        return 1
    except AWS_ERRORS as error:
        sys.stderr.write(f"Not deployed: AWS could not be asked whose it is: {reason(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
