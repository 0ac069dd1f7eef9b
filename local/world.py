"""The whole world in one process: embedded AWS, the product inside it, and a clock that travels."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, TextIO
from urllib.request import urlopen

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_forms import desk_event
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import Unreadable, WithoutEffect
from chalicelib.messages.console.views import DossierView
from chalicelib.pipeline.dossier_views import DossierReport
from chalicelib.pipeline.ports import Loaded
from local.aws.declared import rules_of, triggers_of
from local.aws.gateway import Gateway, Reply
from local.aws.glance import Glance
from local.aws.key_rotation import rotation
from local.aws.lambda_runtime import Context
from local.aws.opened import Opened
from local.aws.pump import Failure, Pump
from local.aws.transport import Transport, both_ways
from local.clock.timetable import Timetable
from local.clock.travelling import Clock
from local.faults.calls import Calls, WorkerDied
from local.faults.receipts import PublishedReceipt, Receipts
from local.faults.switches import Faults
from local.product import product
from local.studio.booking_system import WEBHOOKS, SignedRequest, signed, timestamped
from local.studio.outbox import Message, Outbox, Outcome, in_full
from local.studio.sign_in import sign_in
from local.surroundings import Surroundings

PUBLIC_URL = "http://127.0.0.1:8000"


class World(Opened):
    """A context manager: inside it the product lives, and time goes where it is told.

    Not for two threads at once. The environment, the time and the threads of the process are
    their old selves again afterwards.
    """

    def __init__(
        self,
        *,
        start: datetime | None = None,
        ticks: bool = True,
        public_url: str = PUBLIC_URL,
        log: TextIO | None = None,
        transport: Transport = both_ways,
        digest_to: str = "",
        forward: Callable[[Message], None] = lambda _message: None,
    ) -> None:
        self._digest_to = digest_to
        self._forward = forward
        self.faults = Faults()
        self.calls = Calls(self.faults.harm)
        self._transport = transport
        self.public_url = public_url
        self._outbox = Outbox()
        self._clock = Clock(start, ticks=ticks)
        self.log: TextIO = log or io.StringIO()
        self.metrics = io.StringIO()
        self._events_sent = 0

    def _build(self, stack: ExitStack) -> None:
        stack.enter_context(self._clock)
        around = stack.enter_context(
            Surroundings(self.public_url, self._accepted, self._transport, self._digest_to)
        )
        stack.enter_context(self.calls)
        environment = around.environment()
        app, self._bootstrap = stack.enter_context(product(environment, self.log, self.metrics))
        self._rotate_keys = app.rotate_keys
        self._around = around
        glance, table = Glance(around.region), around.stack.ids["Table"]
        triggers = triggers_of(app, around.queues())
        self._pump = Pump(around.sqs, glance.depth, triggers, around.region, running=self._running)
        self._receipts = Receipts(
            self._outbox, self.faults, around.publish_receipt, around.suppressed
        )
        self._first_due = partial(glance.first_due, table)
        self._timetable = Timetable(
            self._clock, self._pump, self._receipts, rules_of(app), self._first_due
        )
        self.gateway = Gateway(app.app, self._running)

    @contextmanager
    def _running(self, function: str) -> Iterator[None]:
        """One invocation. A worker that dies takes its memory with it: the next one starts cold."""
        try:
            with self.calls.of(function):
                yield
        except WorkerDied:
            self._bootstrap.services.cache_clear()
            raise

    def _accepted(self, message: Message) -> None:
        self._receipts.accepted(message)
        self._forward(message)

    # Time

    def now(self) -> datetime:
        """The time it is here, aware, in UTC."""
        return self._clock.now()

    def travel(self, to: datetime, on_stop: Callable[[datetime], None] | None = None) -> int:
        """Go to an instant, and run whatever falls due on the way. Returns how many stops.

        Raises CannotGoBack, StillDue.
        """
        return self._timetable.travel(to, on_stop)

    def next_due(self) -> datetime | None:
        """When the product next looks at a dossier, or at what was asked for in bulk."""
        due = self._first_due()
        return due.at if due else None

    def settle(self) -> None:
        """Run what the queues hold now."""
        self._timetable.settle()

    def tick(self) -> None:
        """Run what has fallen due by now, as time passes by itself."""
        self._timetable.tick()

    def rotate_keys(self) -> None:
        """What Secrets Manager does every ninety days. Whatever fails is raised."""
        context = Context(function_name="rotate_keys", region=self._around.region)
        for secret in ("LinkKeys", "SessionKeys"):
            for asked in rotation(self._around.stack.ids[secret]):
                with self._running("rotate_keys"):
                    self._rotate_keys(asked, context)

    # The booking system, and students

    def deliver(self, event: Mapping[str, Any], event_id: str = "") -> Reply:
        """Send a webhook as the booking system would, signed now, and run what follows at once."""
        return self.send(self.signed(event, event_id))

    def signed(
        self, event: Mapping[str, Any], event_id: str = "", at: datetime | None = None
    ) -> SignedRequest:
        """An event as a request of the booking system, signed now or at another instant."""
        self._events_sent += 1
        return signed(
            self._around.stack.webhook_secret,
            event_id or f"local-{self._events_sent:05}",
            at or self.now(),
            timestamped(event, self.now()),
        )

    def send(self, webhook: SignedRequest) -> Reply:
        """Send a request as it was signed, and run what follows at once."""
        return self.request("POST", WEBHOOKS, webhook.headers, webhook.body)

    def request(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Reply:
        """Ask the product for a page, by path or by link, and run what follows at once."""
        target = address.removeprefix(self.public_url)
        reply = self.gateway.request(method, target, headers, body)
        self.settle()
        return reply

    def download(self, address: str) -> bytes:
        """Fetch a document from where the product keeps it."""
        with urlopen(address, timeout=10) as answer:  # noqa: S310  an address of the embedded S3
            content: bytes = answer.read()
        return content

    # Operators

    def sign_in(self, name: str) -> Reply:
        """Come in to the desk as one of the local operators: the real way, and the real answer.

        Raises NotAnOperator.
        """
        return sign_in(self.request, self._around.cognito.operators, name, self.now())

    def signed_in(self, cookie: str) -> str:
        """Whose session of the desk a cookie is; empty when time has travelled past its end."""
        session = services().sessions.read(cookie)
        return session.operator.name if session else ""

    # What there is to see

    @property
    def sent(self) -> tuple[tuple[Message, Outcome], ...]:
        """Every e-mail and SMS so far, oldest first, and what has become of it."""
        return tuple(self._outbox)

    @property
    def told(self) -> tuple[PublishedReceipt, ...]:
        """Every receipt so far, oldest first."""
        return tuple(self._receipts.told)

    def outbox(self) -> list[dict[str, Any]]:
        """Every e-mail and SMS so far, in full, as JSON has it."""
        return [in_full(message, status) for message, status in self._outbox]

    def dossier_ids(self) -> Iterator[str]:
        """Every dossier there is, by id."""
        return iter(sorted(one.dossier_id for one in services().dossiers.every()))

    def dossiers(self) -> list[Dossier]:
        """Every dossier that can be read and is not forgotten, in no order."""
        found = (one for one in services().dossiers.every() if isinstance(one, Loaded))
        return [one.dossier for one in found if one.dossier.events]

    def story(self, dossier_id: str) -> DossierView | None:
        """One dossier as people read it, past and future. Raises Unreadable."""
        return services().dossier_views.view(dossier_id)

    def sheet(self, dossier_id: str) -> DossierReport | None:
        """Everything about one dossier. Raises Unreadable."""
        return services().dossier_views.report(dossier_id)

    def sheets(self) -> list[DossierReport]:
        """Every dossier that can be read."""
        found = map(self._sheet_if_readable, self.dossier_ids())
        return [sheet for sheet in found if sheet]

    def _sheet_if_readable(self, dossier_id: str) -> DossierReport | None:
        try:
            return self.sheet(dossier_id)
        except Unreadable:
            return None

    def forget(self, dossier_id: str) -> bool:
        """Somebody asks for it, and no night is waited for; False if there is nothing of this id.

        Raises TryLater.
        """
        now, dossier = services().now(), services().dossiers.load(dossier_id).dossier
        delays = services().desk.terms_on(paris_day(now)).delays
        form = {"nonce": services().nonce(), "reference": dossier_id}
        event = desk_event("erasure", form, dossier_id, "local", now, delays)
        with suppress(WithoutEffect):  # it is done, or asked for already
            services().desk_actions.act(event)
        services().eraser.forget(dossier_id)
        return bool(dossier.events or dossier.forgotten)

    @property
    def failures(self) -> list[Failure]:
        """Every invocation that ended in an error."""
        return self._pump.failures

    def settings(self) -> dict[str, Any]:
        """What somebody needs who wants to knock at the door."""
        return {
            "stage": self._around.stack.parameters["Stage"],
            "public_url": self.public_url,
            "webhook_url": self.public_url + WEBHOOKS,
            "webhook_secret": self._around.stack.webhook_secret,
            "endpoints": self._around.endpoints(),
            "environment": self._around.environment(),
        }
