"""The doors, open: one world for each module."""

import io
from collections.abc import Iterator

import pytest

from chalicelib.storage import addresses
from local.clock.travelling import Clock
from local.product import product
from local.studio.outbox import Message
from local.surroundings import Surroundings
from tests.builders import paris
from tests.entrypoints.doors import PUBLIC_URL, Doors

NOW = paris("2019-04-08 10:00")


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    log, metrics, sent = io.StringIO(), io.StringIO(), list[Message]()
    with (
        pytest.MonkeyPatch.context() as patch,
        Clock(NOW, ticks=False),
        Surroundings(PUBLIC_URL, sent.append) as around,
        product(around.environment(), log, metrics) as (app, bootstrap),
    ):
        # One student has every dossier of these tests; what is too many is tried in tests/pipeline.
        patch.setattr(addresses, "DOSSIERS_AT_MOST", 10_000)
        yield Doors(
            app=app, bootstrap=bootstrap, around=around, log=log, metrics=metrics, sent=sent
        )
