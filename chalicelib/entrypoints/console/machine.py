"""The machine itself on the console: quarantine, channels, dead letters, audit."""

from urllib.parse import unquote

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import day_of, words_of
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.operators import Role
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.console.answers import (
    again,
    done,
    frame,
    not_found,
    refusal_word,
    refused,
)
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import Frame
from chalicelib.observability import log
from chalicelib.pipeline.quarantines import Because, still

desk_machine = Blueprint(__name__)

_CHANNELS, _DEAD, _AUDIT = "/desk/channels", "/desk/dead-letters", "/desk/audit"
_ONE = "/desk/quarantine/{key}"

#: What a student is told through; the desk itself cannot be paused.
_PAUSABLE = {channel.value: channel for channel in TO_STUDENTS}
_BECAUSE = {why.value: why for why in Because}
_QUEUES = {queue.value: queue for queue in DeadLetters}


# Quarantine


@protected_route(desk_machine, _ONE, ["GET"], needs=Role.ACT, action="read_quarantine")
def quarantine(visit: Visit, key: str) -> Response | str:
    """One webhook that could not be used."""
    view = services().quarantines.view(
        unquote(key)
    )  # a gateway may leave a part of a path as it came
    return pages.quarantine(view, frame(visit)) if view else not_found(visit)


@protected_route(
    desk_machine, f"{_ONE}/replay", ["POST"], needs=Role.ACT, action="replay_quarantined"
)
def replay(visit: Visit, key: str) -> Response:
    """Read it once more: what was wrong may have been put right."""
    replayed = services().quarantines.replay(unquote(key))
    if replayed is None:
        return not_found(visit)
    log("replayed", event_id=replayed.event_id, reason=replayed.reason or replayed.outcome)
    if replayed.outcome is Recorded.QUARANTINED:
        message = f"{refusal_word(still(replayed))} {replayed.reason}"
        return _quarantine_again(visit, key, "replay", FormRefused("key", message))
    return done("/desk", "readable" if replayed.dossier_id else "replayed")


@protected_route(
    desk_machine, f"{_ONE}/dismiss", ["POST"], needs=Role.ACT, action="dismiss_quarantined"
)
def dismiss(visit: Visit, key: str) -> Response:
    """Somebody has seen to it in another way."""
    why = _BECAUSE.get(visit.form.get("why", ""))
    if why is None:
        return _quarantine_again(visit, key, "dismiss", FormRefused("why", refusal_word("because")))
    if not services().quarantines.dismiss(unquote(key), why, visit.operator):
        return not_found(visit)
    return done("/desk", "dismissed")


def _quarantine_again(visit: Visit, key: str, form: str, error: FormRefused) -> Response:
    view = services().quarantines.view(unquote(key))
    if view is None:
        return not_found(visit)
    return again(pages.quarantine(view, frame(visit, refusal=refused(form, error, visit.form))))


# Channels


@protected_route(desk_machine, _CHANNELS, ["GET"], needs=Role.READ, action="read_channels")
def channels(visit: Visit) -> str:
    """How they are."""
    return pages.channels(services().channel_pauses.states(), frame(visit, _CHANNELS))


@protected_route(
    desk_machine,
    f"{_CHANNELS}/{{channel}}/pause",
    ["POST"],
    needs=Role.ADMIN,
    action="pause_channel",
)
def pause(visit: Visit, channel: str) -> Response:
    """Send nothing on it until somebody resumes it."""
    if channel not in _PAUSABLE:
        return not_found(visit)
    try:
        why = words_of(visit.form, "why", refusal_word("why"))
    except FormRefused as error:
        around = frame(visit, _CHANNELS, refused(f"pause-{channel}", error, visit.form))
        return again(pages.channels(services().channel_pauses.states(), around))
    services().channel_pauses.pause(_PAUSABLE[channel], visit.operator.name, why)
    return done(_CHANNELS, "paused")


@protected_route(
    desk_machine,
    f"{_CHANNELS}/{{channel}}/resume",
    ["POST"],
    needs=Role.ADMIN,
    action="resume_channel",
)
def resume(visit: Visit, channel: str) -> Response:
    """Send on it again."""
    if channel not in _PAUSABLE:
        return not_found(visit)
    services().channels.resume(_PAUSABLE[channel])
    return done(_CHANNELS, "resumed")


# Dead letters


@protected_route(desk_machine, _DEAD, ["GET"], needs=Role.ADMIN, action="read_dead_letters")
def dead_letters(visit: Visit) -> str:
    """What failed for good."""
    return _dead_letters(frame(visit, _DEAD))


@protected_route(desk_machine, f"{_DEAD}/{{queue}}", ["POST"], needs=Role.ADMIN, action="redrive")
def redrive(visit: Visit, queue: str) -> Response:
    """Try as many again as were shown, if that number was typed."""
    if queue not in _QUEUES:
        return not_found(visit)
    shown, typed = visit.form.get("shown", ""), visit.form.get("count", "").strip()
    if typed != shown or not (typed.isascii() and typed.isdigit()):
        error = FormRefused("count", refusal_word("number"))
        return again(_dead_letters(frame(visit, _DEAD, refused(f"redrive-{queue}", error, {}))))
    services().dead_letters.redrive(_QUEUES[queue], int(typed))
    return done(_DEAD, "redriven")


def _dead_letters(around: Frame) -> str:
    return pages.dead_letters(
        [services().dead_letters.view(queue) for queue in DeadLetters], around
    )


# Audit


@protected_route(desk_machine, _AUDIT, ["GET"], needs=Role.ADMIN, action="read_audit")
def audit(visit: Visit) -> Response | str:
    """Who did or read what on a day; today, unless another is asked for."""
    try:
        day = day_of(visit.query, "day", visit.now)
    except FormRefused as error:
        day = day_of({}, "day", visit.now)
        return again(
            pages.audit(day, [], frame(visit, _AUDIT, refused("audit", error, visit.query)))
        )
    return pages.audit(day, services().audit.of_day(day), frame(visit, _AUDIT))
