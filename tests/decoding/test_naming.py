"""Whom a body names, however it is spelt and wrapped; and that a stranger is nobody else."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.naming import Body, Known, Named
from tests.builders import CONTACT, DOSSIER

LEA = Known(dossier_id=DOSSIER, contacts=[CONTACT], message_ids=["0100-abc"])

#: Each names the dossier of Léa Benali, or herself.
HERS = {
    "a webhook": '{"data": {"dossier_id": "G-2019-0412"}}',
    "a block of its own": '{"dossier":{"id":"G-2019-0412"}}',
    "a block with more in it": '{"dossier":{"type":"x","numero":"G-2019-0412"}}',
    "a broken block": '{"dossier":{"id":"G-2019-0412","ty',
    "a form": "type=x&dossier_id=G-2019-0412",
    "a form of blocks": "dossier%5Bid%5D=G-2019-0412",
    "a renewal": '{"renews": "G-2019-0412"}',
    "a blank behind": '{"dossier_id": "G-2019-0412 "}',
    "small letters": '{"dossierId": "g-2019-0412"}',
    "a reference": '{"reference": "G-2019-0412"}',
    "words": "Dossier n° G-2019-0412 : annulé",
    "JSON in JSON": json.dumps({"Message": json.dumps({"tags": {"dossier": ["G-2019-0412"]}})}),
    "JSON in a broken text": r'{"Message": "{\"dossier_id\": \"G-2019-0412\"}"',
    "escaped": r'{"dossier_id": "\u0047-2019-0412"}',
    "an address": '{"to": ["lea@example.org"]}',
    "an address in capitals": "LEA@EXAMPLE.ORG",
    "an address in a form": "e=lea%40example.org",
    "an address twice in a form": "e=lea%2540example.org",
    "an address escaped": r'{"e": "lea\u0040example.org"}',
    "a number by its code": '{"phone": "+33612345678"}',
    "a number in groups": "06.12.34.56.78",
    "a number with narrow blanks": "06\u202f12\u202f34\u202f56\u202f78",
    "a number with a zero in brackets": "+33 (0)6 12 34 56 78",
    "a number as a number": '{"phone": 33612345678}',
    "a number with two zeros": "0033 6-12-34-56-78",
    "a number in wide digits": "\uff10\uff16 12 34 56 78",
    "a number in a form": "tel=%2B33612345678",
    "a name": '{"given_name": "Léa", "family_name": "Benali"}',
    "a name without accents": '{"nom": "BENALI Lea"}',
    "a name taken apart": "Le\u0301a Benali",
    "a name escaped": r'{"a": "L\u00e9a", "b": "Benali"}',
    "a name for HTML": "L&eacute;a Benali",
    "a name in a form": "prenom=L%C3%A9a&nom=Benali",
    "a name in a form of Windows": "prenom=L%E9a&nom=Benali",
    "a message": '{"mail": {"messageId": "0100-abc"}}',
}
#: Each may be about her, and is some other person's as well as far as anybody can tell.
PERHAPS = {
    "a family name": '{"student": {"family_name": "Benali", "given_name": "Karim"}}',
    "a family name alone": "BENALI",
    "her reference where none is said to be": '{"appointment": {"id": "G-2019-0412"}}',
    "her given name far away": f"Benali Karim, {'x ' * 100}, Léa Roux",
}
ANOTHERS = {
    "another reference": '{"dossier_id": "G-2019-04123"}',
    "a longer reference": '{"dossier_id": "AG-2019-0412"}',
    "another address": '{"e": "xlea@example.org", "f": "lea@example.org-x.fr"}',
    "another number": '{"phone": "+336123456789"}',
    "a longer name": "Léa Benalia",
    "a given name": '{"given_name": "Léa", "family_name": "Roux"}',
    "another message": '{"mail": {"messageId": "0100-abcd"}}',
    "nothing": "",
    "no text": b"\xff\x00\x01",
    "too deep": "[" * 5000,
}


def named(body: str | bytes, known: Known = LEA) -> Named:
    return Body(body.encode() if isinstance(body, str) else body).names(known)


@pytest.mark.parametrize("body", HERS.values(), ids=HERS)
def test_she_is_named(body: str) -> None:
    assert named(body) is Named.SURELY


@pytest.mark.parametrize("body", PERHAPS.values(), ids=PERHAPS)
def test_she_is_perhaps_named(body: str) -> None:
    assert named(body) is Named.PERHAPS


@pytest.mark.parametrize("body", ANOTHERS.values(), ids=ANOTHERS)
def test_somebody_else_is_named(body: str | bytes) -> None:
    assert named(body) is Named.NOT


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_she_is_named_in_any_alphabet_of_a_machine(encoding: str) -> None:
    assert named("Léa Benali".encode(encoding)) is Named.SURELY


def test_what_another_has_too_names_her_perhaps() -> None:
    shared = replace(LEA, shared=frozenset({"lea@example.org", "+33612345678", "benali lea"}))
    for body in ("lea@example.org", "06 12 34 56 78", "Léa Benali"):
        assert named(body, shared) is Named.PERHAPS
    assert named(HERS["a webhook"], shared) is Named.SURELY


@pytest.mark.parametrize(
    ("given_name", "family_name", "body", "is_named"),
    [
        ("", "Benali", "Benali", Named.PERHAPS),
        ("Léa", "", "Léa", Named.NOT),
        ("", "", "x", Named.NOT),
        ("Na", "Li", "Na Li", Named.SURELY),
        ("Na", "Li", '{"x": "Li Wei"}', Named.NOT),
        ("A", "Benali", "à Benali", Named.SURELY),
        ("Léa Marie", "Benali", "Benali Léa", Named.SURELY),
        ("Léa", "N’Diaye", "NDIAYE Lea", Named.SURELY),
    ],
)
def test_names_of_any_length(given_name: str, family_name: str, body: str, is_named: Named) -> None:
    contact = replace(CONTACT, given_name=given_name, family_name=family_name, email=None)
    assert named(body, Known(dossier_id="D", contacts=[contact])) is is_named


@pytest.mark.parametrize(
    ("number", "phone", "body", "is_named"),
    [
        (None, "12 34", "12 34", Named.NOT),
        (None, "poste 4711-4711", "poste 47114711", Named.SURELY),
        ("+212612345678", "+212612345678", "00212 6 12 34 56 78", Named.SURELY),
        ("+212612345678", "+212612345678", "0612345678", Named.SURELY),
        (None, "+9999999999", "9999999999", Named.SURELY),
    ],
)
def test_numbers_of_anywhere(number: str | None, phone: str, body: str, is_named: Named) -> None:
    contact = replace(CONTACT, family_name="", email=None, number=number, phone=phone)
    assert named(body, Known(dossier_id="D", contacts=[contact])) is is_named


@pytest.mark.parametrize("token", ["1042", "martin"])
def test_a_reference_that_is_a_number_or_a_word_counts_where_a_dossier_is_said(token: str) -> None:
    assert named(json.dumps({"version": token}), Known(dossier_id=token)) is Named.NOT
    assert named(json.dumps({"dossier_id": token}), Known(dossier_id=token)) is Named.SURELY


ABOUT = [
    ('{"data":{"dossier_id":"G-2","renews":"G-1","dossier":"G-0"}}', ["G-2"]),
    ('{"dossier":{"id":"G-2"},"previous_dossier":"G-1"}', ["G-2"]),
    ('{"renews":"G-1"}', ["G-1"]),
    ("dossier_id=G-1", ["G-1"]),
    ("nothing", []),
]


@pytest.mark.parametrize(("body", "ids"), ABOUT)
def test_what_it_is_about(body: str, ids: list[str]) -> None:
    assert list(Body(body.encode()).about) == ids


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_that_comes_is_too_strange(body: bytes) -> None:
    found = Body(body)
    assert found.names(LEA) in set(Named)
    assert isinstance(list(found.about), list)
