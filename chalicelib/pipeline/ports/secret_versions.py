"""The secret of a stage, in its versions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.keys import Content


class VersionStage(StrEnum):
    """What a version of the secret is."""

    #: what everybody reads
    CURRENT = "current"
    #: what is to take its place
    WAITING = "waiting"
    #: neither: an older one, or none at all
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class CurrentSecret:
    """What everybody reads, and under which version."""

    version: str
    content: Content = field(repr=False)


class SecretVersions(Protocol):
    """The secret of a stage, in its versions. Raises StorageUnavailable, and RotationRefused for
    what is no JSON object.
    """

    @property
    def secret_id(self) -> str:
        """What Secrets Manager calls it by."""

    def due(self) -> datetime | None:
        """By when it is to be rotated next; None where nothing rotates it."""

    def standing(self, version: str) -> VersionStage:
        """What this version is."""

    def current(self) -> CurrentSecret:
        """What everybody reads; raises RotationRefused while the secret is empty."""

    def content(self, version: str) -> Content | None:
        """What is in a version that waits; None while it is empty."""

    def keep(self, version: str, content: Content) -> None:
        """Fill a version that waits. A filled one is not written over."""

    def promote(self, version: str, instead_of: str) -> None:
        """Let everybody read this version, if that is what they read until now."""
