"""Secrets Manager rotates a secret. moto keeps its versions; the four steps are asked for here."""

import uuid
from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend

from local.aws.embedded import REGION
from local.aws.lambda_runtime import ACCOUNT

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def begin(secret_id: str) -> str:
    """Label a new version as the one that waits, with nothing in it; its token.

    No call makes such a version: Secrets Manager alone does, before it asks for the first step.
    """
    token = str(uuid.uuid4())
    versions = _secret(secret_id).versions
    for version in versions.values():
        version["version_stages"] = [s for s in version["version_stages"] if s != "AWSPENDING"]
    versions[token] = {"version_id": token, "version_stages": ["AWSPENDING"], "createdate": 0}
    return token


def asked(step: str, secret_id: str, token: str) -> dict[str, Any]:
    """What it sends for one step."""
    return {"Step": step, "SecretId": secret_id, "ClientRequestToken": token}


def rotation(secret_id: str) -> Iterator[dict[str, Any]]:
    """What it sends for one whole rotation."""
    token = begin(secret_id)
    for step in STEPS:
        yield asked(step, secret_id, token)
    _secret(secret_id).set_default_version_id(token)  # moto does not read by label by itself


def _secret(secret_id: str) -> Any:
    return get_backend("secretsmanager")[ACCOUNT][REGION].secrets[secret_id]
