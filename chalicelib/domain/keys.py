"""The keys of a stage: which of them signs, which are read, and what a rotation makes of them.

The rule, and why it is this one: docs/decisions/0031-a-new-key-verifies-before-it-signs.md
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.signing_in import SESSION_AT_MOST

#: What a secret of a stage holds, as JSON: one of the parts below, by its name.
Content = Mapping[str, Any]

#: So many bytes that nobody can guess.
Chance = Callable[[int], bytes]

KEY_BYTES = 32

#: Two rotations are at least so far apart. The schedule leaves some days more between them.
APART = timedelta(days=80)

#: A link is of use as long as its dossier is kept: a slot some months ahead, a year without news,
#: three months after the end (`[terms.retention]` in the desk's data).
LINKS_LIVE = timedelta(days=730)

#: The lists that rotate by themselves, and for how long what they have signed is of use. Nothing
#: else does: the booking system holds one of `webhook_secrets`, and the fingerprints in the ledgers
#: are made with `address_key`.
LIVES: Mapping[str, timedelta] = {"link_keys": LINKS_LIVE, "session_keys": SESSION_AT_MOST}

#: When the last rotation was, in ISO 8601; absent before the first.
ROTATED_AT = "rotated_at"


def signing_last(keys: Sequence[str]) -> list[str]:
    """Keys that are kept newest first, in the order of whoever signs with the last one.

    All of them are read, and the second one signs: the newest is known everywhere before it does.
    One that is alone signs.
    """
    signing = keys[:2][-1]
    return [*(key for key in keys if key != signing), signing]


def kept(life: timedelta) -> int:
    """How many keys of a list are kept, if what they sign is of use for so long.

    The next one and the one that signs; one more for a function that still signs by the list of
    before; and those of each rotation that can begin within that life.
    """
    return 3 + life // APART + 1


def first(chance: Chance) -> dict[str, Any]:
    """What a new stage begins with: one key of each kind, in a secret of its own."""
    return {
        "webhook_secrets": ["whsec_" + base64.b64encode(chance(KEY_BYTES)).decode()],
        "link_keys": [_key(chance)],
        "session_keys": [_key(chance)],
        "address_key": _key(chance),
    }


def rotated(content: Content, now: datetime, chance: Chance) -> dict[str, Any]:
    """The content after one rotation: a new key before the others, those out of use dropped.

    Raises RotationRefused if the last one was too short a time ago, for a key would be dropped
    whose links are still of use.
    """
    if _is_too_soon(content, now):
        raise RotationRefused("too soon after the last rotation")
    turned = {
        name: [_key(chance), *_keys(content, name)][: kept(life)]
        for name, life in LIVES.items()
        if name in content
    }
    if not turned:
        raise RotationRefused("nothing in it rotates")
    return {**content, **turned, ROTATED_AT: now.isoformat()}


def _is_too_soon(content: Content, now: datetime) -> bool:
    """Whoever changes the secret by hand may leave there what is no day, or one of no zone."""
    last: Any = content.get(ROTATED_AT)
    try:
        return bool(last) and now - datetime.fromisoformat(last) < APART
    except (TypeError, ValueError):
        message = f"{ROTATED_AT} is not an instant"
    raise RotationRefused(message)


def follows(new: Content, old: Content) -> bool:
    """Whether this is the other one after a rotation: nothing lost, and nothing else touched."""
    has_turned = all(
        _keys(new, name)[1:] == _keys(old, name)[: kept(life) - 1] for name, life in LIVES.items()
    )
    return has_turned and _untouched(new) == _untouched(old)


def _untouched(content: Content) -> Content:
    return {name: one for name, one in content.items() if name not in {*LIVES, ROTATED_AT}}


def _keys(content: Content, name: str) -> list[str]:
    keys = content.get(name, [])
    if not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
        message = f"{name} is not a list of texts"
        raise RotationRefused(message)
    return keys


def _key(chance: Chance) -> str:
    return base64.urlsafe_b64encode(chance(KEY_BYTES)).decode().rstrip("=")
