"""What a quarantined body seems to say: whatever can be read of it, and nothing is needed."""

from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.decoding.booking_events import ID, INSTANT, TEXT, TYPES, Form
from chalicelib.decoding.visible import visible
from chalicelib.domain.quarantine import NOTHING_HEARD, Heard

#: So many characters of a text are heard.
AT_MOST = 100

#: Where senders put the dossier that they speak of; the first is where it belongs.
_DOSSIERS = ("data.dossier_id", "dossier_id", "data.dossier.id", "dossier.id", "data.dossier")


def heard_in(body: bytes) -> Heard:
    """Whatever can be read of a body, however wrong the rest of it is."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return NOTHING_HEARD
    name = " ".join(
        _text(content, f"data.student.{part}") for part in ("given_name", "family_name")
    )
    kind = _text(content, "type")
    return Heard(
        type=TYPES.get(kind, kind),
        at=_read(content, "timestamp", INSTANT),
        dossier_id=next(filter(None, (_read(content, path, ID) for path in _DOSSIERS)), ""),
        name=name.strip(),
        starts_at=_read(content, "data.appointment.starts_at", INSTANT),
    )


def _text(content: Any, path: str) -> str:
    return visible(_read(content, path, TEXT) or "").strip()[:AT_MOST]


def _read(content: Any, path: str, form: Form) -> Any:
    """What stands there, if it can be read so."""
    for name in path.split("."):
        content = content.get(name) if isinstance(content, Mapping) else None
    try:
        return form.read(content)
    except msgspec.ValidationError:
        return None
