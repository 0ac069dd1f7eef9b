"""What goes wrong on purpose: one switch for each kind of bad luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from local.clock.paris import NotASpan, Span
from local.faults import post
from local.faults.calls import UNHARMED, Call, Harm
from local.faults.harms import (
    ANSWER_LOST,
    BUDGET_SPENT,
    DIES_AFTER,
    DIES_BEFORE,
    FAILS_INSIDE,
    NOT_CONNECTED,
    PAUSED,
    THROTTLED,
    TOO_OFTEN,
    TOO_SLOW,
)
from local.faults.post import USUAL, Detour, Way
from local.studio.outbox import Message

EITHER, EMAIL, SMS = frozenset({"email", "sms"}), frozenset({"email"}), frozenset({"sms"})
CHANNELS = {"sesv2": "email", "pinpoint-sms-voice-v2": "sms"}

#: What a switch may be told beside its count: which messages, by how much, or which call.
WHICH = ("notice", "to", "channel")
WHICH_AND_BY = (*WHICH, "by")
WHICH_CALL = ("function", "call", "when")


class NotAFault(ValueError):
    """Not a fault that can be switched on."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """One kind of bad luck: in the provider's answer, in the message's way, or in a worker."""

    name: str
    says: str
    channels: frozenset[str] = EITHER
    answer: Harm | Mapping[str, Harm] | None = None
    way: Detour | None = None
    asks: tuple[str, ...] = WHICH

    def harm(self, service: str) -> Harm:
        """What the caller of a provider meets."""
        if isinstance(self.answer, Harm):
            return self.answer
        return (self.answer or {}).get(service, UNHARMED)


_BUSY = {"sesv2": TOO_OFTEN["sesv2"], "pinpoint-sms-voice-v2": THROTTLED}

#: Every switch. A new one is one row.
SWITCHES: Sequence[Switch] = (
    Switch(name="not_connected", says="the provider cannot be reached", answer=NOT_CONNECTED),
    Switch(name="too_slow", says="taken, and answered after we stopped waiting", answer=TOO_SLOW),
    Switch(name="throttled", says="the provider says: too often", answer=_BUSY),
    Switch(name="fails_inside", says="the provider answers with a 500", answer=FAILS_INSIDE),
    Switch(name="account_paused", says="the provider refuses our account", answer=PAUSED),
    Switch(
        name="budget_spent",
        says="the SMS budget of the month is spent",
        channels=SMS,
        answer=BUDGET_SPENT,
    ),
    Switch(name="answer_lost", says="taken, and the connection breaks", answer=ANSWER_LOST),
    Switch(name="hard_bounce", says="no such mailbox, no such number", way=post.bounces),
    Switch(name="soft_bounce", says="mailbox full, phone off", way=post.bounces_softly),
    Switch(
        name="complaint",
        says="it arrives, and its receiver calls it unwanted",
        channels=EMAIL,
        way=post.complained_of,
    ),
    Switch(
        name="out_of_office",
        says="it arrives, and the mailbox answers by itself, which SES calls a bounce",
        channels=EMAIL,
        way=post.answered,
    ),
    Switch(name="receipt_twice", says="each receipt comes twice", way=post.told_twice),
    Switch(
        name="receipt_late",
        says="each receipt comes later, `by` a span",
        way=post.told_late,
        asks=WHICH_AND_BY,
    ),
    Switch(name="receipt_lost", says="it arrives, and no receipt comes", way=post.untold),
    Switch(
        name="lost_sms",
        says="taken, then nothing: no phone rings, no receipt ever comes",
        channels=SMS,
        way=post.vanishes,
    ),
    Switch(
        name="worker_dies",
        says="`before` or `after` the AWS `call` of that number in an invocation",
        asks=WHICH_CALL,
    ),
)


class Setting(msgspec.Struct, forbid_unknown_fields=True):
    """How a switch stands: the next so many that fit."""

    count: int = 0
    notice: str | None = None
    to: str | None = None
    channel: Literal["email", "sms"] | None = None
    by: str = "P1D"
    function: str | None = None
    call: int = 1
    when: Literal["before", "after"] = "before"

    def takes_message(self, channel: str, notice: str, to: str) -> bool:
        """Whether this message is one of them; each one counts."""
        wanted = (self.channel, channel), (self.notice, notice), (self.to, to)
        return self._takes(all(one in (None, other) for one, other in wanted))

    def takes_call(self, call: Call) -> bool:
        """Whether this call is one of them; each one counts."""
        return self._takes(self.function in (None, call.function) and self.call == call.nth)

    def _takes(self, fits: bool) -> bool:  # noqa: FBT001  only ever computed just before
        taken = fits and self.count > 0
        self.count -= taken
        return taken


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What a switch did once: to which message, or in which function."""

    at: datetime
    fault: str
    to: str
    dossier_id: str = ""
    notice: str = ""
    channel: str = ""


class Faults:
    """Every switch, how it stands, and what it did. All are off at first."""

    def __init__(self) -> None:
        self._settings = {switch.name: Setting() for switch in SWITCHES}
        self.done: list[Mishap] = []

    def switch(self, wanted: Mapping[str, Any]) -> None:
        """Set these, all or none: a count, or a count and what else it asks. Raises NotAFault."""
        self._settings |= {name: _setting(name, wanted[name]) for name in wanted}

    def as_json(self) -> dict[str, Any]:
        """How the switches stand."""
        return {switch.name: self._stands(switch) for switch in SWITCHES}

    def way_of(self, message: Message) -> Way:
        """The way that a message takes, once its provider has it."""
        way = USUAL[message.channel]
        for switch in SWITCHES:
            if switch.way and self._takes(switch, message.channel, message.tags, message.to):
                way = switch.way(way, _span(self._settings[switch.name].by))
        return way

    def harm(self, call: Call) -> Harm:
        """What a call of the product meets."""
        setting = self._settings["worker_dies"]
        if setting.takes_call(call):
            self._did("worker_dies", f"{call.function}, {setting.when} {call.name}")
            return DIES_AFTER if setting.when == "after" else DIES_BEFORE
        channel = CHANNELS.get(call.service) if call.operation.startswith("Send") else None
        return self._answer(call, channel) if channel else UNHARMED

    def _answer(self, call: Call, channel: str) -> Harm:
        tags, to = _addressed(call.request)
        for switch in SWITCHES:
            if switch.answer and self._takes(switch, channel, tags, to):
                return switch.harm(call.service)
        return UNHARMED

    def _takes(self, switch: Switch, channel: str, tags: Mapping[str, str], to: str) -> bool:
        setting, notice = self._settings[switch.name], tags.get("notice", "").rpartition("-")[0]
        taken = channel in switch.channels and setting.takes_message(channel, notice, to)
        if taken:
            about = tags.get("dossier", "")
            self._did(switch.name, to, dossier_id=about, notice=notice, channel=channel)
        return taken

    def _did(self, fault: str, to: str, **about: str) -> None:
        self.done.append(Mishap(at=datetime.now(UTC), fault=fault, to=to, **about))

    def _stands(self, switch: Switch) -> dict[str, Any]:
        setting = self._settings[switch.name]
        return {name: getattr(setting, name) for name in ("count", *switch.asks)}


def _addressed(request: Mapping[str, Any]) -> tuple[Mapping[str, str], str]:
    """The tags of a request to a provider, and where it is to go."""
    tags = request.get("Context") or {t["Name"]: t["Value"] for t in request.get("EmailTags", ())}
    return tags, request.get("DestinationPhoneNumber") or request["Destination"]["ToAddresses"][0]


def _setting(name: str, value: object) -> Setting:
    switch = next((switch for switch in SWITCHES if switch.name == name), None)
    if switch is None:
        known = [switch.name for switch in SWITCHES]
        raise NotAFault(f"there is no fault called {name!r}; there is: {known}")
    given = value if isinstance(value, dict) else {"count": value}
    if unknown := given.keys() - {"count", *switch.asks}:
        raise NotAFault(f"{name} takes count, {', '.join(switch.asks)}, not {sorted(unknown)}")
    try:
        setting = msgspec.convert(given, Setting)
        _span(setting.by)
    except (msgspec.ValidationError, NotASpan) as error:
        raise NotAFault(f"{name}: {error}") from error
    if setting.count < 0 or setting.call < 1 or "count" not in given:
        raise NotAFault(f"{name}: a count is needed; none is negative, and no call is before 1")
    return setting


def _span(text: str) -> timedelta:
    """A span as the providers count it: a day is 24 hours."""
    span = Span.parse(text)
    if span.months:
        raise NotASpan(f"{text}: say it in days or hours")
    return timedelta(days=span.days, seconds=span.seconds)
