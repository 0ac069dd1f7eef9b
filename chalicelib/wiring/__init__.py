"""What the doors ask of the house, a module for each who asks. The only clock and the only chance.

The modules ask for `wiring.now()` and `wiring.house()` by these names, each time anew: another
clock is then one for all of them.
"""

import random
import secrets
from datetime import UTC, datetime
from functools import cache, partial

from chalicelib import settings
from chalicelib.domain.desk_calendar import Desk
from chalicelib.house import House


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.now(UTC)


def nonce() -> str:
    """Fresh chance: a form that carries it acts once, however often it is pressed.

    It begins with no hyphen: it names a list of cards on the command line, where that is an option.
    """
    return secrets.token_hex(12)


@cache
def house() -> House:
    """The house this process runs in. `house.cache_clear()` forgets it, for another environment
    or another clock.
    """
    return House(
        settings=settings.read(),
        now=now,
        chance=random.random,
        token=partial(secrets.token_urlsafe, 9),
    )


def desk() -> Desk:
    """The desk's dated data."""
    return house().desk
