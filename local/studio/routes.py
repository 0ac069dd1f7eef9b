"""The `/local` routes that drive the world: clock, outbox, dossiers, sign-in, faults, gallery …"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from mimetypes import guess_type
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from chalicelib.domain.errors import TryLater, Unreadable
from gallery.renderings import renderings
from gallery.site import site
from local.aws.gateway import Reply
from local.aws.pump import NeverQuiet
from local.clock.paris import NotAnInstant, NotASpan, Span, instant, iso
from local.clock.timetable import StillDue
from local.clock.travelling import CannotGoBack
from local.faults.switches import NotAFault
from local.studio.readable import dumps, one_line, whole
from local.studio.sign_in import NotAnOperator, operators_page
from local.studio.studio import LAST_YEAR, Studio
from local.world import World

#: What a person may have got wrong, and what the product has.
WRONG = (CannotGoBack, NotAFault, NotAnInstant, NotAnOperator, NotASpan)
BROKEN = (NeverQuiet, StillDue)

ROUTES = Map(
    [
        Rule("/local/clock", endpoint="clock", methods=["GET"]),
        Rule("/local/clock", endpoint="travel", methods=["POST"]),
        Rule("/local/outbox", endpoint="outbox", methods=["GET"]),
        Rule("/local/dossiers", endpoint="dossiers", methods=["GET"]),
        Rule("/local/dossiers/<dossier_id>", endpoint="dossier", methods=["GET"]),
        Rule("/local/forget", endpoint="forget", methods=["POST"]),
        Rule("/local/faults", endpoint="faults", methods=["GET"]),
        Rule("/local/faults", endpoint="switch", methods=["POST"]),
        Rule("/local/sign-in", endpoint="operators", methods=["GET"]),
        Rule("/local/sign-in", endpoint="sign_in", methods=["POST"]),
        Rule("/local/settings", endpoint="settings", methods=["GET"]),
        Rule("/local/gallery", endpoint="gallery", methods=["GET"]),
        Rule("/local/gallery/<path:name>", endpoint="gallery_file", methods=["GET"]),
    ],
    strict_slashes=False,
    merge_slashes=False,
)


class Routes:
    """Answers what is asked of the world itself. Not for two threads at once."""

    def __init__(self, world: World, studio: Studio) -> None:
        self._world = world
        self._studio = studio

    def owns(self, path: str) -> bool:
        """Whether a path belongs to the world, not to the product."""
        return path in {"/", "/favicon.ico", "/local"} or path.startswith(("/local/", "/studio/"))

    def answer(self, request: Request) -> Response:
        """The answer to one request."""
        if not request.path.startswith("/local"):
            return self._of_studio(request)
        try:
            endpoint, values = ROUTES.bind_to_environ(request.environ).match()
            self._world.settle()
            view: Callable[..., Response] = getattr(self, f"_{endpoint}")
            return view(request, **values)
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)
        except WRONG as error:
            return _json({"error": str(error)}, 400)
        except Unreadable as error:
            return _json({"error": str(error)}, 409)
        except BROKEN as error:
            return _json({"error": str(error)}, 500)

    def _of_studio(self, request: Request) -> Response:
        """A button that cannot do what it says leads back, and says why."""
        leads_back: tuple[type[Exception], ...] = (BadRequest, *WRONG, *BROKEN, Unreadable)
        try:
            self._world.settle()
            return self._studio.answer(request)
        except leads_back as error:
            why = str(getattr(error, "description", error))
            if request.method == "POST":
                return self._studio.refused(request, why)
            return _json({"error": why}, 500)
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)

    def _clock(self, _request: Request) -> Response:
        return _json({"now": iso(self._world.now())})

    def _travel(self, request: Request) -> Response:
        wanted = _object(request)
        start, before = self._world.now(), len(self._world.sent)
        to = self._destination(wanted)
        if to.year > LAST_YEAR:
            raise BadRequest(f"time travels until {LAST_YEAR}")
        stops = self._world.travel(to)
        return _json(
            {
                "from": iso(start),
                "now": iso(self._world.now()),
                "stops": stops,
                "messages": len(self._world.sent) - before,
            }
        )

    def _destination(self, wanted: Mapping[str, Any]) -> datetime:
        match wanted:
            case {"advance": str(span), **rest} if not rest:
                return Span.parse(span).after(self._world.now())
            case {"to": str(text), **rest} if not rest:
                return instant(text)
        raise BadRequest('say {"advance": "P42D"} or {"to": "2026-12-24T09:00:00+01:00"}')

    def _outbox(self, _request: Request) -> Response:
        return _json(self._world.outbox())

    def _dossiers(self, _request: Request) -> Response:
        return _json([one_line(sheet) for sheet in self._world.sheets()])

    def _dossier(self, _request: Request, dossier_id: str) -> Response:
        sheet = self._world.sheet(dossier_id)
        if sheet is None:
            raise NotFound("there is no such dossier")
        return _json(whole(sheet))

    def _forget(self, request: Request) -> Response:
        dossier_id = _object(request).get("dossier_id")
        if not isinstance(dossier_id, str):
            raise BadRequest('say {"dossier_id": "D-1"}')
        try:
            is_done = self._world.forget(dossier_id)
        except TryLater as error:
            return _json({"error": str(error)}, 409)
        if not is_done:
            raise NotFound("there is no such dossier")
        return _json({"forgotten": dossier_id})

    def _faults(self, _request: Request) -> Response:
        return _json(self._world.faults.as_json())

    def _switch(self, request: Request) -> Response:
        self._world.faults.switch(_object(request))
        return _json(self._world.faults.as_json())

    def _operators(self, _request: Request) -> Response:
        return Response(operators_page(), mimetype="text/html")

    def _sign_in(self, request: Request) -> Response:
        return response_of(self._world.sign_in(request.values.get("as", "")))

    def _settings(self, _request: Request) -> Response:
        return _json(self._world.settings())

    def _gallery(self, _request: Request) -> Response:
        return redirect("/local/gallery/index.html")

    def _gallery_file(self, _request: Request, name: str) -> Response:
        content = _gallery().get(name)
        if content is None:
            raise NotFound("the gallery has no such file")
        return Response(content, mimetype=guess_type(name)[0])


@cache
def _gallery() -> dict[str, bytes]:
    """Made when it is first asked for, which takes some seconds."""
    return site(renderings())


def response_of(reply: Reply) -> Response:
    """An answer of the product, header by header."""
    response = Response(reply.body, status=reply.status)
    del response.headers["Content-Type"]
    for name, value in reply.headers:
        response.headers.add(name, value)
    return response


def _object(request: Request) -> dict[str, Any]:
    """The JSON object of a request, whatever media type it claims."""
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def _json(value: object, status: int = 200) -> Response:
    return Response(dumps(value), status=status, mimetype="application/json")
