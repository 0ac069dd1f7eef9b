"""A dossier as one JSON text, and back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from chalicelib.domain.attempts import Kind, Status
from chalicelib.domain.contact import Contact
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import NewerDocument, Unreadable
from chalicelib.storage.document import SCHEMA, decode, encode
from tests.builders import (
    DOSSIER,
    a_dossier,
    a_notice,
    an_attempt,
    an_ordinary_life,
    selected,
)
from tests.storage.dossiers_of_any_kind import dossiers
from tests.storage.written import KEEP, fullest, written

WRITTEN = written()
LIFE = a_dossier(
    *an_ordinary_life(),
    ledger=(an_attempt(a_notice(Kind.CONVOCATION, "e2"), Status.DELIVERED, "2019-04-09 18:01"),),
)


@given(dossiers)
def test_whatever_a_dossier_holds_is_read_back(dossier: Dossier) -> None:
    assert decode(encode(dossier)) == dossier


@pytest.mark.parametrize(
    ("given_name", "family_name"), [("", "Suharto"), ("Suharto", ""), ("", "")]
)
def test_a_student_with_one_name_is_read_back(given_name: str, family_name: str) -> None:
    who = Contact(given_name=given_name, family_name=family_name)
    dossier = a_dossier(selected(contact=who))
    assert decode(encode(dossier)) == dossier


def test_what_has_no_value_is_left_out() -> None:
    [event] = json.loads(encode(a_dossier(selected())))["events"]
    assert "why" not in event
    assert "correction" not in event
    assert "missing_documents" not in event


def test_an_event_names_the_operator_who_raised_it_and_an_older_one_nobody() -> None:
    text = encode(a_dossier(selected(by="agnes")))
    assert decode(text).events[0].by == "agnes"
    assert decode(text.replace(',"by":"agnes"', "")).events[0].by is None


def test_a_version_of_zero_is_a_version() -> None:
    dossier = a_dossier(selected(version=0))
    assert decode(encode(dossier)).events[0].version == 0


def test_an_empty_dossier_is_little_more_than_its_id() -> None:
    assert json.loads(encode(Dossier(dossier_id=DOSSIER))) == {
        "schema": SCHEMA,
        "dossier_id": DOSSIER,
    }


def test_the_text_is_the_same_each_time() -> None:
    assert encode(decode(encode(LIFE))) == encode(LIFE)


def test_a_document_of_a_newer_program_is_refused() -> None:
    newer = json.dumps({**json.loads(encode(LIFE)), "schema": SCHEMA + 1})
    with pytest.raises(NewerDocument, match="written by a newer version of this program"):
        decode(newer)


def spoiled(change: Callable[[dict[str, Any]], object]) -> str:
    content = json.loads(encode(LIFE))
    change(content)
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the document is no JSON"),
        (encode(LIFE)[:-40], "the document is no JSON"),
        ('{"schema":' * 100_000, "the document is no JSON"),
        ('"\ud800"', "the document is no JSON"),
        ("null", "the document is no dossier at $"),
        ("[]", "the document is no dossier at $"),
        ('"a text"', "the document is no dossier at $"),
        ("{}", "the document names no schema"),
        (spoiled(lambda d: d.update(schema="2")), "the document names no schema"),
        (spoiled(lambda d: d.update(schema=None)), "the document names no schema"),
        (spoiled(lambda d: d.pop("dossier_id")), "the document is no dossier at $"),
        (
            spoiled(lambda d: d["events"][1].update(type="léa@example.org")),
            "the document is no dossier at $.events[1].type",
        ),
        (
            spoiled(lambda d: d["events"][1].update(type="at `$.lea`")),
            "the document is no dossier at $.events[1].type",
        ),
        (
            spoiled(lambda d: d["events"][0].pop("at")),
            "the document is no dossier at $.events[0]",
        ),
        (
            spoiled(lambda d: d["ledger"][0].update(status="lost")),
            "the document is no dossier at $.ledger[0].status",
        ),
        (
            spoiled(lambda d: d["ledger"][0].update(claimed_at="Léa Benali")),
            "the document is no dossier at $.ledger[0].claimed_at",
        ),
        (
            spoiled(lambda d: d["events"][0].update(at="2019-04-08T10:00:00")),
            "the document is no dossier at $.events[0]",
        ),
    ],
)
def test_what_cannot_be_read_says_where_and_nothing_that_stands_there(text: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decode(text)
    assert not isinstance(refused.value, NewerDocument)
    assert refused.value.why == why


def test_a_field_that_this_program_does_not_know_is_passed_over() -> None:
    with_more = json.dumps({**json.loads(encode(LIFE)), "colour": "blue"})
    assert decode(with_more) == LIFE


@pytest.mark.parametrize("version", WRITTEN)
def test_what_a_version_wrote_loses_nothing_in_those_that_follow(version: str) -> None:
    before = json.loads(WRITTEN[version])
    assert json.loads(encode(decode(WRITTEN[version]))) == before | {"schema": SCHEMA}


def test_what_this_version_writes_is_kept_for_those_that_follow() -> None:
    assert list(WRITTEN.values())[-1] == fullest(), KEEP
