"""E-mail by SES: the whole request, and what each refusal means."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

import botocore.session
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.aws import sending_client
from chalicelib.channels.answers import provider_errors
from chalicelib.channels.ses_email import CODES, SesMailer, check_tags, mailbox_of
from chalicelib.domain.attempts import Kind
from chalicelib.domain.errors import Ambiguous, BadRequest, NotNow, NotSent, OurAccount
from chalicelib.messages.compose import compose_email
from local.aws.embedded import EmbeddedAws
from local.aws.suppression import SuppressionList
from tests.channels.letters import ADDRESS, EMAIL, TAGS, WITH_INVITE
from tests.channels.providers import refusal
from tests.messages.samples import DESK, DOSSIER, LINKS, NOW, everything, notice

pytestmark = pytest.mark.enable_socket

SENDER, REPLY_TO = "desk@relance.example", "people@relance.example"

#: Not in the model of the service; from the list of errors that every API of SES shares.
#: https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html
COMMON = {"InternalFailure", "ServiceUnavailable"}
#: What SES' own operations answer when they fail inside, as botocore's model of other ones says.
INSIDE = {"InternalServiceErrorException"}


@dataclass(kw_only=True)
class Post:
    """A mailer, what SES was asked and answered, and its suppression list."""

    mailer: SesMailer
    requests: list[tuple[Mapping[str, Any], str]]
    suppressed: SuppressionList

    @property
    def last(self) -> Mapping[str, Any]:
        return self.requests[-1][0]


Ses = tuple[EmbeddedAws, list[tuple[Mapping[str, Any], str]], SuppressionList]


@pytest.fixture(scope="module")
def ses() -> Iterator[Ses]:
    requests: list[tuple[Mapping[str, Any], str]] = []
    suppressed = SuppressionList()
    with EmbeddedAws(
        on_email=lambda request, id_: requests.append((request, id_)), suppressed=suppressed
    ) as aws:
        aws.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        yield aws, requests, suppressed


@pytest.fixture
def post(ses: Ses, monkeypatch: pytest.MonkeyPatch) -> Post:
    aws, requests, suppressed = ses
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    requests.clear()
    mailer = SesMailer(sending_client("sesv2"), SENDER, REPLY_TO, "relance-mail")
    return Post(mailer=mailer, requests=requests, suppressed=suppressed)


def test_an_email_says_from_whom_to_whom_and_what_and_nothing_else(post: Post) -> None:
    post.mailer.send(EMAIL, to=ADDRESS, tags=TAGS)
    assert post.last == {
        "FromEmailAddress": mailbox_of(EMAIL.sender, SENDER),
        "ReplyToAddresses": [REPLY_TO],
        "Destination": {"ToAddresses": [ADDRESS]},
        "ConfigurationSetName": "relance-mail",
        "EmailTags": [{"Name": name, "Value": value} for name, value in TAGS.items()],
        "Content": {
            "Simple": {
                "Subject": {"Data": EMAIL.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": EMAIL.text, "Charset": "UTF-8"},
                    "Html": {"Data": EMAIL.html, "Charset": "UTF-8"},
                },
                "Headers": [],
            }
        },
    }


@pytest.mark.parametrize(
    ("name", "travels"),
    [
        ("Prefecture", f"Prefecture <{SENDER}>"),
        ("Prefecture, desk", f'"Prefecture, desk" <{SENDER}>'),
        ('The "desk"', f'"The \\"desk\\"" <{SENDER}>'),
        ("Préfecture", f"=?utf-8?q?Pr=C3=A9fecture?= <{SENDER}>"),
    ],
)
def test_the_name_of_a_sender_is_quoted_or_encoded_where_it_has_to_be(
    name: str, travels: str
) -> None:
    assert mailbox_of(name, SENDER) == travels


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1))
@example("Préfecture de l’Isère, antenne sur le campus")
@example('Préfecture "du Val-d’Orme", guichet <des> étrangers; @Montrevel, ' * 3)
@example("préfecture=?utf-8?q?=C3=A9?=")
def test_every_name_is_one_sender_and_reads_as_it_was_written(name: str) -> None:
    sent = mailbox_of(name.strip(), SENDER)
    [(encoded, address)] = getaddresses([sent])
    assert address == SENDER
    assert str(make_header(decode_header(encoded))) == name.strip()
    # RFC 2047, 2 and 5: ASCII, 75 characters a word, and no other sign within a phrase.
    assert sent.isascii()
    words = re.findall(r"=\?utf-8\?[bq]\?([^?]*)\?=", encoded)
    assert all(len(word) <= 75 - len("=?utf-8?q??=") for word in words)
    assert name.strip().isascii() or all(re.fullmatch(r"[\w!*+/=-]*", w, re.ASCII) for w in words)


def test_headers_and_attachments_go_with_it(post: Post) -> None:
    post.mailer.send(WITH_INVITE, to=ADDRESS, tags=TAGS)
    simple = post.last["Content"]["Simple"]
    assert [(h["Name"], h["Value"]) for h in simple["Headers"]] == list(WITH_INVITE.headers)
    assert simple["Attachments"] == [
        {
            "FileName": attachment.filename,
            "ContentType": attachment.media_type,
            "ContentDisposition": "ATTACHMENT",
            "ContentTransferEncoding": "BASE64",
            "RawContent": base64.b64encode(attachment.content).decode(),
        }
        for attachment in WITH_INVITE.attachments
    ]


@pytest.mark.parametrize(
    ("kind", "refusable"), [(Kind.CONFIRMATION_REQUEST, False), (Kind.RENEWAL_OPENS, True)]
)
def test_the_headers_of_a_real_letter_are_handed_over(
    post: Post, kind: Kind, refusable: bool
) -> None:
    letter = compose_email(notice(kind), everything(), DESK, LINKS, DOSSIER, NOW)

    post.mailer.send(letter, to=ADDRESS, tags=TAGS)

    assert post.last["ReplyToAddresses"] == [REPLY_TO]
    headers = {h["Name"]: h["Value"] for h in post.last["Content"]["Simple"]["Headers"]}
    always = {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "fr",
    }
    way_out = {
        "List-Unsubscribe": f"<{LINKS.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert headers == always | (way_out if refusable else {})


def test_the_answer_is_the_id_that_the_receipts_will_name(post: Post) -> None:
    message_id = post.mailer.send(EMAIL, to=ADDRESS, tags=TAGS)
    assert [id_ for _, id_ in post.requests] == [message_id]


def test_a_sender_that_is_not_verified_is_about_us(post: Post) -> None:
    mailer = SesMailer(sending_client("sesv2"), "nobody@elsewhere.example", REPLY_TO, "set")
    with pytest.raises(OurAccount, match="MessageRejected"):
        mailer.send(EMAIL, to=ADDRESS, tags=TAGS)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("AccountSuspendedException", OurAccount),
        ("BadRequestException", BadRequest),
        ("InternalFailure", Ambiguous),
        ("InternalServiceErrorException", Ambiguous),
        ("LimitExceededException", OurAccount),
        ("MailFromDomainNotVerifiedException", OurAccount),
        ("MessageRejected", OurAccount),
        ("NotFoundException", OurAccount),
        ("SendingPausedException", OurAccount),
        ("ServiceUnavailable", Ambiguous),
        ("TooManyRequestsException", NotNow),
    ],
)
def test_every_refusal_of_ses_has_its_meaning(code: str, answer: type[NotSent]) -> None:
    with pytest.raises(NotSent, match=code) as met, provider_errors(CODES):
        raise refusal(code)
    assert type(met.value) is answer


def test_the_table_holds_what_the_service_may_answer_and_nothing_it_may_not() -> None:
    model = botocore.session.get_session().get_service_model("sesv2")
    modelled = {shape.name for shape in model.operation_model("SendEmail").error_shapes}
    assert modelled <= set(CODES)
    assert set(CODES) - modelled == COMMON | INSIDE
    assert set(model.shape_names) >= INSIDE


@pytest.mark.parametrize(
    "tags",
    [
        {"dossier": ""},
        {"": "D-1"},
        {"dossier": "D 1"},
        {"dossier": "D.1"},
        {"dossier": "é"},
        {"dossier": "D-1\n"},
        {"dossier": ADDRESS},
        {"dossier": "٣"},
        {"dossier": "D" * 257},
        {"dos sier": "D-1"},
        {"dossier": "D-1", "occasion": "a/b"},
    ],
)
def test_a_tag_that_would_not_come_back_stops_the_message(
    post: Post, tags: Mapping[str, str]
) -> None:
    with pytest.raises(BadRequest) as refused:
        post.mailer.send(EMAIL, to=ADDRESS, tags=tags)
    assert refused.value.reason == "tag"
    assert post.requests == []


@pytest.mark.parametrize("tags", [{}, TAGS, {"d" * 256: "D" * 256}])
def test_a_tag_that_comes_back_is_taken(tags: Mapping[str, str]) -> None:
    check_tags(tags)


# The account's suppression list


@pytest.mark.parametrize("spelt", [ADDRESS, ADDRESS.upper(), "odd+name'@example.org"])
def test_an_address_is_taken_off_the_list(post: Post, spelt: str) -> None:
    client = sending_client("sesv2")
    client.put_suppressed_destination(EmailAddress=spelt, Reason="BOUNCE")
    post.mailer.unsuppress(spelt)
    assert post.suppressed.reason_of(spelt) is None


def test_an_address_is_taken_off_although_the_list_spells_it_without_capitals(post: Post) -> None:
    sending_client("sesv2").put_suppressed_destination(
        EmailAddress=ADDRESS.lower(), Reason="COMPLAINT"
    )
    post.mailer.unsuppress(ADDRESS.upper())
    assert post.suppressed.reason_of(ADDRESS) is None


def test_an_address_that_is_not_on_the_list_is_fine(post: Post) -> None:
    post.mailer.unsuppress(ADDRESS)
    assert post.suppressed.reason_of(ADDRESS) is None


@pytest.mark.parametrize(
    ("code", "status", "answer"),
    [
        ("TooManyRequestsException", 429, NotNow),
        ("InternalFailure", 500, NotNow),  # asking again does no harm
        ("AccessDeniedException", 403, OurAccount),
        ("BadRequestException", 400, BadRequest),
    ],
)
def test_what_keeps_an_address_on_the_list_has_its_meaning(
    post: Post, monkeypatch: pytest.MonkeyPatch, code: str, status: int, answer: type[NotSent]
) -> None:
    client = post.mailer._client

    def refuse(**_asked: str) -> None:
        raise refusal(code, status=status)

    monkeypatch.setattr(client, "delete_suppressed_destination", refuse, raising=False)
    with pytest.raises(NotSent, match=code) as met:
        post.mailer.unsuppress(ADDRESS)
    assert type(met.value) is answer
