"""Stands in for Cognito's user pools: the four calls of our sign-in, those of an admin's commands,
and what Cognito refuses.

moto never asks for a second factor and takes any code. This asks, counts, locks out, and takes
a code once. The shipped client is used unmodified, through
AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER. Sources:
https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-totp.html
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout)
"""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from local.aws.transport import Endpoint, Transport, over_http
from local.studio.operators import LocalOperator, seeded

POOL_ID, CLIENT_ID = "eu-west-3_Local0000", "local0client0of0the0desk00"

#: Seconds for which a started sign-in can be gone on with.
SESSION_SECONDS = 300
FAILURES_AT_MOST = 5
LONGEST_LOCK = timedelta(minutes=15)

_TARGET = "AWSCognitoIdentityProviderService."
SHORTEST = 15

WRONG = "Incorrect username or password."
LOCKED = "Password attempts exceeded"
EXPIRED = "Invalid session for the user, session is expired."

Answer = dict[str, Any]


class CognitoError(Exception):
    """An error answer of the service."""

    def __init__(self, kind: str, words: str = "") -> None:
        super().__init__(kind, words)
        self.kind, self.words = kind, words


@dataclass(frozen=True, kw_only=True)
class _Open:
    """A sign-in that is going on. `secret` is one that no code has shown to be known yet."""

    operator: LocalOperator
    asked: str
    until: datetime
    secret: str = ""
    is_verified: bool = False


@dataclass
class Cognito(Endpoint):
    """A context manager: inside it, `endpoint` knows the operators."""

    operators: dict[str, LocalOperator] = field(default_factory=seeded)
    transport: Transport = over_http

    def __post_init__(self) -> None:
        self._sessions: dict[str, _Open] = {}
        self._lock = threading.Lock()

    def application(self) -> WSGIApplication:
        """The service."""
        return self._answer

    def environment(self) -> dict[str, str]:
        """What makes the client of this process speak to it."""
        return {"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.endpoint}

    def _answer(self, env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        try:
            with self._lock:
                status, answer = "200 OK", self._do(env)
        except CognitoError as refusal:
            status = "400 Bad Request"
            answer = {"__type": refusal.kind, "message": refusal.words}
        body = json.dumps(answer).encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("Content-Length", str(len(body))),
        ]
        start(status, headers)
        return [body]

    def _do(self, env: WSGIEnvironment) -> Answer:
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        known: Mapping[str, Callable[[Any], Answer]] = {
            "InitiateAuth": self._initiate,
            "RespondToAuthChallenge": self._respond,
            "AssociateSoftwareToken": self._associate,
            "VerifySoftwareToken": self._verify,
            "ListUsers": lambda _: {"Users": [*map(_user, self.operators.values())]},
            "ListUsersInGroup": self._in_group,
            "AdminCreateUser": self._create,
            "AdminDeleteUser": lambda request: self._delete(self._named(request)),
            **{name: partial(self._of_one, act) for name, act in _OF_ONE.items()},
        }
        do = known.get(env.get("HTTP_X_AMZ_TARGET", "").removeprefix(_TARGET))
        if do is None:
            raise CognitoError("UnknownOperationException")
        return do(json.loads(body))

    # The four calls

    def _initiate(self, request: Mapping[str, Any]) -> Answer:
        _check_client(request)
        if request["AuthFlow"] != "USER_PASSWORD_AUTH":
            raise CognitoError("InvalidParameterException", "Auth flow not enabled for this client")
        given = request["AuthParameters"]
        operator = self.operators.get(given["USERNAME"].lower())
        if operator is None:
            raise CognitoError("NotAuthorizedException", WRONG)
        _check_lock(operator)
        if not secrets.compare_digest(operator.password.encode(), given["PASSWORD"].encode()):
            _failed(operator)
            raise CognitoError("NotAuthorizedException", WRONG)
        if not operator.is_enabled:
            raise CognitoError("NotAuthorizedException", "User is disabled.")
        return self._next(operator)

    def _respond(self, request: Mapping[str, Any]) -> Answer:
        _check_client(request)
        going_on = self._going_on(request["Session"])
        given, asked = request["ChallengeResponses"], request["ChallengeName"]
        is_same = given["USERNAME"].lower() == going_on.operator.name.lower()
        if asked != going_on.asked or not is_same:
            raise CognitoError("NotAuthorizedException", EXPIRED)
        answer: Mapping[str, Callable[[_Open, Mapping[str, str]], Answer]] = {
            "NEW_PASSWORD_REQUIRED": self._new_password,
            "MFA_SETUP": self._set_up,
            "SOFTWARE_TOKEN_MFA": self._code,
        }
        answered = answer[asked](going_on, given)
        del self._sessions[request["Session"]]
        return answered

    def _associate(self, request: Mapping[str, Any]) -> Answer:
        going_on = self._going_on(request["Session"])
        if going_on.asked != "MFA_SETUP":
            raise CognitoError("NotAuthorizedException", EXPIRED)
        secret = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")
        return {"SecretCode": secret, "Session": self._open_session(going_on.operator, secret)}

    def _verify(self, request: Mapping[str, Any]) -> Answer:
        going_on = self._going_on(request["Session"])
        if not going_on.secret:
            raise CognitoError("InvalidParameterException", "User has not associated a token")
        trying = LocalOperator(name="", role="", secret=going_on.secret)
        step = trying.step_of(request["UserCode"], datetime.now(UTC))
        if step is None:
            raise CognitoError("EnableSoftwareTokenMFAException", "Code mismatch")
        going_on.operator.last_step = step
        session = self._open_session(going_on.operator, going_on.secret, is_verified=True)
        return {"Status": "SUCCESS", "Session": session}

    # An admin's

    def _named(self, request: Mapping[str, Any]) -> LocalOperator:
        operator = self.operators.get(request["Username"].lower())
        if operator is None:
            raise CognitoError("UserNotFoundException", "User does not exist.")
        return operator

    def _of_one(
        self,
        act: Callable[[LocalOperator, Mapping[str, Any]], Answer | None],
        request: Mapping[str, Any],
    ) -> Answer:
        return act(self._named(request), request) or {}

    def _in_group(self, request: Mapping[str, Any]) -> Answer:
        members = [one for one in self.operators.values() if one.role == request["GroupName"]]
        return {"Users": [*map(_user, members)]}

    def _create(self, request: Mapping[str, Any]) -> Answer:
        name, password = request["Username"], request["TemporaryPassword"]
        if name.lower() in self.operators:
            raise CognitoError("UsernameExistsException", "User account already exists")
        _check_password(password)
        made = LocalOperator(name=name, role="", password=password, is_temporary=True)
        self.operators[name.lower()] = made
        return {"User": _user(made)}

    def _delete(self, operator: LocalOperator) -> Answer:
        del self.operators[operator.name.lower()]
        return {}

    # What is asked, and answered

    def _new_password(self, going_on: _Open, given: Mapping[str, str]) -> Answer:
        password = given.get("NEW_PASSWORD", "")
        _check_password(password)
        going_on.operator.password, going_on.operator.is_temporary = password, False
        return self._next(going_on.operator)

    def _set_up(self, going_on: _Open, _given: Mapping[str, str]) -> Answer:
        if not going_on.is_verified:
            raise CognitoError("NotAuthorizedException", EXPIRED)
        going_on.operator.secret = going_on.secret
        return _tokens(going_on.operator)

    def _code(self, going_on: _Open, given: Mapping[str, str]) -> Answer:
        operator = going_on.operator
        _check_lock(operator)
        if not operator.is_enabled:
            raise CognitoError("NotAuthorizedException", "User is disabled.")
        step = operator.step_of(given.get("SOFTWARE_TOKEN_MFA_CODE", ""), datetime.now(UTC))
        if step is None:
            _failed(operator)
            raise CognitoError("CodeMismatchException", "Invalid code received for user")
        if step <= operator.last_step:
            words = "Your software token has already been used once."
            raise CognitoError("ExpiredCodeException", words)
        operator.last_step, operator.failures = step, 0
        return _tokens(operator)

    def _next(self, operator: LocalOperator) -> Answer:
        parameters = {"USER_ID_FOR_SRP": operator.name}
        if operator.is_temporary:
            asked = "NEW_PASSWORD_REQUIRED"
        else:
            asked = "SOFTWARE_TOKEN_MFA" if operator.secret else "MFA_SETUP"
        session = self._open_session(operator, asked=asked)
        return {"ChallengeName": asked, "Session": session, "ChallengeParameters": parameters}

    def _open_session(
        self,
        operator: LocalOperator,
        secret: str = "",
        *,
        asked: str = "MFA_SETUP",
        is_verified: bool = False,
    ) -> str:
        name = secrets.token_urlsafe(48)
        until = datetime.now(UTC) + timedelta(seconds=SESSION_SECONDS)
        self._sessions[name] = _Open(
            operator=operator, asked=asked, until=until, secret=secret, is_verified=is_verified
        )
        return name

    def _going_on(self, session: str) -> _Open:
        found = self._sessions.get(session)
        if found is None or found.until <= datetime.now(UTC):
            raise CognitoError("NotAuthorizedException", EXPIRED)
        return found


def _user(operator: LocalOperator) -> Answer:
    status = "FORCE_CHANGE_PASSWORD" if operator.is_temporary else "CONFIRMED"
    return {"Username": operator.name, "Enabled": operator.is_enabled, "UserStatus": status}


def _groups(operator: LocalOperator, _request: Mapping[str, Any]) -> Answer:
    return {"Groups": [{"GroupName": operator.role}] if operator.role else []}


def _join(operator: LocalOperator, request: Mapping[str, Any]) -> None:
    operator.role = request["GroupName"]


def _leave(operator: LocalOperator, request: Mapping[str, Any]) -> None:
    operator.role = "" if operator.role == request["GroupName"] else operator.role


def _give_password(operator: LocalOperator, request: Mapping[str, Any]) -> None:
    _check_password(request["Password"])
    operator.password, operator.is_temporary = request["Password"], not request["Permanent"]


#: An admin's calls about one operator whom there is.
_OF_ONE: Mapping[str, Callable[[LocalOperator, Mapping[str, Any]], Answer | None]] = {
    "AdminGetUser": lambda operator, _: _user(operator),
    "AdminListGroupsForUser": _groups,
    "AdminAddUserToGroup": _join,
    "AdminRemoveUserFromGroup": _leave,
    "AdminDisableUser": lambda operator, _: setattr(operator, "is_enabled", False),
    "AdminEnableUser": lambda operator, _: setattr(operator, "is_enabled", True),
    "AdminSetUserPassword": _give_password,
}


def _check_password(password: str) -> None:
    if len(password) < SHORTEST:
        raise CognitoError("InvalidPasswordException", "Password does not conform to policy")


def _check_client(request: Mapping[str, Any]) -> None:
    if request["ClientId"] != CLIENT_ID:
        raise CognitoError("ResourceNotFoundException", "User pool client does not exist.")


def _check_lock(operator: LocalOperator) -> None:
    if datetime.now(UTC) < operator.locked_until:
        raise CognitoError("NotAuthorizedException", LOCKED)


def _failed(operator: LocalOperator) -> None:
    """After five failures in a row a second's rest, then twice as long each time."""
    operator.failures += 1
    over = operator.failures - FAILURES_AT_MOST
    if over >= 0:
        rest = min(timedelta(seconds=2 ** min(over, 20)), LONGEST_LOCK)
        operator.locked_until = datetime.now(UTC) + rest


def _tokens(operator: LocalOperator) -> Answer:
    """Only the identity token is read by anybody; its signature by nobody."""
    claims = {
        "iss": f"https://cognito-idp.eu-west-3.amazonaws.com/{POOL_ID}",
        "aud": CLIENT_ID,
        "token_use": "id",
        "cognito:username": operator.name,
        "cognito:groups": [operator.role] if operator.role else [],
    }
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims)]
    token = ".".join([*parts, _base64(secrets.token_bytes(256))])
    return {"AuthenticationResult": {"IdToken": token, "AccessToken": token, "ExpiresIn": 300}}


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
