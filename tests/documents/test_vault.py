"""Documents in S3: kept, found, and opened for five minutes."""

import socket
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from chalicelib.documents import vault as documents
from chalicelib.documents.vault import LINK_LIVES, S3Vault
from chalicelib.domain.errors import StorageUnavailable
from local.aws.embedded import REGION, EmbeddedAws
from tests.channels.providers import BadProvider, answers

pytestmark = pytest.mark.enable_socket

BUCKET = "relance-documents"
FILENAME = "convocation-G-2019-0412.pdf"
KEY = "convocations/G-2019-0412/e1-0123456789ab.pdf"
ONCE = Config(signature_version="s3v4", retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws() as aws:
        aws.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield aws


@pytest.fixture
def vault(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> S3Vault:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    for kept in aws.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        aws.client("s3").delete_object(Bucket=BUCKET, Key=kept["Key"])
    return S3Vault(boto3.client("s3", config=ONCE), BUCKET)


def test_what_is_kept_is_there(vault: S3Vault) -> None:
    assert not vault.has(KEY)
    vault.keep(KEY, b"%PDF", "application/pdf")
    assert vault.has(KEY)
    assert not vault.has(f"{KEY}x")


def test_keeping_the_same_again_is_harmless(vault: S3Vault, aws: EmbeddedAws) -> None:
    for _ in range(2):
        vault.keep(KEY, b"%PDF", "application/pdf")
    assert aws.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_a_document_is_kept_with_its_type(vault: S3Vault, aws: EmbeddedAws) -> None:
    vault.keep(KEY, b"BEGIN", "text/calendar")
    kept = aws.client("s3").get_object(Bucket=BUCKET, Key=KEY)
    assert kept["ContentType"] == "text/calendar"
    assert kept["Body"].read() == b"BEGIN"


def test_a_link_opens_the_document_under_its_name_in_the_browser(vault: S3Vault) -> None:
    vault.keep(KEY, b"%PDF-1.7 content", "application/pdf")
    with urllib.request.urlopen(vault.open_link(KEY, FILENAME)) as answer:
        assert answer.read() == b"%PDF-1.7 content"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{FILENAME}"'
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_link_lives_five_minutes_at_the_most(vault: S3Vault) -> None:
    signed = parse_qs(urlsplit(vault.open_link(KEY, FILENAME)).query)
    assert signed["X-Amz-Expires"] == [str(LINK_LIVES)]
    assert LINK_LIVES <= 300
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert datetime.strptime(signed["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def test_a_link_is_made_without_asking_anybody(vault: S3Vault, aws: EmbeddedAws) -> None:
    before = len(aws.calls)
    vault.open_link(KEY, FILENAME)
    assert len(aws.calls) == before


def versions(aws: EmbeddedAws) -> int:
    """Everything that lies in the bucket, hidden or not."""
    found = aws.client("s3").list_object_versions(Bucket=BUCKET)
    return len(found.get("Versions", ())) + len(found.get("DeleteMarkers", ()))


def test_what_is_forgotten_is_gone_in_all_its_versions_and_nothing_else(
    vault: S3Vault, aws: EmbeddedAws
) -> None:
    s3 = aws.client("s3")
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    vault.forget("")
    for key in (KEY, KEY, f"{KEY}2", "convocations/G-2019-0412-2/e1.pdf"):
        vault.keep(key, b"%PDF", "application/pdf")
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert versions(aws) == 5
    assert vault.forget("convocations/G-2019-0412/") == 4
    assert versions(aws) == 1
    assert vault.has("convocations/G-2019-0412-2/e1.pdf")
    assert vault.forget("convocations/G-2019-0412/") == 0


def test_more_than_one_request_can_take_is_forgotten(
    vault: S3Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "ERASED_AT_ONCE", 2)
    for number in range(5):
        vault.keep(f"many/{number}", b"", "text/plain")
    assert vault.forget("many/") == 5
    assert not any(vault.has(f"many/{number}") for number in range(5))


def test_a_bucket_that_is_not_there_cannot_keep(vault: S3Vault) -> None:
    with pytest.raises(StorageUnavailable):
        S3Vault(boto3.client("s3", config=ONCE), "no-such-bucket").keep(KEY, b"", "text/plain")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> S3Vault:
    """A vault behind a door that nobody opens."""
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    client = boto3.client("s3", config=ONCE, endpoint_url=f"http://127.0.0.1:{port}")
    return S3Vault(client, BUCKET)


def test_without_storage_nothing_is_kept_or_found(nowhere: S3Vault) -> None:
    with pytest.raises(StorageUnavailable):
        nowhere.keep(KEY, b"", "text/plain")
    with pytest.raises(StorageUnavailable):
        nowhere.has(KEY)
    with pytest.raises(StorageUnavailable):
        nowhere.forget(KEY)


def test_what_s3_does_not_erase_is_not_forgotten() -> None:
    """It says so in a success."""

    class Client:
        """Answers as S3 does, without a bucket."""

        def get_paginator(self, _name: str) -> "Client":
            return self

        def paginate(self, **_what: str) -> list[dict[str, object]]:
            return [{"Versions": [{"Key": "k", "VersionId": "1"}]}]

        def delete_objects(self, **_what: object) -> dict[str, object]:
            return {"Errors": [{"Key": "k", "Code": "AccessDenied"}]}

    with pytest.raises(StorageUnavailable):
        S3Vault(Client(), BUCKET).forget("k")


def test_a_vault_that_may_not_be_looked_into_is_not_an_empty_one() -> None:
    """Without the right to list, S3 says 403 for whatever is missing."""
    with BadProvider(answers("403 Forbidden", b"")) as provider:
        client = boto3.client("s3", config=ONCE, endpoint_url=provider.endpoint)
        with pytest.raises(StorageUnavailable):
            S3Vault(client, BUCKET).has(KEY)
