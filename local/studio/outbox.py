"""Everything that was sent: each e-mail and SMS as its receiver would see it."""

import base64
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from local.clock.paris import iso

_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


class Outcome(StrEnum):
    """What became of a message out there."""

    ACCEPTED = "accepted"  #: the provider took it, no receipt yet
    DELIVERED = "delivered"  #: it arrived, and the receipt is on its way back
    BOUNCED = "bounced"  #: it came back
    COMPLAINED = "complained"  #: it arrived, and was called unwanted
    LOST = "lost"  #: nobody will ever see it, and nobody will say so


#: Fates of what somebody received.
ARRIVED = frozenset({Outcome.DELIVERED, Outcome.COMPLAINED})


@dataclass(frozen=True, kw_only=True)
class File:
    """What hangs on an e-mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Message:
    """One e-mail or SMS that a provider accepted."""

    message_id: str
    at: datetime
    channel: str
    sender: str
    to: str
    text: str
    subject: str = ""
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[File, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def notice(self) -> str:
        """What kind of notice it carries: its tag says kind and number, as in no_news-2."""
        return self.tags.get("notice", "").rpartition("-")[0]

    @property
    def number(self) -> int:
        """Which one of a row it is."""
        return int(self.tags.get("notice", "").rpartition("-")[2] or 1)

    @property
    def attempt(self) -> int:
        """Which try it is."""
        return int(self.tags.get("attempt", 1))

    @property
    def links(self) -> tuple[str, ...]:
        """Every address to click on, once, in reading order."""
        found = _ADDRESS.findall(self.text) + _ADDRESS.findall(html.unescape(self.html))
        return tuple(dict.fromkeys(found))


class Outbox:
    """All messages, oldest first, and what has become of each."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._fates: dict[str, Outcome] = {}

    def __iter__(self) -> Iterator[tuple[Message, Outcome]]:
        return iter([(message, self._fates[message.message_id]) for message in self._messages])

    def add(self, message: Message) -> None:
        """A provider accepted it."""
        self._fates[message.message_id] = Outcome.ACCEPTED  # first: somebody may be looking
        self._messages.append(message)

    def mark(self, message: Message, status: Outcome) -> None:
        """What became of it."""
        self._fates[message.message_id] = status


def summary(message: Message, status: Outcome) -> dict[str, Any]:
    """One line of a journey: when, what, on which channel, to whom, and what became of it."""
    content = {"subject": message.subject} if message.channel == "email" else {"text": message.text}
    return {
        "at": iso(message.at),
        "dossier": message.tags.get("dossier", ""),
        "notice": message.notice,
        "number": message.number,
        "attempt": message.attempt,
        "channel": message.channel,
        "to": message.to,
        **content,
        "fate": status,
    }


def in_full(message: Message, status: Outcome) -> dict[str, Any]:
    """A message with everything in it."""
    return {
        **summary(message, status),
        "occasion": message.tags.get("occasion", ""),
        "message_id": message.message_id,
        "from": message.sender,
        "text": message.text,
        "html": message.html,
        "headers": dict(message.headers),
        "attachments": [_file(attached) for attached in message.attachments],
        "links": list(message.links),
        "tags": dict(message.tags),
    }


def _file(attached: File) -> dict[str, Any]:
    return {
        "filename": attached.filename,
        "media_type": attached.media_type,
        "content_base64": base64.b64encode(attached.content).decode(),
    }
