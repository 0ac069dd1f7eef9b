"""Who may come in: what somebody may no more ends at once what they have begun.

Where the passwords are kept is told first, and then their sessions end. Whoever comes in meanwhile
has read the generation before they gave their code: their session is of one that ends, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.operators import Account, Role
from chalicelib.pipeline.ports.desk import Accounts, Generations


@dataclass(frozen=True, kw_only=True)
class OperatorAccounts:
    """Every verb is False if there is nobody of this name, and can be repeated.

    `new_password` makes one that nobody can guess.
    """

    accounts: Accounts
    generations: Generations
    new_password: Callable[[], str]

    def everybody(self) -> Sequence[Account]:
        """All of them, by their names."""
        return self.accounts.everybody()

    def add(self, name: str, role: Role) -> str | None:
        """A new one, and their first password; None if there is one of this name."""
        password = self.new_password()
        return password if self.accounts.add(name, role, password) else None

    def give_role(self, name: str, role: Role) -> bool:
        """This role and no other."""
        return self._ended(name, is_done=self.accounts.give_role(name, role))

    def disable(self, name: str) -> bool:
        """Let them in no more."""
        return self._ended(name, is_done=self.accounts.disable(name))

    def enable(self, name: str) -> bool:
        """Let them in again. What they had begun before stays over."""
        return self._ended(name, is_done=self.accounts.enable(name))

    def give_password(self, name: str) -> str | None:
        """Another first password; None if there is nobody of this name."""
        password = self.new_password()
        is_done = self._ended(name, is_done=self.accounts.give_password(name, password))
        return password if is_done else None

    def take_telephone(self, name: str) -> str | None:
        """Their telephone is not theirs any more: they come in for the first time again, by this
        password. None if there is nobody of this name, or they have no role to come back in.

        Where a second factor is required Cognito takes off no telephone: it forgets the person.
        """
        before = self.accounts.find(name)
        if before is None or before.role is None:
            return None
        self._ended(name, is_done=self.accounts.remove(name))
        password = self.add(name, before.role)
        if not before.is_enabled:
            self.accounts.disable(name)
        return password

    def _ended(self, name: str, *, is_done: bool) -> bool:
        if is_done:
            self.generations.end(name)
        return is_done
