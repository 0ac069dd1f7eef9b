"""Speaks SMS: AWS End User Messaging v2, which reports what became of a message."""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.aws import sending_client
from chalicelib.channels.answers import message_id, provider_errors
from chalicelib.channels.ses_email import check_tags
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
)
from chalicelib.messages.letter import Sms
from chalicelib.settings import Settings

#: The service's refusals, as `code` or `code.reason`.
#: https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
CODES: Mapping[str, type[NotSent]] = {
    "ConflictException": OurAccount,
    "ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT": BadRecipient,
    "ConflictException.DESTINATION_PHONE_NUMBER_NOT_VERIFIED": OurAccount,
    "ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": BadRecipient,
    "ConflictException.DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": BadRecipient,
    "ConflictException.NO_ORIGINATION_IDENTITIES_FOUND": OurAccount,
    "InternalServerException": Ambiguous,
    "ResourceNotFoundException": OurAccount,
    "ServiceQuotaExceededException": OurAccount,
    "ThrottlingException": NotNow,
    "ValidationException": OurAccount,
    "ValidationException.CANNOT_PARSE": BadRequest,
    "ValidationException.DESTINATION_COUNTRY_BLOCKED": BadRecipient,
    "ValidationException.FIELD_VALIDATION_FAILED": BadRequest,
    "ValidationException.INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": BadRecipient,
    "ValidationException.INVALID_PARAMETER": BadRequest,
    "ValidationException.INVALID_REQUEST": BadRequest,
    "ValidationException.MAXIMUM_SIZE_EXCEEDED": BadRequest,
    "ValidationException.MISSING_PARAMETER": BadRequest,
    "ValidationException.PARAMETERS_CANNOT_BE_USED_TOGETHER": BadRequest,
    "ValidationException.PRICE_OVER_THRESHOLD": BadRecipient,
    "ValidationException.UNSPECIFIED_PARAMETER_NOT_SUPPORTED": BadRequest,
}

#: Dollars a part at the most: France costs about 0.07, and whatever we send is one part.
MAX_PRICE = "0.25"
#: Carriers may try this long, in seconds: as long as we wait for their receipt.
TIME_TO_LIVE = 72 * 3600

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)


class AwsTexter:
    """The pipeline's Speaker of text messages."""

    def __init__(self, client: Any, sender_id: str, configuration_set: str) -> None:
        self._client = client
        self._sender_id = sender_id
        self._configuration_set = configuration_set

    def send(self, sms: Sms, *, to: str, tags: Mapping[str, str]) -> str:
        """Send once and return the service's message id. Raises NotSent."""
        check_tags(tags)
        if not _E164.fullmatch(to):
            raise BadRecipient("not_e164")
        with provider_errors(CODES):
            answer = self._client.send_text_message(
                DestinationPhoneNumber=to,
                OriginationIdentity=self._sender_id,
                MessageBody=sms.text,
                MessageType="TRANSACTIONAL",
                MaxPrice=MAX_PRICE,
                TimeToLive=TIME_TO_LIVE,
                ConfigurationSetName=self._configuration_set,
                Context=dict(tags),
            )
        return message_id(answer)


def connect(settings: Settings) -> AwsTexter:
    """The texter of a stage."""
    return AwsTexter(
        sending_client("pinpoint-sms-voice-v2"),
        settings.sms_sender_id,
        settings.sms_configuration_set,
    )
