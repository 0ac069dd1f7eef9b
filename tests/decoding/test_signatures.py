"""Is this webhook from the booking system, and of this moment?"""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from chalicelib.decoding.signatures import TOLERANCE, usable, verified_id
from chalicelib.domain.errors import Malformed, Unauthentic
from local.clock.travelling import Clock
from tests.builders import paris
from tests.entrypoints.doors import signature

NOW = paris("2019-04-08 10:00")
OLD, NEW = (f"whsec_{base64.b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
BODY = '{"given_name": "Léa"}'.encode()
NO_TEXT = b'{"given_name": "L\xe9a"}'
GOOD = "v1," + "A" * 43 + "="


@pytest.fixture(scope="module", autouse=True)
def now() -> Iterator[None]:
    """The library asks the clock itself."""
    with Clock(NOW, ticks=False):
        yield


def stamp(late: timedelta = timedelta()) -> str:
    return str(int((NOW + late).timestamp()))


def signed(
    body: bytes = BODY, *, secret: str = NEW, event_id: str = "evt_1", timestamp: str = ""
) -> dict[str, str]:
    timestamp = timestamp or stamp()
    content = f"{event_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, content),
    }


def verify(headers: dict[str, str], body: bytes = BODY, *secrets: str) -> str:
    return verified_id(headers, body, secrets or (NEW,), NOW)


def test_a_signed_webhook_gives_its_id() -> None:
    assert verify(signed()) == "evt_1"


def test_the_signature_is_that_of_the_library() -> None:
    expected = Webhook(NEW).sign("evt_1", NOW, BODY.decode())
    assert signed()["webhook-signature"] == expected


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_our_secret_rotates_either_is_good(secret: str) -> None:
    assert verify(signed(secret=secret), BODY, NEW, OLD) == "evt_1"


def test_a_secret_that_was_taken_away_is_good_no_more() -> None:
    with pytest.raises(Unauthentic, match="webhook-signature: none matches"):
        verify(signed(secret=OLD))


def test_a_sender_that_rotates_signs_twice_and_one_is_enough() -> None:
    both = " ".join(signed(secret=secret)["webhook-signature"] for secret in (OLD, NEW))
    assert verify({**signed(), "webhook-signature": both}) == "evt_1"


@pytest.mark.parametrize(
    "written",
    [
        "{bad} {good}",
        "{bad}  {good}",
        "{bad}\t{good}",
        " {good}",
        "{good} ",
        "{good}\t",
        " {bad} \t {good} ",
        "{bad}, {good}",
        "{good}, {bad}",
        "{many} {good}",
        "{good} {many}",
    ],
)
@pytest.mark.parametrize("body", [BODY, NO_TEXT])
def test_signatures_may_be_many_and_stand_as_far_apart_as_they_like(
    written: str, body: bytes
) -> None:
    good = signed(body)["webhook-signature"]
    header = written.format(good=good, bad=GOOD, many=" ".join([GOOD] * 100))
    assert verify({**signed(body), "webhook-signature": header}, body) == "evt_1"


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        " ",
        "whsec_",
        "whsec_ ",
        "whsec_=",
        "whsec_A",
        "whsec_é",
        "whsec_***",
        "whsec_a-b_",
        "not a secret",
        None,
        5,
        [],
        {},
    ],
    ids=repr,
)
def test_a_spoilt_secret_is_none_and_silences_no_good_one(spoilt: object) -> None:
    assert usable([spoilt]) == []
    assert usable([spoilt, NEW, spoilt]) == [NEW]


@pytest.mark.parametrize(
    ("kept", "secret"), [(f"{NEW}\n", NEW), (f" {NEW}", NEW), ("whsec_AA", "whsec_AA")]
)
def test_a_secret_that_somebody_pasted_is_a_key(kept: str, secret: str) -> None:
    assert usable([kept]) == [secret]


@pytest.mark.parametrize("body", [BODY, NO_TEXT])
def test_a_secret_is_a_key_with_its_padding_and_without(body: bytes) -> None:
    [bare] = usable([NEW.rstrip("=")])
    assert verify(signed(body), body, bare) == "evt_1"


@given(st.text() | st.text("whsec_ABab09+/=\n "))
def test_whatever_secrets_are_usable_can_verify(secret: str) -> None:
    for key in usable([secret]):
        with pytest.raises(Unauthentic, match="none matches"):
            verify(signed(), BODY, key)
        with pytest.raises(Unauthentic, match="none matches"):
            verify(signed(NO_TEXT), NO_TEXT, key)


@pytest.mark.parametrize("other", ["v1a,AAAA", "v2," + "A" * 43 + "=", "nonsense", ",", "v1,A,B"])
def test_schemes_we_do_not_know_are_ignored_beside_a_good_one(other: str) -> None:
    good = signed()["webhook-signature"]
    for both in (f"{other} {good}", f"{good} {other}"):
        assert verify({**signed(), "webhook-signature": both}) == "evt_1"


@pytest.mark.parametrize(
    "other", ["v1a,AAAA", "nonsense", "v1,", "v1,AAAA", "V1," + "A" * 43 + "="]
)
def test_without_a_v1_signature_nothing_is_authentic(other: str) -> None:
    with pytest.raises(Unauthentic, match="webhook-signature: no v1 signature"):
        verify({**signed(), "webhook-signature": other})


@pytest.mark.parametrize("body", [BODY, NO_TEXT])
@pytest.mark.parametrize(
    "tampered",
    [{"webhook-id": "evt_2"}, {"webhook-timestamp": stamp(timedelta(seconds=1))}],
    ids=["id", "timestamp"],
)
def test_a_header_that_was_changed_on_the_way_is_noticed(
    body: bytes, tampered: dict[str, str]
) -> None:
    with pytest.raises(Unauthentic, match="none matches"):
        verify(signed(body) | tampered, body)


@pytest.mark.parametrize("body", [BODY, NO_TEXT])
def test_a_body_that_was_changed_on_the_way_is_noticed(body: bytes) -> None:
    with pytest.raises(Unauthentic, match="none matches"):
        verify(signed(body), body + b" ")


def test_a_body_that_is_no_text_is_authentic_all_the_same() -> None:
    both = f"{GOOD} {signed(NO_TEXT)['webhook-signature']}"
    assert verify({**signed(NO_TEXT), "webhook-signature": both}, NO_TEXT) == "evt_1"


@pytest.mark.parametrize("late", [-TOLERANCE, TOLERANCE])
def test_five_minutes_off_are_just_right(late: timedelta) -> None:
    assert verify(signed(timestamp=stamp(late))) == "evt_1"


@pytest.mark.parametrize(
    "late", [-TOLERANCE, TOLERANCE, timedelta(days=-3650), timedelta(days=9e4)]
)
def test_more_than_five_minutes_off_is_another_moment(late: timedelta) -> None:
    further = late + timedelta(seconds=1 if late > timedelta() else -1)
    with pytest.raises(Unauthentic, match="webhook-timestamp: more than 5 minutes from now"):
        verify(signed(timestamp=stamp(further)))


@pytest.mark.parametrize("name", list(signed()))
def test_a_missing_header_is_named(name: str) -> None:
    headers = {key: value for key, value in signed().items() if key != name}
    with pytest.raises(Unauthentic, match=f"{name}: missing"):
        verify(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ""),
        ("webhook-id", "evt 1"),
        ("webhook-id", "evt.1"),
        ("webhook-id", "evt_1\n"),
        ("webhook-id", "évt"),
        ("webhook-id", "e" * 129),
        ("webhook-id", "e" * 5000),
        ("webhook-timestamp", ""),
        ("webhook-timestamp", "155471040"),
        ("webhook-timestamp", "15547104000"),
        ("webhook-timestamp", "1_55471040"),
        ("webhook-timestamp", "155471040x"),
        ("webhook-timestamp", "15547104.0"),
        ("webhook-timestamp", "+155471040"),
        ("webhook-timestamp", " 155471040"),
        ("webhook-timestamp", "1554710400\n"),
        ("webhook-timestamp", "١٥٥٤٧١٠٤٠٠"),
        ("webhook-timestamp", "1" * 5000),
        ("webhook-signature", ""),
        ("webhook-signature", " "),
        ("webhook-signature", "\t"),
        ("webhook-signature", f"{GOOD}\n"),
        ("webhook-signature", f"{GOOD}\x00"),
        ("webhook-signature", f"{GOOD}\x7f"),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", "v1," + "A" * 8190),
    ],
)
def test_a_malformed_header_is_named(name: str, value: str) -> None:
    with pytest.raises(Malformed, match=f"{name}: malformed"):
        verify(signed() | {name: value})


WORDS = {
    "missing",
    "malformed",
    "no v1 signature",
    "none matches",
    "more than 5 minutes from now",
}
any_header = st.one_of(st.text(), st.sampled_from(list(signed().values())))
hostile = st.fixed_dictionaries({}, optional=dict.fromkeys(signed(), any_header))


@given(headers=hostile, body=st.binary() | st.just(BODY) | st.just(NO_TEXT))
def test_whatever_the_headers_say_only_two_answers_exist(
    headers: dict[str, str], body: bytes
) -> None:
    try:
        accepted = verify(headers, body)
    except (Malformed, Unauthentic) as error:
        name, _, what = str(error).partition(": ")
        assert name in signed()
        assert what in WORDS
    else:
        stripped = {name: value.strip() for name, value in headers.items()}
        assert (accepted, stripped, body) == ("evt_1", signed(), BODY)


signatures = st.lists(
    st.text(alphabet="v1,A=+/a. é\n", min_size=1)
    | st.just(GOOD)
    | st.binary(min_size=32, max_size=32).map(lambda b: "v1," + base64.b64encode(b).decode()),
    max_size=12,
)


@given(given=signatures, body=st.sampled_from([BODY, NO_TEXT]))
def test_no_made_up_signature_is_good(given: list[str], body: bytes) -> None:
    with pytest.raises((Malformed, Unauthentic)):
        verify(signed(body) | {"webhook-signature": " ".join(given)}, body)
