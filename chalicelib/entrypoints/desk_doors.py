"""STAND-IN for the doors of the console, until the sign-in brings the real ones: they stay shut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from http import HTTPStatus

from chalice.app import Blueprint, Response

from chalicelib.domain.operators import Operator, Role


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who knocks, with what."""

    operator: Operator
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form_token: str
    nonce: str
    now: datetime


Handler = Callable[..., Response | str]


def door(
    blueprint: Blueprint, path: str, methods: list[str], *, needs: Role, action: str
) -> Callable[[Handler], Handler]:
    """A route of the console."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(**named: str) -> Response:
            visit = visit_of(needs, action)
            if visit is None:
                return Response("", status_code=HTTPStatus.FORBIDDEN)
            answer = handler(visit, **named)
            html: dict[str, str | list[str]] = {"Content-Type": "text/html; charset=utf-8"}
            return answer if isinstance(answer, Response) else Response(answer, headers=html)

        blueprint.route(path, methods=methods, content_types=["*/*"], name=action)(guarded)
        return guarded

    return decorate


def visit_of(needs: Role, action: str) -> Visit | None:  # noqa: ARG001  tests put a visit here
    """Nobody."""
    return None
