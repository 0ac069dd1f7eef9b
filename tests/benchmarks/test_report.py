"""What `make bench` writes down."""

from xml.etree import ElementTree

import pytest

from benchmarks.report import page, picture, ratios, spread

FIGURE = {
    "name": "sender",
    "title": "Sender",
    "unit": "e-mail",
    "units": 60,
    "cpu_ms": {"Relance": [4.0, 6.0, 5.0], "a <peer>": [2.0, 2.0, 2.0]},
    "calls": {"GetItem": 1.0, "SendEmail": 0.125},
}
FACTS = "date commit cpu cores machine python ours peers before after"
ABOUT = {name: name for name in FACTS.split()} | {"cores": 2, "before": "0.50, 0.40, 0.30"}


def test_a_ratio_is_of_the_same_round() -> None:
    assert ratios({"Relance": [4.0, 9.0], "peer": [2.0, 3.0]}, "peer") == [2.0, 3.0]


def test_a_spread_is_the_median_and_what_is_around_it() -> None:
    assert spread([0.12345, 1234.5, 5.0]) == "5 (0.123–1234)"


def test_the_page_has_a_row_for_each_who_was_measured() -> None:
    cold = {
        "bare client": [0.2, 0.2],
        "import app": [0.4, 0.5],
        "the clients of sweep_due": [0.4, 0.4],
        "sweep_due": [0.6, 0.6],
    }
    written = page({"about": ABOUT, "rounds": 3, "figures": [FIGURE], "cold": cold})
    assert "| **Sender**, per e-mail | Relance | 5 (4–6) | 200 |  | GetItem 1, " in written
    assert "|  | a <peer> | 2 (2–2) | 500 | 2.5 (2–3) |  |" in written
    assert "| import app | 450 (400–500) | 2.25 (2–2.5) |  |" in written
    assert "| sweep_due | 600 (600–600) | 3 (3–3) | 1.5 (1.5–1.5) |" in written


def test_a_page_of_a_part_says_nothing_of_the_rest() -> None:
    written = page({"about": ABOUT, "rounds": 3, "figures": [FIGURE], "cold": {}})
    assert "How soon" not in written


@pytest.mark.parametrize(
    ("rounds", "before", "doubt"),
    [(9, "1.00, 4.00, 4.00", ""), (8, "0.10, 0.10, 0.10", "rounds;"), (9, "1.01, 0, 0", "busy")],
)
def test_a_run_that_says_too_little_says_so(rounds: int, before: str, doubt: str) -> None:
    about = {**ABOUT, "before": before}
    written = page({"about": about, "rounds": rounds, "figures": [FIGURE], "cold": {}})
    assert ("A trial" in written) is bool(doubt)
    assert doubt.strip(";") in written


def test_the_picture_is_svg_with_a_bar_for_each() -> None:
    drawn = ElementTree.fromstring(picture([FIGURE]))
    bars = drawn.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == 3  # the paper is one
