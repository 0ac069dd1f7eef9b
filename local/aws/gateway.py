"""Plays API Gateway in front of the product: plain HTTP in, a Lambda event, plain HTTP out."""

import base64
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException, RouteMatcher

from local.aws.embedded import template
from local.aws.pump import Running
from local.faults.calls import WorkerDied

#: What API Gateway takes, body and all.
MOST_BYTES = 10_000_000

#: The name under which the function behind HTTP runs.
HTTP = "http"

JSON = ("Content-Type", "application/json")

#: What API Gateway adds where a function does not say it.
UNLESS_SAID = {"Content-Type": ["application/json"]}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, None)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Gateway:
    """The product's HTTP side, in this process. Not for two threads at once."""

    def __init__(self, app: Chalice, running: Running = lambda _function: nullcontext()) -> None:
        self._running = running
        self._routes = RouteMatcher(list(app.routes))
        self._local = LocalGateway(app, Config.create())

    def request(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Ask for a target (path and query) and wait for the answer."""
        if len(body) > MOST_BYTES:
            return _refusal(413, "Request Too Long")
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        if not self._knows(target):
            return _nowhere(lower.get("accept", ""))
        try:
            with self._running(HTTP):
                answer = self._local.handle_request(method, target, lower, body or None)
            return _reply(answer)
        except WorkerDied:
            return _refusal(502, "Internal server error")
        except LocalGatewayException as error:
            return Reply(status=error.CODE, headers=[JSON], body=error.body or b"")

    def _knows(self, target: str) -> bool:
        try:
            self._routes.match_route(target)
        except ValueError:
            return False
        return True


def _reply(answer: Mapping[str, Any]) -> Reply:
    single = {name: [value] for name, value in answer["headers"].items()}
    lists = {**UNLESS_SAID, **single, **answer.get("multiValueHeaders", {})}
    headers = [(name, str(value)) for name, values in lists.items() for value in values]
    return Reply(status=answer["statusCode"], headers=headers, body=_body(answer))


def _body(answer: Mapping[str, Any]) -> bytes:
    body = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body if isinstance(body, bytes) else str(body).encode()


def _nowhere(accept: str) -> Reply:
    """What the template has API Gateway say where no route leads."""
    said = template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    answer = said["MISSING_AUTHENTICATION_TOKEN"]
    kind = "text/html" if "text/html" in accept else "application/json"
    headers = {n: v.strip("'") for n, v in answer["ResponseParameters"]["Headers"].items()}
    return Reply(
        status=int(answer["StatusCode"]),
        headers=[("Content-Type", kind), *headers.items()],
        body=answer["ResponseTemplates"][kind].encode(),
    )


def _refusal(status: int, message: str) -> Reply:
    return Reply(status=status, headers=[JSON], body=b'{"message": "%s"}' % message.encode())
