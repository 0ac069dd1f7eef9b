"""The template that the emulator gets differs from the one that is deployed where we say so."""

from typing import Any

import pytest

from infra.packaging.template import merged
from tests.emulator.differences import (
    ASKED_AS,
    ONLY_WITH_TLS,
    REFUSED,
    WITHOUT_RESOURCE,
    emulated,
    limits,
    statements,
)


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return merged()


@pytest.fixture(scope="module")
def theirs(ours: dict[str, Any]) -> dict[str, Any]:
    return emulated(ours)


def test_each_resource_that_is_left_out_is_named_and_no_other(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    named = frozenset().union(*(refused.names for refused in REFUSED))
    left_out = ours["Resources"].keys() - theirs["Resources"].keys()
    assert left_out == named | {"OtherQueuesPolicy"}  # it says nothing but: with TLS


def test_no_name_of_the_list_is_of_another_kind(ours: dict[str, Any]) -> None:
    for refused in REFUSED:
        found = {name for name, one in ours["Resources"].items() if refused.is_one(one)}
        assert found == refused.names


def test_nothing_refers_to_what_is_left_out(theirs: dict[str, Any]) -> None:
    text = str(theirs["Resources"]) + str(theirs["Globals"]) + str(theirs["Outputs"])
    for refused in REFUSED:
        for name in refused.names:
            assert f"'Ref': '{name}'" not in text
            assert f"${{{name}" not in text


def test_the_rights_differ_only_in_the_words_of_the_emulator(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    added = set(ASKED_AS.values())
    for here, there in zip(statements(ours), statements(theirs), strict=True):
        assert [action for action in there["Action"] if action not in added] == here["Action"]
        is_wide = here["Resource"] == "*" or WITHOUT_RESOURCE.intersection(here["Action"])
        assert (there["Resource"] == "*") == bool(is_wide)


def test_how_many_run_at_once_is_said_as_a_number(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    said = [one["MaximumConcurrency"] for one in limits(ours)]
    defaults = [
        ours["Parameters"][one["Ref"]]["Default"] if isinstance(one, dict) else one for one in said
    ]
    assert {"Ref": "ServeAtOnce"} in said
    assert [one["MaximumConcurrency"] for one in limits(theirs)] == defaults


def test_policies_lose_only_what_asks_for_tls(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    for name in ONLY_WITH_TLS:
        before = ours["Resources"][name]["Properties"]["PolicyDocument"]["Statement"]
        kept = [s for s in before if "aws:SecureTransport" not in str(s)]
        assert len(kept) == len(before) - 1
        after = theirs["Resources"].get(name, {"Properties": {"PolicyDocument": {"Statement": []}}})
        assert after["Properties"]["PolicyDocument"]["Statement"] == kept


def test_the_template_itself_is_left_as_it_was(ours: dict[str, Any]) -> None:
    emulated(ours)
    assert ours == merged()
