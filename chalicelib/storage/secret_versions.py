"""The secret of a stage in its versions, as Secrets Manager keeps and labels them.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws import client
from chalicelib.domain.errors import RotationRefused, StorageUnavailable
from chalicelib.domain.keys import Content
from chalicelib.pipeline.ports.secret_versions import CurrentSecret, VersionStage

_CURRENT, _PENDING = "AWSCURRENT", "AWSPENDING"

#: How it says that a version, or a whole secret, holds nothing yet.
_EMPTY = "ResourceNotFoundException"


class AwsSecretVersions:
    """The pipeline's SecretVersions."""

    def __init__(self, secret_id: str) -> None:
        self.secret_id = secret_id

    @cached_property
    def _client(self) -> Any:
        return client("secretsmanager")

    def due(self) -> datetime | None:
        due: datetime | None = self._described().get("NextRotationDate")
        return due

    def _described(self) -> Mapping[str, Any]:
        with _translated():
            described: Mapping[str, Any] = self._client.describe_secret(SecretId=self.secret_id)
        return described

    def standing(self, version: str) -> VersionStage:
        labels = self._described().get("VersionIdsToStages", {}).get(version, [])
        if _CURRENT in labels:
            return VersionStage.CURRENT
        return VersionStage.WAITING if _PENDING in labels else VersionStage.UNKNOWN

    def current(self) -> CurrentSecret:
        found = self._read(VersionStage=_CURRENT)
        if found is None:
            raise RotationRefused("the secret is empty")
        return CurrentSecret(version=found["VersionId"], content=_content(found))

    def content(self, version: str) -> Content | None:
        found = self._read(VersionId=version, VersionStage=_PENDING)
        return None if found is None else _content(found)

    def keep(self, version: str, content: Content) -> None:
        with _translated():
            self._client.put_secret_value(
                SecretId=self.secret_id,
                ClientRequestToken=version,
                SecretString=json.dumps(content),
                VersionStages=[_PENDING],
            )

    def promote(self, version: str, instead_of: str) -> None:
        with _translated():
            self._client.update_secret_version_stage(
                SecretId=self.secret_id,
                VersionStage=_CURRENT,
                MoveToVersionId=version,
                RemoveFromVersionId=instead_of,
            )

    def _read(self, **which: str) -> Mapping[str, Any] | None:
        with _translated():
            try:
                found: Mapping[str, Any] = self._client.get_secret_value(
                    SecretId=self.secret_id, **which
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == _EMPTY:
                    return None
                raise
        return found


def _content(found: Mapping[str, Any]) -> Content:
    try:
        content = json.loads(found["SecretString"])
    except (KeyError, ValueError):
        content = None  # its text may be the secret itself: no exception carries it on
    if not isinstance(content, dict):
        raise RotationRefused("the secret is not a JSON object")
    return content


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error
