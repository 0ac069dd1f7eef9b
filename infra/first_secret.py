"""The first secret of a stage, made once and shown to nobody: `make secret STAGE=isere-dev`.

It goes from this process to Secrets Manager. A secret that is filled in already is left alone:
other keys would close every link that was sent, and no address in a ledger would be known again.
"""

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from typing import Any

from chalicelib.domain.keys import Chance, first
from infra import stages

#: Two people at the same moment make the same version, and only one of them its content.
_FIRST = "relance-the-first-keys-of-a-stage"


class FilledAlready(Exception):
    """The secret of this stage holds keys: it is rotated, and never made anew."""


def fill(client: Any, secret_id: str, chance: Chance) -> None:
    """Put the first keys into an empty secret. Raises FilledAlready."""
    if _is_filled(client, secret_id):
        raise FilledAlready
    try:
        client.put_secret_value(
            SecretId=secret_id,
            ClientRequestToken=_FIRST,
            SecretString=json.dumps(first(chance)),
        )
    except client.exceptions.ResourceExistsException:
        raise FilledAlready from None


def _is_filled(client: Any, secret_id: str) -> bool:
    """A version that a rotation has begun in vain may be there, and holds nothing."""
    versions = client.describe_secret(SecretId=secret_id).get("VersionIdsToStages", {})
    return any("AWSCURRENT" in labels for labels in versions.values())


def find(stack: str, cloudformation: Any) -> str:
    """The secret of a stack."""
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId="Secrets")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the secret of a stage; 1 if it was filled already."""
    import boto3

    parser = argparse.ArgumentParser(prog="python -m infra.first_secret", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    stack = stages.stack_of(parser.parse_args(arguments).stage)
    secret_id = find(stack, boto3.client("cloudformation"))
    try:
        fill(boto3.client("secretsmanager"), secret_id, secrets.token_bytes)
    except FilledAlready as error:
        print(f"{stack}: {error.__doc__}", file=sys.stderr)
        return 1
    print(f"{stack}: the secret is filled in")
    return 0


if __name__ == "__main__":
    sys.exit(main())
