"""How a client reaches an embedded service: over a socket, without one, or as it can."""

import io
import itertools
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session
from werkzeug.serving import WSGIRequestHandler, make_server

from local.aws.opened import Opened

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: Inside it, an application answers at the address that it gives.
Transport = Callable[["WSGIApplication"], AbstractContextManager[str]]

#: What sends one request and gives the answer, as the SDK does.
Send = Callable[[AWSPreparedRequest], AWSResponse]

#: How often a server looks whether it is to stop, in seconds. By itself it does each half second,
#: and whoever closes a world of three servers waits for each.
LOOKS_EACH = 0.02

#: Ports that no process of this machine listens on.
_UNUSED = itertools.count(1)


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as AWS does, and writes no access log."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def over_http(application: "WSGIApplication") -> Iterator[str]:
    """On a port of its own, for every process of this machine."""
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS_EACH,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Endpoint(Opened):
    """A context manager: inside it, an application answers at `endpoint`."""

    transport: Transport

    @abstractmethod
    def application(self) -> "WSGIApplication":
        """What answers. Asked for once, at the beginning."""

    def _build(self, stack: ExitStack) -> None:
        self._endpoint = stack.enter_context(self.transport(self.application()))

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return self._endpoint


@contextmanager
def in_process(application: "WSGIApplication") -> Iterator[str]:
    """For the AWS clients of this process only: no socket, no thread, so that it can be forked."""
    endpoint = f"http://127.0.0.1:{next(_UNUSED)}"
    with _asked_straight(application, endpoint):
        yield endpoint


@contextmanager
def both_ways(application: "WSGIApplication") -> Iterator[str]:
    """On a port for everybody, but the AWS clients of this process take the short way."""
    with over_http(application) as endpoint, _asked_straight(application, endpoint):
        yield endpoint


@contextmanager
def _asked_straight(application: "WSGIApplication", endpoint: str) -> Iterator[None]:
    def send(request: AWSPreparedRequest, onwards: Send) -> AWSResponse:
        if request.url.startswith(f"{endpoint}/"):
            return _ask(application, request)
        return onwards(request)

    with sending(send):
        yield


@contextmanager
def sending(send: Callable[[AWSPreparedRequest, Send], AWSResponse]) -> Iterator[None]:
    """Whatever an AWS client sends goes through `send`, try by try."""
    before = URLLib3Session.send

    def through(session: Any, request: AWSPreparedRequest) -> AWSResponse:
        return send(request, lambda one: before(session, one))

    with replaced(URLLib3Session, "send", through):
        yield


@contextmanager
def replaced(owner: Any, name: str, by: object) -> Iterator[None]:
    """Meanwhile, one thing of somebody else's is another."""
    before = getattr(owner, name)
    setattr(owner, name, by)
    try:
        yield
    finally:
        setattr(owner, name, before)


def answer(url: str, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> AWSResponse:
    """An answer as the SDK reads it."""
    return AWSResponse(url, status, HTTPHeaders.from_pairs(headers), _Raw(body))


class _Raw(io.BytesIO):
    """A body that is read like one from a socket."""

    def stream(self, **_ignored: object) -> Iterator[bytes]:
        """All of it."""
        yield self.read()


def _ask(application: "WSGIApplication", request: AWSPreparedRequest) -> AWSResponse:
    begun: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[..., object]:
        begun.update(status=int(status.split(" ", maxsplit=1)[0]), headers=headers)
        return lambda _data: None

    body = b"".join(application(_environ(request), start))
    return answer(request.url, begun["status"], begun["headers"], body)


def _environ(request: AWSPreparedRequest) -> "WSGIEnvironment":
    where, body = urlsplit(request.url), _bytes(request.body)
    named = {f"HTTP_{k.upper().replace('-', '_')}": _text(v) for k, v in request.headers.items()}
    return {
        **named,
        "HTTP_HOST": where.netloc,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(where.path, "latin-1"),
        "RAW_URI": f"{where.path}?{where.query}",
        "QUERY_STRING": where.query,
        "CONTENT_TYPE": named.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": where.hostname,
        "SERVER_PORT": str(where.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": where.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return bytes(body.read() if hasattr(body, "read") else body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
