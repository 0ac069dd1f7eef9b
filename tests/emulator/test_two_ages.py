"""A new package takes over from an old one, and the old one from it, with messages on their way.

The old one is this checkout's; the new one differs from it in what it says at its start. What the
two write and read is one shape: of a shape that changes, the changelog tells (docs/deploy.md).
"""

import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from chalicelib.domain.retries import LEASE
from infra.packaging.template import ZIP
from tests.emulator.world import PATIENCE, EmulatedWorld, beside, until
from tests.journeys.student import Student

pytestmark = [pytest.mark.emulator, pytest.mark.long, pytest.mark.enable_socket]

NEWER = "a newer package speaks"

#: So many dossiers come in before each deployment, of which there are three: new, old, new.
AT_ONCE, TURNS = 4, 3

#: Seconds. What a function had claimed when it was ended is sent once its lease is over.
OF_A_LEASE = LEASE.total_seconds() + PATIENCE

#: Seconds. The emulator ends what runs when its code is replaced, where Lambda lets it finish: the
#: message comes back either way, and here not after six minutes.
HIDDEN = "60"


@pytest.fixture(scope="module")
def world(deployed: EmulatedWorld) -> EmulatedWorld:
    """A stage of its own: others need theirs to stay as it is."""
    return beside(deployed, "ages-dev", "montrevel")


def newer(old: bytes, path: Path) -> bytes:
    """The same package, but for a line that its `app` says: without its bytecode, which is of the
    old one."""
    path.write_bytes(old)
    with ZipFile(path) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    parts["app.py"] = parts["app.py"] + f"\n\nprint({json.dumps(NEWER)})\n".encode()
    kept = {n: part for n, part in parts.items() if not n.startswith("__pycache__/app.")}
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        for name, part in kept.items():
            zipped.writestr(name, part)
    return path.read_bytes()


def test_two_packages_by_turns_lose_nothing_and_send_nothing_twice(
    world: EmulatedWorld, tmp_path: Path
) -> None:
    for name in ("ServeQueue", "FeedbackQueue"):
        world.account.client("sqs").set_queue_attributes(
            QueueUrl=world.account.id_of(name), Attributes={"VisibilityTimeout": HIDDEN}
        )
    path = world.account.folder / ZIP
    old = path.read_bytes()
    ages = [newer(old, tmp_path / ZIP), old]
    students: list[Student] = []
    try:
        for turn in range(TURNS):
            ids = [f"E-age-{turn}-{n}" for n in range(AT_ONCE)]
            came = [Student(world=world, dossier_id=one, is_another=True) for one in ids]
            for student in came:
                student.selects()
            students += came
            path.write_bytes(ages[turn % 2])
            world.account.deploy(world.template, PublicUrl=world.account.api, KeysAreThere="yes")
        world.rest()
    finally:
        path.write_bytes(old)
    assert until(lambda: world.log("ServeDossier", NEWER), PATIENCE)
    assert until(lambda: all(student.received() for student in students), OF_A_LEASE)
    received = {student.dossier_id: student.received() for student in students}
    assert received == {key: [("confirmation_request", "email")] for key in received}
    assert len(received) == AT_ONCE * TURNS
    assert world.dead_letters() == 0
