"""Documents in S3: private, and opened through an address that lives a few minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import StorageUnavailable

#: Seconds. Long enough for a click, too short to be worth forwarding.
LINK_LIVES = 300
#: S3 takes no more in one request.
ERASED_AT_ONCE = 1_000


class S3Vault:
    """The pipeline's Vault."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def keep(self, key: str, content: bytes, media_type: str) -> None:
        """Store a document. Raises StorageUnavailable."""
        with _translated():
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=media_type
            )

    def has(self, key: str) -> bool:
        """Whether a document is there. Raises StorageUnavailable."""
        with _translated():
            try:
                self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                    return False
                raise
        return True

    def open_link(self, key: str, filename: str) -> str:
        """An address that opens the document in a browser for at most five minutes."""
        address: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentType": "application/pdf",
                "ResponseContentDisposition": f'inline; filename="{filename}"',
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=LINK_LIVES,
        )
        return address

    def forget(self, prefix: str) -> int:
        """Erase every version of these documents: a deleted object of S3 is only hidden.

        Raises StorageUnavailable, also for what S3 would not erase.
        """
        with _translated():
            found = list(self._versions(prefix))
            for start in range(0, len(found), ERASED_AT_ONCE):
                self._erase(found[start : start + ERASED_AT_ONCE])
        return len(found)

    def _versions(self, prefix: str) -> Iterator[dict[str, str]]:
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            for version in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": version["Key"], "VersionId": version["VersionId"]}

    def _erase(self, versions: list[dict[str, str]]) -> None:
        wanted = {"Objects": versions, "Quiet": True}
        answer = self._client.delete_objects(Bucket=self._bucket, Delete=wanted)
        if answer.get("Errors"):
            raise StorageUnavailable


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailable from error
