"""Cognito's stand-in, without a socket."""

from collections.abc import Iterator

import pytest

from chalicelib.security.cognito import CognitoOperators, cognito_client
from local.aws.cognito import CLIENT_ID, POOL_ID, Cognito
from local.aws.transport import in_process
from local.clock.travelling import Clock
from tests.builders import paris

NOW = paris("2019-04-08 10:00")


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Clock(NOW, ticks=False) as clock:
        yield clock


@pytest.fixture
def cognito(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cognito]:
    with Cognito(transport=in_process) as cognito:
        for name, value in cognito.environment().items():
            monkeypatch.setenv(name, value)
        yield cognito


@pytest.fixture
def way_in(cognito: Cognito) -> Iterator[CognitoOperators]:
    client = cognito_client()
    yield CognitoOperators(client, POOL_ID, CLIENT_ID, "isere-dev")
    client.close()
