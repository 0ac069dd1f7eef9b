"""Stands in for AWS End User Messaging SMS v2: speaks its wire protocol, refuses what it refuses.

The shipped client is used unmodified, through AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2.
Limits: https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

import json
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from local.aws.transport import Endpoint, Transport, over_http

TARGET = "PinpointSMSVoiceV2.SendTextMessage"

#: Characters of the longest text in each alphabet.
GSM_CHARACTERS, UCS2_CHARACTERS = 1_530, 630

#: The alphabet of GSM 03.38 with its extension, as AWS prints it.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,11}", re.ASCII)
_PRICE = re.compile(r"[0-9]{0,2}\.[0-9]{1,5}", re.ASCII)

OnSms = Callable[[Mapping[str, Any], str], None]

#: Consulted before each request; whatever it raises is what the request meets.
Fault = Callable[[Mapping[str, Any]], None]


class SmsServiceError(Exception):
    """An error answer of the service."""

    def __init__(self, kind: str, reason: str = "", status: int = 400) -> None:
        super().__init__(kind, reason)
        self.kind, self.reason, self.status = kind, reason, status


@dataclass
class SmsService(Endpoint):
    """A context manager: inside it, `endpoint` takes messages and `on_sms` hears of each."""

    configuration_sets: frozenset[str]
    on_sms: OnSms | None = None
    fault: Fault | None = None
    opted_out: set[str] = field(default_factory=set)
    blocked_prefixes: tuple[str, ...] = ()
    accepted: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    transport: Transport = over_http

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def application(self) -> WSGIApplication:
        """The service."""
        return self._answer

    def environment(self) -> dict[str, str]:
        """What makes the SMS client of this process speak to it."""
        return {"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": self.endpoint}

    def _answer(self, env: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        try:
            with self._lock:
                status, answer = 200, self._send(env)
        except SmsServiceError as refusal:
            status = refusal.status
            answer = {"__type": refusal.kind, "Message": refusal.kind, "Reason": refusal.reason}
        body = json.dumps({k: v for k, v in answer.items() if v}).encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.0"),
            ("Content-Length", str(len(body))),
        ]
        start(f"{status} {'OK' if status == 200 else 'Error'}", headers)
        return [body]

    def _send(self, env: WSGIEnvironment) -> dict[str, str]:
        body = env["wsgi.input"].read(int(env.get("CONTENT_LENGTH") or 0))
        if env.get("HTTP_X_AMZ_TARGET") != TARGET:
            raise SmsServiceError("UnknownOperationException")
        request = _parsed(body)
        if self.fault:
            self.fault(request)
        _check(request)
        self._check_account(request)
        message_id = str(uuid.uuid4())
        self.accepted.append((message_id, request))
        if self.on_sms:
            self.on_sms(request, message_id)
        return {"MessageId": message_id}

    def _check_account(self, request: Mapping[str, Any]) -> None:
        number = request["DestinationPhoneNumber"]
        wanted = request.get("ConfigurationSetName")
        if wanted is not None and wanted not in self.configuration_sets:
            raise SmsServiceError("ResourceNotFoundException")
        if number in self.opted_out:
            raise SmsServiceError("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")
        if number.startswith(self.blocked_prefixes or ("no prefix",)):
            reason = "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
            raise SmsServiceError("ConflictException", reason)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        request = json.loads(body)
    except ValueError as error:
        raise SmsServiceError("SerializationException") from error
    if not isinstance(request, dict):
        raise SmsServiceError("SerializationException")
    return request


def _check(request: Mapping[str, Any]) -> None:
    """What the service validates, one question a line."""
    number, text = request.get("DestinationPhoneNumber"), request.get("MessageBody")
    context = request.get("Context", {})
    accepted = {
        "DestinationPhoneNumber": isinstance(number, str) and _NUMBER.fullmatch(number),
        "MessageBody": isinstance(text, str) and text.strip() and _fits(text),
        "OriginationIdentity": _SENDER.fullmatch(str(request.get("OriginationIdentity", ""))),
        "MessageType": request.get("MessageType", "TRANSACTIONAL")
        in {"TRANSACTIONAL", "PROMOTIONAL"},
        "MaxPrice": _PRICE.fullmatch(str(request.get("MaxPrice", "0.10"))),
        "TimeToLive": 5 <= int(request.get("TimeToLive", 259_200)) <= 259_200,
        "Context": len(context) <= 5 and all(_is_tag(k, v) for k, v in context.items()),
    }
    if not all(accepted.values()):
        raise SmsServiceError("ValidationException", "INVALID_PARAMETER")


def _fits(text: str) -> bool:
    return len(text) <= (GSM_CHARACTERS if GSM.issuperset(text) else UCS2_CHARACTERS)


def _is_tag(name: str, value: object) -> bool:
    return 1 <= len(name) <= 100 and isinstance(value, str) and 1 <= len(value) <= 800
