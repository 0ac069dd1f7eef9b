"""What is asked of moto by the name of an operation goes straight to it, past Flask."""

from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

TARGET = "HTTP_X_AMZ_TARGET"


@dataclass
class Straight:
    """An application of moto's: it and Flask find the same way for each request, and each anew.

    A request whose header names an API and an operation has one way, which is remembered.
    """

    application: DomainDispatcherApplication
    _ways: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def __call__(self, env: WSGIEnvironment, start: StartResponse) -> Any:
        if TARGET not in env or env["PATH_INFO"] != "/":
            return self.application(env, start)
        request_class, callback = self._way(env)
        request = request_class(env)
        try:
            status, headers, content = callback(request, request.raw_url, dict(request.headers))
        except HTTPException as error:
            return error.get_response(env)(env, start)
        return Response(response=content, status=status, headers=headers)(env, start)

    def _way(self, env: WSGIEnvironment) -> tuple[Any, Any]:
        api = env[TARGET].rpartition(".")[0]
        if api not in self._ways:
            app: Any = self.application.get_application(env)
            endpoint, _ = app.url_map.bind("aws").match("/", method="POST")
            self._ways[api] = app.request_class, app.view_functions[endpoint].callback
        return self._ways[api]
