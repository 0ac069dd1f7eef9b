"""An operator with a browser: comes in, and looks around."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

import pyotp

from tests.emulator.deployment import Account
from tests.journeys.driver import FORM, Answer, fetch

SIGN_IN = "/desk/sign-in"
GIVEN, OWN = "Provisoire-2026!", "Un-mot-2-passe-a-moi"


@dataclass
class Operator:
    """One person at the console of the deployed stage."""

    account: Account
    cookies: dict[str, str] = field(default_factory=dict)
    name: str = ""
    secret: str = ""
    refused: bool = False

    def be_made(self, name: str, role: str) -> None:
        """By an admin, as docs/operations.md says, with a telephone enrolled.

        The emulator asks nobody without a telephone for one: it gives out tokens, with which our
        door lets nobody in. So the telephone is enrolled with such a token, past our door.
        """
        self.name = name
        cognito, outputs = self.account.client("cognito-idp"), self.account.outputs
        whom = {"UserPoolId": outputs["OperatorsPoolId"], "Username": name}
        cognito.admin_create_user(**whom, MessageAction="SUPPRESS", TemporaryPassword=GIVEN)
        cognito.admin_set_user_password(**whom, Password=OWN, Permanent=True)
        cognito.admin_add_user_to_group(**whom, GroupName=role)
        token = cognito.initiate_auth(
            ClientId=outputs["OperatorsClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": OWN},
        )["AuthenticationResult"]["AccessToken"]
        self.refused = self.press(SIGN_IN, {"name": name, "password": OWN}).status == 403
        self.secret = cognito.associate_software_token(AccessToken=token)["SecretCode"]
        cognito.verify_software_token(AccessToken=token, UserCode=self.code())
        preferred = {"Enabled": True, "PreferredMfa": True}
        cognito.admin_set_user_mfa_preference(**whom, SoftwareTokenMfaSettings=preferred)

    def come_in(self, code: str | None = None) -> Answer:
        """By name and password, then a code: the telephone's own unless said otherwise."""
        self.press(SIGN_IN, {"name": self.name, "password": OWN})
        return self.press(f"{SIGN_IN}/code", {"code": code or self.code()})

    def code(self) -> str:
        """What their telephone shows."""
        return pyotp.TOTP(self.secret).at(datetime.now(UTC))

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, {}, None)

    def press(self, path: str, form: Mapping[str, str]) -> Answer:
        """Press a button."""
        headers = {**FORM, "Sec-Fetch-Site": "same-origin"}
        return self._ask("POST", path, headers, urlencode(form).encode())

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = fetch(method, self.account.api + path, {**headers, "Cookie": held}, body)
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer
