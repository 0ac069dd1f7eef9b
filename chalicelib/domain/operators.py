"""Who works at the desk, and what they may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an operator may do; each may also do what the roles before it may."""

    READ = "read"  #: look things up
    ACT = "act"  #: record what happened at the counter, correct, send again, request an erasure
    ADMIN = "admin"  #: pause a channel, redrive dead letters, read the audit

    def may(self, needed: "Role") -> bool:
        """Whether this role is enough where `needed` is asked for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, kw_only=True)
class Operator:
    """A person of the desk, by the name they sign in with."""

    name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class Account:
    """What is kept of a person who may come in, or could until somebody disabled them.

    Without a role they do not come in either; `is_new` until they have chosen a password.
    """

    name: str
    role: Role | None
    is_enabled: bool
    is_new: bool
