"""What openapi-python-client's models make of events."""

import json
import sys

from relance_opc import models


def name_of(kind: str) -> str:
    """The class of a type."""
    return "".join(part.capitalize() for part in kind.split("."))


events = [
    getattr(models, name_of(content["type"])).from_dict(content) for content in json.load(sys.stdin)
]
json.dump([event.to_dict() for event in events], sys.stdout)
