"""SES' account-level suppression list, which moto does not have.

Whoever bounced for good or complained gets nothing more: SES takes the message, does not send it
and says so by an event. The list spells an address as it was given; SES compares without the case.
https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIEnvironment

PATH = "/v2/email/suppression/addresses"

BOUNCE, COMPLAINT = "BOUNCE", "COMPLAINT"


class SuppressionList:
    """The addresses on it, each with why; and what SES v2 answers about it."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def reason_of(self, address: str) -> str | None:
        """Why an address gets nothing; None for one that is on no list."""
        found = (why for kept, why in self._reasons.items() if kept.lower() == address.lower())
        return next(found, None)

    def hear(self, address: str, event: Mapping[str, Any]) -> None:
        """SES puts an address on it by itself, for its own events."""
        is_hard = event.get("bounce", {}).get("bounceType") == "Permanent"
        told = event.get("complaint")
        if is_hard and self.reason_of(address) is None:
            self._reasons[address] = BOUNCE
        if told and not told["complaintSubType"] and told["complaintFeedbackType"] != "not-spam":
            self._reasons[address] = COMPLAINT

    def answer(self, env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One request of SES v2: put, get or delete."""
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        address = unquote(env["PATH_INFO"].removeprefix(PATH).lstrip("/"))
        status, answer = self._do(env["REQUEST_METHOD"], address, body)
        kind = [("x-amzn-ErrorType", "NotFoundException")] if status.startswith("404") else []
        start(status, [("Content-Type", "application/json"), *kind])
        return [json.dumps(answer).encode()]

    def _do(self, method: str, address: str, body: bytes) -> tuple[str, Mapping[str, Any]]:
        if method == "PUT":
            wanted = json.loads(body)
            self._reasons[wanted["EmailAddress"]] = wanted["Reason"]
        elif address not in self._reasons:
            return "404 Not Found", {"message": "not on the list"}
        elif method == "DELETE":
            del self._reasons[address]
        else:
            return "200 OK", {"SuppressedDestination": self._one(address)}
        return "200 OK", {}

    def _one(self, address: str) -> Mapping[str, Any]:
        reason = self._reasons[address]
        return {"EmailAddress": address, "Reason": reason, "LastUpdateTime": 0}
