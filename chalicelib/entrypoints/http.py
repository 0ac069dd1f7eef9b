"""Whatever answers over HTTP: its blueprints, and when the console's are imported."""

from typing import Any

from chalice.app import Chalice

from chalicelib import settings

#: The handler of the function that pages and webhooks come to.
HANDLER = "app.app"

#: Where every page of the console is.
CONSOLE = "/desk"


class Pages(Chalice):
    """Chalice, whose function imports the console for its first request of it.

    The booking system and students, wait for none of that.
    Where it is not Lambda that asks, every route is known from the start.
    """

    _has_console = False

    def open(self) -> None:
        """Make the routes known that are to be known from the start."""
        from chalicelib.entrypoints.booking import booking_webhooks
        from chalicelib.entrypoints.student import student_pages

        self.register_blueprint(booking_webhooks)
        self.register_blueprint(student_pages)
        if settings.handler() != HANDLER:
            self._open_console()

    def __call__(self, event: Any, context: Any) -> Any:
        """Answer a request, as API Gateway describes it."""
        asked = event.get("requestContext", {}).get("resourcePath") or ""
        if asked.startswith(CONSOLE) and not self._has_console:
            self._open_console()
        return super().__call__(event, context)

    def _open_console(self) -> None:
        from chalicelib.entrypoints.console import BLUEPRINTS

        for blueprint in BLUEPRINTS:
            self.register_blueprint(blueprint)
        self._has_console = True
