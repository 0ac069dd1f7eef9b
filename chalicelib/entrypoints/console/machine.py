"""The machine itself on the console: quarantine, channels, dead letters, audit."""

from dataclasses import replace
from urllib.parse import unquote

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.decoding.desk_fields import day_of, words_of
from chalicelib.domain.audit import AuditAsked, AuditPage
from chalicelib.domain.channels import TO_STUDENTS
from chalicelib.domain.dead_letters import DeadLetters
from chalicelib.domain.desk_calendar import paris_day
from chalicelib.domain.errors import FormRefused
from chalicelib.domain.operators import Role
from chalicelib.domain.recording import Recorded
from chalicelib.entrypoints.console.answers import (
    again,
    done,
    frame,
    not_found,
    number_in,
    refusal_word,
    refused,
    whole_number,
)
from chalicelib.entrypoints.console.protected_routes import Visit, protected_route
from chalicelib.messages.console import pages
from chalicelib.messages.console.frame import Flash, Frame
from chalicelib.messages.console.quarantine import reason_words
from chalicelib.observability import log
from chalicelib.pipeline.quarantines import AT_ONCE, Because, Chosen, Pressed, still
from chalicelib.pipeline.waiting import READ_AT_MOST

desk_machine = Blueprint(__name__)

_CHANNELS, _DEAD, _AUDIT = "/desk/channels", "/desk/dead-letters", "/desk/audit"
_QUARANTINE = "/desk/quarantine"
_ONE = f"{_QUARANTINE}/{{key}}"
#: Before the number of each line that can be ticked.
_ROW = "row-"

#: What a student is told through; the desk itself cannot be paused.
_PAUSABLE = {channel.value: channel for channel in TO_STUDENTS}
_BECAUSE = {why.value: why for why in Because}
_QUEUES = {queue.value: queue for queue in DeadLetters}


# Quarantine


@protected_route(desk_machine, _QUARANTINE, ["GET"], needs=Role.ACT, action="list_quarantine")
def quarantine_list(visit: Visit) -> str:
    """What is there, by cause; and one page of what is there for one cause."""
    return _list(visit, visit.query.get("cause", ""), frame(visit, _QUARANTINE))


@protected_route(
    desk_machine,
    f"{_QUARANTINE}/replay",
    ["POST"],
    needs=Role.ACT,
    action="replay_many_quarantined",
)
def replay_many(visit: Visit) -> Response:
    """Read those that were ticked, or as many of a cause as one press takes, once more."""
    chosen = _chosen(visit)
    if chosen is None:
        return _list_again(visit, "scope", "no_rows")
    by = visit.operator
    pressed = services().quarantines.replay_many(chosen, by.name, by.role)
    log("replayed", count=pressed.done, reason="many")
    skip = chosen.skip + pressed.stayed if pressed.left else 0
    return _pressed(visit, "replayed_many", pressed, skip=skip)


@protected_route(
    desk_machine,
    f"{_QUARANTINE}/dismiss",
    ["POST"],
    needs=Role.ACT,
    action="dismiss_many_quarantined",
)
def dismiss_many(visit: Visit) -> Response:
    """Somebody has seen to those that were ticked, or to all of a cause, in another way."""
    chosen, why = _chosen(visit), _BECAUSE.get(visit.form.get("why", ""))
    if chosen is None:
        return _list_again(visit, "scope", "no_rows")
    if why is None:
        return _list_again(visit, "why", "because")
    if visit.form.get("even_so") != "1":
        return _list_again(visit, "even_so", "dismiss_many")
    by = visit.operator
    pressed = services().quarantines.dismiss(replace(chosen, skip=0), why, by.name, by.role)
    return _dismissed(visit, pressed, visit.form.get("cause", ""))


@protected_route(
    desk_machine,
    f"{_QUARANTINE}/restore",
    ["POST"],
    needs=Role.ACT,
    action="restore_quarantined",
)
def restore(visit: Visit) -> Response:
    """Those that somebody has dismissed by mistake wait again."""
    by = visit.operator
    restored = services().quarantines.restore(_ticked(visit), by.name, by.role)
    visit.told.append(f"done={restored}")
    return done(visit, _QUARANTINE, Flash(code="restored", counted={"n": restored}))


def _dismissed(visit: Visit, pressed: Pressed, cause: str = "") -> Response:
    """A page of its own, which holds what can be taken back: dismissed twice, it is done once."""
    visit.told.append(f"done={pressed.done}")
    html = pages.dismissed(pressed.keys, pressed.left, cause, frame(visit, _QUARANTINE))
    return Response(html)


def _chosen(visit: Visit) -> Chosen | None:
    """What was ticked, or the whole group; None if nothing was."""
    form = visit.form
    cause = form.get("cause", "")
    if form.get("scope") == "all":
        return Chosen(cause=cause, skip=number_in(form, "skip")) if cause else None
    keys = _ticked(visit)
    return Chosen(keys=keys) if keys else None


def _ticked(visit: Visit) -> tuple[str, ...]:
    return tuple(value for name, value in visit.form.items() if name.startswith(_ROW))


def _pressed(visit: Visit, code: str, pressed: Pressed, **more: int) -> Response:
    cause = visit.form.get("cause", "")
    visit.told.append(f"done={pressed.done}")
    numbers = {"n": pressed.done, "stayed": pressed.stayed, "left": pressed.left}
    return done(visit, _QUARANTINE, Flash(code=code, counted=numbers), cause=cause, **more)


def _list(visit: Visit, cause: str, around: Frame) -> str:
    found = services().quarantines.page(cause, number_in(visit.query, "page"))
    if found.shown:
        visit.told.append(f"{found.shown.cause} page={found.page}")
    return pages.quarantine_list(
        found,
        around,
        at_once=AT_ONCE,
        read_at_most=READ_AT_MOST,
        skip=number_in(visit.query, "skip"),
    )


def _list_again(visit: Visit, field: str, code: str) -> Response:
    refusal = refused("many", FormRefused(field, refusal_word(code)), visit.form)
    around = frame(visit, _QUARANTINE, refusal)
    return again(_list(visit, visit.form.get("cause", ""), around))


@protected_route(desk_machine, _ONE, ["GET"], needs=Role.ACT, action="read_quarantine")
def quarantine(visit: Visit, key: str) -> Response | str:
    """One webhook that could not be used."""
    view = services().quarantines.view(
        unquote(key)
    )  # a gateway may leave a part of a path as it came
    return pages.quarantine(view, frame(visit, _QUARANTINE)) if view else not_found(visit)


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
        why = reason_words(replayed.reason, of_dossier=bool(replayed.dossier_id))
        message = f"{refusal_word(still(replayed))} {why}."
        return _quarantine_again(visit, key, "replay", FormRefused("key", message))
    code = "readable" if replayed.dossier_id else "replayed"
    return done(visit, _QUARANTINE, Flash(code=code))


@protected_route(
    desk_machine, f"{_ONE}/dismiss", ["POST"], needs=Role.ACT, action="dismiss_quarantined"
)
def dismiss(visit: Visit, key: str) -> Response:
    """Somebody has seen to it in another way."""
    why = _BECAUSE.get(visit.form.get("why", ""))
    if why is None:
        return _quarantine_again(visit, key, "dismiss", FormRefused("why", refusal_word("because")))
    if services().quarantines.view(unquote(key)) is None:
        return not_found(visit)
    by = visit.operator
    chosen = Chosen(keys=(unquote(key),))
    return _dismissed(visit, services().quarantines.dismiss(chosen, why, by.name, by.role))


def _quarantine_again(visit: Visit, key: str, form: str, error: FormRefused) -> Response:
    view = services().quarantines.view(unquote(key))
    if view is None:
        return not_found(visit)
    around = frame(visit, _QUARANTINE, refused(form, error, visit.form))
    return again(pages.quarantine(view, around))


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
    if not services().channel_pauses.pause(_PAUSABLE[channel], visit.operator.name, why):
        return _unchanged(visit, "paused_already")
    return done(visit, _CHANNELS, Flash(code="paused"))


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
    state = services().channel_pauses.resume(_PAUSABLE[channel])
    if state is None:
        return _unchanged(visit, "not_paused")
    return done(visit, _CHANNELS, Flash(code=state.resumed))


def _unchanged(visit: Visit, code: str) -> Response:
    """Somebody was first, or pressed twice: the channels are shown as they are."""
    around = frame(replace(visit, flash=Flash(code=code)), _CHANNELS)
    return again(pages.channels(services().channel_pauses.states(), around))


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
    count = whole_number(typed)
    if typed != shown or count is None:
        error = FormRefused("count", refusal_word("number"))
        return again(_dead_letters(frame(visit, _DEAD, refused(f"redrive-{queue}", error, {}))))
    services().dead_letters.redrive(_QUEUES[queue], count)
    return done(visit, _DEAD, Flash(code="redriven"))


def _dead_letters(around: Frame) -> str:
    return pages.dead_letters(
        [services().dead_letters.view(queue) for queue in DeadLetters], around
    )


# Audit


@protected_route(desk_machine, _AUDIT, ["GET"], needs=Role.ADMIN, action="read_audit")
def audit(visit: Visit) -> Response | str:
    """Who did or read what: about a dossier, by a person, or on a day; today, unless asked for."""
    try:
        asked = _asked(visit)
    except FormRefused as error:
        asked = AuditAsked(day=paris_day(visit.now))
        around = frame(visit, _AUDIT, refused("audit", error, visit.query))
        return again(pages.audit(asked, AuditPage(lines=()), around))
    older = visit.query.get("older", "")
    found = services().audit.page(asked, older)
    if found.lines or asked == AuditAsked(day=asked.day):
        visit.told.append(f"{asked}{' older' if older else ''}")
    return pages.audit(asked, found, frame(visit, _AUDIT))


def _asked(visit: Visit) -> AuditAsked:
    """Raises FormRefused."""
    given = {name: visit.query.get(name, "").strip() for name in ("by", "about")}
    return AuditAsked(day=day_of(visit.query, "day", visit.now), **given)
