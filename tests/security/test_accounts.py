"""Who may come in, in memory and as Cognito keeps it: the same contract."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.errors import SignInRefused
from chalicelib.domain.operators import Account, Role
from chalicelib.domain.signing_in import SignInStep
from chalicelib.security.accounts import CognitoAccounts
from chalicelib.security.cognito import CognitoOperators, cognito_client
from local.aws.cognito import POOL_ID, Cognito
from local.studio.operators import PASSWORD
from tests.fakes import InMemoryAccounts

FIRST, SECOND = "Re1-0123456789abcdef", "Re1-fedcba9876543210"
NEW = Account(name="c.martin", role=Role.ACT, is_enabled=True, is_new=True)


@pytest.fixture
def in_cognito(cognito: Cognito) -> Iterator[CognitoAccounts]:
    client = cognito_client()
    cognito.operators.clear()
    yield CognitoAccounts(client, POOL_ID)
    client.close()


@pytest.fixture(params=["memory", "cognito"])
def accounts(request: pytest.FixtureRequest) -> InMemoryAccounts | CognitoAccounts:
    if request.param == "memory":
        return InMemoryAccounts()
    found: CognitoAccounts = request.getfixturevalue("in_cognito")
    return found


def test_somebody_new_is_found_by_their_name_in_any_letters(
    accounts: InMemoryAccounts | CognitoAccounts,
) -> None:
    assert accounts.find("c.martin") is None
    assert accounts.add("c.martin", Role.ACT, FIRST)
    assert not accounts.add("C.Martin", Role.ADMIN, FIRST)
    accounts.add("a.leroy", Role.READ, FIRST)
    assert accounts.find("C.MARTIN") == NEW
    assert accounts.everybody() == [replace(NEW, name="a.leroy", role=Role.READ), NEW]


def test_each_act_changes_what_it_says(accounts: InMemoryAccounts | CognitoAccounts) -> None:
    accounts.add("c.martin", Role.ACT, FIRST)
    assert accounts.give_role("c.martin", Role.ADMIN)
    assert accounts.give_role("c.martin", Role.READ)
    assert accounts.disable("c.martin")
    assert accounts.find("c.martin") == replace(NEW, role=Role.READ, is_enabled=False)
    assert accounts.enable("c.martin")
    assert accounts.give_password("c.martin", SECOND)
    assert accounts.everybody() == [replace(NEW, role=Role.READ)]
    assert accounts.remove("c.martin")
    assert accounts.everybody() == []


def test_of_nobody_every_act_says_so(accounts: InMemoryAccounts | CognitoAccounts) -> None:
    assert not accounts.give_role("d.petit", Role.READ)
    assert not accounts.disable("d.petit")
    assert not accounts.enable("d.petit")
    assert not accounts.give_password("d.petit", FIRST)
    assert not accounts.remove("d.petit")


def test_who_is_disabled_is_not_let_in_and_another_password_is_a_first_one(
    way_in: CognitoOperators, cognito: Cognito
) -> None:
    accounts = CognitoAccounts(way_in._client, POOL_ID)
    accounts.disable("agent")
    with pytest.raises(SignInRefused):
        way_in.begin("agent", PASSWORD)
    accounts.enable("agent")
    assert way_in.begin("agent", PASSWORD).step is SignInStep.CODE
    accounts.give_password("agent", FIRST)
    assert way_in.begin("agent", FIRST).step is SignInStep.PASSWORD
    assert cognito.operators["agent"].secret, "their telephone stays theirs"
