"""Rotate the keys of a stage, step by step. Each step may come twice, and all of them anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.keys import Chance, follows, rotated
from chalicelib.pipeline.ports.secret_versions import SecretVersions, VersionStage


class RotationStep(StrEnum):
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

    step: RotationStep
    secret_id: str
    version: str


@dataclass(frozen=True, kw_only=True)
class KeyRotation:
    """Rotates the keys of a stage, one secret at a time. `chance` are so many bytes that nobody
    can guess.
    """

    secrets: Sequence[SecretVersions]
    now: Callable[[], datetime]
    chance: Chance

    def overdue(self) -> timedelta:
        """For how long the latest of the rotations should have been. Raises StorageUnavailable."""
        now, due = self.now(), filter(None, [one.due() for one in self.secrets])
        return max([now - at for at in due if at < now], default=timedelta())

    def take(self, turn: Turn) -> None:
        """Take one step; nothing where all of them are taken.

        Raises RotationRefused, and StorageUnavailable.
        """
        secret = next((one for one in self.secrets if one.secret_id == turn.secret_id), None)
        if secret is None:
            raise RotationRefused("not a secret of this stage that rotates")
        standing = secret.standing(turn.version)
        if standing is VersionStage.UNKNOWN:
            raise RotationRefused("no version of the secret waits under this token")
        if standing is VersionStage.WAITING:
            self._steps[turn.step](secret, turn.version)

    @property
    def _steps(self) -> Mapping[RotationStep, Callable[[SecretVersions, str], None]]:
        return {
            RotationStep.PREPARE: self._prepare,
            RotationStep.CHECK: self._check,
            RotationStep.FINISH: self._finish,
        }

    def _prepare(self, secret: SecretVersions, version: str) -> None:
        if secret.content(version) is None:
            content = rotated(secret.current().content, self.now(), self.chance)
            secret.keep(version, content)

    def _check(self, secret: SecretVersions, version: str) -> None:
        self._followed(secret, version)

    def _finish(self, secret: SecretVersions, version: str) -> None:
        secret.promote(version, instead_of=self._followed(secret, version))

    def _followed(self, secret: SecretVersions, version: str) -> str:
        """The current version, which this one can take the place of.

        When a schedule is made, Secrets Manager asks for a check of the current content itself.
        """
        new, current = secret.content(version), secret.current()
        if new is None:
            raise RotationRefused("the version that waits is empty")
        if new != current.content and not follows(new, current.content):
            raise RotationRefused("the secret was changed since this version was made of it")
        return current.version
