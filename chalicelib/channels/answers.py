"""What a provider's refusal means, whichever provider it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from chalicelib.domain.errors import Ambiguous, BadRequest, NotNow, NotSent, OurAccount

#: Codes of every AWS service. A provider's own table comes first.
_EVERYWHERE: Mapping[str, type[NotSent]] = {
    "AccessDenied": OurAccount,
    "AccessDeniedException": OurAccount,
    "ExpiredTokenException": OurAccount,
    "InvalidClientTokenId": OurAccount,
    "SignatureDoesNotMatch": OurAccount,
    "UnrecognizedClientException": OurAccount,
    "RequestExpired": NotNow,
    "RequestTimeout": Ambiguous,
    "Throttling": NotNow,
    "ThrottlingException": NotNow,
    "TooManyRequestsException": NotNow,
}


@contextmanager
def provider_errors(codes: Mapping[str, type[NotSent]]) -> Iterator[None]:
    """Translate whatever a send raises into one of the answers. Reasons are codes, never texts:
    a provider's text may quote an address.
    """
    try:
        yield
    except ClientError as error:
        raise _refusal(error, codes) from error
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise NotNow(type(error).__name__) from error
    except NoCredentialsError as error:
        raise OurAccount(type(error).__name__) from error
    except ParamValidationError as error:
        raise BadRequest(type(error).__name__) from error
    except BotoCoreError as error:
        # Read timeouts, resets, answers cut short: the request may have been carried out.
        raise Ambiguous(type(error).__name__) from error


def message_id(answer: Mapping[str, Any]) -> str:
    """The id under which a provider took a message. An answer without one was cut short."""
    if not answer.get("MessageId"):
        raise Ambiguous("no_message_id")
    return str(answer["MessageId"])


def _refusal(error: ClientError, codes: Mapping[str, type[NotSent]]) -> NotSent:
    code, reason = error.response["Error"].get("Code", ""), str(error.response.get("Reason", ""))
    for name in (f"{code}.{reason}", code):
        if known := codes.get(name) or _EVERYWHERE.get(name):
            return known(name)
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return Ambiguous(code)
    # A refusal nobody has met yet: surely not sent, and more likely about us than about a person.
    return OurAccount(code)
