"""What stands between the SDK and embedded AWS: it remembers requests and can spoil an answer."""

import json
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from local.aws.embedded import EmbeddedAws, call_of

#: What becomes of a request, instead of an answer from embedded AWS.
Spoiler = Callable[[WSGIApplication, WSGIEnvironment, StartResponse], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request of the JSON services."""

    operation: str
    body: dict[str, Any]


class Wire:
    """Each request takes the next spoiler, if there is one."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._behind: WSGIApplication = aws._wsgi.application
        aws._wsgi.application = self
        self.asked: list[Asked] = []
        self.spoilers: list[Spoiler] = []

    def __call__(self, env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        env["wsgi.input"] = BytesIO(body)
        if "HTTP_X_AMZ_TARGET" in env:
            self.asked.append(Asked(operation=call_of(env).operation, body=json.loads(body)))
        if self.spoilers:
            return self.spoilers.pop(0)(self._behind, env, start)
        return self._behind(env, start)

    def bodies(self, operation: str) -> list[dict[str, Any]]:
        """What was asked of one operation, oldest first."""
        return [asked.body for asked in self.asked if asked.operation == operation]


def answer_is_lost(
    aws: WSGIApplication, env: WSGIEnvironment, start: StartResponse
) -> Iterable[bytes]:
    """Carried out, and the caller is not told."""
    b"".join(aws(env, start))
    env["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


def fails_inside(
    aws: WSGIApplication, env: WSGIEnvironment, start: StartResponse
) -> Iterable[bytes]:
    """A bad moment of the service: nothing is carried out."""
    return answers("500 Internal Server Error", {"__type": "InternalServerError"})(aws, env, start)


def answers(status: str, content: dict[str, Any]) -> Spoiler:
    """This answer, and nothing is carried out."""
    body = json.dumps(content).encode()
    headers = [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body)))]

    def spoiler(_aws: WSGIApplication, _env: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        start(status, headers)
        return [body]

    return spoiler
