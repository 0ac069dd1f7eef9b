"""The stages there are: a file each, which says what its stack is told. `local` is none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

HERE = Path(__file__).parent


def names(files: Path = HERE) -> tuple[str, ...]:
    """The stages that have a file."""
    return tuple(sorted(file.stem for file in files.glob("*.toml")))


def stack_of(stage: str) -> str:
    """The stack of a stage."""
    return f"relance-{stage}"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What a stack that is there was told, and what it says of itself."""

    parameters: Mapping[str, str]
    outputs: Mapping[str, str]


def deployed(stage: str, cloudformation: Any) -> Stack | None:
    """The stack of a stage, if there is one in this account and region. Raises ClientError."""
    try:
        [found] = cloudformation.describe_stacks(StackName=stack_of(stage))["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return Stack(
        parameters={p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", ())},
        outputs={o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", ())},
    )
