"""What datamodel-code-generator's models make of events."""

import json
import sys

from relance_dcg import Event

events = [Event.model_validate(content) for content in json.load(sys.stdin)]
said = [event.model_dump_json(exclude_unset=True) for event in events]
json.dump([json.loads(text) for text in said], sys.stdout)
