"""docs/scale.md says what code and template say: its tables are those that a program writes."""

import tomllib

import pytest

from benchmarks.limits import (
    LOADS,
    PART,
    SMS,
    account_table,
    at_once,
    default,
    minutes_of_nine,
    night_seconds,
    stack_table,
    template,
)
from chalicelib.pipeline.sweep import AGAIN_AFTER, QUEUE_IS_FULL
from chalicelib.pipeline.waiting import READ_AT_MOST
from infra import stages
from infra.packaging.target import HOUSE

PAGE = (HOUSE / "docs" / "scale.md").read_text("utf-8")
IN_WORDS: dict[float, str] = {4: "four", 5: "five", 16: "sixteen"}


def told(function: str, what: str) -> int:
    found: int = template()["Resources"][function]["Properties"][what]
    return found


def throttles() -> tuple[int, int]:
    [usual, *others] = template()["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert all(one.items() >= {"ThrottlingRateLimit": 50}.items() for one in others)
    return usual["ThrottlingRateLimit"], usual["ThrottlingBurstLimit"]


@pytest.mark.parametrize("table", [stack_table, account_table])
def test_the_tables_are_those_of_the_program(table: object) -> None:
    assert callable(table)
    rows = list(table())
    assert [row for row in rows if row not in PAGE.splitlines()] == [], (
        "python -m benchmarks.limits"
    )


def test_what_the_page_names_is_what_there_is() -> None:
    rate, burst = throttles()
    small, large = (IN_WORDS[minutes_of_nine(load)] for load in LOADS)
    named = (
        f"it wakes until {QUEUE_IS_FULL:,} dossiers wait (`QUEUE_IS_FULL`)",
        f"each once in {'ten' if AGAIN_AFTER.seconds == 600 else AGAIN_AFTER} minutes",
        f"{IN_WORDS[at_once()]} dossiers at once (`ServeAtOnce`)",
        f"{IN_WORDS[default('ReceiptsAtOnce')]} batches of receipts (`ReceiptsAtOnce`)",
        f"webhooks have {told('APIHandler', 'Timeout')} s, a second less than",
        f"the other functions {told('ServeDossier', 'Timeout')} |",
        f"| the API | {rate} a second and {burst} at once",
        f"after {night_seconds() / 60:.0f} of its 15 minutes",
        f"The console, the digest and the sweep read {READ_AT_MOST:,} of them",
        f"`SmsBudget` is {default('SmsBudget'):.0f} by default",
        f"0.3 s at {told('ServeDossier', 'MemorySize') // 1024} GB **assumed**",
        f"within {small} minutes, at 115,000 within {large}",
    )
    assert [sentence for sentence in named if sentence not in PAGE] == []


def test_the_stages_as_they_come_ring_at_two_thirds_of_the_limit_that_the_manual_asks_for() -> None:
    """Of two months of SMS, as the page reckons them for the desk."""
    limit = round(2 * LOADS[0].a_year / 12 * SMS * PART)
    budget = round(limit * 2 / 3)
    manual = (HOUSE / "docs" / "deploy.md").read_text("utf-8")
    for words in (f"--monthly-limit {limit}", f"| {limit} dollars |", f"account | `{budget}` |"):
        assert words in manual
    files = [(stages.HERE / f"{stage}.toml").read_text("utf-8") for stage in stages.names()]
    as_they_come = [tomllib.loads(file)["parameters"] for file in files if ".example" in file]
    assert {parameters["SmsBudget"] for parameters in as_they_come} <= {budget}
