"""The way in: a password, then a code, and nobody without both."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.domain.errors import PasswordTooWeak, SignInRefused, SignInUnavailable
from chalicelib.domain.operators import Operator, Role
from chalicelib.domain.signing_in import Challenge, SignInStep
from chalicelib.security.cognito import CognitoOperators
from chalicelib.security.enrolment import enrolment_picture
from local.aws.cognito import CLIENT_ID, POOL_ID, Cognito
from local.clock.travelling import Clock
from local.studio.operators import PASSWORD, TEMPORARY
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
OWN = "Un-mot-2-passe-a-moi"


def code_of(cognito: Cognito, name: str) -> str:
    return pyotp.TOTP(cognito.operators[name].secret).at(NOW)


@pytest.mark.parametrize(
    ("name", "role"), [("lecture", Role.READ), ("agent", Role.ACT), ("admin", Role.ADMIN)]
)
def test_a_password_and_a_code_let_somebody_in_with_their_role(
    way_in: CognitoOperators, cognito: Cognito, name: str, role: Role
) -> None:
    challenge = way_in.begin(name, PASSWORD)
    assert challenge.step is SignInStep.CODE
    assert way_in.give_code(challenge, code_of(cognito, name)) == Operator(name=name, role=role)


def test_a_name_is_the_same_in_capitals(way_in: CognitoOperators, cognito: Cognito) -> None:
    challenge = way_in.begin("AGENT", PASSWORD)
    assert way_in.give_code(challenge, code_of(cognito, "agent")).name == "agent"


def test_the_first_time_a_password_is_chosen_and_a_telephone_enrolled(
    way_in: CognitoOperators,
) -> None:
    challenge = way_in.begin("nouveau", TEMPORARY)
    assert challenge.step is SignInStep.PASSWORD
    challenge = way_in.set_password(challenge, OWN)
    assert challenge.step is SignInStep.ENROL
    void = way_in.new_secret(challenge)
    enrolment = way_in.new_secret(void.challenge)
    assert enrolment.picture == enrolment_picture("nouveau", enrolment.secret, "isere-dev")
    operator = way_in.enrol(enrolment.challenge, pyotp.TOTP(enrolment.secret).at(NOW))
    assert operator == Operator(name="nouveau", role=Role.ACT)
    assert way_in.begin("nouveau", OWN).step is SignInStep.CODE


@pytest.mark.parametrize(
    "password", ["", "short-A1", "fourteen-signs", "Préfecture-2026!", "nouveau-nouveau-nouveau"]
)
def test_a_weak_password_is_told_apart(way_in: CognitoOperators, password: str) -> None:
    challenge = way_in.begin("nouveau", TEMPORARY)
    with pytest.raises(PasswordTooWeak):
        way_in.set_password(challenge, password)
    assert way_in.set_password(challenge, OWN).step is SignInStep.ENROL


REFUSALS: dict[str, Callable[[CognitoOperators, Cognito], object]] = {
    "an unknown name": lambda way, _: way.begin("nobody", PASSWORD),
    "a wrong password": lambda way, _: way.begin("agent", "wrong"),
    "no name": lambda way, _: way.begin("", PASSWORD),
    "no password": lambda way, _: way.begin("agent", ""),
    "a wrong code": lambda way, _: way.give_code(way.begin("agent", PASSWORD), "000000"),
    "no code": lambda way, _: way.give_code(way.begin("agent", PASSWORD), ""),
    "a code of no digits": lambda way, _: way.give_code(way.begin("agent", PASSWORD), "abc"),
    "another's code": lambda way, cognito: way.give_code(
        way.begin("agent", PASSWORD), code_of(cognito, "admin")
    ),
    "a code at another step": lambda way, cognito: way.give_code(
        way.begin("nouveau", TEMPORARY), code_of(cognito, "agent")
    ),
    "a password instead of a code": lambda way, _: way.set_password(
        way.begin("agent", PASSWORD), OWN
    ),
    "a telephone instead of a code": lambda way, _: way.new_secret(way.begin("agent", PASSWORD)),
    "a telephone without a secret": lambda way, _: way.enrol(
        way.set_password(way.begin("nouveau", TEMPORARY), OWN), "123456"
    ),
    "a telephone with a wrong code": lambda way, _: way.enrol(
        way.new_secret(way.set_password(way.begin("nouveau", TEMPORARY), OWN)).challenge, "12345"
    ),
    "a ticket that is made up": lambda way, _: way.give_code(
        Challenge(step=SignInStep.CODE, name="agent", ticket="x" * 64), "123456"
    ),
    "a ticket too short to be one": lambda way, _: way.give_code(
        Challenge(step=SignInStep.CODE, name="agent", ticket="x"), "123456"
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_whatever_is_wrong_is_refused_in_the_same_words(
    way_in: CognitoOperators, cognito: Cognito, what: str
) -> None:
    with pytest.raises(SignInRefused) as met:
        REFUSALS[what](way_in, cognito)
    assert str(met.value) == "Somebody is not let in."
    assert met.value.__suppress_context__ or met.value.__context__ is None


def test_a_code_is_good_once(way_in: CognitoOperators, cognito: Cognito) -> None:
    code = code_of(cognito, "agent")
    way_in.give_code(way_in.begin("agent", PASSWORD), code)
    again = way_in.begin("agent", PASSWORD)
    with pytest.raises(SignInRefused):
        way_in.give_code(again, code)


def test_a_sign_in_that_took_too_long_begins_anew(
    way_in: CognitoOperators, cognito: Cognito, clock: Clock
) -> None:
    challenge = way_in.begin("agent", PASSWORD)
    clock.move_to(NOW + timedelta(minutes=6))
    with pytest.raises(SignInRefused):
        way_in.give_code(challenge, cognito.operators["agent"].next_code(clock.now()))


def test_after_five_failures_even_the_right_password_has_to_wait(
    way_in: CognitoOperators, clock: Clock
) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            way_in.begin("agent", "wrong")
    with pytest.raises(SignInRefused):
        way_in.begin("agent", PASSWORD)
    clock.move_to(NOW + timedelta(seconds=2))
    assert way_in.begin("agent", PASSWORD).step is SignInStep.CODE


def test_no_group_is_no_access(way_in: CognitoOperators, cognito: Cognito) -> None:
    cognito.operators["agent"].role = ""
    challenge = way_in.begin("agent", PASSWORD)
    with pytest.raises(SignInRefused):
        way_in.give_code(challenge, code_of(cognito, "agent"))


# What Cognito might say


class Says:
    """A client with one answer to everything."""

    def __init__(self, answer: Mapping[str, Any] | Exception) -> None:
        self._answer = answer

    def __getattr__(self, _name: str) -> Callable[..., Mapping[str, Any]]:
        def answer(**_request: object) -> Mapping[str, Any]:
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer

        return answer


def told(answer: Mapping[str, Any] | Exception) -> CognitoOperators:
    return CognitoOperators(Says(answer), POOL_ID, CLIENT_ID, "isere-dev")


def tokens(**claims: object) -> dict[str, Any]:
    known = {
        "iss": f"https://cognito-idp.eu-west-3.amazonaws.com/{POOL_ID}",
        "aud": CLIENT_ID,
        "token_use": "id",
        "cognito:username": "agent",
        "cognito:groups": ["act"],
    }
    payload = base64.urlsafe_b64encode(json.dumps(known | claims).encode()).decode().rstrip("=")
    return {"AuthenticationResult": {"IdToken": f"e30.{payload}.e30"}}


def error(code: str, words: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": words}}, "InitiateAuth")


ASKED = Challenge(step=SignInStep.CODE, name="agent", ticket="x" * 64)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(tokens(), id="tokens, at once"),
        pytest.param({"ChallengeName": "SMS_MFA", "Session": "x"}, id="a code by SMS"),
        pytest.param({"ChallengeName": "SELECT_MFA_TYPE", "Session": "x"}, id="a choice"),
        pytest.param({}, id="nothing"),
    ],
)
def test_nobody_comes_in_without_a_code_whatever_cognito_says(answer: dict[str, Any]) -> None:
    with pytest.raises(SignInRefused):
        told(answer).begin("agent", PASSWORD)
    with pytest.raises(SignInRefused):
        told(answer).set_password(Challenge(step=SignInStep.PASSWORD, name="a", ticket="x"), OWN)


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["read"], Role.READ),
        (["admin", "read"], Role.ADMIN),
        (["act", "another", "read"], Role.ACT),
    ],
)
def test_of_several_groups_the_highest_is_the_role(groups: list[str], role: Role) -> None:
    way_in = told(tokens(**{"cognito:groups": groups}))
    assert way_in.give_code(ASKED, "123456").role is role


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://cognito-idp.eu-west-3.amazonaws.com/eu-west-3_Another00"},
        {"aud": "another"},
        {"token_use": "access"},
        {"cognito:groups": ["root"]},
        {"cognito:groups": []},
    ],
    ids=str,
)
def test_a_token_that_is_not_of_our_pool_or_not_for_us_lets_nobody_in(
    claims: dict[str, object],
) -> None:
    with pytest.raises(SignInRefused):
        told(tokens(**claims)).give_code(ASKED, "123456")


def test_another_question_after_the_code_lets_nobody_in() -> None:
    with pytest.raises(SignInRefused):
        told({"ChallengeName": "SMS_MFA", "Session": "x"}).give_code(ASKED, "123456")


def test_a_telephone_that_is_not_verified_lets_nobody_in() -> None:
    asked = Challenge(step=SignInStep.ENROL, name="agent", ticket="x" * 64)
    with pytest.raises(SignInRefused):
        told({"Status": "ERROR"}).enrol(asked, "123456")


@pytest.mark.parametrize(
    "failure",
    [
        error("TooManyRequestsException"),
        error("InternalErrorException"),
        error("ResourceNotFoundException"),
        EndpointConnectionError(endpoint_url="https://cognito"),
    ],
    ids=str,
)
def test_what_nobody_gets_now_is_not_called_wrong(failure: Exception) -> None:
    with pytest.raises(SignInUnavailable):
        told(failure).begin("agent", PASSWORD)


@pytest.mark.parametrize(
    "failure",
    [
        error("NotAuthorizedException", "Password attempts exceeded"),
        error("NotAuthorizedException", "User is disabled."),
        error("NotAuthorizedException", "Temporary password has expired"),
        error("LimitExceededException"),
        error("TooManyFailedAttemptsException"),
        error("UserNotFoundException"),
        error("PasswordResetRequiredException"),
    ],
    ids=str,
)
def test_what_is_so_of_one_name_is_told_as_any_refusal(failure: Exception) -> None:
    with pytest.raises(SignInRefused) as met:
        told(failure).begin("agent", PASSWORD)
    assert str(met.value) == "Somebody is not let in."


def test_moto_which_asks_for_no_code_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives tokens for a password alone: that is what must never be enough."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("cognito-idp")
        pool = client.create_user_pool(PoolName="desk")["UserPool"]["Id"]
        client_id = client.create_user_pool_client(
            UserPoolId=pool, ClientName="desk", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]
        client.admin_create_user(UserPoolId=pool, Username="agent")
        client.admin_set_user_password(
            UserPoolId=pool, Username="agent", Password=PASSWORD, Permanent=True
        )
        parameters = {"USERNAME": "agent", "PASSWORD": PASSWORD}
        given = client.initiate_auth(
            ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        assert "AuthenticationResult" in given
        with pytest.raises(SignInRefused):
            CognitoOperators(client, pool, client_id, "isere-dev").begin("agent", PASSWORD)
