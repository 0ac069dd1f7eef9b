"""What openapi-generator's Python client makes of events."""

import json
import sys

from relance_oag.models.event import Event

events = [Event.from_dict(content) for content in json.load(sys.stdin)]
json.dump([json.loads(event.to_json()) for event in events if event], sys.stdout)
