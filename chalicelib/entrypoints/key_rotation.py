"""Secrets Manager asks for the keys to be rotated, in four steps of its own.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import services
from chalicelib.domain.errors import RotationRefused
from chalicelib.observability import log
from chalicelib.pipeline.key_rotation import RotationStep, Turn

#: Its steps, in our words. Nobody else has to be told a new key, so there is nothing to set.
STEPS: Mapping[str, RotationStep] = {
    "createSecret": RotationStep.PREPARE,
    "setSecret": RotationStep.CHECK,
    "testSecret": RotationStep.CHECK,
    "finishSecret": RotationStep.FINISH,
}


def rotate_keys(event: Mapping[str, Any]) -> None:
    """Take one step. What goes wrong is raised: the rotation has to fail, and an alarm to ring."""
    turn = _turn(event)
    services().key_rotation.take(turn)
    log("rotated", reason=turn.step)


def _turn(event: Mapping[str, Any]) -> Turn:
    try:
        return Turn(
            step=STEPS[event["Step"]],
            secret_id=event["SecretId"],
            version=event["ClientRequestToken"],
        )
    except (KeyError, TypeError):
        raise RotationRefused("not a step of a rotation") from None
