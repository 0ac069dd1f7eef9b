"""What moto works out anew at each request, and never changes, is worked out once.

It is up to a fifth of the time of a request, in the demo and in each test on the embedded AWS.
"""

from functools import cache
from typing import Any

import moto.backends
import moto.core.responses
from moto.backends import list_of_moto_modules
from moto.core.utils import method_names_from_class
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser  # type: ignore[attr-defined]  # it is there
from moto.dynamodb.parsing.validators import ActionCountValidator

_KINDS: dict[type, tuple[type, ...]] = {}


def make_haste() -> None:
    """From now on, in this process."""
    moto.backends.list_of_moto_modules = cache(lambda: tuple(list_of_moto_modules()))
    responses: Any = moto.core.responses
    responses.method_names_from_class = cache(method_names_from_class)
    DepthFirstTraverser.nodes_to_be_processed = _kinds
    ActionCountValidator.traverse = _counted


def _kinds(traverser: Any) -> tuple[type, ...]:
    """The kinds of nodes that a traverser is for: moto asks at each node of each expression."""
    who = type(traverser)
    if who not in _KINDS:
        _KINDS[who] = tuple(traverser._processing_map())
    return _KINDS[who]


def _counted(validator: Any, update: Any) -> Any:
    """The clauses of a whole update, counted: moto counts again from each of its nodes."""
    return validator.verify_action_counts(update)
