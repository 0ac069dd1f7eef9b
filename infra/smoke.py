"""One dossier through a deployed stage, to simulators only: `make smoke STAGE=isere-dev`.

It knocks as the booking system does, with the stage's own secret, and reads from the table whether
each message was seen to arrive. Whoever runs it needs to read the stack, the secret and the table.
No person can be reached by it: every other address and number is refused before anything leaves.
Nor does it stop a channel: where AWS would refuse our account, it asks first, and no SMS is tried.

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

from chalicelib.domain.attempts import Attempt, Kind, Status
from chalicelib.domain.contact import Channel
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import StorageUnavailable
from infra import preflight, stages
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


class SmokeFailed(Exception):
    """The stage does not do what it should; what it did not do is in the text."""


class NotASimulator(SmokeFailed):
    """An address or a number that may belong to somebody. It is not repeated here."""


class SeenFromOutside(Protocol):
    """What there is to be seen of a stage from outside."""

    def now(self) -> datetime: ...
    def knock(self, event_id: str, body: str) -> int: ...
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
    status = stage.knock(f"{data['dossier_id']}-{kind.replace('.', '-')}", body)
    if status != 202:
        message = f"{kind}: answered {status}, not 202"
        raise SmokeFailed(message)


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

    def knock(self, event_id: str, body: str) -> int:
        headers = signed(self._webhook, event_id, self.now(), body)
        request = Request(self._url, body.encode(), headers, method="POST")  # noqa: S310  the stack's own address
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310  see above
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except OSError as error:  # no such name, no answer in time, another's certificate
            message = f"{self._url}: not reached: {error}"
            raise SmokeFailed(message) from error

    def ledger(self, dossier_id: str) -> Sequence[Attempt]:
        try:
            return self._dossiers.load(dossier_id).dossier.ledger
        except StorageUnavailable as error:
            message = f"{dossier_id}: the table cannot be read"
            raise SmokeFailed(message) from error

    def rest(self) -> None:
        time.sleep(REST)


def able(asked: preflight.Asked, recipient: Simulator) -> Simulator:
    """The recipient, without its telephone where an SMS would hold the channel. Raises SmokeFailed
    where an e-mail would: nobody was knocked at.
    """
    if rows := preflight.holds(asked, Channel.EMAIL):
        message = f"e-mail would be refused, and the channel held:\n{preflight.table(rows)}"
        raise SmokeFailed(message)
    if rows := preflight.holds(asked, Channel.SMS):
        print(f"Without SMS, which would be refused:\n{preflight.table(rows)}")
        return replace(recipient, phone=None)
    return recipient


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What a stack was told, and what it says of its parts: of a restored table, too."""

    parameters: Mapping[str, str]
    outputs: Mapping[str, str]

    def said(self, output: str) -> str:
        """One of its outputs. Raises SmokeFailed."""
        if output not in self.outputs:
            message = f"the stack does not say its {output}: deploy it again"
            raise SmokeFailed(message)
        return self.outputs[output]


def described(stack: str, cloudformation: Any) -> Stack:
    """The stack of this name."""
    [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return Stack(
        parameters={p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", ())},
        outputs={o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", ())},
    )


def find(stack: Stack, secretsmanager: Any) -> DeployedStage:
    """The stage of a stack. Raises SmokeFailed."""
    secret = secretsmanager.get_secret_value(SecretId=stack.said("WebhookSecretsId"))
    return DeployedStage(
        url=f"{stack.said('PublicUrl')}/webhooks/booking",
        webhook_secret=json.loads(secret["SecretString"])["webhook_secrets"][0],
        table_name=stack.said("TableName"),
    )


def signed(webhook: Webhook, event_id: str, now: datetime, body: str) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(event_id, now, body),
    }


def _tried(name: str, recipient: Simulator) -> str:
    """Raises SmokeFailed, also for what AWS would not answer."""
    client = preflight.client
    try:
        stack = described(name, client("cloudformation"))
        asked = preflight.Asked(client=client, parameters=stack.parameters, template=merged())
        reached = able(asked, recipient)
        return smoke(find(stack, client("secretsmanager")), reached)
    except (ClientError, BotoCoreError) as error:
        raise SmokeFailed(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Smoke-test a stage; 0 if every message was seen to arrive."""
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description=__doc__)
    parser.add_argument("--stage", required=True, choices=stages.names())
    parser.add_argument("--email", default=SUCCESS_EMAIL)
    parser.add_argument("--phone", default=SUCCESS_PHONE)
    given = parser.parse_args(arguments)
    try:
        recipient = Simulator(email=given.email, phone=given.phone)
        print(f"{_tried(stages.stack_of(given.stage), recipient)}: all arrived")
    except SmokeFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
