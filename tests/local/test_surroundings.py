"""What the product meets outside."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import boto3
import pytest

from chalicelib.channels.ses_email import mailbox_of
from chalicelib.desk_data import load
from chalicelib.domain.contact import Language
from local.demo.keepsakes import mime
from local.studio.outbox import Message
from local.surroundings import DESK, Surroundings

TAGS = {"dossier": "D-1", "notice": "card_ready-1", "occasion": "o", "channel": "c", "attempt": "1"}

pytestmark = pytest.mark.enable_socket


class Doormat:
    """Where accepted messages land."""

    def __init__(self) -> None:
        self.messages: list[Message] = []


@pytest.fixture(scope="module")
def doormat() -> Doormat:
    return Doormat()


@pytest.fixture(scope="module")
def around(doormat: Doormat) -> Iterator[Surroundings]:
    with Surroundings("http://127.0.0.1:1", doormat.messages.append) as around:
        yield around


@pytest.fixture
def environment(around: Surroundings, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in around.environment().items():
        monkeypatch.setenv(name, value)
    return around.environment()


def test_an_accepted_mail_lands_whole(doormat: Doormat, environment: dict[str, str]) -> None:
    simple: Any = {
        "Subject": {"Data": "Sujet é"},
        "Body": {"Text": {"Data": "texte"}, "Html": {"Data": "<p>texte</p>"}},
        "Headers": [{"Name": "X-Test", "Value": "1"}],
        "Attachments": [
            {"FileName": "a.ics", "RawContent": b"BEGIN", "ContentType": "text/calendar"}
        ],
    }
    answer = boto3.client("sesv2").send_email(
        FromEmailAddress=environment["MAIL_FROM"],
        Destination={"ToAddresses": ["lea@example.org"]},
        ReplyToAddresses=["desk@example.org"],
        Content={"Simple": simple},
        EmailTags=[{"Name": name, "Value": value} for name, value in TAGS.items()],
    )
    message = doormat.messages[-1]
    assert message.message_id == answer["MessageId"]
    assert (message.subject, message.text, message.html) == ("Sujet é", "texte", "<p>texte</p>")
    assert dict(message.headers) == {"Reply-To": "desk@example.org", "X-Test": "1"}
    assert [(f.filename, f.content) for f in message.attachments] == [("a.ics", b"BEGIN")]
    assert message.tags == TAGS


def test_the_sender_of_a_mail_is_shown_as_a_mail_program_shows_it(
    doormat: Doormat, environment: dict[str, str]
) -> None:
    name, address = load(DESK).name[Language.FR], environment["MAIL_FROM"]
    boto3.client("sesv2").send_email(
        FromEmailAddress=mailbox_of(name, address),
        Destination={"ToAddresses": ["lea@example.org"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    )
    assert doormat.messages[-1].sender == f'"{name}" <{address}>'
    kept = message_from_bytes(mime(doormat.messages[-1]), policy=policy.default)["From"]
    assert [(one.display_name, one.addr_spec) for one in kept.addresses] == [(name, address)]


def test_an_accepted_sms_lands_whole(doormat: Doormat, environment: dict[str, str]) -> None:
    answer = boto3.client("pinpoint-sms-voice-v2").send_text_message(
        DestinationPhoneNumber="+33612345678",
        OriginationIdentity=environment["SMS_SENDER_ID"],
        ConfigurationSetName=environment["SMS_CONFIGURATION_SET"],
        MessageBody="Votre titre est pret.",
        Context=TAGS,
    )
    message = doormat.messages[-1]
    assert message.message_id == answer["MessageId"]
    assert (message.channel, message.to) == ("sms", "+33612345678")
    assert message.text == "Votre titre est pret."
    assert message.tags == TAGS


def test_a_published_receipt_arrives_on_the_feedback_queue(around: Surroundings) -> None:
    around.publish_receipt('{"eventType": "Send"}')
    url = around.queues()["FeedbackQueue"].url
    [message] = around.sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(json.loads(message["Body"])["Message"]) == {"eventType": "Send"}


def test_every_queue_of_the_stack_is_known(around: Surroundings) -> None:
    assert {"ServeQueue", "FeedbackQueue"} <= set(around.queues())
    assert around.queues()["ServeQueue"].arn.startswith("arn:aws:sqs:eu-west-3:")
