"""Forms: what was typed comes through, and what cannot be read is refused without being quoted."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decoding.form_bodies import BODY_AT_MOST, FormBody, form_body
from chalicelib.domain.errors import Unusable

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"

names = st.text("abcdefgh_", min_size=1, max_size=20)


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--x--\r\n"


@given(st.dictionaries(names, st.text(st.characters(codec="utf-8"))))
def test_what_was_typed_comes_through(fields: dict[str, str]) -> None:
    assert form_body(URLENCODED, urlencode(fields).encode()) == FormBody(fields=fields)


@given(
    st.dictionaries(names, st.text(st.characters(codec="utf-8")), min_size=1),
    st.dictionaries(names, st.binary(max_size=500)),
)
def test_what_was_typed_and_chosen_comes_through(
    fields: dict[str, str], files: dict[str, bytes]
) -> None:
    typed = [part(name, text.encode()) for name, text in fields.items()]
    chosen = [part(name, content, "list.csv") for name, content in files.items()]
    found = form_body(MULTIPART, multipart(*typed, *chosen))
    assert found == FormBody(fields=fields, files=files)


def test_a_large_file_comes_through_whole() -> None:
    content = bytes(range(256)) * 3_000
    assert form_body(MULTIPART, multipart(part("f", content, "a.csv"))).files == {"f": content}


def test_a_file_that_was_not_chosen_is_no_file() -> None:
    assert form_body(MULTIPART, multipart(part("f", b"", ""))).files == {}


def test_of_a_name_that_comes_twice_the_last_counts() -> None:
    assert form_body(URLENCODED, b"a=1&a=2").fields == {"a": "2"}


def test_nothing_is_an_empty_form() -> None:
    assert form_body("", b"") == FormBody()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param(URLENCODED, b"a=%ff", id="no UTF-8"),
        pytest.param(URLENCODED, b"\xff", id="raw bytes"),
        pytest.param(URLENCODED, b"a=&" * 2_001, id="too many fields"),
        pytest.param(URLENCODED, b"a" * (BODY_AT_MOST + 1), id="too long"),
        pytest.param("multipart/form-data", multipart(part("a", b"1")), id="no boundary"),
        pytest.param(MULTIPART, b"--x\r\nsecret", id="cut short"),
        pytest.param(MULTIPART, b"", id="nothing"),
        pytest.param(MULTIPART, multipart(part("a", b"\xff")), id="a text of no UTF-8"),
        pytest.param(MULTIPART + "; charset=secret", multipart(part("a", b"1")), id="charset"),
        pytest.param(MULTIPART, multipart(*[part("a", b"1")] * 200), id="too many parts"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_quoted(content_type: str, body: bytes) -> None:
    with pytest.raises(Unusable, match=r"^form: ") as met:
        form_body(content_type, body)
    assert "secret" not in str(met.value)
