"""Whatever goes wrong, no log line, counter, queue, tag, error or journal says whom it is about."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from chalicelib.observability import LOG, logger
from local.faults.switches import SWITCHES
from tests.guarantee.on_aws.canary import PAPER, TELLINGS, Life, lived
from tests.guarantee.on_aws.story import STUDENT


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[pytest.mark.long] if number else [])
        for number, name in enumerate(TELLINGS)
    ],
)
def life(request: pytest.FixtureRequest) -> Life:
    return lived(TELLINGS[request.param])


def test_nobody_is_named_anywhere(life: Life) -> None:
    assert life.leaks == []


def test_every_fault_has_struck_and_every_place_was_written_to(life: Life) -> None:
    assert life.unstruck == []
    assert [place for place, text in life.places.items() if not text.strip("[]\n ")] == []
    lines = json.loads(life.places["log, decoded"])
    assert {line["outcome"] for line in lines} >= {"recorded", "accepted", "settled", "failed"}
    assert {line.get("exception_name") for line in lines} >= {"KeyError"}


def test_every_switch_there_is_was_tried() -> None:
    tried = {name for switched in TELLINGS.values() for name in switched}
    assert tried == {switch.name for switch in SWITCHES}


# The canary sings


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    stream = io.StringIO()
    before = LOG.setStream(stream)
    yield stream
    LOG.setStream(before or io.StringIO())


def _f_string() -> None:
    logger.info(f"a welcome to {STUDENT.given_name}")


def _as_a_reason() -> None:
    logger.info("failed", extra={"outcome": "failed", "reason": f"missing: {PAPER}"})


def _past_the_formatter() -> None:
    LOG.stream.write(f"{STUDENT.email}\n")


@pytest.mark.parametrize("leak", [_f_string, _as_a_reason, _past_the_formatter])
def test_a_line_that_leaks_is_noticed(
    life: Life, log: io.StringIO, leak: Callable[[], None]
) -> None:
    leak()
    leaking = replace(life, places={**life.places, "log": life.places["log"] + log.getvalue()})
    assert len(leaking.leaks) == 1


@pytest.mark.parametrize("place", ["metrics", "errors", "serve queue", "tags", "journals"])
def test_a_mark_anywhere_is_noticed(life: Life, place: str) -> None:
    for mark in life.marks:
        assert f"{place}: {mark}" in replace(life, places={place: f"… {mark} …"}).leaks


def test_a_formatter_that_writes_what_it_is_given_would_leak(log: io.StringIO) -> None:
    before = LOG.formatter
    LOG.setFormatter(logging.Formatter())
    try:
        logger.error("failed", exc_info=KeyError(STUDENT.email))
    finally:
        LOG.setFormatter(before)
    assert STUDENT.email in log.getvalue()
