"""The secrets of a stage: read by name, never from the environment."""

from collections.abc import Mapping
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


class StageSecrets:
    """What Secrets Manager holds for this stage, kept for some minutes. `ids` are the secrets by
    what they hold: each function may read those alone that it needs.
    """

    def __init__(self, ids: Mapping[str, str], config: "Config") -> None:
        self._ids = ids
        self._provider = SecretsProvider(boto_config=config)

    def read(self, name: str) -> Any:
        """What one of them holds. Raises StorageUnavailable."""
        try:
            found = self._provider.get(self._ids[name], transform="json", max_age=LIVES)
        except (GetParameterError, TransformParameterError) as error:
            raise StorageUnavailable from error
        if not isinstance(found, dict) or name not in found:
            message = f"the secret holds no {name}"
            raise StorageUnavailable(message)
        return found[name]
