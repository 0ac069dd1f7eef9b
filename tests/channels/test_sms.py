"""SMS by AWS End User Messaging: the whole request, and what each refusal means."""

from collections.abc import Iterator

import botocore.session
import pytest

from chalicelib.aws import sending_client
from chalicelib.channels.answers import provider_errors
from chalicelib.channels.sms import CODES, AwsTexter
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
)
from local.aws.sms_service import SmsService
from tests.channels.letters import ADDRESS, NUMBER, SMS, TAGS
from tests.channels.providers import refusal

pytestmark = pytest.mark.enable_socket

#: Refused by every AWS service alike, so the common table has it.
COMMON = {"AccessDeniedException"}


@pytest.fixture(scope="module")
def running() -> Iterator[SmsService]:
    with SmsService(frozenset({"relance-sms"})) as service:
        yield service


@pytest.fixture
def service(running: SmsService, monkeypatch: pytest.MonkeyPatch) -> SmsService:
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)
    running.accepted.clear()
    running.opted_out.clear()
    running.blocked_prefixes = ()
    return running


def texter(configuration_set: str = "relance-sms") -> AwsTexter:
    return AwsTexter(sending_client("pinpoint-sms-voice-v2"), "DESK", configuration_set)


def test_an_sms_says_all_it_has_to_and_nothing_else(service: SmsService) -> None:
    message_id = texter().send(SMS, to=NUMBER, tags=TAGS)
    assert service.accepted == [
        (
            message_id,
            {
                "DestinationPhoneNumber": NUMBER,
                "OriginationIdentity": "DESK",
                "MessageBody": SMS.text,
                "MessageType": "TRANSACTIONAL",
                "MaxPrice": "0.25",
                "TimeToLive": 259_200,
                "ConfigurationSetName": "relance-sms",
                "Context": TAGS,
            },
        )
    ]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0612345678",
        "33612345678",
        "+0612345678",
        "+33 6 12 34 56 78",
        "+33612",
        "+3361234567890123",
        "+33612345678\n",
        "+٣٣٦١٢٣٤٥٦٧٨",
        "+33612345abc",
        ADDRESS,
    ],
)
def test_what_is_no_number_is_refused_before_anybody_is_asked(
    service: SmsService, number: str
) -> None:
    with pytest.raises(BadRecipient) as refused:
        texter().send(SMS, to=number, tags=TAGS)
    assert refused.value.reason == "not_e164"
    assert not number or number not in str(refused.value)
    assert service.accepted == []


def test_a_tag_that_would_not_come_back_stops_the_message(service: SmsService) -> None:
    with pytest.raises(BadRequest, match="tag"):
        texter().send(SMS, to=NUMBER, tags={"dossier": ADDRESS})
    assert service.accepted == []


def test_a_number_that_opted_out_will_never_take_it(service: SmsService) -> None:
    service.opted_out.add(NUMBER)
    with pytest.raises(BadRecipient, match="OPTED_OUT"):
        texter().send(SMS, to=NUMBER, tags=TAGS)


def test_a_country_that_is_blocked_will_never_take_it(service: SmsService) -> None:
    service.blocked_prefixes = ("+33",)
    with pytest.raises(BadRecipient, match="COUNTRY_BLOCKED"):
        texter().send(SMS, to=NUMBER, tags=TAGS)


def test_a_configuration_set_that_is_not_there_is_about_us(service: SmsService) -> None:
    with pytest.raises(OurAccount, match="ResourceNotFoundException"):
        texter("another").send(SMS, to=NUMBER, tags=TAGS)


REFUSALS: list[tuple[str, type[NotSent]]] = [
    ("ConflictException", OurAccount),
    ("ConflictException.DESTINATION_PHONE_NUMBER_OPTED_OUT", BadRecipient),
    ("ConflictException.DESTINATION_PHONE_NUMBER_NOT_VERIFIED", OurAccount),
    ("ConflictException.DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", BadRecipient),
    ("ConflictException.DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE", BadRecipient),
    ("ConflictException.NO_ORIGINATION_IDENTITIES_FOUND", OurAccount),
    ("InternalServerException", Ambiguous),
    ("ResourceNotFoundException", OurAccount),
    ("ServiceQuotaExceededException", OurAccount),
    ("ThrottlingException", NotNow),
    ("ValidationException", OurAccount),
    ("ValidationException.CANNOT_PARSE", BadRequest),
    ("ValidationException.DESTINATION_COUNTRY_BLOCKED", BadRecipient),
    ("ValidationException.FIELD_VALIDATION_FAILED", BadRequest),
    ("ValidationException.INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", BadRecipient),
    ("ValidationException.INVALID_PARAMETER", BadRequest),
    ("ValidationException.INVALID_REQUEST", BadRequest),
    ("ValidationException.MAXIMUM_SIZE_EXCEEDED", BadRequest),
    ("ValidationException.MISSING_PARAMETER", BadRequest),
    ("ValidationException.PARAMETERS_CANNOT_BE_USED_TOGETHER", BadRequest),
    ("ValidationException.PRICE_OVER_THRESHOLD", BadRecipient),
    ("ValidationException.UNSPECIFIED_PARAMETER_NOT_SUPPORTED", BadRequest),
]


@pytest.mark.parametrize(("name", "answer"), REFUSALS)
def test_every_refusal_of_the_service_has_its_meaning(name: str, answer: type[NotSent]) -> None:
    code, _, reason = name.partition(".")
    with pytest.raises(NotSent) as met, provider_errors(CODES):
        raise refusal(code, reason=reason)
    assert type(met.value) is answer
    assert met.value.reason == name


def test_every_row_of_the_table_is_tried() -> None:
    assert {name for name, _ in REFUSALS} == set(CODES)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("AccessDeniedException", OurAccount),
        ("ServiceQuotaExceededException.MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", OurAccount),
        ("ValidationException.SENDER_ID_NOT_REGISTERED", OurAccount),
        ("ConflictException.A_REASON_OF_TOMORROW", OurAccount),
    ],
)
def test_what_has_no_row_of_its_own_is_about_us(name: str, answer: type[NotSent]) -> None:
    code, _, reason = name.partition(".")
    with pytest.raises(answer), provider_errors(CODES):
        raise refusal(code, reason=reason)


def test_the_table_holds_what_the_service_may_answer_and_nothing_it_may_not() -> None:
    model = botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2")
    modelled = {shape.name for shape in model.operation_model("SendTextMessage").error_shapes}
    assert {name.partition(".")[0] for name in CODES} | COMMON == modelled


@pytest.mark.parametrize("name", [name for name in CODES if "." in name])
def test_every_reason_is_one_that_the_service_gives(name: str) -> None:
    model = botocore.session.get_session().get_service_model("pinpoint-sms-voice-v2")
    code, _, reason = name.partition(".")
    assert reason in model.shape_for(f"{code}Reason").enum  # type: ignore[attr-defined]
