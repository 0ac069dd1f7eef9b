"""The stand-in for the SMS service: what it takes and refuses, as AWS' own client sees it.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws.sms_service import SmsService
from local.aws.transport import in_process

#: The shortest number and the longest text that it takes, and so on: a message at every limit.
WHOLE: Mapping[str, Any] = {
    "DestinationPhoneNumber": "+33612345678",
    "OriginationIdentity": "PREFISERE",
    "MessageBody": "Votre titre est pret.",
    "MessageType": "TRANSACTIONAL",
    "MaxPrice": "0.25",
    "TimeToLive": 259_200,
    "ConfigurationSetName": "relance-sms",
    "Context": {"dossier": "D-1"},
}


@pytest.fixture
def service() -> Iterator[SmsService]:
    with SmsService(frozenset({"relance-sms"}), transport=in_process) as service:
        yield service


@pytest.fixture
def client(service: SmsService) -> Any:
    """It sends what it is given: what the service refuses is not refused before."""
    return boto3.client(
        "pinpoint-sms-voice-v2",
        endpoint_url=service.endpoint,
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def refusal(client: Any, **change: Any) -> tuple[str, str]:
    """The kind of an error answer, and its reason."""
    with pytest.raises(ClientError) as met:
        client.send_text_message(**{**WHOLE, **change})
    return met.value.response["Error"]["Code"], str(met.value.response.get("Reason", ""))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"DestinationPhoneNumber": "+1234567"},
        {"DestinationPhoneNumber": "+123456789012345"},
        {"OriginationIdentity": "A2345678901"},
        {"MessageBody": "a" * 1_530},
        {"MessageBody": "é€" * 765},
        {"MessageBody": "œ" * 630},
        {"MessageType": "PROMOTIONAL"},
        {"MaxPrice": "99.99999"},
        {"TimeToLive": 5},
        {"Context": {f"tag-{n}": "x" * 800 for n in range(5)}},
        {"Context": {"x" * 100: "1"}},
    ],
    ids=str,
)
def test_what_the_service_takes_is_taken_and_kept_as_it_was_sent(
    client: Any, service: SmsService, change: Mapping[str, Any]
) -> None:
    answer = client.send_text_message(**{**WHOLE, **change})
    assert service.accepted == [(answer["MessageId"], {**WHOLE, **change})]


@pytest.mark.parametrize(
    "change",
    [
        {"DestinationPhoneNumber": "0612345678"},
        {"DestinationPhoneNumber": "+0612345678"},
        {"DestinationPhoneNumber": "+33 6 12 34 56 78"},
        {"DestinationPhoneNumber": "+123456"},
        {"DestinationPhoneNumber": "+1234567890123456"},
        {"DestinationPhoneNumber": ""},
        {"DestinationPhoneNumber": 33612345678},
        {"MessageBody": ""},
        {"MessageBody": " \n"},
        {"MessageBody": None},
        {"MessageBody": "a" * 1_531},
        {"MessageBody": "œ" * 631},
        {"MessageBody": "œ" + "a" * 700},
        {"OriginationIdentity": ""},
        {"OriginationIdentity": "12345"},
        {"OriginationIdentity": "A23456789012"},
        {"OriginationIdentity": "PRÉF"},
        {"MessageType": "URGENT"},
        {"MaxPrice": "cheap"},
        {"MaxPrice": "100.00"},
        {"MaxPrice": "1"},
        {"TimeToLive": 4},
        {"TimeToLive": 259_201},
        {"Context": {f"tag-{n}": "x" for n in range(6)}},
        {"Context": {"tag": ""}},
        {"Context": {"tag": "x" * 801}},
        {"Context": {"x" * 101: "1"}},
        {"Context": {"": "1"}},
        {"Context": {"tag": 1}},
    ],
    ids=lambda change: str(change)[:60],
)
def test_what_the_service_would_refuse_is_refused_and_nobody_hears_of_it(
    client: Any, service: SmsService, change: Mapping[str, Any]
) -> None:
    assert refusal(client, **change) == ("ValidationException", "INVALID_PARAMETER")
    assert service.accepted == []


def test_a_configuration_set_that_is_not_there_takes_nothing(
    client: Any, service: SmsService
) -> None:
    assert refusal(client, ConfigurationSetName="another") == ("ResourceNotFoundException", "")
    assert service.accepted == []


def test_a_number_that_has_opted_out_gets_nothing_and_the_others_do(
    client: Any, service: SmsService
) -> None:
    service.opted_out.add("+33612345678")
    reason = "DESTINATION_PHONE_NUMBER_OPTED_OUT"
    assert refusal(client) == ("ConflictException", reason)
    client.send_text_message(**{**WHOLE, "DestinationPhoneNumber": "+33612345679"})
    assert len(service.accepted) == 1


def test_a_country_that_is_blocked_gets_nothing_and_the_others_do(
    client: Any, service: SmsService
) -> None:
    service.blocked_prefixes = ("+44", "+1")
    reason = "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
    for number in ("+447700900123", "+12025550123"):
        refused = refusal(client, DestinationPhoneNumber=number)
        assert refused == ("ConflictException", reason)
    client.send_text_message(**WHOLE)
    assert len(service.accepted) == 1


def test_each_message_has_an_id_of_its_own_and_is_told_of_once() -> None:
    heard: list[str] = []
    with SmsService(
        frozenset({"relance-sms"}), lambda _asked, name: heard.append(name), transport=in_process
    ) as service:
        client = boto3.client("pinpoint-sms-voice-v2", endpoint_url=service.endpoint)
        given = [client.send_text_message(**WHOLE)["MessageId"] for _ in range(2)]
    assert heard == given
    assert given[0] != given[1]


def test_it_knows_the_one_call_and_no_other(client: Any) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        client.describe_account_limits()
