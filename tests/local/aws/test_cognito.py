"""The stand-in for Cognito: what it asks for, takes, and refuses, as AWS' own client sees it."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import boto3
import pyotp
import pytest
from botocore.exceptions import ClientError

from local.aws.cognito import CLIENT_ID, POOL_ID, Cognito
from local.aws.transport import in_process
from local.clock.travelling import Clock
from local.studio.operators import PASSWORD, TEMPORARY
from tests.builders import paris

NOW = paris("2019-04-08 10:00")
OWN = "Un-mot-2-passe-a-moi"

Answer = dict[str, Any]


@pytest.fixture
def clock() -> Iterator[Clock]:
    with Clock(NOW, ticks=False) as clock:
        yield clock


@pytest.fixture
def cognito(clock: Clock) -> Iterator[Cognito]:
    with Cognito(transport=in_process) as cognito:
        yield cognito


@pytest.fixture
def client(cognito: Cognito) -> Any:
    return boto3.client("cognito-idp", endpoint_url=cognito.endpoint)


def initiate(client: Any, name: str = "agent", password: str = PASSWORD, **other: Any) -> Answer:
    parameters = {"USERNAME": name, "PASSWORD": password}
    flow = {"ClientId": CLIENT_ID, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    answer: Answer = client.initiate_auth(**flow | other)
    return answer


def respond(client: Any, asked: Answer, name: str = "agent", **responses: str) -> Answer:
    answer: Answer = client.respond_to_auth_challenge(
        ClientId=CLIENT_ID,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, **responses},
    )
    return answer


def code_at(cognito: Cognito, seconds: int = 0, name: str = "agent") -> str:
    return pyotp.TOTP(cognito.operators[name].secret).at(NOW + timedelta(seconds=seconds))


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """The name and the words of an error answer."""
    with pytest.raises(ClientError) as met:
        act()
    error = met.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_unknown_name_and_a_wrong_password_have_one_answer(client: Any) -> None:
    unknown = refusal(lambda: initiate(client, "nobody"))
    assert unknown == refusal(lambda: initiate(client, password="wrong"))
    assert unknown == ("NotAuthorizedException", "Incorrect username or password.")


@pytest.mark.parametrize(("drift", "is_taken"), [(-60, 0), (-30, 1), (0, 1), (30, 1), (60, 0)])
def test_a_telephone_may_be_half_a_minute_wrong(
    client: Any, cognito: Cognito, drift: int, is_taken: int
) -> None:
    asked, code = initiate(client), code_at(cognito, drift)
    if is_taken:
        assert respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
    else:
        assert (
            refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code))[0]
            == "CodeMismatchException"
        )


def test_neither_a_code_nor_one_before_it_is_taken_again(client: Any, cognito: Cognito) -> None:
    respond(client, initiate(client), SOFTWARE_TOKEN_MFA_CODE=code_at(cognito))
    for seconds in (0, -30):
        again = partial(respond, client, initiate(client))
        code = code_at(cognito, seconds)
        kind, _ = refusal(partial(again, SOFTWARE_TOKEN_MFA_CODE=code))
        assert kind == "ExpiredCodeException"


def test_after_a_wrong_code_the_right_one_is_still_taken(client: Any, cognito: Cognito) -> None:
    asked = initiate(client)
    refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE="000000"))
    assert respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito))


def test_an_answered_question_is_not_asked_again(client: Any, cognito: Cognito) -> None:
    asked = initiate(client)
    respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito))
    again = refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito, 30)))
    assert again[0] == "NotAuthorizedException"


def test_wrong_codes_lock_out_as_wrong_passwords_do(
    client: Any, cognito: Cognito, clock: Clock
) -> None:
    asked = initiate(client)
    for _ in range(5):
        refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE="000000"))
    locked = refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito)))
    assert locked == ("NotAuthorizedException", "Password attempts exceeded")
    clock.move_to(NOW + timedelta(seconds=1))
    assert respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito))


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    client: Any, cognito: Cognito, clock: Clock
) -> None:
    waits = []
    for _ in range(20):
        refusal(lambda: initiate(client, password="wrong"))
        until = cognito.operators["agent"].locked_until
        waits.append(max(0, (until - clock.now()).total_seconds()))
        clock.move_to(max(until, clock.now()))
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert max(waits) == 900


def test_a_question_lives_five_minutes(client: Any, cognito: Cognito, clock: Clock) -> None:
    asked = initiate(client)
    clock.move_to(NOW + timedelta(minutes=5))
    late = refusal(lambda: respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito, 300)))
    assert late == ("NotAuthorizedException", "Invalid session for the user, session is expired.")


def enrolling(client: Any) -> Answer:
    asked = initiate(client, "nouveau", TEMPORARY)
    return respond(client, asked, "nouveau", NEW_PASSWORD=OWN)


def test_a_telephone_counts_once_a_code_has_shown_it(client: Any, cognito: Cognito) -> None:
    asked = enrolling(client)
    assert asked["ChallengeName"] == "MFA_SETUP"
    given = client.associate_software_token(Session=asked["Session"])
    wrong = refusal(
        lambda: client.verify_software_token(Session=given["Session"], UserCode="000000")
    )
    assert wrong[0] == "EnableSoftwareTokenMFAException"
    asked["Session"] = given["Session"]
    assert refusal(lambda: respond(client, asked, "nouveau"))[0] == "NotAuthorizedException"
    code = pyotp.TOTP(given["SecretCode"]).at(NOW)
    verified = client.verify_software_token(Session=given["Session"], UserCode=code)
    asked["Session"] = verified["Session"]
    assert respond(client, asked, "nouveau")["AuthenticationResult"]
    assert cognito.operators["nouveau"].secret == given["SecretCode"]


def test_the_code_that_showed_a_telephone_does_not_open_again(client: Any) -> None:
    asked = enrolling(client)
    given = client.associate_software_token(Session=asked["Session"])
    code = pyotp.TOTP(given["SecretCode"]).at(NOW)
    verified = client.verify_software_token(Session=given["Session"], UserCode=code)
    respond(client, asked | {"Session": verified["Session"]}, "nouveau")
    again = initiate(client, "nouveau", OWN)
    assert again["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    kind, _ = refusal(partial(respond, client, again, "nouveau", SOFTWARE_TOKEN_MFA_CODE=code))
    assert kind == "ExpiredCodeException"


def test_no_code_shows_a_telephone_that_was_not_given_a_secret(client: Any) -> None:
    session = enrolling(client)["Session"]
    verify = partial(client.verify_software_token, Session=session, UserCode="000000")
    assert refusal(verify)[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Un-mot-2-abcde",
    ],
)
def test_a_password_that_the_pool_would_refuse_is_refused(client: Any, password: str) -> None:
    asked = initiate(client, "nouveau", TEMPORARY)
    kind, _ = refusal(partial(respond, client, asked, "nouveau", NEW_PASSWORD=password))
    assert kind == "InvalidPasswordException"
    assert respond(client, asked, "nouveau", NEW_PASSWORD="quelques mots a")["ChallengeName"]
    assert refusal(lambda: initiate(client, "nouveau", TEMPORARY))[0] == "NotAuthorizedException"


def test_a_question_is_answered_and_no_other_in_its_place(client: Any, cognito: Cognito) -> None:
    asked, code = initiate(client), code_at(cognito)
    for other in ("MFA_SETUP", "NEW_PASSWORD_REQUIRED"):
        answer = partial(respond, client, asked | {"ChallengeName": other}, NEW_PASSWORD=OWN)
        assert refusal(answer)[0] == "NotAuthorizedException"
    assert respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]


def test_another_client_does_not_answer_either(client: Any, cognito: Cognito) -> None:
    asked = initiate(client)
    answer = {"USERNAME": "agent", "SOFTWARE_TOKEN_MFA_CODE": code_at(cognito)}
    kind, _ = refusal(
        lambda: client.respond_to_auth_challenge(
            ClientId="another",
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses=answer,
        )
    )
    assert kind == "ResourceNotFoundException"


def test_after_a_sign_in_failures_are_counted_from_the_beginning(
    client: Any, cognito: Cognito, clock: Clock
) -> None:
    for round_ in range(3):
        for _ in range(4):
            refusal(lambda: initiate(client, password="wrong"))
        asked, code = initiate(client), code_at(cognito, 60 * round_)
        assert respond(client, asked, SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
        clock.move_to(NOW + timedelta(seconds=60 * (round_ + 1)))


@pytest.mark.parametrize("name", ["lecture", "agent", "admin"])
def test_a_token_says_who_came_in_where_for_whom_and_as_what(
    client: Any, cognito: Cognito, name: str
) -> None:
    asked = initiate(client, name)
    answer = respond(client, asked, name, SOFTWARE_TOKEN_MFA_CODE=code_at(cognito, name=name))
    payload = answer["AuthenticationResult"]["IdToken"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    assert claims == {
        "iss": f"https://cognito-idp.eu-west-3.amazonaws.com/{POOL_ID}",
        "aud": CLIENT_ID,
        "token_use": "id",
        "cognito:username": name,
        "cognito:groups": [cognito.operators[name].role],
    }


def test_only_who_is_to_enrol_gets_a_secret(client: Any) -> None:
    session = initiate(client)["Session"]
    assert refusal(lambda: client.associate_software_token(Session=session))[0]


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"ClientId": "another"}, "ResourceNotFoundException"),
        ({"AuthFlow": "REFRESH_TOKEN_AUTH"}, "InvalidParameterException"),
    ],
)
def test_another_client_or_another_flow_is_refused(
    client: Any, wrong: dict[str, str], kind: str
) -> None:
    assert refusal(lambda: initiate(client, **wrong))[0] == kind


def test_another_name_does_not_go_on_with_a_sign_in(client: Any, cognito: Cognito) -> None:
    asked, code = initiate(client), code_at(cognito, name="admin")
    other = refusal(lambda: respond(client, asked, "admin", SOFTWARE_TOKEN_MFA_CODE=code))
    assert other[0] == "NotAuthorizedException"


def test_it_knows_the_calls_of_the_sign_in_and_of_our_commands_and_no_other(client: Any) -> None:
    calls = refusal(
        lambda: client.admin_reset_user_password(UserPoolId="eu-west-3_x", Username="agent")
    )
    assert calls[0] == "UnknownOperationException"
