"""What surrounds each invocation of each Lambda, whoever started it."""

from collections.abc import Callable
from typing import Any

from chalicelib import settings
from chalicelib.observability.lines import log_failure, one_thing
from chalicelib.observability.metrics import flush


class InvocationFailed(Exception):
    """An invocation failed. The log has the types and the way, and nobody has the words."""


def observed(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Run one invocation as a Chalice middleware, and flush what it counted.

    Lambda prints the text of whatever leaves a function, and that text may quote anybody:
    InvocationFailed takes its place.
    """
    failed = ""
    with one_thing():
        try:
            return get_response(event)
        except Exception as error:  # noqa: BLE001  raised again below, without its words
            failed = type(error).__name__
            log_failure(error, reason=failed)
        finally:
            flush(settings.read().stage)
    raise InvocationFailed(failed)
