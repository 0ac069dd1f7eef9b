"""Which Relance is meant, a stage on AWS or a local world: its environment while a command runs."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, build_opener

import boto3

from chalicelib.bootstrap import services
from chalicelib.settings import Settings
from cli.endings import CommandRefused
from infra.stages import deployed, names, stack_of

#: A local world is on this machine: whoever answers is believed, keys to AWS included.
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

#: Less than this apart, two clocks are one.
SAME_TIME = timedelta(seconds=5)


@contextmanager
def on_aws(stage: str) -> Iterator[None]:
    """Inside it, `services()` are that stage's, under the caller's own credentials.

    Raises CommandRefused.
    """
    if stage not in names():
        message = f"Il n’y a pas de déploiement {stage} : il y a {', '.join(names())}."
        raise CommandRefused(message)
    outputs = _outputs(stage)
    named = {name: _in_pascal_case(name) for name in Settings.__dataclass_fields__}
    known = {name.upper(): outputs[output] for name, output in named.items() if output in outputs}
    if "TABLE_NAME" not in known:
        message = f"La pile {stack_of(stage)} ne dit pas où est sa table : déployez-la de nouveau."
        raise CommandRefused(message)
    with _environment(known):
        yield


@contextmanager
def in_local_world(url: str) -> Iterator[None]:
    """Inside it, `services()` are those of a world of `make serve`, at the time that it is there.

    Raises CommandRefused.
    """
    if urlsplit(url).scheme != "http" or urlsplit(url).hostname not in LOCAL_HOSTS:
        message = "Un monde local est sur cette machine : http://127.0.0.1:8000"
        raise CommandRefused(message)
    now = datetime.fromisoformat(_ask(url, "/local/clock")["now"])
    known: Mapping[str, str] = _ask(url, "/local/settings")["environment"]
    with _environment(known), _clock(now):
        yield


@contextmanager
def _clock(now: datetime) -> Iterator[None]:
    """A world that has travelled has a time of its own. It says so by the second."""
    import time_machine  # of the local world: whoever has one has it

    if abs(now - services().now()) < SAME_TIME:
        yield
        return
    with time_machine.travel(now, tick=True):
        yield


class StaysHere(HTTPRedirectHandler):
    """Goes nowhere else: whoever answers there would be believed."""

    def redirect_request(self, *_asked: Any) -> None:
        """No other request; the answer is then an error."""


#: Asks this machine itself: by a proxy, or sent elsewhere, it would be somebody else who answers.
_HERE = build_opener(ProxyHandler({}), StaysHere())


def _ask(url: str, path: str) -> Any:
    try:
        with _HERE.open(url.rstrip("/") + path, timeout=10) as answer:
            return json.load(answer)
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        message = "Aucun monde local ne répond à cette adresse : « make serve » en ouvre un."
        raise CommandRefused(message) from error


def _outputs(stage: str) -> Mapping[str, str]:
    client = boto3.client("cloudformation")
    try:
        found = deployed(stage, client)
    finally:
        client.close()
    if found is None:
        message = f"Il n’y a pas de pile {stack_of(stage)} dans ce compte et cette région."
        raise CommandRefused(message)
    return found.outputs


def _in_pascal_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


@contextmanager
def _environment(known: Mapping[str, str]) -> Iterator[None]:
    """Whoever is there already stays: services are slow to make."""
    before = dict(os.environ)
    if known.items() <= before.items():
        yield
        return
    os.environ.update(known)
    services.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        services.cache_clear()
