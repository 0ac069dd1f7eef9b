"""The secrets of a stage: read by name, never from the environment."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws import client
from chalicelib.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

#: A secret that was rotated is seen by running functions after so long.
LIVES = timedelta(minutes=5)


class StageSecrets:
    """What Secrets Manager holds for this stage, kept for some minutes. `ids` are the secrets by
    what they hold: each function may read those alone that it needs.
    """

    def __init__(self, ids: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self._ids = ids
        self._now = now
        self._read: dict[str, tuple[datetime, Any]] = {}

    def read(self, name: str) -> Any:
        """What one of them holds. Raises StorageUnavailable."""
        now = self._now()
        read_at, held = self._read.get(name, (None, None))
        if read_at is None or now - read_at > LIVES:
            held = self._held(name)
            self._read[name] = (now, held)
        return held

    def _held(self, name: str) -> Any:
        try:
            answer = self._client.get_secret_value(SecretId=self._ids[name])
            return json.loads(answer["SecretString"])[name]
        except (BotoCoreError, ClientError) as error:
            raise StorageUnavailable from error
        except (KeyError, TypeError, ValueError):  # their words may quote what it holds
            message = f"the secret holds no {name}"
            raise StorageUnavailable(message) from None

    @cached_property
    def _client(self) -> "SecretsManagerClient":
        made: SecretsManagerClient = client("secretsmanager")
        return made
