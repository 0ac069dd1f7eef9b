"""Who may come in: whatever takes something away from somebody ends what they have begun."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.domain.operators import Account, Role
from chalicelib.pipeline.operator_accounts import OperatorAccounts
from tests.fakes import InMemoryAccounts, InMemoryGenerations

PASSWORD = "Re1-0123456789abcdef"


@dataclass(frozen=True, kw_only=True)
class Desk:
    accounts: InMemoryAccounts = field(default_factory=InMemoryAccounts)
    generations: InMemoryGenerations = field(default_factory=InMemoryGenerations)

    @property
    def use_case(self) -> OperatorAccounts:
        return OperatorAccounts(
            accounts=self.accounts, generations=self.generations, new_password=lambda: PASSWORD
        )


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.use_case.add("c.martin", Role.ACT)
    return desk


AGENT = Account(name="c.martin", role=Role.ACT, is_enabled=True, is_new=True)

#: Each act, and what it leaves of an agent.
ACTS: dict[str, tuple[Callable[[OperatorAccounts, str], object], Account]] = {
    "role": (lambda u, n: u.give_role(n, Role.READ), replace(AGENT, role=Role.READ)),
    "disable": (lambda u, n: u.disable(n), replace(AGENT, is_enabled=False)),
    "enable": (lambda u, n: u.enable(n), AGENT),
    "password": (lambda u, n: u.give_password(n), AGENT),
    "telephone": (lambda u, n: u.take_telephone(n), AGENT),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_does_what_it_says_and_ends_their_sessions(desk: Desk, act: str) -> None:
    do, after = ACTS[act]
    assert do(desk.use_case, "c.martin")
    assert desk.accounts.find("c.martin") == after
    assert desk.generations.of("c.martin") == 1


@pytest.mark.parametrize("act", ACTS)
def test_of_nobody_nothing_is_done_and_nothing_kept(desk: Desk, act: str) -> None:
    do, _ = ACTS[act]
    assert not do(desk.use_case, "d.petit")
    assert "d.petit" not in desk.generations.counted
    assert desk.use_case.everybody() == [AGENT]


def test_a_name_is_given_once(desk: Desk) -> None:
    assert desk.use_case.add("C.Martin", Role.ADMIN) is None
    assert desk.use_case.add("d.petit", Role.READ) == PASSWORD
    assert [one.name for one in desk.use_case.everybody()] == ["c.martin", "d.petit"]


def test_who_loses_a_telephone_comes_back_in_their_role_and_as_disabled_as_before(
    desk: Desk,
) -> None:
    desk.use_case.disable("c.martin")
    assert desk.use_case.take_telephone("c.martin") == PASSWORD
    assert desk.accounts.find("c.martin") == replace(AGENT, is_enabled=False)


def test_without_a_role_to_come_back_in_nobody_is_taken_away(desk: Desk) -> None:
    desk.accounts.held["c.martin"] = replace(AGENT, role=None)
    assert desk.use_case.take_telephone("c.martin") is None
    assert desk.accounts.find("c.martin")
