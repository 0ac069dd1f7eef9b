"""What the world shows of a dossier, as JSON that a person can read: Paris hours throughout."""

import json
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.domain.attempts import Attempt
from chalicelib.domain.facts import Facts
from chalicelib.domain.plan import Owed
from chalicelib.pipeline.dossier_views import DossierReport
from local.clock.paris import iso

#: What `/local` calls otherwise than the product: its names are a contract of their own.
_NAMES = {"status": "fate", "status_at": "fate_at", "failure_class": "blame", "to_collect": "fetch"}


def dumps(value: object) -> str:
    """Readable JSON."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n"


def plain(value: object) -> Any:
    """Dataclasses, sets and enumerations as JSON has them, instants with the Paris offset."""
    return _in_paris(msgspec.to_builtins(value, builtin_types=(datetime,), order="deterministic"))


def _in_paris(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_paris(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_paris(item) for item in value]
    return iso(value) if isinstance(value, datetime) else value


def one_line(sheet: DossierReport) -> dict[str, Any]:
    """A dossier in a list."""
    return {
        "dossier_id": sheet.dossier.dossier_id,
        "state": sheet.plan.state,
        "next_due_at": sheet.plan.next_change_at,
        "open_work": len(open_work(sheet)),
        "url": f"/local/dossiers/{sheet.dossier.dossier_id}",
    }


def whole(sheet: DossierReport) -> dict[str, Any]:
    """Everything about a dossier."""
    return {
        "dossier_id": sheet.dossier.dossier_id,
        "state": sheet.plan.state,
        "next_due_at": sheet.plan.next_change_at,
        "facts": _known(sheet.facts),
        "plan": [_planned(owed) for owed in (*sheet.plan.due, *sheet.plan.later)],
        "open_work": open_work(sheet),
        "ledger": [_named(attempt) for attempt in sheet.dossier.ledger],
        "journal": list(sheet.journal),
        "events": sheet.dossier.events,
    }


def _known(facts: Facts) -> dict[str, Any]:
    """The facts, and among them the bookings to deposit, which are those that are spoken of."""
    built = _named(facts)
    del built["purpose"]
    return {**built.pop("to_deposit"), **built}


def _named(value: Attempt | Facts) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(datetime,))
    return {_NAMES.get(name, name): item for name, item in built.items()}


def open_work(sheet: DossierReport) -> list[str]:
    """The notices that stand on the desk's work list."""
    ended = {attempt.notice for attempt in sheet.plan.ended}
    open_now = (a.notice for a in sheet.dossier.ledger if a.status == "open")
    return [str(notice) for notice in open_now if notice not in ended]


def _planned(owed: Owed) -> dict[str, Any]:
    return {
        "notice": owed.notice.kind,
        "number": owed.notice.number,
        "occasion": owed.notice.occasion,
        "channel": owed.notice.channel,
        "due_at": owed.due_at,
        "ready_at": owed.ready_at,
        "end_at": owed.end_at,
        "attempt": owed.next_try.attempt,
        "why": owed.why,
    }
