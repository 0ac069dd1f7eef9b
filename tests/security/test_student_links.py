"""Links: only ours are read, each for one thing, and none says who it belongs to."""

import base64
import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from chalicelib.domain.links import Bound, Purpose
from chalicelib.security.signing import serializer
from chalicelib.security.student_links import StudentLinks
from tests.builders import CONTACT, DOSSIER

OLD, NEW, NEXT = "o" * 32, "n" * 32, "x" * 32
BASE = "https://desk.example"
LINKS = StudentLinks((NEXT, NEW, OLD), BASE)
REVISION, GENERATION = "evt-1", "9f86d081"

MAKERS: dict[Purpose, Callable[[StudentLinks], str]] = {
    Purpose.CONFIRM: lambda links: links.confirm(DOSSIER, REVISION, GENERATION),
    Purpose.CONVOCATION: lambda links: links.convocation(DOSSIER, REVISION, GENERATION),
    Purpose.PROOF: lambda links: links.proof(DOSSIER, REVISION),
    Purpose.DOSSIER: lambda links: links.dossier(DOSSIER, GENERATION),
    Purpose.UNSUBSCRIBE: lambda links: links.unsubscribe(DOSSIER),
}
ABOUT_A_SLOT = {Purpose.CONFIRM, Purpose.CONVOCATION, Purpose.PROOF}
ENDS_WITH_THE_ADDRESS = {Purpose.CONFIRM, Purpose.CONVOCATION, Purpose.DOSSIER}

each_purpose = pytest.mark.parametrize("purpose", list(Purpose))
ids = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")


def token(purpose: Purpose, links: StudentLinks = LINKS) -> str:
    return MAKERS[purpose](links).rsplit("/", 1)[1]


def bound(purpose: Purpose) -> Bound:
    return Bound(
        purpose=purpose,
        dossier_id=DOSSIER,
        revision=REVISION if purpose in ABOUT_A_SLOT else None,
        generation=GENERATION if purpose in ENDS_WITH_THE_ADDRESS else None,
    )


def content(token: str) -> object:
    """What anybody can read in a token."""
    payload = token.rsplit(".", 1)[0]
    packed = payload.startswith(".")
    raw = base64.urlsafe_b64decode(payload.lstrip(".") + "==")
    return json.loads(zlib.decompress(raw) if packed else raw)


@each_purpose
def test_a_link_leads_to_the_page_of_its_purpose(purpose: Purpose) -> None:
    assert MAKERS[purpose](LINKS).startswith(f"{BASE}/{purpose}/")


@each_purpose
def test_a_link_is_read_back(purpose: Purpose) -> None:
    assert LINKS.read(purpose, token(purpose)) == bound(purpose)


@given(ids, ids)
def test_whatever_the_ids_a_link_is_read_back_and_fits_an_address(
    dossier_id: str, revision: str
) -> None:
    text = LINKS.proof(dossier_id, revision).removeprefix(f"{BASE}/proof/")
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert LINKS.read(Purpose.PROOF, text) == Bound(
        purpose=Purpose.PROOF, dossier_id=dossier_id, revision=revision
    )


@each_purpose
def test_a_link_opens_one_thing_only(purpose: Purpose) -> None:
    others = [p for p in Purpose if p is not purpose]
    assert [LINKS.read(other, token(purpose)) for other in others] == [None] * len(others)


@each_purpose
def test_the_same_link_is_the_same_each_time(purpose: Purpose) -> None:
    assert token(purpose) == token(purpose)


def test_a_slash_at_the_end_of_our_address_is_not_doubled() -> None:
    made = [MAKERS[Purpose.PROOF](StudentLinks((NEW,), base)) for base in (BASE, f"{BASE}/")]
    assert made[0] == made[1]


#: As version 1.0.0 wrote them: they lie in students' mailboxes for two years.
_CONTENT = "WyJHLTIwMTktMDQxMiIsImV2dC0xIiwiOWY4NmQwODEiXQ"
WRITTEN_BY_1_0_0 = {
    Purpose.CONFIRM: f"{_CONTENT}.y8Tr0veYKC5g7FiqQzKHvg3QgNEd8wL3abSeAuCwq9I",
    Purpose.CONVOCATION: f"{_CONTENT}.8IGUx9vmSD-lcSP0WjoSk-oCb4rj0LznZGKQcnykkZo",
    Purpose.PROOF: "WyJHLTIwMTktMDQxMiIsImV2dC0xIl0.eOcsTMRDvJ_KO-pwvH64_yRKOQB48WoIQBCH71Qa9D8",
    Purpose.DOSSIER: "WyJHLTIwMTktMDQxMiIsIjlmODZkMDgxIl0."
    "jV7yVdJ-Wfg_iRLXHuCnHtkhqmO62kVrsZ3bi_CTHX8",
    Purpose.UNSUBSCRIBE: "WyJHLTIwMTktMDQxMiJd.5DpKROLnnBD7wFvlEtbG9E-QEH_iK4AY6gfhEjkwaqc",
}


@each_purpose
def test_a_link_of_the_first_version_is_still_read(purpose: Purpose) -> None:
    assert LINKS.read(purpose, WRITTEN_BY_1_0_0[purpose]) == bound(purpose)


# Keys


@each_purpose
def test_after_a_rotation_old_links_are_still_read(purpose: Purpose) -> None:
    assert LINKS.read(purpose, token(purpose, StudentLinks((OLD,), BASE))) == bound(purpose)


@each_purpose
def test_a_key_is_read_before_it_signs(purpose: Purpose) -> None:
    assert StudentLinks((NEW,), BASE).read(purpose, token(purpose)) == bound(purpose)
    assert token(purpose) == token(purpose, StudentLinks((NEW,), BASE))


@each_purpose
def test_the_next_key_is_read_already(purpose: Purpose) -> None:
    assert LINKS.read(purpose, token(purpose, StudentLinks((NEXT,), BASE))) == bound(purpose)


@each_purpose
def test_once_a_key_is_removed_its_links_open_nothing(purpose: Purpose) -> None:
    assert (
        StudentLinks((NEW,), BASE).read(purpose, token(purpose, StudentLinks((OLD,), BASE))) is None
    )


# What others make up


@each_purpose
def test_a_token_says_the_reference_and_nothing_else(purpose: Purpose) -> None:
    made = bound(purpose)
    said = [part for part in (made.dossier_id, made.revision, made.generation) if part]
    assert content(token(purpose)) == said
    read = f"{token(purpose)} {content(token(purpose))}"
    told = (CONTACT.given_name, CONTACT.family_name, CONTACT.email, CONTACT.phone)
    assert [word for word in told if word and word in read] == []


TOUCHES: dict[str, Callable[[str], str]] = {
    "cut short": lambda t: t[:-5],
    "one more character": lambda t: t + "x",
    "one more line": lambda t: t + "\n",
    "a space before": lambda t: " " + t,
    "no dot": lambda t: t.replace(".", ""),
    "two dots": lambda t: t.replace(".", ".."),
    "no signature": lambda t: t.rsplit(".", 1)[0] + ".",
    "said to be packed": lambda t: "." + t,
    "other content": lambda t: "X" + t[1:],
    "other letters": str.swapcase,
    "backwards": lambda t: t[::-1],
    "twice": lambda t: t + t,
    "a NUL": lambda t: t + "\x00",
    "a wide letter": lambda t: t.replace("W", "\N{FULLWIDTH LATIN CAPITAL LETTER W}"),
}


@each_purpose
@pytest.mark.parametrize("how", list(TOUCHES))
def test_a_token_that_was_touched_opens_nothing(purpose: Purpose, how: str) -> None:
    touched = TOUCHES[how](token(purpose))
    assert touched != token(purpose)
    assert LINKS.read(purpose, touched) is None


def test_the_content_of_one_token_does_not_go_with_the_signature_of_another() -> None:
    mine, other = token(Purpose.PROOF), LINKS.proof("G-2019-0413", REVISION).rsplit("/", 1)[1]
    mixed = f"{other.rsplit('.', 1)[0]}.{mine.rsplit('.', 1)[1]}"
    assert LINKS.read(Purpose.PROOF, mixed) is None


@each_purpose
def test_a_token_signed_with_a_guessed_key_opens_nothing(purpose: Purpose) -> None:
    for guess in ("", "secret", NEW.upper()):
        forged = serializer([guess], f"relance.{purpose}").dumps(content(token(purpose)))
        assert isinstance(forged, str)
        assert LINKS.read(purpose, forged) is None


@each_purpose
def test_a_token_signed_as_the_library_does_unless_told_opens_nothing(purpose: Purpose) -> None:
    """SHA-1, and a key that is a hash of salt and secret put together."""
    weak = URLSafeSerializer(NEW, salt=f"relance.{purpose}").dumps(content(token(purpose)))
    assert LINKS.read(purpose, str(weak)) is None
    assert len(token(purpose).rpartition(".")[2]) == 43  # 256 bits in base64url


@each_purpose
@pytest.mark.parametrize("said", [[], [DOSSIER] * 4])
def test_what_says_more_or_less_than_its_purpose_needs_opens_nothing(
    purpose: Purpose, said: list[str]
) -> None:
    signed = serializer([NEW], f"relance.{purpose}").dumps(said)
    assert LINKS.read(purpose, str(signed)) is None


@given(st.text(st.characters()), st.sampled_from(Purpose))
@example("", Purpose.PROOF)
@example(".", Purpose.PROOF)
@example("..", Purpose.PROOF)
@example("\ud800", Purpose.PROOF)
@example("é.é", Purpose.PROOF)
@example("%2e%2e/", Purpose.PROOF)
@example("a" * 100_000, Purpose.PROOF)
def test_no_text_that_anybody_writes_opens_anything(text: str, purpose: Purpose) -> None:
    assert LINKS.read(purpose, text) is None


@given(st.integers(0, 200), st.characters(codec="utf-8"), st.sampled_from(Purpose))
def test_another_character_anywhere_never_opens_anything_else(
    position: int, character: str, purpose: Purpose
) -> None:
    """The last character of a signature has two bits to spare: it may be read as before."""
    text = token(purpose)
    place = position % len(text)
    changed = text[:place] + character + text[place + 1 :]
    assert LINKS.read(purpose, changed) in (None, bound(purpose))
