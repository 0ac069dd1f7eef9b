"""A package is for one processor and Python, complete and small; or there is none."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra.packaging import archive, requirements, services
from infra.packaging.sbom import sbom
from infra.packaging.target import CannotPackage, Target, target
from infra.packaging.target import main as say_interpreter
from infra.packaging.template import template_for

ARM = Target(architecture="arm64", python="3.13", interpreter="python3.13")

#: What tests/storage, channels and operators speak to.
SPOKEN_TO = {"cognito-idp", "dynamodb", "pinpoint-sms-voice-v2", "s3", "secretsmanager", "sesv2"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"ARCH": "amd64"}, "ARCH is one of arm64, x86_64, not 'amd64'"),
        ({"LAMBDA_PYTHON": "3.11"}, "LAMBDA_PYTHON is one of 3.13, 3.12, not '3.11'"),
    ],
)
def test_what_does_not_exist_is_named(asked: dict[str, str], told: str) -> None:
    with pytest.raises(CannotPackage, match=told):
        target(asked)


def test_without_a_python_of_lambda_there_is_no_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(CannotPackage, match=r"no Python 3\.13 or 3\.12 here to compile with"):
        target({})


def test_what_only_windows_needs_is_not_expected() -> None:
    lock = "ansicon==1.89.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\nsix==1.17.0 \\\n"
    assert requirements.pinned(lock, ARM) == {"six": "1.17.0"}


@pytest.mark.parametrize(
    ("installed", "told"),
    [
        ({"six": "1.17.0"}, "typst"),
        ({"six": "1.16.0", "typst": "0.15.2"}, "six"),
        ({"six": "1.17.0", "typst": "0.15.2", "pip": "26.2"}, "pip"),
    ],
)
def test_a_part_that_was_left_out_or_is_another_stops_it(
    installed: dict[str, str], told: str
) -> None:
    with pytest.raises(CannotPackage, match=f"not as locked: {told}"):
        requirements.check_complete({"six": "1.17.0", "typst": "0.15.2"}, installed)


def test_the_services_are_read_from_the_code() -> None:
    assert services.services_used() == SPOKEN_TO | {"logs", "sqs"}


def test_a_service_that_botocore_does_not_know_stops_it(tmp_path: Path) -> None:
    (tmp_path / "botocore" / "data" / "s3").mkdir(parents=True)
    with pytest.raises(CannotPackage, match="botocore knows no service s4"):
        services.trim(tmp_path, frozenset({"s3", "s4"}))


@pytest.mark.parametrize(
    ("zipped", "unpacked"),
    [(archive.ZIPPED_AT_MOST, 0), (0, archive.UNPACKED_AT_MOST)],
)
def test_what_lambda_would_not_take_is_not_made(zipped: int, unpacked: int) -> None:
    with pytest.raises(CannotPackage, match="too big for Lambda"):
        archive.check_size(zipped, unpacked)


def test_a_zip_depends_on_names_and_contents_alone(tmp_path: Path) -> None:
    for turn, order in (("one", "ab"), ("two", "ba")):
        folder = tmp_path / turn
        folder.mkdir()
        for name in order:
            (folder / name).write_text(name)
        (folder / "a").chmod(0o600 if turn == "one" else 0o755)
        archive.write(folder, tmp_path / f"{turn}.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with ZipFile(tmp_path / "one.zip") as written:
        assert written.namelist() == ["a", "b"]


def test_the_template_deploys_our_zip_on_what_it_was_made_for_and_says_which_it_is() -> None:
    template = template_for(ARM, "ab" * 32)
    says = {name: template["Outputs"][name]["Value"] for name in ("Version", "PackageSha256")}
    ours = sbom({}, ARM, "ab" * 32)["metadata"]["component"]
    assert says == {"Version": ours["version"], "PackageSha256": ours["hashes"][0]["content"]}
    resources = template["Resources"].values()
    functions = [r["Properties"] for r in resources if r["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == 8
    for function in functions:
        assert function["CodeUri"] == "./relance.zip"
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == ["arm64"]
        assert "Tags" not in function, "those of the stack say whose it is"


@pytest.mark.parametrize("change", [{}, {"version": "one"}], ids=["ours", "another"])
def test_the_list_of_parts_is_one_by_its_schema(change: dict[str, Any]) -> None:
    content = {**sbom({"typst": "0.15.2", "six": "1.17.0"}, ARM, "ab" * 32), **change}
    trouble = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(content))
    assert (trouble is None) == (not change), trouble


def test_the_list_of_parts_says_what_each_is_and_where_it_comes_from() -> None:
    content = json.loads(json.dumps(sbom({"typst": "0.15.2", "six": "1.17.0"}, ARM, "ab" * 32)))
    assert (content["bomFormat"], content["specVersion"], content["version"]) == (
        *("CycloneDX", "1.6"),
        1,
    )
    assert [part["purl"] for part in content["components"]] == [
        "pkg:pypi/six@1.17.0",
        "pkg:pypi/typst@0.15.2",
    ]
    refs = [part["bom-ref"] for part in content["components"]]
    assert len(set(refs)) == len(refs)


def test_the_interpreter_that_compiles_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = tmp_path / "python3.13"
    python.write_text("#!/bin/sh\necho 3.13\n", "utf-8")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert say_interpreter() == 0
    assert capsys.readouterr().out == f"{python}\n"


def test_where_there_is_none_that_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_PYTHON", "2.7")
    assert say_interpreter() == 1
    assert "LAMBDA_PYTHON is one of 3.13, 3.12" in capsys.readouterr().err
