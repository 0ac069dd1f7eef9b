"""What whatever comes back from a provider means."""

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)

from chalicelib.channels.answers import message_id, provider_errors
from chalicelib.domain.errors import (
    Ambiguous,
    BadRecipient,
    BadRequest,
    NotNow,
    NotSent,
    OurAccount,
)
from tests.channels.letters import ADDRESS, NUMBER
from tests.channels.providers import refusal

URL = f"https://provider.example/{ADDRESS}"
CODES: dict[str, type[NotSent]] = {
    "Conflict": OurAccount,
    "Conflict.OPTED_OUT": BadRecipient,
    "Throttling": BadRecipient,
}


def met_with(error: Exception) -> NotSent:
    with pytest.raises(NotSent) as caught, provider_errors(CODES):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (ConnectTimeoutError(endpoint_url=URL), NotNow),
        (EndpointConnectionError(endpoint_url=URL), NotNow),
        (NoCredentialsError(), OurAccount),
        (ParamValidationError(report=f"Invalid value {ADDRESS}"), BadRequest),
        (ReadTimeoutError(endpoint_url=URL), Ambiguous),
        (ConnectionClosedError(endpoint_url=URL), Ambiguous),
        (HTTPClientError(error=ADDRESS), Ambiguous),
        (ResponseStreamingError(error=ADDRESS), Ambiguous),
        (SSLError(endpoint_url=URL, error=OSError(ADDRESS)), Ambiguous),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BotoCoreError) else value.__name__,
)
def test_what_happened_on_the_way_is_one_of_the_answers(
    error: BotoCoreError, answer: type[NotSent]
) -> None:
    met = met_with(error)
    assert type(met) is answer
    assert met.reason == type(error).__name__
    assert met.__cause__ is error


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("AccessDenied", OurAccount),
        ("AccessDeniedException", OurAccount),
        ("ExpiredTokenException", OurAccount),
        ("InvalidClientTokenId", OurAccount),
        ("SignatureDoesNotMatch", OurAccount),
        ("UnrecognizedClientException", OurAccount),
        ("RequestExpired", NotNow),
        ("RequestTimeout", Ambiguous),
        ("ThrottlingException", NotNow),
        ("TooManyRequestsException", NotNow),
        ("NobodyHasMetThisYet", OurAccount),
        ("", OurAccount),
    ],
)
def test_a_refusal_of_any_service_has_its_meaning(code: str, answer: type[NotSent]) -> None:
    met = met_with(refusal(code))
    assert type(met) is answer
    assert met.reason == code


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_unknown_failure_of_the_service_is_ambiguous(status: int) -> None:
    assert type(met_with(refusal("NobodyHasMetThisYet", status=status))) is Ambiguous


def test_a_known_code_counts_more_than_the_status() -> None:
    assert type(met_with(refusal("ThrottlingException", status=503))) is NotNow


def test_a_providers_own_table_comes_first() -> None:
    assert type(met_with(refusal("Throttling"))) is BadRecipient


@pytest.mark.parametrize(
    ("reason", "answer", "said"),
    [
        ("OPTED_OUT", BadRecipient, "Conflict.OPTED_OUT"),
        ("SOMETHING_NEW", OurAccount, "Conflict"),
        ("", OurAccount, "Conflict"),
    ],
)
def test_the_reason_beside_a_code_counts_more_than_the_code(
    reason: str, answer: type[NotSent], said: str
) -> None:
    met = met_with(refusal("Conflict", reason=reason))
    assert type(met) is answer
    assert met.reason == said


def test_a_refusal_without_any_detail_is_about_us() -> None:
    assert met_with(ClientError({"Error": {}}, "Send")).reason == ""
    assert type(met_with(ClientError({"Error": {}}, "Send"))) is OurAccount


@pytest.mark.parametrize(
    "error",
    [
        refusal("MessageRejected"),
        refusal("Conflict", reason="OPTED_OUT"),
        refusal("NobodyHasMetThisYet", status=500),
        ParamValidationError(report=f"Invalid value {ADDRESS} {NUMBER}"),
        HTTPClientError(error=f"{ADDRESS} {NUMBER}"),
    ],
    ids=str,
)
def test_no_answer_names_anybody(error: Exception) -> None:
    met = met_with(error)
    for told in (str(met), repr(met), met.reason):
        assert ADDRESS not in told
        assert NUMBER not in told


def test_what_is_no_answer_of_a_provider_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), provider_errors(CODES):
        raise ZeroDivisionError


def test_an_accepted_message_has_an_id() -> None:
    assert message_id({"MessageId": "m-1"}) == "m-1"


@pytest.mark.parametrize("answer", [{}, {"MessageId": ""}, {"MessageId": None}])
def test_an_answer_without_an_id_is_ambiguous(answer: dict[str, Any]) -> None:
    with pytest.raises(Ambiguous, match="no_message_id"):
        message_id(answer)
