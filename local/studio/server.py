"""The world on a port of this machine: the product's routes, and beside them `/local`."""

import threading
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from chalicelib.entrypoints.console.cookies import SESSION
from local.aws.gateway import MOST_BYTES, Reply
from local.aws.transport import LOOKS_EACH
from local.studio.routes import Routes, response_of
from local.studio.studio import CAME_IN_AS, Studio
from local.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
A_SECOND = 1.0

SIGN_OUT = "/desk/sign-out"
#: What of the desk needs no session, or begins or ends one.
OUTSIDE = ("/desk/sign-in", SIGN_OUT, "/desk/htmx.js")


class Silent(WSGIRequestHandler):
    """Logs no requests: their addresses are students' links."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class LocalRequest(Request):
    """A request no larger than API Gateway takes."""

    max_content_length = MOST_BYTES


class Site:
    """The WSGI application. One request, journey or tick at a time: the world is not for two."""

    def __init__(self, world: World) -> None:
        self.lock = threading.Lock()
        self.studio = Studio(world)
        self._world = world
        self._routes = Routes(world, self.studio)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._answer(LocalRequest(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/studio/pulse":  # it only looks, while a journey goes on as well
            return self.studio.pulse(request)
        if self._routes.owns(request.path):
            with self.lock:
                return self._routes.answer(request)
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            body = bytes(MOST_BYTES + 1)
        with self.lock:
            return self._let_in(request) or self._product(request, body)

    def _product(self, request: Request, body: bytes) -> Response:
        response = response_of(self._ask(request, body))
        if request.path == SIGN_OUT:  # who goes is not to come in again by themselves
            response.delete_cookie(CAME_IN_AS, path="/desk")
        return response

    def _let_in(self, request: Request) -> Response | None:
        """Whoever came in by the studio comes in again when time has run past their session: to
        the page that they ask for, or to the one on which they pressed a button.
        """
        name, path = request.cookies.get(CAME_IN_AS), request.path
        is_inside = path.startswith("/desk") and not path.startswith(OUTSIDE)
        if not name or not is_inside:
            return None
        if self._world.signed_in(request.cookies.get(SESSION, "")):
            return None
        to = request.full_path if request.method == "GET" else "/".join(path.split("/")[:4])
        return self.studio.come_in(name, to.rstrip("?"))

    def _ask(self, request: Request, body: bytes) -> Reply:
        """Hand the request over untouched: signatures are made over bytes."""
        target = request.environ.get("RAW_URI") or request.full_path
        headers = dict(request.headers.items())
        return self._world.gateway.request(request.method, target, headers, body)


class Server:
    """Serves a started world until it is told to stop; while it does, time passes by itself."""

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self._site = Site(world)
        self._http = make_server(HOST, port, self._site, threaded=True, request_handler=Silent)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._http.serve_forever, args=(LOOKS_EACH,), name="http"),
            threading.Thread(target=self._tick, name="ticker"),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._http.shutdown()
        for thread in self._threads:
            thread.join()
        self._http.server_close()

    def play(self, scene: str) -> None:
        """Begin with a scene. Raises KeyError."""
        with self._site.lock:
            self._site.studio.stage(scene)

    def _tick(self) -> None:
        while not self._stopping.wait(A_SECOND):
            try:
                self._pass_time()
            except Exception:  # noqa: BLE001  say it, and let time pass on all the same
                traceback.print_exc()

    def _pass_time(self) -> None:
        """What is due by now, and the scene that is played: others may ask between two steps."""
        goes_on = True
        while goes_on and not self._stopping.is_set():
            with self._site.lock:
                self._world.tick()
                goes_on = self._site.studio.play_on()
