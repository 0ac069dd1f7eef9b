"""Rotate the keys of a stage, step by step. Each step may come twice, and all of them anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.keys import Chance, follows, rotated
from chalicelib.pipeline.ports import SecretVersions, Standing


class Step(StrEnum):
    """What is asked for, in this order."""

    #: make the content of the new version
    PREPARE = "prepare"
    #: see whether it can take the place of the current one
    CHECK = "check"
    #: let it
    FINISH = "finish"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One step of one rotation: of which secret, and to which of its versions."""

    step: Step
    secret_id: str
    version: str


def rotate_keys(secret: SecretVersions, turn: Turn, now: datetime, chance: Chance) -> None:
    """Take one step; nothing where all of them are taken.

    Raises RotationRefused, and StorageUnavailable.
    """
    if turn.secret_id != secret.secret_id:
        raise RotationRefused("not the secret of this stage")
    standing = secret.standing(turn.version)
    if standing is Standing.UNKNOWN:
        raise RotationRefused("no version of the secret waits under this token")
    if standing is Standing.WAITING:
        _STEPS[turn.step](secret, turn.version, now, chance)


def _prepare(secret: SecretVersions, version: str, now: datetime, chance: Chance) -> None:
    if secret.content(version) is None:
        secret.keep(version, rotated(secret.current().content, now, chance))


def _check(secret: SecretVersions, version: str, _now: datetime, _chance: Chance) -> None:
    _followed(secret, version)


def _finish(secret: SecretVersions, version: str, _now: datetime, _chance: Chance) -> None:
    secret.promote(version, instead_of=_followed(secret, version))


def _followed(secret: SecretVersions, version: str) -> str:
    """The current version, which this one can take the place of.

    When a schedule is made, Secrets Manager asks for a check of the current content itself.
    """
    new, current = secret.content(version), secret.current()
    if new is None:
        raise RotationRefused("the version that waits is empty")
    if new != current.content and not follows(new, current.content):
        raise RotationRefused("the secret was changed since this version was made of it")
    return current.version


_STEPS: Mapping[Step, Callable[[SecretVersions, str, datetime, Chance], None]] = {
    Step.PREPARE: _prepare,
    Step.CHECK: _check,
    Step.FINISH: _finish,
}
