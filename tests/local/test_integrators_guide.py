"""docs/integrate.md does what it says: its first event, and each sample, against a local world."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

from local.aws.transport import over_http
from local.studio.server import Site
from local.world import World
from tests.entrypoints.contract import CONTRACT, fields_of, webhook

pytestmark = pytest.mark.enable_socket

GUIDE = (Path(__file__).parents[2] / "docs" / "integrate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w+\n(.+?)^```", GUIDE, re.MULTILINE | re.DOTALL)

#: The file of each sample, and what runs it.
SAMPLES = {"send.sh": "sh", "send.py": "python3"}
#: Not on every machine, or slow: in `make clients`, where they have to be there.
OTHERS = {"send.mjs": "node", "send.php": "php", "Send.java": "java"}


def block(words: str) -> str:
    """The one block of the guide that has these words in its first line."""
    [found] = [text for text in BLOCKS if words in text.partition("\n")[0]]
    return str(found)


def run(folder: Path, environment: Mapping[str, str], *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A world at the present: what stands outside of it has no other time."""
    with World() as world, over_http(Site(world)) as url:
        yield url


@pytest.fixture
def given(site: str, tmp_path: Path) -> Mapping[str, str]:
    """The environment and the event that the guide has its reader make."""
    here = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    made = block("export RELANCE_URL").replace("http://127.0.0.1:8000", site)
    made += f"{block('cat > event.json')}\nprintenv RELANCE_URL RELANCE_SECRET"
    url, secret = run(tmp_path, here, "bash", "-c", made).split()
    return here | {"RELANCE_URL": url, "RELANCE_SECRET": secret}


@pytest.mark.parametrize(
    "sample",
    [*SAMPLES, *(pytest.param(other, marks=pytest.mark.clients) for other in OTHERS)],
)
def test_a_sample_of_the_guide_is_recorded_and_known_the_second_time(
    sample: str, given: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / sample).write_text(block(f" {sample}: "), encoding="utf-8")
    program = (SAMPLES | OTHERS)[sample]
    assert shutil.which(program), f"{program} is not on this machine"
    command = (program, sample, "event.json", f"msg_{sample.replace('.', '_')}")
    body = (tmp_path / "event.json").read_text(encoding="utf-8")
    body = body.replace("G-2026-0412", f"G-{sample.replace('.', '-')}")
    (tmp_path / "event.json").write_text(body, encoding="utf-8")
    for status, said in (("202", "recorded"), ("200", "duplicate")):
        answer = run(tmp_path, given, *command)
        assert status in answer
        assert f'{{"status":"{said}"}}' in answer


def test_the_reference_is_a_page_without_scripts_that_names_all_of_the_contract(site: str) -> None:
    with urlopen(f"{site}/local/reference") as answer:
        page = answer.read().decode()
    assert "<script" not in page
    answers = CONTRACT["paths"]["/webhooks/booking"]["post"]["responses"]
    fields = [f"data.{name}" for name in (*fields_of("Data"), "student.email", "appointment.id")]
    for said in (*webhook()["examples"], *answers, *CONTRACT["paths"], *fields):
        assert said in page


def test_each_sample_of_the_guide_is_tried() -> None:
    assert set(re.findall(r"\b([sS]end\.\w+): ", GUIDE)) == {*SAMPLES, *OTHERS}
