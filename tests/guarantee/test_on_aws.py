"""Each call to AWS goes wrong: a small sample of all cases, another one with each commit."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.guarantee import checkout, results
from tests.guarantee.checkout import OF_THE_TESTS
from tests.guarantee.figures import WHOLE, Figures, Part, Scale, part_of
from tests.guarantee.on_aws.hurting import OF_A_CALL, Case, Fault
from tests.guarantee.on_aws.programs import CONTROL, PRODUCT, RETRY, Report, apart
from tests.guarantee.on_aws.walk import case_of
from tests.guarantee.report import PAGE, Whole, calls_table, page, told_again
from tests.guarantee.results import Result, keep, kept


@pytest.fixture(scope="module")
def product() -> Report:
    return apart(PRODUCT, Scale.QUICK, OF_THE_TESTS)


@pytest.fixture(scope="module")
def control() -> Report:
    return apart(CONTROL, Scale.QUICK, 0)


@pytest.mark.long
def test_one_call_is_hurt_in_each_way_and_nobody_is_lost(product: Report) -> None:
    assert product.figures.runs == len(OF_A_CALL)
    assert product.figures.holds, "\n".join(product.figures.broken)


@pytest.mark.long
def test_a_try_whose_answer_is_lost_meets_its_own_write() -> None:
    retry = apart(RETRY, Scale.QUICK, OF_THE_TESTS)
    assert retry.figures.runs == 1
    assert retry.figures.holds, "\n".join(retry.figures.broken)


@pytest.mark.long
def test_there_are_more_cases_than_calls(product: Report) -> None:
    assert product.figures.possible > 5 * len(product.calls) > 1_000


@pytest.mark.long
def test_the_procedure_makes_the_calls_that_the_docs_list(product: Report) -> None:
    listed = re.findall(r"^\| [0-9].*$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert listed == calls_table(product.calls).splitlines()[2:], "python -m tests.guarantee --docs"


@pytest.mark.long
def test_every_service_of_the_product_is_asked(product: Report) -> None:
    services = {call.name.partition(".")[0] for call in product.calls}
    wanted = {"dynamodb", "sqs", "s3", "sesv2", "pinpoint-sms-voice-v2", "secretsmanager"}
    assert services == wanted


@pytest.mark.long
def test_a_sender_that_sends_and_then_writes_it_down_sends_twice(control: Report) -> None:
    figures = control.figures
    assert (figures.runs, figures.holds) == (3, False)
    assert figures.duplicates_with_events == 3
    assert len(figures.broken) == 3


def test_a_case_is_found_again_by_its_words() -> None:
    case = Case(number=57, name="dynamodb.UpdateItem", fault=Fault.DIES_AFTER)
    assert case_of(str(case)) == case


# The report


def figures(program: str, lost: int = 0) -> Figures:
    return Figures(program=program, of="what", possible=10, runs=5, lost=lost)


FULL = Scale.FULL
COMMIT = "0123456789abcdef"


def whole(*every: Figures, calls: Report | None = None) -> Whole:
    return Whole(
        scale=Scale.QUICK,
        seed=1,
        commit=COMMIT,
        on=datetime(2026, 11, 25, 9, 0, tzinfo=UTC),
        seconds={one.program: 1.0 for one in every},
        figures=every,
        calls=calls.calls if calls else (),
    )


def test_all_is_well_when_the_product_holds_and_the_control_fails() -> None:
    assert whole(figures("aws"), figures("naive", lost=1)).complaints == []


@pytest.mark.parametrize(
    ("product_lost", "control_lost", "complaints"), [(1, 1, 1), (0, 0, 1), (1, 0, 2)]
)
def test_a_promise_broken_or_a_control_that_holds_is_said(
    product_lost: int, control_lost: int, complaints: int
) -> None:
    told = whole(figures("aws", product_lost), figures("naive", control_lost))
    assert len(told.complaints) == complaints
    assert told.as_json()["holds"] is False


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (5, "told again for 5, drawn by the commit, of the 10"),
        (10, "told again for each of the 10"),
    ],
)
def test_the_page_claims_what_was_counted(runs: int, words: str) -> None:
    assert told_again(whole(replace(figures("aws"), runs=runs))).endswith(words)


# What is kept


def a_result(program: str, *, commit: str = COMMIT, **more: Any) -> Result:
    given: dict[str, Any] = {"scale": Scale.FULL, "seed": 1, "seconds": 2.0, **more}
    on = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    return Result(program=program, commit=commit, on=on, figures=figures(program), **given)


def test_what_was_counted_is_found_again_by_its_commit(tmp_path: Path) -> None:
    mine, others = a_result("naive on aws"), a_result("naive on aws", commit="another")
    for one in (mine, others):
        keep(one, tmp_path)
    assert list(kept(COMMIT, tmp_path)) == [mine]


def test_parts_are_one_program_once_all_of_them_are_there(tmp_path: Path) -> None:
    first, second = (a_result("aws", part=Part(number=n, of=2)) for n in (1, 2))
    assert results.whole([first]) == {}
    for one in (second, first, first):
        keep(one, tmp_path)
    both = results.whole(kept(COMMIT, tmp_path))["aws", Scale.FULL]
    assert (both.figures.runs, both.seconds, both.part) == (10, 4.0, WHOLE)


def test_parts_are_all_of_it_and_each_case_once() -> None:
    cases = list(range(23))
    parts = [Part(number=n, of=4).share(cases) for n in range(1, 5)]
    assert sorted(case for part in parts for case in part) == cases


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/2/3"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no part: 3/10 is"):
        part_of(text)


def test_the_largest_of_a_program_is_told() -> None:
    sample, all_of_it = a_result("aws"), a_result("aws", scale=Scale.ALL)
    found = results.largest([all_of_it, sample, a_result("x", scale=Scale.CI)], ["aws", "x"], FULL)
    assert found == {"aws": all_of_it}


def test_a_page_is_of_one_commit() -> None:
    mixed = [a_result("aws"), a_result("words", commit="another")]
    with pytest.raises(ValueError, match="not all of commit 0123456789"):
        Whole.of(mixed, scale=Scale.FULL, commit=COMMIT)


@pytest.mark.long
def test_the_page_is_whole(product: Report) -> None:
    text = page(whole(figures("aws"), figures("naive", lost=1), calls=product))
    assert "[[" not in text
    assert "| aws | 5 | 10 | 0 | 0 | 0 | 0 | 0 | 1 |" in text
    assert calls_table(product.calls) in text


def test_each_commit_draws_its_own_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    for one in ("0123456789abcdef", "fedcba9876543210", ""):
        monkeypatch.setattr(checkout, "commit", lambda one=one: one)
        drawn.append(checkout.seed())
    assert drawn == [0x01234567, 0xFEDCBA98, 0]


def test_how_students_ended_can_be_written_as_json() -> None:
    endings = Counter({"collected": 3})
    [row] = whole(replace(figures("cohort"), endings=endings)).as_json()["programs"]
    assert json.loads(json.dumps(row))["endings"] == {"collected": 3}


@pytest.mark.long
def test_the_page_tells_how_students_ended(product: Report) -> None:
    cohort = replace(figures("cohort"), endings={"collected": 1_180, "work list": 20})
    text = page(whole(cohort, product.figures, calls=product))
    assert "- *cohort*: 1,200 students ended so: 1,180 collected, 20 work list." in text
