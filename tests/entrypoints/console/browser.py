"""A browser at the desk: it keeps cookies, goes where it is sent, and presses buttons."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

import pyotp

from chalicelib.domain.operators import Operator, Role
from local.aws.gateway import Gateway, Reply
from local.studio.operators import PASSWORD
from tests.entrypoints.doors import Doors

FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/desk/sign-in"


@dataclass
class Browser:
    """One person's. `gateway` is the whole product unless said otherwise."""

    doors: Doors
    gateway: Gateway = field(init=False)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gateway = Gateway(self.doors.app.app)

    def get(self, path: str, **headers: str) -> Reply:
        """Open a page."""
        return self._ask("GET", path, headers, b"")

    def press(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Reply:
        """Press a button of ours, unless the headers say otherwise."""
        said = {"content_type": FORM, "sec_fetch_site": "same-origin", **headers}
        return self._ask("POST", path, said, urlencode(form or {}).encode())

    def send(self, path: str, body: bytes, **headers: str) -> Reply:
        """Send a body as it is."""
        return self._ask("POST", path, {"sec_fetch_site": "same-origin", **headers}, body)

    def come_in(self, name: str = "agent") -> Reply:
        """The whole sign-in of somebody whose telephone is enrolled."""
        self.press(SIGN_IN, {"name": name, "password": PASSWORD})
        return self.press(f"{SIGN_IN}/code", {"code": self.code(name)})

    def code(self, name: str = "agent") -> str:
        """What somebody's telephone shows now."""
        secret = self.doors.around.cognito.operators[name].secret
        return pyotp.TOTP(secret).at(self.doors.services.now())

    def be(self, name: str, role: Role) -> str:
        """Be in at once, past the sign-in; what the forms of this session carry."""
        sessions, stands = self.doors.services.sessions, self.doors.services.generations.of(name)
        session = sessions.open(Operator(name=name, role=role), stands)
        self.cookies["__Host-desk"] = sessions.seal(session)
        return str(sessions.form_token(session))

    def _ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Reply:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        held = {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        reply = self.gateway.request(method, path, (held if self.cookies else {}) | said, body)
        for name, value in reply.headers:
            if name == "Set-Cookie":
                self._keep(value)
        return reply

    def _keep(self, header: str) -> None:
        """As a browser that insists on what `__Host-` promises."""
        pair, *attributes = header.split("; ")
        name, _, value = pair.partition("=")
        said = dict.fromkeys(attributes)
        assert name.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} <= set(said)
        assert "Domain" not in header
        if "Max-Age=0" in said:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
