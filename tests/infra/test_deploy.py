"""A stage is deployed as its file says, and not at all while the file is not filled in."""

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.desk_data import desks, load
from infra import deploy, first_secret, smoke
from infra.deploy import CannotDeploy, Deployment, commands, read
from infra.packaging.target import HOUSE
from infra.packaging.template import merged
from infra.restored import with_table
from infra.stages import HERE, names
from local.aws.embedded import template
from tests.infra.accounts import ALL_THERE, OURS, STACK, Account, Call, resource, stack

PARAMETERS = template()["Parameters"]
FILLED_IN: Mapping[str, str] = {
    "Desk": "grenoble",
    "PublicUrl": "https://rdv.prefecture.test",
    "DomainName": "rdv.prefecture.test",
    "CertificateArn": "arn:aws:acm:eu-west-3:1:certificate/2",
    "MailFrom": "non@rdv.prefecture.test",
    "MailReplyTo": "antenne@prefecture.test",
    "DigestTo": "",
}
PROD = Deployment(stage="isere-prod", account=OURS, bucket="packages", parameters=FILLED_IN)
DIGEST = {"PackageSha256": {"Value": "ab12"}}
WORKFLOWS = sorted((HOUSE / ".github" / "workflows").glob("*.yml"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    content = json.dumps({"Parameters": PARAMETERS, "Outputs": DIGEST})
    (tmp_path / "template.json").write_text(content, "utf-8")
    return tmp_path


def file_in(folder: Path, parameters: Mapping[str, str | int], stage: str = "isere-prod") -> Path:
    lines = [f"{name} = {json.dumps(value)}" for name, value in parameters.items()]
    above = [f'account = "{OURS}"', 'bucket = "packages"']
    text = "\n".join([*above, "[parameters]", *lines])
    (folder / f"{stage}.toml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("stage", names())
def test_the_file_of_a_stage_gives_what_the_template_asks_for(stage: str) -> None:
    given = set(tomllib.loads((HERE / f"{stage}.toml").read_text("utf-8"))["parameters"])
    asked = set(PARAMETERS) - deploy.NOT_THE_FILES
    assert {name for name in asked if "Default" not in PARAMETERS[name]} <= given <= asked


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_manual_says_what_each_of_it_is(name: str) -> None:
    assert f"| `{name}` |" in (HOUSE / "docs" / "deploy.md").read_text("utf-8")


@pytest.mark.parametrize("stage", names())
def test_it_names_things_and_holds_no_secret(stage: str) -> None:
    values = tomllib.loads((HERE / f"{stage}.toml").read_text("utf-8"))["parameters"].values()
    assert not [one for one in values if re.search(r"whsec_|[A-Za-z0-9+/_=]{32}", str(one))]


@pytest.mark.parametrize(
    "stage", [stage for stage in names() if ".example" in (HERE / f"{stage}.toml").read_text()]
)
def test_as_it_comes_it_deploys_nothing(stage: str, package: Path) -> None:
    with pytest.raises(CannotDeploy, match="`account` is still an example; `bucket` is still"):
        read(stage, package)


def test_what_a_file_says_is_what_the_stack_gets(package: Path) -> None:
    files = file_in(package, {**FILLED_IN, "WorkAtMost": 50})
    found = read("isere-prod", package, files)
    assert (found.stage, found.account, found.bucket) == ("isere-prod", OURS, "packages")
    assert {**FILLED_IN, "WorkAtMost": "50"}.items() <= found.parameters.items()


def test_what_a_file_leaves_out_is_the_default_and_not_what_the_stack_was_told_before(
    package: Path,
) -> None:
    short = {name: value for name, value in FILLED_IN.items() if name != "DomainName"}
    told = read("isere-prod", package, file_in(package, short)).parameters
    assert set(told) == set(PARAMETERS) - {"Stage"}
    assert (told["DomainName"], told["KeysAreThere"], told["SmsBudget"]) == ("", "no", "80")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"MailFrom": None}, "`MailFrom` is missing"),
        ({"MailForm": "a@b.test"}, "`MailForm` is no parameter of the template"),
        ({"Stage": "isere-dev"}, "`Stage` is no parameter of the template"),
        ({"AlarmsTo": "a@prefecture.example"}, "`AlarmsTo` is still an example"),
        ({"PublicUrl": "https://autre.test"}, "`PublicUrl` is not https:// and `DomainName`"),
        ({"CertificateArn": ""}, "`DomainName` needs a `CertificateArn`"),
        ({"SmsSenderId": "DESK"}, "`SmsSenderId` is no parameter of the template"),
        ({"Desk": None}, "`Desk` is missing"),
        ({"Desk": "lyon"}, "`Desk`: there is no chalicelib/desk_data/lyon.toml, only "),
    ],
)
def test_what_is_wrong_with_a_file_is_said_before_anything_is_sent(
    package: Path, changed: Mapping[str, str | None], told: str
) -> None:
    wanted = {name: value for name, value in {**FILLED_IN, **changed}.items() if value is not None}
    with pytest.raises(CannotDeploy, match=re.escape(f"isere-prod.toml: {told}")):
        read("isere-prod", package, file_in(package, wanted))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[parameters]", "`account` is not the twelve digits of one; `bucket` is missing"),
        ('tabel = "anew"', "`tabel` is nothing that it may say"),
        ("account = 12345", "`account` is not the twelve digits of one"),
        ("account = 012345678901", "Expected newline"),
        ("b = 'é'", "codec"),
    ],
)
def test_what_stands_above_the_parameters_is_held_against_what_may(
    package: Path, text: str, told: str
) -> None:
    (package / "isere-prod.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(CannotDeploy, match=rf"isere-prod\.toml: .*{told}"):
        read("isere-prod", package, package)


def test_a_table_that_was_restored_is_named_in_the_file(package: Path) -> None:
    file = file_in(package, FILLED_IN) / "isere-prod.toml"
    told = file.read_text("utf-8")
    for table, complaint in (("anew-2", ""), ("no name", "`table` is no name of a table")):
        file.write_text(f'table = "{table}"\n{told}', "utf-8")
        if not complaint:
            assert read("isere-prod", package, package).table == table
            continue
        with pytest.raises(CannotDeploy, match=complaint):
            read("isere-prod", package, package)


@pytest.mark.parametrize("desk", sorted(file.stem for file in deploy.DESKS.glob("*.toml")))
def test_what_an_sms_comes_from_is_said_by_the_desk(package: Path, desk: str) -> None:
    found = read("isere-prod", package, file_in(package, {**FILLED_IN, "Desk": desk}))
    sender = found.parameters["SmsSenderId"]
    assert sender == load(desk).sms_sender
    rules = PARAMETERS["SmsSenderId"]
    assert re.fullmatch(rules["AllowedPattern"], sender)
    assert rules["MinLength"] <= len(sender) <= rules["MaxLength"]


def test_a_desk_whose_file_is_wrong_deploys_nothing(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_desk(package / "desks", 'sms_sender = "RDV"')
    monkeypatch.setattr(deploy, "DESKS", wrong)
    monkeypatch.setattr(desks, "HERE", wrong)
    with pytest.raises(CannotDeploy, match=r"lyon\.toml: `\$\.sms_sender`: a common word"):
        read("isere-prod", package, file_in(package, {**FILLED_IN, "Desk": "lyon"}))


def tmp_desk(folder: Path, sender: str) -> Path:
    folder.mkdir()
    text = (HOUSE / "chalicelib" / "desk_data" / "montrevel.toml").read_text("utf-8")
    (folder / "lyon.toml").write_text(re.sub("sms_sender = .*", sender, text), "utf-8")
    return folder


def test_a_copy_whose_links_would_lead_to_another_stage_is_refused(package: Path) -> None:
    file_in(package, FILLED_IN, "isere-dev")
    with pytest.raises(CannotDeploy, match="`PublicUrl` is that of isere-dev"):
        read("isere-prod", package, file_in(package, FILLED_IN))


@pytest.mark.parametrize(
    "stage",
    ["prod", "Isere-prod", "isere_prod", "isere-", "isere-prod-2", "isère-prod", "local", "i" * 30],
)
def test_a_name_from_which_no_stack_could_be_named_is_refused(package: Path, stage: str) -> None:
    with pytest.raises(CannotDeploy, match=f"{stage}.toml: its name is not a place, a hyphen and"):
        read(stage, package, file_in(package, FILLED_IN, stage))


@pytest.mark.parametrize("tool", [deploy, first_secret, smoke])
def test_a_stage_that_is_not_there_is_told_those_that_are(
    tool: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        tool.main(["--stage", "isere-pord"])
    said = capsys.readouterr().err
    assert [name for name in names() if name not in said] == []


def test_without_a_package_there_is_nothing_to_deploy(tmp_path: Path) -> None:
    with pytest.raises(CannotDeploy, match="make it first, with `make package`"):
        read("isere-prod", tmp_path / "none", file_in(tmp_path, FILLED_IN))


def test_the_package_goes_to_the_bucket_and_then_the_stack_is_made_of_it(package: Path) -> None:
    upload, keep, make, protect = commands(PROD, package)
    where = [
        "--region",
        "eu-west-3",
        "--s3-bucket",
        "packages",
        "--s3-prefix",
        "relance-isere-prod",
    ]
    packaged = str(package / "packaged.json")
    assert [*upload] == [
        *("aws", "cloudformation", "package", *where, "--use-json"),
        *("--template-file", str(package / "template.json")),
        *("--output-template-file", packaged),
    ]
    assert [*keep] == [
        *("aws", "s3", "cp", "--region", "eu-west-3", str(package / "sbom.json")),
        "s3://packages/relance-isere-prod/ab12.sbom.json",
    ]
    assert [*make] == [
        *("aws", "cloudformation", "deploy", *where, "--stack-name", "relance-isere-prod"),
        *("--template-file", packaged, "--no-fail-on-empty-changeset"),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
        *("--tags", "service=relance", "stage=isere-prod"),
        *("--parameter-overrides", "Stage=isere-prod", *(f"{n}={v}" for n, v in FILLED_IN.items())),
    ]
    assert [*protect] == [
        *("aws", "cloudformation", "update-termination-protection", "--region", "eu-west-3"),
        *("--stack-name", "relance-isere-prod", "--enable-termination-protection"),
    ]


def test_a_restored_table_stands_where_the_stack_had_its_own(package: Path) -> None:
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table"},
        "Others": [{"Ref": "Table"}, {"Ref": "Tables"}, {"Fn::GetAtt": ["Table", "Arn"]}],
        "Index": {"Fn::Sub": "${Table.Arn}/index/due"},
    }
    content = json.dumps({"Outputs": DIGEST, "Resources": resources})
    (package / "template.json").write_text(content, "utf-8")
    asked: list[str] = []

    def note(command: Sequence[str]) -> int:
        asked.extend(command)
        return 0

    deploy.deploy(replace(PROD, table="anew"), note, package)
    [switched] = [Path(one) for one in asked if one.endswith("isere-prod.json")]
    arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/anew"
    assert json.loads(switched.read_text("utf-8"))["Resources"] == {
        "Others": ["anew", {"Ref": "Tables"}, {"Fn::Sub": arn}],
        "Index": {"Fn::Sub": f"{arn}/index/due"},
    }


def test_of_the_whole_template_nothing_names_the_table_that_is_gone() -> None:
    switched = json.dumps(with_table(merged(), "relance-isere-prod-anew"))
    assert re.findall(r'"Table"|\$\{Table\b', switched) == []


def test_what_was_not_uploaded_is_not_deployed(package: Path) -> None:
    seen: list[Sequence[str]] = []

    def fail(command: Sequence[str]) -> int:
        seen.append(command)
        return 255

    with pytest.raises(CannotDeploy, match="`aws cloudformation package` failed"):
        deploy.deploy(PROD, fail, package)
    assert len(seen) == 1


NOT_THERE = {(STACK, "describe_stacks"): "ValidationError"}
RESTORED = {**stack({"TableName": "anew"}), **resource("own")}


@pytest.mark.parametrize(
    ("answers", "table", "told"),
    [
        (NOT_THERE, "", ""),
        ({**stack({"TableName": "own"}), **resource("own")}, "", ""),
        ({**stack({"TableName": "own"}), **resource("own")}, "anew", ""),
        (stack({}), "", ""),
        (RESTORED, "anew", ""),
        (RESTORED, "", 'write `table = "anew"` into isere-prod.toml'),
        ({**RESTORED, (STACK, "describe_stack_resource"): "ValidationError"}, "", "`table = "),
        ({("sts", "get_caller_identity"): {"Account": "1"}}, "", "of account 1, and isere-prod"),
    ],
)
def test_another_account_and_an_empty_table_in_the_place_of_a_restored_one_are_refused(
    answers: Mapping[Call, Any], table: str, told: str
) -> None:
    clients = Account({**ALL_THERE, **answers}).client
    with pytest.raises(CannotDeploy, match=told) if told else nullcontext():
        deploy.check(replace(PROD, table=table), clients)


@pytest.mark.parametrize("call", [("sts", "get_caller_identity"), *RESTORED])
def test_what_could_not_be_asked_deploys_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "read", lambda _stage: PROD)
    monkeypatch.setattr(deploy, "clients", Account({**ALL_THERE, call: "ExpiredToken"}).client)
    assert deploy.main(["--stage", "isere-prod"]) == 1
    assert capsys.readouterr().err == (
        "Not deployed: AWS could not be asked whose it is: ExpiredToken\n"
    )


def test_stages_of_one_account_are_known_by_their_files(package: Path) -> None:
    for stage in ("isere-dev", "isere-prod"):
        file_in(package, FILLED_IN, stage)
    elsewhere = (package / "isere-dev.toml").read_text("utf-8").replace(OURS, "0" * 12)
    (package / "rhone-dev.toml").write_text(elsewhere, "utf-8")
    others = deploy.of_the_account(PROD, {"Parameters": PARAMETERS}, package)
    assert [(one.stage, one.parameters["ServeAtOnce"]) for one in others] == [("isere-dev", "5")]


def test_a_dry_run_says_the_commands_as_a_shell_takes_them(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "read", lambda _stage: PROD)
    monkeypatch.setattr(deploy, "_template", lambda _package: {"Outputs": DIGEST})
    assert deploy.main(["--stage", "isere-prod", "--dry-run"]) == 0
    first, _, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("aws cloudformation package --region eu-west-3 ")
    assert second.endswith(" MailReplyTo=antenne@prefecture.test DigestTo=")
    assert third.endswith(" --enable-termination-protection")


def test_without_the_aws_cli_it_says_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deploy, "read", lambda _stage: PROD)
    monkeypatch.setattr(deploy, "_template", lambda _package: {"Outputs": DIGEST})
    monkeypatch.setattr(deploy, "clients", Account({**ALL_THERE, **NOT_THERE}).client)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert deploy.main(["--stage", "isere-prod"]) == 1
    assert "Not deployed: the AWS CLI is not here: https://docs.aws" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    sorted(
        {c for file in WORKFLOWS for c in re.findall(r"run: (make .+)", file.read_text("utf-8"))}
    ),
)
def test_what_a_workflow_makes_is_made_on_a_machine_that_has_nothing_yet(command: str) -> None:
    """Each job is a machine of its own: what needs Python sets it up first."""
    words = shlex.split(command.replace("$STAGE", names()[0]))
    planned = subprocess.run(
        [*words, "--dry-run", "VENV=out/none"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    set_up, is_ready, _ = planned.partition("touch out/none/.ready")
    assert is_ready
    assert re.findall(r"out/none/bin/(\S+(?: -m \S+)?)", set_up) == ["python -m pip"]


def test_no_stage_gets_what_ci_did_not_pass_and_each_stage_takes_one_run_at_a_time() -> None:
    deploys, stage = (
        yaml.safe_load((HOUSE / ".github" / "workflows" / name).read_text("utf-8"))["jobs"]
        for name in ("deploy.yml", "stage.yml")
    )
    before = {name: job.get("needs", []) for name, job in deploys.items()}
    assert before == {
        "checked": [],
        "package": "checked",
        "dev": "package",
        "staging": ["package", "dev"],
        "prod": ["package", "staging"],
    }
    assert stage["deploy"]["concurrency"] == {
        "group": "deploy-${{ inputs.stage }}",
        "cancel-in-progress": False,
    }
