"""One dossier through a deployed stage, to simulators only: `make smoke STAGE=isere-dev`.

It knocks as the booking system does, with the stage's own secret, and reads from the table whether
each message was seen to arrive. Whoever runs it needs to read the stack, the secret and the table.
No person can be reached by it: every other address and number is refused before anything leaves.
Nor does it stop a channel: where AWS would refuse our account, it asks first, and no SMS is tried;
nor outside the hours of SMS, where it would wait for one until the morning.

Simulators: "Using the mailbox simulator" in the SES developer guide, "Simulator phone numbers" in
the guide of AWS End User Messaging SMS.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from botocore.exceptions import BotoCoreError, ClientError
from standardwebhooks import Webhook

from chalicelib.desk_data import load
from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.channels import CHANNELS
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import StorageUnavailable
from infra import preflight, stages
from infra.deploy import AWS_ERRORS, Clients, Deployment, clients, reason
from infra.packaging.template import merged

SUCCESS_EMAIL = "success@simulator.amazonses.com"
SUCCESS_PHONE = "+33755512501"
_EMAILS = re.compile(r"success(\+[a-z0-9-]{1,30})?@simulator\.amazonses\.com")
_PHONES = frozenset({SUCCESS_PHONE})

#: How often it looks, and for how many seconds it rests between two looks.
LOOKS, REST = 60, 10

#: What a smoke test waits for: these notices, on these channels.
Wanted = frozenset[tuple[Kind, Channel]]
AFTER_BOOKING: Wanted = frozenset({(Kind.CONFIRMATION_REQUEST, Channel.EMAIL)})
AFTER_CARD: Wanted = frozenset({(Kind.CARD_READY, Channel.EMAIL), (Kind.CARD_READY, Channel.SMS)})


#: What a webhook is answered that was taken: docs/integrate.md.
RECORDED = "recorded"


class SmokeFailed(Exception):
    """The stage does not do what it should; what it did not do is in the text."""


class NotASimulator(SmokeFailed):
    """An address or a number that may belong to somebody. It is not repeated here."""


class SeenFromOutside(Protocol):
    """What there is to be seen of a stage from outside."""

    def now(self) -> datetime: ...
    def knock(self, event_id: str, body: str) -> str: ...
    def ledger(self, dossier_id: str) -> Sequence[Attempt]: ...
    def rest(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """Whom the test writes to; by SMS, if it has a telephone. Raises NotASimulator."""

    email: str = SUCCESS_EMAIL
    phone: str | None = SUCCESS_PHONE

    def __post_init__(self) -> None:
        if not _EMAILS.fullmatch(self.email):
            raise NotASimulator("--email: not the success address of the SES mailbox simulator")
        if self.phone is not None and self.phone not in _PHONES:
            raise NotASimulator("--phone: not the success number of the French SMS simulator")


def smoke(stage: SeenFromOutside, recipient: Simulator) -> str:
    """Book, then have a card ready, then hand it over; the dossier's id. Raises SmokeFailed.

    The card is handed over, and its renewal booked, so that nothing more is owed to the dossier.
    """
    begun = stage.now()
    dossier_id, today = f"smoke-{begun:%Y%m%d-%H%M%S}", paris_day(begun).isoformat()
    starts_at = (begun + timedelta(days=14)).isoformat()
    student = {
        "given_name": "Smoke", "family_name": "Test", "language": "fr",
        "email": recipient.email, **({"phone": recipient.phone} if recipient.phone else {}),
    }  # fmt: skip
    slot = {"id": f"{dossier_id}-slot", "starts_at": starts_at}
    about = {"dossier_id": dossier_id, "student": student}
    _tell(stage, "appointment.selected", {**about, "appointment": slot})
    _follow(stage, dossier_id, AFTER_BOOKING)
    _tell(stage, "card.ready", {**about, "occurred_on": today})
    reached = {Channel.EMAIL, *([Channel.SMS] if recipient.phone else [])}
    _follow(stage, dossier_id, frozenset(one for one in AFTER_CARD if one[1] in reached))
    _tell(stage, "renewal.booked", about)
    in_a_year = paris_day(begun + timedelta(days=365)).isoformat()
    over = {"occurred_on": today, "card_expires_on": in_a_year}
    _tell(stage, "card.collected", {**about, **over})
    return dossier_id


def _tell(stage: SeenFromOutside, kind: str, data: Mapping[str, Any]) -> None:
    body = json.dumps({"type": kind, "timestamp": stage.now().isoformat(), "data": data})
    said = stage.knock(f"{data['dossier_id']}-{kind.replace('.', '-')}", body)
    if said != RECORDED:
        message = f"{kind}: answered {said}, not {RECORDED}"
        raise SmokeFailed(message)


def heard(status: int, body: bytes) -> str:
    """`recorded`, or what a webhook was answered instead: 202 alone may be a quarantine."""
    try:
        told = dict(json.loads(body))
    except (TypeError, ValueError):
        told = {}
    if told.get("status") == RECORDED:
        return RECORDED
    words = (told.get(name) for name in ("status", "reason", "detail"))
    return " ".join([str(status), *filter(None, words)])


def _follow(stage: SeenFromOutside, dossier_id: str, wanted: Wanted) -> None:
    """Look until all of it was seen to arrive."""
    missing = _missing(stage, dossier_id, wanted)
    for _ in range(LOOKS):
        if not missing:
            return
        stage.rest()
        missing = _missing(stage, dossier_id, wanted)
    what = ", ".join(sorted(f"{kind} by {channel}" for kind, channel in missing))
    message = f"{dossier_id}: not seen to arrive: {what}"
    raise SmokeFailed(message)


def _missing(stage: SeenFromOutside, dossier_id: str, wanted: Wanted) -> Wanted:
    ledger = stage.ledger(dossier_id)
    arrived = {(a.notice.kind, a.notice.channel) for a in ledger if a.status is Status.DELIVERED}
    return wanted - arrived


class DeployedStage:
    """A stage on AWS: where it is knocked at, with which secret, and which table it writes."""

    def __init__(self, url: str, webhook_secret: str, table_name: str) -> None:
        from chalicelib.storage.dossiers import DynamoDossiers
        from chalicelib.storage.table import Table

        self._url = url
        self._webhook = Webhook(webhook_secret)
        self._dossiers = DynamoDossiers(Table(table_name))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def knock(self, event_id: str, body: str) -> str:
        headers = signed(self._webhook, event_id, self.now(), body)
        request = Request(self._url, body.encode(), headers, method="POST")  # noqa: S310  the stack's own address
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310  see above
                return heard(answer.status, answer.read())
        except HTTPError as error:
            return heard(error.code, error.read())

    def ledger(self, dossier_id: str) -> Sequence[Attempt]:
        return self._dossiers.load(dossier_id).dossier.ledger

    def rest(self) -> None:
        time.sleep(REST)


def able(
    asked: preflight.Asked, recipient: Simulator, now: datetime, *, needs_sms: bool = False
) -> Simulator:
    """The recipient, without its telephone where an SMS would hold the channel, or would wait for
    its hours. Raises SmokeFailed where an e-mail would hold its own, and where an SMS would that is
    needed: nobody was knocked at.
    """
    if rows := preflight.holds(asked, Channel.EMAIL):
        message = f"e-mail would be refused, and the channel held:\n{preflight.table(rows)}"
        raise SmokeFailed(message)
    if rows := preflight.holds(asked, Channel.SMS):
        message = f"SMS would be refused:\n{preflight.table(rows)}"
        if needs_sms:
            raise SmokeFailed(message)
        print(f"Without SMS. {message}")
        return replace(recipient, phone=None)
    if not _in_hours(asked.said("Desk"), now):
        print("Without SMS: it is not the hour at which they leave. Try it again when it is.")
        return replace(recipient, phone=None)
    return recipient


def _in_hours(desk: str, now: datetime) -> bool:
    """Whether an SMS leaves at once, now and for as long as the test may wait for it."""
    end = now + timedelta(seconds=2 * LOOKS * REST)
    opens_at, of = CHANNELS[Channel.SMS].opens_at, load(desk)
    return all(opens_at(of, at) == at for at in (now, end))


def find(stack: stages.Stack, secretsmanager: Any) -> DeployedStage:
    """The stage of a stack, by what the stack says of itself. Raises SmokeFailed, ClientError."""
    url, outputs = f"{stack.parameters['PublicUrl']}/webhooks/booking", stack.outputs
    if missing := {"TableName", "WebhookSecretsId"} - outputs.keys():
        message = f"the stack does not say its {', '.join(sorted(missing))}: deploy it again"
        raise SmokeFailed(message)
    table_name, secret_id = outputs["TableName"], outputs["WebhookSecretsId"]
    try:
        told = secretsmanager.get_secret_value(SecretId=secret_id)
        secret = json.loads(told["SecretString"])["webhook_secrets"][0]
        return DeployedStage(url=url, webhook_secret=secret, table_name=table_name)
    except ClientError as error:
        if reason(error) != "ResourceNotFoundException":
            raise
        raise SmokeFailed("the secrets are empty: `make secret`, then KeysAreThere") from None
    except (LookupError, TypeError, ValueError):
        message = "WebhookSecrets holds no key in `webhook_secrets`: docs/deploy.md, Keys"
        raise SmokeFailed(message) from None


def signed(webhook: Webhook, event_id: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(event_id, now, body),
    }


def tried(
    stage: str, recipient: Simulator, client: Clients = clients, *, needs_sms: bool = False
) -> str:
    """Try a stage; which dossier it was and which version runs. Raises SmokeFailed, AWS_ERRORS,
    StorageUnavailable, OSError.
    """
    stack = stages.deployed(stage, client("cloudformation"))
    if stack is None:
        message = f"there is no {stages.stack_of(stage)} in this account: make deploy STAGE={stage}"
        raise SmokeFailed(message)
    told = Deployment(stage=stage, account="", bucket="", parameters=stack.parameters)
    asked = preflight.Asked(client=client, wanted=told, template=merged())
    found = find(stack, client("secretsmanager"))
    reached = able(asked, recipient, found.now(), needs_sms=needs_sms)
    dossier_id = smoke(found, reached)
    return f"{dossier_id}, version {stack.outputs.get('Version', 'unknown')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Smoke-test a stage; 0 if every message was seen to arrive."""
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    parser.add_argument("--email", default=SUCCESS_EMAIL)
    parser.add_argument("--phone", default=SUCCESS_PHONE)
    parser.add_argument("--require-sms", action="store_true", help="fail where AWS would refuse it")
    given = parser.parse_args(arguments)
    try:
        recipient = Simulator(email=given.email, phone=given.phone)
        print(f"{tried(given.stage, recipient, needs_sms=given.require_sms)}: all arrived")
    except (SmokeFailed, StorageUnavailable, OSError, *AWS_ERRORS) as error:
        print(f"{given.stage}: {_told(error)}", file=sys.stderr)
        return 1
    return 0


def _told(error: Exception) -> str:
    """One line: what is wrong, and what to do."""
    match error:
        case SmokeFailed():
            return str(error)
        case StorageUnavailable():
            return "its table could not be read: dynamodb:GetItem on it, kms:Decrypt on its key?"
        case ClientError():
            refused = f"AWS answered {reason(error)} to {error.operation_name}"
            return f"{refused}: docs/deploy.md, The smoke test, has the rights"
        case BotoCoreError():
            return f"AWS could not be asked: {reason(error)}: aws sts get-caller-identity?"
        case _:
            return f"PublicUrl does not answer: {type(error).__name__}: make preflight"


if __name__ == "__main__":
    sys.exit(main())
