"""The emulator behind the same front as moto: requests are remembered, spoilt, and passed on."""

from collections.abc import Iterable
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.emulator.ministack import reset

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Headers about one connection, which are not for the other (RFC 9110, 7.6.1).
_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding"})


def played_by(address: str) -> "WSGIApplication":
    """The emulator at this address, with nothing in it."""
    reset(address)
    return passed_on_to(address)


def passed_on_to(address: str) -> "WSGIApplication":
    """An application that answers as `address` does. What was signed is passed on untouched."""
    where = urlsplit(address)
    assert where.hostname

    def application(env: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        connection = HTTPConnection(str(where.hostname), where.port, timeout=60)
        try:
            path = env.get("RAW_URI") or env["PATH_INFO"]
            connection.putrequest(
                env["REQUEST_METHOD"], path, skip_host=True, skip_accept_encoding=True
            )
            body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
            for name, value in _headers(env, len(body)):
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        kept = [(n, v) for n, v in answer.getheaders() if n.lower() not in _OF_THE_CONNECTION]
        start(f"{answer.status} {answer.reason}", kept)
        return [content]

    return application


def _headers(env: "WSGIEnvironment", length: int) -> Iterable[tuple[str, str]]:
    for key, value in env.items():
        if key.startswith("HTTP_"):
            name = key.removeprefix("HTTP_").replace("_", "-").lower()
            if name not in _OF_THE_CONNECTION:
                yield name, value
    if env.get("CONTENT_TYPE"):
        yield "content-type", env["CONTENT_TYPE"]
    yield "content-length", str(length)
