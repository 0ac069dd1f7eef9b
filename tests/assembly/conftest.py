"""The product as Lambda starts it, in an environment in which no two values are the same."""

import base64
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from local.aws.lambda_runtime import Context, schedule_event
from local.clock.travelling import Clock
from local.product import product
from local.studio.outbox import Message
from local.surroundings import Surroundings
from tests.assembly.spy import Spy, spying
from tests.builders import paris
from tests.entrypoints.console.browser import Browser
from tests.entrypoints.doors import PUBLIC_URL, Doors

NOW = paris("2019-04-08 10:00")
DIGEST_TO = "antenne@prefecture.example"

#: A different one for each: two of each list, because the second of two signs.
SECRETS: Mapping[str, Any] = {
    "webhook_secrets": [
        "whsec_" + base64.b64encode(key).decode() for key in (b"n" * 32, b"o" * 32)
    ],
    "link_keys": ["link-next", "link-signs", "link-old"],
    "session_keys": ["session-next", "session-signs", "session-old"],
    "address_key": "address-key",
}


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """The whole product, seen from outside."""

    doors: Doors
    clock: Clock
    spy: Spy
    environment: Mapping[str, str]

    def put_secrets(self, **content: Any) -> None:
        """What the secrets of the stage hold from now on."""
        client = boto3.client("secretsmanager")
        for name, held in {**SECRETS, **content}.items():
            client.put_secret_value(
                SecretId=self.environment[f"{name.upper()}_ID"],
                SecretString=json.dumps({name: held}),
            )
        client.close()

    @contextmanager
    def where(self, **settings: str) -> Iterator[None]:
        """Meanwhile it is put together anew, with these settings in the place of its own."""
        log, metrics = self.doors.log, self.doors.metrics
        with product({**self.environment, **settings}, log, metrics):
            yield

    def wait(self, by: timedelta) -> None:
        """Time passes, and nothing else."""
        self.clock.move_to(self.clock.now() + by)

    def fire(self, rule: str) -> list[dict[str, Any]]:
        """A schedule starts its function; what was logged."""
        before, app = len(self.doors.log.getvalue()), self.doors.app
        event = schedule_event(rule, self.clock.now(), "eu-west-3")
        getattr(app, rule)(event, Context(function_name=rule, region="eu-west-3"))
        return [json.loads(line) for line in self.doors.log.getvalue()[before:].splitlines()]

    def one_night(self) -> list[dict[str, Any]]:
        """The schedule, and the message that it puts onto the queue; what was logged."""
        before = len(self.doors.log.getvalue())
        self.fire("begin_night")
        self.doors.deliver_night()
        return [json.loads(line) for line in self.doors.log.getvalue()[before:].splitlines()]

    def serve(self, dossier_id: str) -> list[str]:
        """The queue brings a wake-up; which messages could not be handled."""
        return self.doors.receive("serve_dossier", json.dumps({"dossier_id": dossier_id}))

    def kept(self, dossier_id: str) -> dict[str, Any]:
        """The document of a dossier, as it lies in the table."""
        [item] = self.doors.items(f"DOSSIER#{dossier_id}")
        content: dict[str, Any] = json.loads(item["document"]["S"])
        return content

    def mailed(self, dossier_id: str) -> list[Message]:
        """What has left for a dossier, oldest first."""
        return [one for one in self.doors.sent if one.tags.get("dossier") == dossier_id]

    def link(self, purpose: str, dossier_id: str) -> str:
        """The newest link of a kind that a dossier's student was sent."""
        texts = [one.text for one in self.mailed(dossier_id)]
        links = re.findall(rf"{re.escape(PUBLIC_URL)}/{purpose}/[\w.-]+", "\n".join(texts))
        return str(links[-1])

    def operator(self, name: str = "admin") -> Browser:
        """Somebody of the desk, who has come in by the door."""
        browser = Browser(self.doors)
        assert browser.come_in(name).status == 303
        return browser


@pytest.fixture
def house() -> Iterator[Assembled]:
    """One for each test: nothing was made, read or remembered before it."""
    with assembled() as house:
        yield house


@contextmanager
def assembled() -> Iterator[Assembled]:
    """Put together anew. Two at once would share one embedded AWS."""
    log, metrics, sent = io.StringIO(), io.StringIO(), list[Message]()
    with (
        Clock(NOW, ticks=False) as clock,
        Surroundings(PUBLIC_URL, sent.append, digest_to=DIGEST_TO) as around,
    ):
        around.stack = replace(around.stack, webhook_secret=SECRETS["webhook_secrets"][0])
        environment = around.environment()
        with product(environment, log, metrics) as (app, bootstrap), spying() as spy:
            doors = Doors(
                app=app, bootstrap=bootstrap, around=around, log=log, metrics=metrics, sent=sent
            )
            house = Assembled(doors=doors, clock=clock, spy=spy, environment=environment)
            house.put_secrets()
            spy.calls.clear()
            yield house
