"""A life with marked personal data under every fault, and every place a mark could be in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.pipeline.intake import Intake
from chalicelib.pipeline.sender import Sender
from chalicelib.pipeline.students import Students
from chalicelib.pipeline.sweep import Sweep
from local.aws.transport import replaced
from local.clock.paris import instant
from local.demo.cast import links_to
from local.world import World
from tests.guarantee.on_aws.story import PRIVATE, STUDENT, a_world, tell

#: What a student lacks and has been given: as private as a name.
PAPER, NUMBER = "Zanzibar-Reisepass", "3899887766"

#: A student whose papers are not complete, of whom the booking system tells.
OTHER = "G-2019-0999"

#: Until the card was collected, and the nights after it.
UNTIL = instant("2019-07-05T12:00:00+02:00")

#: Every switch, in two tellings in which each of them strikes: after a complaint or a hard bounce
#: no other e-mail reaches its student.
TELLINGS: Mapping[str, Mapping[str, Any]] = {
    "providers answer badly, workers die before a call": {
        "not_connected": 1,
        "too_slow": 1,
        "throttled": 1,
        "fails_inside": 1,
        "answer_lost": 1,
        "account_paused": {"count": 1, "notice": "card_ready", "channel": "email"},
        "budget_spent": 1,
        "complaint": {"count": 1, "notice": "deposit_receipt"},
        "worker_dies": {"count": 2, "function": "serve_dossier", "call": 4},
    },
    "messages and receipts go astray, workers die after a call": {
        "hard_bounce": {"count": 1, "notice": "card_ready", "channel": "email"},
        "soft_bounce": {"count": 1, "notice": "confirmation_request"},
        "out_of_office": {"count": 1, "notice": "deposit_receipt"},
        "lost_sms": {"count": 1, "notice": "appointment_reminder"},
        "receipt_twice": {"count": 2},
        "receipt_late": {"count": 1, "notice": "convocation", "by": "PT30H"},
        "receipt_lost": {"count": 1, "notice": "check_reminder"},
        "worker_dies": {"count": 2, "function": "record_delivery", "when": "after"},
    },
}


@dataclass(frozen=True, kw_only=True)
class Life:
    """What is left when the marked lives are over: every place that somebody may read, the marks,
    and the switches that have not struck as often as they were to.
    """

    places: Mapping[str, str]
    marks: Sequence[str]
    unstruck: Sequence[str]

    @property
    def leaks(self) -> list[str]:
        """Which marks are where."""
        return [
            f"{place}: {mark}"
            for place, text in self.places.items()
            for mark in self.marks
            if mark in text
        ]


def lived(switched: Mapping[str, Any]) -> Life:
    """The marked lives, while these switches are on."""
    with a_world() as world:
        world.faults.switch(dict(switched))
        tell(world, UNTIL)
        unstruck = [name for name, how in world.faults.as_json().items() if how["count"]]
        world.faults.switch(dict.fromkeys(unstruck, 0))
        _speaks_nonsense(world)
        _is_broken(world)
        return Life(places=dict(_places(world)), marks=marks(world), unstruck=unstruck)


def marks(world: World) -> Sequence[str]:
    """What nobody may find anywhere: who somebody is, how to reach them, what opens their pages."""
    links = {link for message, _ in world.sent for link in message.links}
    ours = (link.split("/") for link in links if link.startswith(world.public_url))
    tokens = {parts[4] for parts in ours if len(parts) > 4}  # some lead to what is told to all
    return (*PRIVATE, PAPER, NUMBER, *sorted(tokens))


def _speaks_nonsense(world: World) -> None:
    """Webhooks that cannot be used, or not at once, with a mark wherever one fits."""
    block = STUDENT.block
    for n, data in enumerate(
        (
            {"dossier_id": STUDENT.given_name + " " + STUDENT.email, "student": block},
            {"dossier_id": OTHER, "student": {**block, "phone": [STUDENT.phone]}},
            {"dossier_id": OTHER, "student": {**block, "language": STUDENT.family_name}},
            {"dossier_id": OTHER, "missing_documents": PAPER, "student": block},
            {"dossier_id": OTHER, "missing_documents": [PAPER], "student": block},
        )
    ):
        world.deliver({"type": "dossier.incomplete", "data": data}, f"nonsense-{n}")
    world.deliver({"type": STUDENT.email, "data": {"dossier_id": OTHER}}, "nonsense-type")
    world.deliver(
        {
            "type": "dossier.deposited",
            "data": {"dossier_id": OTHER, "recepisse_number": NUMBER, "student": block},
        },
        "deposit",
    )


def _is_broken(world: World) -> None:
    """Something in the house fails whose words quote a student: at every door."""

    def fails(*_: object) -> None:
        raise KeyError(f"{STUDENT.given_name} {STUDENT.email} {STUDENT.phone} {PAPER}")

    link = links_to(world, STUDENT, "dossier")[-1]
    event = {"type": "dossier.checked", "data": {"dossier_id": OTHER}}
    with replaced(Students, "look", fails), replaced(Intake, "record", fails):
        world.request("GET", link)
        world.deliver(event, "broken-1")
    with replaced(Sender, "serve", fails), replaced(Sweep, "run", fails):
        world.deliver(event, "broken-2")
        world.tick()


def _places(world: World) -> Iterator[tuple[str, str]]:
    log = world.log.getvalue()  # type: ignore[attr-defined]  # a StringIO, unless told otherwise
    yield "log", log
    yield "log, decoded", json.dumps([json.loads(line) for line in log.splitlines()])
    yield "metrics", world.metrics.getvalue()
    yield "errors", "\n".join(map(str, world.failures))
    sends = [c.request for c in world.calls.made if c.name == "sqs.SendMessageBatch"]
    yield "serve queue", json.dumps(sends)
    yield "tags", json.dumps([message.tags for message, _ in world.sent])
    yield "journals", "\n".join(line for sheet in world.sheets() for line in sheet.journal)
    reasons = [a.reason for sheet in world.sheets() for a in sheet.dossier.ledger]
    yield "reasons", "\n".join(reasons)
