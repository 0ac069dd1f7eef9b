"""The AWS calls that the product makes: numbered, and open to harm. The world's own are neither."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient

from local.aws.opened import Opened
from local.aws.transport import Send, replaced, sending


class WorkerDied(BaseException):
    """The worker is gone in the middle of its work: no `except Exception` may notice."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the product: which one of all, and which one of its invocation."""

    number: int
    at: datetime
    function: str
    nth: int
    service: str
    operation: str
    request: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """What is asked of whom."""
        return f"{self.service}.{self.operation}"

    @property
    def is_conditional(self) -> bool:
        """Whether it may be refused because somebody else was first."""
        return "ConditionExpression" in self.request


Do = Callable[[], Any]


def _plainly(do: Do) -> Any:
    return do()


def _untouched(request: AWSPreparedRequest, send: Send) -> AWSResponse:
    return send(request)


@dataclass(frozen=True, kw_only=True)
class Harm:
    """What goes wrong around a call as a whole, or with each of its tries on the wire."""

    around: Callable[[Do], Any] = _plainly
    wire: Callable[[AWSPreparedRequest, Send], AWSResponse] = _untouched


UNHARMED = Harm()

#: Decides what becomes of a call.
Harming = Callable[[Call], Harm]


@dataclass
class _Invocation:
    function: str
    calls: int = 0


class Calls(Opened):
    """A context manager: inside it, `made` remembers each call, and `harming` has its way.

    The SDK's waits between two tries last no time here.
    """

    def __init__(self, harming: Harming = lambda _call: UNHARMED) -> None:
        self.harming = harming
        self.made: list[Call] = []
        self.deaths = 0
        self._invocation: ContextVar[_Invocation | None] = ContextVar("invocation", default=None)
        self._wire: ContextVar[Harm] = ContextVar("wire", default=UNHARMED)

    def _build(self, stack: ExitStack) -> None:
        stack.enter_context(sending(self._send))
        call = self._through(BaseClient._make_api_call)  # type: ignore[attr-defined]  # private
        stack.enter_context(replaced(BaseClient, "_make_api_call", call))
        stack.enter_context(_without_waits())

    @contextmanager
    def of(self, function: str) -> Iterator[None]:
        """What is called inside is called by this function of the product."""
        outside = self._invocation.set(_Invocation(function))
        try:
            yield
        except WorkerDied:
            self.deaths += 1
            raise
        finally:
            self._invocation.reset(outside)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """What is called inside is not this invocation's: time passes while it waits."""
        inside, wire = self._invocation.set(None), self._wire.set(UNHARMED)
        try:
            yield
        finally:
            self._wire.reset(wire)
            self._invocation.reset(inside)

    @property
    def is_hurt(self) -> bool:
        """Whether the call that is on its way now is hurt on the wire."""
        return self._wire.get().wire is not _untouched

    @property
    def is_counting(self) -> bool:
        """Whether it is the product that calls now, and not the world."""
        return self._invocation.get() is not None

    def _through(self, before: Callable[..., Any]) -> Callable[..., Any]:
        def call(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
            invocation = self._invocation.get()
            if invocation is None:
                return before(client, operation, request)
            made = self._count(invocation, client.meta.service_model.service_name, operation)
            return self._harmed(made(request), lambda: before(client, operation, request))

        return call

    def _count(
        self, invocation: _Invocation, service: str, operation: str
    ) -> Callable[[Mapping[str, Any]], Call]:
        invocation.calls += 1

        def made(request: Mapping[str, Any]) -> Call:
            call = Call(
                number=len(self.made) + 1,
                at=datetime.now(UTC),
                function=invocation.function,
                nth=invocation.calls,
                service=service,
                operation=operation,
                request=request,
            )
            self.made.append(call)
            return call

        return made

    def _harmed(self, call: Call, do: Do) -> Any:
        harm = self.harming(call)

        def on_the_wire() -> Any:
            before = self._wire.set(harm)
            try:
                return do()
            finally:
                self._wire.reset(before)

        return harm.around(on_the_wire)

    def _send(self, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        return self._wire.get().wire(request, send)


@contextmanager
def _without_waits() -> Iterator[None]:
    no_wait = SimpleNamespace(sleep=lambda _seconds: None)
    with replaced(botocore.endpoint, "time", no_wait):
        yield
