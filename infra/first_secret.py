"""The first secrets of a stage, made once and shown to nobody: `make secret STAGE=isere-dev`.

They go from this process to Secrets Manager. A secret that is filled in already is left alone:
other keys would close every link that was sent, and no address in a ledger would be known again.
"""

import argparse
import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.keys import Chance, first
from infra import stages

#: What each secret of a stack holds, and what the template calls it.
SECRETS: Mapping[str, str] = {
    "webhook_secrets": "WebhookSecrets",
    "link_keys": "LinkKeys",
    "session_keys": "SessionKeys",
    "address_key": "AddressKey",
}

#: Two people at the same moment make the same version, and only one of them its content.
_FIRST = "relance-the-first-keys-of-a-stage"


class FilledAlready(Exception):
    """The secrets of this stage hold keys: they are rotated, and never made anew."""


def fill(client: Any, ids: Mapping[str, str], chance: Chance) -> Sequence[str]:
    """Put the first keys into those of these secrets that are empty, `ids` by what they hold.

    Says which: the others were filled before, or at the same moment. Raises FilledAlready if all.
    """
    content = first(chance)
    empty = [name for name, secret_id in ids.items() if not is_filled(client, secret_id)]
    filled = [name for name in empty if _fill(client, ids[name], {name: content[name]})]
    if not filled:
        raise FilledAlready
    return filled


def _fill(client: Any, secret_id: str, content: Mapping[str, Any]) -> bool:
    try:
        client.put_secret_value(
            SecretId=secret_id,
            ClientRequestToken=_FIRST,
            SecretString=json.dumps(content),
        )
    except client.exceptions.ResourceExistsException:
        return False
    return True


def is_filled(client: Any, secret_id: str) -> bool:
    """Whether a secret holds anything: a version that a rotation has begun in vain does not."""
    versions = client.describe_secret(SecretId=secret_id).get("VersionIdsToStages", {})
    return any("AWSCURRENT" in labels for labels in versions.values())


def find(stack: str, cloudformation: Any) -> Mapping[str, str]:
    """The secrets of a stack, by what they hold."""

    def id_of(resource: str) -> str:
        found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=resource)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    return {name: id_of(resource) for name, resource in SECRETS.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the secrets of a stage; 1 if they were filled already."""
    import boto3

    parser = argparse.ArgumentParser(prog="python -m infra.first_secret", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    stack = stages.stack_of(parser.parse_args(arguments).stage)
    ids = find(stack, boto3.client("cloudformation"))
    try:
        filled = fill(boto3.client("secretsmanager"), ids, secrets.token_bytes)
    except FilledAlready as error:
        print(f"{stack}: {error.__doc__}", file=sys.stderr)
        return 1
    print(f"{stack}: filled in: {', '.join(filled)}; the others, if any, held keys already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
