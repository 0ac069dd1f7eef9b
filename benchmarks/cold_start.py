"""What each function takes to be ready, beside a bare client of DynamoDB from the same zip.

All functions enter through `app.py`; they differ in the clients that they make, which their
policies tell. CPU time of whole processes.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from infra.packaging.target import HOUSE

BARE = "bare client"

#: The SDK's name of a service, by IAM's; the rest is asked by Lambda or by a service for us.
SERVICES: Mapping[str, str] = {
    "dynamodb": "dynamodb",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "ses": "sesv2",
    "sms-voice": "pinpoint-sms-voice-v2",
    "sqs": "sqs",
}

_BEGIN = "import sys; sys.path.insert(0, sys.argv[1]); "
IMPORTS: Mapping[str, str] = {
    BARE: _BEGIN
    + "import botocore.session; botocore.session.get_session().create_client('dynamodb')",
    "import app": _BEGIN + "import app",
}


def functions() -> Mapping[str, str]:
    """Each function as a program: what its first invocation finds ready, and what it makes."""
    return {
        policy.stem: f"{_BEGIN}import app, boto3\n"
        f"for one in {sorted(_services(policy))}: boto3.client(one)"
        for policy in sorted((HOUSE / ".chalice" / "policies").glob("*.json"))
    }


def _services(policy: Path) -> set[str]:
    statements = json.loads(policy.read_text("utf-8"))["Statement"]
    named = {action.partition(":")[0] for one in statements for action in one["Action"]}
    return {SERVICES[name] for name in named & SERVICES.keys()}


def seconds(interpreter: str, program: str, folder: Path) -> float:
    """The CPU seconds of one process. Raises CalledProcessError if it fails."""
    command = [interpreter, "-I", "-S", "-B", "-c", program, str(folder)]
    before = getrusage(RUSAGE_CHILDREN)
    environment = {"AWS_DEFAULT_REGION": "eu-west-3"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603  ours
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
