"""Speaks e-mail: Amazon SES v2, simple content, so that nobody here builds MIME."""

import re
from collections.abc import Mapping
from email.header import Header
from email.utils import formataddr
from typing import Any

from chalicelib.aws import sending_client
from chalicelib.channels.answers import message_id, provider_errors
from chalicelib.domain.errors import Ambiguous, BadRequest, NotNow, NotSent, OurAccount
from chalicelib.messages.letter import Attachment, Email
from chalicelib.settings import Settings

#: SES' own refusals. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
CODES: Mapping[str, type[NotSent]] = {
    "AccountSuspendedException": OurAccount,
    "BadRequestException": BadRequest,
    "InternalFailure": Ambiguous,
    "InternalServiceErrorException": Ambiguous,
    "LimitExceededException": OurAccount,
    "MailFromDomainNotVerifiedException": OurAccount,
    "MessageRejected": OurAccount,  # sandbox, or an identity that is not verified
    "NotFoundException": OurAccount,
    "SendingPausedException": OurAccount,
    "ServiceUnavailable": Ambiguous,
    "TooManyRequestsException": NotNow,
}

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)
_UTF8 = "UTF-8"
#: RFC 2047, 2: the longest.
_ENCODED_WORD = 75


class SesMailer:
    """The pipeline's Mailer."""

    def __init__(self, client: Any, address: str, reply_to: str, configuration_set: str) -> None:
        self._client = client
        self._address = address
        self._reply_to = reply_to
        self._configuration_set = configuration_set

    def send(self, email: Email, *, to: str, tags: Mapping[str, str]) -> str:
        """Send once and return SES' message id. Raises NotSent."""
        check_tags(tags)
        with provider_errors(CODES):
            answer = self._client.send_email(
                FromEmailAddress=mailbox_of(email.sender, self._address),
                ReplyToAddresses=[self._reply_to],
                Destination={"ToAddresses": [to]},
                ConfigurationSetName=self._configuration_set,
                EmailTags=[{"Name": name, "Value": value} for name, value in tags.items()],
                Content={"Simple": _content(email)},
            )
        return message_id(answer)

    def unsuppress(self, address: str) -> None:
        """Take an address off the account's suppression list, however it is spelt there; it is fine
        if it is not on it. Raises NotNow, OurAccount, BadRequest.
        """
        for spelling in dict.fromkeys((address, address.lower())):
            try:
                self._off_the_list(spelling)
            except Ambiguous as lost:  # asking again does no harm
                raise NotNow(lost.reason) from lost

    def _off_the_list(self, spelling: str) -> None:
        with provider_errors(CODES):
            try:
                self._client.delete_suppressed_destination(EmailAddress=spelling)
            except self._client.exceptions.NotFoundException:
                return


def connect(settings: Settings) -> SesMailer:
    """The mailer of a stage."""
    return SesMailer(
        sending_client("sesv2"),
        settings.mail_from,
        settings.mail_reply_to,
        settings.mail_configuration_set,
    )


def mailbox_of(name: str, address: str) -> str:
    """A name and its address as SES takes them: quoted where it must be, and by RFC 2047 where the
    name is not ASCII. https://docs.aws.amazon.com/ses/latest/dg/send-email-raw.html
    """
    if name.isascii():
        return formataddr((name, address))
    # In as many encoded words as it takes: `formataddr` makes one, however long.
    return f"{Header(name, 'utf-8').encode(linesep='', maxlinelen=_ENCODED_WORD)} <{address}>"


def check_tags(tags: Mapping[str, str]) -> None:
    """Refuse what a provider would: a message that nobody can recognise must not leave."""
    if not all(_TAG.fullmatch(text) for pair in tags.items() for text in pair):
        raise BadRequest("tag")


def _content(email: Email) -> dict[str, Any]:
    content: dict[str, Any] = {
        "Subject": {"Data": email.subject, "Charset": _UTF8},
        "Body": {
            "Text": {"Data": email.text, "Charset": _UTF8},
            "Html": {"Data": email.html, "Charset": _UTF8},
        },
        "Headers": [{"Name": name, "Value": value} for name, value in email.headers],
    }
    if email.attachments:
        content["Attachments"] = [_attachment(a) for a in email.attachments]
    return content


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "FileName": attachment.filename,
        "ContentType": attachment.media_type,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
        "RawContent": attachment.content,
    }
