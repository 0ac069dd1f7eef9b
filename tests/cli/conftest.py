"""One local world for a file of tests, and somebody who types commands in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.__main__ import app
from local.aws.transport import over_http
from local.studio.server import Site
from local.world import World
from tests.builders import paris

START = paris("2019-04-08 10:00")
STUDENT = {
    "given_name": "Léa",
    "family_name": "Benali",
    "email": "lea.benali@example.org",
    "phone": "+33612345678",
}
SLOT = {"id": "A-1", "starts_at": "2019-05-06T10:20:00+02:00"}

#: A dossier with messages sent and a task; one that waits for its card.
BUSY, DEPOSITED = "G-2019-0411", "G-2019-0412"
#: The task: the card was handed out, and nobody said until when it is valid.
TASK = "no_expiry_date"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, as a program reads it."""
        return json.loads(self.out)


@dataclass(frozen=True, kw_only=True)
class Keyboard:
    """Somebody types, in a world."""

    world: World
    url: str

    def type(self, *words: str, keys: str = "") -> Typed:
        """A command in the local world, and what it is told when it asks."""
        return self.type_anywhere("--local", self.url, *words, keys=keys)

    def type_anywhere(self, *words: str, keys: str = "") -> Typed:
        """A command, wherever it says."""
        done = CliRunner(env={"NO_COLOR": "1"}).invoke(app, list(words), keys, color=True)
        return Typed(code=done.exit_code, out=done.stdout, err=done.stderr)

    def deliver(self, kind: str, dossier_id: str, **data: Any) -> None:
        """What the booking system tells."""
        content = {"dossier_id": dossier_id, "student": STUDENT, **data}
        assert self.world.deliver({"type": kind, "data": content}).status == 202

    def go_on(self, by: timedelta) -> datetime:
        """Time passes; what time it is then."""
        self.world.travel(self.world.now() + by)
        return self.world.now()

    def audited(self) -> list[str]:
        """Each act of today in the audit, newest first: action, object and result."""
        lines = self.type("audit", "--json").json
        return [f"{line['action']} {line['object']} {line['result']}" for line in lines]


@pytest.fixture(scope="module")
def desk() -> Iterator[Keyboard]:
    with World(start=START) as world, over_http(Site(world)) as url:
        keyboard = Keyboard(world=world, url=url)
        keyboard.deliver("appointment.selected", BUSY, appointment=SLOT)
        keyboard.deliver("appointment.confirmed", BUSY, appointment=SLOT)
        keyboard.deliver("card.collected", BUSY)
        keyboard.deliver("dossier.deposited", DEPOSITED)
        yield keyboard
