"""Cognito keeps who may come in; whoever asks it here needs rights to administer the pool."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.domain.operators import Account, Role


class CognitoAccounts:
    """The pipeline's Accounts. What AWS refuses is raised as it is: it is an admin who asks."""

    def __init__(self, client: Any, pool_id: str) -> None:
        self._client = client
        self._pool = {"UserPoolId": pool_id}

    def everybody(self) -> Sequence[Account]:
        """All of them, by their names."""
        roles: dict[str, Role] = {}
        for role in Role:  # the highest is the last
            members = self._pages("list_users_in_group", GroupName=role.value)
            roles |= {str(user["Username"]): role for user in members}
        accounts = [
            _account(user, roles.get(str(user["Username"]))) for user in self._pages("list_users")
        ]
        return sorted(accounts, key=lambda account: account.name)

    def find(self, name: str) -> Account | None:
        """One of them."""
        try:
            user = self._client.admin_get_user(Username=name, **self._pool)
        except self._client.exceptions.UserNotFoundException:
            return None
        return _account(user, max(self._roles(name), key=list(Role).index, default=None))

    def add(self, name: str, role: Role, password: str) -> bool:
        """A new one, with a password for three days; False if there is one of this name."""
        try:
            self._client.admin_create_user(
                Username=name, TemporaryPassword=password, MessageAction="SUPPRESS", **self._pool
            )
        except self._client.exceptions.UsernameExistsException:
            return False
        return self._ask("admin_add_user_to_group", name, GroupName=role.value)

    def give_role(self, name: str, role: Role) -> bool:
        """This role and no other: of two the higher would count, so the others go first."""
        if self.find(name) is None:
            return False
        for other in set(self._roles(name)) - {role}:
            self._ask("admin_remove_user_from_group", name, GroupName=other.value)
        return self._ask("admin_add_user_to_group", name, GroupName=role.value)

    def disable(self, name: str) -> bool:
        """Let them in no more."""
        return self._ask("admin_disable_user", name)

    def enable(self, name: str) -> bool:
        """Let them in again."""
        return self._ask("admin_enable_user", name)

    def give_password(self, name: str, password: str) -> bool:
        """Another password for three days, in which they choose their own."""
        return self._ask("admin_set_user_password", name, Password=password, Permanent=False)

    def remove(self, name: str) -> bool:
        """Take them away, and their telephone with them."""
        return self._ask("admin_delete_user", name)

    def _ask(self, operation: str, name: str, **more: Any) -> bool:
        """False if there is nobody of this name."""
        try:
            getattr(self._client, operation)(Username=name, **more, **self._pool)
        except self._client.exceptions.UserNotFoundException:
            return False
        return True

    def _roles(self, name: str) -> Sequence[Role]:
        groups = self._pages("admin_list_groups_for_user", Username=name)
        return [Role(group["GroupName"]) for group in groups if group["GroupName"] in set(Role)]

    def _pages(self, operation: str, **asked: str) -> Iterator[Mapping[str, Any]]:
        for page in self._client.get_paginator(operation).paginate(**asked, **self._pool):
            yield from page.get("Users", page.get("Groups", ()))


def _account(user: Mapping[str, Any], role: Role | None) -> Account:
    return Account(
        name=str(user["Username"]),
        role=role,
        is_enabled=bool(user["Enabled"]),
        is_new=user["UserStatus"] == "FORCE_CHANGE_PASSWORD",
    )
