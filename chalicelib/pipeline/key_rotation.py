"""Rotate the keys of a stage, step by step. Each step may come twice, and all of them anew."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import RotationRefused
from chalicelib.domain.keys import Chance, follows, rotated
from chalicelib.pipeline.ports import SecretVersions, VersionStage


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
    """Rotates the keys of a stage. `chance` are so many bytes that nobody can guess."""

    secret: SecretVersions
    now: Callable[[], datetime]
    chance: Chance

    def take(self, turn: Turn) -> None:
        """Take one step; nothing where all of them are taken.

        Raises RotationRefused, and StorageUnavailable.
        """
        if turn.secret_id != self.secret.secret_id:
            raise RotationRefused("not the secret of this stage")
        standing = self.secret.standing(turn.version)
        if standing is VersionStage.UNKNOWN:
            raise RotationRefused("no version of the secret waits under this token")
        if standing is VersionStage.WAITING:
            self._steps[turn.step](turn.version)

    @property
    def _steps(self) -> Mapping[RotationStep, Callable[[str], None]]:
        return {
            RotationStep.PREPARE: self._prepare,
            RotationStep.CHECK: self._check,
            RotationStep.FINISH: self._finish,
        }

    def _prepare(self, version: str) -> None:
        if self.secret.content(version) is None:
            content = rotated(self.secret.current().content, self.now(), self.chance)
            self.secret.keep(version, content)

    def _check(self, version: str) -> None:
        self._followed(version)

    def _finish(self, version: str) -> None:
        self.secret.promote(version, instead_of=self._followed(version))

    def _followed(self, version: str) -> str:
        """The current version, which this one can take the place of.

        When a schedule is made, Secrets Manager asks for a check of the current content itself.
        """
        new, current = self.secret.content(version), self.secret.current()
        if new is None:
            raise RotationRefused("the version that waits is empty")
        if new != current.content and not follows(new, current.content):
            raise RotationRefused("the secret was changed since this version was made of it")
        return current.version
