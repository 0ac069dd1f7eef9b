"""The secret of a stage, by its parts: read by name, never from the environment."""

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.parameters import SecretsProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)

from chalicelib.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from botocore.config import Config

#: A secret that was rotated is seen by running functions after this many seconds.
LIVES = 300


class StageSecret:
    """What Secrets Manager holds for this stage, kept for some minutes."""

    def __init__(self, secret_id: str, config: "Config") -> None:
        self._secret_id = secret_id
        self._provider = SecretsProvider(boto_config=config)

    def read(self, name: str) -> Any:
        """One part of it. Raises StorageUnavailable."""
        try:
            found = self._provider.get(self._secret_id, transform="json", max_age=LIVES)
        except (GetParameterError, TransformParameterError) as error:
            raise StorageUnavailable from error
        if not isinstance(found, dict) or name not in found:
            message = f"the secret holds no {name}"
            raise StorageUnavailable(message)
        return found[name]
