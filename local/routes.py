"""The `/local` routes that drive the world: clock, outbox, dossiers, faults, settings."""

import html
import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from local.clock import CannotGoBack
from local.faults import NotAFault
from local.outbox import in_full
from local.paris import NotAnInstant, NotASpan, Span, instant, iso
from local.readable import dumps, one_line, whole
from local.world import World

#: What a person may have got wrong.
WRONG = (CannotGoBack, NotAFault, NotAnInstant, NotASpan)

ROUTES = Map(
    [
        Rule("/", endpoint="index", methods=["GET"]),
        Rule("/local/clock", endpoint="clock", methods=["GET"]),
        Rule("/local/clock", endpoint="travel", methods=["POST"]),
        Rule("/local/outbox", endpoint="outbox", methods=["GET"]),
        Rule("/local/dossiers", endpoint="dossiers", methods=["GET"]),
        Rule("/local/dossiers/<dossier_id>", endpoint="dossier", methods=["GET"]),
        Rule("/local/faults", endpoint="faults", methods=["GET"]),
        Rule("/local/faults", endpoint="switch", methods=["POST"]),
        Rule("/local/settings", endpoint="settings", methods=["GET"]),
    ],
    strict_slashes=False,
    merge_slashes=False,
)


class Routes:
    """Answers what is asked of the world itself. Not for two threads at once."""

    def __init__(self, world: World) -> None:
        self._world = world

    def owns(self, path: str) -> bool:
        """Whether a path belongs to the world, not to the product."""
        return path == "/" or path == "/local" or path.startswith("/local/")

    def answer(self, request: Request) -> Response:
        """The answer to one request."""
        try:
            endpoint, values = ROUTES.bind_to_environ(request.environ).match()
            self._world.settle()
            view: Callable[..., Response] = getattr(self, f"_{endpoint}")
            return view(request, **values)
        except HTTPException as error:
            return _json({"error": error.description}, error.code or 500)
        except WRONG as error:
            return _json({"error": str(error)}, 400)

    def _index(self, _request: Request) -> Response:
        sheets = [sheet for sheet in map(self._world.sheet, self._world.dossier_ids()) if sheet]
        lines = [one_line(sheet) for sheet in sheets]
        page = _page(iso(self._world.now()), self._world.settings(), lines, self._outbox_lines())
        return Response(page, mimetype="text/html")

    def _outbox_lines(self) -> list[dict[str, Any]]:
        return [in_full(message, self._world.fate(message)) for message in self._world.messages]

    def _clock(self, _request: Request) -> Response:
        return _json({"now": iso(self._world.now())})

    def _travel(self, request: Request) -> Response:
        wanted = _object(request)
        start, before = self._world.now(), len(self._world.messages)
        stops = self._world.travel(self._destination(wanted))
        return _json(
            {
                "from": iso(start),
                "now": iso(self._world.now()),
                "stops": stops,
                "messages": len(self._world.messages) - before,
            }
        )

    def _destination(self, wanted: Mapping[str, Any]) -> Any:
        match wanted:
            case {"advance": str(span), **rest} if not rest:
                return Span.parse(span).after(self._world.now())
            case {"to": str(text), **rest} if not rest:
                return instant(text)
        raise BadRequest('say {"advance": "P42D"} or {"to": "2026-12-24T09:00:00+01:00"}')

    def _outbox(self, _request: Request) -> Response:
        return _json(self._outbox_lines())

    def _dossiers(self, _request: Request) -> Response:
        sheets = [sheet for sheet in map(self._world.sheet, self._world.dossier_ids()) if sheet]
        return _json([one_line(sheet) for sheet in sheets])

    def _dossier(self, _request: Request, dossier_id: str) -> Response:
        sheet = self._world.sheet(dossier_id)
        if sheet is None:
            raise NotFound("there is no such dossier")
        return _json(whole(sheet))

    def _faults(self, _request: Request) -> Response:
        return _json(self._world.faults.as_json())

    def _switch(self, request: Request) -> Response:
        self._world.faults.switch(_object(request))
        return _json(self._world.faults.as_json())

    def _settings(self, _request: Request) -> Response:
        return _json(self._world.settings())


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


def _page(
    now: str,
    settings: Mapping[str, Any],
    dossiers: list[dict[str, Any]],
    messages: list[dict[str, Any]],
) -> str:
    """One plain page for a person: where everything is, and what has happened so far."""
    paths = sorted({rule.rule for rule in ROUTES.iter_rules() if "<" not in rule.rule})
    product = ["/health", "/openapi.json"]
    return _PAGE.format(
        now=html.escape(now),
        links="".join(_item(path, path) for path in [*paths, *product]),
        webhook=html.escape(str(settings["webhook_url"])),
        dossiers="".join(_item(d["url"], f"{d['dossier_id']}: {d['state']}") for d in dossiers),
        messages="".join(_message(message) for message in messages),
    )


def _item(address: str, text: str) -> str:
    return f'<li><a href="{html.escape(address)}">{html.escape(text)}</a></li>'


def _message(message: Mapping[str, Any]) -> str:
    what = message.get("subject") or message["text"]
    head = f"{message['at']} {message['channel']} {message['to']} ({message['fate']}): {what}"
    links = "".join(_item(link, link) for link in message["links"])
    return f"<li>{html.escape(head)}<ul>{links}</ul></li>"


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Relance: the local world</title></head>
<body>
<main>
<h1>Relance: the local world</h1>
<p>It is {now} here.</p>
<h2>Ask</h2>
<ul>{links}</ul>
<h2>Drive</h2>
<pre>curl -d '{{"advance": "P42D"}}' …/local/clock
curl -d '{{"to": "2026-12-24T09:00:00+01:00"}}' …/local/clock
curl -d '{{"lost_sms": 1}}' …/local/faults</pre>
<p>Webhooks go to {webhook}, signed with the secret in <a href="/local/settings">settings</a>
and with the time that it is here.</p>
<h2>Dossiers</h2>
<ul>{dossiers}</ul>
<h2>Messages</h2>
<ol>{messages}</ol>
</main>
</body>
</html>
"""
