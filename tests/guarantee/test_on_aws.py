"""Each call to AWS goes wrong: a small sample of all cases, another one with each commit."""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.guarantee import checkout
from tests.guarantee.checkout import seed
from tests.guarantee.figures import Figures, Scale
from tests.guarantee.on_aws.hurting import Case, Fault
from tests.guarantee.on_aws.programs import CONTROL, PRODUCT, Report, apart
from tests.guarantee.on_aws.walk import case_of
from tests.guarantee.report import PAGE, Whole, calls_table, page


@pytest.fixture(scope="module")
def product() -> Report:
    return apart(PRODUCT, Scale.QUICK, seed())


@pytest.fixture(scope="module")
def control() -> Report:
    return apart(CONTROL, Scale.QUICK, 0)


@pytest.mark.long
def test_one_call_is_hurt_in_each_way_and_nobody_is_lost(product: Report) -> None:
    assert product.figures.runs == len(Fault)
    assert product.figures.holds, "\n".join(product.figures.broken)


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


def whole(*every: Figures, calls: Report | None = None) -> Whole:
    return Whole(
        scale=Scale.QUICK,
        seed=1,
        commit="0123456789abcdef",
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
    text = page(whole(cohort, calls=product))
    assert "- *cohort*: 1,200 students ended so: 1,180 collected, 20 work list." in text
