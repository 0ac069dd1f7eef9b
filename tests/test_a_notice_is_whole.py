"""A notice is one row and one folder. What is missing of one is said here, with what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Kind
from chalicelib.domain.contact import Channel, Language
from chalicelib.domain.rules import RULES, Rule, rule_of
from chalicelib.domain.rules.anchors import STEPS, the_deposit
from chalicelib.messages.phrases import TEXTS
from gallery.expected import RENEW, kept
from gallery.stages import WRITTEN
from tests.guarantee import truth, words
from tests.guarantee.losses import SILENT_AFTER

ROOT = Path(__file__).parents[1]
TABLE, GLOSSARY = "chalicelib/domain/rules/table.py", "docs/glossary.md"
TRUTH, WORDS = "tests/guarantee/truth.py", "tests/guarantee/words.py"
LOSSES = "tests/guarantee/losses.py"
STAGES = "gallery/stages.py"

LETTER = ("subject.txt", "preheader.txt", "body.txt", "body.html")
#: The files of a folder that each channel needs.
FILES: Mapping[Channel, Sequence[str]] = {
    Channel.EMAIL: [f"{language}/{part}" for language in Language for part in LETTER],
    Channel.SMS: [f"{language}/sms.txt" for language in Language],
    Channel.DESK: ["advice.txt"],
}
#: In what the rows of one kind may differ.
FACTS = {"states", "anchor", "purposes"}


@pytest.mark.parametrize("kind", Kind)
def test_nothing_of_a_notice_is_missing(kind: Kind) -> None:
    rows = [rule for rule in RULES if rule.kind is kind]
    missing = list(_of_a_row(rows[0]) if rows else _no_row(kind))

    assert not missing, "\n" + "\n".join(f"{kind}: {what}" for what in missing)


@pytest.mark.parametrize("kind", Kind)
def test_the_rows_of_a_kind_differ_in_their_facts_only(kind: Kind) -> None:
    rows = [rule for rule in RULES if rule.kind is kind]
    columns = [field.name for field in fields(Rule) if field.name not in FACTS]

    for column in columns:
        said = {str(getattr(row, column)) for row in rows}
        assert len(said) <= 1, (
            f"{kind}: its rows in {TABLE} differ in {column}; say the same in each"
        )


def _no_row(kind: Kind) -> Iterator[str]:
    yield f"it has no row in {TABLE}; add Rule(kind=Kind.{kind.name}, …) to RULES"


def _of_a_row(rule: Rule) -> Iterator[str]:
    yield from _files(rule)
    yield from _words(rule)
    if not rule.is_for_the_desk:
        yield from _judged(rule)
        yield from _silenced(rule)
        yield from _rendered(rule)


def _files(rule: Rule) -> Iterator[str]:
    folder = TEXTS / rule.kind
    needed = ["title.txt", *(name for channel in rule.channels for name in FILES[channel])]
    lacking = [name for name in needed if not (folder / name).is_file()]
    if lacking:
        yield f"the folder {folder.relative_to(ROOT)} has no {', '.join(lacking)}; add them"


def _words(rule: Rule) -> Iterator[str]:
    if f"| `{rule.kind}` |" not in (ROOT / GLOSSARY).read_text(encoding="utf-8"):
        yield f"{GLOSSARY} does not say what it is; add a line to the table of notices"


def _judged(rule: Rule) -> Iterator[str]:
    """The judge knows the procedure by itself, and never asks the table."""
    kind = rule.kind
    if kind not in truth.MAY_LEAVE:
        yield truth.UNKNOWN.format(kind.name)
    if rule.reminder is not (kind in truth.REMINDERS):
        yield f"{TABLE} and REMINDERS in {TRUTH} differ on whether it is a reminder; correct one"
    for step, said in words.SAYS.items():
        if rule.anchor is STEPS[step] and kind not in said:
            yield f"it tells of {step}, and SAYS in {WORDS} does not know it; add it there"
    if rule.series and not any(kind in row for row in truth.SERIES):
        yield f"it is of the series {rule.series}, and in no row of SERIES in {TRUTH}; add it there"


def _silenced(rule: Rule) -> Iterator[str]:
    """Who has just heard that no card is there must not be sent for one by an old date."""
    is_dated = rule.anchor is the_deposit and not rule.at_once
    for row in RULES:
        if rule.kind in row.silences and rule.kind not in SILENT_AFTER.get(row.kind, ()):
            yield (
                f"{row.kind} silences it, and {LOSSES} would call that a loss; add "
                f"Kind.{rule.kind.name} to SILENT_AFTER there"
            )
    if is_dated and rule.kind not in rule_of(Kind.CORRECTION).silences:
        yield (
            f"it is dated by the deposit, and would leave beside a correction of the card, weeks "
            f"late; add Kind.{rule.kind.name} to `silences` of Kind.CORRECTION in {TABLE}"
        )


def _rendered(rule: Rule) -> Iterator[str]:
    kind = rule.kind
    if kind not in WRITTEN:
        yield f"{STAGES} does not say what has happened when it is written; add it to WRITTEN"
    elif any(f"{kind}.{language}.txt" not in kept() for language in load("grenoble").languages):
        yield f"tests/renderings has no words of it; run `{RENEW}`, and read its two new files"
