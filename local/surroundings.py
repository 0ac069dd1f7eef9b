"""Everything the product meets outside: embedded AWS with the stack, the SMS service, Cognito."""

import base64
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from chalicelib.desk_data import load
from local.aws.cognito import Cognito
from local.aws.declared import Queue
from local.aws.embedded import REGION, EmbeddedAws, make_stack
from local.aws.opened import Opened
from local.aws.sms_service import SmsService
from local.aws.suppression import SuppressionList
from local.aws.transport import Transport, both_ways
from local.studio.outbox import File, Message

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAIL_FROM = "rendez-vous@relance.example"
MAIL_REPLY_TO = "antenne-campus@relance.example"
DESK = "grenoble"


class Surroundings(Opened):
    """A context manager: inside it every service answers, and each message taken is handed over."""

    region = REGION

    def __init__(
        self,
        public_url: str,
        accepted: Callable[[Message], None],
        transport: Transport = both_ways,
        digest_to: str = "",
    ) -> None:
        self._digest_to = digest_to
        self._public_url = public_url
        self._accepted = accepted
        self._transport = transport
        self.suppressed = SuppressionList()

    def _build(self, stack: ExitStack) -> None:
        self._aws = stack.enter_context(
            EmbeddedAws(self._email, None, self._transport, suppressed=self.suppressed)
        )
        self.stack = make_stack(self._aws, self._parameters())
        sets = frozenset({self.stack.ids["SmsConfigurationSet"]})
        self._sms = stack.enter_context(SmsService(sets, self._text, transport=self._transport))
        self.cognito = stack.enter_context(Cognito(transport=self._transport))
        self.sqs: SQSClient = self._aws.client("sqs")
        self._sns = self._aws.client("sns")
        for client in (self.sqs, self._sns):
            stack.callback(client.close)

    def environment(self) -> dict[str, str]:
        """What the product finds in its environment."""
        settings = self.stack.environment()
        services = {**self._sms.environment(), **self.cognito.environment()}
        return {**self._aws.environment(), **services, **settings}

    def endpoints(self) -> dict[str, str]:
        """Where the services listen."""
        return {
            "aws": self._aws.endpoint,
            "sms": self._sms.endpoint,
            "operators": self.cognito.endpoint,
        }

    def queues(self) -> dict[str, Queue]:
        """The queues, by their names in the stack."""
        ids, arns = self.stack.ids, self.stack.queue_arns
        return {name: Queue(url=ids[name], arn=arn) for name, arn in arns.items()}

    def publish_receipt(self, event: str) -> None:
        """What SES and the SMS service do with their events."""
        self._sns.publish(TopicArn=self.stack.ids["FeedbackTopic"], Message=event)

    def _parameters(self) -> dict[str, str]:
        return {
            "Stage": "local",
            "Desk": DESK,
            "PublicUrl": self._public_url,
            "MailFrom": MAIL_FROM,
            "MailReplyTo": MAIL_REPLY_TO,
            "SmsSenderId": load(DESK).sms_sender,
            "DigestTo": self._digest_to,
        }

    def _email(self, request: Mapping[str, Any], message_id: str) -> None:
        self._accepted(email(request, message_id, datetime.now(UTC)))

    def _text(self, request: Mapping[str, Any], message_id: str) -> None:
        self._accepted(text_message(request, message_id, datetime.now(UTC)))


def email(request: Mapping[str, Any], message_id: str, at: datetime) -> Message:
    """The e-mail in a SendEmail request of SES v2."""
    simple = request["Content"]["Simple"]
    body = simple["Body"]
    return Message(
        message_id=message_id,
        at=at,
        channel="email",
        sender=_as_read(request["FromEmailAddress"]),
        to=request["Destination"]["ToAddresses"][0],
        subject=simple["Subject"]["Data"],
        text=body["Text"]["Data"],
        html=body.get("Html", {}).get("Data", ""),
        headers=tuple((h["Name"], h["Value"]) for h in _headers(request, simple)),
        attachments=tuple(_file(attached) for attached in simple.get("Attachments", ())),
        tags={tag["Name"]: tag["Value"] for tag in request.get("EmailTags", ())},
    )


def _as_read(sender: str) -> str:
    """A name and its address as a mail program shows them."""
    name, address = parseaddr(sender)
    return str(Address(str(make_header(decode_header(name))), addr_spec=address))


def _headers(request: Mapping[str, Any], simple: Mapping[str, Any]) -> list[Mapping[str, str]]:
    replies = ", ".join(request.get("ReplyToAddresses", ()))
    reply_to = [{"Name": "Reply-To", "Value": replies}] if replies else []
    return [*reply_to, *simple.get("Headers", ())]


def _file(attached: Mapping[str, Any]) -> File:
    return File(
        filename=attached["FileName"],
        media_type=attached.get("ContentType", "application/octet-stream"),
        content=base64.b64decode(attached["RawContent"]),
    )


def text_message(request: Mapping[str, Any], message_id: str, at: datetime) -> Message:
    """The SMS in a SendTextMessage request."""
    return Message(
        message_id=message_id,
        at=at,
        channel="sms",
        sender=request["OriginationIdentity"],
        to=request["DestinationPhoneNumber"],
        text=request["MessageBody"],
        tags=request.get("Context", {}),
    )
