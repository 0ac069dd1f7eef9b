"""Cognito keeps the passwords and the telephones: four calls, and its answers in our words.

Our own forms speak to it, without JavaScript: USER_PASSWORD_AUTH, then a time-based code, always.
https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.aws import client
from chalicelib.domain.errors import PasswordTooWeak, SignInRefused, SignInUnavailable
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import Challenge, Enrolment, SignInStep, is_guessable
from chalicelib.security.enrolment import enrolment_picture

_STEPS = {
    "NEW_PASSWORD_REQUIRED": SignInStep.PASSWORD,
    "MFA_SETUP": SignInStep.ENROL,
    "SOFTWARE_TOKEN_MFA": SignInStep.CODE,
}

_ASKED = {step: name for name, step in _STEPS.items()}

#: Answers that mean: not you, not so, not so soon after so many tries. Nobody outside tells them
#: apart, for whoever could would learn names. Cognito locks a name out by NotAuthorizedException,
#: too, with a text of its own, which is not read. Later is only what is so for everybody.
_REFUSED = frozenset(
    {
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "ExpiredCodeException",
        "InvalidParameterException",
        "LimitExceededException",
        "NotAuthorizedException",
        "PasswordResetRequiredException",
        "SoftwareTokenMFANotFoundException",
        "TooManyFailedAttemptsException",
        "UserNotConfirmedException",
        "UserNotFoundException",
    }
)
_TOO_WEAK = frozenset({"InvalidPasswordException", "PasswordHistoryPolicyViolationException"})


def cognito_client() -> Any:
    """A client of Cognito's user pools. Made once, when first needed."""
    return client("cognito-idp", tries=2)  # each try at a password counts


class CognitoOperators:
    """The way in. Every function raises SignInRefused and SignInUnavailable."""

    def __init__(self, client: Any, pool_id: str, client_id: str, stage: str) -> None:
        self._client = client
        self._pool_id = pool_id
        self._client_id = client_id
        self._stage = stage

    def begin(self, name: str, password: str) -> Challenge:
        """The first step: a name and its password."""
        with _in_our_words():
            answer = self._client.initiate_auth(
                ClientId=self._client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": name, "PASSWORD": password},
            )
        return _challenge(name, answer)

    def set_password(self, challenge: Challenge, password: str) -> Challenge:
        """In the place of the password that an admin gave. Raises PasswordTooWeak, too."""
        if is_guessable(password, (challenge.name, self._stage.partition("-")[0])):
            raise PasswordTooWeak
        answer = self._respond(SignInStep.PASSWORD, challenge, NEW_PASSWORD=password)
        return _challenge(challenge.name, answer)

    def new_secret(self, challenge: Challenge) -> Enrolment:
        """A secret for a telephone; the one before is void."""
        with _in_our_words():
            answer = self._client.associate_software_token(Session=challenge.ticket)
        onwards, secret = _onwards(challenge, answer), answer["SecretCode"]
        picture = enrolment_picture(onwards.name, secret, self._stage)
        return Enrolment(challenge=onwards, secret=secret, picture=picture)

    def enrol(self, challenge: Challenge, code: str) -> Operator:
        """A first code shows that the telephone has the secret, and is the code of this sign-in."""
        with _in_our_words():
            answer = self._client.verify_software_token(Session=challenge.ticket, UserCode=code)
        if answer["Status"] != "SUCCESS":
            raise SignInRefused
        return self._operator(self._respond(SignInStep.ENROL, _onwards(challenge, answer)))

    def give_code(self, challenge: Challenge, code: str) -> Operator:
        """A code from the telephone."""
        return self._operator(
            self._respond(SignInStep.CODE, challenge, SOFTWARE_TOKEN_MFA_CODE=code)
        )

    def _respond(
        self, step: SignInStep, challenge: Challenge, **responses: str
    ) -> Mapping[str, Any]:
        if challenge.step is not step:
            raise SignInRefused
        with _in_our_words():
            answer: Mapping[str, Any] = self._client.respond_to_auth_challenge(
                ClientId=self._client_id,
                ChallengeName=_ASKED[step],
                Session=challenge.ticket,
                ChallengeResponses={"USERNAME": challenge.name, **responses},
            )
        return answer

    def _operator(self, answer: Mapping[str, Any]) -> Operator:
        """Whom the identity token is about.

        It came from Cognito itself over TLS, so its signature says nothing more (OpenID Connect
        Core 3.1.3.7, point 6). That it is of our pool and for us is checked all the same.
        """
        if "AuthenticationResult" not in answer:
            raise SignInRefused
        claims = _claims(answer["AuthenticationResult"]["IdToken"])
        is_ours = claims.get("iss", "").endswith(f"/{self._pool_id}")
        is_for_us = (claims.get("token_use"), claims.get("aud")) == ("id", self._client_id)
        roles = [role for role in Role if role in claims.get("cognito:groups", ())]
        if not (is_ours and is_for_us and roles):
            raise SignInRefused
        return Operator(name=claims["cognito:username"], role=roles[-1])


def _challenge(name: str, answer: Mapping[str, Any]) -> Challenge:
    """What Cognito asks next. If it asks nothing, or something else, nobody comes in."""
    step = _STEPS.get(answer.get("ChallengeName", ""))
    if step is None:
        raise SignInRefused
    known_as = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", name)
    return Challenge(step=step, name=known_as, ticket=answer["Session"])


def _onwards(challenge: Challenge, answer: Mapping[str, Any]) -> Challenge:
    return Challenge(step=challenge.step, name=challenge.name, ticket=answer["Session"])


def _claims(token: str) -> Mapping[str, Any]:
    payload = token.split(".")[1]
    claims: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


@contextmanager
def _in_our_words() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    try:
        yield
    except ParamValidationError:
        raise SignInRefused from None  # its text quotes what was typed
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _TOO_WEAK:
            raise PasswordTooWeak from None
        if code in _REFUSED:
            raise SignInRefused from None
        raise SignInUnavailable from error
    except BotoCoreError as error:
        raise SignInUnavailable from error
