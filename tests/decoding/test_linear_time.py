"""Reading a text from outside takes as long as the text is, whatever is in it."""

from collections.abc import Callable
from time import process_time

import pytest

from chalicelib.decoding.card_lists import card_list
from chalicelib.decoding.contacts import contact_of
from chalicelib.decoding.desk_fields import line_of
from chalicelib.decoding.naming import Body
from chalicelib.decoding.visible import visible_address
from chalicelib.domain.contact import fault_of
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.names import folded
from chalicelib.domain.quarantine import cause_of
from chalicelib.entrypoints.languages import read_by
from chalicelib.observability.scrubbing import scrubbed

pytestmark = pytest.mark.many

#: What patterns go back over, each said again and again: runs that end otherwise than they began,
#: and beginnings of what never comes.
PIECES = (
    *(
        "a.",
        "a",
        "A",
        ".",
        "-",
        "_",
        "0",
        " ",
        "\t ",
        "\n",
        "\r\n",
        "?",
        "?a",
        "?a=",
        "@",
        "a@",
        "=",
    ),
    *("+1", "+1 ", "00", "001 ", "01 ", "0112", "33", "(", "/", "[", "]", '"', "'", "<", "<a", "{"),
    *(
        "&",
        "&#",
        "%",
        "%4",
        "\\u",
        "\\",
        ";",
        ",",
        "fr;q=0.",
        "smtp; ",
        "dossier",
        "dossier.",
        "00;",
        "ref: ",
    ),
    *("/proof/", "v1,", "whsec_", "bearer ", "cookie ", "x-amz-signature", "AWS4-HMAC-SHA256"),
    *("\u00a0", "\u200d", "e\u0301", "é", "\u0661", "a. b", "x" * 44 + "."),
)


def a_contact(text: str) -> object:
    return contact_of(given_name=text, family_name=text, email=text, phone=text, language=text)


def a_list(text: str) -> object:
    try:
        return card_list(f"dossier\n{text}x")
    except FormRefused:
        return None


def a_line_of_references(text: str) -> object:
    try:
        return card_list(text)
    except FormRefused:
        return None


def a_line(text: str) -> object:
    try:
        return line_of({"why": text}, "why")
    except FormRefused:
        return None


READERS: dict[str, Callable[[str], object]] = {
    "a line of the log": scrubbed,
    "a contact": a_contact,
    "an address": visible_address,
    "an address that may be none": fault_of,
    "a list of cards": a_list,
    "a line of references": a_line_of_references,
    "a field of a form": a_line,
    "a body in quarantine": lambda text: Body(text.encode()).about,
    "a name": folded,
    "the reason of a quarantine": cause_of,
    "the languages of a browser": lambda text: read_by(text, ()),
}
SHORT, TIMES = 1_500, 8
#: Of work that grows with the square, the ratio would be 64.
RATIO = 28
#: Less than that is no work, in seconds: the clock and the cache decide.
NOTHING = 0.02


def work(read: Callable[[str], object], text: str) -> float:
    """The time of the processor."""
    begun = process_time()
    read(text)
    return process_time() - begun


def grows_faster(read: Callable[[str], object], short: str, long: str) -> bool:
    """Whether the work grows faster than the text, three times in a row: once may be disturbed."""
    return all(
        (after := work(read, long)) >= NOTHING
        and after > RATIO * min(work(read, short) for _ in range(3))
        for _ in range(3)
    )


@pytest.mark.parametrize("reader", READERS)
def test_eight_times_the_text_is_about_eight_times_the_work(reader: str) -> None:
    slow = []
    for piece in PIECES:
        short, long = (
            f"a{piece * (size // len(piece))}a"[:size] + "\n!" for size in (SHORT, SHORT * TIMES)
        )
        if grows_faster(READERS[reader], short, long):
            slow.append(piece)
    assert slow == []
