"""The zip is the same each time, holds what runs and nothing else, and starts alone."""

import platform
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.packaging.__main__ import make_zip
from infra.packaging.services import services_used
from infra.packaging.target import PROCESSORS, PYTHONS, Target, target
from infra.packaging.template import merged
from tests.infra.test_template import functions_of

pytestmark = pytest.mark.package

#: The processor that these tests run on, in Lambda's words: only its zip can be started here.
HERE = PROCESSORS[platform.machine()]

#: Nothing but the zip and Python itself: no site-packages, no environment, no working directory.
ALONE = ("-I", "-S", "-B", "-W", "error::ImportWarning", "-c")
START = """
import os, sys
sys.path.insert(0, sys.argv[1])
os.environ["AWS_DEFAULT_REGION"] = "eu-west-3"
import app
assert callable(eval(sys.argv[2]))
from chalicelib.aws import client
for service in sys.argv[3:]:
    client(service)
import typst, segno, icalendar, phonenumbers, multipart, dateutil.easter
from chalicelib import desk_data
desk_data.load("grenoble")
ours = [m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)]
outside = [f for f in ours if "site-packages" in f or f.startswith(os.getcwd() + "/chalicelib")]
assert not outside, outside
"""


@pytest.fixture(scope="module", params=PYTHONS)
def wanted(request: pytest.FixtureRequest) -> Target:
    """Both of Lambda's Pythons: where one is missing this fails, and says how to get it."""
    return target({"ARCH": HERE, "LAMBDA_PYTHON": request.param})


@pytest.fixture(scope="module")
def made(wanted: Target, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("package") / "relance.zip"
    make_zip(wanted, archive)
    return archive


@pytest.fixture(scope="module")
def unpacked(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with ZipFile(made) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def names(made: Path) -> list[str]:
    with ZipFile(made) as archive:
        return archive.namelist()


def handlers() -> Mapping[str, str]:
    return {name: f["Handler"] for name, f in functions_of(merged()).items()}


@pytest.mark.parametrize("function", ["APIHandler", "SweepDue", "BeginNight", "Reconcile",
                                      "SendDigest", "ServeDossier", "RecordDelivery",
                                      "RotateKeys"])  # fmt: skip
def test_each_function_starts_from_the_zip_alone(
    wanted: Target, unpacked: Path, function: str
) -> None:
    handler = handlers()[function]
    asked = [str(unpacked), handler, *sorted(services_used())]
    done = subprocess.run(
        [wanted.interpreter, *ALONE, START, *asked],
        cwd=unpacked.parent, capture_output=True, text=True, check=False,
        env={"_HANDLER": handler},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_made_again_it_is_the_same(wanted: Target, made: Path, tmp_path: Path) -> None:
    make_zip(wanted, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == made.read_bytes()


def test_every_module_is_compiled_for_this_python_and_without_a_date(
    wanted: Target, names: list[str], made: Path
) -> None:
    tag = f".cpython-{wanted.python.replace('.', '')}.pyc"
    compiled = {name for name in names if name.endswith(".pyc")}
    sources = {name for name in names if name.endswith(".py")}
    wanted_too = {re.sub(r"([^/]+)\.py$", rf"__pycache__/\1{tag}", name) for name in sources}
    assert wanted_too == compiled
    with ZipFile(made) as archive:
        flags = {archive.read(name)[4:8] for name in compiled}
    assert flags == {b"\1\0\0\0"}  # by hash, unchecked: PEP 552


def test_nothing_of_the_workshop_is_in_it(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    workshop = {
        "local",
        "gallery",
        "cli",
        "tests",
        "infra",
        "docs",
        "bin",
        "pip",
        "setuptools",
        "moto",
    }
    assert tops & workshop == set()
    assert [name for name in names if name.endswith((".pth", ".md.txt"))] == []


def test_botocore_describes_only_what_we_speak_to(names: list[str]) -> None:
    told = {name.split("/")[2] for name in names if re.match(r"botocore/data/[^/]+/", name)}
    assert told == services_used()
