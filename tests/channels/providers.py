"""Providers at their worst: refusals that name people, and a server that behaves badly."""

import socket
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import ClientError

from tests.channels.letters import ADDRESS, NUMBER

Behaviour = Callable[[socket.socket, threading.Event], None]


def refusal(code: str, *, reason: str = "", status: int = 400) -> ClientError:
    """What the SDK raises for an answer that says no, and quotes whom it is about."""
    answer: Any = {
        "Error": {"Code": code, "Message": f"{ADDRESS} and {NUMBER} are not welcome"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reason:
        answer["Reason"] = reason
    return ClientError(answer, "Send")


class BadProvider:
    """A context manager: inside it, it counts requests and treats each in the same bad way."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._closing = threading.Event()
        self.requests = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:  # no longer listening
                return
            with connection:
                self._take(connection)

    def _take(self, connection: socket.socket) -> None:
        if _whole_request(connection):
            self.requests += 1
            self._behaviour(connection, self._closing)


def _whole_request(connection: socket.socket) -> bytes:
    request = connection.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    lengths = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")]
    expected = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < expected:
        body += connection.recv(65536)
    return request


def hangs(_connection: socket.socket, closing: threading.Event) -> None:
    """Says nothing, for as long as anybody could wait."""
    closing.wait()


def resets(connection: socket.socket, _closing: threading.Event) -> None:
    """Breaks the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes(_connection: socket.socket, _closing: threading.Event) -> None:
    """Hangs up without a word."""


def says(answer: bytes) -> Behaviour:
    """Sends these bytes and hangs up."""

    def behaviour(connection: socket.socket, _closing: threading.Event) -> None:
        connection.sendall(answer)

    return behaviour


def answers(status: str, body: bytes) -> Behaviour:
    """Sends a whole answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
    return says(head.encode() + body)
